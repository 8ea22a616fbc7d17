import { isRefusedForItsContent } from "./resilient_connection.ts";

/** How what waits is asked for together. */
export interface Asking<Question, Answer> {
  /** How many of the first that wait are the next round: at least one. */
  next(waiting: readonly Question[]): number;
  /** Asks the store. @returns an answer to each question, in their order */
  ask(questions: readonly Question[]): Promise<readonly Answer[]>;
}

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks the store for many at once. One round is under way; what is asked meanwhile gathers and is the next, so that a
 * burst of small questions costs few round trips.
 */
export class Rounds<Question, Answer> {
  readonly #asking: Asking<Question, Answer>;
  readonly #waiting: Waiting<Question, Answer>[] = [];
  #running = false;

  constructor(asking: Asking<Question, Answer>) {
    this.#asking = asking;
  }

  /** @throws {Error} when the store cannot be reached, or refuses this question */
  ask(question: Question): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ question, resolve, reject });
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      // Whoever asks in the same breath is in the same round.
      await Promise.resolve();
      const count = this.#asking.next(this.#waiting.map(({ question }) => question));
      await this.#answer(this.#waiting.splice(0, count));
    }
    this.#running = false;
  }

  async #answer(round: readonly Waiting<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.#asking.ask(round.map(({ question }) => question));
      for (const [i, { resolve }] of round.entries()) resolve(answers[i]!);
    } catch (error) {
      if (round.length > 1 && isRefusedForItsContent(error)) {
        // One of them asked for what cannot be, such as an id with U+0000: the others must not pay for it.
        for (const waiting of round) await this.#answer([waiting]);
      } else for (const { reject } of round) reject(error);
    }
  }
}
