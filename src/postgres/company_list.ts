/**
 * The list of companies. Filters and orders read the rows of each company and of its current month, which is that of the
 * day after its last closed one. Only the rows of the page read phone numbers and settings.
 */

import { type CompanyQuery, type CompanySort, FOLDED_LETTERS } from "../domain/company_list.ts";
import type { ListedCompany } from "../domain/reports.ts";
import { PHONE_NUMBER_IDS, SETTINGS } from "./activation.ts";
import { companyKey } from "./company_key.ts";
import { type Condition, joinConditions } from "./conditions.ts";
import type { Pool } from "./connection.ts";

/** SQL for the current local date of company `c`. */
const TODAY = "(c.closed_through + 1)";

/** SQL for the folded name of company `c`. Most names have no letter to translate, which costs most. */
const FOLDED_NAME = `
  lower(case when octet_length(c.name) = char_length(c.name) then c.name
    else translate(c.name, '${FOLDED_LETTERS.from}', '${FOLDED_LETTERS.to}') end collate "C")`;

/** SQL for the credits that the current month `p` has consumed beyond its package. */
const EXCESS = "greatest(coalesce(p.consumed - p.granted, 0), 0)";

/** SQL for the value of each order: the same as of `sortValueOf`. */
const VALUES: Readonly<Record<CompanySort, string>> = {
  company: "c.company_id",
  name: FOLDED_NAME,
  available: "greatest(coalesce(p.granted - p.consumed, 0), 0)::float8",
  excess: `${EXCESS}::float8`,
  consumed: "coalesce(p.consumed, 0)::float8",
  share_used: "coalesce(p.consumed::float8 / greatest(p.granted, 1), 0)",
};

/**
 * SQL for the state of the package of each company of a table: the same as of `packageStatus`. It joins whole tables:
 * looking up the versions of one company after another takes ten times as long.
 */
const statusesOf = (companies: string) => `
  with versions as (
    select v.company, v.version, v.effective_from, v.reason, v.withdraws,
      v.package_credits is not null as has_package, ${TODAY} as today
    from ${companies} c join contract_versions v on v.company = c.key
  ), applicable as (
    select * from versions v
    where reason <> 'taken_back' and not exists (
      select from (select company, unnest(withdraws) as version from versions) withdrawn
      where withdrawn.company = v.company and withdrawn.version = v.version
    )
  ), current as (
    select distinct on (company) company, version, has_package from applicable
    where effective_from <= today order by company, version desc
  ), pending as (
    select a.company, bool_or(a.reason = 'cancelled') as ends, bool_or(a.has_package) as begins
    from applicable a left join current on current.company = a.company
    where a.effective_from > a.today and a.version > coalesce(current.version, 0) and not exists (
      select from applicable later
      where later.company = a.company and later.version > a.version
        and later.effective_from > later.today and later.effective_from <= a.effective_from
    )
    group by a.company
  )
  select c.key as company, case
      when current.has_package then case when pending.ends then 'ending' else 'active' end
      when pending.begins then 'scheduled' else 'none'
    end as status
  from ${companies} c
  left join current on current.company = c.key
  left join pending on pending.company = c.key`;

/** Reads the companies with the keys $1. */
const COMPANIES_OF_PAGE = `
  select c.key, c.company_id as company, c.name, c.locale, c.country, c.closed_through, status,
    ${PHONE_NUMBER_IDS} as phone_number_ids, ${SETTINGS} as settings
  from companies c join (${statusesOf("(select * from companies where key = any ($1::bigint[]))")}) of_page
    on of_page.company = c.key
  where c.key = any ($1::bigint[])`;

type PageRow = Pick<ListedCompany, "sort_value"> & { readonly key: bigint };
type ListedRow = Omit<ListedCompany, "country" | "sort_value"> & {
  readonly key: bigint;
  readonly country: string | null;
};

/**
 * Lists companies.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function readCompanyList(pool: Pool, query: CompanyQuery): Promise<ListedCompany[]> {
  const values: unknown[] = [];
  const conditions = joinConditions([["true"], ...conditionsOf(query)], values);
  const direction = query.descending ? "desc" : "asc";
  const order = `sort_value ${direction}, c.company_id`;
  const filtered_by_status = query.status === undefined
    ? ""
    : `join (${statusesOf("companies")}) s on s.company = c.key`;
  const text = `
    select c.key, c.company_id, ${VALUES[query.sort]} as sort_value
    from companies c
    left join periods p on p.company = c.key and p.month = to_char(${TODAY}, 'YYYY-MM')
    ${filtered_by_status}
    where ${conditions}
    order by ${order} limit ${query.limit}`;
  const { rows: page } = await pool.query<PageRow>(text, values);
  if (page.length === 0) return [];
  const { rows } = await pool.query<ListedRow>(COMPANIES_OF_PAGE, [page.map(({ key }) => key)]);
  const companies = new Map(rows.map((row) => [row.key, row]));
  return page.map(({ key, sort_value }) => {
    const { key: _, country, ...company } = companies.get(key)!;
    return { ...company, country: country ?? undefined, sort_value };
  });
}

function conditionsOf(
  { sort, descending, after, company, name, status, in_excess }: CompanyQuery,
): Condition[] {
  const value = VALUES[sort];
  const comparison = descending ? "<" : ">";
  const conditions: Condition[] = [
    ["c.key = ?", company === undefined ? undefined : companyKey(company)],
    [`strpos(${FOLDED_NAME}, ?::text) > 0`, name],
    ["s.status = ?", status],
    [`(${EXCESS} > 0) = ?`, in_excess],
  ];
  if (after === undefined) return conditions;
  // By id the position is a range of the primary key.
  return sort === "company"
    ? [...conditions, [`c.company_id ${comparison} ?`, after.company]]
    : [...conditions, [
      `(${value} ${comparison} ? or ${value} = ? and c.company_id > ?)`,
      after.value,
      after.value,
      after.company,
    ]];
}
