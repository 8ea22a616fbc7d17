import assert from "node:assert/strict";
import { createDatabase } from "../support/database.ts";
import { dumpDatabase } from "../support/dump.ts";
import { type Client, COMPANY, ServiceProcess } from "../support/service.ts";

const OF = `/v1/companies/${COMPANY}`;

async function keyOf(client: Client, fields: Record<string, unknown> = {}) {
  return await client.ok("POST", "/v1/keys", { name: "tests", scope: "read", company: COMPANY, ...fields });
}

/** Opens a session on one process, as a browser does. */
async function cookieOf(client: Client, service: ServiceProcess, ttl_seconds = 600): Promise<string> {
  const { url } = await client.ok("POST", `${OF}/viewer_sessions`, { ttl_seconds });
  const opened = await fetch(new URL(new URL(url).pathname, service.url), { redirect: "manual" });
  await opened.body?.cancel();
  assert.equal(opened.status, 303);
  return opened.headers.get("set-cookie")!.split(";")[0]!;
}

/** Reads a balance stream. `first` resolves at the first balance, `end` with the number of balances when the stream ends. */
function watch(client: Client): { first: Promise<void>; end: Promise<number> } {
  const first = Promise.withResolvers<void>();
  const listen = async () => {
    let balances = 0;
    for await (const _ of client.balances()) if (++balances === 1) first.resolve();
    return balances;
  };
  const end = listen();
  end.catch(first.reject);
  return { first: first.promise, end };
}

async function statusOf(client: Client): Promise<number> {
  return (await client.call("GET", `${OF}/balance`)).status;
}

Deno.test("a key revoked in one process is refused in another, and its streams and its viewers' streams end in both", async () => {
  await using database = await createDatabase();
  await using one = await ServiceProcess.start({ DATABASE_URL: database.url });
  await using other = await ServiceProcess.start({ DATABASE_URL: database.url });
  const { client } = one;
  await client.createCompany();
  const { id, key } = await keyOf(client);
  const authorization = { authorization: `Bearer ${key}` };
  // The other process knows the key at once, without a notification.
  assert.equal(await statusOf(other.clientBy(authorization)), 200);
  const cookie = { cookie: await cookieOf(one.clientBy(authorization), other) };
  assert.equal(await statusOf(one.clientBy(cookie)), 200);
  const streams = [one, other].flatMap((service) =>
    [authorization, cookie].map((credentials) => watch(service.clientBy(credentials)))
  );
  await Promise.all(streams.map(({ first }) => first));
  await client.ok("DELETE", `/v1/keys/${id}`);
  await Promise.all(streams.map(({ end }) => end));
  for (const service of [one, other]) {
    assert.equal(await statusOf(service.clientBy(authorization)), 401);
    assert.equal(await statusOf(service.clientBy(cookie)), 401);
    assert.equal(await statusOf(service.client), 200);
  }
});

Deno.test("a session survives a restart, and a logout in one process ends it in the other", async () => {
  await using database = await createDatabase();
  const env = { DATABASE_URL: database.url };
  await using first = await ServiceProcess.start(env);
  await first.client.createCompany();
  const { key } = await keyOf(first.client);
  const cookie = await cookieOf(first.client, first);
  assert.equal((await first.end("SIGTERM")).code, 0);
  await using one = await ServiceProcess.start(env);
  await using other = await ServiceProcess.start(env);
  assert.equal(await statusOf(one.clientBy({ authorization: `Bearer ${key}` })), 200);
  assert.equal(await statusOf(one.clientBy({ cookie })), 200);
  const stream = watch(other.clientBy({ cookie }));
  await stream.first;
  const logout = await fetch(`${one.url}/reports/credits/${COMPANY}/logout`, {
    method: "POST",
    headers: { cookie, "sec-fetch-site": "same-origin" },
    redirect: "manual",
  });
  await logout.body?.cancel();
  assert.equal(logout.status, 303);
  assert.ok(await stream.end >= 1);
  assert.equal(await statusOf(other.clientBy({ cookie })), 401);
  const { data: [{ last_used_at }] } = await one.client.ok("GET", "/v1/keys");
  assert.ok(last_used_at !== null);
});

Deno.test("neither a database dump nor the log contains a key, a link or a cookie", async () => {
  await using database = await createDatabase();
  await using service = await ServiceProcess.start({ DATABASE_URL: database.url, LOG_LEVEL: "debug" });
  await service.client.createCompany();
  const { key, id } = await keyOf(service.client);
  const { url } = await service.client.ok("POST", `${OF}/viewer_sessions`, {});
  const cookie = await cookieOf(service.client, service);
  await statusOf(service.clientBy({ cookie }));
  await statusOf(service.clientBy({ authorization: `Bearer ${key}` }));
  const dump = await dumpDatabase(database.superuser_url);
  assert.ok(dump.includes(id), "the test looks in the wrong place");
  for (const secret of [key, key.slice(-38), url.split("/").at(-1)!, cookie.split("=")[1]!]) {
    assert.ok(!dump.includes(secret));
    assert.ok(!service.output.includes(secret));
  }
});
