import { z } from "@hono/zod-openapi";
import { LANGUAGES } from "../../domain/receipt.ts";
import { CompanyIdField, CursorField, integerText, MonthField } from "../kit/fields.ts";
import { LEDGER_FILTER } from "../resources/ledger.ts";

/** A form sends the fields that nobody filled in too. */
function optionalParam<Field extends z.ZodType>(field: Field) {
  return z.preprocess((text) => text === "" ? undefined : text, field.optional());
}

/** The filters of the history: those of the API's ledger. */
const HISTORY_FILTER = {
  from: optionalParam(LEDGER_FILTER.from).openapi({ type: "string", format: "date" }),
  to: optionalParam(LEDGER_FILTER.to).openapi({ type: "string", format: "date" }),
  feature: optionalParam(LEDGER_FILTER.feature).openapi({ type: "string" }),
  type: optionalParam(LEDGER_FILTER.type).openapi({ type: "string" }),
  direction: optionalParam(LEDGER_FILTER.direction).openapi({ type: "string" }),
  late: optionalParam(LEDGER_FILTER.late).openapi({ type: "string" }),
};

const WhichCompany = {
  company: optionalParam(CompanyIdField).openapi({
    type: "string",
    description: "Whose report; a viewer, or a key that is bound to a company, need not say.",
  }),
};

/** Which month: the one that goes on, unless another is named. */
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

/** The parameters of the page. */
export const PageQuery = z.object({
  ...WhichCompany,
  ...WhichMonth,
  ...HISTORY_FILTER,
  lang: optionalParam(z.enum(LANGUAGES)).openapi({
    type: "string",
    description: "Else as `Accept-Language` asks.",
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
});

export type PageQueryInput = z.infer<typeof PageQuery>;

/**
 * What is asked, from the earlier date to the later: people fill in two fields of a form, and mean the days between them
 * whichever is which.
 */
export function withOrderedDates<Question extends Dates>(asked: Question): Question {
  return isInOrder(asked) ? asked : { ...asked, from: asked.to, to: asked.from };
}

/** The parameters of the history as a file. */
export const HistoryQuery = z.object({ ...WhichCompany, ...WhichMonth, ...HISTORY_FILTER }).refine(
  isInOrder,
  {
    path: ["from"],
    error: "must not be after to: give the earlier date first",
  },
);
