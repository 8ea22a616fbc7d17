import { compare, type Examination } from "./examination.ts";
import { grantedFor } from "./grants.ts";
import type { LedgerSums, PeriodSums } from "./ledger.ts";
import { lastDateOf, monthOf, nextMonth } from "./local_days.ts";
import * as statements from "./statements.ts";

interface PeriodRow {
  readonly month: string;
  readonly granted: bigint;
  readonly consumed: bigint;
  readonly closed: boolean;
  readonly at_close: Readonly<Record<string, number>> | null;
  /** By the entries up to the one that the closing names. */
  readonly consumed_until_closing: bigint;
}

/** Checks every month against its ledger entries and its contract. */
export async function checkPeriods(examination: Examination, ledger: LedgerSums): Promise<void> {
  const { company, contract, created_on, snapshot, today } = examination;
  const rows = await snapshot.query<PeriodRow>(statements.PERIODS, [company]);
  const by_month = new Map(rows.map((row) => [row.month, row]));
  const months = new Set([...by_month.keys(), ...ledger.periods.keys()]);
  for (let month = monthOf(created_on); month <= monthOf(today); month = nextMonth(month)) months.add(month);
  for (const month of [...months].sort()) {
    const through = lastDateOf(month) < today ? lastDateOf(month) : today;
    const due = grantedFor(contract, month, through);
    const sums = ledger.periods.get(month);
    compare(examination, `credits granted to ${month} by the ledger`, due, sums?.granted ?? 0n);
    checkPeriod(examination, month, by_month.get(month), sums);
  }
}

function checkPeriod(
  examination: Examination,
  month: string,
  row: PeriodRow | undefined,
  sums: PeriodSums | undefined,
): void {
  const { created_on, today } = examination;
  const is_over = month < monthOf(today);
  const was_closed_by_us = is_over && month >= monthOf(created_on);
  const { granted = 0n, consumed = 0n } = sums ?? {};
  if (row === undefined) {
    const needs_row = sums !== undefined || was_closed_by_us;
    return compare(examination, `row of period ${month}`, needs_row ? "one" : "none", "none");
  }
  compare(examination, `credits granted to period ${month}`, granted, row.granted);
  compare(examination, `credits consumed in period ${month}`, consumed, row.consumed);
  compare(examination, `whether period ${month} is closed`, is_over, row.closed);
  checkEnd(examination, month, is_over, sums);
  compare(
    examination,
    `whether the closing of ${month} froze it`,
    was_closed_by_us,
    row.at_close !== null,
  );
  if (row.at_close === null || !was_closed_by_us) return;
  const frozen = figuresOf(granted, sums?.consumed_in_time ?? 0n);
  for (const [name, expected] of Object.entries(frozen)) {
    const what = `${name.replace("_", " ")} as frozen by the closing of ${month}`;
    compare(examination, what, expected, row.at_close[name] ?? "nothing");
  }
  const what = `credits consumed by the entries until the closing of ${month}`;
  compare(examination, what, frozen.consumed, row.consumed_until_closing);
}

/** Checks the balance after a period's last entry: available, excess and expired follow from granted and consumed. */
function checkEnd(
  examination: Examination,
  month: string,
  is_over: boolean,
  sums: PeriodSums | undefined,
): void {
  if (sums === undefined) return;
  const { expired: left, excess } = figuresOf(sums.granted, sums.consumed);
  const available = is_over ? 0n : left;
  compare(examination, `credits available at the end of the ledger of ${month}`, available, sums.available);
  compare(examination, `excess at the end of the ledger of ${month}`, excess, sums.excess);
  compare(examination, `credits of ${month} that expired, by the ledger`, is_over ? left : 0n, sums.expired);
  compare(examination, `sum of the ledger of ${month}`, available - excess, sums.credits);
}

/** Returns a closed month's figures: granted = prepaid used + expired, and consumed = prepaid used + excess. */
function figuresOf(granted: bigint, consumed: bigint) {
  const prepaid_used = granted < consumed ? granted : consumed;
  return {
    granted,
    consumed,
    prepaid_used,
    expired: granted - prepaid_used,
    excess: consumed - prepaid_used,
  };
}
