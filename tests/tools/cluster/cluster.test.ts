import assert from "node:assert/strict";
import { NODE_CONNECTIONS_MAX } from "../../../src/postgres/connection_limit.ts";
import { sleep } from "../../../src/time/sleep.ts";
import { Balancer } from "../../../tools/cluster/balancer.ts";
import { postgresSettings } from "../../../tools/cluster/main.ts";
import { startNode } from "../../../tools/cluster/processes.ts";
import { isReady, ReadyNodes } from "../../../tools/cluster/ready_nodes.ts";
import { createDatabase } from "../../support/database.ts";
import { SECRETS } from "../../support/service.ts";
import { assertCommandLine } from "../command_line.ts";

/** A node that answers with its name and what it got. */
function node(name: string): { url: string; stop: () => Promise<void>; ready: { is: boolean } } {
  const ready = { is: true };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/readyz") return new Response(null, { status: ready.is ? 200 : 503 });
    return Response.json([
      name,
      request.method,
      pathname + search,
      request.headers.get("x-test"),
      await request.text(),
    ]);
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown(), ready };
}

Deno.test("`deno task cluster` prints its usage on --help, and rejects an unknown option", async () => {
  await assertCommandLine("tools/cluster/main.ts", "cluster");
});

Deno.test("the Postgres of `deno task cluster` has connections for every node, with those that it reserves", () => {
  for (const nodes of [1, 3, 8]) {
    assert.ok(Number(postgresSettings(nodes).max_connections) - 3 > nodes * NODE_CONNECTIONS_MAX);
  }
});

Deno.test("the balancer sends requests to the nodes in turn, unchanged, and to no node that is away", async () => {
  const [one, two] = [node("one"), node("two")];
  await using balancer = new Balancer([one.url, two.url], 0);
  const ask = async () => {
    const options = { method: "POST", body: "a body", headers: { "x-test": "a header" } };
    return await (await fetch(`${balancer.url}/path?query=1`, options)).json();
  };
  const answers = [await ask(), await ask(), await ask()];
  assert.deepEqual(answers.map(([name]) => name), ["one", "two", "one"]);
  assert.deepEqual(answers[0].slice(1), ["POST", "/path?query=1", "a header", "a body"]);
  await one.stop();
  assert.deepEqual([(await ask())[0], (await ask())[0], (await ask())[0]], ["two", "two", "two"]);
  await two.stop();
  const refused = await fetch(balancer.url);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  await refused.body?.cancel();
});

Deno.test("a node counts as ready while it says so, from when it is known", async () => {
  const [one, two] = [node("one"), node("two")];
  const known = [one.url];
  await using nodes = new ReadyNodes(() => known);
  assert.deepEqual(nodes.urls, [one.url]);
  known.push(two.url);
  while (nodes.urls.length < 2) await sleep(10);
  one.ready.is = false;
  while (nodes.urls.includes(one.url)) await sleep(10);
  assert.deepEqual(nodes.urls, [two.url]);
  await Promise.all([one.stop(), two.stop()]);
});

/** Accepts requests until there are `count`, and then closes these and every later one without an answer. */
function brokenNode(count: number): { readonly url: string } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accept = async () => {
    const accepted: Deno.Conn[] = [];
    for await (const connection of listener) {
      if (accepted.push(connection) >= count) { for (const each of accepted.splice(0)) each.close(); }
      if (accepted.length === 0) count = 1;
    }
  };
  void accept();
  return { url: `http://127.0.0.1:${listener.addr.port}`, [Symbol.dispose]: () => listener.close() };
}

Deno.test("a request that fails beside others goes to the next node, and not to the same one again", async () => {
  using broken = brokenNode(10);
  const other = node("other");
  await using balancer = new Balancer([broken.url, other.url], 0);
  const asked = Array.from({ length: 20 }, async () => (await fetch(balancer.url)).text());
  const answers = (await Promise.all(asked)).map((text) => text.slice(0, 8));
  assert.deepEqual(new Set(answers), new Set(['["other"']));
  await other.stop();
});

Deno.test("a node is ready when it answers, at every level of its log, and its readiness checks are not shown", async () => {
  await using database = await createDatabase();
  const shown: string[] = [];
  const start = async (LOG_LEVEL: string) => {
    const env = { ...SECRETS, DATABASE_URL: database.url, LOG_LEVEL };
    const { process, url } = await startNode("node-1", env, (line) => void shown.push(line));
    await using _ = process;
    assert.ok(await isReady(url));
  };
  await start("error");
  assert.equal(shown.length, 0);
  await start("info");
  assert.ok(shown.some((line) => line.includes("Ready at")));
  assert.ok(!shown.some((line) => line.includes("/readyz")));
});
