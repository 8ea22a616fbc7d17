/**
 * Delivered messages by price, counted through the months of Meta's accounts as `countDays` counts them. Only sums leave
 * Postgres, and the companies' own messages of the dates on which a count reaches a boundary.
 */

import {
  accountSpan,
  type CompanyMessages,
  type CostMessagesQuery,
  countSpans,
  messagesOfDay,
  priceDates,
} from "../domain/meta_costs/cost_messages.ts";
import type { AccountSpan } from "../domain/meta_costs/counting.ts";
import { nextDate } from "../domain/calendar.ts";
import type { CompanyId, LocalDate, Month } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import { counterArrays, Counting, type GroupRow, idsOf } from "./cost_counters.ts";
import { MARKS, PERIODS, SHARING, SUMS } from "./cost_messages_sql.ts";
import { accountArrays, marketArrays } from "./cost_relations.ts";
import type { Counter, CountsBasis, PortfolioCounts, PortfolioCountsCache } from "./portfolio_counts.ts";
import type { Pool, PoolClient } from "./connection.ts";
import { safeInteger } from "./values.ts";

type SumRow = GroupRow & {
  readonly period: LocalDate;
  readonly date_at: number;
  readonly account_from: LocalDate | null;
  readonly counted_from: LocalDate | null;
};

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
 * @param cache keeps what portfolios have counted
 * @throws {Error} when Postgres cannot be reached
 */
export async function readCostMessages(
  pool: Pool,
  cache: PortfolioCountsCache,
  query: CostMessagesQuery,
): Promise<CompanyMessages[]> {
  const client = await pool.connect();
  try {
    await client.query(BEGIN);
    return await new Reading(client, cache, query).messages();
  } finally {
    // A connection that cannot end its transaction is closed.
    const has_ended = await client.query("rollback").then(() => true, () => false);
    client.release(!has_ended);
  }
}

/** The statements of one query. */
class Reading {
  readonly #client: PoolClient;
  readonly #cache: PortfolioCountsCache;
  readonly #query: CostMessagesQuery;
  /** The account dates, both inclusive. */
  readonly #dates: { readonly from: LocalDate; readonly to: LocalDate };
  readonly #accounts: readonly AccountSpan[];
  readonly #counting: Counting;

  constructor(client: PoolClient, cache: PortfolioCountsCache, query: CostMessagesQuery) {
    this.#client = client;
    this.#cache = cache;
    this.#query = query;
    this.#dates = accountSpan(query);
    this.#accounts = query.accounts.spans(this.#dates.from, nextDate(this.#dates.to));
    this.#counting = new Counting(client, query);
  }

