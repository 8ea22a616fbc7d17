/** What decides how messages count, as the parameters of a statement: arrays, one for each column of a relation. */

import { accountSpan, type CostMessagesQuery, priceDates } from "../domain/meta_costs/cost_messages.ts";
import type { AccountSpan } from "../domain/meta_costs/counting.ts";
import { COUNTRIES, type Market, OTHER } from "../domain/meta_costs/markets.ts";
import { nextDate } from "../domain/calendar.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";

/** The relations of one query: the portfolios of numbers and the markets of countries, by account dates. */
export class CostRelations {
  readonly #accounts: readonly AccountSpan[];
  readonly #portfolios: Numbering<string> = new Numbering();
  readonly #market_arrays: readonly unknown[];

  constructor(query: CostMessagesQuery) {
    const { from, to } = accountSpan(query);
    const until = nextDate(to);
    this.#accounts = query.accounts.spans(from, until);
    this.#market_arrays = marketArrays(query, until);
  }

  /**
   * Returns the arrays of the relations.
   *
   * @param companies those whose accounts matter; by default all
   */
  arrays(companies?: ReadonlySet<CompanyId>): unknown[] {
    const accounts = companies === undefined
      ? this.#accounts
      : this.#accounts.filter(({ account }) => companies.has(account.company));
    return [
      accounts.map(({ account }) => companyKey(account.company)),
      accounts.map(({ account }) => account.phone_number_id),
      accounts.map(({ from }) => from),
      accounts.map(({ until }) => until),
      accounts.map(({ account }) => this.#portfolios.of(account.portfolio_id)),
      ...this.#market_arrays,
    ];
  }
}

/** The arrays of markets: country, first date, date after them, and the number of the market. `Other` is 0, and absent. */
function marketArrays(query: CostMessagesQuery, until: LocalDate): unknown[] {
  const markets = new Numbering<Market>();
  markets.of(OTHER);
  const dates = priceDates(query);
  const rows = COUNTRIES.flatMap((country) =>
    dates.map((from, i) => ({
      country,
      from,
      until: dates[i + 1] ?? until,
      market: markets.of(query.card.market(country, from)),
    }))
  ).filter(({ market }) => market !== 0);
  return [
    rows.map(({ country }) => country),
    rows.map(({ from }) => from),
    rows.map((row) => row.until),
    rows.map(({ market }) => market),
  ];
}

/** Numbers values from 0, in the order in which they come. */
class Numbering<Value> {
  readonly #numbers = new Map<Value, number>();

  of(value: Value): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
