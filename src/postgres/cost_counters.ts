/** The counters of Meta's months, and the messages of the dates on which they reach boundaries. */

import {
  accountSpan,
  boundariesBy,
  type CostMessagesQuery,
  DATES_APART_MAX,
  type PassedDate,
} from "../domain/meta_costs/cost_messages.ts";
import type { AccountSpan, CountedDay } from "../domain/meta_costs/counting.ts";
import { addDays } from "../domain/calendar.ts";
import type { CostDay, MetaCategory } from "../domain/meta_costs/types.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import { PASSED, PLACED } from "./cost_messages_sql.ts";
import { accountArrays, marketArrays } from "./cost_relations.ts";
import type { PoolClient } from "./connection.ts";
import type { Counter, CounterRow } from "./portfolio_counts.ts";
import { safeInteger } from "./values.ts";

type PassedRow =
  & CounterRow
  & Pick<PassedDate, "account_date">
  & Record<"counted_before" | "messages", bigint>;

/** The columns of messages of one price. */
export type GroupRow =
  & Pick<CostDay, "phone_number_id" | "category" | "pricing_type" | "billable">
  & Record<"company" | "counted_before" | "messages", bigint>
  & { readonly country: string };

type PlacedRow = GroupRow & Pick<CostDay, "local_date" | "account_date">;

/** Counts the messages of one query in one transaction. */
export class Counting {
  readonly #client: PoolClient;
  readonly #query: CostMessagesQuery;
  readonly #dates: { readonly from: LocalDate; readonly to: LocalDate };
  readonly #market_arrays: readonly unknown[];
  readonly #boundaries: ReadonlyMap<MetaCategory, readonly number[]>;

  constructor(client: PoolClient, query: CostMessagesQuery) {
    this.#client = client;
    this.#query = query;
    this.#dates = accountSpan(query);
    this.#market_arrays = marketArrays(query);
    this.#boundaries = boundariesBy(query);
  }

  /** Finds the counters that reach boundaries, and when. The others have one price from their first message on. */
  async counters(
    accounts: readonly AccountSpan[],
    of_portfolios: readonly CompanyId[],
    of_numbers: readonly CompanyId[],
  ): Promise<Counter[]> {
    if (this.#boundaries.size === 0) return [];
    const { rows } = await this.#client.query<PassedRow>(PASSED, [
      ...accountArrays(accounts),
      ...this.#market_arrays,
      this.#dates.from,
      this.#dates.to,
      of_portfolios.map(companyKey),
      of_numbers.map(companyKey),
      [...this.#boundaries.keys()],
      [...this.#boundaries.values()].map((counts) => `{${counts.join(",")}}`),
    ]);
    const by_counter = Map.groupBy(
      rows,
      ({ category, phone_number_id, portfolio, market }) =>
        JSON.stringify([category, phone_number_id, portfolio, market]),
    );
    return [...by_counter.values()].map((of_counter) => {
      const { category, phone_number_id, portfolio, market } = of_counter[0]!;
      return {
        columns: { category, phone_number_id, portfolio, market },
        passed: of_counter.map(({ account_date, counted_before, messages }) => ({
          account_date,
          counted_before: safeInteger(counted_before),
          messages: safeInteger(messages),
        })),
      };
    });
  }

  /**
   * Reads the messages of companies on dates on which their counter reaches a boundary, in their place.
   *
   * @param accounts those of the counters' portfolios
   * @param counted the companies that the counters count
   */
  async placed(
    counters: readonly Counter[],
    accounts: readonly AccountSpan[],
    counted: readonly CompanyId[],
    companies: readonly CompanyId[],
  ): Promise<CountedDay[]> {
    const dates = counters.flatMap(({ columns, passed }) => passed.map((date) => ({ columns, ...date })))
      .sort((a, b) => a.account_date < b.account_date ? -1 : 1);
    if (dates.length === 0) return [];
    const { rows } = await this.#client.query<PlacedRow>(PLACED, [
      ...accountArrays(accounts),
      ...this.#market_arrays,
      addDays(dates[0]!.account_date, -DATES_APART_MAX),
      addDays(dates.at(-1)!.account_date, DATES_APART_MAX),
      companies.map(companyKey),
      counted.map(companyKey),
      ...counterArrays(dates),
      dates.map(({ account_date }) => account_date),
      dates.map(({ counted_before }) => counted_before),
    ]);
    const ids = idsOf(companies);
    return rows.map((row) => {
      const { phone_number_id, account_date, local_date, category, pricing_type, billable } = row;
      const company = ids.get(row.company)!;
      const country = row.country === "" ? undefined : row.country;
      return {
        company,
        local_date,
        account_date,
        phone_number_id,
        country,
        category,
        pricing_type,
        billable,
        messages: safeInteger(row.messages),
        account: this.#query.accounts.on(company, phone_number_id, account_date),
        market: country && this.#query.card.market(country, account_date),
        counted_before: safeInteger(row.counted_before),
      };
    });
  }
}

/** Returns the arrays of counters. */
export function counterArrays(rows: readonly { readonly columns: CounterRow }[]): unknown[] {
  return (["category", "phone_number_id", "portfolio", "market"] as const)
    .map((column) => rows.map(({ columns }) => columns[column]));
}

/** Returns the ids of companies by key. */
export function idsOf(companies: readonly CompanyId[]): ReadonlyMap<bigint, CompanyId> {
  return new Map(companies.map((company) => [companyKey(company), company]));
}
