/** The part of the story in which limits are reached, or a dependency is away. */

import type { AppOptions } from "../../../src/http/app.ts";
import { customerWrote } from "../../support/payloads.ts";
import type { TestService } from "../test_service.ts";
import { ACME, ANA, delivery, LINE } from "./people.ts";
import { RecordedService } from "./recorded_service.ts";
import type { Recorder } from "./recorder.ts";

/** Reaches each limit, on a service of its own. */
export async function reachLimits(recorder: Recorder): Promise<void> {
  const { options } = recorder.service;
  const too_many = () => Promise.resolve("too_many" as const);
  await on(
    recorder,
    { keys: { ...options.keys, create: () => Promise.resolve({ type: "too_many" }) } },
    () => recorder.refuse("createKey", "too_many_keys", { body: { name: "billing export", scope: "read" } }),
  );
  await on(
    recorder,
    { alerts: { ...options.alerts, create: too_many } },
    () =>
      recorder.refuse("createWebhookEndpoint", "too_many_endpoints", {
        body: { url: "https://platform.example/hooks/others" },
      }),
  );
  const no_link = () => Promise.resolve(undefined);
  await on(
    recorder,
    { viewer_sessions: { ...options.viewer_sessions, createLink: no_link } },
    () => recorder.refuse("createViewerSession", "too_many_sessions", { path: ACME, body: {} }),
  );
  await on(
    recorder,
    { live: { ...options.live, subscribe: () => undefined } },
    () => recorder.refuse("streamBalance", "too_many_streams", { path: ACME }),
  );
  await runTwoReports(recorder);
  const unavailable = { type: "unavailable", reason: "store_unreachable", retry_after_s: 1 } as const;
  await on(
    recorder,
    { inbox: { receive: () => Promise.resolve(unavailable) } },
    (service) =>
      recorder.refuse("receiveWebhook", "unavailable", {
        ...delivery(customerWrote(LINE, ANA, { id: "wamid.third", at_s: service.now_ms / 1000 })),
      }),
  );
  const not_ready = { ready: false, checks: { database: "unreachable" } };
  await on(
    recorder,
    { health: { ready: () => Promise.resolve(not_ready) } },
    () => recorder.send("getReadiness", { anonymous: true }, "not_ready"),
  );
}

/** Runs a step on another service with replaced dependencies. */
async function on(
  recorder: Recorder,
  replaced: Partial<AppOptions>,
  step: (service: TestService) => Promise<unknown>,
): Promise<void> {
  await using service = new RecordedService(replaced);
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  await recorder.during(service, () => step(service));
}

/** Requests a report by label while another one runs. */
async function runTwoReports(recorder: Recorder): Promise<void> {
  const { reports } = recorder.service.options;
  const running = Promise.withResolvers<[]>();
  await on(recorder, { reports: { ...reports, labelledUsage: () => running.promise } }, async (service) => {
    const report = { path: ACME, query: { group_by: "attribute:department" } };
    const first = service.request("GET", "/v1/companies/acme/usage?group_by=attribute:department");
    // The first report is running once its company has been read.
    await service.request("GET", "/v1/companies/acme");
    await recorder.refuse("getUsageReport", "too_many_reports", report);
    running.resolve([]);
    await first;
  });
}
