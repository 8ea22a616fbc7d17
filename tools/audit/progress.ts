import type { AuditListener, AuditReport } from "./audit.ts";
import { type Difference, formatCount } from "./difference.ts";

/** Where an audit is shown. */
export interface Screen {
  /** Of the findings. */
  line(text: string): void;
  /** Of how far it is, beside the findings. */
  progress(text: string): void;
  /** Whether somebody watches, on a terminal: then there is one line of progress that is written over. */
  readonly is_terminal: boolean;
}

const SHOWN_AGAIN_MS = 200;
/** Without a terminal, a long company says now and then that it goes on. */
const SAID_AGAIN_MS = 10_000;
const CLEAR_LINE = "\r\x1b[K";

/** Shows an audit to people: how far it is, and every difference in plain words. */
export class Progress implements AuditListener {
  differences = 0;
  readonly #screen: Screen;
  readonly #differing = new Set<string>();
  readonly #read = { facts: 0, usages: 0, entries: 0 };
  #company = "";
  #place = "";
  #shown_ms = -Infinity;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  onCompany(company: string, number: number, total: number): void {
    this.#company = company;
    this.#place = `company ${number} of ${total}`;
    if (!this.#screen.is_terminal) this.#show();
    else this.#showNowAndThen(SHOWN_AGAIN_MS);
  }

  onRowsRead(what: "facts" | "usages" | "entries", rows: number): void {
    this.#read[what] += rows;
    this.#showNowAndThen(this.#screen.is_terminal ? SHOWN_AGAIN_MS : SAID_AGAIN_MS);
  }

  onNote(company: string, note: string): void {
    this.#line(`${company}: note: ${note}`);
  }

  onDifference({ company, what, expected, found }: Difference): void {
    this.differences++;
    this.#differing.add(company);
    this.#line(`${company}: ${what}: expected ${expected}; found ${found}`);
  }

  /** The last word. */
  finish(report: AuditReport): void {
    const { facts, usages, entries } = this.#read;
    const read = `${formatCount(facts, "fact")}, ${formatCount(usages, "usage")}, ${
      formatCount(entries, "ledger entry")
    }`;
    const live = report.live_balances === 0 ? "" : `, ${formatCount(report.live_balances, "live balance")}`;
    const companies = formatCount(report.companies, "company");
    const verdict = this.differences === 0
      ? "everything agrees"
      : `${formatCount(this.differences, "difference")} in ${formatCount(this.#differing.size, "company")}`;
    this.#line(`${companies} audited (${read}${live}): ${verdict}.`);
  }

  #line(text: string): void {
    if (this.#screen.is_terminal) this.#screen.progress(CLEAR_LINE);
    this.#screen.line(text);
  }

  #showNowAndThen(every_ms: number): void {
    if (performance.now() - this.#shown_ms >= every_ms) this.#show();
  }

  #show(): void {
    this.#shown_ms = performance.now();
    const { facts, usages, entries } = this.#read;
    const read = `${formatCount(facts, "fact")}, ${formatCount(usages, "usage")}, ${
      formatCount(entries, "ledger entry")
    } read`;
    const text = `${this.#place}: ${this.#company} (${read})`;
    this.#screen.progress(this.#screen.is_terminal ? `${CLEAR_LINE}${text}` : `${text}\n`);
  }
}
