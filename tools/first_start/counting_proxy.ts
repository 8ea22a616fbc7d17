/** A proxy for HTTPS that counts the bytes that pass through it, by host. It sees no content: TLS is end to end. */
export class CountingProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #received = new Map<string, number>();
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #done: Promise<void>;

  constructor() {
    this.#done = this.#accept();
  }

  /** The value for `HTTPS_PROXY`. */
  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** The bytes that clients received from each host, encrypted as they were. */
  get received(): ReadonlyMap<string, number> {
    return this.#received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#done;
  }

  async #accept(): Promise<void> {
    const tunnels: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) {
        this.#connections.add(client);
        tunnels.push(this.#tunnel(client).catch(() => {}).finally(() => close(client)));
      }
    } catch {
      // The listener was closed.
    }
    await Promise.all(tunnels);
  }

  /** Connects a client to the host of its CONNECT request. */
  async #tunnel(client: Deno.TcpConn): Promise<void> {
    const [, hostname, port] = (await readHead(client)).match(/^CONNECT ([^\s:]+):(\d+) /) ?? [];
    if (hostname === undefined) return;
    const server = await Deno.connect({ hostname, port: Number(port) });
    this.#connections.add(server);
    try {
      await client.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
      const count = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          this.#received.set(hostname, (this.#received.get(hostname) ?? 0) + chunk.length);
          controller.enqueue(chunk);
        },
      });
      await Promise.all([
        client.readable.pipeTo(server.writable),
        server.readable.pipeThrough(count).pipeTo(client.writable),
      ]);
    } finally {
      close(server);
    }
  }
}

/** Reads a request's head. A client sends nothing after it until it is answered. */
async function readHead(client: Deno.TcpConn): Promise<string> {
  const buffer = new Uint8Array(4_096);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const length = await client.read(buffer);
    if (length === null) return "";
    head += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return head;
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It is closed.
  }
}
