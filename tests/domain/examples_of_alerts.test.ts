/** The worked examples of `src/domain/README.md` of alerts. */

import assert from "node:assert/strict";
import {
  type Alert,
  alertOfMonth,
  type AlertThresholds,
  DEFAULT_THRESHOLDS,
  quarantineAlert,
} from "../../src/domain/alerts.ts";
import { addDays, monthOf } from "../../src/domain/calendar.ts";
import { checkClosedDays, spikeAlert, type UncheckedDays } from "../../src/domain/closed_day_alerts.ts";
import type { DatedTotal } from "../../src/domain/reports.ts";
import {
  type CompanyId,
  credits,
  type FeatureCode,
  type LocalDate,
  type Month,
} from "../../src/domain/types.ts";
import { ContractHistory } from "../support/contract_history.ts";

const ACME = "acme" as CompanyId;
const AUTOMATION = "automation.run" as FeatureCode;

/** The alerts raised so far: of one topic only a higher level is news. */
class RaisedAlerts {
  readonly #levels = new Map<string, number>();

  /** Returns whether an alert is news, and remembers it. */
  isNews({ topic, level }: Alert): boolean {
    if (level <= (this.#levels.get(topic) ?? -1)) return false;
    this.#levels.set(topic, level);
    return true;
  }
}

function monthAlert(consumed: number, granted: number, closed = false, thresholds = DEFAULT_THRESHOLDS) {
  const period = {
    month: "2026-11" as Month,
    consumed: credits(consumed),
    granted: credits(granted),
    closed,
  };
  return alertOfMonth({ company: ACME, period, closed_at_ms: closed ? 1 : undefined, thresholds });
}

function used(local_date: LocalDate, amount: number): DatedTotal {
  return { local_date, feature: AUTOMATION, direction: "none", units: amount, credits: credits(amount) };
}

/** The state when the day before `today` has been closed, after `days` closed days of 50 credits each. */
function closedDays(today: LocalDate, more: Partial<UncheckedDays> = {}, days = 7): UncheckedDays {
  const totals = Array.from({ length: days }, (_, index) => used(addDays(today, index - days), 50));
  const yesterday = addDays(today, -1);
  const { local_date: _, ...total } = totals.at(-1)!;
  return {
    company: ACME,
    first_closed: addDays(today, -days),
    totals,
    closed: [{ local_date: yesterday, totals: [total], closed_at_ms: 1 }],
    closed_through: yesterday,
    period: undefined,
    contract: [],
    thresholds: DEFAULT_THRESHOLDS,
    ...more,
  };
}

function periodOf(today: LocalDate, granted: number, consumed: number) {
  return {
    month: monthOf(today),
    granted: credits(granted),
    consumed: credits(consumed),
    closed: false,
  };
}

Deno.test("E21: a month alerts for the highest threshold it has reached", () => {
  const alert = (...month: Parameters<typeof monthAlert>) => monthAlert(...month)?.type;
  assert.equal(alert(7, 10), undefined);
  assert.equal(alert(8, 10), "package.nearly_used");
  assert.equal(alert(10, 10), "package.used_up");
  assert.equal(alert(10, 15), undefined);
  assert.equal(alert(12, 15), "package.nearly_used");
  assert.equal(alert(40, 15), "package.used_up");
  assert.equal(alert(40, 15, true), "month.closed");
  assert.equal(alert(40, 0), undefined);
});

Deno.test("E42: each threshold of a package alerts once, and no lower one after it", () => {
  const raised = new RaisedAlerts();
  const first = { ...DEFAULT_THRESHOLDS, used_percents: [50, 80], credits_left: [10] };
  const higher = { ...DEFAULT_THRESHOLDS, used_percents: [95] };
  const lower = { ...DEFAULT_THRESHOLDS, used_percents: [70] };
  const table: [AlertThresholds, number, number, string | undefined][] = [
    [first, 49, 100, undefined],
    [first, 50, 100, "50 %"],
    [first, 91, 100, "10 left"],
    [first, 45, 100, undefined],
    [first, 92, 100, undefined],
    [higher, 92, 100, undefined],
    [higher, 95, 100, "95 %"],
    [lower, 95, 100, undefined],
    [lower, 100, 100, "used up"],
    [lower, 99, 100, undefined],
    [lower, 100, 100, undefined],
    [lower, 100, 200, undefined],
    [lower, 140, 200, "70 %"],
    [lower, 200, 200, "used up"],
  ];
  for (const [thresholds, consumed, granted, expected] of table) {
    const alert = monthAlert(consumed, granted, false, thresholds);
    const found = alert !== undefined && raised.isNews(alert) ? describeThreshold(alert) : undefined;
    assert.equal(found, expected, `${consumed} of ${granted}`);
  }
});

Deno.test("E43: a package that is expected to run out soon alerts when the day before has closed", () => {
  const raised = new RaisedAlerts();
  const found = (
    today: string,
    granted: number,
    consumed: number,
    runs_out_days: number | null = 7,
    days?: number,
  ) => {
    const date = today as LocalDate;
    const thresholds = { ...DEFAULT_THRESHOLDS, runs_out_days };
    const state = closedDays(date, { period: periodOf(date, granted, consumed), thresholds }, days);
    const alert = checkClosedDays(state).alerts.find(({ type }) => type === "forecast.runs_out");
    if (alert?.type !== "forecast.runs_out" || !raised.isNews(alert)) return undefined;
    return `${alert.data.runs_out_on} in ${alert.data.days_left}`;
  };
  assert.equal(found("2026-11-18", 1_000, 400), undefined);
  assert.equal(found("2026-11-18", 1_000, 450), undefined);
  assert.equal(found("2026-11-18", 1_000, 600, null), undefined);
  assert.equal(found("2026-11-18", 1_000, 600, 3), undefined);
  assert.equal(found("2026-11-18", 1_000, 600, 7, 6), undefined);
  assert.equal(found("2026-11-18", 1_000, 600), "2026-11-25 in 7");
  assert.equal(found("2026-11-19", 1_000, 650), undefined);
  assert.equal(found("2026-11-20", 1_100, 700), "2026-11-27 in 7");
  assert.equal(found("2026-11-20", 700, 700), undefined);
});

Deno.test("E44: a date of unusual use alerts once, by the closed days before it", () => {
  const raised = new RaisedAlerts();
  const found = (today: string, amount: number, earlier: readonly DatedTotal[] = []) => {
    const date = today as LocalDate;
    const first = "2026-11-16" as LocalDate;
    const before = Array.from({ length: 7 }, (_, index) => used(addDays(first, index), 50));
    const totals = [...before, ...earlier, used(date, amount)];
    const alert = spikeAlert({ company: ACME, first_closed: first, totals }, date, 1);
    if (alert?.type !== "usage.spike" || !raised.isNews(alert)) return undefined;
    return `${alert.data.consumed} of ${alert.data.usual}`;
  };
  assert.equal(found("2026-11-23", 149), undefined);
  assert.equal(found("2026-11-23", 150), "150 of 50");
  assert.equal(found("2026-11-23", 400), undefined);
  assert.equal(found("2026-11-23", 100), undefined);
  assert.equal(found("2026-11-23", 160), undefined);
  const monday = [used("2026-11-23" as LocalDate, 160)];
  assert.equal(found("2026-11-24", 191, monday), undefined);
  assert.equal(found("2026-11-24", 192, monday), "192 of 64");
});

Deno.test("E45: a commitment alerts from 30 days before its last date on, once", () => {
  const raised = new RaisedAlerts();
  const history = new ContractHistory().change("2026-11-12", { package: 100, price: "10.00" });
  const found = (today: string) => {
    const state = closedDays(today as LocalDate, { contract: history.history });
    const alert = checkClosedDays(state).alerts.find(({ type }) => type === "commitment.ending");
    if (alert?.type !== "commitment.ending" || !raised.isNews(alert)) return undefined;
    const { ends_on, days_left, cancels_on } = alert.data;
    return [ends_on, days_left, cancels_on];
  };
  assert.equal(found("2027-01-28"), undefined);
  assert.deepEqual(found("2027-01-29"), ["2027-02-28", 30, null]);
  assert.equal(found("2027-01-30"), undefined);
  history.change("2027-02-10", { package: 200, price: "18.00" });
  assert.equal(found("2027-02-11"), undefined);
  history.cancel("2027-02-15");
  assert.equal(found("2027-02-28"), undefined);
  assert.equal(found("2027-03-01"), undefined);
});

Deno.test("a closed day announces its totals, and several closed at once are announced in order", () => {
  const today = "2026-11-23" as LocalDate;
  const { closed: [yesterday], ...state } = closedDays(today);
  const before = { ...yesterday!, local_date: addDays(today, -2), totals: [] };
  const { alerts, spike_from, closed_through } = checkClosedDays({ ...state, closed: [before, yesterday!] });
  assert.deepEqual(alerts.map(({ type, data }) => [type, data]), [
    ["day.closed", { company: ACME, date: "2026-11-21", consumed: 0, totals: [] }],
    ["day.closed", { company: ACME, date: "2026-11-22", consumed: 50, totals: yesterday!.totals }],
  ]);
  assert.deepEqual([closed_through, spike_from], ["2026-11-22", 150]);
});

Deno.test("a spike that no check during its day has found is found when the day is closed", () => {
  const today = "2026-11-24" as LocalDate;
  const state = closedDays(today, {}, 8);
  const totals = [...state.totals.slice(0, -1), used(addDays(today, -1), 400)];
  const spikes = checkClosedDays({ ...state, totals }).alerts.filter(({ type }) => type === "usage.spike");
  assert.deepEqual(spikes.map(({ data }) => data), [{
    company: ACME,
    date: "2026-11-23",
    consumed: 400,
    usual: 50,
    times: 8,
    reason: { feature: AUTOMATION, direction: "none", consumed: 400, usual: 50 },
  }]);
});

Deno.test("a company without closed days announces nothing, and no date of it can be unusual", () => {
  const today = "2026-11-23" as LocalDate;
  const state = closedDays(today, { first_closed: undefined, closed: [], totals: [used(today, 400)] });
  const { alerts, spike_from } = checkClosedDays(state);
  assert.deepEqual([alerts, spike_from], [[], undefined]);
});

Deno.test("the use of the date that begins is not part of the forecast at its start", () => {
  const today = "2026-11-18" as LocalDate;
  const state = closedDays(today, { period: periodOf(today, 1_000, 700) });
  const totals = [...state.totals, used(today, 100)];
  const alert = checkClosedDays({ ...state, totals }).alerts.find(({ type }) => type === "forecast.runs_out");
  assert.deepEqual(alert?.type === "forecast.runs_out" && alert.data.runs_out_on, "2026-11-25");
});

Deno.test("the quarantine of a company alerts once on each UTC date on which events arrive", () => {
  const raised = new RaisedAlerts();
  const waiting = [{ reason: "too_old", events: 2 }] as const;
  const alert = (date: string) => quarantineAlert(undefined, date as LocalDate, waiting, 1);
  assert.deepEqual(alert("2026-11-23").data, { company: null, date: "2026-11-23", waiting });
  assert.deepEqual(["2026-11-23", "2026-11-23", "2026-11-24"].map((date) => raised.isNews(alert(date))), [
    true,
    false,
    true,
  ]);
});

/** Describes the threshold of an alert of a package. */
function describeThreshold(alert: Alert): string {
  if (alert.type !== "package.nearly_used") return "used up";
  const { threshold } = alert.data;
  return "used_percent" in threshold ? `${threshold.used_percent} %` : `${threshold.credits_left} left`;
}
