/** An alert of each type, as its webhook has it. */

import type { AlertContent } from "../../../src/domain/alerts.ts";
import {
  type CompanyId,
  credits,
  type FeatureCode,
  type LocalDate,
  type Month,
} from "../../../src/domain/types.ts";

const ACME = "acme" as CompanyId;
const CAMPAIGN = "whatsapp.outbound" as FeatureCode;

/** Each alert, with the time at which it was raised. */
export const ALERT_EXAMPLES: readonly (readonly [raised_at: string, content: AlertContent])[] = [
  ["2026-11-10T12:00:00Z", {
    type: "package.nearly_used",
    data: { ...figures(803), threshold: { used_percent: 80 } },
  }],
  ["2026-11-20T12:00:00Z", { type: "package.used_up", data: figures(1_012) }],
  ["2026-11-06T03:00:00Z", {
    type: "forecast.runs_out",
    data: {
      ...figures(430),
      runs_out_on: "2026-11-12" as LocalDate,
      runs_out_between: ["2026-11-10" as LocalDate, "2026-11-16" as LocalDate],
      days_left: 6,
    },
  }],
  ["2026-11-18T15:00:00Z", {
    type: "usage.spike",
    data: {
      company: ACME,
      date: "2026-11-18" as LocalDate,
      consumed: credits(164),
      usual: credits(41),
      times: 4,
      reason: { feature: CAMPAIGN, direction: "outbound", consumed: credits(140), usual: credits(20) },
    },
  }],
  ["2027-01-01T03:00:00Z", {
    type: "commitment.ending",
    data: { company: ACME, ends_on: "2027-01-31" as LocalDate, days_left: 30, cancels_on: null },
  }],
  ["2026-11-18T15:00:00Z", {
    type: "quarantine.not_empty",
    data: {
      company: null,
      date: "2026-11-18" as LocalDate,
      waiting: [{ reason: "unknown_phone_number", events: 12 }],
    },
  }],
  ["2026-11-11T03:00:00Z", {
    type: "day.closed",
    data: {
      company: ACME,
      date: "2026-11-10" as LocalDate,
      consumed: credits(38),
      totals: [{ feature: CAMPAIGN, direction: "outbound", units: 38, credits: credits(38) }],
    },
  }],
  ["2026-12-01T03:00:00Z", { type: "month.closed", data: figures(1_240, true) }],
];

/** The figures of a package of 1,000 credits in November. */
function figures(consumed: number, closed = false) {
  return {
    company: ACME,
    period: "2026-11" as Month,
    granted: credits(1_000),
    consumed: credits(consumed),
    available: credits(closed ? 0 : Math.max(0, 1_000 - consumed)),
    excess: credits(Math.max(0, consumed - 1_000)),
  };
}
