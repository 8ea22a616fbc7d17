import type { LabelledUsage, LabelledUsageQuery } from "../domain/reports.ts";
import type { Direction, FeatureCode, LocalDate } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import type { Pool } from "./connection.ts";
import { FEATURE } from "./ledger_columns.ts";
import { toCredits } from "./values.ts";

/** A row of the report. Sums have type numeric, which the driver returns as text. */
type Row = Readonly<Record<string, string | null>> & { readonly units: string; readonly credits: string };

const COLUMNS = { day: "local_date", feature: "feature", direction: "direction" } as const;

const TOTALS = {
  now: `select local_date, feature, direction, units, credits from day_totals
    where company = $1 and local_date between $2 and $3`,
  close: `select local_date, total.* from closed_days
    cross join lateral jsonb_to_recordset(totals) total(feature text, direction text, units int8, credits int8)
    where company = $1 and local_date between $2 and $3`,
} as const;

/** Restricts entries to those posted by the closing of their date: not late, and of a closed date. */
const POSTED = {
  now: "",
  close: "and not late and local_date <= (select closed_through from companies where key = $1)",
} as const;

/**
 * Reads usage grouped by attribution. Labels come from the ledger's entries of the dates, by an index; sums match the
 * day totals of the same moment. Free usage has no ledger entry, so the difference is reported without a label.
 *
 * @throws {Error} when Postgres cannot be reached
 */
export async function readLabelledUsage(pool: Pool, query: LabelledUsageQuery): Promise<LabelledUsage[]> {
  const { company, from, to, as_of, groups, by_phone_number_id, attributes, limit } = query;
  const values: unknown[] = [companyKey(company), from, to];
  const number_column = by_phone_number_id ? "phone_number_id" : "null";
  const labels = [
    ...(by_phone_number_id ? ["phone_number_id"] : []),
    ...attributes.map((name) => `s.labels->>$${values.push(name)}`),
  ];
  const label_columns = labels.map((_, i) => `label_${i}`);
  const key_columns = ["local_date", "feature", "direction", ...label_columns];
  const unlabelled_columns = ["local_date", "feature", "direction", ...labels.map(() => "null")].join(", ");
  const group_columns = [
    ...(["day", "feature", "direction"] as const).filter((g) => groups.has(g)).map((g) => COLUMNS[g]),
    ...label_columns,
  ].join(", ");
  const { rows } = await pool.query<Row>(
    `
    with posted_by_set as materialized (
      select local_date, ${FEATURE} as feature, direction::text, ${number_column} as phone_number_id, labels,
        coalesce(sum(ledger.units), 0) as units, -sum(credits) as credits
      from ledger
      where company = $1 and local_date between $2 and $3 and type in ('consumption', 'reversal')
        ${POSTED[as_of]}
      group by 1, 2, 3, 4, 5
    ),
    posted as materialized (
      select local_date, feature, direction, ${
      labels.map((label, i) => `${label} as ${label_columns[i]}`).join(", ")
    }, sum(units) as units, sum(credits) as credits
      from posted_by_set p left join label_sets s on s.company = $1 and s.id = p.labels
      group by ${key_columns.join(", ")}
    ),
    totals as (${TOTALS[as_of]}),
    parts as (
      select ${key_columns.join(", ")}, units, credits from posted
      union all select ${unlabelled_columns}, units, credits from totals
      union all select ${unlabelled_columns}, -units, -credits from posted
    )
    select ${group_columns}, sum(units) as units, sum(credits) as credits from parts
    group by ${group_columns} having sum(units) <> 0 or sum(credits) <> 0
    order by ${group_columns} limit $${values.push(limit)}`,
    values,
  );
  return rows.map((row) => toLabelledUsage(row, query));
}

function toLabelledUsage(
  row: Row,
  { groups, by_phone_number_id, attributes }: LabelledUsageQuery,
): LabelledUsage {
  const first_attribute = by_phone_number_id ? 1 : 0;
  const labels = attributes.map((name, i) => [name, row[`label_${i + first_attribute}`] ?? null] as const);
  return {
    ...(groups.has("day") ? { day: row.local_date as LocalDate } : {}),
    ...(groups.has("feature") ? { feature: row.feature as FeatureCode } : {}),
    ...(groups.has("direction") ? { direction: row.direction as Direction } : {}),
    ...(by_phone_number_id ? { phone_number_id: row.label_0 ?? null } : {}),
    ...(labels.length === 0 ? {} : { attributes: Object.fromEntries(labels) }),
    units: toCredits(row.units),
    credits: toCredits(row.credits),
  };
}
