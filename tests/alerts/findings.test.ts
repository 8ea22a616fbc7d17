/** What is found beside months: closed days, spikes and quarantined events. And who gets it at once. */

import assert from "node:assert/strict";
import { shardOf } from "../../actors/placement/shards.ts";
import { addDays } from "../../src/domain/calendar.ts";
import { type CompanyId, credits, type FeatureCode, type LocalDate } from "../../src/domain/types.ts";
import { ACME, BRAVO, TestAlerts, URL } from "./test_alerts.ts";

const DELTA = "delta" as CompanyId;
const HOUR_MS = 3_600_000;
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

Deno.test("each process finds and delivers the alerts of its own shards, and what another left behind once it has its shards", async () => {
  const service = new TestAlerts();
  await service.endpoint({ types: ["month.closed"] });
  const own = { shards: [shardOf(ACME)] as readonly number[], leads: false };
  const posted: string[] = [];
  const alerts = service.inAnotherProcess((_url, { body }) => {
    posted.push(JSON.parse(body).data.company);
    return Promise.resolve(200);
  }, own);
  const dying = service.inAnotherProcess(() => Promise.reject(new TypeError("connection refused")), {
    shards: [shardOf(BRAVO), shardOf(DELTA)],
    leads: true,
  });
  for (const company of [ACME, BRAVO]) service.setMonth(company, 1, 10, 0);
  await Promise.all([alerts.raiseAndDeliver(), dying.raiseAndDeliver()]);
  assert.deepEqual(posted, [ACME]);
  // The other process ends before it finds this month, and after it could not deliver the alert of the last one.
  service.setMonth(DELTA, 1, 10, 0);
  service.now_ms += HOUR_MS;
  await alerts.raiseAndDeliver();
  assert.deepEqual(posted, [ACME]);
  own.shards = [ACME, BRAVO, DELTA].map(shardOf);
  await alerts.raiseAndDeliver();
  assert.deepEqual(posted.toSorted(), [ACME, BRAVO, DELTA]);
});

Deno.test("a process without shards finds and delivers nothing, and still sends alerts to its open streams", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  service.watched.push(ACME);
  service.setMonth(ACME, 10, 10);
  let posts = 0;
  const without = service.inAnotherProcess(() => Promise.resolve(++posts && 200), {
    shards: [],
    leads: false,
  });
  await without.raiseAndDeliver();
  assert.deepEqual([service.store.alerts, service.streamed], [[], []]);
  await service.alerts.raiseAndDeliver();
  service.streamed.length = 0;
  await without.raiseAndDeliver();
  assert.deepEqual([posts, service.streamed], [0, ["acme package.used_up"]]);
});

Deno.test("a month that was reopened through another process is announced again when it closes", async () => {
  const service = new TestAlerts();
  await service.endpoint({ types: ["month.closed"] });
  const other = service.inAnotherProcess(() => Promise.resolve(200));
  service.setMonth(ACME, 1, 10, 0);
  assert.equal((await service.run()).length, 1);
  service.setMonth(ACME, 1, 10);
  await other.forgetClosings(ACME);
  service.now_ms += HOUR_MS;
  service.setMonth(ACME, 1, 10, 0);
  assert.deepEqual(await service.run(), [`${URL} month.closed acme`]);
});
