/** The contract of the alert store, checked on Postgres and on the memory store. */

import assert from "node:assert/strict";
import type { AlertStore, Delivery, Endpoint } from "../../src/alerts/store.ts";
import { ALERT_TYPES } from "../../src/domain/alerts.ts";
import { type CompanyId, credits, type Month } from "../../src/domain/types.ts";
import { connect, createPool, disconnect } from "../../src/postgres/connection.ts";
import { PostgresAlerts } from "../../src/postgres/alerts.ts";
import { MemoryAlertStore } from "../support/alert_store.ts";
import { createDatabase } from "../support/database.ts";

const ACME = "acme" as CompanyId;
const BRAVO = "bravo" as CompanyId;
const NOVEMBER = "2026-11" as Month;
const NOON = Date.UTC(2026, 10, 23, 12);
const MINUTE_MS = 60_000;
const FIRST = { from: NOVEMBER, used_percent: 80, closed_since_ms: NOON, after: undefined, limit: 100 };

/** A stored month. */
interface Row {
  readonly company: CompanyId;
  readonly month?: Month;
  readonly granted: number;
  readonly consumed: number;
  readonly closed_at_ms?: number;
}

interface Subject {
  readonly store: AlertStore;
  put(...rows: readonly Row[]): Promise<void>;
}

function endpoint(id: string, more: Partial<Endpoint> = {}): Endpoint {
  return {
    id,
    url: `https://platform.example/${id}`,
    company: undefined,
    types: ALERT_TYPES,
    secret: new Uint8Array(32).fill(id.length),
    created_at_ms: NOON,
    created_by: "a test",
    last_delivered_at_ms: undefined,
    last_failed_at_ms: undefined,
    last_failure: undefined,
    gone_at_ms: undefined,
    ...more,
  };
}

function alert(company: CompanyId, type: (typeof ALERT_TYPES)[number], granted = 10, consumed = 10) {
  const closed = type === "month.closed";
  return {
    company,
    type,
    period: { month: NOVEMBER, granted: credits(granted), consumed: credits(consumed), closed },
  };
}

/** Describes a delivery: its endpoint and its alert. */
function describe({ endpoint, alert: { company, type, period } }: Delivery): string {
  return `${endpoint.id}: ${company} ${type} ${period.consumed}/${period.granted}`;
}

function contract(name: string, test: (subject: Subject) => Promise<void>): void {
  Deno.test(`in memory: ${name}`, async () => {
    const store = new MemoryAlertStore();
    const put = (...rows: readonly Row[]) => {
      for (const { company, month = NOVEMBER, granted, consumed, closed_at_ms } of rows) {
        const closed = closed_at_ms !== undefined;
        const period = { month, granted: credits(granted), consumed: credits(consumed), closed };
        store.months = store.months.filter((other) =>
          other.company !== company || other.period.month !== month
        );
        store.months.push({ company, period, ...closed ? { closed_at_ms } : {} });
      }
      return Promise.resolve();
    };
    await test({ store, put });
  });
  Deno.test(`on Postgres: ${name}`, async () => {
    await using database = await createDatabase();
    const reads = createPool(database.url, { application_name: "tests", max: 3 });
    const client = await connect(database.url, { application_name: "tests" });
    const put = async (...rows: readonly Row[]) => {
      for (const { company, month = NOVEMBER, granted, consumed, closed_at_ms } of rows) {
        const closed_at = closed_at_ms === undefined ? null : new Date(closed_at_ms).toISOString();
        await client.query(
          `insert into periods (company_id, month, granted, consumed, closed, closed_at)
            values ($1, $2, $3, $4, $5::timestamptz is not null, $5)
            on conflict (company_id, month) do update set granted = excluded.granted, consumed = excluded.consumed,
              closed = excluded.closed, closed_at = excluded.closed_at`,
          [company, month, granted, consumed, closed_at],
        );
      }
    };
    try {
      await test({ store: new PostgresAlerts(reads), put });
    } finally {
      await disconnect(client);
      await reads.end();
    }
  });
}

/** Claims the due deliveries of an endpoint. */
function claimDue(store: AlertStore, id: string, now_ms = NOON, until_ms = now_ms + MINUTE_MS) {
  return store.claimDue(id, now_ms, until_ms, 10);
}

