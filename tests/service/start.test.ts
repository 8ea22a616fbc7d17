import assert from "node:assert/strict";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { customerWrote, wamid } from "../support/payloads.ts";
import { VERSION } from "../../src/config/version.ts";
import { permissionsFor } from "../../src/config/permissions.ts";
import { stopAndRemove } from "../support/database_warden.ts";
import { createDatabase, seedCluster } from "../support/database.ts";
import { COMPANY, LINE, readLines, seconds, SECRETS, ServiceProcess } from "../support/service.ts";

const PROJECT = dirname(fileURLToPath(new URL("../../deno.json", import.meta.url)));

Deno.test("`deno task start` runs the embedded Postgres, prints where the admin key is, and no secret", async () => {
  await using folder = await dataFolder();
  const runs: string[] = [];
  for (let n = 0; n < 2; n++) {
    const lines: string[] = [];
    const child = new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "--config", `${PROJECT}/deno.json`, "start"],
      env: { PORT: "0", HOST: "127.0.0.1", DATA_DIR: folder.path, LOG_LEVEL: "debug" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const ready = Promise.withResolvers<string>();
    const output = Promise.all([child.stdout, child.stderr].map((stream) =>
      readLines(stream, (line) => {
        lines.push(line);
        const url = line.match(/"url":"(http[^"]+)"/)?.[1];
        if (url !== undefined) ready.resolve(url);
      })
    )).then(() => ready.reject(new Error(`the service ended before it was ready:\n${lines.join("\n")}`)));
    output.catch(() => {});
    const url = await ready.promise;
    assert.equal((await (await fetch(`${url}/readyz`)).json()).ready, true);
    const docs = await fetch(`${url}/docs/scalar.js`);
    await docs.body?.cancel();
    assert.equal(docs.status, 200);
    child.kill("SIGTERM");
    assert.equal((await child.status).code, 0);
    await output;
    runs.push(lines.join("\n"));
  }
  const path = `${folder.path}/secrets.json`;
  const secrets = JSON.parse(await Deno.readTextFile(path));
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  const times = (secret: string) => runs.map((output) => output.split(secret).length - 1);
  assert.deepEqual(times(`Created the admin key in \\"${path}\\"`), [1, 0]);
  assert.deepEqual(times(secrets.admin_key), [0, 0]);
  assert.deepEqual(times(secrets.meta_app_secret), [0, 0]);
  assert.deepEqual(times(secrets.meta_verify_token), [0, 0]);
  const password = (await Deno.readTextFile(`${folder.path}/postgres/cluster/password`)).trim();
  assert.deepEqual(times(password), [0, 0]);
});

Deno.test("a service whose secrets stand in files starts with them, and writes none to its output", async () => {
  await using folder = await dataFolder();
  await using database = await createDatabase();
  const inFile = async (name: string, value: string) => {
    await Deno.writeTextFile(`${folder.path}/${name}`, `${value}\n`);
    return { [name]: "", [`${name}_FILE`]: `${folder.path}/${name}` };
  };
  await using service = await ServiceProcess.start({
    ...await inFile("DATABASE_URL", database.url),
    ...await inFile("META_APP_SECRET", SECRETS.META_APP_SECRET),
    ...await inFile("META_VERIFY_TOKEN", SECRETS.META_VERIFY_TOKEN),
    ...await inFile("ADMIN_KEY", SECRETS.ADMIN_KEY),
  });
  await service.client.createCompany();
  assert.equal(
    await service.client.deliver(
      customerWrote(LINE, { phone: "5511987654321" }, {
        id: wamid("in files"),
        at_s: seconds(Temporal.Now.instant()),
      }),
    ),
    200,
  );
  for (const secret of Object.values(SECRETS)) assert.ok(!service.output.includes(secret));
});

Deno.test("a first start on a taken port prints the port, the remedy, and where the new admin key is", async () => {
  await using folder = await dataFolder();
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = other.addr;
  const { code, stdout, stderr } = await task("start", { PORT: String(port), DATA_DIR: folder.path });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    `Poli Credits cannot start: port ${port} is taken by another program. ` +
      `Set PORT to another port, for example ${port + 1}.\n`,
  );
  const { admin_key } = JSON.parse(await Deno.readTextFile(`${folder.path}/secrets.json`));
  assert.ok(stdout.includes(`${folder.path}/secrets.json`) && !stdout.includes(admin_key));
});

Deno.test("a task whose data folder cannot be created prints only that error, and starts nothing", async () => {
  await using folder = await folderOnDisk();
  await Deno.writeTextFile(`${folder.path}/file`, "");
  for (const name of ["start", "demo"]) {
    const { code, stdout, stderr } = await task(name, { PORT: "0", DATA_DIR: `${folder.path}/file/data` });
    assert.equal(code, 1);
    assert.match(
      stdout + stderr,
      /^The data folder .* cannot be created: .*Set DATA_DIR to a folder that the service can write to\.\n$/,
    );
  }
});

Deno.test("with the task's permissions the service stops the orphan Postgres of a killed service, and starts", async () => {
  await using folder = await dataFolder();
  const env = { DATA_DIR: folder.path };
  const killed = await ServiceProcess.start(env);
  await killed.client.createCompany();
  await killed.end("SIGKILL");
  await using service = await ServiceProcess.start(env);
  assert.match(service.output, /is an orphan process of a killed service/);
  assert.equal((await service.client.balance()).consumed, 0);
});

Deno.test("with the task's permissions the service starts even if LD_PRELOAD is set", async () => {
  await using folder = await dataFolder();
  await using service = await ServiceProcess.start({
    DATA_DIR: folder.path,
    LD_PRELOAD: "libnonexistent.so",
  });
  assert.equal((await fetch(`${service.url}/healthz`).then((response) => response.json())).status, "ok");
});

