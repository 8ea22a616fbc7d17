import type { Difference } from "./difference.ts";
import { type AccountDayRow, AccountDays } from "./account_days.ts";
import type { AccountRow } from "./expected_costs.ts";
import { addDays, LocalDays, type SettingsRow } from "./local_days.ts";
import { Prices, type RateRow } from "./prices.ts";
import type { Snapshot } from "./snapshot.ts";
import * as statements from "./statements.ts";

/** The row of a company's head. */
export interface Head {
  readonly version: bigint;
  readonly ledger_seq: bigint;
  readonly closed_through: string;
  readonly due_ms: bigint;
  readonly created_ms: bigint;
}

/** A row of a contract: one version. */
export interface ContractRow {
  readonly version: number;
  readonly effective_from: string;
  readonly package_credits: bigint | null;
  readonly starts_on: string;
  readonly first_month: "full" | "prorated";
  readonly withdraws: readonly number[];
  readonly reason: string;
}

/** Days that were reopened after the ledger entry `ledger_seq`, because a wrong clock had closed them. */
export interface ReopeningRow {
  readonly ledger_seq: bigint;
  /** The last closed date from then on. */
  readonly closed_through: string;
  readonly reopened_ms: bigint;
}

/** Receives the findings of an audit. */
export interface ExaminationListener {
  /** Called with each difference. */
  onDifference(difference: Difference): void;
  /** Called with information that is not a difference. */
  onNote(company: string, note: string): void;
  /** Called with the number of rows read since the last call. */
  onRowsRead(what: "facts" | "usages" | "entries", count: number): void;
}

/** One company at one moment, and the data that its checks share. */
export interface Examination {
  readonly company: string;
  readonly snapshot: Snapshot;
  readonly listener: ExaminationListener;
  readonly head: Head;
  readonly settings: readonly SettingsRow[];
  readonly contract: readonly ContractRow[];
  /** In the order they happened. */
  readonly reopenings: readonly ReopeningRow[];
  readonly rates: readonly RateRow[];
  /** The Meta accounts of the company's numbers, in order of time. */
  readonly accounts: readonly AccountRow[];
  /** The dates of the accounts' time zones. */
  readonly account_days: AccountDays;
  readonly days: LocalDays;
  /** The stored end of each local date that is over, and of later ones on which something is dated. */
  readonly day_ends: ReadonlyMap<string, number>;
  /** When each date was closed: after its end, and later if the clocks disagreed then. */
  readonly closings_ms: ReadonlyMap<string, number>;
  readonly prices: Prices;
  readonly created_on: string;
  /** The current local date: the day after the last closed one. */
  readonly today: string;
  /** Facts before this instant were dropped; undefined when none were. */
  readonly facts_retained_from_ms: number | undefined;
  /** The first local date whose facts are all stored: earlier dates are checked within the ledger only. */
  readonly checked_from: string;
}

/** The days before a company's creation that can have facts: the current month and the one before. */
const DAYS_BEFORE_CREATION = 62;

/**
 * Reads the data that all checks of a company need.
 *
 * @returns undefined when the company does not exist
 */
export async function examine(
  company: string,
  snapshot: Snapshot,
  listener: ExaminationListener,
): Promise<Examination | undefined> {
  const [head] = await snapshot.query<Head>(statements.HEAD, [company]);
  if (head === undefined) return undefined;
  const settings = await snapshot.query<SettingsRow>(statements.SETTINGS, [company]);
  if (settings.length === 0) {
    throw new Error(`${company} has no settings, and so no time zone: its rows are incomplete`);
  }
  const rates = await snapshot.query<RateRow>(statements.RATES, [company]);
  const contract = await snapshot.query<ContractRow>(statements.CONTRACT, [company]);
  const accounts = await snapshot.query<AccountRow>(statements.NUMBER_ACCOUNTS, [company]);
  const account_days = await snapshot.query<AccountDayRow>(statements.ACCOUNT_DAYS, [company]);
  const reopenings = await snapshot.query<ReopeningRow>(statements.REOPENINGS, [company]);
  const day_ends = await dayEndsOf(snapshot, company);
  const days = daysOf(head, settings, day_ends);
  const today = addDays(head.closed_through, 1);
  const facts_retained_from_ms = await retainedFrom(snapshot, company, days);
  return {
    company,
    snapshot,
    listener,
    head,
    settings,
    contract,
    reopenings,
    rates,
    accounts,
    account_days: new AccountDays(account_days),
    days,
    day_ends,
    closings_ms: await closingsOf(snapshot, company),
    prices: new Prices(rates, days),
    created_on: days.dateOf(Number(head.created_ms)),
    today,
    facts_retained_from_ms,
    checked_from: facts_retained_from_ms === undefined ? "" : days.firstDateAfter(facts_retained_from_ms),
  };
}

/** Reports a difference to the listener when the found value is not the expected one. */
export function compare(
  { company, listener }: Examination,
  what: string,
  expected: string | number | bigint | boolean,
  found: string | number | bigint | boolean,
): void {
  if (String(expected) === String(found)) return;
  listener.onDifference({ company, what, expected: String(expected), found: String(found) });
}

async function dayEndsOf(snapshot: Snapshot, company: string): Promise<Map<string, number>> {
  const rows = await snapshot.query<{ local_date: string; ends_ms: bigint }>(statements.LOCAL_DAYS, [
    company,
  ]);
  return new Map(rows.map(({ local_date, ends_ms }) => [local_date, Number(ends_ms)]));
}

async function closingsOf(snapshot: Snapshot, company: string): Promise<Map<string, number>> {
  const rows = await snapshot.query<{ local_date: string; closed_ms: bigint }>(statements.CLOSINGS, [
    company,
  ]);
  return new Map(rows.map(({ local_date, closed_ms }) => [local_date, Number(closed_ms)]));
}

function daysOf(
  head: Head,
  settings: readonly SettingsRow[],
  day_ends: ReadonlyMap<string, number>,
): LocalDays {
  const { closed_through, due_ms } = head;
  const with_today = new Map(day_ends).set(addDays(closed_through, 1), Number(due_ms));
  const created_on = Temporal.Instant.fromEpochMilliseconds(Number(head.created_ms)).toString().slice(0, 10);
  const from = addDays(created_on, -DAYS_BEFORE_CREATION);
  const last = [...with_today.keys()].reduce((a, b) => a > b ? a : b);
  return new LocalDays(settings, from, addDays(last, 3), with_today);
}

/** Returns the start of the stored facts, if the company was charged for dates before it. */
async function retainedFrom(
  snapshot: Snapshot,
  company: string,
  days: LocalDays,
): Promise<number | undefined> {
  const [retention] = await snapshot.query<{ kept_from_ms: bigint | null }>(
    statements.FACTS_RETAINED_FROM,
    [],
  );
  if (retention?.kept_from_ms == null) return undefined;
  const kept_from_ms = Number(retention.kept_from_ms);
  const [earlier] = await snapshot.query<{ charged: boolean }>(statements.WAS_CHARGED_BEFORE, [
    company,
    days.firstDateAfter(kept_from_ms),
  ]);
  return earlier!.charged ? kept_from_ms : undefined;
}
