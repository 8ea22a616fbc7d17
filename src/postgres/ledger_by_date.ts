import type { DatedLedgerFilter, DatedLedgerQuery, LedgerDay, StoredEntry } from "../domain/reports.ts";
import type { LocalDate } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import type { Condition } from "./conditions.ts";
import { joinConditions } from "./conditions.ts";
import type { Pool } from "./connection.ts";
import { ENTRY_COLUMNS, type EntryRow, toLedgerEntry } from "./ledger_columns.ts";
import { entryFilters, latenessOf } from "./ledger_pages.ts";
import { safeInteger, toCredits } from "./values.ts";

/**
 * Reads a page of ledger entries by date. The order is that of the index `ledger_dates`, read backwards. With a filter
 * by person or message it reads the entries of the dates until the page is full.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function readLedgerByDate(pool: Pool, query: DatedLedgerQuery): Promise<StoredEntry[]> {
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
export async function readLedgerDays(pool: Pool, filter: DatedLedgerFilter): Promise<LedgerDay[]> {
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

function datedFilters({ from, to, contact, message, ...filter }: DatedLedgerFilter): Condition[] {
  return [
    ...entryFilters(filter),
    ["local_date >= ?::date", from],
    ["local_date <= ?::date", to],
    ["late = ?", latenessOf(filter)],
    [OF_PERSON, companyKey(filter.company), contact],
    ["message = ?", message],
    ...(contact === undefined && message === undefined ? [] : [[OF_READABLE_PERSON]] as const),
  ];
}

/** SQL for the keys of the person of a row of `contacts`. */
const keysOf = (row: string) =>
  `contacts own on own.company = ${row}.company
    and (own.key = coalesce(${row}.contact_id, ${row}.key) or own.contact_id = coalesce(${row}.contact_id, ${row}.key))`;

/** An entry has the contact of its time, so a person's entries are under each of their keys. */
const OF_PERSON = `contact = any (array(
  select own.key from contacts named join ${keysOf("named")} where named.company = ? and named.key = ?))`;

/** `offset 0` keeps it a look-up for each entry that the other conditions find. */
const OF_READABLE_PERSON = `exists (
  select from contacts charged join ${keysOf("charged")}
  where charged.company = ledger.company and charged.key = ledger.contact and own.identifier is not null
  offset 0)`;
