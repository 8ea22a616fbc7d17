import { sleep } from "../../src/time/sleep.ts";

/** How often nodes are asked whether they are ready. */
const CHECK_INTERVAL_MS = 500;
const CHECK_TIMEOUT_MS = 1_000;

/** Spreads requests over the nodes that are ready, in turn. For trying only: it has no limits and no TLS. */
export class Balancer implements AsyncDisposable {
  readonly #urls: readonly string[];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stopping = new AbortController();
  readonly #checking: Promise<void>;
  #ready: readonly string[];
  #turn = 0;

  /** @param urls the nodes */
  constructor(urls: readonly string[], port: number) {
    this.#urls = urls;
    this.#ready = urls;
    this.#checking = this.#check();
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
    this.#stopping.abort();
    await Promise.all([this.#server.shutdown(), this.#checking]);
  }

  /** Sends a request to the next node, or the one after it when that one fails: it may then be executed twice. */
  async #forward(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const { method, headers, signal } = request;
    const body = request.body === null ? null : await request.bytes();
    const nodes = this.#ready;
    for (let attempt = 0; attempt < nodes.length; attempt++) {
      const node = nodes[this.#turn++ % nodes.length]!;
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

  async #check(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(CHECK_INTERVAL_MS, signal);
      const are_ready = await Promise.all(this.#urls.map(isReady));
      this.#ready = this.#urls.filter((_, index) => are_ready[index]);
    }
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
