/** The output of the demo: `Deno.stdout`, or a test's own. */
export interface Screen {
  isTerminal(): boolean;
  /** Undefined if unknown. */
  columns(): number | undefined;
  write(text: string): void;
}

/** The minimum time between lines on an output that is not a terminal. */
const LINE_INTERVAL_MS = 5_000;

/** A progress line: overwritten on a terminal, repeated at intervals elsewhere. */
export class Progress {
  readonly #screen: Screen;
  readonly #now_ms: () => number;
  #printed_ms = -Infinity;
  /** Whether the last line can be overwritten. */
  #is_line_open = false;

  constructor(screen: Screen, now_ms: () => number) {
    this.#screen = screen;
    this.#now_ms = now_ms;
  }

  /** Shows the current progress. */
  update(line: string): void {
    if (this.#screen.isTerminal()) {
      this.#is_line_open = true;
      return this.#screen.write(`\r\x1b[2K${truncated(line, this.#screen.columns() ?? 80)}`);
    }
    if (this.#now_ms() - this.#printed_ms < LINE_INTERVAL_MS) return;
    this.#printed_ms = this.#now_ms();
    this.#screen.write(`${line}\n`);
  }

  /** Prints lines that stay. */
  print(text: string): void {
    const clear = this.#is_line_open ? "\r\x1b[2K" : "";
    this.#is_line_open = false;
    this.#screen.write(`${clear}${text}\n`);
  }
}

/** Shortens a line to the width of the terminal: a wrapped line could not be overwritten. */
function truncated(line: string, columns: number): string {
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}

/** Returns the standard output. */
export function standardScreen(): Screen {
  const encoder = new TextEncoder();
  return {
    isTerminal: () => Deno.stdout.isTerminal(),
    columns: () => {
      try {
        return Deno.consoleSize().columns;
      } catch {
        return undefined;
      }
    },
    write: (text) => void Deno.stdout.writeSync(encoder.encode(text)),
  };
}

/** Formats a whole number with thousands separators. */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}
