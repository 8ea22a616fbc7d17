import { isContentError } from "./resilient_connection.ts";

/** How what waits is asked for together. */
export interface BatchLoaderOptions<Question, Answer> {
  /** How many of the first that wait are the next round: at least one. */
  batchSize(waiting: readonly Question[]): number;
  /** Asks the store. @returns an answer to each question, in their order */
  load(questions: readonly Question[]): Promise<readonly Answer[]>;
}

interface QueuedRequest<Question, Answer> {
  readonly request: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks the store for many at once. One round is under way; what is asked meanwhile gathers and is the next, so that a
 * burst of small questions costs few round trips.
 */
export class BatchLoader<Question, Answer> {
  readonly #options: BatchLoaderOptions<Question, Answer>;
  readonly #queue: QueuedRequest<Question, Answer>[] = [];
  #running = false;

  constructor(asking: BatchLoaderOptions<Question, Answer>) {
    this.#options = asking;
  }

  /** @throws {Error} when the store cannot be reached, or refuses this question */
  load(request: Question): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#queue.push({ request, resolve, reject });
    if (!this.#running) void this.#drain();
    return promise;
  }

  async #drain(): Promise<void> {
    this.#running = true;
    while (this.#queue.length > 0) {
      // Whoever asks in the same breath is in the same round.
      await Promise.resolve();
      const count = this.#options.batchSize(this.#queue.map(({ request }) => request));
      await this.#executeBatch(this.#queue.splice(0, count));
    }
    this.#running = false;
  }

  async #executeBatch(round: readonly QueuedRequest<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.load(round.map(({ request }) => request));
      for (const [i, { resolve }] of round.entries()) resolve(answers[i]!);
    } catch (error) {
      if (round.length > 1 && isContentError(error)) {
        // One of them asked for what cannot be, such as an id with U+0000: the others must not pay for it.
        for (const waiting of round) await this.#executeBatch([waiting]);
      } else for (const { reject } of round) reject(error);
    }
  }
}
