/**
 * Delivered messages by price, counted through the months of Meta's accounts as `countDays` counts them. Only sums leave
 * Postgres, and the days on which a count passes a boundary.
 */

import {
  accountSpan,
  boundariesBy,
  type CompanyMessages,
  type CostMessagesQuery,
  countedBefore,
  type Counter,
  cutsAround,
  type GroupSpan,
  messagesOf,
  type PassedDate,
  passingCounters,
  priceDates,
} from "../domain/meta_costs/cost_messages.ts";
import type { AccountChanges } from "../domain/meta_costs/counting.ts";
import type { CostDay } from "../domain/meta_costs/types.ts";
import { nextDate } from "../domain/calendar.ts";
import type { CompanyId, LocalDate, Month } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import { arrayText, groupArrays, groupKey, type GroupRow, toGroupRow } from "./cost_groups.ts";
import type { Pool, PoolClient } from "./connection.ts";
import { COMPANIES, DAYS, GROUPS, PASSED, PERIODS, SUMS } from "./cost_messages_sql.ts";
import { safeInteger } from "./values.ts";

type DatedRow = GroupRow & Record<"date_at" | "account_at", number> & { readonly messages: bigint };

interface CountedCompany {
  readonly company_id: CompanyId;
  readonly key: bigint;
  readonly shares_numbers: boolean;
}

type PassedRow = Record<"counted_before" | "messages", bigint>;

type DayRow = GroupRow & Pick<CostDay, "local_date" | "account_date"> & {
  readonly counter: number;
  readonly messages: bigint;
};

/** A counter that passes boundaries, with the dates on which it does. */
interface PassingCounter extends Counter {
  readonly passed: readonly PassedDate[];
}

