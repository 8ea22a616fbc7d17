import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { AlertBody } from "../../src/http/resources/alert_body.ts";
import { type CompanyId, credits, type Month } from "../../src/domain/types.ts";
import { HOUR_MS } from "../../src/time/units.ts";
import { ACME, BRAVO, TestAlerts, URL } from "./test_alerts.ts";

Deno.test("each alert of a month is delivered once, and again when more credits are granted", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  service.setMonth(ACME, 7, 10);
  assert.deepEqual(await service.run(), []);
  service.setMonth(ACME, 8, 10);
  assert.deepEqual(await service.run(), [`${URL} package.nearly_used acme`]);
  service.setMonth(ACME, 9, 10);
  assert.deepEqual(await service.run(), []);
  service.setMonth(ACME, 12, 10);
  assert.deepEqual(await service.run(), [`${URL} package.used_up acme`]);
  service.setMonth(ACME, 16, 20);
  assert.deepEqual(await service.run(), [`${URL} package.nearly_used acme`]);
  service.setMonth(ACME, 16, 20, 0);
  assert.deepEqual(await service.run(), [`${URL} month.closed acme`]);
  assert.deepEqual(await service.run(), []);
});

Deno.test("a month that was reopened is announced again when it closes, under another id", async () => {
  const service = new TestAlerts();
  await service.endpoint({ types: ["month.closed"] });
  service.setMonth(ACME, 1, 10, 0);
  service.setMonth(BRAVO, 1, 10, 0);
  assert.deepEqual((await service.run()).length, 2);
  service.setMonth(ACME, 1, 10);
  await service.alerts.forgetClosings(ACME);
  assert.deepEqual(await service.run(), []);
  service.now_ms += HOUR_MS;
  service.setMonth(ACME, 1, 10, 0);
  assert.deepEqual(await service.run(), [`${URL} month.closed acme`]);
  assert.equal(new Set(service.posted.map(({ message }) => message.headers["webhook-id"])).size, 3);
});

Deno.test("a message is signed according to Standard Webhooks and contains the month's balance", async () => {
  const service = new TestAlerts();
  const { secret } = await service.endpoint();
  service.setMonth(ACME, 12, 10);
  await service.run();
  const { message: { headers, body: text }, body } = service.posted[0]!;
  const receiver = new Webhook(`whsec_${secret.toBase64()}`);
  assert.deepEqual(receiver.verify(text, { ...headers }), body);
  assert.deepEqual(AlertBody.parse(body), body);
  assert.deepEqual(body, {
    type: "package.used_up",
    timestamp: Temporal.Instant.fromEpochMilliseconds(service.now_ms).toString(),
    data: {
      company: "acme",
      period: new Date(service.now_ms).toISOString().slice(0, 7),
      granted: 10,
      consumed: 12,
      available: 0,
      excess: 2,
    },
  });
  assert.throws(() => receiver.verify(text.replace("12", "11"), { ...headers }));
  assert.throws(() => new Webhook(new Uint8Array(32), { format: "raw" }).verify(text, { ...headers }));
});

Deno.test("an endpoint gets alerts of its company and types only, and of no month that closed before it was created", async () => {
  const service = new TestAlerts();
  service.setMonth(ACME, 10, 10, 1);
  await service.endpoint({ url: `${URL}/all` });
  await service.endpoint({ url: `${URL}/bravo`, company: BRAVO });
  await service.endpoint({ url: `${URL}/closed`, types: ["month.closed"] });
  service.setMonth(BRAVO, 10, 10);
  assert.deepEqual((await service.run()).sort(), [
    `${URL}/all package.used_up bravo`,
    `${URL}/bravo package.used_up bravo`,
  ]);
  service.setMonth(BRAVO, 10, 10, 0);
  assert.deepEqual((await service.run()).sort(), [
    `${URL}/all month.closed bravo`,
    `${URL}/bravo month.closed bravo`,
    `${URL}/closed month.closed bravo`,
  ]);
});

Deno.test("a failed delivery is attempted again under the same id, and then shown as delivered", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  service.setMonth(ACME, 10, 10);
  service.answers.set(URL, 500);
  await service.run();
  assert.deepEqual(await service.run(), []);
  const { last_failure, last_delivered_at_ms } = await service.firstListed();
  assert.deepEqual([last_failure, last_delivered_at_ms], ["response status 500", undefined]);
  service.now_ms += 60_000;
  service.answers.set(URL, new DOMException("too late", "TimeoutError"));
  assert.equal((await service.run()).length, 1);
  assert.equal((await service.firstListed()).last_failure, "no response in time");
  service.now_ms += 5 * 60_000;
  service.answers.set(URL, 204);
  assert.equal((await service.run()).length, 1);
  assert.equal((await service.firstListed()).last_delivered_at_ms, service.now_ms);
  const ids = new Set(service.posted.map(({ message }) => message.headers["webhook-id"]));
  const signatures = new Set(service.posted.map(({ message }) => message.headers["webhook-signature"]));
  assert.deepEqual([ids.size, signatures.size], [1, 3]);
  service.now_ms += 100 * HOUR_MS;
  assert.deepEqual(await service.run(), []);
  assert.deepEqual(service.alerts.counters, { delivered: 1, failed: 2, abandoned: 0 });
});

