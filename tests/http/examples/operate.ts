/** The part of the story about those who run the service: keys, endpoints, viewers, quarantine and pages. */

import { businessNumber, customerWrote } from "../../support/payloads.ts";
import { ASSETS } from "../../../src/web/assets.ts";
import { RecordedService } from "./recorded_service.ts";
import { messageOf } from "../../../src/alerts/message.ts";
import { ALERT_EXAMPLES, listAlerts, useDeliveries } from "./alerts.ts";
import type { Recorder } from "./recorder.ts";
import { ACME, ANA } from "./people.ts";

const CSV = { accept: "text/csv" } as const;
const MISSING_ID = "00000000-0000-4000-8000-000000000000";

/** Operates the service, and ends with its pages. */
export async function operate(recorder: Recorder): Promise<void> {
  await recorder.send("listNodes", {});
  await recorder.refuse("listNodes", "invalid_request", { query: { state: "draining" } });
  await keys(recorder);
  await endpoints(recorder);
  alerts(recorder);
  await viewers(recorder);
  await quarantine(recorder);
  await erase(recorder);
  await moveTime(recorder);
  await pages(recorder);
}

async function keys(recorder: Recorder): Promise<void> {
  const request = { name: "billing export", scope: "read", company: "acme" };
  const { id, key, created_at } = await recorder.send("createKey", { body: request });
  recorder.replace(created_at, "2026-11-03T12:00:00.000Z");
  recorder.replace(key, "poli_3kTMd9aPqW27xYbn_hUuE0vJr8sCzGq1mXfYtLbN5wRkDoP4iAeZV7T");
  recorder.replace(id, "3kTMd9aPqW27xYbn");
  await recorder.refuse("createKey", "company_not_found", { body: { ...request, company: "umbrella" } });
  await recorder.refuse("createKey", "invalid_request", { body: { ...request, scope: "write" } });
  await recorder.send("listKeys", {});
  await recorder.send("listKeys", { headers: CSV }, "file");
  await recorder.refuse("listKeys", "invalid_request", { query: { status: "old" } });
  await recorder.send("revokeKey", { path: { id } });
  await recorder.refuse("revokeKey", "key_not_found", { path: { id } });
  await recorder.refuse("revokeKey", "invalid_request", { path: { id }, query: { force: "true" } });
}

