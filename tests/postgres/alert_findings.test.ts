/** The contract of the alert store: the rows from which alerts are found. */

import assert from "node:assert/strict";
import { DEFAULT_THRESHOLDS } from "../../src/domain/alerts.ts";
import { shardOf } from "../../actors/placement/shards.ts";
import { type CompanyId, credits, type LocalDate, type Month } from "../../src/domain/types.ts";
import { ACME, AT_NOON, BRAVO, check, contract, NOON, NOVEMBER, total } from "./alert_contract.ts";
import { quarantineAlert } from "../../src/domain/alerts.ts";
import { spikeAlert } from "../../src/domain/closed_day_alerts.ts";

const DAY_MS = 86_400_000;
const FIRST = { from: NOVEMBER, closed_since_ms: NOON, after: undefined, limit: 100 };
const TODAY = "2026-11-23" as LocalDate;
const PAGE = { after: undefined, limit: 10 };

/** Seven closed days of 10 credits each. */
const CLOSED = Object.fromEntries([16, 17, 18, 19, 20, 21, 22].map((day) => [`2026-11-${day}`, 10]));

contract("months that reach a threshold or are closed are found", async ({ store, put }) => {
  await put(
    { company: ACME, granted: 10, consumed: 8 },
    { company: ACME, month: "2026-10" as Month, granted: 10, consumed: 10 },
    { company: ACME, month: "2025-01" as Month, granted: 10, consumed: 1, closed_at_ms: NOON },
    { company: BRAVO, granted: 10, consumed: 7 },
    { company: "closed" as CompanyId, granted: 0, consumed: 5, closed_at_ms: NOON },
    { company: "none" as CompanyId, granted: 0, consumed: 5 },
    { company: "long ago" as CompanyId, granted: 5, consumed: 5, closed_at_ms: NOON - 1 },
  );
  const found = (await store.monthsToReport(FIRST)).map(({ company, period, closed_at_ms }) =>
    `${company} ${period.month} ${period.consumed}/${period.granted} ${closed_at_ms}`
  );
  assert.deepEqual(found, [
    `acme 2025-01 1/10 ${NOON}`,
    "acme 2026-11 8/10 undefined",
    `closed 2026-11 5/0 ${NOON}`,
  ]);
  const [first] = await store.monthsToReport({ ...FIRST, limit: 1 });
  const after = { company: first!.company, month: first!.period.month };
  assert.equal((await store.monthsToReport({ ...FIRST, after })).length, 2);
});

contract(
  "months, days and quarantined events are found by the shards of their companies",
  async (subject) => {
    const { store, put, putDays, quarantine } = subject;
    await put({ company: ACME, granted: 10, consumed: 8 }, { company: BRAVO, granted: 10, consumed: 9 });
    for (const company of [ACME, BRAVO]) {
      await putDays({ company, closed: CLOSED, today: TODAY, used_today: 30, closed_at_ms: NOON });
      await quarantine(company, NOON, 1);
    }
    await quarantine(undefined, NOON, 1);
    const find = async (shards: readonly number[] | undefined) => [
      (await store.monthsToReport({ ...FIRST, shards })).map(({ company }) => company),
      (await store.uncheckedDays({ closed_since_ms: NOON, ...PAGE, shards })).map(({ company }) => company),
      (await store.quarantinedDays(NOON, shards)).map(({ company }) => company),
    ];
    assert.deepEqual(await find([shardOf(BRAVO)]), [[BRAVO], [BRAVO], [BRAVO]]);
    assert.deepEqual(await find([]), [[], [], []]);
    const none = shardOf("" as CompanyId);
    assert.deepEqual(await find([none]), [[], [], [undefined]]);
    const both = [[ACME, BRAVO], [ACME, BRAVO]];
    assert.deepEqual((await find([shardOf(ACME), none, shardOf(BRAVO)])).slice(0, 2), both);
    assert.deepEqual((await find(undefined)).slice(0, 2), both);
    const checks = [ACME, BRAVO].map((company) => ({
      ...check(company, "2026-11-22"),
      spike_from: credits(30),
    }));
    await store.raise({ alerts: [], checks }, AT_NOON);
    const busy = async (shards: readonly number[]) =>
      (await store.busyDays({ ...PAGE, shards })).map(({ company }) => company);
    assert.deepEqual([await busy([shardOf(ACME)]), await busy([])], [[ACME], []]);
  },
);

