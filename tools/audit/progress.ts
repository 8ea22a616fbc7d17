import type { AuditListener, AuditReport } from "./audit.ts";
import { type Difference, formatCount } from "./difference.ts";

/** The output of an audit. */
export interface Screen {
  /** Prints a line of findings. */
  line(text: string): void;
  /** Prints progress, apart from the findings. */
  progress(text: string): void;
  /** Whether progress goes to a terminal, where one line is overwritten. */
  readonly is_terminal: boolean;
}

const TERMINAL_REFRESH_MS = 200;
/** Without a terminal, a long company prints a line this often. */
const LINE_INTERVAL_MS = 10_000;
const CLEAR_LINE = "\r\x1b[K";

/** Prints the progress of an audit and every difference. */
export class Progress implements AuditListener {
  differences = 0;
  readonly #screen: Screen;
  readonly #differing_companies = new Set<string>();
  readonly #read = { facts: 0, usages: 0, entries: 0 };
  #company = "";
  #position = "";
  #shown_ms = -Infinity;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Shows the company that the audit starts. */
  onCompany(company: string, number: number, total: number): void {
    this.#company = company;
    this.#position = `company ${number} of ${total}`;
    if (!this.#screen.is_terminal) this.#show();
    else this.#showEvery(TERMINAL_REFRESH_MS);
  }

  /** Counts rows, and shows the progress at intervals. */
  onRowsRead(what: "facts" | "usages" | "entries", rows: number): void {
    this.#read[what] += rows;
    this.#showEvery(this.#screen.is_terminal ? TERMINAL_REFRESH_MS : LINE_INTERVAL_MS);
  }

  /** Prints a note. */
  onNote(company: string, note: string): void {
    this.#line(`${company}: note: ${note}`);
  }

  /** Prints a difference. */
  onDifference({ company, what, expected, found }: Difference): void {
    this.differences++;
    this.#differing_companies.add(company);
    this.#line(`${company}: ${what}: expected ${expected}; found ${found}`);
  }

  /** Prints the summary. */
  finish(report: AuditReport): void {
    const { facts, usages, entries } = this.#read;
    const read = `${formatCount(facts, "fact")}, ${formatCount(usages, "usage")}, ${
      formatCount(entries, "ledger entry")
    }`;
    const live = report.live_balances === 0 ? "" : `, ${formatCount(report.live_balances, "live balance")}`;
    const companies = formatCount(report.companies, "company");
    const verdict = this.differences === 0
      ? "everything agrees"
      : `${formatCount(this.differences, "difference")} in ${
        formatCount(this.#differing_companies.size, "company")
      }`;
    this.#line(`${companies} audited (${read}${live}): ${verdict}.`);
  }

  #line(text: string): void {
    if (this.#screen.is_terminal) this.#screen.progress(CLEAR_LINE);
    this.#screen.line(text);
  }

  #showEvery(every_ms: number): void {
    if (performance.now() - this.#shown_ms >= every_ms) this.#show();
  }

  #show(): void {
    this.#shown_ms = performance.now();
    const { facts, usages, entries } = this.#read;
    const read = `${formatCount(facts, "fact")}, ${formatCount(usages, "usage")}, ${
      formatCount(entries, "ledger entry")
    } read`;
    const text = `${this.#position}: ${this.#company} (${read})`;
    this.#screen.progress(this.#screen.is_terminal ? `${CLEAR_LINE}${text}` : `${text}\n`);
  }
}
