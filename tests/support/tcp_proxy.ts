/** A TCP proxy between the service and whoever or whatever it talks to, which a test can cut. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  /** While false, connections are refused and those there were are cut. */
  #open = true;
  /** Resolved, unless nothing is passed on: the connections stand, and nobody hears anything. */
  #flows: PromiseWithResolvers<void> = flowing();
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
    this.#flows.resolve();
    for (const connection of this.#pairs) close(connection);
    this.#pairs.clear();
  }

  /** Keeps every connection, and what is sent on it. */
  hold(): void {
    this.#flows = Promise.withResolvers();
  }

  /** Lets connections in again, and passes on what was held. */
  mend(): void {
    this.#open = true;
    this.#flows.resolve();
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
      client.readable.pipeThrough(this.#valve()).pipeTo(server.writable),
      server.readable.pipeThrough(this.#valve()).pipeTo(client.writable),
    ]);
    close(client);
    close(server);
    this.#pairs.delete(client);
    this.#pairs.delete(server);
  }

  #valve(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
    return new TransformStream({
      transform: async (chunk, controller) => {
        await this.#flows.promise;
        controller.enqueue(chunk);
      },
    });
  }
}

function flowing(): PromiseWithResolvers<void> {
  const flows = Promise.withResolvers<void>();
  flows.resolve();
  return flows;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed already.
  }
}
