import assert from "node:assert/strict";
import { Pace } from "../../../tools/demo/pace.ts";
import { deliveriesBetween, startOf } from "../../../tools/demo/story.ts";

const HOUR_MS = 3_600_000;

/** Counts the events of live traffic in a time. */
function eventsIn(duration_ms: number, is_fast: boolean): number {
  const pace = new Pace("tests", is_fast);
  let events = 0;
  for (let at_ms = 0; at_ms < duration_ms; at_ms += pace.nextPause_ms()) events++;
  return events;
}

Deno.test("an open page moves at once, and live traffic keeps the pace of the story", () => {
  assert.ok(eventsIn(60_000, false) >= 20);
  const opened_on = Temporal.PlainDate.from("2026-11-01");
  const [from_s, until_s] = ["2026-11-23", "2026-11-24"].map((date) =>
    startOf(Temporal.PlainDate.from(date))
  );
  const of_day =
    deliveriesBetween(from_s!, until_s!, opened_on).filter(({ kind }) => kind !== "duplicate").length;
  // Business is open for 12 hours. Half of the events are the bakery's.
  const live = eventsIn(12 * HOUR_MS, false) / 2;
  assert.ok(live > of_day / 2 && live < 1.5 * of_day, `${live} events, ${of_day} deliveries in the story`);
});

Deno.test("--fast keeps an event each second", () => {
  const events = eventsIn(HOUR_MS, true);
  assert.ok(events > 3_000 && events < 4_500, `${events}`);
});
