import { sleep } from "../../src/time/sleep.ts";

/** How often nodes are asked whether they are ready. */
const CHECK_INTERVAL_MS = 500;
const CHECK_TIMEOUT_MS = 1_000;

/** The nodes that can take requests: it asks `GET /readyz` of each, as a proxy in front of the nodes does. */
export class ReadyNodes implements AsyncDisposable {
  readonly #all: () => readonly string[];
  readonly #stopping = new AbortController();
  readonly #checking: Promise<void>;
  #ready: readonly string[];

  /** @param all returns the URLs of all nodes; at first all of them count as ready */
  constructor(all: () => readonly string[]) {
    this.#all = all;
    this.#ready = all();
    this.#checking = this.#check();
  }

  /** The URLs of the nodes that were ready at the last check. */
  get urls(): readonly string[] {
    return this.#ready;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#checking;
  }

  async #check(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await sleep(CHECK_INTERVAL_MS, signal);
      const urls = this.#all();
      const are_ready = await Promise.all(urls.map(isReady));
      this.#ready = urls.filter((_, index) => are_ready[index]);
    }
  }
}

/** Asks a node whether it takes requests. */
export async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