async function endpoints(recorder: Recorder): Promise<void> {
  const request = { url: "https://platform.example/hooks/credits", company: "acme" };
  const { id, secret } = await recorder.send("createWebhookEndpoint", { body: request });
  recorder.replace(secret, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
  recorder.replace(id, "we_4c1f0a7d92e35b68d0f1a2b3");
  const other = { url: "https://platform.example/hooks/others" };
  await recorder.refuse("createWebhookEndpoint", "company_not_found", {
    body: { ...other, company: "umbrella" },
  });
  await recorder.refuse("createWebhookEndpoint", "endpoint_exists", { body: request });
  await recorder.refuse("createWebhookEndpoint", "invalid_request", {
    body: { url: "http://platform.example/hooks" },
  });
  await recorder.send("listWebhookEndpoints", {});
  await recorder.send("listWebhookEndpoints", { headers: CSV }, "file");
  await recorder.refuse("listWebhookEndpoints", "invalid_request", { query: { cursor: "x" } });
  await listAlerts(recorder);
  await useDeliveries(recorder, id);
  await recorder.send("deleteWebhookEndpoint", { path: { id } });
  await recorder.refuse("deleteWebhookEndpoint", "endpoint_not_found", { path: { id } });
  await recorder.refuse("deleteWebhookEndpoint", "invalid_request", {
    path: { id },
    query: { force: "true" },
  });
}

/** Records an alert of each type and a test, as they are sent to the endpoint. */
function alerts(recorder: Recorder): void {
  const endpoint = {
    id: "we_4c1f0a7d92e35b68d0f1a2b3",
    url: "https://platform.example/hooks/credits",
    secret: new Uint8Array(24),
  };
  const test = { type: "endpoint.test", data: { endpoint: endpoint.id } } as const;
  for (const [raised_at, content] of [...ALERT_EXAMPLES, ["2026-11-03T12:00:00Z", test] as const]) {
    const raised_at_ms = Date.parse(raised_at);
    const { body } = messageOf({ endpoint, id: "msg_1", content, raised_at_ms, failures: 0 }, raised_at_ms);
    recorder.recordSent("receiveAlert", content.type.replace(".", "_"), JSON.parse(body));
  }
}

async function viewers(recorder: Recorder): Promise<void> {
  const request = { path: ACME, body: { ttl_seconds: 900 } };
  const { url, url_expires_at, expires_at } = await recorder.send("createViewerSession", request);
  recorder.replace(url_expires_at, "2026-11-03T12:05:00Z");
  recorder.replace(expires_at, "2026-11-03T12:15:00Z");
  const link = String(url).split("/").at(-1)!;
  recorder.replace(link, "v1vT0mS8qYf3xKzR5bJd2LwUeCnAhGp7");
  await recorder.refuse("createViewerSession", "invalid_request", { path: ACME, body: { ttl_seconds: 0 } });
  const path = { ...ACME, link };
  await recorder.send("openViewerSession", { path, anonymous: true });
  await recorder.refuse("openViewerSession", "link_already_used", { path, anonymous: true });
  await recorder.refuse("openViewerSession", "navigation_required", {
    path,
    anonymous: true,
    headers: { "sec-fetch-mode": "cors" },
  });
  await recorder.send("endViewerSession", { path: ACME, anonymous: true });
  await recorder.refuse("endViewerSession", "cross_site_request", {
    path: ACME,
    anonymous: true,
    headers: { "sec-fetch-site": "cross-site" },
  });
}

async function quarantine(recorder: Recorder): Promise<void> {
  const { service } = recorder;
  const at_s = service.now_ms / 1000;
  await service.deliver(customerWrote(businessNumber(9), ANA, { id: "wamid.elsewhere", at_s }));
  const { data: [{ id }] } = await recorder.send("listQuarantinedEvents", { query: { limit: "1" } });
  await recorder.send("listQuarantinedEvents", { headers: CSV }, "file");
  await recorder.refuse("listQuarantinedEvents", "invalid_request", { query: { reason: "late" } });
  await recorder.send("replayQuarantinedEvent", { path: { id } });
  await recorder.refuse("replayQuarantinedEvent", "event_not_found", { path: { id: MISSING_ID } });
  await recorder.refuse("replayQuarantinedEvent", "invalid_request", { path: { id: "1" } });
  const bulk = { reason: "unknown_phone_number", limit: 100 };
  await recorder.send("replayQuarantinedEvents", { body: bulk });
  await recorder.refuse("replayQuarantinedEvents", "invalid_request", { body: { ...bulk, limit: 0 } });
}

async function erase(recorder: Recorder): Promise<void> {
  await recorder.send("eraseLabels", { path: ACME, body: { text: "sales" } });
  await recorder.refuse("eraseLabels", "invalid_request", { path: ACME, body: { text: "" } });
  await recorder.send("eraseContact", { path: { ...ACME, contact: ANA.phone } });
  await recorder.refuse("eraseContact", "invalid_request", { path: { ...ACME, contact: "12" } });
}

async function moveTime(recorder: Recorder): Promise<void> {
  await recorder.send("advanceTestClock", { body: { advance: "PT1H" } }, "by_a_duration");
  await recorder.send("advanceTestClock", { body: { now: "2026-11-04T03:00:00Z" } }, "to_an_instant");
  await recorder.refuse("advanceTestClock", "clock_backwards", { body: { now: "2026-11-01T03:00:00Z" } });
  await recorder.refuse("advanceTestClock", "invalid_request", { body: { advance: "1 hour" } });
  await recorder.service.advanceTo(Date.parse("2026-11-20T12:00:00Z"));
  await recorder.refuse("reportMessageFailure", "month_final", {
    path: { ...ACME, message_id: "campaign-7-0001" },
    body: {},
  });
  await recorder.send("reopenDays", { body: {} });
  await recorder.refuse("reopenDays", "invalid_request", { body: { limit: 0 } });
  recorder.service.clock_is_certain = false;
  await recorder.refuse("reopenDays", "clock_uncertain", { body: {} });
  recorder.service.clock_is_certain = true;
}

async function pages(recorder: Recorder): Promise<void> {
  const page = { accept: "text/html" };
  await recorder.send("getReportPage", { path: ACME, headers: page });
  await recorder.refuse("getReportPage", "invalid_request", { path: ACME, query: { month: "10-2026" } });
  await recorder.refuse("getReportPage", "statement_not_found", { path: ACME, query: { month: "2020-01" } });
  const reader = { name: "reader", scope: "read" };
  const { key } = await (await recorder.service.request("POST", "/v1/keys", reader)).json();
  recorder.replace(key, "READ_KEY");
  const masked = { authorization: `Bearer ${key}` };
  const search = { path: ACME, query: { search: ANA.phone }, headers: masked };
  await recorder.refuse("getReportPage", "insufficient_scope", search);
  await recorder.refuse("downloadReportHistory", "insufficient_scope", search);
  const history = { from: "2026-10-25", to: "2026-10-25" };
  await recorder.send("downloadReportHistory", { path: ACME, query: history });
  await recorder.refuse("downloadReportHistory", "invalid_request", { path: ACME, query: { from: "x" } });
  for (const { name } of [ASSETS.icon, ASSETS.style, ASSETS.script]) {
    recorder.replace(name, name.replace(/\.[0-9a-f]+\./, ".4f0c2a9d1b7e."));
    await recorder.send("getReportAsset", {
      path: { file: name },
      anonymous: true,
      ...(name.endsWith(".svg") ? {} : { is_built: true }),
    });
  }
  await recorder.refuse("getReportAsset", "route_not_found", { path: { file: "old.css" }, anonymous: true });
  await documentation(recorder);
}

async function documentation(recorder: Recorder): Promise<void> {
  const calls = [
    "getLiveness",
    "getReadiness",
    "getOpenApiDocument",
    "getDocs",
    "getStartPage",
  ];
  for (const id of calls) await recorder.send(id, { anonymous: true });
  // No request has a duration there yet.
  await using fresh = new RecordedService();
  await recorder.during(fresh, () => recorder.send("getMetrics", { anonymous: true }));
  for (const file of ["start.js", "page.css"]) {
    await recorder.send("getDocsFile", { path: { file }, anonymous: true });
  }
  await recorder.refuse("getDocsFile", "route_not_found", { path: { file: "scalar.css" }, anonymous: true });
}
