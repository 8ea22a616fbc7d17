import { formatKey, sumKey, type Sums } from "./difference.ts";
import { compare, type Examination } from "./examination.ts";
import * as statements from "./statements.ts";

interface UsageRow {
  readonly id: string;
  readonly feature: string;
  readonly quantity: bigint;
  readonly credits: bigint;
  readonly local_date: string;
  readonly at_ms: bigint;
}

const USAGES_A_PAGE = 2_000;

/**
 * Checks that every usage has the local date of its instant and costs its quantity at the price of that date.
 *
 * @param expected receives the sums of the usages
 */
export async function checkUsages(examination: Examination, expected: Sums): Promise<void> {
  const { checked_from, company, days, listener, prices, snapshot } = examination;
  const pages = snapshot.pages<UsageRow>(
    statements.USAGES,
    company,
    [""],
    ({ id }) => [id],
    USAGES_A_PAGE,
  );
  for await (const usages of pages) {
    listener.onRowsRead("usages", usages.length);
    for (const { id, feature, quantity, credits, local_date, at_ms } of usages) {
      const date = days.dateOf(Number(at_ms));
      compare(examination, `local date of usage ${id}`, date, local_date);
      const price = prices.ofUsage(feature, date, Number(at_ms));
      const cost = price === undefined ? undefined : price * quantity;
      const what = `credits of usage ${id}, ${formatKey(sumKey(date, feature, "none"))}`;
      compare(examination, what, cost ?? "a price, but none is defined", credits);
      if (date >= checked_from) expected.add(sumKey(date, feature, "none"), quantity, cost ?? credits);
    }
  }
}
