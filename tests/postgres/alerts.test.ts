/** The contract of the alert store: endpoints, thresholds and alerts. */

import assert from "node:assert/strict";
import { alertIdOf, deliveryIdOf } from "../../src/alerts/ids.ts";
import { ALERT_TYPES, quarantineAlert } from "../../src/domain/alerts.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import {
  ACME,
  alert,
  AT_NOON,
  BRAVO,
  check,
  claimDue,
  contract,
  dayClosed,
  describe,
  endpoint,
  MINUTE_MS,
  NOON,
} from "./alert_contract.ts";

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
    assert.deepEqual([await store.find("one"), await store.find("three")], [one, undefined]);
    assert.equal(await store.remove("two"), true);
    assert.equal(await store.remove("two"), false);
    assert.deepEqual(await store.list({ before: undefined, limit: 10 }), [one]);
  },
);

contract("a company's own thresholds are stored, and replaced", async ({ store }) => {
  assert.equal(await store.thresholdsOf(ACME), undefined);
  const first = { used_percents: [50, 90], credits_left: [20, 5], runs_out_days: 3 };
  for (const thresholds of [first, { used_percents: [], credits_left: [], runs_out_days: null }]) {
    const stored = { ...thresholds, set_at_ms: NOON, set_by: "a test" };
    await store.setThresholds(ACME, stored);
    assert.deepEqual(await store.thresholdsOf(ACME), stored);
  }
  assert.equal(await store.thresholdsOf(BRAVO), undefined);
});

contract(
  "an alert is raised once for each of its endpoints, and claimed when due",
  async ({ store }) => {
    const ids = ["all", "acme", "late"] as const;
    await store.add(endpoint("all"), 10);
    await store.add(endpoint("acme", { company: ACME, types: ["package.used_up"] }), 10);
    await store.add(endpoint("late", { created_at_ms: NOON + 1 }), 10);
    const alerts = [alert(ACME, "package.used_up"), alert(BRAVO, "month.closed", 5, 5)];
    await store.raise({ alerts, checks: [] }, AT_NOON);
    await store.raise({ alerts, checks: [] }, { raised_at_ms: NOON + 1, due_at_ms: NOON + 1 });
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
    assert.equal(new Set(taken.map(({ id }) => id)).size, 4);
    assert.deepEqual(await claimDue(store, "all", NOON + MINUTE_MS - 1), []);
    assert.equal((await store.claimDue("all", NOON + MINUTE_MS, NOON + 2 * MINUTE_MS, 1)).length, 1);
    assert.deepEqual(await claimDue(store, "unknown"), []);
  },
);

contract("two processes that raise the same at the same time raise it once", async ({ store }) => {
  await store.add(endpoint("all"), 10);
  const checks = [check(ACME, "2026-11-22", [dayClosed(ACME, "2026-11-22", 5)])];
  const alerts = [alert(ACME, "package.used_up")];
  await Promise.all([1, 2, 3].map((ms) =>
    store.raise({ alerts, checks }, {
      raised_at_ms: NOON + ms,
      due_at_ms: NOON,
    })
  ));
  assert.deepEqual((await claimDue(store, "all")).map(describe).sort(), [
    "all: acme day.closed 2026-11-22",
    "all: acme package.used_up 10/10",
  ]);
  assert.equal((await store.alertsSince([ACME], NOON)).length, 2);
});

contract(
  "of one package no lower threshold is raised after a higher one, and a larger package has its own",
  async ({ store }) => {
    await store.add(endpoint("all"), 10);
    const raise = (...alerts: Parameters<typeof alert>[]) =>
      store.raise({ alerts: alerts.map((one) => alert(...one)), checks: [] }, AT_NOON);
    await raise([ACME, "package.used_up"]);
    await raise([ACME, "package.nearly_used", 10, 9], [ACME, "package.nearly_used", 20, 16]);
    await raise([ACME, "package.nearly_used", 20, 15]);
    await raise([ACME, "package.nearly_used", 20, 18]);
    assert.deepEqual((await claimDue(store, "all")).map(describe).sort(), [
      "all: acme package.nearly_used 16/20",
      "all: acme package.nearly_used 18/20",
      "all: acme package.used_up 10/10",
    ]);
    assert.equal((await store.alertsSince([ACME], NOON)).length, 3);
  },
);

contract("an endpoint that is created later gets what lasts, under the alert's time", async ({ store }) => {
  const alerts = [alert(ACME, "package.used_up"), alert(ACME, "month.closed")];
  await store.raise({ alerts, checks: [] }, AT_NOON);
  await store.add(endpoint("late", { created_at_ms: NOON + 1 }), 10);
  await store.raise({ alerts, checks: [] }, { raised_at_ms: NOON + 2, due_at_ms: NOON + 2 });
  const taken = await claimDue(store, "late", NOON + 2);
  assert.deepEqual(taken.map(describe), ["late: acme package.used_up 10/10"]);
  assert.equal(taken[0]!.raised_at_ms, NOON);
  const raised = await store.alertsSince([ACME], NOON);
  const { id } = raised.find(({ type }) => type === "package.used_up")!;
  assert.deepEqual([id, taken[0]!.id], [alertIdOf(alerts[0]!, NOON), deliveryIdOf("late", id)]);
});

