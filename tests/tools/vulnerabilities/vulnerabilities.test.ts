import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { lockFiles } from "../../../tools/dependencies/lock_files.ts";
import { assertCommandLine } from "../command_line.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const ADVISORIES = "/-/npm/v1/security/advisories/bulk";

Deno.test("packages without a known vulnerability pass, and those of every lock file are asked about", async () => {
  await using registry = new Registry(() => Response.json({}));
  const { code, output } = await registry.audit();
  assert.equal(code, 0, output);
  for (const lock of await lockFiles()) {
    assert.ok(output.includes(`${lock}: No known vulnerabilities`), output);
  }
  for (const name of ["hono", "openapi-typescript", "@redocly/openapi-core", "@scalar/api-reference"]) {
    assert.ok(registry.asked.has(name), `${name} was not asked about`);
  }
});

Deno.test("a known vulnerability of high severity fails, and is named", async () => {
  await using registry = new Registry(() => Response.json({ hono: [advisory("high")] }));
  const { code, output } = await registry.audit();
  assert.equal(code, 1, output);
  assert.match(output, /deno\.lock: .*A hole in hono/s);
});

Deno.test("a known vulnerability of moderate severity does not fail", async () => {
  await using registry = new Registry(() => Response.json({ hono: [advisory("moderate")] }));
  const { code, output } = await registry.audit();
  assert.equal(code, 0, output);
  assert.match(output, /1 moderate/);
});

for (
  const [fault, answer, ...wait] of [
    ["refuses", () => new Response("Method Not Allowed", { status: 405 })],
    ["does not answer", undefined, "--wait", "2"],
  ] as const
) {
  Deno.test(`a registry that ${fault} fails with --required only, and is named in the output`, async () => {
    await using registry = new Registry(answer);
    const { code, output } = await registry.audit(...wait);
    assert.equal(code, 0, output);
    assert.match(output, /deno\.lock: (?:not checked|the registry did not answer)/);
    assert.equal((await registry.audit("--required", ...wait)).code, 1);
  });
}

Deno.test("`deno task vulnerabilities` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/vulnerabilities/main.ts", "vulnerabilities");
});

function advisory(severity: string) {
  const url = "https://example.test/advisory";
  return { id: 1, url, title: "A hole in hono", severity, vulnerable_versions: "<99.0.0" };
}

/** A registry with an answer for advisories; without one it holds each request until it is disposed of. */
class Registry implements AsyncDisposable {
  /** The names of the packages that were asked about. */
  readonly asked = new Set<string>();
  readonly #end = Promise.withResolvers<Response>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(answer: (() => Response) | undefined) {
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
      assert.equal(new URL(request.url).pathname, ADVISORIES);
      for (const name of Object.keys(await request.json())) this.asked.add(name);
      return answer?.() ?? await this.#end.promise;
    });
  }

  async audit(...args: string[]): Promise<{ readonly code: number; readonly output: string }> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "tools/vulnerabilities/main.ts", ...args],
      cwd: ROOT,
      env: { NPM_CONFIG_REGISTRY: `http://127.0.0.1:${this.#server.addr.port}/`, NO_COLOR: "1" },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, output: text(stdout) + text(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.resolve(new Response(null, { status: 503 }));
    await this.#server.shutdown();
  }
}
