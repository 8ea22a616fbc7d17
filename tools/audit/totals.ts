import {
  type Amount,
  dateOfKey,
  formatAmount,
  formatKey,
  sumKey,
  type Sums,
  ZERO_AMOUNT,
} from "./difference.ts";
import { compare, type Examination } from "./examination.ts";
import type { LedgerSums } from "./ledger.ts";
import { REPORTED_WITHIN_DAYS } from "./expected_costs.ts";
import { REPLIES } from "./expected_replies.ts";
import { addDays } from "./local_days.ts";
import * as statements from "./statements.ts";

interface TotalRow {
  readonly local_date: string;
  readonly feature: string;
  readonly direction: string;
  readonly units: bigint;
  readonly credits: bigint;
}

interface ClosedDayRow {
  readonly local_date: string;
  readonly totals: readonly {
    readonly feature: string;
    readonly direction: string;
    readonly units: number;
    readonly credits: number;
  }[];
}

const ROWS_A_PAGE = 1_000;

/**
 * Checks the day totals and the totals frozen by each day's closing against the facts and the ledger.
 *
 * @param expected the sums of windows, replies and usages by the facts, for dates whose facts are stored
 */
export async function checkTotals(
  examination: Examination,
  ledger: LedgerSums,
  expected: Sums,
): Promise<void> {
  const totals = await readTotals(examination);
  const keys = new Set([...totals.keys(), ...expected.keys(), ...ledger.consumed.keys()]);
  for (const key of [...keys].sort()) {
    const total = totals.get(key) ?? ZERO_AMOUNT;
    const posted = ledger.consumed.get(key).credits;
    const in_ledger = `credits of ${formatKey(key)} in the ledger`;
    if (dateOfKey(key) >= checkedFrom(key, examination)) {
      compare(
        examination,
        `day total of ${formatKey(key)}`,
        formatAmount(expected.get(key)),
        formatAmount(total),
      );
      compare(examination, in_ledger, expected.get(key).credits, posted);
    } else {
      compare(examination, `${in_ledger}, against its day total`, total.credits, posted);
    }
  }
  await checkClosedDays(examination, ledger, totals);
}

/** Returns the first date on which a total is checked against the facts. */
function checkedFrom(key: string, { checked_from }: Examination): string {
  const is_of_replies = key.split(" ")[1] === REPLIES;
  return is_of_replies && checked_from !== "" ? addDays(checked_from, REPORTED_WITHIN_DAYS) : checked_from;
}

async function readTotals({ company, snapshot }: Examination): Promise<Map<string, Amount>> {
  const totals = new Map<string, Amount>();
  const pages = snapshot.pages<TotalRow>(
    statements.DAY_TOTALS,
    company,
    ["-infinity", "", ""],
    ({ local_date, feature, direction }) => [local_date, feature, direction],
    ROWS_A_PAGE,
  );
  for await (const rows of pages) {
    for (const { local_date, feature, direction, units, credits } of rows) {
      totals.set(sumKey(local_date, feature, direction), { units, credits });
    }
  }
  return totals;
}

/** Checks that every date is closed, in order and without a gap, up to the head's last closed day. */
async function checkClosedDays(
  examination: Examination,
  ledger: LedgerSums,
  totals: ReadonlyMap<string, Amount>,
): Promise<void> {
  const { company, created_on, head, snapshot } = examination;
  const keys_by_date = Map.groupBy([...totals.keys(), ...ledger.consumed.keys()], dateOfKey);
  let next = created_on;
  const pages = snapshot.pages<ClosedDayRow>(
    statements.CLOSED_DAYS,
    company,
    ["-infinity"],
    ({ local_date }) => [local_date],
    ROWS_A_PAGE,
  );
  for await (const rows of pages) {
    for (const row of rows) {
      compare(examination, `closed day after ${addDays(next, -1)}`, next, row.local_date);
      next = addDays(row.local_date, 1);
      checkFrozen(examination, ledger, totals, row, keys_by_date.get(row.local_date) ?? []);
    }
  }
  compare(examination, "last closed day, by the company's head", addDays(next, -1), head.closed_through);
}

/** Checks that a closing froze the totals posted by then: all entries that are not late. */
function checkFrozen(
  examination: Examination,
  ledger: LedgerSums,
  totals: ReadonlyMap<string, Amount>,
  { local_date, totals: rows }: ClosedDayRow,
  keys: readonly string[],
): void {
  const frozen = new Map(rows.map(({ feature, direction, units, credits }) => [
    sumKey(local_date, feature, direction),
    { units: BigInt(units), credits: BigInt(credits) },
  ]));
  for (const key of [...new Set([...keys, ...frozen.keys()])].sort()) {
    const { units, credits } = frozen.get(key) ?? ZERO_AMOUNT;
    const what = `of ${formatKey(key)} as frozen by the closing of the day`;
    compare(examination, `credits ${what}`, ledger.consumed_in_time.get(key).credits, credits);
    // With late entries, or entries that cost nothing, only the current units are known.
    const feature = key.split(" ")[1]!;
    if (ledger.changed_late.has(key) || examination.prices.wasEverFree(feature)) continue;
    compare(examination, `units ${what}`, totals.get(key)?.units ?? 0n, units);
  }
}
