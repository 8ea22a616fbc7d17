import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addMonths,
  Calendar,
  daysIn,
  firstDateOf,
  isLocalDate,
  isMonthEnd,
  lastDateOf,
  monthOf,
  nextDate,
  nextMonth,
  previousDate,
} from "../../src/domain/calendar.ts";
import type { LocalDate, Month } from "../../src/domain/types.ts";
import { calendar, dayIn, dayOf, instants, moves, utc, zones } from "../support/calendars.ts";

Deno.test("the local date of an event is its own timestamp seen in the company's zone", () => {
  const sao_paulo = calendar("America/Sao_Paulo");
  assert.equal(sao_paulo.dateOf(utc("2026-11-23T02:59:59.999Z")), "2026-11-22");
  assert.equal(sao_paulo.dateOf(utc("2026-11-23T03:00:00Z")), "2026-11-23");
});

Deno.test("a day runs from its start to the start of the next", () => {
  assert.deepEqual(dayOf("America/Sao_Paulo", "2026-11-23"), {
    from: "2026-11-23T03:00:00Z",
    to: "2026-11-24T03:00:00Z",
    hours: 24,
  });
});

Deno.test("a zone 45 minutes off the hour has its midnight there", () => {
  assert.equal(dayOf("Asia/Kathmandu", "2026-11-23").from, "2026-11-22T18:15:00Z");
  assert.equal(calendar("Asia/Kathmandu").dateOf(utc("2026-11-22T18:14:59Z")), "2026-11-22");
  assert.equal(calendar("Asia/Kathmandu").dateOf(utc("2026-11-22T18:15:00Z")), "2026-11-23");
});

Deno.test("a zone 45 minutes off the hour keeps its daylight saving time", () => {
  assert.equal(dayOf("Pacific/Chatham", "2026-07-01").from, "2026-06-30T11:15:00Z");
  assert.equal(dayOf("Pacific/Chatham", "2026-12-01").from, "2026-11-30T10:15:00Z");
  assert.equal(dayOf("Pacific/Chatham", "2026-09-27").hours, 23);
  assert.equal(dayOf("Pacific/Chatham", "2026-04-05").hours, 25);
});

Deno.test("the day clocks go forward has 23 hours, the day they go back 25", () => {
  assert.equal(dayOf("Europe/Berlin", "2026-03-29").hours, 23);
  assert.equal(dayOf("Europe/Berlin", "2026-10-25").hours, 25);
  assert.equal(dayOf("America/New_York", "2026-03-08").hours, 23);
  assert.equal(dayOf("America/New_York", "2026-11-01").hours, 25);
});

Deno.test("an hour that comes twice belongs to its date both times", () => {
  const berlin = calendar("Europe/Berlin");
  assert.equal(berlin.dateOf(utc("2026-10-25T00:30:00Z")), "2026-10-25");
  assert.equal(berlin.dateOf(utc("2026-10-25T01:30:00Z")), "2026-10-25");
  assert.equal(berlin.dateOf(utc("2026-10-25T22:59:59Z")), "2026-10-25");
});

Deno.test("where midnight does not exist the day starts at one o'clock", () => {
  assert.deepEqual(dayOf("America/Sao_Paulo", "2018-11-04"), {
    from: "2018-11-04T03:00:00Z",
    to: "2018-11-05T02:00:00Z",
    hours: 23,
  });
  assert.equal(calendar("America/Sao_Paulo").dateOf(utc("2018-11-04T02:59:59Z")), "2018-11-03");
});

Deno.test("where clocks go back over midnight a day that has begun goes on", () => {
  // St. John's, 2010-11-07: at 00:01 it was 23:01 of the 6th once more.
  const day = dayOf("America/St_Johns", "2010-11-07");
  assert.deepEqual(day, { from: "2010-11-07T02:30:00Z", to: "2010-11-08T03:30:00Z", hours: 25 });
  assert.equal(calendar("America/St_Johns").dateOf(utc("2010-11-07T02:45:00Z")), "2010-11-07");
});

Deno.test("a date that a zone skips is a day without any time", () => {
  // Samoa went from the 29th to the 31st of December 2011 over the date line.
  const apia = "Pacific/Apia";
  assert.deepEqual(dayOf(apia, "2011-12-30"), {
    from: "2011-12-30T10:00:00Z",
    to: "2011-12-30T10:00:00Z",
    hours: 0,
  });
  assert.equal(dayOf(apia, "2011-12-29").to, "2011-12-30T10:00:00Z");
  assert.equal(dayOf(apia, "2011-12-31").from, "2011-12-30T10:00:00Z");
  assert.equal(calendar(apia).dateOf(utc("2011-12-30T09:59:59Z")), "2011-12-29");
  assert.equal(calendar(apia).dateOf(utc("2011-12-30T10:00:00Z")), "2011-12-31");
});

Deno.test("a move west makes the first day of the new zone longer", () => {
  const moved = calendar("America/Sao_Paulo", ["2026-12-01", "America/Los_Angeles"]);
  assert.deepEqual(dayIn(moved, "2026-11-30"), {
    from: "2026-11-30T03:00:00Z",
    to: "2026-12-01T03:00:00Z",
    hours: 24,
  });
  assert.deepEqual(dayIn(moved, "2026-12-01"), {
    from: "2026-12-01T03:00:00Z",
    to: "2026-12-02T08:00:00Z",
    hours: 29,
  });
  // It is still the 30th in Los Angeles, but this company has begun its first of December.
  assert.equal(moved.dateOf(utc("2026-12-01T05:00:00Z")), "2026-12-01");
});

