import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { Alerts } from "../../src/alerts/alerts.ts";
import type { Message } from "../../src/alerts/message.ts";
import { AlertBody } from "../../src/http/resources/webhook_endpoints.ts";
import { type CompanyId, credits, type Month } from "../../src/domain/types.ts";
import { MemoryAlertStore } from "../support/alert_store.ts";

const HOUR_MS = 3_600_000;
const ACME = "acme" as CompanyId;
const BRAVO = "bravo" as CompanyId;
const URL = "https://platform.example/hooks";

/** Alerts on a store in memory, and receivers that answer what they are told to. */
class Tower {
  readonly store = new MemoryAlertStore();
  /** Both clocks: receivers check the time, so it is about the present. */
  now_ms = Date.now();
  /** What receivers answer next, by address; 200 when nothing is said. */
  readonly answers = new Map<string, number | Error>();
  readonly posted: { url: string; message: Message; told: Record<string, unknown> }[] = [];
  readonly given_up: string[] = [];
  readonly alerts = this.another((url, message) => {
    this.posted.push({ url, message, told: JSON.parse(message.body) });
    const answer = this.answers.get(url) ?? 200;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  });

  /** Alerts of another process, on the same store. */
  another(post: ConstructorParameters<typeof Alerts>[0]["post"]): Alerts {
    return new Alerts({
      store: this.store,
      clock: { now_ms: () => this.now_ms },
      system_clock: { now_ms: () => this.now_ms },
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      post,
      onAbandoned: (_delivery, failure) => void this.given_up.push(failure),
    });
  }

  async endpoint(more: { url?: string; company?: CompanyId; types?: readonly ["month.closed"] } = {}) {
    const asked = { url: URL, company: undefined, types: undefined, created_by: "a test", ...more };
    const made = await this.alerts.create(asked);
    if (typeof made === "string") throw new Error(`no endpoint was made: ${made}`);
    return made;
  }

  /** A company's month as it stands; `closed_ago_ms` when it is closed. */
  month(company: CompanyId, consumed: number, granted: number, closed_ago_ms?: number): void {
    const month = new Date(this.now_ms).toISOString().slice(0, 7) as Month;
    const closed = closed_ago_ms !== undefined;
    const period = { month, consumed: credits(consumed), granted: credits(granted), closed };
    this.store.months = this.store.months.filter((other) => other.company !== company);
    const closed_at_ms = this.now_ms - (closed_ago_ms ?? 0);
    this.store.months.push({ company, period, ...closed ? { closed_at_ms } : {} });
  }

  /** Looks and tells, and says what was told meanwhile: whom, and what of whom. */
  async told(): Promise<string[]> {
    const before = this.posted.length;
    await this.alerts.raiseAndDeliver();
    return this.posted.slice(before).map(({ url, told }) => {
      return `${url} ${told.type} ${(told.data as { company: string }).company}`;
    });
  }

  /** The endpoint as it is listed. */
  async shown() {
    return (await this.alerts.list({ before: undefined, limit: 1 }))[0]!;
  }
}

Deno.test("what a month has come to is told once, and more of it when more is granted", async () => {
  const tower = new Tower();
  await tower.endpoint();
  tower.month(ACME, 7, 10);
  assert.deepEqual(await tower.told(), []);
  tower.month(ACME, 8, 10);
  assert.deepEqual(await tower.told(), [`${URL} package.nearly_used acme`]);
  tower.month(ACME, 9, 10);
  assert.deepEqual(await tower.told(), []);
  tower.month(ACME, 12, 10);
  assert.deepEqual(await tower.told(), [`${URL} package.used_up acme`]);
  tower.month(ACME, 16, 20);
  assert.deepEqual(await tower.told(), [`${URL} package.nearly_used acme`]);
  tower.month(ACME, 16, 20, 0);
  assert.deepEqual(await tower.told(), [`${URL} month.closed acme`]);
  assert.deepEqual(await tower.told(), []);
});