contract(
  "endpoints are limited in number, unique by URL and company, listed newest first, and removed",
  async ({ store }) => {
    const one = endpoint("one");
    const two = endpoint("two", { company: ACME, types: ["month.closed"], created_at_ms: NOON + 1 });
    assert.equal(await store.add(one, 2), "added");
    assert.equal(await store.add(endpoint("again", { url: one.url }), 2), "already_exists");
    assert.equal(await store.add({ ...two, url: one.url }, 2), "added");
    assert.equal(await store.add(endpoint("three"), 2), "too_many");
    const all = await store.list({ before: undefined, limit: 10 });
    assert.deepEqual(all, [{ ...two, url: one.url }, one]);
    assert.deepEqual(await store.list({ before: all[0], limit: 10 }), [one]);
    assert.equal(await store.remove("two"), true);
    assert.equal(await store.remove("two"), false);
    assert.deepEqual(await store.list({ before: undefined, limit: 10 }), [one]);
  },
);

contract(
  "months that reach the threshold or are closed are found if an endpoint receives them",
  async ({ store, put }) => {
    await put(
      { company: ACME, granted: 10, consumed: 8 },
      { company: ACME, month: "2026-10" as Month, granted: 10, consumed: 10 },
      { company: ACME, month: "2025-01" as Month, granted: 10, consumed: 1, closed_at_ms: NOON },
      { company: BRAVO, granted: 10, consumed: 7 },
      { company: "closed" as CompanyId, granted: 0, consumed: 5, closed_at_ms: NOON },
      { company: "none" as CompanyId, granted: 0, consumed: 5 },
      { company: "long ago" as CompanyId, granted: 5, consumed: 5, closed_at_ms: NOON - 1 },
    );
    assert.deepEqual(await store.monthsToReport(FIRST), []);
    await store.add(endpoint("bravo", { company: BRAVO }), 10);
    assert.deepEqual(await store.monthsToReport(FIRST), []);
    await store.add(endpoint("all"), 10);
    const found = (await store.monthsToReport(FIRST)).map(({ company, period }) =>
      `${company} ${period.month} ${period.consumed}/${period.granted} ${period.closed}`
    );
    assert.deepEqual(found, ["acme 2025-01 1/10 true", "acme 2026-11 8/10 false", "closed 2026-11 5/0 true"]);
    const [first] = await store.monthsToReport({ ...FIRST, limit: 1 });
    const after = { company: first!.company, month: first!.period.month };
    assert.equal((await store.monthsToReport({ ...FIRST, after })).length, 2);
  },
);

contract(
  "an alert is raised once for each of its endpoints, and claimed when due",
  async ({ store, put }) => {
    await put(
      { company: ACME, granted: 10, consumed: 10 },
      { company: BRAVO, granted: 5, consumed: 5, closed_at_ms: NOON },
    );
    const ids = ["all", "acme", "late"] as const;
    await store.add(endpoint("all"), 10);
    await store.add(endpoint("acme", { company: ACME, types: ["package.used_up"] }), 10);
    await store.add(endpoint("late", { created_at_ms: NOON + 1 }), 10);
    const alerts = [alert(ACME, "package.used_up"), alert(BRAVO, "month.closed", 5, 5)];
    await store.raise(alerts, { raised_at_ms: NOON, due_at_ms: NOON });
    await store.raise(alerts, { raised_at_ms: NOON + 1, due_at_ms: NOON + 1 });
    for (const id of ids) assert.deepEqual(await claimDue(store, id, NOON - 1), []);
    const taken = (await Promise.all(ids.map((id) => claimDue(store, id)))).flat();
    assert.deepEqual(taken.map(describe).sort(), [
      "acme: acme package.used_up 10/10",
      "all: acme package.used_up 10/10",
      "all: bravo month.closed 5/5",
      "late: acme package.used_up 10/10",
    ]);
    for (const { failures, raised_at_ms, endpoint: { id, url, secret } } of taken) {
      assert.deepEqual([failures, raised_at_ms, url], [0, NOON, `https://platform.example/${id}`]);
      assert.deepEqual(secret, new Uint8Array(32).fill(id.length));
    }
    assert.deepEqual(await claimDue(store, "all", NOON + MINUTE_MS - 1), []);
    assert.equal((await store.claimDue("all", NOON + MINUTE_MS, NOON + 2 * MINUTE_MS, 1)).length, 1);
    assert.deepEqual(await claimDue(store, "unknown"), []);
  },
);

