/** A TCP proxy between the service and its Postgres, which a test can cut. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  /** While false, connections are refused and those there were are cut. */
  #open = true;
  readonly #listener: Deno.Listener;
  readonly #target: Deno.ConnectOptions;
  readonly #pairs = new Set<Deno.Conn>();
  readonly #done: Promise<void>;

  constructor(target: Deno.ConnectOptions) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.#done = this.#accept();
  }

  /** Cuts every connection and lets none in. */
  cut(): void {
    this.#open = false;
    for (const connection of this.#pairs) close(connection);
    this.#pairs.clear();
  }

  /** Lets connections in again. */
  mend(): void {
    this.#open = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.close();
    await this.#done;
  }

  async #accept(): Promise<void> {
    const carrying: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) {
        if (this.#open) carrying.push(this.#carry(client));
        else close(client);
      }
    } catch {
      // The listener was closed.
    }
    await Promise.all(carrying);
  }

  async #carry(client: Deno.Conn): Promise<void> {
    let server: Deno.Conn;
    try {
      server = await Deno.connect(this.#target);
    } catch {
      return close(client);
    }
    if (!this.#open) return close(client), close(server);
    this.#pairs.add(client).add(server);
    await Promise.allSettled([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ]);
    close(client);
    close(server);
    this.#pairs.delete(client);
    this.#pairs.delete(server);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed already.
  }
}
