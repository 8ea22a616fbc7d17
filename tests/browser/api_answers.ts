/** Reads what a page must show from the API, with the session of its viewer. */

import assert from "node:assert/strict";
import type { Viewer } from "./viewer.ts";

/** A response body. */
// deno-lint-ignore no-explicit-any
export type Json = any;

/** Reads the data of a page of a company. */
export async function readApi({ context }: Viewer, path: string, query: URLSearchParams) {
  const get = async (url: string, language = "und"): Promise<Json> => {
    const response = await context.request.get(url, { headers: { "accept-language": language } });
    assert.equal(response.status(), 200, `${url}: ${await response.text()}`);
    return await response.json();
  };
  const balance = await get(`${path}/balance`);
  const { data: statements } = await get(`${path}/statements`);
  const month: string = query.get("month") ?? balance.period;
  const dates = spanOf(month, balance.closed_through);
  const { data: usage } = await get(`${path}/usage?${dates}`);
  const before = Temporal.PlainYearMonth.from(month).subtract({ months: 1 }).toString();
  const is_compared = statements.some(({ period }: Json) => period === before);
  const contract = await context.request.get(`${path}/contract`);
  const agreed = contract.ok() ? await contract.json() : null;
  const entries = await entriesOf(get, `${path}/ledger?limit=200&${dates}`);
  const filter = filterOf(query, month, balance);
  const is_open_month = month === balance.period;
  return {
    balance,
    statements,
    statement: statements.find(({ period }: Json) => period === month),
    contract: agreed,
    /** The package that begins or grows later this month, unless its first month is prorated. */
    scheduled_grant: is_open_month ? scheduledGrantOf(agreed, balance) : null,
    usage,
    /** The usage of the month before, or null if it has no statement. */
    usage_before: is_compared ? (await get(`${path}/usage?${spanOf(before, "9999-01-01")}`)).data : null,
    /** The entries of the month, in the order they were posted. */
    entries,
    /** The entries that the history lists, in the order they were posted. */
    ledger: `${filter}` === dates ? entries : await entriesOf(get, `${path}/ledger?limit=200&${filter}`),
    forecast: is_open_month ? await get(`${path}/forecast`) : {},
    alerts: (await get(`${path}/alerts`)).data,
    windows: (await get(`${path}/windows?open=true&limit=200`)).data,
    is_open_month,
    today: nextDate(balance.closed_through),
    get,
  };
}

function scheduledGrantOf(contract: Json, { period, granted }: Json): { on: string; granted: number } | null {
  const { effective_from: on, package: agreed } = contract?.scheduled ?? {};
  if (agreed == null || !on.startsWith(period) || agreed.credits <= granted) return null;
  return { on, granted: agreed.credits };
}

/** The answers that a page is compared with. */
export type ApiAnswers = Awaited<ReturnType<typeof readApi>> & {
  /** The names of the features in the page's language, by code. */
  readonly feature_names: ReadonlyMap<string, string>;
};

/** Returns the query of the dates of a month that have begun. */
export function spanOf(month: string, closed_through: string): string {
  const first = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 });
  const last = first.with({ day: first.daysInMonth });
  const today = nextDate(closed_through);
  return `from=${first}&to=${last.toString() < today ? last : today}`;
}

function nextDate(date: string): string {
  return Temporal.PlainDate.from(date).add({ days: 1 }).toString();
}

const FILTERS = ["from", "to", "feature", "type", "direction", "late", "after_close"];

/** Returns the filters of the ledger. A page lists the entries of its month, unless it has other dates. */
function filterOf(query: URLSearchParams, month: string, balance: Json): URLSearchParams {
  const filter = new URLSearchParams(
    [...query].filter(([name, value]) => FILTERS.includes(name) && value !== ""),
  );
  if (filter.has("from") || filter.has("to")) return filter;
  for (const [name, value] of new URLSearchParams(spanOf(month, balance.closed_through))) {
    filter.set(name, value);
  }
  return filter;
}

/**
 * Reads every page of a ledger, in the order the entries were posted.
 *
 * @param get reads the body of an address
 * @param url the first page, with a query
 */
async function entriesOf(get: (url: string) => Promise<Json>, url: string): Promise<Json[]> {
  const entries: Json[] = [];
  for (let cursor = "";;) {
    const { data, next_cursor } = await get(url + cursor);
    entries.push(...data);
    if (next_cursor === null) return entries.reverse();
    cursor = `&cursor=${encodeURIComponent(next_cursor)}`;
  }
}

/** Sums a field of rows. */
export function sumOf(rows: readonly Json[], name: string): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}

/** Parses money. The amounts of these scenes are exact in a float. */
export function decimal(amount: string | null): number | null {
  return amount === null ? null : Number(amount);
}
