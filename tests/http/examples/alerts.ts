/** The part of the story about alerts: an alert of each type as its webhook has it, thresholds, and deliveries. */

import type { AlertContent } from "../../../src/domain/alerts.ts";
import {
  type CompanyId,
  credits,
  type FeatureCode,
  type LocalDate,
  type Month,
} from "../../../src/domain/types.ts";
import { ACME as ACME_PATH } from "./people.ts";
import type { Recorder } from "./recorder.ts";

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

const CSV = { accept: "text/csv" } as const;
const MISSING_DELIVERY = `msg_${"0".repeat(32)}`;

/** Sets thresholds, and lists what they raise. */
export async function listAlerts(recorder: Recorder): Promise<void> {
  const { service } = recorder;
  await recorder.send("getAlertThresholds", { path: ACME_PATH });
  await recorder.refuse("getAlertThresholds", "invalid_request", {
    path: ACME_PATH,
    query: { force: "true" },
  });
  const thresholds = { used_percents: [50, 80], credits_left: [100], runs_out_days: 5 };
  await recorder.send("putAlertThresholds", { path: ACME_PATH, body: thresholds });
  await recorder.refuse("putAlertThresholds", "invalid_request", {
    path: ACME_PATH,
    body: { ...thresholds, used_percents: [180] },
  });
  const period = {
    month: "2026-11" as Month,
    granted: credits(1_000),
    consumed: credits(803),
    closed: false,
  };
  service.alert_store.months = [{ company: ACME, period }];
  await service.alerts.raiseAndDeliver();
  await recorder.send("listAlerts", { path: ACME_PATH });
  await recorder.send("listAlerts", { path: ACME_PATH, headers: CSV }, "file");
  await recorder.refuse("listAlerts", "invalid_request", { path: ACME_PATH, query: { type: "package" } });
}

/** Lists, tests and resends what an endpoint gets. */
export async function useDeliveries(recorder: Recorder, id: string): Promise<void> {
  const { service } = recorder;
  const path = { id };
  service.endpoint_status = 500;
  await service.alerts.raiseAndDeliver();
  service.endpoint_status = 204;
  const { data: [delivery] } = await recorder.send("listWebhookDeliveries", { path });
  recorder.replace(delivery.id, "msg_8f14e45fceea167a5a36dedd4bea2543");
  await recorder.send("listWebhookDeliveries", { path, headers: CSV }, "file");
  await recorder.refuse("listWebhookDeliveries", "invalid_request", { path, query: { cursor: "x" } });
  const missing = { id: "we_000000000000000000000000" };
  await recorder.refuse("listWebhookDeliveries", "endpoint_not_found", { path: missing });
  const resent = { ...path, delivery: delivery.id };
  await recorder.send("resendWebhookDelivery", { path: resent });
  await recorder.refuse("resendWebhookDelivery", "delivery_not_found", {
    path: { ...path, delivery: MISSING_DELIVERY },
  });
  await recorder.refuse("resendWebhookDelivery", "endpoint_not_found", { path: { ...resent, ...missing } });
  await recorder.refuse("resendWebhookDelivery", "invalid_request", {
    path: resent,
    query: { force: "true" },
  });
  const test = await recorder.send("testWebhookEndpoint", { path });
  recorder.replace(test.id, "msg_c81e728d9d4c2f636f067f89cc14862c");
  await recorder.refuse("testWebhookEndpoint", "endpoint_not_found", { path: missing });
  await recorder.refuse("testWebhookEndpoint", "invalid_request", { path, query: { force: "true" } });
  await service.alerts.raiseAndDeliver();
  service.endpoint_status = 410;
  await service.alerts.sendTest(id);
  await service.alerts.raiseAndDeliver();
  await recorder.refuse("testWebhookEndpoint", "endpoint_gone", { path });
  await recorder.refuse("resendWebhookDelivery", "endpoint_gone", { path: resent });
  service.endpoint_status = 204;
}
