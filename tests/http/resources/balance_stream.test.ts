import assert from "node:assert/strict";
import { LiveFeed } from "../../../src/live/feed.ts";
import { ANA, BETO } from "../../support/fixtures.ts";
import { readProblem, TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/balance/stream";

/** Reads the server-sent events of a response, one block at a time. */
class Viewer implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #read = "";

  constructor(response: Response) {
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Reads the next block. Undefined at the end. */
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

  /** Reads the next balance. Skips heartbeats. */
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

async function send(service: TestService, to: string): Promise<void> {
  const message = { message_id: `to-${to}`, to, kind: "template" };
  await service.readJson("POST", "/v1/companies/acme/messages", message);
}

Deno.test("a stream starts with the reconnection delay and a snapshot", async () => {
  await using service = new TestService();
  await service.createCompany();
  await send(service, ANA);
  await using viewer = new Viewer(
    await service.request("GET", PATH, undefined, { "last-event-id": "999999" }),
  );
  const [retry, event, id, data] = (await viewer.next())!.split("\n");
  assert.deepEqual([retry, event], ["retry: 2000", "event: balance"]);
  const { version, consumed } = JSON.parse(data!.slice("data: ".length));
  assert.deepEqual([id, consumed], [`id: ${version}`, 1]);
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).version, version);
});

Deno.test("each change is sent, in order of version", async () => {
  await using service = new TestService();
  await service.createCompany();
  await using viewer = new Viewer(await service.request("GET", PATH));
  const seen = [await viewer.balance()];
  for (const to of [ANA, BETO]) {
    await send(service, to);
    seen.push(await viewer.balance());
  }
  assert.deepEqual(seen.map(({ consumed }) => consumed), [0, 1, 2]);
  const versions = seen.map(({ version }) => version);
  assert.deepEqual(versions, versions.toSorted((a, b) => a - b));
});

Deno.test("a slow reader receives only the newest balance", async () => {
  await using service = new TestService();
  await service.createCompany();
  await using viewer = new Viewer(await service.request("GET", PATH));
  await viewer.balance();
  for (let customer = 1; customer <= 20; customer++) {
    await send(service, `55119876500${String(customer).padStart(2, "0")}`);
    // Each change is published in its own turn of the event loop, so a queue would hold them all.
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  let shown = 0;
  while ((await viewer.balance()).consumed < 20) shown++;
  // Up to two can already be in the reader's buffers. The newest balance replaced all others.
  assert.ok(shown <= 2, `${shown} balances were shown before the newest`);
});

Deno.test("an unknown company is 404 and leaves no subscription", async () => {
  await using service = new TestService();
  assert.equal(
    (await service.requestProblem("GET", "/v1/companies/nobody/balance/stream")).code,
    "company_not_found",
  );
  assert.equal(service.feed.viewers, 0);
});

Deno.test("a heartbeat keeps a quiet stream open", async () => {
  await using service = new TestService({}, new LiveFeed({ heartbeat_ms: 1 }));
  await service.createCompany();
  await using viewer = new Viewer(await service.request("GET", PATH));
  await viewer.balance();
  assert.equal(await viewer.next(), ": still here");
});

Deno.test("streams end when the feed closes", async () => {
  await using service = new TestService();
  await service.createCompany();
  await using viewer = new Viewer(await service.request("GET", PATH));
  await viewer.balance();
  service.feed.close();
  assert.equal(await viewer.next(), undefined);
  assert.equal(service.feed.viewers, 0);
});

Deno.test("a cancel or a lost connection ends the subscription", async () => {
  await using service = new TestService();
  await service.createCompany();
  const viewer = new Viewer(await service.request("GET", PATH));
  await viewer.balance();
  assert.equal(service.feed.viewers, 1);
  await viewer[Symbol.asyncDispose]();
  assert.equal(service.feed.viewers, 0);

  const connection = new AbortController();
  const request = new Request(`http://localhost${PATH}`, {
    headers: { authorization: "Bearer admin-key-of-the-tests" },
    signal: connection.signal,
  });
  await using lost = new Viewer(await service.app.hono.request(request));
  await lost.balance();
  connection.abort();
  assert.equal(await lost.next(), undefined);
  assert.equal(service.feed.viewers, 0);
});

Deno.test("HEAD of a stream leaves no subscription", async () => {
  await using service = new TestService();
  await service.createCompany();
  const response = await service.request("HEAD", PATH);
  assert.equal(response.status, 200);
  assert.equal(service.feed.viewers, 0);
});

Deno.test("past the maximum of streams a stream is 503 with Retry-After, and the balance can still be read", async () => {
  await using service = new TestService({}, new LiveFeed({ viewers_per_company_max: 1 }));
  await service.createCompany();
  await using _viewer = new Viewer(await service.request("GET", PATH));
  const response = await service.request("GET", PATH);
  assert.equal(response.status, 503);
  assert.ok(response.headers.has("retry-after"));
  assert.equal((await readProblem(response)).code, "too_many_streams");
  await service.readJson("GET", "/v1/companies/acme/balance");
});

Deno.test("a thousand viewers of one company all see a change", async () => {
  await using service = new TestService();
  await service.createCompany();
  const viewers = await Promise.all(
    Array.from({ length: 1_000 }, async () => new Viewer(await service.request("GET", PATH))),
  );
  await Promise.all(viewers.map((viewer) => viewer.balance()));
  await send(service, ANA);
  const seen = await Promise.all(viewers.map((viewer) => viewer.balance()));
  assert.ok(seen.every(({ consumed }) => consumed === 1));
  await Promise.all(viewers.map((viewer) => viewer[Symbol.asyncDispose]()));
  assert.equal(service.feed.viewers, 0);
});

Deno.test("over a real connection, a disconnect ends the subscription", async () => {
  await using service = new TestService({}, new LiveFeed({ heartbeat_ms: 1 }));
  await service.createCompany();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, service.app.hono.fetch);
  const connection = new AbortController();
  const response = await fetch(`http://127.0.0.1:${server.addr.port}${PATH}`, {
    headers: { authorization: "Bearer admin-key-of-the-tests" },
    signal: connection.signal,
  });
  const reader = response.body!.getReader();
  await reader.read();
  assert.equal(service.feed.viewers, 1);
  connection.abort();
  await reader.read().catch(() => {});
  while (service.feed.viewers > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await server.shutdown();
});
