/** What decides how messages count, as the parameters of a statement: arrays, one for each column of a relation. */

import { accountSpan, type CostMessagesQuery, priceDates } from "../domain/meta_costs/cost_messages.ts";
import type { AccountSpan } from "../domain/meta_costs/counting.ts";
import { COUNTRIES, OTHER } from "../domain/meta_costs/markets.ts";
import { nextDate } from "../domain/calendar.ts";
import { companyKey } from "./company_key.ts";

/** Returns the arrays of accounts: company, number, first date, date after them, and portfolio. */
export function accountArrays(spans: readonly AccountSpan[]): unknown[] {
  return [
    spans.map(({ account }) => companyKey(account.company)),
    spans.map(({ account }) => account.phone_number_id),
    spans.map(({ from }) => from),
    spans.map(({ until }) => until),
    spans.map(({ account }) => account.portfolio_id),
  ];
}

/** Returns the arrays of markets: country, first date, date after them, and market. Countries of `Other` are absent. */
export function marketArrays(query: CostMessagesQuery): unknown[] {
  const until = nextDate(accountSpan(query).to);
  const dates = priceDates(query);
  const rows = COUNTRIES.flatMap((country) =>
    dates.map((from, i) => ({
      country,
      from,
      until: dates[i + 1] ?? until,
      market: query.card.market(country, from),
    }))
  ).filter(({ market }) => market !== OTHER);
  return [
    rows.map(({ country }) => country),
    rows.map(({ from }) => from),
    rows.map((row) => row.until),
    rows.map(({ market }) => market),
  ];
}