  async messages(): Promise<CompanyMessages[]> {
    const { companies, from, to } = this.#query;
    const portfolios = await this.#portfolios();
    const of_numbers = await this.#numberCounters();
    const counters = [...portfolios.flatMap((counts) => counts.counters), ...of_numbers.counters];
    const days = [
      ...companies.flatMap((company) => portfolios.flatMap(({ placed }) => placed.get(company) ?? [])),
      ...await this.#counting.placed(of_numbers.counters, [], of_numbers.sharing, companies),
    ].filter(({ local_date }) => local_date >= from && local_date <= to);
    return [...await this.#sums(counters), ...days.flatMap((day) => messagesOfDay(day, this.#query))];
  }

  /** Returns the counts of the companies' portfolios. */
  async #portfolios(): Promise<PortfolioCounts[]> {
    const own = new Set(this.#query.companies);
    const by_portfolio = Map.groupBy(this.#accounts, ({ account }) => account.portfolio_id);
    const bases = await this.#bases(
      new Map([...by_portfolio].filter(([, spans]) => spans.some(({ account }) => own.has(account.company)))),
    );
    const found = bases.map((basis) => ({ basis, counts: this.#cache.find(basis) }));
    const missing = found.filter(({ counts }) => counts === undefined).map(({ basis }) => basis);
    const counted = await this.#count(missing);
    return found.map(({ basis, counts }) => counts ?? counted.get(basis.portfolio)!);
  }

  /** Reads what the counts of portfolios depend on. */
  async #bases(by_portfolio: ReadonlyMap<string, readonly AccountSpan[]>): Promise<CountsBasis[]> {
    const members = [...by_portfolio].flatMap(([portfolio, spans]) =>
      companiesOf(spans).map((company) => ({ portfolio, company }))
    );
    if (members.length === 0) return [];
    const { rows } = await this.#client.query<Pick<CountsBasis, "portfolio" | "mark">>(MARKS, [
      members.map(({ company }) => companyKey(company)),
      members.map(({ portfolio }) => portfolio),
    ]);
    return rows.map(({ portfolio, mark }) => ({
      ...this.#dates,
      portfolio,
      mark,
      accounts: by_portfolio.get(portfolio)!,
      card: this.#query.card,
    }));
  }

  /** Counts the messages of portfolios. Large ones are placed for the companies of the query alone, and not kept. */
  async #count(bases: readonly CountsBasis[]): Promise<Map<string, PortfolioCounts>> {
    if (bases.length === 0) return new Map();
    const accounts = bases.flatMap((basis) => basis.accounts);
    const counters = await this.#counting.counters(accounts, companiesOf(accounts), []);
    const by_portfolio = Map.groupBy(counters, ({ columns }) => columns.portfolio);
    const passed = counters.reduce((sum, counter) => sum + counter.passed.length, 0);
    const is_kept = accounts.length * (passed + 1) <= this.#cache.kept_max;
    const companies = companiesOf(accounts);
    const days = await this.#counting.placed(
      counters,
      accounts,
      companies,
      is_kept ? companies : this.#query.companies,
    );
    const placed = Map.groupBy(days, ({ account }) => account!.portfolio_id);
    return new Map(bases.map((basis) => {
      const counts = {
        counters: by_portfolio.get(basis.portfolio) ?? [],
        placed: Map.groupBy(placed.get(basis.portfolio) ?? [], ({ company }) => company),
      };
      if (is_kept) this.#cache.keep(basis, counts);
      return [basis.portfolio, counts];
    }));
  }

  /** Counts the messages of the companies' numbers, with those of other companies that had them. */
  async #numberCounters(): Promise<{ readonly counters: Counter[]; readonly sharing: CompanyId[] }> {
    const { rows } = await this.#client.query<{ company_id: CompanyId }>(SHARING, [this.#query.companies]);
    const sharing = rows.map(({ company_id }) => company_id);
    return { counters: await this.#counting.counters([], [], sharing), sharing };
  }

  /** Adds up the messages of dates on which their counter reaches no boundary. */
  async #sums(counters: readonly Counter[]): Promise<CompanyMessages[]> {
    const { companies, from, to, by, accounts, card, more_dates } = this.#query;
    const own = new Set(companies);
    const ids = idsOf(companies);
    const price_dates = priceDates(this.#query);
    const dates = [...new Set([...price_dates, ...more_dates])].sort().filter((date) =>
      date >= price_dates[0]!
    );
    const spans = counters.flatMap(({ columns, passed }) =>
      countSpans(passed).map((span) => ({ columns, ...span }))
    );
    const { rows } = await this.#client.query<SumRow>(SUMS(PERIODS[by]), [
      ...accountArrays(this.#accounts.filter(({ account }) => own.has(account.company))),
      ...marketArrays(this.#query),
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
      const company = ids.get(row.company)!;
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
}

function companiesOf(spans: readonly AccountSpan[]): CompanyId[] {
  return [...new Set(spans.map(({ account }) => account.company))];
}

function latest(...dates: readonly (LocalDate | null)[]): LocalDate {
  return dates.filter((date) => date !== null).sort().at(-1)!;
}
