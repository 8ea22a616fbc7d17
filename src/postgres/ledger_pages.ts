/**
 * Pages of a ledger, newest first. Each page is an index range read, however long the ledger is.
 *
 * The ledger is ordered by posting (`seq`), and a page by date must follow that order. Entries on time were posted on
 * their own date, so those of a date range are contiguous. Late entries were posted after their date, until their
 * month was final. So the entries on time of a date range lie between two `seq` bounds, and its late entries between two
 * others. Index lookups on the dates find these bounds. Both kinds are read separately between their bounds, and merged.
 */

import { addDays, monthOf } from "../domain/calendar.ts";
import { finalAfter } from "../domain/lateness.ts";
import type { CompanyId, Direction, FeatureCode } from "../domain/types.ts";
import { INBOUND, OUTBOUND } from "../domain/types.ts";
import type { EntryType } from "../domain/period.ts";
import type { LedgerFilter, LedgerQuery, StoredEntry } from "../domain/reports.ts";
import type { Pool } from "./connection.ts";
import { companyKey } from "./company_key.ts";
import { type Condition, joinConditions } from "./conditions.ts";
import { AFTER_CLOSE, ENTRY_COLUMNS, type EntryRow, toLedgerEntry } from "./ledger_columns.ts";
import { safeInteger } from "./values.ts";

/**
 * Reads a page of the ledger.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function readLedgerPage(pool: Pool, page: LedgerQuery): Promise<StoredEntry[]> {
  const { from, to, limit } = page;
  const late = latenessOf(page);
  if (from === undefined && to === undefined) {
    return await queryEntries(pool, page, late === undefined ? [] : [[late ? "late" : "not late"]]);
  }
  const spans = await findSpans(pool, page);
  if (spans === undefined) {
    const on_dates: Condition[] = [["local_date >= ?::date", from], ["local_date <= ?::date", to]];
    const lateness: Condition[] = late === undefined ? [] : [[late ? "late" : "not late"]];
    return await queryEntries(pool, page, [...on_dates, ...lateness]);
  }
  const [on_time_entries, late_entries] = await Promise.all([
    late === true ? [] : readOnTimeEntries(pool, page, spans.on_time),
    late === false ? [] : readLateEntries(pool, page, spans.late),
  ]);
  return [...on_time_entries, ...late_entries].sort((a, b) => b.seq - a.seq).slice(0, limit);
}

/**
 * Reads the entries on time between their bounds, where nearly every entry has a date of the range. The dates are
 * filtered here and not in SQL: the planner takes them for selective filters, and would read and sort all entries.
 */
async function readOnTimeEntries(
  pool: Pool,
  page: LedgerQuery,
  { after_seq, before_seq }: Span,
): Promise<StoredEntry[]> {
  const { from, to, limit } = page;
  const found: StoredEntry[] = [];
  for (let before = Math.min(before_seq, page.before_seq ?? before_seq);;) {
    const part = await queryEntries(pool, { ...page, before_seq: before }, [["not late"], [
      "seq > ?",
      after_seq,
    ]]);
    for (const entry of part) {
      if (entry.local_date >= (from ?? "") && entry.local_date <= (to ?? entry.local_date)) found.push(entry);
    }
    if (found.length >= limit || part.length < limit) return found;
    before = part.at(-1)!.seq;
  }
}

function readLateEntries(
  pool: Pool,
  page: LedgerQuery,
  { after_seq, before_seq }: Span,
): Promise<StoredEntry[]> {
  const { from, to } = page;
  return queryEntries(pool, page, [
    ["late"],
    ["seq > ?", after_seq],
    ["seq < ?", before_seq],
    ["local_date >= ?::date", from],
    ["local_date <= ?::date", to],
  ]);
}

/** Queries entries by all filters of the page except its dates and `late`, and by further conditions. */
async function queryEntries(
  pool: Pool,
  page: LedgerQuery,
  further: readonly Condition[],
): Promise<StoredEntry[]> {
  const values: unknown[] = [];
  const where = joinConditions(
    [...entryFilters(page), ["seq < ?", page.before_seq], ...further],
    values,
  );
  const { rows } = await pool.query<EntryRow>(
    `select ${ENTRY_COLUMNS} from ledger where ${where} order by seq desc limit $${values.push(page.limit)}`,
    values,
  );
  return rows.map(toLedgerEntry);
}

/**
 * Reads one ledger entry.
 *
 * @returns undefined when it does not exist
 * @throws {Error} when Postgres cannot be reached
 */
export async function readLedgerEntry(
  pool: Pool,
  company: CompanyId,
  seq: number,
): Promise<StoredEntry | undefined> {
  const { rows } = await pool.query<EntryRow>(
    `select ${ENTRY_COLUMNS} from ledger where company = $1 and seq = $2`,
    [companyKey(company), seq],
  );
  return rows.map(toLedgerEntry)[0];
}

