import { connectionServer, type RequestAnswerer } from "../../src/http/connection_server.ts";
import { ConnectionCounts } from "../../src/http/connection_counts.ts";
import { Connections, type ConnectionsDependencies } from "../../src/http/connections.ts";

/** The most connections of a {@link TestServer}. */
export const MAX = 4;
const encoder = new TextEncoder();
/** A request of HTTP/1.1. */
export const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** A server of four connections, and its clients. */
export class TestServer implements AsyncDisposable {
  readonly connections: Connections;
  readonly events: string[] = [];
  readonly counts = new ConnectionCounts();
  now_ms = 0;
  readonly listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #clients: Client[] = [];

  constructor(
    answer: RequestAnswerer = () => new Response("ok"),
    other: Partial<ConnectionsDependencies> = {},
  ) {
    this.connections = new Connections({
      listener: this.listener,
      serve: connectionServer(() => new Response(null, { status: 500 })),
      max: MAX,
      answer,
      report: (event) => this.events.push(event),
      sleep: () => Promise.resolve(),
      now_ms: () => this.now_ms,
      counts: this.counts,
      ...other,
    });
  }

  get port(): number {
    return (this.listener.addr as Deno.NetAddr).port;
  }

  /** Connects, and sends a text if there is one. */
  async connect(sent = ""): Promise<Client> {
    const { port } = this;
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

/** A client of HTTP/1.1. */
export class Client {
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
