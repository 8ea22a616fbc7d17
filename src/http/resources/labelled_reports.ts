/** Reports by label: they are limited, since each reads every entry of its dates. */

import type { LabelledUsage, LabelledUsageQuery } from "../../domain/reports.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { Reports } from "../../ports/reports.ts";
import { invalidRequest, Problem } from "../kit/problems.ts";

/** Maximum rows of a report by label: labels can be as many as entries. */
const LABELLED_ROWS_MAX = 10_000;

/**
 * Maximum concurrent reports by label over all companies; one per company. Each reads every entry of its dates, which
 * can take seconds. The maximum is below the number of report connections, so that other reports are still served.
 */
const LABELLED_AT_ONCE_MAX = 3;

/** Maximum reports of pages that wait for their turn, over all companies. Viewers of the same page share one. */
const WAITING_MAX = 32;

/** The grouping of a report. */
export type Grouping = Pick<LabelledUsageQuery, "groups" | "by_phone_number_id" | "attributes">;

/** The company, dates and moment of a report. */
export type Span = Pick<LabelledUsageQuery, "company" | "from" | "to" | "as_of">;

/** Runs reports by label within the limits. */
export class LabelledReports {
  readonly #reports: Reports;
  readonly #running = new Set<CompanyId>();
  #waiting = 0;
  /** Resolves at the end of the next report. */
  #next_end = Promise.withResolvers<void>();
  /** The reports that others may join, by their query. */
  readonly #joined = new Map<string, Promise<readonly LabelledUsage[] | Problem>>();

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  /**
   * Joins the same report of the same version, or runs it in its turn: viewers of a page do not wait for each other, and
   * none of its tabs is refused because another is read. Returns a problem when too many wait, or when it has too many
   * rows.
   *
   * @param version the version of the company that the reader has: an earlier version's report may lack what it shows
   */
  async join(span: Span, grouping: Grouping, version: number): Promise<readonly LabelledUsage[] | Problem> {
    const key = JSON.stringify([
      span,
      [...grouping.groups],
      grouping.by_phone_number_id,
      grouping.attributes,
      version,
    ]);
    const joined = this.#joined.get(key) ?? this.#inTurn(span, grouping);
    this.#joined.set(key, joined);
    try {
      return await joined;
    } finally {
      this.#joined.delete(key);
    }
  }

  async #inTurn(span: Span, grouping: Grouping): Promise<readonly LabelledUsage[] | Problem> {
    while (this.#refusal(span.company) !== undefined) {
      if (this.#waiting >= WAITING_MAX) return tooManyReports();
      this.#waiting++;
      await this.#next_end.promise;
      this.#waiting--;
    }
    return await this.rowsOf(span, grouping);
  }

  /** Runs a report, or returns a problem when too many are running or when it has too many rows. */
  async rowsOf(span: Span, grouping: Grouping): Promise<readonly LabelledUsage[] | Problem> {
    const { company } = span;
    const refusal = this.#refusal(company);
    if (refusal !== undefined) return refusal;
    this.#running.add(company);
    try {
      const rows = await this.#reports.labelledUsage({ ...span, ...grouping, limit: LABELLED_ROWS_MAX + 1 });
      return rows.length <= LABELLED_ROWS_MAX ? rows : tooManyRows();
    } finally {
      this.#running.delete(company);
      this.#next_end.resolve();
      this.#next_end = Promise.withResolvers();
    }
  }

  /** Returns why no report of a company can start now; undefined when one can. */
  #refusal(company: CompanyId): Problem | undefined {
    if (this.#running.has(company)) return tooManyOfCompany();
    return this.#running.size >= LABELLED_AT_ONCE_MAX ? tooManyReports() : undefined;
  }
}

function tooManyReports(): Problem {
  const detail = "Too many reports by label are running: try again in 5 s.";
  return new Problem(503, "unavailable", detail, { headers: { "retry-after": "5" } });
}

function tooManyOfCompany(): Problem {
  const detail = "A report by label of this company is already running: try again in 5 s.";
  return new Problem(429, "too_many_reports", detail, { headers: { "retry-after": "5" } });
}

function tooManyRows(): Problem {
  const message = `group_by makes more than ${LABELLED_ROWS_MAX} rows: request fewer days or groups`;
  return invalidRequest([{ path: "group_by", message }]);
}
