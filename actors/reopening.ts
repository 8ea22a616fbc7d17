import type { Answer, Command } from "../src/domain/company/command.ts";
import { FUTURE_LIMIT_MS } from "../src/domain/lateness.ts";
import type { CompanyId, LocalDate } from "../src/domain/types.ts";
import type { GuardedClock } from "../src/ports/runtime.ts";

/** What a {@link Reopening} depends on. */
export interface ReopeningDependencies {
  readonly clock: GuardedClock;
  readonly store: {
    /** Companies whose current local date begins after a time, in order of id. Rejects when the store cannot be reached. */
    companiesAhead(
      at_ms: number,
      limit: number,
      after: CompanyId | undefined,
    ): Promise<readonly CompanyId[]>;
  };
  readonly companies: {
    /** Executes a command on rows that are read for it. Never rejects. */
    executeAfterRead(company: CompanyId, command: Command): Promise<Answer>;
  };
  /** Called for each reopened company, so that alerts of its months are sent again. Rejections are reported there. */
  onReopened(company: CompanyId): Promise<void>;
}

/** A company whose days were reopened: the last closed date now, and the last one before. */
export interface ReopenedCompany {
  readonly company: CompanyId;
  readonly closed_through: LocalDate;
  readonly closed_before: LocalDate;
}

/** Which companies to reopen. */
export interface ReopeningRequest {
  /** Undefined: all companies. */
  readonly company: CompanyId | undefined;
  /** The caller, who is recorded. */
  readonly by: string;
  readonly limit: number;
  /** The last company of the previous call. */
  readonly after: CompanyId | undefined;
}

/** The outcome of a reopening. */
export interface ReopeningReport {
  readonly reopened: readonly ReopenedCompany[];
  /** Companies that could not answer. */
  readonly failed: readonly CompanyId[];
  /** The last company, if more may follow it. */
  readonly last: CompanyId | undefined;
}

/** Companies reopened concurrently. */
const AT_ONCE = 20;

/** Reopens the days and months that were closed while the clock was ahead of the right time. */
export class Reopening {
  readonly #dependencies: ReopeningDependencies;

  constructor(dependencies: ReopeningDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Reopens companies in order of id. One that is not ahead is left out.
   *
   * @returns `clock_uncertain`, and reopens nothing, while the sources of time disagree
   * @throws {Error} when the store cannot be reached
   */
  async reopen(
    { company, by, limit, after }: ReopeningRequest,
  ): Promise<ReopeningReport | "clock_uncertain"> {
    const { clock, store } = this.#dependencies;
    if (!clock.is_certain) return "clock_uncertain";
    const ahead_of_ms = clock.now_ms() + FUTURE_LIMIT_MS;
    const companies = company === undefined
      ? await store.companiesAhead(ahead_of_ms, limit, after)
      : [company];
    const reopened: ReopenedCompany[] = [];
    const failed: CompanyId[] = [];
    for (let from = 0; from < companies.length; from += AT_ONCE) {
      await Promise.all(
        companies.slice(from, from + AT_ONCE).map(async (id) => {
          const outcome = await this.#reopenCompany(id, by);
          if (outcome === "failed") failed.push(id);
          else if (outcome !== undefined) reopened.push(outcome);
        }),
      );
    }
    const more = company === undefined && companies.length === limit;
    return { reopened, failed, last: more ? companies.at(-1) : undefined };
  }

  async #reopenCompany(company: CompanyId, by: string): Promise<ReopenedCompany | "failed" | undefined> {
    const { companies, onReopened } = this.#dependencies;
    const answer = await companies.executeAfterRead(company, { type: "reopen_days", by });
    if (answer.type === "not_reopened" || answer.type === "company_not_found") return undefined;
    if (answer.type !== "reopened") return "failed";
    await onReopened(company);
    const { closed_through, closed_before } = answer;
    return { company, closed_through, closed_before };
  }
}