/** One snapshot: a message that is counted in between would be at two places of its month. The sums fit in the memory. */
const BEGIN = `
  begin isolation level repeatable read read only;
  set local work_mem = '64MB';
  set local jit = off`;

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
    const counters = await reading.passingCounters();
    return [...await reading.sums(counters), ...await reading.daysThatPass(counters)];
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
  readonly #price_dates: readonly LocalDate[];
  /** By number, the dates on which its account changes. */
  readonly #changes: readonly AccountChanges[];
  readonly #changes_of: ReadonlyMap<string, readonly LocalDate[]>;
  /** The ids of the companies that are read, by key. */
  #ids: ReadonlyMap<bigint, CompanyId> = new Map();

  constructor(client: PoolClient, query: CostMessagesQuery) {
    this.#client = client;
    this.#query = query;
    this.#price_dates = priceDates(query);
    const { from, to } = accountSpan(query);
    this.#changes = query.accounts.changes(from, to);
    this.#changes_of = new Map(this.#changes.map((change) => [numberKey(change), change.dates]));
  }

  /** Finds the counters that pass boundaries, and when. */
  async passingCounters(): Promise<PassingCounter[]> {
    const { companies, accounts } = this.#query;
    const counted = await this.#client.query<CountedCompany>(COMPANIES, [
      companies,
      accounts.companies(),
    ]);
    this.#ids = new Map(counted.rows.map(({ company_id, key }) => [key, company_id]));
    const boundaries = boundariesBy(this.#query);
    if (boundaries.size === 0) return [];
    const { from, to } = accountSpan(this.#query);
    const rows = await this.#read<DatedRow>(GROUPS, [
      [...this.#ids.keys()],
      from,
      to,
      this.#price_dates,
      ...this.#changeArrays(),
      [...boundaries.keys()],
      counted.rows.filter(({ shares_numbers }) => shares_numbers).map(({ key }) => key),
    ]);
    const counters = passingCounters(rows.map((row) => this.#toSpan(row)), this.#query, boundaries);
    if (counters.length === 0) return [];
    const groups = counters.flatMap((counter, i) =>
      counter.groups.map((group) => ({
        counter: i,
        group: toGroupRow(group),
        first: group.from,
        second: group.until,
      }))
    );
    const passed = await this.#client.query<{ counter: number; account_date: LocalDate } & PassedRow>(
      PASSED,
      [
        ...groupArrays(groups),
        [...boundaries.keys()],
        [...boundaries.values()].map(arrayText),
      ],
    );
    const by_counter = Map.groupBy(passed.rows, (row) => row.counter);
    return counters.map((counter, i) => ({
      ...counter,
      passed: (by_counter.get(i) ?? []).map(({ account_date, counted_before, messages }) => ({
        account_date,
        counted_before: safeInteger(counted_before),
        messages: safeInteger(messages),
      })),
    }));
  }

  /** Adds up the messages of dates on which their counter passes no boundary. */
  async sums(counters: readonly PassingCounter[]): Promise<CompanyMessages[]> {
    const { companies, from, to, by, accounts, card, more_dates } = this.#query;
    const cuts = cutsByGroup(counters);
    const dates = [...new Set([...this.#price_dates, ...more_dates])].sort()
      .filter((date) => date >= this.#price_dates[0]!);
    const rows = await this.#read<DatedRow & { period: LocalDate; cut_at: number }>(
      SUMS(PERIODS[by]),
      [
        companies.map(companyKey),
        from,
        to,
        dates,
        ...this.#changeArrays(),
        ...groupArrays(
          [...cuts.values()].map(({ group, dates }) => ({ counter: 0, group, first: arrayText(dates) })),
        ),
      ],
    );
    return rows.flatMap((row) => {
      const { company, phone_number_id, category, pricing_type, billable } = row;
      const cut = cuts.get(groupKey(row));
      const account_date = latest(
        dates[row.date_at - 1],
        this.#changes_of.get(numberKey(row))?.[row.account_at - 1],
        cut?.dates[row.cut_at - 1],
      );
      const passed = cut?.passedOn(account_date) ?? [];
      if (passed.some((date) => date.account_date === account_date)) return [];
      const country = row.country === "" ? undefined : row.country;
      return [{
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
        counted_before: countedBefore(passed, account_date),
        messages: safeInteger(row.messages),
      }];
    });
  }

  /** Reads the days on which counters pass boundaries, and splits them by price. */
  async daysThatPass(counters: readonly PassingCounter[]): Promise<CompanyMessages[]> {
    const groups = counters.flatMap(({ groups, passed }, counter) =>
      passed.flatMap(({ account_date }) =>
        groups.filter(({ from, until }) => from <= account_date && account_date < until)
          .map((group) => ({ counter, group: toGroupRow(group), first: account_date }))
      )
    );
    if (groups.length === 0) return [];
    const rows = await this.#read<DayRow>(DAYS, groupArrays(groups));
    const by_date = Map.groupBy(rows, ({ counter, account_date }) => `${counter} ${account_date}`);
    return [...by_date.values()].flatMap((of_date) => {
      const { counter, account_date } = of_date[0]!;
      const { counted_before } = counters[counter]!.passed.find((date) =>
        date.account_date === account_date
      )!;
      return messagesOf(of_date.map(toCostDay), this.#query, counted_before);
    });
  }

  /** Reads rows, and names their companies. */
  async #read<Row extends GroupRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#client.query<Row & { company: bigint }>(text, [...values]);
    return rows.map((row) => ({ ...row, company: this.#ids.get(row.company)! }));
  }

  #toSpan(row: DatedRow): GroupSpan {
    const changes = this.#changes_of.get(numberKey(row)) ?? [];
    const [begun, begins] = [this.#price_dates[row.date_at - 1]!, this.#price_dates[row.date_at]];
    const [changed, changes_next] = [changes[row.account_at - 1], changes[row.account_at]];
    const after = nextDate(accountSpan(this.#query).to);
    return {
      ...row,
      country: row.country === "" ? undefined : row.country,
      from: latest(begun, changed),
      until: [begins, changes_next, after].filter((date) => date !== undefined).sort()[0]!,
      messages: safeInteger(row.messages),
    };
  }

  #changeArrays(): unknown[] {
    return [
      this.#changes.map(({ company }) => companyKey(company)),
      this.#changes.map(({ phone_number_id }) => phone_number_id),
      this.#changes.map(({ dates }) => arrayText(dates)),
    ];
  }
}

/** A group of counters that pass boundaries, with the dates that separate its messages by price. */
interface GroupCuts {
  readonly group: GroupRow;
  readonly dates: readonly LocalDate[];
  /** Returns the dates on which the counter of the group on a date passes boundaries. */
  passedOn(date: LocalDate): readonly PassedDate[];
}

function cutsByGroup(counters: readonly PassingCounter[]): Map<string, GroupCuts> {
  const spans = counters.flatMap(({ groups, passed }) =>
    groups.map((span) => ({ ...span, group: toGroupRow(span), passed }))
  );
  const by_group = Map.groupBy(spans, ({ group }) => groupKey(group));
  return new Map([...by_group].map(([key, of_group]) => [key, {
    group: of_group[0]!.group,
    dates: cutsAround(of_group.flatMap(({ passed }) => passed)),
    passedOn: (date) => of_group.find(({ from, until }) => from <= date && date < until)?.passed ?? [],
  }]));
}

function latest(...dates: readonly (LocalDate | undefined)[]): LocalDate {
  return dates.filter((date) => date !== undefined).sort().at(-1)!;
}

function toCostDay({ country, messages, counter: _, ...row }: DayRow): CostDay {
  return { ...row, country: country === "" ? undefined : country, messages: safeInteger(messages) };
}

function numberKey(
  { company, phone_number_id }: { readonly company: CompanyId; readonly phone_number_id: string },
): string {
  return `${company} ${phone_number_id}`;
}
