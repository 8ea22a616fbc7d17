/** How long a line waits at most. */
const FLUSH_AFTER_MS = 100;
/** Past this length the waiting lines are written at once. */
const CHARACTERS_MAX = 64 * 1024;

/**
 * Collects lines and writes many at once: a write for each line would cost a request more than its answer. The log
 * library's non-blocking sinks write each line by itself, and drop lines past their buffer.
 *
 * - LINES-1. Lines are written in order, and none is dropped.
 * - LINES-2. A line waits for 100 ms at most. An urgent one is written at once, with all before it.
 * - LINES-3. A write is synchronous, so {@link flush} works while the process exits.
 */
export class LineBuffer {
  readonly #write: (lines: string) => void;
  #lines = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param write writes lines, each with its line break */
  constructor(write: (lines: string) => void) {
    this.#write = write;
  }

  /** Adds a line. @param is_urgent whether it is written at once */
  add(line: string, is_urgent: boolean): void {
    this.#lines += line;
    if (is_urgent || this.#lines.length > CHARACTERS_MAX) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  /** Writes the lines that wait. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines === "") return;
    const lines = this.#lines;
    this.#lines = "";
    this.#write(lines);
  }
}