Deno.test("a message is signed as Standard Webhooks says, and tells the month as it stood", async () => {
  const tower = new Tower();
  const { secret } = await tower.endpoint();
  tower.month(ACME, 12, 10);
  await tower.told();
  const { message: { headers, body }, told } = tower.posted[0]!;
  const receiver = new Webhook(`whsec_${secret.toBase64()}`);
  assert.deepEqual(receiver.verify(body, { ...headers }), told);
  assert.deepEqual(AlertBody.parse(told), told);
  assert.deepEqual(told, {
    type: "package.used_up",
    timestamp: Temporal.Instant.fromEpochMilliseconds(tower.now_ms).toString(),
    data: {
      company: "acme",
      period: new Date(tower.now_ms).toISOString().slice(0, 7),
      granted: 10,
      consumed: 12,
      available: 0,
      excess: 2,
    },
  });
  assert.throws(() => receiver.verify(body.replace("12", "11"), { ...headers }));
  assert.throws(() => new Webhook(new Uint8Array(32), { format: "raw" }).verify(body, { ...headers }));
});

Deno.test("an endpoint hears of its company and of what it asked for, and of no month that closed before it was there", async () => {
  const tower = new Tower();
  tower.month(ACME, 10, 10, 1);
  await tower.endpoint({ url: `${URL}/all` });
  await tower.endpoint({ url: `${URL}/bravo`, company: BRAVO });
  await tower.endpoint({ url: `${URL}/closed`, types: ["month.closed"] });
  tower.month(BRAVO, 10, 10);
  assert.deepEqual((await tower.told()).sort(), [
    `${URL}/all package.used_up bravo`,
    `${URL}/bravo package.used_up bravo`,
  ]);
  tower.month(BRAVO, 10, 10, 0);
  assert.deepEqual((await tower.told()).sort(), [
    `${URL}/all month.closed bravo`,
    `${URL}/bravo month.closed bravo`,
    `${URL}/closed month.closed bravo`,
  ]);
});

Deno.test("what was not taken is tried again under the same id, and then shown as delivered", async () => {
  const tower = new Tower();
  await tower.endpoint();
  tower.month(ACME, 10, 10);
  tower.answers.set(URL, 500);
  await tower.told();
  assert.deepEqual(await tower.told(), []);
  const { last_failure, last_delivered_at_ms } = await tower.shown();
  assert.deepEqual([last_failure, last_delivered_at_ms], ["it answered 500", undefined]);
  tower.now_ms += 60_000;
  tower.answers.set(URL, new DOMException("too late", "TimeoutError"));
  assert.equal((await tower.told()).length, 1);
  assert.equal((await tower.shown()).last_failure, "it did not answer in time");
  tower.now_ms += 5 * 60_000;
  tower.answers.set(URL, 204);
  assert.equal((await tower.told()).length, 1);
  assert.equal((await tower.shown()).last_delivered_at_ms, tower.now_ms);
  const ids = new Set(tower.posted.map(({ message }) => message.headers["webhook-id"]));
  const signatures = new Set(tower.posted.map(({ message }) => message.headers["webhook-signature"]));
  assert.deepEqual([ids.size, signatures.size], [1, 3]);
  tower.now_ms += 100 * HOUR_MS;
  assert.deepEqual(await tower.told(), []);
  assert.deepEqual(tower.alerts.counters, { delivered: 1, failed: 2, abandoned: 0 });
});

Deno.test("a receiver that never answers is given up after three days, and that is told", async () => {
  const tower = new Tower();
  await tower.endpoint();
  tower.month(ACME, 10, 10);
  tower.answers.set(URL, new TypeError("connection refused"));
  const begun_ms = tower.now_ms;
  let tried_last_ms = begun_ms;
  for (let hour = 0; hour <= 24 * 7; hour++, tower.now_ms += HOUR_MS) {
    if ((await tower.told()).length > 0) tried_last_ms = tower.now_ms;
  }
  assert.equal(tower.posted.length, 10);
  const hours = (tried_last_ms - begun_ms) / HOUR_MS;
  assert.ok(hours >= 72 && hours <= 84, `it was tried for ${hours} hours`);
  assert.deepEqual(tower.given_up, ["it cannot be reached"]);
});

Deno.test("a receiver that answers 410 is told nothing more", async () => {
  const tower = new Tower();
  await tower.endpoint();
  tower.month(ACME, 8, 10);
  tower.answers.set(URL, 410);
  assert.equal((await tower.told()).length, 1);
  tower.now_ms += 100 * HOUR_MS;
  tower.month(ACME, 10, 10);
  assert.deepEqual(await tower.told(), []);
  assert.notEqual((await tower.shown()).gone_at_ms, undefined);
  assert.deepEqual(tower.given_up, ["its receiver is gone (410)"]);
});

