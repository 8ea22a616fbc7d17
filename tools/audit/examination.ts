import type { Difference } from "./difference.ts";
import { addDays, LocalDays, type SettingsRow } from "./local_days.ts";
import { Prices, type RateRow } from "./prices.ts";
import type { Snapshot } from "./snapshot.ts";
import * as statements from "./statements.ts";

/** A company's head, as its row has it. */
export interface Head {
  readonly version: bigint;
  readonly ledger_seq: bigint;
  readonly closed_through: string;
  readonly due_ms: bigint;
  readonly created_ms: bigint;
}

/** A version of a contract, as its row has it. */
export interface ContractRow {
  readonly version: number;
  readonly effective_from: string;
  readonly package_credits: bigint | null;
  readonly starts_on: string;
  readonly first_month: "full" | "prorated";
  readonly withdraws: readonly number[];
  readonly reason: string;
}

/** Who hears what an audit finds. */
export interface ExaminationListener {
  onDifference(difference: Difference): void;
  /** Something to know that is no difference. */
  onNote(company: string, note: string): void;
  /** Facts, usages and ledger entries read since the last call. */
  onRowsRead(what: "facts" | "usages" | "entries", count: number): void;
}

/** One company at one moment, and all that its checks share. */
export interface Examination {
  readonly company: string;
  readonly snapshot: Snapshot;
  readonly listener: ExaminationListener;
  readonly head: Head;
  readonly settings: readonly SettingsRow[];
  readonly contract: readonly ContractRow[];
  readonly rates: readonly RateRow[];
  readonly days: LocalDays;
  readonly prices: Prices;
  readonly created_on: string;
  /** The current local date: the day after the last closed one. */
  readonly today: string;
  /** Where facts older than this have been dropped; undefined when all there ever were are kept. */
  readonly facts_retained_from_ms: number | undefined;
  /** The first local date whose facts are all kept: earlier ones are checked within the ledger only. */
  readonly checked_from: string;
}

/** Facts may be of a month that is not final yet when the company is made: this and the whole month before. */
const DAYS_BEFORE_CREATION = 62;

/**
 * Reads what all checks of a company need.
 *
 * @returns undefined when there is no such company
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
    throw new Error(`${company} has no settings: without a time zone it has no days`);
  }
  const rates = await snapshot.query<RateRow>(statements.RATES, [company]);
  const contract = await snapshot.query<ContractRow>(statements.CONTRACT, [company]);
  const days = daysOf(head, settings);
  const today = addDays(head.closed_through, 1);
  const facts_retained_from_ms = await keptFrom(snapshot, company, days);
  return {
    company,
    snapshot,
    listener,
    head,
    settings,
    contract,
    rates,
    days,
    prices: new Prices(rates, days),
    created_on: days.dateOf(Number(head.created_ms)),
    today,
    facts_retained_from_ms,
    checked_from: facts_retained_from_ms === undefined ? "" : days.firstDateAfter(facts_retained_from_ms),
  };
}

/** Tells the listener when what stands in the books is not what must stand there. */
export function compare(
  { company, listener }: Examination,
  what: string,
  expected: string | number | bigint | boolean,
  found: string | number | bigint | boolean,
): void {
  if (String(expected) === String(found)) return;
  listener.onDifference({ company, what, expected: String(expected), found: String(found) });
}

function daysOf(head: Head, settings: readonly SettingsRow[]): LocalDays {
  const created_on = Temporal.Instant.fromEpochMilliseconds(Number(head.created_ms)).toString().slice(0, 10);
  return new LocalDays(settings, addDays(created_on, -DAYS_BEFORE_CREATION), addDays(head.closed_through, 4));
}

/** Where the facts of a company begin, if it was charged for any that may have been dropped. */
async function keptFrom(snapshot: Snapshot, company: string, days: LocalDays): Promise<number | undefined> {
  const [retention] = await snapshot.query<{ kept_from_ms: bigint | null }>(
    statements.FACTS_RETAINED_FROM,
    [],
  );
  if (retention?.kept_from_ms == null) return undefined;
  const kept_from_ms = Number(retention.kept_from_ms);
  const [before] = await snapshot.query<{ charged: boolean }>(statements.WAS_CHARGED_BEFORE, [
    company,
    days.firstDateAfter(kept_from_ms),
  ]);
  return before!.charged ? kept_from_ms : undefined;
}
