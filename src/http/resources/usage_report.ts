import { z } from "@hono/zod-openapi";
import { addDays, daysBetween, firstDateOf, monthOf } from "../../domain/calendar.ts";
import type { LocalDate } from "../../domain/types.ts";
import type { Column } from "../kit/csv.ts";
import { CsvLocaleField } from "../kit/csv_for_people.ts";
import { CompanyPath, CreditsBody, DateBody, LocalDateField } from "../kit/fields.ts";
import { isStorable } from "../kit/text.ts";
import { list } from "../kit/list.ts";
import type { DatedTotal } from "../../domain/reports.ts";
import type { Companies } from "../../ports/companies.ts";
import type { RateCardAdmin } from "../../ports/prices.ts";
import type { Reports } from "../../ports/reports.ts";
import { invalidRequest, Problem, problemOfAnswer } from "../kit/problems.ts";
import type { Api } from "../kit/route.ts";
import type { Grouping, LabelledReports, Span } from "./labelled_reports.ts";
import { usageForPeople } from "./usage_for_people.ts";

/** Maximum days per report: one leap year. */
const DAYS_MAX = 366;

const GROUPS = ["day", "feature", "direction"] as const;
type Group = typeof GROUPS[number];

const PHONE_NUMBER = "phone_number_id";
const ATTRIBUTE = "attribute:";
const ATTRIBUTES_MAX = 5;
const ATTRIBUTE_LENGTH_MAX = 40;
const GroupByField = z.string().default("day,feature,direction").transform((text, context): Grouping => {
  const names = new Set(text.split(",").map((name) => name.trim()));
  const groups = GROUPS.filter((group) => names.delete(group));
  const by_phone_number_id = names.delete(PHONE_NUMBER);
  const attributes = [...names].filter(isAttribute).map((name) => name.slice(ATTRIBUTE.length));
  if (attributes.length === names.size && attributes.length <= ATTRIBUTES_MAX) {
    return { groups: new Set(groups), by_phone_number_id, attributes };
  }
  const known = [...GROUPS, PHONE_NUMBER, `${ATTRIBUTE}NAME`].join(",");
  context.addIssue({
    code: "custom",
    message: `must be one or more of ${known}, with up to ${ATTRIBUTES_MAX} attributes`,
  });
  return z.NEVER;
}).openapi({
  type: "string",
  example: "day,feature,attribute:department",
  description:
    "Comma-separated: `day`, `feature`, `direction`, `phone_number_id` (the company's number) and up to " +
    `${ATTRIBUTES_MAX} \`attribute:NAME\` (a label of the send or usage).`,
});

function isAttribute(name: string): boolean {
  const length = name.length - ATTRIBUTE.length;
  return name.startsWith(ATTRIBUTE) && length > 0 && length <= ATTRIBUTE_LENGTH_MAX && isStorable(name);
}

const ReportQuery = z.strictObject({
  from: LocalDateField.optional().openapi({
    description: "Inclusive. Default: the first day of the month of `to`.",
  }),
  to: LocalDateField.optional().openapi({ description: "Inclusive. Default: today." }),
  group_by: GroupByField,
  as_of: z.enum(["now", "close"]).default("now").openapi({
    description: "`now`: current totals, late facts included; `close`: totals at the closing of each day.",
  }),
  locale: CsvLocaleField,
});

/** A row of the report in a response. It has the fields of the grouping. */
export const RowBody = z.object({
  day: DateBody.optional(),
  feature: z.string().optional(),
  direction: z.enum(["inbound", "outbound", "none"]).optional(),
  phone_number_id: z.string().nullable().optional(),
  attributes: z.record(z.string(), z.string().nullable()).optional().openapi({
    description: "Labels by name, null if not set. Use that cost nothing has no labels.",
  }),
  units: z.int().openapi({ description: "Number of windows, or the quantity of usage." }),
  credits: CreditsBody,
});

type Row = z.infer<typeof RowBody>;

/** The ports that the usage report reads from. */
interface UsageReportPorts {
  readonly companies: Companies;
  readonly reports: Reports;
  readonly rates: RateCardAdmin;
}

