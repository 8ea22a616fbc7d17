/**
 * The list of companies. Filters and orders read the rows of each company and of its current month, which is that of the
 * day after its last closed one. Only the rows of the page read phone numbers and settings.
 */

import { type CompanyQuery, type CompanySort, FOLDED_LETTERS } from "../domain/company_list.ts";
import type { ListedCompany } from "../domain/reports.ts";
import { PHONE_NUMBER_IDS, SETTINGS } from "./activation.ts";
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

/** SQL for whether a contract version is neither withdrawn nor only withdraws others. */
const canApply = (version: string) => `
  ${version}.reason <> 'taken_back' and not exists (
    select from contract_versions withdrawing
    where withdrawing.company_id = ${version}.company_id and ${version}.version = any(withdrawing.withdraws)
  )`;

/** SQL for the state of the package of company `c` today: the same as of `packageStatus`. */
const STATUS = `
  (select case
      when current.package_credits is null then case when pending.begins then 'scheduled' else 'none' end
      when pending.ends then 'ending' else 'active'
    end
  from (select) as once
  left join lateral (
    select version, package_credits from contract_versions v
    where v.company_id = c.company_id and v.effective_from <= ${TODAY} and ${canApply("v")}
    order by version desc limit 1
  ) current on true
  cross join lateral (
    select bool_or(v.reason = 'cancelled') as ends, bool_or(v.package_credits is not null) as begins
    from contract_versions v
    where v.company_id = c.company_id and v.effective_from > ${TODAY} and v.version > coalesce(current.version, 0)
      and ${canApply("v")} and not exists (
        select from contract_versions later
        where later.company_id = v.company_id and later.version > v.version
          and later.effective_from > ${TODAY} and later.effective_from <= v.effective_from and ${
  canApply("later")
}
      )
  ) pending)`;

type ListedRow = Omit<ListedCompany, "country"> & { readonly country: string | null };

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
  const text = `
    select c.company_id as company, c.name, c.locale, c.country, c.closed_through, sort_value,
      ${STATUS} as status, ${PHONE_NUMBER_IDS} as phone_number_ids, ${SETTINGS} as settings
    from (
      select c.*, ${VALUES[query.sort]} as sort_value
      from companies c
      left join periods p on p.company_id = c.company_id and p.month = to_char(${TODAY}, 'YYYY-MM')
      where ${conditions}
      order by ${order} limit ${query.limit}
    ) c
    order by ${order}`;
  const { rows } = await pool.query<ListedRow>(text, values);
  return rows.map((row) => ({ ...row, country: row.country ?? undefined }));
}

function conditionsOf(
  { sort, descending, after, company, name, status, in_excess }: CompanyQuery,
): Condition[] {
  const value = VALUES[sort];
  const comparison = descending ? "<" : ">";
  const conditions: Condition[] = [
    ["c.company_id = ?", company],
    [`strpos(${FOLDED_NAME}, ?::text) > 0`, name],
    [`${STATUS} = ?`, status],
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