Deno.test("the log, the liveness check and the metrics name the version of the service", async () => {
  await using database = await createDatabase();
  await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
  assert.equal(VERSION, JSON.parse(await Deno.readTextFile(`${PROJECT}/deno.json`)).version);
  await service.printed(new RegExp(`Poli Credits .*${VERSION}.* starts on Deno`));
  const live = await (await fetch(`${service.url}/healthz`)).json();
  assert.deepEqual(live, { status: "ok", version: VERSION });
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  const labels = `version="${VERSION}",deno="${Deno.version.deno}"`;
  assert.ok(metrics.includes(`\npoli_build_info{${labels}} 1\n`), metrics);
});

Deno.test("a service whose listener ends by itself stops in order and exits with 3", async () => {
  await using database = await createDatabase();
  const preload = fileURLToPath(new URL("../support/listener_ends.ts", import.meta.url));
  await using service = await ServiceProcess.start({ DATABASE_URL: database.url }, { preload });
  assert.equal((await service.end("SIGUSR2")).code, 3);
  assert.match(service.output, /HTTP server ended unexpectedly/);
  assert.match(service.output, /Stopped/);
});

Deno.test("a download that the client does not read does not keep the service from stopping its Postgres", async () => {
  await using folder = await dataFolder();
  const env = { DATA_DIR: folder.path };
  await using stopped = await ServiceProcess.start(env);
  const { client } = stopped;
  await client.createCompany();
  // More than the socket buffers hold: 40,000 rows of at least 200 bytes.
  const feature = "f".repeat(64);
  await client.ok("PUT", `/v1/features/${feature}`, { credits: 1 });
  for (let call = 0; call < 40; call++) {
    const usages = Array.from({ length: 1_000 }, (_, i) => ({ id: `${call}-${i}`, feature, quantity: 1 }));
    await client.ok("POST", `/v1/companies/${COMPANY}/usage`, usages);
  }
  const { hostname, port } = new URL(stopped.url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [
    `GET /v1/companies/${COMPANY}/ledger HTTP/1.1`,
    "Host: localhost",
    "Accept: text/csv",
    `Authorization: Bearer ${SECRETS.ADMIN_KEY}`,
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  const head = new Uint8Array(15);
  await connection.read(head);
  assert.equal(new TextDecoder().decode(head), "HTTP/1.1 200 OK");
  assert.equal((await stopped.end("SIGTERM")).code, 0);
  await using service = await ServiceProcess.start(env);
  assert.doesNotMatch(stopped.output, /stop the service/);
  assert.doesNotMatch(service.output, /is an orphan process/);
  assert.equal((await service.client.balance()).consumed, 40_000);
});

Deno.test("with DATABASE_URL the service may write no file and run no program, and still meters", async () => {
  const permissions = await permissionsFor({ DATABASE_URL: "postgres://" });
  assert.deepEqual(
    permissions.filter((flag) => /^(-A|--allow-(all|write|run|sys|ffi|import))/.test(flag)),
    [],
  );
  for (const flag of ["--allow-read", "--allow-env"]) {
    assert.ok(permissions.some((one) => one.startsWith(`${flag}=`)), `${flag} is not limited to a list`);
  }
  const tls = await permissionsFor({
    DATABASE_URL: "postgres://db/c?sslmode=verify-full&sslrootcert=/etc/ca.pem",
  });
  assert.ok(
    tls.some((flag) => /^--allow-read=.*,\/etc\/ca\.pem$/.test(flag)),
    "the certificate is not readable",
  );
  await using database = await createDatabase();
  await using service = await ServiceProcess.start({ DATABASE_URL: database.url });
  const { client } = service;
  await client.createCompany();
  const at_s = seconds(await client.now());
  const wrote = customerWrote(LINE, { phone: "5511987123456" }, { id: wamid("1"), at_s });
  assert.equal(await client.deliver(wrote), 200);
  assert.equal((await client.ok("GET", `/v1/companies/${COMPANY}/balance`)).consumed, 1);
});

Deno.test("with the embedded Postgres the service may write only its data folder and run only Postgres's programs", async () => {
  await using folder = await folderOnDisk();
  const permissions = await permissionsFor({ DATA_DIR: folder.path });
  const allowed = (kind: string) =>
    permissions.find((flag) => flag.startsWith(`--allow-${kind}=`))!.split("=")[1]!.split(",");
  const here = await Deno.realPath(folder.path);
  assert.deepEqual([...new Set([folder.path, here])], allowed("write"));
  const programs = allowed("run").map((path) => path.slice(path.lastIndexOf("/") + 1));
  const known = ["initdb", "postgres", "pg_ctl", "ls", "stat", "cat", "ps", "chroot", "chown"];
  assert.deepEqual(programs.filter((program) => !known.includes(program)), []);
});

/** Runs a task until it ends. Returns its exit code and output. */
async function task(name: string, env: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "--config", `${PROJECT}/deno.json`, name],
    env: { HOST: "127.0.0.1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Creates a data folder with a cluster, so that no test waits for `initdb`. */
async function dataFolder() {
  const folder = await folderOnDisk();
  await Deno.mkdir(`${folder.path}/postgres`, { mode: 0o711 });
  await seedCluster(`${folder.path}/postgres`);
  return folder;
}

/** Creates a temporary folder on disk: with limited permissions Deno cannot use the in-memory folders of other tests. */
async function folderOnDisk(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "poli-credits-start-" });
  await Deno.chmod(path, 0o711);
  return { path, [Symbol.asyncDispose]: () => stopAndRemove(path) };
}
