import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ENVIRONMENT, readConfig } from "../../src/config/environment.ts";
import { withSecretFiles } from "../../src/config/secret_files.ts";
import { readDeploymentFiles, typeFaults } from "../../tools/deploy/deployment_files.ts";
import { readSource, ROOT } from "../support/source_files.ts";

const { compose, cluster } = await readDeploymentFiles();
const { credits, postgres } = compose.services;

async function createSecrets(folder: string, env: Record<string, string>): Promise<Deno.CommandOutput> {
  const script = fileURLToPath(new URL("deploy/compose/create_secrets.sh", ROOT));
  return await new Deno.Command("sh", { args: [script], cwd: folder, env: { META_APP_SECRET: "", ...env } })
    .output();
}

Deno.test("compose.yaml and compose.cluster.yaml follow the schema of compose files", async () => {
  assert.equal(await typeFaults([["Compose", compose], ["Compose", cluster]]), "");
  const wrong = { ...compose, services: { credits: { ...credits, read_only: "yes" } } };
  assert.match(await typeFaults([["Compose", wrong]]), /read_only/);
});

Deno.test("every variable of the service exists, and the heap is half of its memory", () => {
  const { DENO_V8_FLAGS, ...variables } = credits.environment;
  assert.deepEqual(Object.keys(variables).filter((name) => !ENVIRONMENT.includes(name)), []);
  assert.deepEqual([DENO_V8_FLAGS, credits.mem_limit], ["--max-old-space-size=1000", "2g"]);
});

Deno.test("every secret is a file that the script creates, and the service starts with them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assert.equal((await createSecrets(folder, {})).code, 1);
    const { success, stdout } = await createSecrets(folder, { META_APP_SECRET: "the secret of an app" });
    assert.ok(success);
    const created = (await Array.fromAsync(Deno.readDir(`${folder}/secrets`))).map(({ name }) => name).sort();
    const mounted = Object.entries<{ file: string }>(compose.secrets);
    assert.deepEqual(mounted.map(([name]) => name).sort(), created);
    for (const [name, { file }] of mounted) assert.equal(file, `./secrets/${name}`);
    assert.equal((await Deno.stat(`${folder}/secrets`)).mode! & 0o777, 0o700);
    assert.deepEqual([...credits.secrets, ...postgres.secrets].sort(), created);
    const env = Object.fromEntries(
      Object.entries<string>(credits.environment)
        .map(([name, value]) => [name, value.replace("/run/secrets/", `${folder}/secrets/`)]),
    );
    const config = readConfig({ ...withSecretFiles(env), PUBLIC_URL: "" });
    assert.deepEqual(config.meta_app_secrets, ["the secret of an app"]);
    const password = (await Deno.readTextFile(`${folder}/secrets/database_password`)).trim();
    assert.equal(config.database_url, `postgres://credits:${password}@postgres:5432/credits`);
    for (const secret of [password, config.admin_key!, config.meta_verify_token!]) {
      assert.match(secret, /^[0-9a-f]{64}$/);
      assert.ok(!new TextDecoder().decode(stdout).includes(secret));
    }
    // A second call changes nothing.
    const second = await createSecrets(folder, { META_APP_SECRET: "another" });
    assert.equal(second.code, 1);
    assert.match(new TextDecoder().decode(second.stderr), /together with the volume and all its data/);
    assert.equal((await Deno.readTextFile(`${folder}/secrets/database_password`)).trim(), password);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("neither the repository nor the context of the build has the secrets", async () => {
  assert.ok((await readSource(".gitignore")).split("\n").includes("/secrets/"));
  const context = (await readSource(".dockerignore")).split("\n").filter((line) =>
    line !== "" && !line.startsWith("#")
  );
  assert.equal(context[0], "*");
  assert.ok(!context.some((line) => line.startsWith("!secrets")));
});

Deno.test("Postgres gets the role that docs/operations.md describes, and its log no personal data", async () => {
  const script = await readSource("deploy/compose/create_role.sh");
  const [statements] = (await readSource("docs/operations.md")).match(/CREATE ROLE credits LOGIN[^`]+/)!;
  const documented = statements.trim().replace("'…'", ":'password'");
  assert.ok(script.includes(documented), documented);
  const mounted = postgres.volumes.map((volume: string) => volume.split(":"));
  assert.ok(
    mounted.some(([from, to]: string[]) =>
      from === "./deploy/compose/create_role.sh" && to!.startsWith("/docker-entrypoint-initdb.d/")
    ),
  );
  for (
    const setting of [
      "log_parameter_max_length=0",
      "log_parameter_max_length_on_error=0",
      "log_error_verbosity=terse",
    ]
  ) {
    assert.ok(postgres.command.includes(setting), setting);
  }
});

Deno.test("the service starts when Postgres is healthy, can write no file, and has time to stop", () => {
  assert.deepEqual(credits.depends_on, { postgres: { condition: "service_healthy" } });
  assert.deepEqual([credits.read_only, credits.cap_drop], [true, ["ALL"]]);
  assert.ok(Number.parseInt(credits.stop_grace_period) > 10);
  assert.deepEqual([credits.restart, postgres.restart], ["unless-stopped", "unless-stopped"]);
});
