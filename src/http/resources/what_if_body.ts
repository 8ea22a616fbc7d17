import { z } from "@hono/zod-openapi";
import type { Margin } from "../../domain/meta_costs/margin.ts";
import { UNIT_CREDITS_MAX } from "../../domain/rates.ts";
import { compareMargins, type MarginDifference } from "../../domain/what_if/margins.ts";
import type { MonthRows } from "../../domain/what_if/month_rows.ts";
import type { Bill, BillDifference, WhatIf } from "../../domain/what_if/what_if.ts";
import {
  CreditsBody,
  creditsField,
  DateBody,
  FeatureCodeField,
  formatPrice,
  MoneyBody,
  MonthBody,
  MonthField,
  optionalField,
  StartDateField,
} from "../kit/fields.ts";
import { OfferBody } from "./contracts.ts";
import { MarginBody, toMarginBody } from "./margins.ts";
import { MetaRatesJson } from "./meta_rates_input.ts";
import { amounts, figures, StatementBody } from "./statements.ts";

/** The most prices of one call. */
const RATES_MAX = 200;

const OtherContract = z.strictObject({
  ...OfferBody.shape,
  starts_on: optionalField(StartDateField).openapi({
    description: "The contract's start, at the latest in the month. Default: the first of the month.",
  }),
}).openapi("OtherContract");

const { effective_from: _, correction: __, ...meta_rates } = MetaRatesJson.shape;
/** A rate card of Meta that holds on every date of the month. */
export const OtherMetaRates = z.strictObject(meta_rates).openapi("OtherMetaRates");

/** The month, and its other terms. */
export const WhatIfRequest = z.strictObject({
  month: MonthField.refine((month) => month >= "1970-01" && month < "3000-01", {
    error: "must be of the years 1970 to 2999: check it",
  }).openapi({ example: "2026-11" }),
  contract: optionalField(OtherContract).openapi({
    description: "The only contract of the month, from its start on. Default: the real one.",
  }),
  rates: optionalField(
    z.array(z.strictObject({ feature: FeatureCodeField, credits: creditsField(0, UNIT_CREDITS_MAX) }))
      .max(RATES_MAX),
  ).openapi({
    description:
      "The company's own prices of these features, on every date of the month. Other features keep their real prices.",
  }),
  template_in_open_window: optionalField(z.enum(["charge", "free"])).openapi({
    description: "The policy on every date of the month. Default: the real one of each date.",
  }),
  meta_rates: optionalField(OtherMetaRates).openapi({
    description:
      "What Meta charges in one currency, on every date of the month. Default: the real rate cards. Those of other " +
      "currencies stay.",
  }),
}).openapi("WhatIfRequest");

const UsageBody = z.object({
  feature: z.string(),
  direction: z.enum(["inbound", "outbound", "none"]),
  units: z.int(),
  credits: CreditsBody,
});

const BillBody = z.object({
  ...figures,
  package_price: MoneyBody.nullable(),
  excess_credit_price: MoneyBody.nullable(),
  ...amounts,
  currency: z.string().nullable(),
  usage: z.array(UsageBody).openapi({ description: "Use of the month by feature." }),
  margin: MarginBody.omit({ company: true, month: true }).openapi("MonthMargin"),
}).openapi("Bill");

/** A month as it is and under other terms. */
export const WhatIfBody = z.object({
  period: MonthBody,
  status: StatementBody.shape.status,
  version: z.int().openapi({ description: "The company's version that was read: that of its balance." }),
  real: BillBody,
  what_if: BillBody,
  difference: z.object({
    ...figures,
    ...amounts,
    meta_cost: MoneyBody.nullable(),
    revenue: MoneyBody.nullable(),
    margin: MoneyBody.nullable(),
  }).openapi({
    description: "`what_if` minus `real`. An amount is null if one of the two is, or the currencies differ.",
  }),
  remainder: z.array(UsageBody.extend({ local_date: DateBody })).openapi({
    description:
      "What `real` has beyond the charges of the stored facts under the real terms, by date. Empty unless rows are missing " +
      "or were changed by hand; `difference` includes it with the opposite sign.",
    example: [],
  }),
  contacts: z.int().openapi({ description: "Contacts with facts in the month." }),
}).openapi("WhatIf");

/** The margins of a month: the real one, and that under other terms. */
export interface Margins {
  readonly real: Margin;
  readonly what_if: Margin;
}

/** Converts a what-if to its body. */
export function toWhatIfBody(
  { month, version }: MonthRows,
  { real, what_if, difference, remainder, contacts }: WhatIf,
  margins: Margins,
): z.infer<typeof WhatIfBody> {
  return {
    period: month,
    status: real.statement.status,
    version,
    real: toBillBody(real, margins.real),
    what_if: toBillBody(what_if, margins.what_if),
    difference: toDifferenceBody(difference, compareMargins(margins.real, margins.what_if)),
    remainder: remainder.map(({ local_date, feature, direction, units, credits }) => {
      return { local_date, feature, direction, units, credits };
    }),
    contacts,
  };
}

function toBillBody({ statement, usage }: Bill, margin: Margin): z.infer<typeof BillBody> {
  return {
    ...statement.figures,
    package_price: formatPrice(statement.package_price),
    excess_credit_price: formatPrice(statement.excess_credit_price),
    excess_amount: formatPrice(statement.excess_amount),
    total: formatPrice(statement.total),
    currency: statement.currency,
    usage: [...usage],
    margin: toMarginBody(margin),
  };
}

function toDifferenceBody(
  { figures, excess_amount, total }: BillDifference,
  { meta_cost, revenue, margin }: MarginDifference,
) {
  return {
    ...figures,
    excess_amount: formatPrice(excess_amount),
    total: formatPrice(total),
    meta_cost: formatPrice(meta_cost),
    revenue: formatPrice(revenue),
    margin: formatPrice(margin),
  };
}
