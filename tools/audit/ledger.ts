/**
 * Replays the ledger from its first entry: checks that it has no gap and that each entry continues from the previous
 * one of its period, and sums it by day and period.
 */

import { dateOfKey, sumKey, Sums } from "./difference.ts";
import { compare, type Examination } from "./examination.ts";
import { addDays, lastDateOf, monthOf } from "./local_days.ts";
import * as statements from "./statements.ts";

interface EntryRow {
  readonly seq: bigint;
  readonly type: string;
  readonly local_date: string;
  readonly feature: string | null;
  readonly direction: string;
  readonly credits: bigint;
  readonly prepaid: bigint;
  readonly excess: bigint;
  readonly available_after: bigint;
  readonly excess_after: bigint;
  readonly late: boolean;
  readonly recorded_ms: bigint;
}

/** The sums of one period's entries. */
export interface PeriodSums {
  granted: bigint;
  consumed: bigint;
  /** Expiries less adjustments. */
  expired: bigint;
  /** The sum of all entries. */
  credits: bigint;
  available: bigint;
  excess: bigint;
  /** Consumption posted before the month was closed. */
  consumed_in_time: bigint;
}

/** The sums of a ledger. */
export interface LedgerSums {
  readonly entries: bigint;
  readonly last_seq: bigint;
  readonly periods: ReadonlyMap<string, PeriodSums>;
  /** Credits consumed less reversals, by date, feature and direction. */
  readonly consumed: Sums;
  /** The part of `consumed` that was posted before its date was closed. */
  readonly consumed_in_time: Sums;
  /** Keys of `consumed` that late entries changed. */
  readonly changed_late: ReadonlySet<string>;
}

const ENTRIES_A_PAGE = 5_000;
const SMALLEST_SEQ = "-9223372036854775808";
/** How far clocks of two machines may differ: this close to a day's end, either may have closed it. */
const CLOCKS_DIFFER_MS_MAX = 5 * 60_000;

/** Replays a company's ledger and returns its sums. */
export async function replayLedger(examination: Examination): Promise<LedgerSums> {
  const { company, listener, snapshot } = examination;
  const replay = new LedgerReplay(examination);
  const pages = snapshot.pages<EntryRow>(
    statements.LEDGER,
    company,
    [SMALLEST_SEQ],
    ({ seq }) => [seq],
    ENTRIES_A_PAGE,
  );
  for await (const entries of pages) {
    listener.onRowsRead("entries", entries.length);
    for (const entry of entries) replay.add(entry);
  }
  replay.reopenUpTo(undefined);
  return replay;
}

class LedgerReplay implements LedgerSums {
  entries = 0n;
  last_seq = 0n;
  readonly periods = new Map<string, PeriodSums>();
  readonly consumed = new Sums();
  readonly consumed_in_time = new Sums();
  readonly changed_late = new Set<string>();
  readonly #examination: Examination;
  /** The latest recording instant since the last reopening: later entries were recorded no earlier. */
  #latest_recorded_ms = 0;
  /** The number of reopenings that were applied. */
  #reopened = 0;

  constructor(examination: Examination) {
    this.#examination = examination;
  }

