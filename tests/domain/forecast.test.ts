import assert from "node:assert/strict";
import { addDays } from "../../src/domain/calendar.ts";
import { type ConsumptionHistory, type Forecast, forecast } from "../../src/domain/forecast.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";

Deno.test("at 10 a day, 30 credits left on the 8th are used up on the 10th", () => {
  const found = known({ today: "2026-11-08", used: Array(7).fill(10), granted: 100, consumed: 70 });
  assert.equal(found.runs_out_on, "2026-11-10");
  assert.deepEqual(found.runs_out_between, ["2026-11-10", "2026-11-10"]);
});

Deno.test("today's use counts towards today, and a busy day does not lower tomorrow's forecast", () => {
  const used = Array(7).fill(10);
  const on = (consumed_today: number) =>
    known({ today: "2026-11-08", used, consumed_today, granted: 100, consumed: 70 + consumed_today })
      .runs_out_on;
  assert.deepEqual([0, 5, 10, 15, 25].map(on), [
    "2026-11-10",
    "2026-11-10",
    "2026-11-10",
    "2026-11-10",
    "2026-11-09",
  ]);
});

Deno.test("a package that lasts the month has no date, also when its last credit goes as the month ends", () => {
  const at = (granted: number) =>
    known({ today: "2026-11-08", used: Array(7).fill(10), granted, consumed: 70 });
  assert.equal(at(400).runs_out_on, null);
  assert.equal(at(300).runs_out_on, null);
  assert.equal(at(299).runs_out_on, "2026-11-30");
  assert.deepEqual([at(300).expected_excess, at(299).expected_excess], [0, 1]);
});

Deno.test("expected consumption beyond the package is excess", () => {
  const { expected_excess } = known({
    today: "2026-11-08",
    used: Array(7).fill(10),
    granted: 100,
    consumed: 70,
  });
  assert.equal(expected_excess, 70 + 23 * 10 - 100);
});

Deno.test("the forecast includes the credits left at the end of the month, with a band", () => {
  const steady = known({ today: "2026-11-28", used: Array(7).fill(10), granted: 400, consumed: 270 });
  assert.deepEqual([steady.expected_left, steady.left_between], [100, [100, 100]]);
  const uneven = known({
    today: "2026-11-28",
    used: [0, 20, 10, 0, 20, 10, 10],
    granted: 400,
    consumed: 270,
  });
  const [fast, slowly] = uneven.left_between;
  assert.equal(uneven.expected_left, 100);
  assert.ok(fast < 100 && slowly > 100 && slowly <= 130, `${fast} to ${slowly}`);
  assert.deepEqual(known({ today: "2026-11-08", used: Array(7).fill(10), granted: 100 }).left_between, [
    0,
    0,
  ]);
});

Deno.test("without a package there is no date, and all that is expected is excess", () => {
  const found = known({ today: "2026-11-08", used: Array(7).fill(10), granted: 0, consumed: 70 });
  assert.deepEqual([found.runs_out_on, found.runs_out_between], [null, [null, null]]);
  assert.equal(found.expected_excess, 300);
});

Deno.test("a package that is used up has the date of the ledger, or that of its last grant if it is later", () => {
  const spent = { today: "2026-11-08", used: Array(7).fill(10), granted: 70, consumed: 70 };
  const on = (changed: Partial<Scenario>) => known({ ...spent, ...changed });
  assert.equal(on({ used_up_on: "2026-11-05" }).runs_out_on, "2026-11-05");
  assert.equal(on({}).runs_out_on, "2026-11-08");
  assert.equal(on({ used_up_on: "2026-11-05", granted_on: "2026-11-20" }).runs_out_on, "2026-11-20");
  // 220 credits more last through the 29th; 100 more are used before they are granted.
  assert.equal(on({ granted: 290, granted_on: "2026-11-20" }).runs_out_on, "2026-11-29");
  const early = on({ granted: 170, granted_on: "2026-11-20" });
  assert.equal(early.runs_out_on, "2026-11-20");
  assert.deepEqual(early.runs_out_between, ["2026-11-20", "2026-11-20"]);
});

Deno.test("with fewer than seven closed days it says how many are missing", () => {
  assert.deepEqual(forecast(history({ today: "2026-11-07", used: Array(6).fill(10) })), {
    insufficient_data: true,
    closed_days_missing: 1,
    needs: "1 more closed day of history",
  });
  assert.deepEqual(forecast(history({ today: "2026-11-03", used: [10, 10] })), {
    insufficient_data: true,
    closed_days_missing: 5,
    needs: "5 more closed days of history",
  });
});