Deno.test("a move east makes the first day of the new zone shorter", () => {
  const moved = calendar("America/Sao_Paulo", ["2026-12-01", "Europe/Berlin"]);
  assert.deepEqual(dayIn(moved, "2026-12-01"), {
    from: "2026-12-01T03:00:00Z",
    to: "2026-12-01T23:00:00Z",
    hours: 20,
  });
});

Deno.test("a move east over the date line leaves its first day without any time", () => {
  const moved = calendar("Pacific/Pago_Pago", ["2026-12-01", "Pacific/Kiritimati"]);
  assert.deepEqual(dayIn(moved, "2026-12-01"), {
    from: "2026-12-01T11:00:00Z",
    to: "2026-12-01T11:00:00Z",
    hours: 0,
  });
  assert.equal(moved.dateOf(utc("2026-12-01T10:59:59Z")), "2026-11-30");
  assert.equal(moved.dateOf(utc("2026-12-01T11:00:00Z")), "2026-12-02");
});

Deno.test("a move west over the date line makes its first day two days long", () => {
  const moved = calendar("Pacific/Kiritimati", ["2026-12-01", "Pacific/Pago_Pago"]);
  assert.deepEqual(dayIn(moved, "2026-12-01"), {
    from: "2026-11-30T10:00:00Z",
    to: "2026-12-02T11:00:00Z",
    hours: 49,
  });
});

Deno.test("the zone of a date is that of the version it falls under", () => {
  const moved = calendar("America/Sao_Paulo", ["2026-12-01", "Europe/Berlin"]);
  assert.equal(moved.zoneOn("2026-11-30" as LocalDate), "America/Sao_Paulo");
  assert.equal(moved.zoneOn("2026-12-01" as LocalDate), "Europe/Berlin");
});

Deno.test("days follow each other without gap or overlap, through any sequence of zones", () => {
  fc.assert(fc.property(moves(), instants(), (moved, at_ms) => {
    const date = moved.dateOf(at_ms);
    const day = moved.day(date);
    assert.ok(day.start_ms <= at_ms && at_ms < day.end_ms);
    assert.equal(moved.day(nextDate(date)).start_ms, day.end_ms);
    assert.equal(moved.day(previousDate(date)).end_ms, day.start_ms);
  }));
});

Deno.test("dates never go back as time goes on", () => {
  fc.assert(fc.property(moves(), instants(), instants(), (moved, a, b) => {
    const [earlier, later] = a <= b ? [a, b] : [b, a];
    assert.ok(moved.dateOf(earlier) <= moved.dateOf(later));
  }));
});

Deno.test("a move gives no other date to anything before it", () => {
  fc.assert(
    fc.property(moves(), instants(), zones(), fc.integer({ min: 1, max: 5 }), (before, at_ms, zone, days) => {
      const date = before.dateOf(at_ms);
      let effective_from = nextDate(date);
      for (let i = 1; i < days; i++) effective_from = nextDate(effective_from);
      const kept = before.versions.filter((version) => version.effective_from < effective_from);
      const after = new Calendar([...kept, { time_zone: zone, effective_from }]);
      assert.equal(after.dateOf(at_ms), date);
      assert.equal(after.day(date).start_ms, before.day(date).start_ms);
      assert.equal(after.day(date).end_ms, before.day(date).end_ms);
    }),
  );
});

Deno.test("a calendar's answers do not depend on earlier calls", () => {
  fc.assert(fc.property(moves(), fc.array(instants(), { minLength: 1, maxLength: 100 }), (moved, asked) => {
    const dates = asked.map((at_ms) => moved.dateOf(at_ms));
    assert.deepEqual(asked.map((at_ms) => new Calendar(moved.versions).dateOf(at_ms)), dates);
  }));
});

Deno.test("a month ends on its 28th, 29th, 30th or 31st", () => {
  const ends = ["2027-02-28", "2028-02-29", "2026-11-30", "2026-12-31"] as LocalDate[];
  for (const end of ends) {
    assert.equal(isMonthEnd(end), true, end);
    assert.equal(isMonthEnd(previousDate(end)), false);
    assert.equal(lastDateOf(monthOf(end)), end);
    assert.equal(daysIn(monthOf(end)), Number(end.slice(8)));
    assert.equal(firstDateOf(nextMonth(monthOf(end))), nextDate(end));
  }
  assert.equal(isMonthEnd("2028-02-28" as LocalDate), false);
});

Deno.test("December is followed by January of the next year", () => {
  assert.equal(nextMonth("2026-12" as Month), "2027-01");
  assert.equal(addMonths("2027-01" as Month, -2), "2026-11");
});

Deno.test("a local date is a day of the calendar, as 2026-11-23", () => {
  assert.equal(isLocalDate("2028-02-29"), true);
  for (const text of ["2026-02-29", "2026-13-01", "2026-1-1", "23/11/2026", "2026-11-23T00:00", ""]) {
    assert.equal(isLocalDate(text), false, text);
  }
});
