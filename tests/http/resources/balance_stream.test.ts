import assert from "node:assert/strict";
import { LiveFeed } from "../../../src/live/feed.ts";
import { ANA, BETO } from "../../support/fixtures.ts";
import { readProblem, TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/balance/stream";

/** Reads server-sent events off a response, one block at a time. */
class Viewer implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #read = "";

  constructor(response: Response) {
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The next block, `undefined` at the end. */
  async next(): Promise<string | undefined> {
    while (!this.#read.includes("\n\n")) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#read += value;
    }
    const end = this.#read.indexOf("\n\n");
    const block = this.#read.slice(0, end);
    this.#read = this.#read.slice(end + 2);
    return block;
  }

  /** The next balance, past heartbeats. */
  async balance(): Promise<{ version: number; consumed: number }> {
    for (;;) {
      const block = await this.next();
      if (block === undefined) throw new Error("the stream has ended");
      if (block.startsWith(":")) continue;
      const [event, id, data] = block.split("\n").filter((line) => !line.startsWith("retry: "));
      assert.equal(event, "event: balance");
      const balance = JSON.parse(data!.slice("data: ".length));
      assert.equal(id, `id: ${balance.version}`);
      return balance;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}

async function send(house: TestService, to: string): Promise<void> {
  const message = { message_id: `to-${to}`, to, kind: "template" };
  await house.readJson("POST", "/v1/companies/acme/messages", message);
}

Deno.test("a stream begins with how long to wait before coming back, and a snapshot", async () => {
  await using house = new TestService();
  await house.createCompany();
  await send(house, ANA);
  await using viewer = new Viewer(await house.request("GET", PATH, undefined, { "last-event-id": "999999" }));
  const [retry, event, id, data] = (await viewer.next())!.split("\n");
  assert.deepEqual([retry, event], ["retry: 2000", "event: balance"]);
  const { version, consumed } = JSON.parse(data!.slice("data: ".length));
  assert.deepEqual([id, consumed], [`id: ${version}`, 1]);
  assert.equal((await house.readJson("GET", "/v1/companies/acme/balance")).version, version);
});

Deno.test("each change is told, in order of version", async () => {
  await using house = new TestService();
  await house.createCompany();
  await using viewer = new Viewer(await house.request("GET", PATH));
  const seen = [await viewer.balance()];
  for (const to of [ANA, BETO]) {
    await send(house, to);
    seen.push(await viewer.balance());
  }
  assert.deepEqual(seen.map(({ consumed }) => consumed), [0, 1, 2]);
  const versions = seen.map(({ version }) => version);
  assert.deepEqual(versions, versions.toSorted((a, b) => a - b));
});

Deno.test("whoever does not read is owed the newest balance alone", async () => {
  await using house = new TestService();
  await house.createCompany();
  await using viewer = new Viewer(await house.request("GET", PATH));
  await viewer.balance();
  for (let customer = 1; customer <= 20; customer++) {
    await send(house, `55119876500${String(customer).padStart(2, "0")}`);
    // Each change is published in a turn of the loop of its own, so that a queue would hold every one.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  let told = 0;
  while ((await viewer.balance()).consumed < 20) told++;
  // Two may have been on their way to the reader already; the rest had their place taken.
  assert.ok(told <= 2, `${told} balances were told before the newest`);
});

Deno.test("a company nobody has is 404, and leaves nobody watching", async () => {
  await using house = new TestService();
  assert.equal((await house.requestProblem("GET", "/v1/companies/nobody/balance/stream")).code, "no_company");
  assert.equal(house.feed.viewers, 0);
});

Deno.test("a heartbeat keeps a quiet stream open", async () => {
  await using house = new TestService({}, new LiveFeed({ heartbeat_ms: 1 }));
  await house.createCompany();
  await using viewer = new Viewer(await house.request("GET", PATH));
  await viewer.balance();
  assert.equal(await viewer.next(), ": still here");
});

Deno.test("streams end when the feed closes", async () => {
  await using house = new TestService();
  await house.createCompany();
  await using viewer = new Viewer(await house.request("GET", PATH));
  await viewer.balance();
  house.feed.close();
  assert.equal(await viewer.next(), undefined);
  assert.equal(house.feed.viewers, 0);
});

Deno.test("a viewer who leaves is forgotten, whether they cancel or their connection is lost", async () => {
  await using house = new TestService();
  await house.createCompany();
  const viewer = new Viewer(await house.request("GET", PATH));
  await viewer.balance();
  assert.equal(house.feed.viewers, 1);
  await viewer[Symbol.asyncDispose]();
  assert.equal(house.feed.viewers, 0);

  const connection = new AbortController();
  const request = new Request(`http://localhost${PATH}`, {
    headers: { authorization: "Bearer admin-key-of-the-tests" },
    signal: connection.signal,
  });
  await using lost = new Viewer(await house.app.hono.request(request));
  await lost.balance();
  connection.abort();
  assert.equal(await lost.next(), undefined);
  assert.equal(house.feed.viewers, 0);
});

Deno.test("HEAD of a stream watches nothing", async () => {
  await using house = new TestService();
  await house.createCompany();
  const response = await house.request("HEAD", PATH);
  assert.equal(response.status, 200);
  assert.equal(house.feed.viewers, 0);
});

Deno.test("past the bound on viewers a stream is 503 with Retry-After, and the balance can still be asked for", async () => {
  await using house = new TestService({}, new LiveFeed({ viewers_per_company_max: 1 }));
  await house.createCompany();
  await using _viewer = new Viewer(await house.request("GET", PATH));
  const response = await house.request("GET", PATH);
  assert.equal(response.status, 503);
  assert.ok(response.headers.has("retry-after"));
  assert.equal((await readProblem(response)).code, "too_many_viewers");
  await house.readJson("GET", "/v1/companies/acme/balance");
});

Deno.test("a thousand viewers of one company all see a change", async () => {
  await using house = new TestService();
  await house.createCompany();
  const viewers = await Promise.all(
    Array.from({ length: 1_000 }, async () => new Viewer(await house.request("GET", PATH))),
  );
  await Promise.all(viewers.map((viewer) => viewer.balance()));
  await send(house, ANA);
  const seen = await Promise.all(viewers.map((viewer) => viewer.balance()));
  assert.ok(seen.every(({ consumed }) => consumed === 1));
  await Promise.all(viewers.map((viewer) => viewer[Symbol.asyncDispose]()));
  assert.equal(house.feed.viewers, 0);
});

Deno.test("over a real connection, a client that goes away is forgotten", async () => {
  await using house = new TestService({}, new LiveFeed({ heartbeat_ms: 1 }));
  await house.createCompany();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, house.app.hono.fetch);
  const connection = new AbortController();
  const response = await fetch(`http://127.0.0.1:${server.addr.port}${PATH}`, {
    headers: { authorization: "Bearer admin-key-of-the-tests" },
    signal: connection.signal,
  });
  const reader = response.body!.getReader();
  await reader.read();
  assert.equal(house.feed.viewers, 1);
  connection.abort();
  await reader.read().catch(() => {});
  while (house.feed.viewers > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await server.shutdown();
});
