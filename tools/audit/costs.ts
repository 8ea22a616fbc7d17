/** Checks the counts of messages that Meta prices against the facts. */

import { formatCount } from "./difference.ts";
import { compare, type Examination } from "./examination.ts";
import { type CostCounts, type CountedGroup, groupKey, REPORTED_WITHIN_DAYS } from "./expected_costs.ts";
import { addDays } from "./local_days.ts";
import * as statements from "./statements.ts";

/** A row of `cost_days`. */
interface CostRow extends CountedGroup {
  readonly messages: bigint;
}

const ROWS_A_PAGE = 1_000;

/** Compares the stored counts with those of the facts, for the dates on which all facts of a message are stored. */
export async function checkCosts(examination: Examination, expected: CostCounts): Promise<void> {
  const { checked_from, company, snapshot } = examination;
  const from = checked_from === "" ? "" : addDays(checked_from, REPORTED_WITHIN_DAYS);
  const found: CostCounts = new Map();
  const pages = snapshot.pages<CostRow>(
    statements.COST_DAYS,
    company,
    ["-infinity", "-infinity", "", "", "marketing", "regular", false],
    (row) => [
      row.local_date,
      row.account_date,
      row.phone_number_id,
      row.country,
      row.category,
      row.pricing_type,
      row.billable,
    ],
    ROWS_A_PAGE,
  );
  for await (const rows of pages) {
    for (const row of rows) found.set(groupKey(row), row.messages);
  }
  for (const group of [...new Set([...expected.keys(), ...found.keys()])].sort()) {
    if (group.slice(0, 10) < from) continue;
    compare(
      examination,
      `messages of ${group}`,
      formatCount(expected.get(group) ?? 0n, "message"),
      formatCount(found.get(group) ?? 0n, "message"),
    );
  }
}
