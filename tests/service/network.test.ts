/** Shows that the service contacts its database and the endpoints of alerts, and no other host. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { customerWrote, wamid } from "../support/payloads.ts";
import { reportPath } from "../../src/web/report/href.ts";
import { createDatabase, temporaryFolder } from "../support/database.ts";
import { readSource } from "../support/source_files.ts";
import { COMPANY, LINE, seconds, SECRETS, ServiceProcess } from "../support/service.ts";

Deno.test("the service contacts its database and alert endpoints, and no other host", async () => {
  await using folder = await temporaryFolder();
  await using database = await createDatabase();
  const contacted = Promise.withResolvers<void>();
  await using endpoint = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    contacted.resolve();
    return new Response(null, { status: 204 });
  });
  const log = `${folder.path}/permissions.jsonl`;
  await using service = await ServiceProcess.start({
    DATABASE_URL: database.url,
    // Deno writes every use of a permission to this file, those that are refused too.
    DENO_AUDIT_PERMISSIONS: log,
  });
  const { client } = service;
  await client.createCompany();
  const alerts = `127.0.0.1:${endpoint.addr.port}`;
  await client.ok("POST", "/v1/webhook_endpoints", { url: `http://${alerts}/alerts` });
  const contract = { package: { credits: 1, price: "10.00" }, excess_credit_price: "1.50" };
  await client.ok("PUT", `/v1/companies/${COMPANY}/contract`, contract);
  const at_s = seconds(await client.now());
  const wrote = customerWrote(LINE, { phone: "5511987123456" }, { id: wamid("network"), at_s });
  assert.equal(await client.deliver(wrote), 200);
  await client.ok("POST", "/v1/test_clock", { advance: "PT1M" });
  await contacted.promise;
  for (const path of ["/", "/docs", "/docs/scalar.js", "/openapi.json", "/metrics", "/readyz", PAGE]) {
    const headers = { authorization: `Bearer ${SECRETS.ADMIN_KEY}` };
    const response = await fetch(`${service.url}${path}`, { headers });
    await response.body?.cancel();
    assert.equal(response.status, 200, path);
  }
  assert.equal((await service.end("SIGTERM")).code, 0);

  const used = (await Deno.readTextFile(log)).trim().split("\n").map((line): Use => JSON.parse(line));
  const { hostname, port } = new URL(database.url);
  const allowed = new Set(["127.0.0.1:0", `${hostname}:${port}`, alerts, `http://${alerts}/alerts`]);
  const hosts = new Set(used.filter(({ permission }) => permission === "net").map(({ value }) => value));
  assert.deepEqual([...hosts.difference(allowed)], []);
  assert.ok(hosts.has(`${hostname}:${port}`) && hosts.has("127.0.0.1:0"), `only ${[...hosts]} were logged`);
  const others = used.filter(({ permission }) => permission === "import" || permission === "run");
  assert.deepEqual(others, []);
});

Deno.test("a program that contacts another host is in Deno's log of permissions, also when it is refused", async () => {
  await using folder = await temporaryFolder();
  const log = `${folder.path}/permissions.jsonl`;
  const program = `${folder.path}/program.ts`;
  await Deno.writeTextFile(program, 'await fetch("http://127.0.0.1:65000/").catch(() => {});\n');
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", program],
    env: { DENO_AUDIT_PERMISSIONS: log, DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  assert.ok(success);
  assert.match(await Deno.readTextFile(log), /"permission":"net","value":"http:\/\/127\.0\.0\.1:65000\/"/);
});

Deno.test("the tasks and files that run the service turn off Deno's own search for newer versions", async () => {
  const { tasks } = JSON.parse(await readSource("deno.json"));
  for (const name of ["start", "demo"]) {
    assert.match(tasks[name].command, /^export DENO_NO_UPDATE_CHECK=1 &&/);
  }
  const folder = fileURLToPath(new URL("../../deploy/", import.meta.url));
  let running = 0;
  for await (const { name, isFile } of Deno.readDir(folder)) {
    const text = isFile ? await Deno.readTextFile(folder + name) : "";
    if (!/^ExecStart=.*deno|"deno"/m.test(text)) continue;
    running++;
    assert.match(text, /DENO_NO_UPDATE_CHECK(?:=|: *"?)1/, name);
  }
  assert.ok(running > 0, "no file in deploy/ runs the service");
  assert.match(await readSource("Dockerfile"), /^ENV .*DENO_NO_UPDATE_CHECK=1/m);
});

const PAGE = reportPath(COMPANY);

/** A line of Deno's log of permissions. */
interface Use {
  readonly permission: string;
  readonly value: string;
}
