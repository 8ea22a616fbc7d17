import { z } from "@hono/zod-openapi";
import { parseRatio, showRatio } from "../../domain/meta_costs/exchange_rates.ts";
import type { StoredExchangeRate } from "../../domain/meta_costs/rate_versions.ts";
import type { MetaPricingAdmin } from "../../ports/prices.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CurrencyField,
  CursorField,
  DateBody,
  LimitField,
  LocalDateField,
  optionalField,
  StartDateField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import { invalidRequest, Problem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { inForceProblem, RECORDED_FIELDS, toRecordedFields } from "./meta_rates_body.ts";
import { CorrectionField } from "./meta_rates_input.ts";

const FROM = "The currency of the amounts that are converted.";
const TO = "The currency that they are converted to.";

/** JSON numbers are floats, so a rate is a decimal string. */
const RatioField = z.string({ error: 'must be a rate as a string, such as "5.4321"' }).transform(
  (text, context) => {
    const rate = parseRatio(text);
    if (rate !== undefined) return rate;
    const message = 'must be more than zero, of up to 9 digits and 10 decimal places, such as "5.4321"';
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  },
).openapi({ description: "What one unit of `from` is worth in `to`.", example: "5.4321" });

const ExchangeRateJson = z.strictObject({
  from: CurrencyField.openapi({ description: FROM, example: "USD" }),
  to: CurrencyField.openapi({ description: TO }),
  effective_from: StartDateField.openapi({
    description: "The first date of the rate. It holds until the next date of its currencies.",
    example: "2026-11-01",
  }),
  rate: RatioField,
  correction: optionalField(CorrectionField),
}).openapi("ExchangeRateRequest");

const ExchangeRateBody = z.object({
  from: z.string().openapi({ description: FROM, example: "USD" }),
  to: z.string().openapi({ description: TO, example: "BRL" }),
  effective_from: DateBody.openapi({ description: "The first date of the rate.", example: "2026-11-01" }),
  rate: z.string().openapi({ description: "What one unit of `from` is worth in `to`.", example: "5.4321" }),
  ...RECORDED_FIELDS,
}).openapi("ExchangeRate");

const Position = z.object({
  effective_from: LocalDateField,
  from: z.string().max(3),
  to: z.string().max(3),
  revision: z.int().min(1),
});

/** Declares the calls on exchange rates. */
export function exchangeRates(api: Api, pricing: MetaPricingAdmin): void {
  const shared = { path: "/v1/exchange_rates", policy: { scope: "platform" }, tag: "Meta costs" } as const;

  route(api, {
    ...shared,
    method: "put",
    operation_id: "putExchangeRate",
    summary: "Set an exchange rate",
    description:
      "Stores what one currency is worth in another one from a date on, for costs in a currency that is not the " +
      "contract's. A rate serves both ways. To change one whose date has begun takes a `correction`, else it is 409 " +
      "`meta_rates_in_force`. The same rate again changes nothing.",
    body: ExchangeRateJson,
    answer: ExchangeRateBody,
    problems: [409],
  }, async ({ body, caller }) => {
    if (body.from === body.to) {
      return invalidRequest([{ path: "to", message: `to is ${body.to}, as from: send two currencies` }]);
    }
    const put = await pricing.putExchangeRate(body, caller.name);
    return "type" in put ? inForceProblem(put) : toBody(put);
  });

  list(api, {
    ...shared,
    operation_id: "listExchangeRates",
    summary: "List exchange rates",
    description:
      "Every rate that was set, and by whom: the newest date first, of one date by currencies, the last revision first. " +
      "With `on`: the rates in force on that date, by currencies.",
    query: z.strictObject({
      from: CurrencyField.optional().openapi({ description: FROM }),
      to: CurrencyField.optional().openapi({ description: TO }),
      on: LocalDateField.optional().openapi({ description: "A date: lists only the rates that hold on it." }),
      limit: LimitField,
      cursor: CursorField,
    }),
    row: ExchangeRateBody,
    file: "exchange_rates",
  }, async ({ query: { from, to, on, limit, cursor } }) => {
    const after = decodeCursor(Position, cursor);
    if (after instanceof Problem) return after;
    if (on === undefined) {
      const rates = await pricing.exchangeRateVersions({ from, to, after, limit: limit + 1 });
      return pageOf(rates, limit, toBody, positionOf);
    }
    const rates = (await pricing.exchangeRates()).on(on).filter((rate) => {
      if (from !== undefined && rate.from !== from || to !== undefined && rate.to !== to) return false;
      return after === undefined || `${rate.from} ${rate.to}` > `${after.from} ${after.to}`;
    });
    return pageOf(rates, limit, toBody, positionOf);
  });
}

function toBody(rate: StoredExchangeRate): z.infer<typeof ExchangeRateBody> {
  const { from, to, effective_from } = rate;
  return { from, to, effective_from, rate: showRatio(rate.rate), ...toRecordedFields(rate) };
}

function positionOf({ effective_from, from, to, revision }: StoredExchangeRate): z.infer<typeof Position> {
  return { effective_from, from, to, revision };
}