/** Returns the filter of lateness: every entry that was posted after its month was closed is late. */
export function latenessOf({ late, after_close }: LedgerFilter): boolean | undefined {
  return late ?? (after_close === true ? true : undefined);
}

/** Returns the conditions of a filter, except its dates and `late`. The first value, `$1`, is the key of its company. */
export function entryFilters({ company, feature, type, direction, after_close }: LedgerFilter): Condition[] {
  return [
    ["company = ?", companyKey(company)],
    ...(feature === undefined ? [] : [featureIs(feature)]),
    // Partial indexes match constants only, so these values are inlined.
    ...(type === undefined ? [] : [[`type = '${TYPES[type]}'`] as const]),
    ...(direction === undefined ? [] : [[`direction = '${DIRECTIONS[direction]}'`] as const]),
    ...(after_close === undefined ? [] : [[after_close ? AFTER_CLOSE : `not ${AFTER_CLOSE}`] as const]),
  ];
}

/** Filters a feature. That of windows is not stored: their direction implies it. */
function featureIs(feature: FeatureCode): Condition {
  if (feature === INBOUND) return ["direction = 'inbound'"];
  if (feature === OUTBOUND) return ["direction = 'outbound'"];
  return ["feature = ?", feature];
}

/** The only values that are inlined into a statement. */
const TYPES: Readonly<Record<EntryType, string>> = {
  grant: "grant",
  consumption: "consumption",
  reversal: "reversal",
  expiry: "expiry",
  adjustment: "adjustment",
};
const DIRECTIONS: Readonly<Record<Direction, string>> = {
  inbound: "inbound",
  outbound: "outbound",
  none: "none",
};

/** The `seq` bounds, both exclusive, between which all entries of a kind lie: on time or late. */
interface Span {
  readonly after_seq: number;
  readonly before_seq: number;
}

interface BoundsRow extends Record<"before" | "first" | "last" | "after", bigint | null> {
  readonly is_reopened: boolean;
}

/**
 * Finds the `seq` bounds of the entries of a date range, on time and late, by a few index lookups.
 *
 * @returns undefined when days of the company were reopened: its entries on time are not in the order of their dates
 */
async function findSpans(
  pool: Pool,
  { company, from, to }: LedgerFilter,
): Promise<{ readonly on_time: Span; readonly late: Span } | undefined> {
  // With a clock that runs ahead, the first entries of a date can be posted on the previous date.
  // Dates past the year 9999 have another text form, and no entries.
  const all_posted = to === undefined || to >= "9999-01-01"
    ? "infinity"
    : addDays(finalAfter(monthOf(to)), 2);
  const { rows } = await pool.query<BoundsRow>(
    SPAN_BOUNDS,
    [
      companyKey(company),
      from ?? "-infinity",
      to ?? "infinity",
      all_posted,
    ],
  );
  const { before, first, last, after, is_reopened } = rows[0]!;
  if (is_reopened) return undefined;
  // No entry on time: the span (0, 1) is empty.
  const on_time = first === null || last === null
    ? { after_seq: 0, before_seq: 1 }
    : { after_seq: safeInteger(first) - 1, before_seq: safeInteger(last) + 1 };
  return {
    on_time,
    late: {
      after_seq: before === null ? 0 : safeInteger(before),
      before_seq: after === null ? Number.MAX_SAFE_INTEGER : safeInteger(after),
    },
  };
}

/** SQL for the lowest `seq` of an entry on time from a date on. It checks two dates, since clocks may run ahead. */
const firstFrom = (date: string) =>
  `(
  select min(first.seq)
  from (select local_date from ledger where company = $1 and local_date >= ${date} and not late
    order by local_date limit 1) found,
  lateral (values (local_date), (local_date + 1)) dates(of_entry),
  lateral (select seq from ledger where company = $1 and local_date = of_entry and not late
    order by seq limit 1) first)`;

/** SQL for the highest `seq` of an entry on time up to a date. */
const lastUpTo = (date: string) =>
  `(
  select max(last.seq)
  from (select local_date from ledger where company = $1 and local_date <= ${date} and not late
    order by local_date desc limit 1) found,
  lateral (values (local_date), (local_date - 1)) dates(of_entry),
  lateral (select seq from ledger where company = $1 and local_date = of_entry and not late
    order by seq desc limit 1) last)`;

const SPAN_BOUNDS = `
  select ${lastUpTo("$2::date - 1")} as before, ${firstFrom("$2::date")} as first,
    ${lastUpTo("$3::date")} as last, ${firstFrom("$4::date")} as after,
    exists (select from reopenings where company = $1) as is_reopened`;
