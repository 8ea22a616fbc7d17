import assert from "node:assert/strict";
import { compareToday, lastMonthOf } from "../../src/domain/pace.ts";
import { forecast } from "../../src/domain/forecast.ts";
import type { DatedTotal } from "../../src/domain/reports.ts";
import type { FeatureCode, LocalDate } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";

const TODAY = "2026-11-29" as LocalDate;
const FIRST = "2026-11-22" as LocalDate;

function used(local_date: string, feature: string, amount: number): DatedTotal {
  return {
    local_date: local_date as LocalDate,
    feature: feature as FeatureCode,
    direction: "none",
    units: amount,
    credits: credits(amount),
  };
}

/** A week of 40 runs and 10 text messages a day. */
const WEEK = [22, 23, 24, 25, 26, 27, 28].flatMap((day) => [
  used(`2026-11-${day}`, "automation.run", 40),
  used(`2026-11-${day}`, "sms.sent", 10),
]);

Deno.test("a day of 14 times the usual is unusual, and the feature that grew most is the reason", () => {
  const totals = [...WEEK, used(TODAY, "automation.run", 50), used(TODAY, "sms.sent", 650)];
  assert.deepEqual(compareToday(totals, FIRST, TODAY), {
    consumed: 700,
    usual: 50,
    times: 14,
    is_unusual: true,
    reason: { feature: "sms.sent", direction: "none", consumed: 650, usual: 10 },
  });
});

Deno.test("a day is unusual from three times the usual on, if it is at least 20 credits above it", () => {
  const isUnusual = (before: readonly DatedTotal[], amount: number) =>
    compareToday([...before, used(TODAY, "sms.sent", amount)], FIRST, TODAY).is_unusual;
  assert.deepEqual([149, 150].map((amount) => isUnusual(WEEK, amount)), [false, true]);
  const two_a_day = WEEK.filter(({ feature }) => feature === "sms.sent").map((total) => ({
    ...total,
    credits: credits(2),
  }));
  assert.deepEqual([21, 22].map((amount) => isUnusual(two_a_day, amount)), [false, true]);
  const { times, reason } = compareToday([used(TODAY, "sms.sent", 30)], FIRST, TODAY);
  assert.deepEqual([times, reason?.usual], [null, 0]);
});

Deno.test("the month before counts up to the same day, and to its end if it is shorter", () => {
  const totals = [used("2026-10-01", "a", 5), used("2026-10-29", "a", 7), used("2026-10-30", "a", 11)];
  assert.deepEqual(lastMonthOf(totals, TODAY), { period: "2026-10", through: "2026-10-29", consumed: 12 });
  const february = [used("2026-02-28", "a", 3)];
  const of_march = { period: "2026-02", through: "2026-02-28", consumed: 3 };
  assert.deepEqual(lastMonthOf(february, "2026-03-31" as LocalDate), of_march);
  assert.equal(lastMonthOf(WEEK, TODAY), null);
});

Deno.test("from its first quarter on, today goes on at its own pace if that is faster", () => {
  const excess = (day_passed: number, consumed_today: number) => {
    const days = Array.from({ length: 7 }, (_, i) => ({
      date: `2026-11-${22 + i}` as LocalDate,
      credits: credits(50),
    }));
    const found = forecast({
      days,
      today: TODAY,
      day_passed,
      consumed_today: credits(consumed_today),
      granted: credits(0),
      consumed: credits(consumed_today),
    });
    assert.ok(!("insufficient_data" in found));
    return found.expected_excess;
  };
  // Half of the day: 100 more today, and 50 on the 30th.
  assert.equal(excess(0.5, 100), 100 + 100 + 50);
  // A slow or an early day ends at the mean, and what is used already counts.
  assert.equal(excess(0.5, 10), 50 + 50);
  assert.equal(excess(0.2, 100), 100 + 50);
});