contract(
  "a nearly used alert is not raised after a used up alert of the same package, even after a refund",
  async ({ store, put }) => {
    await put({ company: ACME, granted: 10, consumed: 10 });
    await store.add(endpoint("all"), 10);
    const raised = { raised_at_ms: NOON, due_at_ms: NOON };
    await store.raise([alert(ACME, "package.used_up")], raised);
    await store.raise(
      [alert(ACME, "package.nearly_used", 10, 9), alert(ACME, "package.nearly_used", 20, 16)],
      raised,
    );
    assert.deepEqual((await claimDue(store, "all")).map(describe).sort(), [
      "all: acme package.nearly_used 16/20",
      "all: acme package.used_up 10/10",
    ]);
  },
);

contract(
  "the closings of months that are open again are forgotten, all other deliveries stay",
  async ({ store, put }) => {
    await store.add(endpoint("one"), 10);
    await put(
      { company: ACME, granted: 10, consumed: 10, closed_at_ms: NOON },
      { company: BRAVO, granted: 10, consumed: 10, closed_at_ms: NOON },
    );
    const at = { raised_at_ms: NOON, due_at_ms: NOON };
    await store.raise(
      [alert(ACME, "month.closed"), alert(ACME, "package.used_up"), alert(BRAVO, "month.closed")],
      at,
    );
    await store.forgetClosings(BRAVO);
    await put({ company: ACME, granted: 10, consumed: 10 });
    await store.forgetClosings(ACME);
    const due = await store.claimDue("one", NOON, NOON + MINUTE_MS, 10);
    assert.deepEqual(due.map(describe).sort(), [
      "one: acme package.used_up 10/10",
      "one: bravo month.closed 10/10",
    ]);
  },
);

contract("the result of an attempt is stored with the delivery and its endpoint", async ({ store, put }) => {
  await put({ company: ACME, granted: 10, consumed: 10 });
  await store.add(endpoint("all"), 10);
  const raise = (...granted: number[]) =>
    store.raise(granted.map((amount) => alert(ACME, "package.used_up", amount)), {
      raised_at_ms: NOON,
      due_at_ms: NOON,
    });
  await raise(10);
  const taken = async (at_ms: number) => (await claimDue(store, "all", at_ms))[0]!;
  const stored = async () => (await store.list({ before: undefined, limit: 1 }))[0]!;
  const failed = { type: "failed", failure: "response status 500", next_attempt_at_ms: NOON + 10 } as const;
  await store.recordAttempt(await taken(NOON), failed, NOON + 1);
  const last_failure_fields = { last_failed_at_ms: NOON + 1, last_failure: "response status 500" };
  assert.deepEqual(await stored(), endpoint("all", last_failure_fields));
  assert.equal(await taken(NOON + 9), undefined);
  const again = await taken(NOON + 10);
  assert.equal(again.failures, 1);
  await store.recordAttempt(again, { type: "delivered" }, NOON + 11);
  assert.deepEqual(
    await stored(),
    endpoint("all", { ...last_failure_fields, last_delivered_at_ms: NOON + 11 }),
  );
  assert.equal(await taken(NOON + 10 * MINUTE_MS), undefined);

  await raise(9);
  await store.recordAttempt(await taken(NOON), { ...failed, next_attempt_at_ms: undefined }, NOON + 20);
  assert.equal(await taken(NOON + 10 * MINUTE_MS), undefined);

  await raise(8, 7);
  await store.recordAttempt(await taken(NOON), { type: "gone" }, NOON + 30);
  const { gone_at_ms, last_failure } = await stored();
  assert.deepEqual([gone_at_ms, last_failure], [NOON + 30, "response status 410"]);
  await raise(6);
  assert.deepEqual(await claimDue(store, "all", NOON + 10 * MINUTE_MS), []);
  assert.deepEqual(await store.monthsToReport(FIRST), []);
  assert.equal(await store.add(endpoint("new", { url: (await stored()).url }), 10), "added");
});

contract("old settled deliveries are deleted, and pending ones are kept", async ({ store, put }) => {
  await put({ company: ACME, granted: 10, consumed: 10 });
  await store.add(endpoint("all"), 10);
  const raise = (granted: number) =>
    store.raise([alert(ACME, "package.used_up", granted)], { raised_at_ms: NOON, due_at_ms: NOON });
  await raise(10);
  const [delivery] = await claimDue(store, "all");
  await store.recordAttempt(delivery!, { type: "delivered" }, NOON);
  await raise(9);
  await store.deleteOld(NOON);
  await raise(10);
  assert.deepEqual((await claimDue(store, "all")).map(describe), ["all: acme package.used_up 10/9"]);
  await store.deleteOld(NOON + 1);
  await raise(10);
  assert.deepEqual((await claimDue(store, "all")).map(describe), ["all: acme package.used_up 10/10"]);
});
