import type { CompanyId } from "../src/domain/types.ts";
import type { Companies, CompanyStore } from "../src/ports/companies.ts";
import type { GuardedClock } from "../src/ports/runtime.ts";

/** The result of one run. */
export interface SchedulerReport {
  /** Companies that closed their ended days. */
  readonly closed: number;
  /** Companies that could not; they are still due in the next run. */
  readonly failed: number;
}

/**
 * Activates every company whose day has ended. Each company closes its own days, so a duplicated run, or one that
 * was missed for days, changes nothing.
 */
export class Scheduler {
  readonly #clock: GuardedClock;
  readonly #store: Pick<CompanyStore, "dueCompanies">;
  readonly #companies: Companies;
  readonly #at_once_max: number;
  #running: Promise<SchedulerReport> | undefined;

  /** @param at_once_max companies that are processed concurrently */
  constructor(
    clock: GuardedClock,
    store: Pick<CompanyStore, "dueCompanies">,
    companies: Companies,
    at_once_max: number,
  ) {
    this.#clock = clock;
    this.#store = store;
    this.#companies = companies;
    this.#at_once_max = at_once_max;
  }

  /**
   * Closes the ended days of all companies that are due now, unless the time is uncertain. Runs never overlap: a second
   * call waits for the first.
   *
   * @throws when the due companies cannot be read; companies already started are still closed
   */
  async runDue(): Promise<SchedulerReport> {
    while (this.#running !== undefined) await this.#running.catch(() => undefined);
    this.#running = this.#runOnce();
    try {
      return await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  async #runOnce(): Promise<SchedulerReport> {
    const failed = new Set<CompanyId>();
    let closed = 0;
    const closeEach = async (companies: Iterable<CompanyId>) => {
      for (const company of companies) {
        const answer = await this.#companies.execute(company, { type: "close_due_days" });
        if (answer.type === "done") closed++;
        else failed.add(company);
      }
    };
    while (this.#clock.is_certain) {
      const limit = this.#at_once_max * BATCHES_LISTED + failed.size;
      const due = (await this.#store.dueCompanies(this.#clock.now_ms(), limit)).filter((c) => !failed.has(c));
      if (due.length === 0) return { closed, failed: failed.size };
      // The workers share one iterator, so all are busy until it is exhausted.
      const shared = due.values();
      await Promise.all(Array.from({ length: this.#at_once_max }, () => closeEach(shared)));
    }
    return { closed, failed: failed.size };
  }
}

/** Due companies are listed for this many batches at a time. */
const BATCHES_LISTED = 10;
