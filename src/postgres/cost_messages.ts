/**
 * Delivered messages by price, counted through the months of Meta's accounts as `countDays` counts them. Only sums leave
 * Postgres, and the companies' own messages of the dates on which a count reaches a boundary.
 */

import {
  accountSpan,
  boundariesBy,
  type CompanyMessages,
  type CostMessagesQuery,
  countSpans,
  DATES_APART_MAX,
  messagesOfDay,
  type PassedDate,
  priceDates,
} from "../domain/meta_costs/cost_messages.ts";
import { addDays } from "../domain/calendar.ts";
import type { CostDay, MetaCategory } from "../domain/meta_costs/types.ts";
import type { CompanyId, LocalDate, Month } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import { COMPANIES, PASSED, PERIODS, PLACED, SUMS } from "./cost_messages_sql.ts";
import { CostRelations } from "./cost_relations.ts";
import type { Pool, PoolClient } from "./connection.ts";
import { safeInteger } from "./values.ts";

interface CountedCompany {
  readonly company_id: CompanyId;
  readonly key: bigint;
  readonly shares_numbers: boolean;
}

/** The columns of a counter: a category of a number, or of a portfolio and a market, within a month. */
interface CounterRow {
  readonly category: MetaCategory;
  readonly phone_number_id: string;
  readonly portfolio: number;
  readonly market: number;
}

type PassedRow =
  & CounterRow
  & Pick<PassedDate, "account_date">
  & Record<"counted_before" | "messages", bigint>;

type GroupRow =
  & Pick<CostDay, "phone_number_id" | "category" | "pricing_type" | "billable">
  & Record<"company" | "counted_before" | "messages", bigint>
  & { readonly country: string };

type SumRow = GroupRow & {
  readonly period: LocalDate;
  readonly date_at: number;
  readonly account_from: LocalDate | null;
  readonly counted_from: LocalDate | null;
};

type PlacedRow = GroupRow & Pick<CostDay, "local_date" | "account_date">;

/** The dates on which a counter reaches boundaries, ascending. */
interface Counter {
  readonly columns: CounterRow;
  readonly passed: readonly PassedDate[];
}

/**
 * One snapshot: a message that is counted in between would be at two places of its month. The sums fit in the memory. The
 * planner takes what is joined for small, and would sort it or loop over it for each row.
 */
const BEGIN = `
  begin isolation level repeatable read read only;
  set local work_mem = '64MB';
  set local jit = off;
  set local enable_nestloop = off;
  set local enable_mergejoin = off`;

/**
 * Reads the messages of companies by price.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function readCostMessages(pool: Pool, query: CostMessagesQuery): Promise<CompanyMessages[]> {
  const client = await pool.connect();
  try {
    await client.query(BEGIN);
    const reading = new Reading(client, query);
    const counters = await reading.counters();
    return [...await reading.sums(counters), ...await reading.placed(counters)];
  } finally {
    // A connection that cannot end its transaction is closed.
    const has_ended = await client.query("rollback").then(() => true, () => false);
    client.release(!has_ended);
  }
}

/** The statements of one query. */
class Reading {
  readonly #client: PoolClient;
  readonly #query: CostMessagesQuery;
  readonly #relations: CostRelations;
  /** The ids of the companies that count, by key. */
  #ids: ReadonlyMap<bigint, CompanyId> = new Map();

  constructor(client: PoolClient, query: CostMessagesQuery) {
    this.#client = client;
    this.#query = query;
    this.#relations = new CostRelations(query);
  }