  /** Applies the reopenings before an entry, or all that are left: what was posted to reopened dates is no longer late. */
  reopenUpTo(entry: EntryRow | undefined): void {
    const { reopenings } = this.#examination;
    for (let next; (next = reopenings[this.#reopened]) !== undefined; this.#reopened++) {
      if (entry !== undefined && next.ledger_seq >= entry.seq) return;
      this.#latest_recorded_ms = Number(next.reopened_ms);
      for (const key of [...this.consumed.keys()].filter((key) => dateOfKey(key) > next.closed_through)) {
        this.changed_late.delete(key);
        this.consumed_in_time.add(
          key,
          0n,
          this.consumed.get(key).credits - this.consumed_in_time.get(key).credits,
        );
      }
      const first_month = monthOf(addDays(next.closed_through, 1));
      for (const [month, sums] of this.periods) {
        if (month >= first_month) sums.consumed_in_time = sums.consumed;
      }
    }
  }

  add(entry: EntryRow): void {
    this.reopenUpTo(entry);
    this.#latest_recorded_ms = Math.max(this.#latest_recorded_ms, Number(entry.recorded_ms));
    const name = `ledger entry ${entry.seq}`;
    compare(
      this.#examination,
      `number of the ledger entry after ${this.last_seq}`,
      this.last_seq + 1n,
      entry.seq,
    );
    this.entries++;
    this.last_seq = entry.seq;
    const period = this.#periodOf(monthOf(entry.local_date));
    this.#checkSplit(name, entry, period);
    this.#checkLate(name, entry);
    this.#addToSums(entry, period);
  }

  #periodOf(month: string): PeriodSums {
    let period = this.periods.get(month);
    if (period === undefined) {
      period = {
        granted: 0n,
        consumed: 0n,
        expired: 0n,
        credits: 0n,
        available: 0n,
        excess: 0n,
        consumed_in_time: 0n,
      };
      this.periods.set(month, period);
    }
    return period;
  }

  /** Checks an entry's split: added credits reduce excess first, consumed credits come from the package first. */
  #checkSplit(name: string, entry: EntryRow, period: PeriodSums): void {
    const { credits, prepaid, excess } = entry;
    const in_excess = credits > 0n
      ? smaller(credits, period.excess)
      : smaller(0n, credits + period.available);
    const expected = `${credits - in_excess} of the package, ${in_excess} of excess`;
    compare(
      this.#examination,
      `split of ${name}`,
      expected,
      `${prepaid} of the package, ${excess} of excess`,
    );
    compare(
      this.#examination,
      `available after ${name}`,
      period.available + credits - in_excess,
      entry.available_after,
    );
    compare(this.#examination, `excess after ${name}`, period.excess - in_excess, entry.excess_after);
    // Continues from the stored figures, so that one wrong entry is reported once.
    period.available = entry.available_after;
    period.excess = entry.excess_after;
  }

  /** Checks the late flag: an entry is late when its date was already closed. */
  #checkLate(name: string, entry: EntryRow): void {
    const { local_date, type, late, recorded_ms } = entry;
    if (type === "grant" || type === "expiry") {
      return compare(this.#examination, `lateness of ${name}`, false, late);
    }
    const ended_ms = this.#examination.days.endOf(local_date);
    const is_close_call = Number(recorded_ms) < ended_ms &&
      Number(recorded_ms) >= ended_ms - CLOCKS_DIFFER_MS_MAX;
    if (late && is_close_call) return;
    compare(this.#examination, `lateness of ${name}`, !this.#wasOpen(local_date, entry), late);
  }

  /** Whether a date was not closed yet: it had not ended, or its closing waited for the clocks to agree. */
  #wasOpen(local_date: string, { recorded_ms }: EntryRow): boolean {
    const { closings_ms, days, head, reopenings } = this.#examination;
    const ended_ms = days.endOf(local_date);
    if (this.#latest_recorded_ms < ended_ms) return true;
    // Of a date that was reopened later, only the last closing is stored.
    if (reopenings.slice(this.#reopened).some((next) => next.closed_through < local_date)) return false;
    const closed_ms = local_date > head.closed_through ? Infinity : closings_ms.get(local_date) ?? ended_ms;
    return recorded_ms >= ended_ms && recorded_ms < closed_ms;
  }

  #addToSums(entry: EntryRow, period: PeriodSums): void {
    const { type, local_date, feature, direction, credits, late } = entry;
    period.credits += credits;
    if (type === "grant") {
      period.granted += credits;
    } else if (type === "expiry" || type === "adjustment") {
      period.expired -= credits;
    } else {
      period.consumed -= credits;
      if (this.#wasOpen(lastDateOf(monthOf(local_date)), entry)) period.consumed_in_time -= credits;
      const key = sumKey(local_date, feature, direction);
      this.consumed.add(key, 0n, -credits);
      if (late) this.changed_late.add(key);
      else this.consumed_in_time.add(key, 0n, -credits);
    }
  }
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
