import { ReadyNodes } from "./ready_nodes.ts";

/** Spreads requests over the nodes that are ready, in turn. For trying only: it has no limits and no TLS. */
export class Balancer implements AsyncDisposable {
  readonly #ready: ReadyNodes;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #turn = 0;

  /** @param urls the nodes */
  constructor(urls: readonly string[], port: number) {
    this.#ready = new ReadyNodes(() => urls);
    this.#server = Deno.serve(
      { port, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#forward(request),
    );
  }

  /** The URL that it listens on. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#server.shutdown(), this.#ready[Symbol.asyncDispose]()]);
  }

  /** Sends a request to the next node, or the one after it when that one fails: it may then be executed twice. */
  async #forward(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const { method, headers, signal } = request;
    const body = request.body === null ? null : await request.bytes();
    const nodes = this.#ready.urls;
    const first = this.#turn++;
    for (let attempt = 0; attempt < nodes.length; attempt++) {
      const node = nodes[(first + attempt) % nodes.length]!;
      try {
        return await fetch(`${node}${pathname}${search}`, {
          method,
          headers,
          body,
          signal,
          redirect: "manual",
        });
      } catch (error) {
        if (signal.aborted) throw error;
      }
    }
    return new Response("No node answers: try again.\n", { status: 503, headers: { "retry-after": "1" } });
  }
}