  /** Finds the counters that reach boundaries, and when. The others have one price from their first message on. */
  async counters(): Promise<Counter[]> {
    const { companies, accounts } = this.#query;
    const counted = await this.#client.query<CountedCompany>(COMPANIES, [companies, accounts.companies()]);
    this.#ids = new Map(counted.rows.map(({ company_id, key }) => [key, company_id]));
    const boundaries = boundariesBy(this.#query);
    if (boundaries.size === 0) return [];
    const { from, to } = accountSpan(this.#query);
    const { rows } = await this.#client.query<PassedRow>(PASSED, [
      ...this.#relations.arrays(),
      from,
      to,
      [...this.#ids.keys()],
      counted.rows.filter(({ shares_numbers }) => shares_numbers).map(({ key }) => key),
      [...boundaries.keys()],
      [...boundaries.values()].map((counts) => `{${counts.join(",")}}`),
    ]);
    const by_counter = Map.groupBy(
      rows,
      ({ category, phone_number_id, portfolio, market }) =>
        JSON.stringify([category, phone_number_id, portfolio, market]),
    );
    return [...by_counter.values()].map((of_counter) => ({
      columns: of_counter[0]!,
      passed: of_counter.map(({ account_date, counted_before, messages }) => ({
        account_date,
        counted_before: safeInteger(counted_before),
        messages: safeInteger(messages),
      })),
    }));
  }

  /** Adds up the messages of dates on which their counter reaches no boundary. */
  async sums(counters: readonly Counter[]): Promise<CompanyMessages[]> {
    const { companies, from, to, by, accounts, card, more_dates } = this.#query;
    const price_dates = priceDates(this.#query);
    const dates = [...new Set([...price_dates, ...more_dates])].sort().filter((date) =>
      date >= price_dates[0]!
    );
    const spans = counters.flatMap(({ columns, passed }) =>
      countSpans(passed).map((span) => ({ columns, ...span }))
    );
    const { rows } = await this.#client.query<SumRow>(SUMS(PERIODS[by]), [
      ...this.#relations.arrays(new Set(companies)),
      from,
      to,
      companies.map(companyKey),
      dates,
      ...counterArrays(spans),
      spans.map((span) => span.from),
      spans.map(({ until }) => until),
      spans.map(({ counted_before }) => counted_before ?? null),
    ]);
    return rows.map((row) => {
      const { phone_number_id, category, pricing_type, billable } = row;
      const company = this.#ids.get(row.company)!;
      const country = row.country === "" ? undefined : row.country;
      const account_date = latest(dates[row.date_at - 1]!, row.account_from, row.counted_from);
      return {
        company,
        phone_number_id,
        period: by === "day" ? row.period : row.period.slice(0, 7) as Month,
        country,
        market: country && card.market(country, account_date),
        category,
        pricing_type,
        billable,
        currency: accounts.on(company, phone_number_id, account_date)?.currency,
        account_date,
        counted_before: safeInteger(row.counted_before),
        messages: safeInteger(row.messages),
      };
    });
  }

  /** Reads the messages of dates on which their counter reaches a boundary, and splits them by price. */
  async placed(counters: readonly Counter[]): Promise<CompanyMessages[]> {
    const { companies, from, to, accounts, card } = this.#query;
    const dates = counters.flatMap(({ columns, passed }) => passed.map((date) => ({ columns, ...date })))
      .sort((a, b) => a.account_date < b.account_date ? -1 : 1);
    if (dates.length === 0) return [];
    const { rows } = await this.#client.query<PlacedRow>(PLACED, [
      ...this.#relations.arrays(),
      from,
      to,
      companies.map(companyKey),
      [...this.#ids.keys()],
      addDays(dates[0]!.account_date, -DATES_APART_MAX),
      addDays(dates.at(-1)!.account_date, DATES_APART_MAX),
      ...counterArrays(dates),
      dates.map(({ account_date }) => account_date),
      dates.map(({ counted_before }) => counted_before),
    ]);
    return rows.flatMap((row) => {
      const { phone_number_id, account_date } = row;
      const company = this.#ids.get(row.company)!;
      const country = row.country === "" ? undefined : row.country;
      const day = {
        ...row,
        company,
        country,
        messages: safeInteger(row.messages),
        account: accounts.on(company, phone_number_id, account_date),
        market: country && card.market(country, account_date),
        counted_before: safeInteger(row.counted_before),
      };
      return messagesOfDay(day, this.#query);
    });
  }
}

/** Returns the arrays of counters. */
function counterArrays(rows: readonly { readonly columns: CounterRow }[]): unknown[] {
  return (["category", "phone_number_id", "portfolio", "market"] as const)
    .map((column) => rows.map(({ columns }) => columns[column]));
}

function latest(...dates: readonly (LocalDate | null)[]): LocalDate {
  return dates.filter((date) => date !== null).sort().at(-1)!;
}
