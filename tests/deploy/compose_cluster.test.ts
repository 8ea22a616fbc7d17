/** The compose file of three nodes, by what it has in common with that of one node and with the service. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ENVIRONMENT, readConfig } from "../../src/config/environment.ts";
import { withSecretFiles } from "../../src/config/secret_files.ts";
import { ProblemBody } from "../../src/http/kit/problems.ts";
import { NODE_CONNECTIONS_MAX } from "../../src/postgres/connection_limit.ts";
import { readDeploymentFiles } from "../../tools/deploy/deployment_files.ts";
import { NATS_PROGRAM, natsTest } from "../support/cluster/nats_server.ts";
import { readSource, ROOT } from "../support/source_files.ts";

const { compose, cluster } = await readDeploymentFiles();
const NAMES = ["credits-1", "credits-2", "credits-3"];
const nodes = NAMES.map((name) => cluster.services[name]);

/** Creates the secrets as docs/operations.md says, in a folder that is removed when disposed of. */
async function createSecrets(): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  for (const name of ["create_secrets.sh", "create_cluster_secrets.sh"]) {
    const args = [fileURLToPath(new URL(`deploy/compose/${name}`, ROOT))];
    const env = { META_APP_SECRET: "the secret of an app" };
    const { success, stderr } = await new Deno.Command("sh", { args, cwd: folder, env }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  }
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}

Deno.test("every image has a version", () => {
  for (const { image } of Object.values<{ image: string }>(cluster.services)) {
    assert.match(image, /^poli-credits$|:\d+/);
  }
});

Deno.test("each node is the service of compose.yaml with NATS, a name and a port of its own", () => {
  const { environment: alone, ports: _, depends_on, secrets, networks, ...service } =
    compose.services.credits;
  for (const [index, name] of NAMES.entries()) {
    assert.deepEqual(nodes[index], {
      ...service,
      environment: { ...alone, NATS_URL_FILE: "/run/secrets/nats_url", NODE_NAME: name },
      ports: [`127.0.0.1:${8001 + index}:8000`],
      depends_on: { ...depends_on, nats: { condition: "service_healthy" } },
      secrets: secrets.toSpliced(1, 0, "nats_url"),
      networks: [...networks, "bus"],
    });
    const { DENO_V8_FLAGS: __, ...variables } = nodes[index].environment;
    assert.deepEqual(Object.keys(variables).filter((variable) => !ENVIRONMENT.includes(variable)), []);
  }
});

Deno.test("Postgres is that of compose.yaml, with connections for all nodes", () => {
  const { command, ...postgres } = cluster.services.postgres;
  const { command: alone, ...same } = compose.services.postgres;
  assert.deepEqual(postgres, same);
  assert.deepEqual(command.slice(0, alone.length), alone);
  const [, max] = command.at(-1).match(/^max_connections=(\d+)$/);
  assert.ok(Number(max) > NAMES.length * NODE_CONNECTIONS_MAX + 10, max);
});

Deno.test("Postgres and NATS are reached by the nodes alone", () => {
  assert.deepEqual(cluster.networks, { outside: {}, database: { internal: true }, bus: { internal: true } });
  const on = (network: string) =>
    Object.entries<{ networks: string[] }>(cluster.services)
      .filter(([, { networks }]) => networks.includes(network)).map(([name]) => name);
  assert.deepEqual(on("database"), [...NAMES, "postgres"]);
  assert.deepEqual(on("bus"), [...NAMES, "nats"]);
  assert.deepEqual([cluster.services.nats.ports, cluster.services.postgres.ports], [undefined, undefined]);
});

Deno.test("every secret is a file that the scripts create, and the nodes reach NATS with them", async () => {
  await using created = await createSecrets();
  const folder = `${created.folder}/secrets`;
  const files = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  assert.deepEqual(Object.keys(cluster.secrets).sort(), files);
  for (const [name, { file }] of Object.entries<{ file: string }>(cluster.secrets)) {
    assert.equal(file, `./secrets/${name}`);
  }
  const env = Object.fromEntries(
    Object.entries<string>(nodes[0].environment)
      .map(([name, value]) => [name, value.replace("/run/secrets/", `${folder}/`)]),
  );
  const { nats_url } = readConfig({ ...withSecretFiles(env), PUBLIC_URL: "" });
  const { username, password, host } = new URL(nats_url!);
  assert.deepEqual([username, host], ["credits", "nats:4222"]);
  const config = await Deno.readTextFile(`${folder}/nats_config`);
  assert.ok(config.includes(`user: "credits", password: "${password}"`), config);
  assert.match(password, /^[0-9a-f]{64}$/);
});

natsTest("nats-server takes its configuration, and the health check asks the port that it sets", async () => {
  await using created = await createSecrets();
  const args = ["-t", "--config", `${created.folder}/secrets/nats_config`];
  const { success, stderr } = await new Deno.Command(NATS_PROGRAM!, { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const config = await Deno.readTextFile(args[2]!);
  const [, address] = config.match(/^http: "(.+)"$/m)!;
  assert.equal(cluster.services.nats.healthcheck.test.at(-1), `http://${address}/healthz`);
  assert.deepEqual(cluster.services.nats.command, ["--config", "/run/secrets/nats_config"]);
});

Deno.test("the proxy spreads requests over the ready nodes, and its errors are those of the service", async () => {
  const config = await readSource("deploy/compose/Caddyfile");
  assert.ok(config.includes(`reverse_proxy ${NAMES.map((name) => `${name}:8000`).join(" ")} {`));
  assert.ok(config.includes("health_uri /readyz"));
  const [, body, status] = config.match(/respond `(.+)` (\d+)/)!;
  const problem = ProblemBody.strict().parse(JSON.parse(body!));
  assert.deepEqual([problem.code, problem.status, status], ["unavailable", 503, "503"]);
  const { proxy } = cluster.services;
  assert.deepEqual(proxy.depends_on, NAMES);
  assert.deepEqual(proxy.ports, compose.services.credits.ports);
  assert.ok(proxy.volumes.includes("./deploy/compose/Caddyfile:/etc/caddy/Caddyfile:ro"));
});
