/** What is found beside months: closed days, spikes and quarantined events. And who gets it at once. */

import assert from "node:assert/strict";
import { addDays } from "../../src/domain/calendar.ts";
import { type CompanyId, credits, type FeatureCode, type LocalDate } from "../../src/domain/types.ts";
import { ACME, BRAVO, TestAlerts, URL } from "./test_alerts.ts";

const TODAY = "2026-11-23" as LocalDate;

function used(local_date: LocalDate, amount: number) {
  const feature = "automation.run" as FeatureCode;
  return { local_date, feature, direction: "none", units: amount, credits: credits(amount) } as const;
}

/** Stores a company with eight closed days of 10 credits each, and its current date. */
function putDays({ store, now_ms }: TestAlerts, used_today: number): void {
  const dates = Array.from({ length: 8 }, (_, index) => addDays(TODAY, index - 8));
  const totals = [...dates.map((date) => used(date, 10)), used(TODAY, used_today)];
  const use = { company: ACME, first_closed: dates[0], totals };
  const { local_date: _, ...total } = used(TODAY, 10);
  const last = { local_date: dates.at(-1)!, totals: [total], closed_at_ms: now_ms };
  const closed_through = last.local_date;
  store.days = [{ ...use, closed: [last], closed_through, period: undefined, contract: [] }];
  store.busy = [{ ...use, date: TODAY }];
}

function quarantine({ store, now_ms }: TestAlerts, company: CompanyId | undefined): void {
  const waiting = [{ reason: "unknown_phone_number", events: 1 }] as const;
  store.quarantined.push({ company, date: TODAY, received_at_ms: now_ms, waiting });
}

Deno.test("closed days, spikes and quarantined events are raised once, by one of two processes", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  putDays(service, 30);
  quarantine(service, undefined);
  const other = service.inAnotherProcess((_url, message) => {
    service.posted.push({ url: URL, message, body: JSON.parse(message.body) });
    return Promise.resolve(200);
  });
  await Promise.all([service.alerts.raiseAndDeliver(), other.raiseAndDeliver()]);
  await Promise.all([service.alerts.raiseAndDeliver(), other.raiseAndDeliver()]);
  assert.deepEqual(service.posted.map(({ body }) => body.type).sort(), [
    "day.closed",
    "quarantine.not_empty",
    "usage.spike",
  ]);
});

Deno.test("a date that is not unusual raises no spike, although the store lists it", async () => {
  const service = new TestAlerts();
  await service.endpoint({ types: ["usage.spike"] });
  putDays(service, 29);
  assert.deepEqual(await service.run(), []);
  putDays(service, 30);
  assert.deepEqual(await service.run(), [`${URL} usage.spike acme`]);
});

Deno.test("events that stay in quarantine are reported again only on a date on which others arrive", async () => {
  const service = new TestAlerts();
  await service.endpoint({ types: ["quarantine.not_empty"] });
  quarantine(service, ACME);
  assert.deepEqual(await service.run(), [`${URL} quarantine.not_empty acme`]);
  quarantine(service, ACME);
  service.now_ms += 24 * 3_600_000;
  assert.deepEqual(await service.run(), []);
  service.store.quarantined = [{
    company: ACME,
    date: addDays(TODAY, 1),
    received_at_ms: service.now_ms,
    waiting: [{ reason: "too_old", events: 3 }],
  }];
  assert.deepEqual(await service.run(), [`${URL} quarantine.not_empty acme`]);
});

Deno.test("open streams get the alerts of their company, also those that another process raised", async () => {
  const service = new TestAlerts();
  service.watched.push(ACME);
  const other = service.inAnotherProcess(() => Promise.resolve(200));
  service.setMonth(ACME, 10, 10);
  service.setMonth(BRAVO, 10, 10);
  quarantine(service, undefined);
  service.watched.length = 0;
  await other.raiseAndDeliver();
  assert.deepEqual(service.streamed, []);
  service.watched.push(ACME);
  await service.run();
  assert.deepEqual(service.streamed, ["acme package.used_up"]);
  service.now_ms += 3_600_000;
  await service.run();
  assert.deepEqual(service.streamed, ["acme package.used_up"]);
});

Deno.test("a test does not wait for another endpoint that is slow", async () => {
  const service = new TestAlerts();
  const [slow, quick] = [`${URL}/slow`, `${URL}/quick`];
  const response = Promise.withResolvers<number>();
  const reached = Promise.withResolvers<void>();
  const tested = Promise.withResolvers<string>();
  const alerts = service.inAnotherProcess((url, { body }) => {
    if (url === slow) {
      reached.resolve();
      return response.promise;
    }
    tested.resolve(JSON.parse(body).type);
    return Promise.resolve(200);
  });
  await service.endpoint({ url: slow, types: ["package.used_up"] });
  const { id } = await service.endpoint({ url: quick, types: ["month.closed"] });
  service.setMonth(ACME, 10, 10);
  const run = alerts.raiseAndDeliver();
  await reached.promise;
  await alerts.sendTest(id);
  assert.equal(await tested.promise, "endpoint.test");
  response.resolve(200);
  await run;
  await alerts.stop();
});

Deno.test("a test whose store cannot be reached stays due, and the failure is reported", async () => {
  const service = new TestAlerts();
  const { id } = await service.endpoint();
  const { store } = service;
  const claimDue = store.claimDue.bind(store);
  store.claimDue = () => Promise.reject(new Error("the store is busy"));
  await service.alerts.sendTest(id);
  await service.alerts.stop();
  assert.deepEqual(service.reported.map(String), ["Error: the store is busy"]);
  store.claimDue = claimDue;
  const due = await store.claimDue(id, service.now_ms, service.now_ms + 1, 10);
  assert.deepEqual(due.map(({ content: { type } }) => type), ["endpoint.test"]);
});
