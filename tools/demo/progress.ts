/** What a terminal is to the demo: `Deno.stdout`, or a test's own. */
export interface Screen {
  isTerminal(): boolean;
  /** Undefined when it cannot be told. */
  columns(): number | undefined;
  write(text: string): void;
}

/** How far apart plain lines are, where no line can be written over. */
const PLAIN_EVERY_MS = 5_000;

/** One line that says how things stand: written over on a terminal, now and then a new one elsewhere. */
export class Progress {
  readonly #screen: Screen;
  readonly #now_ms: () => number;
  #told_ms = -Infinity;
  /** Whether the cursor stands behind a line that the next one replaces. */
  #open = false;

  constructor(screen: Screen, now_ms: () => number) {
    this.#screen = screen;
    this.#now_ms = now_ms;
  }

  /** Shows how things stand now; what it showed before is gone, or stands above. */
  now(line: string): void {
    if (this.#screen.isTerminal()) {
      this.#open = true;
      return this.#screen.write(`\r\x1b[2K${fitted(line, this.#screen.columns() ?? 80)}`);
    }
    if (this.#now_ms() - this.#told_ms < PLAIN_EVERY_MS) return;
    this.#told_ms = this.#now_ms();
    this.#screen.write(`${line}\n`);
  }

  /** Says something that stays. */
  say(text: string): void {
    const clear = this.#open ? "\r\x1b[2K" : "";
    this.#open = false;
    this.#screen.write(`${clear}${text}\n`);
  }
}

/** A terminal wraps a line that is too long, and then cannot write over all of it. */
function fitted(line: string, columns: number): string {
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
export function grouped(count: number): string {
  return count.toLocaleString("en");
}
