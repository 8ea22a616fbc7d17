import { z } from "@hono/zod-openapi";
import { LANGUAGES } from "../../domain/receipt.ts";
import { CsvLocaleField } from "../kit/csv_for_people.ts";
import { CursorField, integerText, MonthField } from "../kit/fields.ts";
import type { UsageTab } from "../../web/report/view.ts";
import { LEDGER_FILTER } from "../resources/ledger.ts";

/** An optional query parameter. Empty counts as absent, since forms send empty fields. */
function optionalParam<Field extends z.ZodType>(field: Field) {
  return z.preprocess((text) => text === "" ? undefined : text, field.optional());
}

/** Longest text of a search: the longest message id. */
const SEARCH_MAX = 256;

/** The text of a search. People paste it with spaces around it. */
const SearchField = z.preprocess(
  (text) => typeof text === "string" && text.trim() === "" ? undefined : text,
  z.string().trim().max(SEARCH_MAX).optional(),
).openapi({
  type: "string",
  description:
    "A phone as people write it, a BSUID, or the id of a message that opened a window. Needs `sees_contacts`: without it " +
    "every text is 403. It finds no entry of an erased person.",
  example: "+55 11 98888-7777",
});

/** The filters of the history: those of the API's ledger, and a search. */
const HISTORY_FILTER = {
  from: optionalParam(LEDGER_FILTER.from).openapi({ type: "string", format: "date" }),
  to: optionalParam(LEDGER_FILTER.to).openapi({ type: "string", format: "date" }),
  feature: optionalParam(LEDGER_FILTER.feature).openapi({ type: "string" }),
  type: optionalParam(LEDGER_FILTER.type).openapi({ type: "string" }),
  direction: optionalParam(LEDGER_FILTER.direction).openapi({ type: "string" }),
  late: optionalParam(LEDGER_FILTER.late).openapi({ type: "string" }),
  after_close: optionalParam(LEDGER_FILTER.after_close).openapi({ type: "string" }),
  search: SearchField,
};

/** The month; the open month by default. */
const WhichMonth = {
  month: optionalParam(MonthField).openapi({ type: "string", example: "2026-11" }),
};

interface Dates {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

function isInOrder({ from, to }: Dates): boolean {
  return from === undefined || to === undefined || from <= to;
}

/** The labels by which the page groups usage. */
const USAGE_TABS = ["department", "campaign", "number"] as const satisfies readonly UsageTab[];

/** The parameters of the page. */
export const PageQuery = z.object({
  ...WhichMonth,
  ...HISTORY_FILTER,
  lang: optionalParam(z.enum(LANGUAGES)).openapi({
    type: "string",
    description: "The language; from `Accept-Language` by default.",
  }),
  cursor: optionalParam(CursorField).openapi({ type: "string" }),
  entry: optionalParam(integerText(Number.MAX_SAFE_INTEGER)).openapi({
    type: "integer",
    description: "The ledger entry whose receipt is open.",
  }),
  windows: optionalParam(z.enum(["all"])).openapi({
    type: "string",
    description: "`all`: every open window.",
  }),
  by: optionalParam(z.enum(USAGE_TABS)).openapi({
    type: "string",
    description:
      "Shows usage by the label `department` or `campaign`, or by the company's `number`; by feature by default.",
  }),
});

/** The validated parameters of the page. */
export type PageQueryInput = z.infer<typeof PageQuery>;

/**
 * Orders the dates of a query. People fill in the two date fields of the form in either order.
 */
export function withOrderedDates<Query extends Dates>(query: Query): Query {
  return isInOrder(query) ? query : { ...query, from: query.to, to: query.from };
}

/** The parameters of the history as a file. */
export const HistoryQuery = z.object({
  ...WhichMonth,
  ...HISTORY_FILTER,
  locale: optionalParam(CsvLocaleField).openapi({ type: "string" }),
}).refine(
  isInOrder,
  {
    path: ["from"],
    error: "must not be after to: give the earlier date first",
  },
);
