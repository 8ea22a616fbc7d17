import { z } from "@hono/zod-openapi";
import { addDays, firstDateOf, monthOf } from "../../domain/calendar.ts";
import type { CompanyMessages } from "../../domain/meta_costs/cost_messages.ts";
import { addCosts, type Cost, costOf, NO_COST, totalCost } from "../../domain/meta_costs/costs.ts";
import type { MetaRateCard } from "../../domain/meta_costs/rate_card.ts";
import { META_CATEGORIES, PRICING_TYPES } from "../../domain/meta_costs/types.ts";
import type { Companies } from "../../ports/companies.ts";
import type { Column } from "../kit/csv.ts";
import { CompanyPath, DateBody, formatPrice, LocalDateField, MoneyBody } from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import { invalidRequest, problemOfAnswer } from "../kit/problems.ts";
import type { Api } from "../kit/route.ts";
import { type CostPorts, DAYS_MAX, readMessages, spanProblem } from "./cost_messages.ts";

/** Maximum rows of a report: a company can send to every market with many numbers. */
const ROWS_MAX = 10_000;

const GROUPS = ["day", "category", "pricing_type", "market", "phone_number_id"] as const;
type Group = typeof GROUPS[number];

const GroupByField = z.string().default("day,category").transform((text, context): ReadonlySet<Group> => {
  const names = new Set(text.split(",").map((name) => name.trim()));
  const groups = GROUPS.filter((group) => names.delete(group));
  if (names.size === 0) return new Set(groups);
  context.addIssue({ code: "custom", message: `must be one or more of ${GROUPS.join(",")}` });
  return z.NEVER;
}).openapi({
  type: "string",
  example: "day,category,market",
  description:
    "Comma-separated: `day` (local date), `category`, `pricing_type`, `market` (of the recipients, as Meta's rate cards " +
    "name it) and `phone_number_id` (the company's number).",
});

const CostsQuery = z.strictObject({
  from: LocalDateField.optional().openapi({
    description: "Inclusive. Default: the first day of the month of `to`.",
  }),
  to: LocalDateField.optional().openapi({ description: "Inclusive. Default: today." }),
  group_by: GroupByField,
});

/** The counts of messages in a row of costs or margins. */
export const MESSAGE_COUNTS = {
  messages: z.int().openapi({ description: "Delivered messages: the free and the billable ones." }),
  billable_messages: z.int().openapi({ description: "Messages that Meta charges." }),
  free_messages: z.int().openapi({
    description:
      "Messages that cost nothing: free by their type, or among the free service messages of the number.",
  }),
  unpriced_messages: z.int().openapi({
    description:
      "Billable messages whose price is missing: Meta's rates or the number's account are not set, or the category or the " +
      "recipient's country is not known.",
  }),
};

/** A row of the costs in a response. It has the fields of the grouping. */
const CostBody = z.object({
  day: DateBody.optional(),
  category: z.enum(META_CATEGORIES).optional(),
  pricing_type: z.enum(PRICING_TYPES).optional(),
  market: z.string().nullable().optional().openapi({
    description: "Null while the country of the recipients is not known.",
    example: "Brazil",
  }),
  phone_number_id: z.string().optional(),
  currency: z.string().nullable().openapi({
    description: "The currency of Meta's account. Null while no account is set for the number.",
    example: "USD",
  }),
  ...MESSAGE_COUNTS,
  meta_cost: MoneyBody.nullable().openapi({ description: "What Meta charges. Null if a price is missing." }),
  priced_cost: MoneyBody.openapi({ description: "What Meta charges for the messages with a price." }),
}).openapi("MetaCost");

type Row = z.infer<typeof CostBody>;

/** The dependencies of the costs of a company. */
export interface CostsOptions extends CostPorts {
  readonly companies: Companies;
}

/** Declares the report of what Meta charges for a company's messages. Platform staff only. */
export function costs(api: Api, options: CostsOptions): void {
  list(api, {
    path: "/v1/companies/{company}/costs",
    policy: { scope: "platform" },
    tag: "Meta costs",
    operation_id: "getCosts",
    summary: "Get the costs of a company",
    description:
      "What Meta charges for the company's delivered messages, by the groups of `group_by` and by currency, for at most " +
      `${DAYS_MAX} days and ${ROWS_MAX} rows. Late statuses change past days. ` +
      "Messages to WhatsApp groups are not counted. Companies never see it.",
    params: CompanyPath,
    query: CostsQuery,
    row: CostBody,
    extra_fields: { from: DateBody, to: DateBody },
    file: "costs",
    columns: ({ group_by }) => columnsOf(group_by),
  }, async ({ params: { company }, query }) => {
    const answer = await options.companies.execute(company, { type: "read_balance" });
    if (answer.type !== "balance") return problemOfAnswer(answer);
    const to = query.to ?? addDays(answer.balance.closed_through, 1);
    const from = query.from ?? firstDateOf(monthOf(to));
    const problem = spanProblem(from, to);
    if (problem !== undefined) return problem;
    const by = query.group_by.has("day") ? "day" : "month";
    const { messages, card } = await readMessages(options, { companies: [company], from, to, by });
    const data = grouped(messages, card, query.group_by);
    if (data.length > ROWS_MAX) {
      const message = `group_by makes more than ${ROWS_MAX} rows: request fewer days or groups`;
      return invalidRequest([{ path: "group_by", message }]);
    }
    return { data, next_cursor: null, from, to };
  });
}

function columnsOf(group_by: ReadonlySet<Group>): Column[] {
  const others = [
    "currency",
    "messages",
    "billable_messages",
    "free_messages",
    "unpriced_messages",
    "meta_cost",
    "priced_cost",
  ];
  return [...GROUPS.filter((group) => group_by.has(group)), ...others].map((name) => ({
    name,
    path: [name],
  }));
}

/** Adds up the costs of messages by group and currency, in the order of the groups. */
function grouped(
  messages: readonly CompanyMessages[],
  card: MetaRateCard,
  group_by: ReadonlySet<Group>,
): Row[] {
  const by_key = new Map<string, { readonly group: Partial<Row>; cost: Cost }>();
  for (const part of messages) {
    const group = groupOf(part, group_by);
    const key = JSON.stringify(Object.values(group));
    const known = by_key.get(key) ?? { group, cost: NO_COST };
    by_key.set(key, { group, cost: addCosts(known.cost, costOf(part, card)) });
  }
  return [...by_key].sort(([a], [b]) => a < b ? -1 : 1).map(([, { group, cost }]) => toCostBody(group, cost));
}

function groupOf(part: CompanyMessages, group_by: ReadonlySet<Group>): Partial<Row> {
  const { period, category, pricing_type, market = null, phone_number_id, currency = null } = part;
  return {
    ...(group_by.has("day") ? { day: period } : {}),
    ...(group_by.has("category") ? { category } : {}),
    ...(group_by.has("pricing_type") ? { pricing_type } : {}),
    ...(group_by.has("market") ? { market } : {}),
    ...(group_by.has("phone_number_id") ? { phone_number_id } : {}),
    currency,
  };
}

function toCostBody({ currency = null, ...group }: Partial<Row>, cost: Cost): Row {
  return {
    ...group,
    currency,
    messages: cost.messages,
    billable_messages: cost.billable_messages,
    free_messages: cost.free_messages,
    unpriced_messages: cost.unpriced_messages,
    meta_cost: formatPrice(totalCost(cost) ?? null),
    priced_cost: formatPrice(cost.priced_cost)!,
  };
}
