/** The worked examples of `src/domain/README.md` of the balance by day, the forecast and the comparisons of the page. */

import assert from "node:assert/strict";
import { addDays } from "../../src/domain/calendar.ts";
import { type Forecast, forecast } from "../../src/domain/forecast.ts";
import { showMoney } from "../../src/domain/money.ts";
import { compareToday, lastMonthOf } from "../../src/domain/pace.ts";
import { scheduledGrantIn, usedUpOn } from "../../src/domain/package_end.ts";
import type { DatedTotal, DayBalance } from "../../src/domain/reports.ts";
import { expectedAmounts } from "../../src/domain/statement.ts";
import type { FeatureCode, LocalDate, Month } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";
import { TestCompany } from "../support/company.ts";
import { ContractHistory } from "../support/contract_history.ts";

const TODAY = "2026-11-29" as LocalDate;

Deno.test("E30: today goes on at its own pace if that is faster", () => {
  const table = [
    [0, 0, 100],
    [0.2, 100, 150],
    [0.25, 30, 170],
    [0.5, 10, 100],
    [0.5, 100, 250],
  ] as const;
  for (const [day_passed, consumed_today, expected_excess] of table) {
    const found = afterSevenDays({ day_passed, consumed_today, granted: 0, consumed: consumed_today });
    assert.equal(found.expected_excess, expected_excess, `${consumed_today} in ${day_passed} of the day`);
  }
});

Deno.test("E31: the expected bill is the package and the expected excess, rounded once", () => {
  const billOf = (size: number | null, consumed: number, priced = true) => {
    const company = new TestCompany({ at: "2026-11-01 09:00" });
    company.changeContract({ package: size, price: "135.00", excess: "0.1235" });
    const contract = company.view().contract.map((version) =>
      priced ? version : { ...version, terms: { ...version.terms, excess_credit_price: null } }
    );
    const { expected_excess } = afterSevenDays({ granted: size ?? 0, consumed });
    const { excess_amount, total } = expectedAmounts("2026-11" as Month, expected_excess, contract);
    return [
      expected_excess,
      ...[excess_amount, total].map((amount) => amount === null ? null : showMoney(amount)),
    ];
  };
  assert.deepEqual(billOf(1_000, 850), [0, "0.00", "135.00"]);
  assert.deepEqual(billOf(1_000, 950), [50, "6.18", "141.18"]);
  assert.deepEqual(billOf(1_000, 1_001), [101, "12.47", "147.47"]);
  assert.deepEqual(billOf(null, 950), [1_050, "129.68", "129.68"]);
  assert.equal(billOf(1_000, 850, false)[2], "135.00");
  assert.deepEqual([billOf(1_000, 950, false)[2], billOf(null, 950, false)[2]], [null, null]);
});

Deno.test("E32: the month before counts up to the same day, or to its end", () => {
  const usesOf = (month: string, last: number) => [
    used(`${month}-01`, 5),
    used(`${month}-28`, 7),
    used(`${month}-${last}`, 11),
  ];
  const totals = [...usesOf("2026-10", 31), ...usesOf("2026-11", 30), ...usesOf("2026-12", 31)];
  const table = [
    ["2026-11-01", "2026-10-01", 5],
    ["2026-11-28", "2026-10-28", 12],
    ["2026-11-30", "2026-10-30", 12],
    ["2026-12-31", "2026-11-30", 23],
    ["2027-01-31", "2026-12-31", 23],
  ] as const;
  for (const [today, through, consumed] of table) {
    const found = lastMonthOf(totals, today as LocalDate);
    assert.deepEqual([found?.through, found?.consumed], [through, consumed], today);
  }
});

Deno.test("E33: a day is unusual from three times and 20 credits above the usual on", () => {
  const first = addDays(TODAY, -7);
  const table = [
    [50, 149, 3, false],
    [50, 150, 3, true],
    [2, 21, 10.5, false],
    [2, 22, 11, true],
    [0, 20, null, true],
  ] as const;
  for (const [usual, today, times, is_unusual] of table) {
    const before = Array.from({ length: 7 }, (_, day) => used(addDays(first, day), usual));
    const found = compareToday([...before, used(TODAY, today)], first, TODAY);
    assert.deepEqual([found.usual, found.times, found.is_unusual], [usual, times, is_unusual]);
  }
});

