/** The statements of `cost_messages.ts`. */

import { DATES_APART_MAX } from "../domain/meta_costs/cost_messages.ts";

/**
 * The companies whose messages count with those of the companies $1: they share a number with them, so that service
 * messages count together, or are of $2 and share a portfolio.
 */
export const COMPANIES = `
  with same_numbers as (
    select other.company_id from phone_numbers own join phone_numbers other using (phone_number_id)
    where own.company_id = any($1::text[]) and other.company_id <> own.company_id
  )
  select company_id, key,
    company_id = any($1::text[]) or company_id in (select company_id from same_numbers) as shares_numbers
  from companies
  where company_id = any($1::text[] || $2::text[]) or company_id in (select company_id from same_numbers)`;

/** SQL for the rows of `cost_days` of account dates. The index is by local date. */
const DATED = (from: string, to: string) => `
  d.account_date between ${from} and ${to}
  and d.local_date between ${from}::date - ${DATES_APART_MAX} and ${to}::date + ${DATES_APART_MAX}`;

const GROUP = "phone_number_id, d.country, d.category, d.pricing_type, d.billable";

/** SQL for groups with the dates that are given with them. */
const groupsFrom = (first: number) => {
  const at = (i: number) => `$${first + i}`;
  return `
    unnest(${at(0)}::int[], ${at(1)}::bigint[], ${at(2)}::text[], ${at(3)}::text[], ${at(4)}::meta_category[],
      ${at(5)}::pricing_type[], ${at(6)}::boolean[], ${at(7)}::text[], ${at(8)}::text[])
      as g(counter, company, phone_number_id, country, category, pricing_type, billable, first, second)`;
};

const SAME_GROUP = `
  d.company = g.company and d.phone_number_id = g.phone_number_id and d.country = g.country
  and d.category = g.category and d.pricing_type = g.pricing_type and d.billable = g.billable`;

/** The groups of account dates $2 to $3, split at the dates $4 and at the changes of accounts: service only of $9. */
export const GROUPS = `
  select d.company, d.${GROUP}, width_bucket(d.account_date, $4::date[]) as date_at,
    coalesce(width_bucket(d.account_date, a.dates::date[]), 0) as account_at, sum(d.messages)::bigint as messages
  from cost_days d left join unnest($5::bigint[], $6::text[], $7::text[]) as a(company, phone_number_id, dates)
    on a.company = d.company and a.phone_number_id = d.phone_number_id
  where d.company = any($1::bigint[]) and ${DATED("$2", "$3")} and d.category = any($8::meta_category[])
    and (d.category <> 'service' or d.company = any($9::bigint[])) and d.messages > 0
  group by 1, 2, 3, 4, 5, 6, 7, 8`;

/**
 * The dates on which counters reach one of their boundaries, with their last message too. A group's dates are from its
 * first to before its second.
 */
export const PASSED = `
  with days as (
    select g.counter, d.category, d.account_date, sum(d.messages)::bigint as messages
    from ${groupsFrom(1)} join cost_days d on ${SAME_GROUP}
      and d.account_date >= g.first::date and d.account_date < g.second::date
      and d.local_date between g.first::date - ${DATES_APART_MAX} and g.second::date + ${DATES_APART_MAX}
    group by 1, 2, 3
  ), counts as (
    select counter, category, account_date, messages,
      sum(messages) over (partition by counter order by account_date)::bigint - messages as counted_before
    from days
  )
  select counter, account_date, counted_before, messages
  from counts join unnest($10::meta_category[], $11::text[]) as b(category, boundaries)
    on b.category = counts.category
  where width_bucket(counted_before, b.boundaries::bigint[])
    <> width_bucket(counted_before + messages, b.boundaries::bigint[])
  order by counter, account_date`;

/** Every row of the groups on their dates. */
export const DAYS = `
  select g.counter, d.company, d.local_date, d.account_date, d.${GROUP}, d.messages
  from ${groupsFrom(1)} join cost_days d on ${SAME_GROUP} and d.account_date = g.first::date
    and d.local_date between g.first::date - ${DATES_APART_MAX} and g.first::date + ${DATES_APART_MAX}
  where d.messages > 0`;

/** The messages of local dates $2 to $3, split at the dates $4, the changes of accounts, and the dates of their group. */
export const SUMS = (period: string) => `
  select d.company, ${period} as period, d.${GROUP}, width_bucket(d.account_date, $4::date[]) as date_at,
    coalesce(width_bucket(d.account_date, a.dates::date[]), 0) as account_at,
    coalesce(width_bucket(d.account_date, g.first::date[]), 0) as cut_at, sum(d.messages)::bigint as messages
  from cost_days d left join unnest($5::bigint[], $6::text[], $7::text[]) as a(company, phone_number_id, dates)
    on a.company = d.company and a.phone_number_id = d.phone_number_id
  left join ${groupsFrom(8)} on ${SAME_GROUP}
  where d.company = any($1::bigint[]) and d.local_date between $2 and $3 and d.messages > 0
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`;

/** SQL for what messages are added up by. */
export const PERIODS = { day: "d.local_date", month: "date_trunc('month', d.local_date)::date" } as const;
