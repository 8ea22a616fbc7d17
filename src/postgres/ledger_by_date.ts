import type { DatedLedgerQuery, LedgerDay, LedgerFilter } from "../domain/reports.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import type { LocalDate } from "../domain/types.ts";
import type { Condition } from "./conditions.ts";
import { joinConditions } from "./conditions.ts";
import type { Pool } from "./connection.ts";
import { ENTRY_COLUMNS, entryFilters, type EntryRow, toLedgerEntry } from "./ledger_pages.ts";
import { safeInteger, toCredits } from "./values.ts";

/**
 * Reads a page of ledger entries by date. The order is that of the index `ledger_dates`, read backwards.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function readLedgerByDate(pool: Pool, query: DatedLedgerQuery): Promise<LedgerEntry[]> {
  const { before, limit } = query;
  const values: unknown[] = [];
  const where = joinConditions([
    ...datedFilters(query),
    ["(local_date, late, seq) < (?::date, ?, ?)", before?.local_date, before?.late, before?.seq],
  ], values);
  const { rows } = await pool.query<EntryRow>(
    `select ${ENTRY_COLUMNS} from ledger where ${where}
      order by local_date desc, late desc, seq desc limit $${values.push(limit)}`,
    values,
  );
  return rows.map(toLedgerEntry);
}

/**
 * Counts and sums a filter's entries by date, newest first. It reads every entry of the dates.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function readLedgerDays(pool: Pool, filter: LedgerFilter): Promise<LedgerDay[]> {
  const values: unknown[] = [];
  const where = joinConditions(datedFilters(filter), values);
  // A sum has type numeric, which the driver returns as text.
  const { rows } = await pool.query<{ local_date: LocalDate; entries: bigint; credits: string }>(
    `select local_date, count(*) as entries, sum(credits) as credits from ledger where ${where}
      group by local_date order by local_date desc`,
    values,
  );
  return rows.map(({ local_date, entries, credits }) => ({
    local_date,
    entries: safeInteger(entries),
    credits: toCredits(credits),
  }));
}

function datedFilters({ from, to, late, ...filter }: LedgerFilter): Condition[] {
  return [
    ...entryFilters(filter),
    ["local_date >= ?::date", from],
    ["local_date <= ?::date", to],
    ["late = ?", late],
  ];
}