Deno.test("E34: use counts on its date, and the balance of a date is that of the ledger at its end", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", prices: { "automation.run": 1 } });
  company.changeContract({ package: 1_000 });
  company.reportUsage("automation.run", 150, "a", "2026-11-18 10:00");
  company.reportUsage("automation.run", 150, "b", "2026-11-20 10:00");
  company.advanceTo("2026-11-24 10:00");
  company.reportUsage("automation.run", 10, "c");
  company.advanceTo("2026-11-25 10:00");
  company.reportUsage("automation.run", 5, "d", "2026-11-24 11:00");
  assert.deepEqual(company.ledger(), [
    "grant +1000",
    "consumption -150 late",
    "consumption -150 late",
    "consumption -10",
    "consumption -5 late",
  ]);
  const table = [
    ["2026-11-18", 150, 0, 0],
    ["2026-11-20", 150, 0, 0],
    ["2026-11-22", 0, 0, 0],
    ["2026-11-23", 0, 700, 0],
    ["2026-11-24", 15, 690, 0],
    ["2026-11-25", 0, 685, 0],
  ] as const;
  for (const [date, consumed, available, excess] of table) {
    const { available_after, excess_after } = balanceAtEndOf(company, date);
    const found = [company.creditsOn(date), available_after, excess_after];
    assert.deepEqual(found, [consumed, available, excess], date);
  }
});

Deno.test("E35: a package ended on the date on which its available credits came to 0 in the ledger", () => {
  const table: readonly [
    grants: Readonly<Record<number, number>>,
    late: boolean,
    ended: string | undefined,
  ][] = [
    [{ 1: 100 }, true, "2026-11-12"],
    [{ 1: 100 }, false, "2026-11-09"],
    [{ 1: 100, 10: 110 }, false, "2026-11-09"],
    [{ 1: 100, 10: 150 }, false, "2026-11-12"],
    [{ 1: 100, 12: 200 }, false, undefined],
  ];
  for (const [grants, is_late, ended] of table) {
    const company = new TestCompany({ at: "2026-11-01 09:00", prices: { "automation.run": 1 } });
    for (let day = 1; day <= 12; day++) {
      const date = `2026-11-${String(day).padStart(2, "0")}`;
      company.advanceTo(`${date} 09:00`);
      if (grants[day] !== undefined) company.changeContract({ package: grants[day] });
      if (!is_late && day > 1) company.reportUsage("automation.run", 14, `${day}`, `${date} 09:00`);
    }
    if (is_late) company.reportUsage("automation.run", 150, "late", "2026-11-06 10:00");
    assert.equal(endOf(company), ended, JSON.stringify({ grants, is_late }));
  }
  const taken_up = new TestCompany({ at: "2026-11-02 09:00", prices: { "automation.run": 1 } });
  for (let day = 2; day <= 10; day++) {
    taken_up.advanceTo(`2026-11-${String(day).padStart(2, "0")} 09:00`);
    taken_up.reportUsage("automation.run", 3, `${day}`);
  }
  assert.equal(endOf(taken_up), undefined);
  taken_up.advanceTo("2026-11-12 09:00");
  taken_up.changeContract({ package: 5 });
  assert.equal(endOf(taken_up), "2026-11-12");
  const grown = new ContractHistory().change("2026-11-01", { package: 100 })
    .change("2026-11-12", { package: 300, starts_on: "2026-11-20" }).history;
  assert.deepEqual(scheduledGrantIn(grown, "2026-11-12" as LocalDate), { on: "2026-11-20", granted: 300 });
  assert.equal(scheduledGrantIn(grown, "2026-11-20" as LocalDate), undefined);
});

/** Returns the ledger's balance at the end of a date of November. */
function balanceAtEndOf(company: TestCompany, date: string): DayBalance {
  const end_ms = company.ms(`${addDays(date as LocalDate, 1)} 00:00`);
  const last = company.store.ledger.findLast(({ late, local_date, recorded_at_ms }) =>
    late ? recorded_at_ms < end_ms : local_date <= date
  );
  return {
    local_date: date as LocalDate,
    available_after: last?.available_after ?? credits(0),
    excess_after: last?.excess_after ?? credits(0),
  };
}

/** Returns the date on which the package of November ended, as of the 12th. */
function endOf(company: TestCompany): string | undefined {
  const dates = Array.from({ length: 12 }, (_, day) => addDays("2026-11-01" as LocalDate, day));
  const grants = company.store.ledger.filter(({ type }) => type === "grant");
  return usedUpOn(dates.map((date) => balanceAtEndOf(company, date)), grants);
}

/** Returns the forecast of the 29th of November after seven closed days of 50 credits. */
function afterSevenDays({ day_passed = 0, consumed_today = 0, granted, consumed }: {
  readonly day_passed?: number;
  readonly consumed_today?: number;
  readonly granted: number;
  readonly consumed: number;
}): Forecast {
  const found = forecast({
    days: Array.from({ length: 7 }, (_, day) => ({ date: addDays(TODAY, day - 7), credits: credits(50) })),
    today: TODAY,
    day_passed,
    consumed_today: credits(consumed_today),
    granted: credits(granted),
    consumed: credits(consumed),
  });
  assert.ok(!("insufficient_data" in found));
  return found;
}

function used(local_date: string, amount: number): DatedTotal {
  return {
    local_date: local_date as LocalDate,
    feature: "automation.run" as FeatureCode,
    direction: "none",
    units: amount,
    credits: credits(amount),
  };
}