contract("days that were checked already bring no alerts", async ({ store }) => {
  await store.raise({ alerts: [], checks: [check(ACME, "2026-11-22")] }, AT_NOON);
  const stale = check(ACME, "2026-11-21", [dayClosed(ACME, "2026-11-21", 5)]);
  const same = check(ACME, "2026-11-22", [dayClosed(ACME, "2026-11-22", 5)]);
  await store.raise({ alerts: [], checks: [stale] }, AT_NOON);
  await store.raise({ alerts: [], checks: [same] }, AT_NOON);
  assert.deepEqual(await store.alertsSince([ACME], 0), []);
});

contract(
  "alerts of events of no company go to endpoints of all companies, and are in no company's list",
  async ({ store }) => {
    await store.add(endpoint("all"), 10);
    await store.add(endpoint("acme", { company: ACME }), 10);
    const waiting = [{ reason: "unknown_phone_number", events: 1 }] as const;
    const alerts = [undefined, ACME].map((company) =>
      quarantineAlert(company, "2026-11-23" as LocalDate, waiting, NOON)
    );
    await store.raise({ alerts, checks: [] }, AT_NOON);
    assert.deepEqual((await claimDue(store, "all")).map(describe).sort(), [
      "all: acme quarantine.not_empty 2026-11-23",
      "all: null quarantine.not_empty 2026-11-23",
    ]);
    assert.deepEqual((await claimDue(store, "acme")).map(describe), [
      "acme: acme quarantine.not_empty 2026-11-23",
    ]);
    assert.deepEqual((await store.alertsSince([ACME, BRAVO], NOON)).map(({ data }) => data), [
      alerts[1]!.data,
    ]);
  },
);

contract("a company's alerts are listed newest first, in pages, by type and time", async ({ store }) => {
  const days = ["2026-11-20", "2026-11-21", "2026-11-22"];
  for (const [index, date] of days.entries()) {
    const at = { raised_at_ms: NOON + index, due_at_ms: NOON };
    await store.raise({ alerts: [dayClosed(ACME, date, index), dayClosed(BRAVO, date, 9)], checks: [] }, at);
  }
  await store.raise({ alerts: [alert(ACME, "package.used_up")], checks: [] }, AT_NOON);
  const query = { company: ACME, types: ALERT_TYPES, since_ms: -Infinity, before: undefined, limit: 10 };
  const all = await store.alertsOf(query);
  assert.deepEqual(all.map(({ type }) => type).sort(), [
    "day.closed",
    "day.closed",
    "day.closed",
    "package.used_up",
  ]);
  assert.deepEqual(all.map(({ raised_at_ms }) => raised_at_ms - NOON), [2, 1, 0, 0]);
  for (const { id } of all) assert.match(id, /^al_[0-9a-f]{32}$/);
  assert.deepEqual(await store.alertsOf({ ...query, types: ["day.closed"], limit: 2 }), all.slice(0, 2));
  const before = { at_ms: all[1]!.raised_at_ms, id: all[1]!.id };
  assert.deepEqual(await store.alertsOf({ ...query, before }), all.slice(2));
  assert.deepEqual(await store.alertsOf({ ...query, since_ms: NOON + 1 }), all.slice(0, 2));
  assert.deepEqual(
    (await store.alertsSince([ACME], NOON + 1)).map(({ id }) => id),
    [all[1]!.id, all[0]!.id],
  );
});

contract(
  "the closings of months and days that are open again are forgotten, all other alerts stay",
  async ({ store, put, putDays }) => {
    await store.add(endpoint("one"), 10);
    const closing = { granted: 10, consumed: 10, closed_at_ms: NOON };
    await put({ company: ACME, ...closing }, { company: BRAVO, ...closing });
    const alerts = [
      alert(ACME, "month.closed"),
      alert(ACME, "package.used_up"),
      alert(BRAVO, "month.closed"),
      dayClosed(ACME, "2026-11-21", 1),
      dayClosed(ACME, "2026-11-22", 2),
    ];
    await store.raise({ alerts, checks: [check(ACME, "2026-11-22")] }, AT_NOON);
    await store.forgetClosings(BRAVO);
    await put({ company: ACME, granted: 10, consumed: 10 });
    const today = "2026-11-22" as LocalDate;
    await putDays({ company: ACME, closed: { "2026-11-21": 1 }, today, used_today: 2, closed_at_ms: NOON });
    await store.forgetClosings(ACME);
    const due = await store.claimDue("one", NOON, NOON + MINUTE_MS, 10);
    assert.deepEqual(due.map(describe).sort(), [
      "one: acme day.closed 2026-11-21",
      "one: acme package.used_up 10/10",
      "one: bravo month.closed 10/10",
    ]);
    assert.equal((await store.alertsSince([ACME], 0)).length, 2);
    // The day that was open again is announced when it closes.
    const again = check(ACME, "2026-11-22", [dayClosed(ACME, "2026-11-22", 2)]);
    await store.raise({ alerts: [], checks: [again] }, AT_NOON);
    assert.equal((await store.alertsSince([ACME], 0)).length, 3);
  },
);
