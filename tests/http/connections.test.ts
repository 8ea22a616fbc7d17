import assert from "node:assert/strict";
import { BodyReader } from "../../src/http/kit/body.ts";
import { bodyProblem, problemResponse } from "../../src/http/kit/problems.ts";
import { connectionServer, type RequestAnswerer } from "../../src/http/connection_server.ts";
import { Connections, type ConnectionsDependencies } from "../../src/http/connections.ts";
import { sleep } from "../../src/time/sleep.ts";

const MAX = 4;
const encoder = new TextEncoder();
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** A server of four connections, and its clients. */
class TestServer implements AsyncDisposable {
  readonly connections: Connections;
  readonly events: string[] = [];
  readonly listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #clients: Client[] = [];

  constructor(
    answer: RequestAnswerer = () => new Response("ok"),
    other: Partial<ConnectionsDependencies> = {},
  ) {
    this.connections = new Connections({
      listener: this.listener,
      serve: connectionServer(() => new Response(null, { status: 500 }))!,
      max: MAX,
      answer,
      report: (event) => this.events.push(event),
      sleep: () => Promise.resolve(),
      ...other,
    });
  }

  /** Connects, and sends a text if there is one. */
  async connect(sent = ""): Promise<Client> {
    const { port } = this.listener.addr as Deno.NetAddr;
    const client = new Client(await Deno.connect({ hostname: "127.0.0.1", port }));
    this.#clients.push(client);
    if (sent !== "") await client.send(sent);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.connections.shutdown();
    await this.connections.finished.catch(() => {});
  }
}

class Client {
  readonly #connection: Deno.TcpConn;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  async send(text: string): Promise<void> {
    await this.#connection.write(encoder.encode(text));
  }

  /** Reads once. @returns undefined when the server has closed the connection */
  async read(): Promise<string | undefined> {
    const buffer = new Uint8Array(4_096);
    const length = await this.#connection.read(buffer).catch(() => null);
    return length === null ? undefined : new TextDecoder().decode(buffer.subarray(0, length));
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // The test has closed it.
    }
  }
}

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
});

Deno.test("a listener that ends by itself is reported by `finished`, and one that is shut down is not", async () => {
  await using ended = new TestServer();
  ended.listener.close();
  await assert.rejects(ended.connections.finished);
  const stopped = new TestServer();
  await stopped.connections.shutdown();
  await stopped.connections.finished;
});
