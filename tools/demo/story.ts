/**
 * The events at the bakery. The story is pure and seeded.
 *
 * - DEMO-1 The same instants give the same deliveries, byte for byte, in one piece or in several.
 * - DEMO-2 Nothing is delivered before it happened, or later than Meta retries.
 * - DEMO-3 Every day has duplicates, reordered webhooks, failures and statuses that are a day late.
 */

import { BAKERY } from "./company.ts";
import { conversations, midnightMessages, numberChange } from "./customers.ts";
import type { Delivery, StoryDay } from "./delivery.ts";
import { SeededRandom } from "../../tests/support/seeded_random.ts";
import { offerTemplates, orderTemplates, unmeteredWebhooks } from "./outgoing.ts";
import { withDeliveryFaults } from "./delivery_faults.ts";
import { usageReports } from "./usages.ts";

/** The most days between an event and its delivery: a late-evening status that is a day late. */
const DAYS_LATE_MAX = 3;

/**
 * Returns the deliveries of a time range, in order.
 *
 * @param from_s Unix seconds, included.
 * @param until_s Unix seconds, not included.
 * @param opened_on The first local date of the story: nothing happened before it.
 */
export function deliveriesBetween(
  from_s: number,
  until_s: number,
  opened_on: Temporal.PlainDate,
): Delivery[] {
  const deliveries: Delivery[] = [];
  let date = earlier(localDateOf(until_s), localDateOf(from_s)).subtract({ days: DAYS_LATE_MAX });
  if (Temporal.PlainDate.compare(date, opened_on) < 0) date = opened_on;
  const last = localDateOf(until_s);
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    deliveries.push(...deliveriesOfDay(date).filter(({ at_s }) => at_s >= from_s && at_s < until_s));
  }
  return deliveries.sort((a, b) => a.at_s - b.at_s);
}

/** Returns the deliveries for the events of one local date, in order. Some arrive a day later. */
function deliveriesOfDay(date: Temporal.PlainDate): Delivery[] {
  const random = new SeededRandom(`${BAKERY.company} ${date}`);
  const day: StoryDay = { date: date.toString(), start_s: startOf(date), weekday: date.dayOfWeek };
  const deliveries = [
    ...conversations(random, day),
    ...midnightMessages(random, day),
    ...(date.day === 15 ? numberChange(date.month, day) : []),
    ...orderTemplates(random, day),
    ...(day.weekday === FRIDAY ? offerTemplates(random, day) : []),
    ...unmeteredWebhooks(random, day),
  ];
  return [...withDeliveryFaults(random, deliveries), ...usageReports(random, day)].sort((a, b) =>
    a.at_s - b.at_s
  );
}

/** Returns the first day of the previous month, on which the story begins. */
export function openingDate(now_ms: number): Temporal.PlainDate {
  return localDateOf(now_ms / 1000).with({ day: 1 }).subtract({ months: 1 });
}

/** Returns the start of a local date at the bakery, in Unix seconds. */
export function startOf(date: Temporal.PlainDate): number {
  return date.toZonedDateTime(BAKERY.profile.time_zone).epochMilliseconds / 1000;
}

/** Returns the local date of an instant at the bakery. */
export function localDateOf(at_s: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at_s * 1000))
    .toZonedDateTimeISO(BAKERY.profile.time_zone).toPlainDate();
}

const FRIDAY = 5;

function earlier(a: Temporal.PlainDate, b: Temporal.PlainDate): Temporal.PlainDate {
  return Temporal.PlainDate.compare(a, b) <= 0 ? a : b;
}
