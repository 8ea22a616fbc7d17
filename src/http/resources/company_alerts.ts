import { z } from "@hono/zod-openapi";
import type { StoredThresholds } from "../../alerts/store.ts";
import { ALERT_TYPES, type AlertThresholds } from "../../domain/alerts.ts";
import { PACKAGE_CREDITS_MAX } from "../../domain/contract.ts";
import type { CompanyId } from "../../domain/types.ts";
import { AlertTypeField, CompanyAlertBody, toCompanyAlert } from "./alert_body.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyPath,
  CursorField,
  formatInstant,
  InstantBody,
  LimitField,
  MillisecondsField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { CompanyAlerts } from "../../ports/alerts.ts";
import type { Companies } from "../../ports/companies.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

/** The most thresholds of one kind. */
const THRESHOLDS_MAX = 5;
const RUNS_OUT_DAYS_MAX = 31;

const thresholds = {
  used_percents: distinct(z.int().min(1).max(99)).openapi({
    description: "Percentages of the package that are used: each raises `package.nearly_used`.",
    example: [50, 80],
  }),
  credits_left: distinct(z.int().min(1).max(PACKAGE_CREDITS_MAX)).openapi({
    description: "Credits of the package that are left: each raises `package.nearly_used`.",
    example: [100],
  }),
  runs_out_days: z.int().min(1).max(RUNS_OUT_DAYS_MAX).nullable().openapi({
    description:
      "`forecast.runs_out` is raised when the package is expected to run out within this many days; null: never.",
    example: 5,
  }),
};

const ThresholdsRequest = z.strictObject(thresholds).openapi("AlertThresholdsRequest");

const ThresholdsBody = z.object({
  ...thresholds,
  is_default: z.boolean().openapi({ description: "Whether the company has no thresholds of its own." }),
  set_at: InstantBody.nullable(),
  set_by: z.string().nullable(),
}).openapi("AlertThresholds");

const CursorPosition = z.strictObject({
  at_ms: MillisecondsField,
  id: z.string().regex(/^al_[0-9a-f]{32}$/),
});

/** Declares the calls on a company's alerts and thresholds. */
export function companyAlerts(api: Api, companies: Companies, alerts: CompanyAlerts): void {
  const tag = "Alerts";
  list(api, {
    path: "/v1/companies/{company}/alerts",
    policy: { scope: "read" },
    tag,
    operation_id: "listAlerts",
    summary: "List alerts",
    description: "Newest first, with or without webhook endpoints. They are kept for 100 days.",
    params: CompanyPath,
    query: z.strictObject({ type: AlertTypeField.optional(), limit: LimitField, cursor: CursorField }),
    row: CompanyAlertBody,
    file: "alerts",
  }, async ({ params: { company }, query: { type, limit, cursor } }) => {
    const before = decodeCursor(CursorPosition, cursor);
    if (before instanceof Problem) return before;
    const missing = await companyProblem(companies, company);
    if (missing !== undefined) return missing;
    const types = type === undefined ? ALERT_TYPES : [type];
    const rows = await alerts.alertsOf({ company, types, since_ms: -Infinity, before, limit: limit + 1 });
    return pageOf(rows, limit, toCompanyAlert, ({ raised_at_ms, id }) => ({ at_ms: raised_at_ms, id }));
  });

  const call = { path: "/v1/companies/{company}/alert_thresholds", tag, params: CompanyPath } as const;
  route(api, {
    ...call,
    method: "get",
    policy: { scope: "read" },
    operation_id: "getAlertThresholds",
    summary: "Get the alert thresholds",
    answer: ThresholdsBody,
    problems: [503],
  }, async ({ params: { company } }) => {
    return await companyProblem(companies, company) ?? toThresholdsBody(await alerts.thresholdsOf(company));
  });

  route(api, {
    ...call,
    method: "put",
    policy: { scope: "admin" },
    operation_id: "putAlertThresholds",
    summary: "Set the alert thresholds",
    description:
      "Replaces all of them. They hold from the next check on, within a minute. Of one package no threshold is sent " +
      "after a higher one. `package.used_up` is always raised.",
    body: ThresholdsRequest,
    answer: ThresholdsBody,
    problems: [503],
  }, async ({ params: { company }, body, caller }) => {
    const missing = await companyProblem(companies, company);
    if (missing !== undefined) return missing;
    const sorted: AlertThresholds = {
      used_percents: body.used_percents.toSorted((a, b) => a - b),
      credits_left: body.credits_left.toSorted((a, b) => b - a),
      runs_out_days: body.runs_out_days,
    };
    return toThresholdsBody(await alerts.setThresholds(company, sorted, caller.name));
  });
}

/** A short list of different numbers. */
function distinct(number: z.ZodInt) {
  return z.array(number).max(THRESHOLDS_MAX).superRefine((numbers, context) => {
    numbers.forEach((one, index) => {
      if (numbers.indexOf(one) === index) return;
      context.addIssue({ code: "custom", path: [index], message: "is a duplicate: remove it" });
    });
  });
}

/** Returns the problem of a company that does not exist or cannot be read. */
async function companyProblem(companies: Companies, company: CompanyId): Promise<Problem | undefined> {
  const answer = await companies.execute(company, { type: "read_company" });
  return answer.type === "company" ? undefined : problemOfAnswer(answer);
}

function toThresholdsBody(
  { used_percents, credits_left, runs_out_days, set_at_ms, set_by }:
    & AlertThresholds
    & Partial<StoredThresholds>,
): z.infer<typeof ThresholdsBody> {
  return {
    used_percents: [...used_percents],
    credits_left: [...credits_left],
    runs_out_days,
    is_default: set_at_ms === undefined,
    set_at: set_at_ms === undefined ? null : formatInstant(set_at_ms),
    set_by: set_by ?? null,
  };
}
