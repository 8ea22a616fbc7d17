import assert from "node:assert/strict";
import { temporaryFolder, withDatabase } from "../support/database.ts";
import { COMPANY, messageOf, seconds, ServiceProcess } from "../support/service.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

/** Delivers messages of distinct contacts over some connections until told to stop. */
function load(
  service: ServiceProcess,
  first: number,
  at_s: number,
  enough: (acknowledged: number) => boolean,
) {
  const { client } = service;
  const acknowledged = new Set<number>();
  let next = first;
  let stopped = false;
  const senders = Array.from({ length: 16 }, async () => {
    while (!stopped) {
      const number = next++;
      const status = await client.deliver(messageOf(number, at_s));
      if (status === 200) acknowledged.add(number);
      if (status === 0 || enough(acknowledged.size)) stopped = true;
    }
  });
  return { acknowledged, sent: () => next, done: Promise.all(senders) };
}

Deno.test("after a kill -9 under load every acknowledged webhook is there, and redelivery counts nothing twice", async () => {
  await using folder = await temporaryFolder();
  const env = { DATA_DIR: folder.path };
  let service = await ServiceProcess.start(env);
  await service.client.createCompany();
  const at_s = seconds(await service.client.now());
  const acknowledged = new Set<number>();
  let sent = 0;
  for (let round = 0; round < 2; round++) {
    const killed = Promise.withResolvers<void>();
    const under_load = load(service, sent, at_s, (count) => {
      if (count >= 200) killed.resolve();
      return false;
    });
    await killed.promise;
    await service.end("SIGKILL");
    await under_load.done;
    under_load.acknowledged.forEach((number) => acknowledged.add(number));
    sent = under_load.sent();
    service = await ServiceProcess.start(env);
    const { consumed } = await service.client.balance();
    assert.ok(consumed >= acknowledged.size, `${acknowledged.size} acknowledged, ${consumed} kept`);
    assert.ok(consumed <= sent);
  }
  for (let number = 0; number < sent; number += 16) {
    const numbers = Array.from({ length: Math.min(16, sent - number) }, (_, i) => number + i);
    const statuses = await Promise.all(numbers.map((n) => service.client.deliver(messageOf(n, at_s))));
    assert.deepEqual(new Set(statuses), new Set([200]));
  }
  assert.equal((await service.client.balance()).consumed, sent);
  assert.equal((await service.end("SIGTERM")).code, 0);
});

Deno.test("while Postgres is away webhooks are answered 503 and the process stays; when it is back all goes on", async () => {
  await withDatabase(async (database) => {
    const { hostname, port } = new URL(database.url);
    await using proxy = new TcpProxy({ hostname, port: Number(port) });
    const url = new URL(database.url);
    url.hostname = "127.0.0.1";
    url.port = String(proxy.port);
    await using service = await ServiceProcess.start({ DATABASE_URL: url.href });
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
    proxy.mend();
    await until(async () => await client.deliver(messageOf(2, at_s)) === 200);
    assert.equal(await client.deliver(messageOf(1, at_s)), 200);
    assert.equal((await client.balance()).consumed, 2);
    await until(async () => (await client.call("GET", "/readyz")).status === 200);
    assert.ok(service.isRunning);
  });
});

Deno.test("a Postgres that is killed under load comes back by itself, and nothing is lost or counted twice", async () => {
  await using folder = await temporaryFolder();
  await using service = await ServiceProcess.start({ DATA_DIR: folder.path });
  const { client } = service;
  await client.createCompany();
  const at_s = seconds(await client.now());
  const pid_file = await Deno.readTextFile(`${folder.path}/postgres/cluster/pgdata/postmaster.pid`);
  const postmaster = Number(pid_file.split("\n")[0]);
  const halfway = Promise.withResolvers<void>();
  const under_load = load(service, 0, at_s, (count) => {
    if (count >= 200) halfway.resolve();
    return count >= 1_000;
  });
  await halfway.promise;
  Deno.kill(postmaster, "SIGKILL");
  await under_load.done;
  const sent = under_load.sent();
  await until(async () => await client.deliver(messageOf(0, at_s)) === 200);
  for (let number = 0; number < sent; number++) {
    await until(async () => await client.deliver(messageOf(number, at_s)) === 200);
  }
  assert.equal((await client.balance()).consumed, sent);
  assert.ok(service.isRunning);
});

Deno.test("of two processes on one database the first is fenced out at its next write, and nobody is charged twice", async () => {
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

/** Tries until it holds. What never holds ends with the test run's own limit, not with a time of ours. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 50));
}