Deno.test("days without use count: nothing used so far means nothing runs out", () => {
  const found = known({ today: "2026-11-08", used: Array(7).fill(0), granted: 5, consumed: 0 });
  assert.deepEqual([found.runs_out_on, found.expected_excess], [null, 0]);
});

Deno.test("from two weeks on each weekday has its own mean, before that all days share one", () => {
  // 2026-11-02 is a Monday: 20 on weekdays, nothing at the weekend.
  const week = [20, 20, 20, 20, 20, 0, 0];
  const two = known({ today: "2026-11-16", used: [...week, ...week], granted: 300, consumed: 200 });
  // Monday to Friday of the third week take 100.
  assert.equal(two.runs_out_on, "2026-11-20");
  assert.match(two.method, /^mean of each weekday over 14 closed days/);
  const one = known({ today: "2026-11-09", used: week, granted: 200, consumed: 100 });
  // A seventh of 100 a day: a hundred more takes seven days, weekend included.
  assert.equal(one.runs_out_on, "2026-11-15");
  assert.match(one.method, /^mean over 7 closed days/);
});

Deno.test("only the last four weeks are looked at", () => {
  const found = known({
    today: "2026-11-30",
    used: [...Array(10).fill(1_000), ...Array(28).fill(10)],
    granted: 290,
    consumed: 280,
  });
  assert.match(found.method, /28 closed days/);
  assert.equal(found.runs_out_on, null);
  assert.equal(found.expected_excess, 0);
});

Deno.test("the band has the calmer pace last, and null where that lasts the month", () => {
  const found = known({
    today: "2026-11-08",
    used: [4, 16, 2, 18, 10, 5, 15],
    granted: 290,
    consumed: 70,
  });
  const [fast, slowly] = found.runs_out_between;
  assert.ok(fast! < found.runs_out_on!);
  assert.equal(slowly, null);
});

Deno.test("eight of ten times or more the date comes within the band, on days that vary by chance", () => {
  const chance = seeded(20_261_103);
  const week = [30, 25, 25, 25, 40, 10, 5];
  const dayOf = (weekday: number) => Math.max(0, Math.round(week[weekday]! * (0.4 + 1.2 * chance())));
  let within = 0;
  const months = 1_000;
  for (let month = 0; month < months; month++) {
    // Four weeks from Tuesday 2026-10-06, then the rest of November from Tuesday the 3rd.
    const used = Array.from({ length: 28 }, (_, i) => dayOf((i + 1) % 7));
    const granted = 150 + Math.floor(chance() * 300);
    const { runs_out_between: [fast, slowly] } = known({ today: "2026-11-03", used, granted, consumed: 0 });
    let left = granted;
    let date = "2026-11-03" as LocalDate;
    for (let i = 29; date <= "2026-11-30" && left > 0; i++) {
      left -= dayOf(i % 7);
      if (left > 0) date = addDays(date, 1);
    }
    const ran_out = date > "2026-11-30" ? "never" : date;
    if ((fast ?? "never") <= ran_out && ran_out <= (slowly ?? "never")) within++;
  }
  assert.ok(within >= 0.8 * months, `${within} of ${months}`);
  assert.ok(within <= 0.98 * months, `${within} of ${months}: a band that holds all says nothing`);
});

Deno.test("amounts at the bound stay whole numbers", () => {
  const most = 9_000_000_000_000_000;
  const found = known({ today: "2026-11-08", used: Array(7).fill(most), granted: 0, consumed: most });
  assert.ok(Number.isSafeInteger(found.expected_excess));
});

interface Scenario {
  readonly today: string;
  /** What the days up to yesterday used. */
  readonly used: readonly number[];
  readonly consumed_today?: number;
  readonly granted?: number;
  readonly consumed?: number;
  readonly used_up_on?: string;
  readonly granted_on?: string;
}

function history(
  { today, used, consumed_today = 0, granted = 0, consumed = 0, used_up_on, granted_on }: Scenario,
): ConsumptionHistory {
  return {
    days: used.map((amount, i) => ({
      date: addDays(today as LocalDate, i - used.length),
      credits: credits(amount),
    })),
    today: today as LocalDate,
    consumed_today: credits(consumed_today),
    granted: credits(granted),
    consumed: credits(consumed),
    used_up_on: used_up_on as LocalDate | undefined,
    granted_on: granted_on as LocalDate | undefined,
  };
}

function known(scenario: Scenario): Forecast {
  const found = forecast(history(scenario));
  assert.ok(!("insufficient_data" in found));
  return found;
}

/** Numbers from 0 to 1 that are the same every time (Lehmer's generator). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647;
}