contract("a month is found by the thresholds of its company", async ({ store, put }) => {
  await put({ company: ACME, granted: 100, consumed: 60 }, { company: BRAVO, granted: 100, consumed: 85 });
  const companies = async (more: Partial<typeof DEFAULT_THRESHOLDS>) => {
    const thresholds = { ...DEFAULT_THRESHOLDS, ...more };
    await store.setThresholds(ACME, { ...thresholds, set_at_ms: NOON, set_by: "a test" });
    const found = await store.monthsToReport(FIRST);
    const own = found.find(({ company }) => company === ACME)?.thresholds.used_percents;
    assert.deepEqual(own, own && thresholds.used_percents);
    assert.deepEqual(found.find(({ company }) => company === BRAVO)?.thresholds, DEFAULT_THRESHOLDS);
    return found.map(({ company }) => company);
  };
  assert.deepEqual(await companies({}), [BRAVO]);
  assert.deepEqual(await companies({ used_percents: [60, 90] }), [ACME, BRAVO]);
  assert.deepEqual(await companies({ used_percents: [61] }), [BRAVO]);
  assert.deepEqual(await companies({ used_percents: [], credits_left: [40, 10] }), [ACME, BRAVO]);
  assert.deepEqual(await companies({ used_percents: [], credits_left: [39] }), [BRAVO]);
});

contract("closed days are found until they are checked", async ({ store, putDays }) => {
  await putDays({ company: ACME, closed: CLOSED, today: TODAY, used_today: 5, closed_at_ms: NOON });
  const [found] = await store.uncheckedDays({ closed_since_ms: NOON, ...PAGE });
  const { company, closed, closed_through, first_closed, totals, thresholds } = found!;
  assert.deepEqual([company, closed_through, first_closed], [ACME, "2026-11-22", "2026-11-16"]);
  assert.deepEqual(
    closed.map(({ local_date }) => local_date),
    Object.keys(CLOSED),
  );
  assert.deepEqual(closed.at(-1), { local_date: "2026-11-22", totals: [total(10)], closed_at_ms: NOON });
  assert.deepEqual(
    totals.toSorted((a, b) => a.local_date < b.local_date ? -1 : 1).at(-1),
    { local_date: TODAY, ...total(5) },
  );
  assert.deepEqual([totals.length, thresholds], [8, DEFAULT_THRESHOLDS]);
  assert.deepEqual(await store.uncheckedDays({ closed_since_ms: NOON, ...PAGE, after: ACME }), []);

  const [late] = await store.uncheckedDays({ closed_since_ms: NOON + 1, ...PAGE });
  assert.deepEqual(late!.closed, []);
  await store.raise({ alerts: [], checks: [check(ACME, "2026-11-21")] }, AT_NOON);
  const [last] = await store.uncheckedDays({ closed_since_ms: NOON, ...PAGE });
  assert.deepEqual(last!.closed.map(({ local_date }) => local_date), ["2026-11-22"]);
  await store.raise({ alerts: [], checks: [check(ACME, "2026-11-22")] }, AT_NOON);
  assert.deepEqual(await store.uncheckedDays({ closed_since_ms: NOON, ...PAGE }), []);
});

contract("a busy day is found until its alert is raised", async ({ store, putDays }) => {
  await putDays({ company: ACME, closed: CLOSED, today: TODAY, used_today: 50, closed_at_ms: NOON });
  const spike_from = 30;
  await store.raise({ alerts: [], checks: [{ ...check(ACME, "2026-11-22"), spike_from }] }, AT_NOON);
  const [busy] = await store.busyDays(PAGE);
  const { company, date, first_closed, totals } = busy!;
  assert.deepEqual([company, date, first_closed, totals.length], [ACME, TODAY, "2026-11-16", 8]);
  assert.deepEqual(await store.busyDays({ ...PAGE, after: ACME }), []);
  const spike = spikeAlert(busy!, date, NOON);
  await store.raise({ alerts: [spike!], checks: [] }, AT_NOON);
  assert.deepEqual(await store.busyDays(PAGE), []);
});

contract(
  "dates on which events arrived in quarantine are found until their alert is raised",
  async (subject) => {
    const { store, quarantine } = subject;
    await quarantine(undefined, NOON, 2);
    await quarantine(ACME, NOON, 1);
    await quarantine(BRAVO, NOON - DAY_MS, 1);
    const found = await store.quarantinedDays(NOON);
    const waiting = (events: number) => [{ reason: "too_old" as const, events }];
    assert.deepEqual(found, [
      { company: undefined, date: TODAY, waiting: waiting(2) },
      { company: ACME, date: TODAY, waiting: waiting(1) },
    ]);
    const alerts = found.map(({ company, date, waiting }) => quarantineAlert(company, date, waiting, NOON));
    await store.raise({ alerts, checks: [] }, AT_NOON);
    assert.deepEqual(await store.quarantinedDays(NOON), []);
  },
);
