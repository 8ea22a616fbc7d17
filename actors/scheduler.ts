import type { CompanyId } from "../src/domain/types.ts";
import type { Answer, Command } from "../src/domain/company/command.ts";
import type { Clock, CompanyStore } from "../src/ports.ts";

/** What one sweep did. */
export interface SchedulerReport {
  /** Companies that were brought up to now. */
  readonly closed: number;
  /** Companies that could not be; the next sweep finds them still due. */
  readonly failed: number;
}

/**
 * Wakes every company whose day has ended. It only wakes: each company closes its own days, so that a
 * doubled sweep, or one that was missed for days, changes nothing.
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #store: Pick<CompanyStore, "dueCompanies">;
  readonly #companies: { execute(company: CompanyId, command: Command): Promise<Answer> };
  readonly #at_once_max: number;
  #running: Promise<SchedulerReport> | undefined;

  constructor(
    clock: Clock,
    store: Pick<CompanyStore, "dueCompanies">,
    companies: { execute(company: CompanyId, command: Command): Promise<Answer> },
    at_once_max: number,
  ) {
    this.#clock = clock;
    this.#store = store;
    this.#companies = companies;
    this.#at_once_max = at_once_max;
  }

  /**
   * Sweeps what is due now; one sweep at a time, the next begins when the one under way is done.
   *
   * @throws when the store cannot be asked; companies already woken are closed all the same
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
        const answer = await this.#companies.execute(company, { type: "bring_up_to_now" });
        if (answer.type === "done") closed++;
        else failed.add(company);
      }
    };
    while (true) {
      const limit = this.#at_once_max * ASKED_FOR_AHEAD + failed.size;
      const due = (await this.#store.dueCompanies(this.#clock.now_ms(), limit)).filter((c) => !failed.has(c));
      if (due.length === 0) return { closed, failed: failed.size };
      // All take from one list, so that as many are under way until it is at its end.
      const list = due.values();
      await Promise.all(Array.from({ length: this.#at_once_max }, () => closeEach(list)));
    }
  }
}

/** So many times as many due companies are listed as are woken at once. */
const ASKED_FOR_AHEAD = 10;
