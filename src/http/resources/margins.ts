import { z } from "@hono/zod-openapi";
import { firstDateOf, monthOf } from "../../domain/calendar.ts";
import type { CompanyMessages } from "../../domain/meta_costs/cost_messages.ts";
import { costOf } from "../../domain/meta_costs/costs.ts";
import {
  addMargins,
  type CompanyUse,
  type Margin,
  marginOf,
  MISSING_PARTS,
  type MonthUse,
} from "../../domain/meta_costs/margin.ts";
import { latestDate } from "../../domain/meta_costs/rate_versions.ts";
import { type CompanyId, type LocalDate, type Month, NO_CREDITS } from "../../domain/types.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Column } from "../kit/csv.ts";
import { decodeCursor, encodeCursor } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CreditsBody,
  CursorField,
  DateBody,
  formatPrice,
  LimitField,
  LocalDateField,
  MoneyBody,
  MonthBody,
  textField,
} from "../kit/fields.ts";
import { list, type Page } from "../kit/list.ts";
import { invalidRequest, Problem } from "../kit/problems.ts";
import type { Api } from "../kit/route.ts";
import { type CostPorts, DAYS_MAX, type PricedMessages, readMessages, spanProblem } from "./cost_messages.ts";
import { MESSAGE_COUNTS } from "./costs.ts";

/** Companies that are read at once: more would hold up other requests while their rows are added up. */
const COMPANIES_MAX = 500;

/** The zone farthest behind UTC is 12 hours behind. */
const BEHIND_MS = 12 * 60 * 60 * 1_000;

const GROUPINGS = ["company", "month", "company,month"] as const;
type Grouping = typeof GROUPINGS[number];

const GroupByField = z.string().default("company,month").transform((text, context): Grouping => {
  const sorted = [...new Set(text.split(",").map((name) => name.trim()))].sort().join(",");
  const grouping = GROUPINGS.find((known) => known === sorted);
  if (grouping !== undefined) return grouping;
  context.addIssue({ code: "custom", message: "must be one or both of company,month" });
  return z.NEVER;
}).openapi({
  type: "string",
  example: "company,month",
  description: "Comma-separated: `company` and `month`.",
});

const MarginsQuery = z.strictObject({
  from: LocalDateField.optional().openapi({
    description:
      "Local date, inclusive. Default: the first day of the month of `to`; without `to`, of the month that is not over " +
      "everywhere.",
  }),
  to: LocalDateField.optional().openapi({ description: "Local date, inclusive. Default: today in UTC." }),
  group_by: GroupByField,
  limit: LimitField,
  cursor: CursorField,
});

/** A margin in a response. */
export const MarginBody = z.object({
  company: z.string().optional().openapi({ example: "acme" }),
  month: MonthBody.optional(),
  currency: z.string().nullable().openapi({
    description: "The currency of the contract at the end of the month. Null without a contract.",
    example: "BRL",
  }),
  ...MESSAGE_COUNTS,
  meta_cost: MoneyBody.nullable().openapi({
    description: "What Meta charges, exchanged at the rates of the dates of delivery.",
  }),
  credits: CreditsBody.openapi({ description: "Credits used, of every feature." }),
  revenue: MoneyBody.nullable().openapi({
    description: "The price of the package in the share that was used, and the price of the excess.",
  }),
  margin: MoneyBody.nullable().openapi({ description: "`revenue` minus `meta_cost`." }),
  unused_package: MoneyBody.nullable().openapi({
    description:
      "The price of the credits of the package that were not used by `to`. With `revenue` a whole month has the total " +
      "of its statement.",
  }),
  missing: z.array(z.enum(MISSING_PARTS)).openapi({
    description:
      "Why an amount is null. `contract_price`: set the contract with its prices. `exchange_rate`: set the rate from the " +
      "account's currency to the contract's. `meta_price`: set Meta's rates and the Meta accounts of the numbers, unless " +
      "the category or the country of the messages is not known; `unpriced_messages` counts the messages, and the costs " +
      "of the company by `category`, `market` and `phone_number_id` show them.",
  }),
}).openapi("Margin");

