/**
 * Answers that are abandoned because their clients take nothing of them. Deno keeps what it has buffered of such an
 * answer until its connection closes, so the connection is notified.
 */

const abandonments = new WeakMap<Response | ReadableStream, Abandonment>();

/** The abandonment of one answer. */
export class Abandonment {
  #listener = () => {};

  /** Calls a function when the answer is abandoned, instead of the last one named. */
  onAbandoned(listener: () => void): void {
    this.#listener = listener;
  }

  /** Notifies the connection. */
  abandon(): void {
    this.#listener();
  }
}

/** Records how an answer, or its body, is abandoned. @returns the same answer */
export function abandonable<Answer extends Response | ReadableStream>(
  answer: Answer,
  abandonment: Abandonment | undefined,
): Answer {
  if (abandonment !== undefined) abandonments.set(answer, abandonment);
  return answer;
}

/** Returns how an answer, or its body, is abandoned; undefined when the service never abandons it. */
export function abandonmentOf(answer: Response | ReadableStream): Abandonment | undefined {
  return abandonments.get(answer);
}
