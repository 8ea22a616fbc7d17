import assert from "node:assert/strict";
import { BodyReader } from "../../src/http/kit/body.ts";
import { bodyProblem, problemResponse } from "../../src/http/kit/problems.ts";
import type { RequestAnswerer } from "../../src/http/connection_server.ts";
import { countBytes, UnreadAnswers } from "../../src/http/kit/unread_answers.ts";
import { sleep } from "../../src/time/sleep.ts";
import { UnreadHttp2 } from "../support/http2_client.ts";
import { type Client, GET, MAX, TestServer } from "./test_server.ts";

const encoder = new TextEncoder();

Deno.test("at the maximum, connections that wait longest for their client are closed for new ones", async () => {
  await using server = new TestServer();
  const idle = await server.connect();
  const half_a_head = await server.connect("GET / HTTP/1.1\r\nHost:");
  const used = await server.connect(GET);
  assert.match((await used.read())!, /^HTTP\/1.1 200/);
  for (let more = 0; more < 2 * MAX; more++) {
    const client = await server.connect(GET);
    assert.match((await client.read())!, /^HTTP\/1.1 200/);
    assert.ok(server.connections.size <= MAX);
  }
  for (const closed of [idle, half_a_head, used]) assert.equal(await closed.read(), undefined);
  assert.ok(server.events.includes("made_room"));
});

Deno.test("a connection with a response in progress is not closed for a new one", async () => {
  const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  await using server = new TestServer(({ url }) => {
    if (!url.endsWith("/stream")) return new Response("ok");
    return new Response(
      new ReadableStream({
        start(controller) {
          streams.push(controller);
          controller.enqueue(encoder.encode("first"));
        },
      }),
    );
  });
  const viewer = await server.connect(GET.replace("/ ", "/stream "));
  while (!(await viewer.read())!.includes("first"));
  for (let more = 0; more < 2 * MAX; more++) {
    const client = await server.connect(GET);
    assert.match((await client.read())!, /^HTTP\/1.1 200/);
  }
  streams[0]!.enqueue(encoder.encode("second"));
  assert.match((await viewer.read())!, /second/);
  streams[0]!.close();
});

Deno.test("a connection waits for its client once it has an empty answer, and not while a stream is on its way", async () => {
  const answers: RequestAnswerer[] = [];
  const closed: number[] = [];
  await using server = new TestServer(
    ({ url }) => url === "empty" ? countBytes(new Response(), 0) : new Response(new ReadableStream()),
    {
      serve: (connection, answer) => {
        const number = answers.push(answer) - 1;
        const ended = Promise.withResolvers<void>();
        const close = () => {
          closed.push(number);
          connection.close();
          ended.resolve();
        };
        return { finished: ended.promise, shutdown: () => Promise.resolve(close()), close };
      },
    },
  );
  const ask = (number: number, url: string) => {
    // A client that never takes its answer.
    const info = { completed: new Promise<void>(() => {}) } as Deno.ServeHandlerInfo;
    return answers[number]!({ url } as Request, info);
  };
  for (let number = 0; number < MAX - 1; number++) {
    await server.connect();
    while (answers.length <= number) await sleep(1);
    await ask(number, number === 1 ? "empty" : "stream");
  }
  await server.connect();
  while (closed.length === 0) await sleep(1);
  assert.deepEqual(closed, [1]);
});

Deno.test("bodies that do not arrive make room for new connections, the oldest first", async () => {
  const bodies = new BodyReader();
  let arrived = () => {};
  await using server = new TestServer(async (request) => {
    if (request.method === "GET") return new Response("ok");
    const reading = bodies.read(request);
    arrived();
    const body = await reading;
    return typeof body === "string" ? problemResponse(bodyProblem(body), "id") : new Response("ok");
  }, { abortOldestBody: () => bodies.abortOldest(), sleep });
  const clients: Client[] = [];
  for (let more = 0; more < MAX; more++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    arrived = resolve;
    clients.push(await server.connect("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n1"));
    await promise;
  }
  const client = await server.connect(GET);
  assert.match((await client.read())!, /^HTTP\/1.1 200/);
  // Closed, or answered 503 first.
  assert.match(await clients[0]!.read() ?? "HTTP/1.1 503", /^HTTP\/1.1 503/);
  await clients[MAX - 1]!.send("23");
  assert.match((await clients[MAX - 1]!.read())!, /^HTTP\/1.1 200/);
});

/** An app whose answers are all large, and that counts requests. */
class LargeAnswers {
  readonly answers = new UnreadAnswers();
  requests = 0;
  readonly #content: Uint8Array<ArrayBuffer>;
  #answered = Promise.withResolvers<void>();

  constructor(bytes: number) {
    this.#content = new Uint8Array(bytes).fill(0x61);
  }

