/** What a terminal is to the demo: `Deno.stdout`, or a test's own. */
export interface Screen {
  isTerminal(): boolean;
  /** Undefined when it cannot be told. */
  columns(): number | undefined;
  write(text: string): void;
}

/** How far apart plain lines are, where no line can be written over. */
const LINE_INTERVAL_MS = 5_000;

/** One line that says how things stand: written over on a terminal, now and then a new one elsewhere. */
export class Progress {
  readonly #screen: Screen;
  readonly #now_ms: () => number;
  #printed_ms = -Infinity;
  /** Whether the cursor stands behind a line that the next one replaces. */
  #is_line_open = false;

  constructor(screen: Screen, now_ms: () => number) {
    this.#screen = screen;
    this.#now_ms = now_ms;
  }

  /** Shows how things stand now; what it showed before is gone, or stands above. */
  update(line: string): void {
    if (this.#screen.isTerminal()) {
      this.#is_line_open = true;
      return this.#screen.write(`\r\x1b[2K${truncated(line, this.#screen.columns() ?? 80)}`);
    }
    if (this.#now_ms() - this.#printed_ms < LINE_INTERVAL_MS) return;
    this.#printed_ms = this.#now_ms();
    this.#screen.write(`${line}\n`);
  }

  /** Says something that stays. */
  print(text: string): void {
    const clear = this.#is_line_open ? "\r\x1b[2K" : "";
    this.#is_line_open = false;
    this.#screen.write(`${clear}${text}\n`);
  }
}

/** A terminal wraps a line that is too long, and then cannot write over all of it. */
function truncated(line: string, columns: number): string {
  return line.length < columns ? line : `${line.slice(0, Math.max(0, columns - 2))}…`;
}

/** The terminal the demo was started from. */
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

/** Whole numbers as people read them. */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}
