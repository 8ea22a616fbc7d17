import assert from "node:assert/strict";
import { startCluster, withDatabase } from "../support/database.ts";
import { startReplica } from "../support/replica.ts";
import { COMPANY, messageOf, seconds, ServiceProcess } from "../support/service.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

const MESSAGES = 12;
/** The messages that the replica receives. */
const REPLICATED = 5;

Deno.test("after a lagging replica is promoted, redelivered webhooks are written again instead of answered from memory", async () => {
  await using primary = await startCluster({ migrations: null });
  await using replica = await startReplica(primary);
  await using proxy = new TcpProxy(addressOf(primary.url));
  await using service = await ServiceProcess.start({ DATABASE_URL: proxy.urlOf(primary.url) });
  const { client } = service;
  await client.createCompany();
  const at_s = seconds(await client.now());
  const messages = Array.from({ length: MESSAGES }, (_, n) => messageOf(n, at_s));
  for (const [n, message] of messages.entries()) {
    if (n === REPLICATED) {
      await replica.catchUp();
      await replica.stopReceiving();
    }
    assert.equal(await client.deliver(message), 200);
  }
  await replica.promote();
  proxy.cut();
  proxy.redirect(addressOf(replica.url));
  proxy.restore();
  for (const message of messages) {
    while (await client.deliver(message) !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { data } = await client.ok("GET", `/v1/companies/${COMPANY}/windows?limit=200`);
  assert.equal(data.length, MESSAGES, "windows in the database");
  assert.equal((await client.balance()).consumed, MESSAGES);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  assert.match(metrics, /^poli_database_changes_total\{change="promoted"\} 1$/m);
  assert.match(service.output, /"level":"ERROR","message":"The database was promoted to timeline 2/);
});

Deno.test("while each new connection is refused, requests are 503 and the log names the remedy", () =>
  withDatabase(async ({ url }) => {
    await using proxy = new TcpProxy(addressOf(url));
    await using service = await ServiceProcess.start({ DATABASE_URL: proxy.urlOf(url) });
    const { client } = service;
    await client.createCompany();
    const at_s = seconds(await client.now());
    assert.equal(await client.deliver(messageOf(1, at_s)), 200);
    proxy.cut();
    proxy.dropStartupOptions();
    proxy.restore();
    const remedy = /"level":"ERROR","message":"\\"compare the database\\": .*connect to Postgres directly/;
    while (!remedy.test(service.output)) await client.deliver(messageOf(1, at_s));
    assert.equal(await client.deliver(messageOf(1, at_s)), 503);
  }));

function addressOf(url: string): Deno.ConnectOptions {
  const { hostname, port } = new URL(url);
  return { hostname, port: Number(port) };
}
