import type { SeededRandom } from "../../tests/support/seeded_random.ts";

const AT_ONCE = 50;
/** What clients send before they idle: nothing, a part of a head, or a request whose answer they take or leave. */
const BEGINNINGS = ["", "GET / HTTP/1.1\r\nHost:", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"];

/** Clients that connect and then do nothing. */
export class IdleConnections implements AsyncDisposable {
  readonly #connections: Deno.TcpConn[] = [];
  readonly #reads: Promise<void>[] = [];
  #closed_by_service = 0;

  /** Opens connections, many at once. One that is refused or cut is not opened again. */
  static async open(url: string, count: number, random: SeededRandom): Promise<IdleConnections> {
    const connections = new IdleConnections();
    const { hostname, port } = new URL(url);
    let opened = 0;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (opened++ < count) await connections.#add(hostname, Number(port), random.pick(BEGINNINGS));
    }));
    return connections;
  }

  /** The connections that the service has not closed. */
  get open(): number {
    return this.#connections.length - this.#closed_by_service;
  }

  async #add(hostname: string, port: number, beginning: string): Promise<void> {
    try {
      const connection = await Deno.connect({ hostname, port });
      this.#connections.push(connection);
      this.#reads.push(this.#readToEnd(connection));
      if (beginning !== "") await connection.write(new TextEncoder().encode(beginning));
    } catch {
      // It was closed for a newer one.
    }
  }

  async #readToEnd(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(1_024);
    try {
      while (await connection.read(buffer) !== null);
    } catch {
      // It was reset, or closed here.
    }
    this.#closed_by_service++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#reads);
  }
}
