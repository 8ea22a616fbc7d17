import assert from "node:assert/strict";
import { withDatabase } from "../support/database.ts";
import { COMPANY, messageOf, seconds, ServiceProcess } from "../support/service.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

Deno.test("while Postgres is unreachable webhooks are 503 and the process stays up; afterwards it recovers", async () => {
  await withDatabase(async (database) => {
    const { hostname, port } = new URL(database.url);
    await using proxy = new TcpProxy({ hostname, port: Number(port) });
    await using service = await ServiceProcess.start({ DATABASE_URL: proxy.urlOf(database.url) });
    const { client } = service;
    await client.createCompany();
    const at_s = seconds(await client.now());
    assert.equal(await client.deliver(messageOf(1, at_s)), 200);
    proxy.cut();
    assert.equal(await client.deliver(messageOf(2, at_s)), 503);
    assert.equal((await client.call("GET", "/readyz")).status, 503);
    assert.equal((await client.call("GET", "/healthz")).status, 200);
    const refused = await client.call("GET", `/v1/companies/${COMPANY}/balance`);
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
    proxy.restore();
    await until(async () => await client.deliver(messageOf(2, at_s)) === 200);
    assert.equal(await client.deliver(messageOf(1, at_s)), 200);
    assert.equal((await client.balance()).consumed, 2);
    await until(async () => (await client.call("GET", "/readyz")).status === 200);
    assert.ok(service.isRunning);
  });
});

Deno.test("of two processes on one database the first is fenced at its next write, and nothing is charged twice", async () => {
  await withDatabase(async (database) => {
    await using first = await ServiceProcess.start({ DATABASE_URL: database.url });
    await using second = await ServiceProcess.start({ DATABASE_URL: database.url });
    await first.client.createCompany();
    const at_s = seconds(await first.client.now());
    assert.equal(await first.client.deliver(messageOf(1, at_s)), 200);
    assert.equal(await second.client.deliver(messageOf(1, at_s)), 200);
    assert.equal(await second.client.deliver(messageOf(2, at_s)), 200);
    assert.equal(await first.client.deliver(messageOf(3, at_s)), 503);
    assert.equal(await first.client.deliver(messageOf(3, at_s)), 200);
    assert.equal(await second.client.deliver(messageOf(4, at_s)), 503);
    assert.equal(await second.client.deliver(messageOf(4, at_s)), 200);
    assert.equal((await second.client.balance()).consumed, 4);
  });
});

/** Polls until the condition holds. It has no deadline: the limit of the test run ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 50));
}