/** Declares the usage report: credits by day, feature, direction or label. */
export function usageReport(
  api: Api,
  { companies, reports, rates }: UsageReportPorts,
  labelled: LabelledReports,
): void {
  list(api, {
    path: "/v1/companies/{company}/usage",
    policy: { scope: "read" },
    tag: "Reports",
    operation_id: "getUsageReport",
    summary: "Get the usage report",
    description:
      `Units and credits by the groups of \`group_by\`, for at most ${DAYS_MAX} days. A report by \`phone_number_id\` or ` +
      "`attribute:NAME` is a report by label: only one runs at a time for a company, and a second is 429 " +
      "`too_many_reports`.",
    params: CompanyPath,
    query: ReportQuery,
    row: RowBody,
    extra_fields: {
      from: DateBody,
      to: DateBody,
      closed_through: DateBody.openapi({
        description: "The last closed date. Totals of later dates are not final.",
      }),
    },
    file: "usage",
    columns: ({ group_by }) => columnsOf(group_by),
    forPeople: ({ params: { company }, query: { group_by } }, language) =>
      usageForPeople({ companies, rates }, company, group_by, language),
  }, async ({ params: { company }, query }) => {
    const answer = await companies.execute(company, { type: "read_balance" });
    if (answer.type !== "balance") return problemOfAnswer(answer);
    const { closed_through } = answer.balance;
    const to = query.to ?? addDays(closed_through, 1);
    const from = query.from ?? firstDateOf(monthOf(to));
    const problem = validateSpan(from, to);
    if (problem !== undefined) return problem;
    const span = { company, from, to, as_of: query.as_of };
    const data = isByLabel(query.group_by)
      ? await labelled.rowsOf(span, query.group_by)
      : grouped(await totalsOf(reports, span), query.group_by.groups);
    if (data instanceof Problem) return data;
    return { data, next_cursor: null, from, to, closed_through };
  });
}

function isByLabel({ by_phone_number_id, attributes }: Grouping): boolean {
  return by_phone_number_id || attributes.length > 0;
}

function columnsOf({ groups, by_phone_number_id, attributes }: Grouping): Column[] {
  const columnOf = (name: string) => ({ name, path: [name] });
  return [
    ...GROUPS.filter((group) => groups.has(group)).map(columnOf),
    ...(by_phone_number_id ? [columnOf(PHONE_NUMBER)] : []),
    ...attributes.map((name) => ({ name: `attributes.${name}`, path: ["attributes", name] })),
    columnOf("units"),
    columnOf("credits"),
  ];
}

function validateSpan(from: LocalDate, to: LocalDate): Problem | undefined {
  if (from > to) return invalidRequest([{ path: "from", message: `from must not be after to (${to})` }]);
  if (daysBetween(from, to) < DAYS_MAX) return undefined;
  const message = `to must be less than ${DAYS_MAX} days after from: split the request`;
  return invalidRequest([{ path: "to", message }]);
}

/** Reads the totals of dates: current ones, or those at closing. */
export async function totalsOf(
  reports: Reports,
  { company, from, to, as_of }: Span,
): Promise<readonly DatedTotal[]> {
  if (as_of === "now") return await reports.dayTotals(company, from, to);
  const closed = await reports.closedDays(company, from, to);
  return closed.flatMap(({ local_date, totals }) => totals.map((total) => ({ ...total, local_date })));
}

/** Sums totals by group, ordered by day, feature and direction. */
export function grouped(rows: readonly DatedTotal[], groups: ReadonlySet<Group>): Row[] {
  const by_key = new Map<string, Row>();
  for (const { local_date, feature, direction, units, credits } of rows) {
    // A reversed window leaves a total of 0.
    if (units === 0 && credits === 0) continue;
    const group = {
      ...(groups.has("day") ? { day: local_date } : {}),
      ...(groups.has("feature") ? { feature } : {}),
      ...(groups.has("direction") ? { direction } : {}),
    };
    const key = JSON.stringify(group);
    const sum = by_key.get(key) ?? { ...group, units: 0, credits: 0 };
    by_key.set(key, { ...sum, units: sum.units + units, credits: sum.credits + credits });
  }
  return [...by_key].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row);
}