  readonly answer: RequestAnswerer = async () => {
    this.requests++;
    await Promise.resolve();
    this.#answered.resolve();
    this.#answered = Promise.withResolvers<void>();
    return this.answers.respond(this.#content);
  };

  /** Resolves with the next answer. */
  get answered(): Promise<void> {
    return this.#answered.promise;
  }
}

Deno.test("an HTTP/2 client that takes none of its concurrent answers is closed, and its answers are aborted", async () => {
  for (const window_bytes of [0, 1]) {
    const app = new LargeAnswers(300_000);
    await using server = new TestServer(app.answer);
    using client = await UnreadHttp2.connect(server.port, window_bytes);
    await client.get("/", {}, 190);
    await client.readToEnd();
    assert.equal(server.counts.closed.get("concurrent_requests"), 1);
    assert.ok(app.requests <= 4, `${app.requests} requests were answered`);
    assert.equal(server.connections.size, 0);
    while (app.answers.bytes > 0) await sleep(1);
  }
});

Deno.test("an HTTP/2 client that takes none of its answers, one after another, is closed after its part", async () => {
  const app = new LargeAnswers(16_000);
  await using server = new TestServer(app.answer);
  using client = await UnreadHttp2.connect(server.port);
  await takeItsPart(app, client);
  assert.equal(server.connections.size, 1);
  const answered = app.answered.then(() => "answered");
  await client.get("/");
  assert.equal(await Promise.race([answered, client.readToEnd().then(() => "closed")]), "closed");
  assert.equal(server.counts.closed.get("answered"), 1);
  assert.equal(server.counts.open, 0);
});

Deno.test("a client that does not take its last answer is closed 30 s later", async () => {
  const app = new LargeAnswers(16_000);
  await using server = new TestServer(app.answer);
  using client = await UnreadHttp2.connect(server.port);
  await takeItsPart(app, client);
  // Lets the last answer be handed over.
  await sleep(1);
  server.now_ms = 29_999;
  server.connections.closeLate();
  assert.equal(server.connections.size, 1);
  server.now_ms = 30_000;
  server.connections.closeLate();
  assert.equal(server.connections.size, 0);
  await client.readToEnd();
  assert.equal(server.counts.closed.get("unread"), 1);
});

Deno.test("an HTTP/1.1 client learns that its connection closes, and has all of its answers", async () => {
  const app = new LargeAnswers(300_000);
  await using server = new TestServer(app.answer);
  const client = await server.connect();
  for (const is_last of [false, false, false, true]) {
    await client.send(GET);
    let text = "";
    while (text.length < 300_000) text += await client.read();
    const [head, body] = text.split("\r\n\r\n");
    assert.equal(/^connection: close$/im.test(head!), is_last);
    assert.equal(body!.length, 300_000);
  }
});

Deno.test("each of many connections may be answered an equal part, and at least 64 KB", async () => {
  const app = new LargeAnswers(16_000);
  await using server = new TestServer(app.answer, { max: 2_000 });
  const idle: Client[] = [];
  for (let number = 0; number < 1_100; number++) idle.push(await server.connect());
  const client = await server.connect();
  for (const is_last of [false, false, false, false, true]) {
    await client.send(GET);
    let text = "";
    while (text.length < 16_000) text += await client.read();
    assert.equal(/^connection: close$/im.test(text.split("\r\n\r\n")[0]!), is_last);
  }
});

Deno.test("a connection that waits for its client for 11 minutes is closed", async () => {
  await using server = new TestServer();
  const silent = await server.connect("GET / HTTP/1.1\r\nHost:");
  server.now_ms = 60_000;
  const used = await server.connect(GET);
  assert.match((await used.read())!, /^HTTP\/1.1 200/);
  server.now_ms = 11 * 60_000;
  server.connections.closeLate();
  assert.equal(await silent.read(), undefined);
  assert.equal(server.counts.closed.get("idle"), 1);
  await used.send(GET);
  assert.match((await used.read())!, /^HTTP\/1.1 200/);
});

Deno.test("failed accepts do not end the server", async () => {
  const real = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let failures = 3;
  const listener = {
    accept: () =>
      failures-- > 0 ? Promise.reject(new Error("Too many open files (os error 24)")) : real.accept(),
    close: () => real.close(),
  };
  const test = new TestServer(undefined, { listener });
  test.listener.close();
  await using server = test;
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: real.addr.port });
  await connection.write(encoder.encode(GET));
  try {
    // Rejects if the server ends instead.
    await Promise.race([server.connections.finished, connection.read(new Uint8Array(100))]);
  } finally {
    connection.close();
  }
  assert.deepEqual(server.events, ["accept_failed", "accept_failed", "accept_failed"]);
  assert.equal(server.counts.accepts_failed, 3);
});

Deno.test("a listener that ends by itself is reported by `finished`, and one that is shut down is not", async () => {
  await using ended = new TestServer();
  ended.listener.close();
  await assert.rejects(ended.connections.finished);
  const stopped = new TestServer();
  await stopped.connections.shutdown();
  await stopped.connections.finished;
});

/** Has a client of answers of 16,000 bytes answered its part: the next answer is its last. */
async function takeItsPart(app: LargeAnswers, client: UnreadHttp2): Promise<void> {
  for (let answered = 0; answered <= 1024 * 1024; answered += 16_000) {
    const next = app.answered;
    await client.get("/");
    await next;
  }
}
