import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { readDeploymentFiles } from "../../tools/deploy/deployment_files.ts";
import { readSource, ROOT } from "../support/source_files.ts";

const { instructions } = await readDeploymentFiles();
const only = (keyword: string) => instructions.filter((instruction) => instruction.keyword === keyword);
/** The paths of the project that the image copies. */
const copied = only("COPY").filter(({ flags }) => flags.length === 0)
  .flatMap(({ text }) => text.split(" ").slice(0, -1));

/** The modules of a program and the npm packages that they import. */
async function graphOf(program: string): Promise<{ readonly files: string[]; readonly packages: string[] }> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", program], cwd: ROOT })
    .output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string; kind: string; npmPackage?: string }[];
  };
  const files = modules.filter(({ specifier }) => specifier.startsWith(ROOT.href))
    .map(({ specifier }) => specifier.slice(ROOT.href.length));
  const packages = modules.filter(({ npmPackage }) => npmPackage !== undefined)
    .map(({ npmPackage }) => npmPackage!.replace(/(.)@.*/, "$1"));
  return { files, packages: [...new Set(packages)].sort() };
}

Deno.test("every path that the image copies exists and is in the context of its build", async () => {
  const allowed = (await readSource(".dockerignore")).split("\n").filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  assert.ok(copied.length > 5, String(copied));
  for (const path of copied) {
    await Deno.stat(new URL(path, ROOT));
    assert.ok(allowed.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)), path);
  }
});

Deno.test("the image has every module of the service and of its tools", async () => {
  for (
    const program of [
      "main.ts",
      "src/config/permissions.ts",
      "tools/audit/main.ts",
      "tools/doctor/main.ts",
      "deploy/image/health.ts",
    ]
  ) {
    const { files } = await graphOf(program);
    assert.ok(files.includes(program), program);
    const missing = files.filter((file) =>
      !copied.some((path) => file === path || file.startsWith(`${path}/`))
    );
    assert.deepEqual(missing, [], program);
  }
});

Deno.test("the image downloads the packages that the service and its tools import, and no others", async () => {
  const listed = (await graphOf("deploy/image/packages.ts")).packages;
  const graphs = await Promise.all(["main.ts", "tools/audit/main.ts", "tools/doctor/main.ts"].map(graphOf));
  const types = /^@types\//;
  const imported = new Set(graphs.flatMap(({ packages }) => packages).filter((name) => !types.test(name)));
  assert.deepEqual(listed, [...imported].sort());
});

Deno.test("the image runs the command of deno task start as a user that is not root", async () => {
  const { tasks } = JSON.parse(await readSource("deno.json"));
  // The image sets the variables of the task itself, and a shell that becomes the service cannot run `exit`.
  const [, variables, command] = tasks.start.command.match(/^(?:export (.+?) && )?(.+)$/);
  const environment = only("ENV").flatMap(({ text }) => text.split(" "));
  assert.ok(!variables || environment.includes(variables), variables);
  const start = command.replace("echo exit 1", "echo false");
  assert.deepEqual(only("CMD").map(({ text }) => JSON.parse(text)), [["sh", "-c", `exec ${start}`]]);
  const [user] = only("USER").map(({ text }) => text);
  assert.match(user!, /^[1-9]\d+:[1-9]\d+$/);
});

Deno.test("base images have a tag, and Deno has the version that the README runs", async () => {
  const version = (await readSource("README.md")).match(/deno@([\d.]+)/)![1];
  assert.deepEqual(only("FROM").map(({ text }) => text), [
    `denoland/deno:bin-${version} AS deno`,
    "debian:12-slim",
  ]);
});

Deno.test("the health check succeeds when the service answers 200, and only then", async () => {
  const text = only("HEALTHCHECK")[0]!.text;
  const [program, ...args] = JSON.parse(text.replace(/^CMD /, "")) as string[];
  assert.equal(program, "deno");
  const check = args.map((arg) => arg.replace("/app/", fileURLToPath(ROOT)));
  let status = 200;
  const paths: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url }) => {
    paths.push(new URL(url).pathname);
    return new Response(null, { status });
  });
  const run = async (port: number) =>
    (await new Deno.Command(Deno.execPath(), { args: check, env: { PORT: String(port) }, stderr: "null" })
      .output())
      .code;
  assert.equal(await run(server.addr.port), 0);
  status = 503;
  assert.equal(await run(server.addr.port), 1);
  assert.equal(await run(1), 1);
  assert.deepEqual(paths, ["/healthz", "/healthz"]);
});
