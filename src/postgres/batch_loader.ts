import { isContentError } from "./sql_state.ts";

/** How queued requests are executed together. */
export interface BatchLoaderOptions<Request, Result> {
  /** The number of requests from the head of the queue that form the next batch: at least 1. */
  batchSize(queue: readonly Request[]): number;
  /** Executes a batch. @returns one result per request, in order */
  load(batch: readonly Request[]): Promise<readonly Result[]>;
}

interface QueuedRequest<Request, Result> {
  readonly request: Request;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Executes requests to the store in batches. One batch is in flight; requests that arrive meanwhile form the next, so
 * that a burst of small requests costs few round trips.
 */
export class BatchLoader<Request, Result> {
  readonly #options: BatchLoaderOptions<Request, Result>;
  readonly #queue: QueuedRequest<Request, Result>[] = [];
  #running = false;

  constructor(options: BatchLoaderOptions<Request, Result>) {
    this.#options = options;
  }

  /**
   * Queues a request for the next batch.
   *
   * @throws {Error} when the store cannot be reached, or rejects this request
   */
  load(request: Request): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#queue.push({ request, resolve, reject });
    if (!this.#running) void this.#drain();
    return promise;
  }

  async #drain(): Promise<void> {
    this.#running = true;
    while (this.#queue.length > 0) {
      // Requests of the same microtask join the batch.
      await Promise.resolve();
      const count = this.#options.batchSize(this.#queue.map(({ request }) => request));
      await this.#executeBatch(this.#queue.splice(0, count));
    }
    this.#running = false;
  }

  async #executeBatch(batch: readonly QueuedRequest<Request, Result>[]): Promise<void> {
    try {
      const results = await this.#options.load(batch.map(({ request }) => request));
      for (const [i, { resolve }] of batch.entries()) resolve(results[i]!);
    } catch (error) {
      if (batch.length > 1 && isContentError(error)) {
        // One request has invalid content, such as an id with U+0000. Execute each alone, so that only that one fails.
        for (const queued of batch) await this.#executeBatch([queued]);
      } else for (const { reject } of batch) reject(error);
    }
  }
}

/**
 * Returns how many requests from the head of the queue have distinct keys: one statement cannot handle a key twice.
 *
 * @param batch_max requests per batch at most
 */
export function distinctPrefix<Request>(
  queue: readonly Request[],
  keyOf: (request: Request) => string,
  batch_max: number,
): number {
  const keys = new Set<string>();
  for (const request of queue) {
    const key = keyOf(request);
    if (keys.size === batch_max || keys.has(key)) break;
    keys.add(key);
  }
  return keys.size;
}