type Row = z.infer<typeof MarginBody>;

const CursorPosition = z.strictObject({
  group_by: z.enum(GROUPINGS).exclude(["month"]),
  company: CompanyIdField,
  /** The month and currency of the last row; empty texts: those of every row of the company. */
  after: textField(20).nullable(),
});

/** The dependencies of margins. */
export interface MarginsOptions extends CostPorts {
  readonly clock: Clock;
}

interface Span {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** The margin of a company's month. */
interface CompanyMargin {
  readonly company: CompanyId;
  readonly month: Month;
  readonly margin: Margin;
}

/** Declares the report of revenue, costs and margins. Platform staff only. */
export function margins(api: Api, options: MarginsOptions): void {
  list(api, {
    path: "/v1/margins",
    policy: { scope: "platform" },
    tag: "Meta costs",
    operation_id: "listMargins",
    summary: "List margins",
    description:
      "What companies earned and what Meta charged, by company, month or both, and by currency of the contract, for at " +
      `most ${DAYS_MAX} days. Months without messages and credits are left out. A page can have fewer rows than ` +
      "`limit`, or none, and a `next_cursor`. Companies never see it.",
    query: MarginsQuery,
    row: MarginBody,
    extra_fields: { from: DateBody, to: DateBody },
    file: "margins",
    columns: ({ group_by }) => columnsOf(group_by),
  }, async ({ query }) => {
    const now_ms = options.clock.now_ms();
    const to = query.to ?? latestDate(now_ms);
    const from = query.from ?? firstDateOf(monthOf(query.to ?? earliestDate(now_ms)));
    const problem = spanProblem(from, to);
    if (problem !== undefined) return problem;
    const position = decodeCursor(CursorPosition, query.cursor);
    if (position instanceof Problem) return position;
    if (position !== undefined && position.group_by !== query.group_by) {
      const message = "cursor is of a list with another group_by: send the same group_by with it";
      return invalidRequest([{ path: "cursor", message }]);
    }
    const page = query.group_by === "month"
      ? await monthsOf(options, { from, to })
      : await companiesOf(options, { from, to }, query, position);
    return { ...page, from, to };
  });
}

/** Returns the date of the zone that is the farthest behind UTC. */
function earliestDate(at_ms: number): LocalDate {
  return new Date(at_ms - BEHIND_MS).toISOString().slice(0, 10) as LocalDate;
}

/** Adds up the margins of all companies by month. */
async function monthsOf(options: MarginsOptions, span: Span): Promise<Page<Row>> {
  let margins = new Map<string, GroupMargin>();
  let first_company: CompanyId | "" = "";
  while (true) {
    const read = await readMargins(options, span, first_company, COMPANIES_MAX);
    margins = addUp(read.margins, "month", margins);
    if (read.next === undefined) return { data: toRows(margins), next_cursor: null };
    first_company = read.next;
  }
}

/** Reads a page of companies. It ends after `limit` rows, or after as many companies. */
async function companiesOf(
  options: MarginsOptions,
  span: Span,
  { group_by, limit }: z.infer<typeof MarginsQuery>,
  position: z.infer<typeof CursorPosition> | undefined,
): Promise<Page<Row>> {
  const read = await readMargins(options, span, position?.company ?? "", limit);
  const rows = toRows(addUp(read.margins, group_by)).filter((row) =>
    position === undefined || row.company !== position.company || position.after === null ||
    placeOf(row) > position.after
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (rows.length > limit) {
    const after = { group_by, company: last!.company, after: placeOf(last!) };
    return { data: page, next_cursor: encodeCursor(after) };
  }
  const next_cursor = read.next === undefined
    ? null
    : encodeCursor({ group_by, company: read.next, after: null });
  return { data: page, next_cursor };
}

/** Reads the margins of companies by month, and the id of the next company. */
async function readMargins(
  options: MarginsOptions,
  span: Span,
  first_company: CompanyId | "",
  limit: number,
): Promise<{ readonly margins: CompanyMargin[]; readonly next: CompanyId | undefined }> {
  const uses = await options.cost_reports.use({ ...span, first_company, limit: limit + 1 });
  const page = uses.slice(0, limit);
  const companies = page.map(({ company }) => company);
  const priced = await readMessages(options, { ...span, companies, by: "month" });
  const by_company = Map.groupBy(priced.messages, ({ company }) => company);
  const margins = page.flatMap((use) => marginsOf(use, by_company.get(use.company) ?? [], priced));
  return { margins, next: uses[limit]?.company };
}

function marginsOf(
  { company, contract, months }: CompanyUse,
  messages: readonly CompanyMessages[],
  { card, exchange_rates }: PricedMessages,
): CompanyMargin[] {
  const by_month = Map.groupBy(messages, ({ period }) => period as Month);
  const uses = new Map(months.map((use) => [use.month, use]));
  return [...new Set([...uses.keys(), ...by_month.keys()])].sort().flatMap((month) => {
    const use = uses.get(month) ?? noUse(month);
    const costs = (by_month.get(month) ?? []).map((part) => ({ ...part, cost: costOf(part, card) }));
    if (costs.length === 0 && use.granted === 0 && use.consumed_through === 0) return [];
    return [{ company, month, margin: marginOf(contract, use, costs, exchange_rates) }];
  });
}

function noUse(month: Month): MonthUse {
  return { month, granted: NO_CREDITS, consumed_before: NO_CREDITS, consumed_through: NO_CREDITS };
}

interface GroupMargin {
  readonly group: Pick<Row, "company" | "month">;
  readonly margin: Margin;
}

/** Adds up margins by group and currency. */
function addUp(
  margins: readonly CompanyMargin[],
  grouping: Grouping,
  sums: ReadonlyMap<string, GroupMargin> = new Map(),
): Map<string, GroupMargin> {
  const by_key = new Map(sums);
  for (const { company, month, margin } of margins) {
    const group = {
      ...(grouping === "month" ? {} : { company }),
      ...(grouping === "company" ? {} : { month }),
    };
    const key = [...Object.values(group), margin.currency ?? ""].join(" ");
    const known = by_key.get(key);
    by_key.set(key, { group, margin: known === undefined ? margin : addMargins(known.margin, margin) });
  }
  return by_key;
}

function toRows(sums: ReadonlyMap<string, GroupMargin>): Row[] {
  return [...sums].sort(([a], [b]) => a < b ? -1 : 1).map(([, { group, margin }]) => ({
    ...group,
    ...toMarginBody(margin),
  }));
}

/** Converts a margin to its body. */
export function toMarginBody({ currency, missing, ...margin }: Margin): Omit<Row, "company" | "month"> {
  const amount = (value: bigint | undefined) => formatPrice(value ?? null);
  return {
    currency: currency ?? null,
    messages: margin.messages,
    billable_messages: margin.billable_messages,
    free_messages: margin.free_messages,
    unpriced_messages: margin.unpriced_messages,
    meta_cost: amount(margin.meta_cost),
    credits: margin.credits,
    revenue: amount(margin.revenue),
    margin: amount(margin.margin),
    unused_package: amount(margin.unused_package),
    missing: [...missing],
  };
}

/** The place of a row among those of its company. */
function placeOf({ month = "", currency }: Row): string {
  return `${month} ${currency ?? ""}`;
}

function columnsOf(grouping: Grouping): Column[] {
  const figures = Object.keys(MarginBody.shape).filter((name) => name !== "company" && name !== "month");
  return [...grouping.split(","), ...figures].map((name) => ({ name, path: [name] }));
}
