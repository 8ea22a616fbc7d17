/** The statements of `cost_messages.ts`. Their first parameters are the relations of `cost_relations.ts`. */

import { DATES_APART_MAX } from "../domain/meta_costs/cost_messages.ts";
import { OTHER } from "../domain/meta_costs/markets.ts";

/** The companies $1, and those that share a number with them: their service messages count together. */
export const SHARING = `
  with same_numbers as (
    select other.company_id from phone_numbers own join phone_numbers other using (phone_number_id)
    where own.company_id = any($1::text[]) and other.company_id <> own.company_id
  )
  select unnest($1::text[]) as company_id union select company_id from same_numbers`;

/**
 * What changes with every change of the companies $1 of the portfolios $2. Each change of a company raises its version,
 * with the rows that it writes.
 */
export const MARKS = `
  select p.portfolio, sum(c.version)::text as mark
  from unnest($1::bigint[], $2::text[]) as p(company, portfolio) join companies c on c.key = p.company
  group by 1`;

/** SQL for a relation whose columns are parameters, the first of them `$first`. */
function relation(name: string, first: number, columns: Readonly<Record<string, string>>): string {
  const arrays = Object.values(columns).map((type, i) => `$${first + i}::${type}[]`);
  return `unnest(${arrays.join(", ")}) as ${name}(${Object.keys(columns).join(", ")})`;
}

/** SQL that joins the account of a number on an account date, from the parameters $1 to $5. */
const ACCOUNT = `${
  relation("a", 1, {
    company: "bigint",
    phone_number_id: "text",
    first: "date",
    until: "date",
    portfolio: "text",
  })
}
      on a.company = d.company and a.phone_number_id = d.phone_number_id
      and d.account_date >= a.first and d.account_date < a.until`;

/** SQL that joins the market of a country on an account date, from the parameters $6 to $9. */
const MARKET = `${relation("m", 6, { country: "text", first: "date", until: "date", market: "text" })}
      on m.country = d.country and d.account_date >= m.first and d.account_date < m.until`;

const GROUP = "d.phone_number_id, d.country, d.category, d.pricing_type, d.billable";

/** SQL for whether messages are free, as `isFree` decides it. */
const IS_FREE = `
      case d.pricing_type when 'unknown' then not d.billable and d.category <> 'unknown'
        else d.pricing_type <> 'regular' or not d.billable end`;

/** SQL for whether messages count with those of their number, as `countsWith` decides it. */
const BY_NUMBER = "d.category = 'service' and d.pricing_type <> 'free_entry_point'";

/** SQL for whether messages count with those of their portfolio, as `countsWith` decides it. */
const BY_PORTFOLIO = `d.category <> 'service' and d.country <> '' and not (${IS_FREE})`;

/** The columns of a counter within a month: a category of a number, or of a portfolio and a market. */
const COUNTER = {
  category: "meta_category",
  phone_number_id: "text",
  portfolio: "text",
  market: "text",
} as const;

/** SQL for whether a row counts with a counter of another relation. */
const countsWith = (other: string) => `
      ${other}.category = d.category
      and ${other}.phone_number_id = case d.category when 'service' then d.phone_number_id else '' end
      and ${other}.portfolio = case d.category when 'service' then '' else a.portfolio end
      and ${other}.market = case d.category when 'service' then '' else coalesce(m.market, '${OTHER}') end
      and (${BY_NUMBER} or ${BY_PORTFOLIO})`;

/** SQL for the account dates of a statement. The index is by local date. */
const ACCOUNT_DATES = `d.account_date between $10 and $11
      and d.local_date between $10::date - ${DATES_APART_MAX} and $11::date + ${DATES_APART_MAX}`;

/**
 * The account dates from $10 to $11 on which counters reach one of the boundaries $15 of their category $14, with their
 * last message too. Portfolios count the companies $12, numbers the companies $13. Citus computes each of the two alone: it
 * cannot add up their union.
 */