Deno.test("a delivery to a receiver that never responds is abandoned after three days, and reported", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  service.setMonth(ACME, 10, 10);
  service.answers.set(URL, new TypeError("connection refused"));
  const started_ms = service.now_ms;
  let last_attempt_ms = started_ms;
  for (let hour = 0; hour <= 24 * 7; hour++, service.now_ms += HOUR_MS) {
    if ((await service.run()).length > 0) last_attempt_ms = service.now_ms;
  }
  assert.equal(service.posted.length, 10);
  const hours = (last_attempt_ms - started_ms) / HOUR_MS;
  assert.ok(hours >= 72 && hours <= 84, `it was attempted for ${hours} hours`);
  assert.deepEqual(service.abandoned, ["connection failed"]);
});

Deno.test("a test that fails is attempted once, and reported as no lost alert", async () => {
  const service = new TestAlerts();
  const { id } = await service.endpoint();
  service.answers.set(URL, 500);
  await service.alerts.sendTest(id);
  await service.run();
  assert.equal(service.posted.length, 1);
  assert.deepEqual(service.alerts.counters, { delivered: 0, failed: 1, abandoned: 0 });
  assert.deepEqual(service.abandoned, []);
});

Deno.test("a receiver that responds 410 gets no more alerts", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  service.setMonth(ACME, 8, 10);
  service.answers.set(URL, 410);
  assert.equal((await service.run()).length, 1);
  service.now_ms += 100 * HOUR_MS;
  service.setMonth(ACME, 10, 10);
  assert.deepEqual(await service.run(), []);
  assert.notEqual((await service.firstListed()).gone_at_ms, undefined);
  assert.deepEqual(service.abandoned, ["receiver is gone (410)"]);
});

Deno.test("a removed endpoint gets no alerts, not even due ones", async () => {
  const service = new TestAlerts();
  const { id } = await service.endpoint();
  service.setMonth(ACME, 10, 10);
  service.answers.set(URL, 500);
  await service.run();
  assert.equal(await service.alerts.remove(id), true);
  assert.equal(await service.alerts.remove(id), false);
  service.now_ms += HOUR_MS;
  assert.deepEqual(await service.run(), []);
});

Deno.test("concurrent runs follow each other and deliver nothing twice", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  for (let i = 0; i < 50; i++) service.setMonth(`company-${i}` as CompanyId, 10, 10);
  await Promise.all([
    service.alerts.raiseAndDeliver(),
    service.alerts.raiseAndDeliver(),
    service.alerts.raiseAndDeliver(),
  ]);
  assert.equal(service.posted.length, 50);
});

Deno.test("a failing receiver is attempted a few times a run, and delays no other", async () => {
  const service = new TestAlerts();
  const [down, up] = [`${URL}/down`, `${URL}/up`];
  for (const url of [down, up]) await service.endpoint({ url });
  for (let i = 0; i < 100; i++) service.setMonth(`company-${i}` as CompanyId, 10, 10);
  service.answers.set(down, 503);
  const posted = await service.run();
  assert.equal(posted.filter((line) => line.startsWith(up)).length, 100);
  assert.equal(posted.filter((line) => line.startsWith(down)).length, 5);
});

Deno.test("a receiver that does not respond delays no other", async () => {
  const service = new TestAlerts();
  const [slow, quick] = [`${URL}/slow`, `${URL}/quick`];
  const response = Promise.withResolvers<number>();
  const quick_posted: string[] = [];
  const done = Promise.withResolvers<void>();
  const alerts = service.inAnotherProcess((url) => {
    if (url === slow) return response.promise;
    if (quick_posted.push(url) === 20) done.resolve();
    return Promise.resolve(200);
  });
  for (const url of [slow, quick]) await service.endpoint({ url });
  for (let i = 0; i < 20; i++) service.setMonth(`company-${i}` as CompanyId, 10, 10);
  const run = alerts.raiseAndDeliver();
  await done.promise;
  response.resolve(200);
  await run;
  assert.equal(alerts.counters.delivered, 40);
});

Deno.test("a month that closes long after its end still raises an alert", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  await service.run();
  service.now_ms += 400 * 24 * HOUR_MS;
  service.store.months = [{
    company: ACME,
    period: { month: "2026-11" as Month, consumed: credits(3), granted: credits(10), closed: true },
    closed_at_ms: service.now_ms,
  }];
  service.now_ms += 1;
  assert.deepEqual(await service.run(), [`${URL} month.closed acme`]);
});

Deno.test("due deliveries are attempted also when raising fails, and the run rejects with that error", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  service.setMonth(ACME, 10, 10);
  service.answers.set(URL, 500);
  await service.run();
  service.now_ms += 60_000;
  service.answers.set(URL, 200);
  service.store.monthsToReport = () => Promise.reject(new Error("the store is busy"));
  await assert.rejects(service.alerts.raiseAndDeliver(), /the store is busy/);
  assert.equal(service.alerts.counters.delivered, 1);
});

Deno.test("a delivery that is aborted by a stop stays due under the same id", async () => {
  const service = new TestAlerts();
  await service.endpoint();
  service.setMonth(ACME, 10, 10);
  const stopped = Promise.withResolvers<number>();
  const reached = Promise.withResolvers<void>();
  const stopping = service.inAnotherProcess((_url, _message, signal) => {
    signal.addEventListener("abort", () => stopped.reject(signal.reason));
    reached.resolve();
    return stopped.promise;
  });
  const run = stopping.raiseAndDeliver();
  await reached.promise;
  await stopping.stop();
  await run;
  assert.deepEqual(stopping.counters, { delivered: 0, failed: 0, abandoned: 0 });
  service.now_ms += 60_000;
  assert.deepEqual(await service.run(), [`${URL} package.used_up acme`]);
});
