import type { ClosedFigures } from "../domain/company/event.ts";
import type { CompanyId, ContactId, LocalDate, MessageKey, Month } from "../domain/types.ts";
import type {
  ClosedDay,
  DatedLedgerFilter,
  DatedLedgerQuery,
  DatedTotal,
  DayBalance,
  DayEnd,
  LabelledUsage,
  LabelledUsageQuery,
  LedgerDay,
  LedgerQuery,
  StoredEntry,
  WindowQuery,
  WindowRecord,
} from "../domain/reports.ts";
import type { StoredPeriod } from "../domain/statement.ts";
import type { Pool } from "./connection.ts";
import { companyKey } from "./company_key.ts";
import { readDayBalances } from "./day_balances.ts";
import { joinConditions } from "./conditions.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrNull, toCredits } from "./values.ts";
import { readLabelledUsage } from "./labelled_usage.ts";
import { readLedgerByDate, readLedgerDays } from "./ledger_by_date.ts";
import { FEATURE_OF } from "./ledger_columns.ts";
import { readLedgerEntry, readLedgerPage } from "./ledger_pages.ts";

/** A closed day, with the instant of its closing. */
export interface ClosedDayRecord extends ClosedDay {
  readonly closed_at_ms: number;
}

/** A stored month, with the instant of its closing. */
export interface PeriodRecord extends StoredPeriod {
  readonly closed_at_ms: number | undefined;
}

type TotalRow = Omit<DatedTotal, "units" | "credits"> & Record<"units" | "credits", bigint>;

/**
 * Reports on committed rows, each read by an index. Every method rejects when Postgres cannot be reached. Dates are
 * inclusive.
 */
export class PostgresReports {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Reads a page of the ledger, newest first. */
  ledger(page: LedgerQuery): Promise<StoredEntry[]> {
    return readLedgerPage(this.#pool, page);
  }

  /** Reads a page of the ledger by local date, newest first. */
  ledgerByDate(page: DatedLedgerQuery): Promise<StoredEntry[]> {
    return readLedgerByDate(this.#pool, page);
  }

  /** Counts and sums entries by local date, newest first. */
  ledgerDays(filter: DatedLedgerFilter): Promise<LedgerDay[]> {
    return readLedgerDays(this.#pool, filter);
  }

  /** Reads one ledger entry; undefined when it does not exist. */
  ledgerEntry(company: CompanyId, seq: number): Promise<StoredEntry | undefined> {
    return readLedgerEntry(this.#pool, company, seq);
  }

  /** Reads a page of the current windows, latest opened first. */
  async windows(
    page: WindowQuery,
  ): Promise<WindowRecord[]> {
    const { company, opened_from_ms, opened_before_ms, before, limit } = page;
    const values: unknown[] = [];
    const where = joinConditions([
      ["company = ?", companyKey(company)],
      // By opening time, the sort order, and not by date: for a date that its statistics do not cover the planner
      // expects few rows, and would read and sort them all.
      ["opened_at >= ?", opened_from_ms === undefined ? undefined : instantText(opened_from_ms)],
      ["opened_at < ?", opened_before_ms === undefined ? undefined : instantText(opened_before_ms)],
      ["opened_at <= ?", before && instantText(before.opened_at_ms)],
      [
        "(opened_at, contact, direction) < (?, ?, ?)",
        before && instantText(before.opened_at_ms),
        before?.contact,
        before?.direction,
      ],
    ], values);
    const { rows } = await this.#pool.query<WindowRow>(
      `select local_date, contact, direction, ${epochMs("opened_at")} as opened_at_ms, credits, message
        from windows where ${where}
        order by opened_at desc, contact desc, direction desc limit $${values.push(limit)}`,
      values,
    );
    return rows.map((row) => ({
      ...row,
      feature: FEATURE_OF[row.direction],
      opened_at_ms: safeInteger(row.opened_at_ms),
      credits: toCredits(row.credits),
      message: row.message ?? undefined,
    }));
  }

  /** Reads usage by date, feature and direction, including late facts. */
  async dayTotals(company: CompanyId, from: LocalDate, to: LocalDate): Promise<DatedTotal[]> {
    const { rows } = await this.#pool.query<TotalRow>(
      `select local_date, feature, direction, units, credits from day_totals
        where company = $1 and local_date between $2 and $3 order by local_date, feature, direction`,
      [companyKey(company), from, to],
    );
    return rows.map((row) => ({ ...row, units: safeInteger(row.units), credits: toCredits(row.credits) }));
  }

  /** Reads the totals at the closing of each date. The result omits dates that are not closed. */
  async closedDays(company: CompanyId, from: LocalDate, to: LocalDate): Promise<ClosedDayRecord[]> {
    const { rows } = await this.#pool.query<Omit<ClosedDayRecord, "closed_at_ms"> & { closed_at_ms: bigint }>(
      `select local_date, totals, ${epochMs("closed_at")} as closed_at_ms from closed_days
        where company = $1 and local_date between $2 and $3 order by local_date`,
      [companyKey(company), from, to],
    );
    return rows.map((row) => ({ ...row, closed_at_ms: safeInteger(row.closed_at_ms) }));
  }

  /** Reads the balance at the end of each date of one month. */
  dayBalances(company: CompanyId, days: readonly DayEnd[]): Promise<DayBalance[]> {
    return readDayBalances(this.#pool, company, days);
  }

  /** Reads every stored month of a company, oldest first. */
  async periods(company: CompanyId): Promise<PeriodRecord[]> {
    const { rows } = await this.#pool.query<PeriodRow>(
      `select month, granted, consumed, closed, at_close, ${epochMs("closed_at")} as closed_at_ms
        from periods where company = $1 order by month`,
      [companyKey(company)],
    );
    return rows.map(({ month, granted, consumed, closed, at_close, closed_at_ms }) => ({
      period: { month, granted: toCredits(granted), consumed: toCredits(consumed), closed },
      at_close: at_close ?? undefined,
      closed_at_ms: safeIntegerOrNull(closed_at_ms) ?? undefined,
    }));
  }

  /** Reads usage grouped by attribution. Its sums match the day totals. */
  labelledUsage(query: LabelledUsageQuery): Promise<LabelledUsage[]> {
    return readLabelledUsage(this.#pool, query);
  }

  /** Reads one identifier per contact: the phone if known, else the BSUID. The result omits unreadable contacts. */
  async identifiersOf(company: CompanyId, contacts: readonly ContactId[]): Promise<Map<ContactId, string>> {
    const { rows } = await this.#pool.query<{ contact_id: ContactId; identifier: string }>(
      `select distinct on (1) coalesce(contact_id, key) as contact_id, identifier from contacts
        where company = $1 and identifier is not null and (key = any ($2::uuid[])
          or contact_id = any ($2::uuid[]) and contact_id is not null)
        order by 1, by_phone desc, identifier`,
      [companyKey(company), [...new Set(contacts)]],
    );
    return new Map(rows.map(({ contact_id, identifier }) => [contact_id, identifier]));
  }
}

interface WindowRow extends Pick<WindowRecord, "local_date" | "contact"> {
  readonly direction: "inbound" | "outbound";
  readonly opened_at_ms: bigint;
  readonly credits: bigint;
  readonly message: MessageKey | null;
}

interface PeriodRow {
  readonly month: Month;
  readonly granted: bigint;
  readonly consumed: bigint;
  readonly closed: boolean;
  readonly at_close: ClosedFigures | null;
  readonly closed_at_ms: bigint | null;
}
