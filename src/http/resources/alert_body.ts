import { z } from "@hono/zod-openapi";
import type { RaisedAlert } from "../../ports/live.ts";
import { QUARANTINE_REASONS } from "../../domain/company/command.ts";
import { ALERT_TYPES } from "../../domain/alerts.ts";
import { CreditsBody, DateBody, formatInstant, InstantBody, MonthBody } from "../kit/fields.ts";
import { DirectionField } from "./ledger_entry.ts";

/** The type of an alert. */
export const AlertTypeField = z.enum(ALERT_TYPES);

/** The type of a test message. */
const TEST_TYPE = "endpoint.test";

const MonthFigures = z.strictObject({
  company: z.string(),
  period: MonthBody.openapi({ description: "The month." }),
  granted: CreditsBody,
  consumed: CreditsBody,
  available: CreditsBody,
  excess: CreditsBody,
}).openapi({ description: "The figures of the month at that time." });

const NearlyUsedData = MonthFigures.extend({
  threshold: z.union([
    z.strictObject({ used_percent: z.int().openapi({ example: 80 }) }),
    z.strictObject({ credits_left: CreditsBody }),
  ]).openapi({ description: "The threshold that was reached: the highest of several." }),
});

const RunsOutData = MonthFigures.extend({
  runs_out_on: DateBody.openapi({ description: "The date on which the package is expected to run out." }),
  runs_out_between: z.tuple([DateBody.nullable(), DateBody.nullable()]).openapi({
    description: "Bounds of the estimate: first for fast use, then for slow use. Null: not this month.",
  }),
  days_left: z.int().openapi({ description: "Days from the current local date to `runs_out_on`." }),
});

const SpikeData = z.strictObject({
  company: z.string(),
  date: DateBody,
  consumed: CreditsBody,
  usual: CreditsBody.openapi({ description: "Mean of the closed days before, in whole credits." }),
  times: z.number().nullable().openapi({
    description: "Use divided by the usual; null if nothing is usual.",
  }),
  reason: z.strictObject({
    feature: z.string(),
    direction: DirectionField,
    consumed: CreditsBody,
    usual: CreditsBody,
  }).nullable().openapi({ description: "The feature that grew most." }),
});

const CommitmentData = z.strictObject({
  company: z.string(),
  ends_on: DateBody.openapi({ description: "The last date of the minimum commitment." }),
  days_left: z.int(),
  cancels_on: DateBody.nullable().openapi({
    description: "The last date of the package, if its cancellation is scheduled.",
  }),
});

const QuarantineData = z.strictObject({
  company: z.string().nullable().openapi({ description: "Null: events that belong to no company." }),
  date: DateBody.openapi({ description: "The UTC date on which events arrived." }),
  waiting: z.array(z.strictObject({ reason: z.enum(QUARANTINE_REASONS), events: z.int() })).openapi({
    description: "All waiting events by reason, of earlier dates too; the newest 10,000 if there are more.",
  }),
});

const DayClosedData = z.strictObject({
  company: z.string(),
  date: DateBody,
  consumed: CreditsBody,
  totals: z.array(
    z.strictObject({ feature: z.string(), direction: DirectionField, units: z.int(), credits: CreditsBody }),
  ).openapi({ description: "The totals of the date when it was closed." }),
});

const TestData = z.strictObject({ endpoint: z.string().openapi({ description: "The id of the endpoint." }) });

const timestamp = InstantBody.openapi({ description: "When the condition was detected." });

function messageOf<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.strictObject({ type: z.literal(type), timestamp, data });
}

/** The body of a webhook. */
export const AlertBody = z.union([
  messageOf("package.nearly_used", NearlyUsedData),
  messageOf("package.used_up", MonthFigures),
  messageOf("forecast.runs_out", RunsOutData),
  messageOf("usage.spike", SpikeData),
  messageOf("commitment.ending", CommitmentData),
  messageOf("quarantine.not_empty", QuarantineData),
  messageOf("day.closed", DayClosedData),
  messageOf("month.closed", MonthFigures),
  messageOf(TEST_TYPE, TestData),
]).openapi("Alert");

/** What an alert says. Its type tells which. */
const AlertData = z.union([
  NearlyUsedData,
  RunsOutData,
  MonthFigures,
  SpikeData,
  CommitmentData,
  QuarantineData,
  DayClosedData,
]).openapi({ description: "As in the webhook of the same type: see `Alert`." });

/** An alert of a company, as it is listed and streamed. */
export const CompanyAlertBody = z.object({
  id: z.string().openapi({ example: "al_3f0c1b6c1f6f4f0bb9b1a0c6a8d1b2c3" }),
  type: AlertTypeField,
  raised_at: InstantBody.openapi({ description: "When the condition was detected." }),
  data: AlertData,
}).openapi("CompanyAlert");

/** The type and content of a delivery: of an alert, or of a test. */
export const DeliveryContent = {
  type: z.enum([...ALERT_TYPES, TEST_TYPE]),
  data: z.union([AlertData, TestData]).openapi({ description: "As in the webhook: see `Alert`." }),
} as const;

/** Converts an alert. */
export function toCompanyAlert(
  { id, type, raised_at_ms, data }: RaisedAlert,
): z.infer<typeof CompanyAlertBody> {
  // The schema is the one of the domain's types, with mutable lists.
  const body = data as z.infer<typeof CompanyAlertBody>["data"];
  return { id, type, raised_at: formatInstant(raised_at_ms), data: body };
}