Deno.test("an endpoint that was removed hears nothing, also of what was on its way", async () => {
  const tower = new Tower();
  const { id } = await tower.endpoint();
  tower.month(ACME, 10, 10);
  tower.answers.set(URL, 500);
  await tower.told();
  assert.equal(await tower.alerts.remove(id), true);
  assert.equal(await tower.alerts.remove(id), false);
  tower.now_ms += HOUR_MS;
  assert.deepEqual(await tower.told(), []);
});

Deno.test("two looks at once follow each other, and tell nothing twice", async () => {
  const tower = new Tower();
  await tower.endpoint();
  for (let i = 0; i < 50; i++) tower.month(`company-${i}` as CompanyId, 10, 10);
  await Promise.all([
    tower.alerts.raiseAndDeliver(),
    tower.alerts.raiseAndDeliver(),
    tower.alerts.raiseAndDeliver(),
  ]);
  assert.equal(tower.posted.length, 50);
});

Deno.test("a receiver that fails is tried a few times a minute, and holds up no other", async () => {
  const tower = new Tower();
  const [down, up] = [`${URL}/down`, `${URL}/up`];
  for (const url of [down, up]) await tower.endpoint({ url });
  for (let i = 0; i < 100; i++) tower.month(`company-${i}` as CompanyId, 10, 10);
  tower.answers.set(down, 503);
  const told = await tower.told();
  assert.equal(told.filter((line) => line.startsWith(up)).length, 100);
  assert.equal(told.filter((line) => line.startsWith(down)).length, 5);
});

Deno.test("a receiver that does not answer holds up no other", async () => {
  const tower = new Tower();
  const [slow, quick] = [`${URL}/slow`, `${URL}/quick`];
  const answered = Promise.withResolvers<number>();
  const quick_told: string[] = [];
  const done = Promise.withResolvers<void>();
  const alerts = tower.another((url) => {
    if (url === slow) return answered.promise;
    if (quick_told.push(url) === 20) done.resolve();
    return Promise.resolve(200);
  });
  for (const url of [slow, quick]) await tower.endpoint({ url });
  for (let i = 0; i < 20; i++) tower.month(`company-${i}` as CompanyId, 10, 10);
  const run = alerts.raiseAndDeliver();
  await done.promise;
  answered.resolve(200);
  await run;
  assert.equal(alerts.counters.delivered, 40);
});

Deno.test("a month that is closed long after its end is told of all the same", async () => {
  const tower = new Tower();
  await tower.endpoint();
  await tower.told();
  tower.now_ms += 400 * 24 * HOUR_MS;
  tower.store.months = [{
    company: ACME,
    period: { month: "2026-11" as Month, consumed: credits(3), granted: credits(10), closed: true },
    closed_at_ms: tower.now_ms,
  }];
  tower.now_ms += 1;
  assert.deepEqual(await tower.told(), [`${URL} month.closed acme`]);
});

Deno.test("what is due is told also while nothing new can be found, and that fault is told", async () => {
  const tower = new Tower();
  await tower.endpoint();
  tower.month(ACME, 10, 10);
  tower.answers.set(URL, 500);
  await tower.told();
  tower.now_ms += 60_000;
  tower.answers.set(URL, 200);
  tower.store.monthsToReport = () => Promise.reject(new Error("the store is busy"));
  await assert.rejects(tower.alerts.raiseAndDeliver(), /the store is busy/);
  assert.equal(tower.alerts.counters.delivered, 1);
});

Deno.test("what is being told when the service stops stays due, under the same id", async () => {
  const tower = new Tower();
  await tower.endpoint();
  tower.month(ACME, 10, 10);
  const stopped = Promise.withResolvers<number>();
  const reached = Promise.withResolvers<void>();
  const stopping = tower.another((_url, _message, signal) => {
    signal.addEventListener("abort", () => stopped.reject(signal.reason));
    reached.resolve();
    return stopped.promise;
  });
  const run = stopping.raiseAndDeliver();
  await reached.promise;
  await stopping.stop();
  await run;
  assert.deepEqual(stopping.counters, { delivered: 0, failed: 0, abandoned: 0 });
  tower.now_ms += 60_000;
  assert.deepEqual(await tower.told(), [`${URL} package.used_up acme`]);
});