export const PASSED = `
  with of_portfolios as materialized (
    select d.category, '' as phone_number_id, a.portfolio, d.country, d.account_date, sum(d.messages) as messages
    from cost_days d join ${ACCOUNT}
    where d.company = any($12::bigint[]) and d.category = any($14::meta_category[]) and d.messages > 0
      and ${BY_PORTFOLIO} and ${ACCOUNT_DATES}
    group by 1, 2, 3, 4, 5
  ), of_numbers as materialized (
    select d.category, d.phone_number_id, '' as portfolio, '' as country, d.account_date, sum(d.messages) as messages
    from cost_days d
    where d.company = any($13::bigint[]) and d.category = any($14::meta_category[]) and d.messages > 0
      and ${BY_NUMBER} and ${ACCOUNT_DATES}
    group by 1, 2, 3, 4, 5
  ), rows as (
    select * from of_portfolios union all select * from of_numbers
  ), days as (
    select d.category, d.phone_number_id, d.portfolio,
      case d.category when 'service' then '' else coalesce(m.market, '${OTHER}') end as market, d.account_date,
      sum(d.messages)::bigint as messages
    from rows d left join ${MARKET}
    group by 1, 2, 3, 4, 5
  ), counts as (
    select *, sum(messages) over (
      partition by category, phone_number_id, portfolio, market, date_trunc('month', account_date)
      order by account_date
    )::bigint - messages as counted_before
    from days
  )
  select counts.* from counts join unnest($14::meta_category[], $15::text[]) as b(category, boundaries)
    on b.category = counts.category
  where width_bucket(counted_before, b.boundaries::bigint[])
    <> width_bucket(counted_before + messages, b.boundaries::bigint[])
  order by account_date`;

/**
 * The messages of the companies $12 on the local dates $10 to $11, split at the account dates $13, the changes of
 * accounts and the spans of their counters, which follow. Those of dates that reach a boundary are absent.
 */
export const SUMS = (period: string) => `
  select d.company, ${period} as period, ${GROUP}, width_bucket(d.account_date, $13::date[]) as date_at,
    a.first as account_from, s.first as counted_from, coalesce(s.counted_before, 0) as counted_before,
    sum(d.messages)::bigint as messages
  from cost_days d left join ${ACCOUNT} left join ${MARKET}
    left join ${relation("s", 14, { ...COUNTER, first: "date", until: "date", counted_before: "bigint" })}
      on ${countsWith("s")} and d.account_date >= s.first and d.account_date < s.until
  where d.company = any($12::bigint[]) and d.local_date between $10 and $11 and d.messages > 0
    and (s.first is null or s.counted_before is not null)
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11`;

/** SQL for what messages are added up by. */
export const PERIODS = { day: "d.local_date", month: "date_trunc('month', d.local_date)::date" } as const;

/**
 * The messages of the companies $12 on dates of counters, which follow, with what is counted before them in the order of
 * COUNT-4. The companies $13 count, on the local dates $10 to $11.
 */
export const PLACED = `
  with placed as (
    select d.company, d.local_date, d.account_date, ${GROUP}, d.messages,
      p.counted_before - d.messages + sum(d.messages) over (
        partition by p.category, p.phone_number_id, p.portfolio, p.market, p.account_date
        order by d.local_date, ${IS_FREE} desc, d.phone_number_id, c.company_id, d.country,
          d.pricing_type, d.billable
      )::bigint as counted_before
    from cost_days d left join ${ACCOUNT} left join ${MARKET}
      join ${relation("p", 14, { ...COUNTER, account_date: "date", counted_before: "bigint" })}
        on ${countsWith("p")} and p.account_date = d.account_date
      join companies c on c.key = d.company
    where d.company = any($13::bigint[]) and d.messages > 0 and d.local_date between $10 and $11
  )
  select * from placed where company = any($12::bigint[])`;
