/** Reads of committed rows. */

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
import type { CompanyId, ContactId, LocalDate, Month } from "../domain/types.ts";
import type { MonthContact, MonthRows } from "../domain/what_if/month_rows.ts";

/** Reads the rows that decide what a month costs, for a what-if. */
export interface MonthReader {
  /**
   * Reads a month of a company at one moment, and its contacts in batches.
   *
   * @param signal ends the reading between two batches: it then rejects with the signal's reason
   * @param use receives the rows and the contacts, which it can read once and only until it returns
   * @returns what `use` returns; undefined when there is no such company
   */
  read<Result>(
    company: CompanyId,
    month: Month,
    signal: AbortSignal,
    use: (rows: MonthRows, contacts: AsyncIterable<readonly MonthContact[]>) => Promise<Result>,
  ): Promise<Result | undefined>;
}

/** Reads committed rows for reports. */
export interface Reports {
  ledger(query: LedgerQuery): Promise<readonly StoredEntry[]>;
  /** Entries by local date, newest date first. */
  ledgerByDate(query: DatedLedgerQuery): Promise<readonly StoredEntry[]>;
  /** The number and sum of a filter's entries by local date, newest first. Dates without an entry are absent. */
  ledgerDays(filter: DatedLedgerFilter): Promise<readonly LedgerDay[]>;
  ledgerEntry(company: CompanyId, seq: number): Promise<StoredEntry | undefined>;
  windows(query: WindowQuery): Promise<readonly WindowRecord[]>;
  /** Totals by day as of now, late facts included; both dates inclusive. */
  dayTotals(company: CompanyId, from: LocalDate, to: LocalDate): Promise<readonly DatedTotal[]>;
  closedDays(company: CompanyId, from: LocalDate, to: LocalDate): Promise<readonly ClosedDay[]>;
  /** The balance at the end of each date of one month, in order from its first date on. */
  dayBalances(company: CompanyId, days: readonly DayEnd[]): Promise<readonly DayBalance[]>;
  /**
   * Usage by attribution label, in the order of the groups. Its sums equal the totals: usage that cost nothing has no
   * ledger entry and is listed under no label.
   */
  labelledUsage(query: LabelledUsageQuery): Promise<readonly LabelledUsage[]>;
  /** Every stored month. */
  periods(company: CompanyId): Promise<readonly StoredPeriod[]>;
  /** The readable phone or BSUID of each contact; contacts without one are absent. */
  identifiersOf(company: CompanyId, contacts: readonly ContactId[]): Promise<ReadonlyMap<ContactId, string>>;
}
