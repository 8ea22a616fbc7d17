/**
 * What happens at the bakery: pure and seeded, so that a day is the same however often, and in whatever pieces,
 * it is told.
 *
 * - S1 The same instants give the same deliveries, byte for byte: to tell a stretch again is to deliver it again.
 * - S2 Nothing is delivered before it happened, and nothing later than Meta goes on trying.
 * - S3 Every day has a bit of everything Meta does: duplicates, disorder, failures, statuses a day late.
 */

import { BAKERY } from "./company.ts";
import { conversations, midnightMessages, numberChange } from "./customers.ts";
import type { Delivery, StoryDay } from "./delivery.ts";
import { SeededRandom } from "../../tests/support/seeded_random.ts";
import { offerTemplates, orderTemplates, unmeteredWebhooks } from "./outgoing.ts";
import { withDeliveryFaults } from "./delivery_faults.ts";
import { usageReports } from "./usages.ts";

/** The most days a delivery comes after the day it tells of: a status that is a day late, of a late evening. */
const DAYS_LATE_MAX = 3;

/**
 * Tells a stretch of the story.
 *
 * @param from_s Unix seconds, included.
 * @param until_s Unix seconds, not included.
 * @param opened_on The first local date of the story: nothing happened before it.
 * @returns What is delivered within the stretch, in the order it is delivered.
 */
export function deliveriesBetween(
  from_s: number,
  until_s: number,
  opened_on: Temporal.PlainDate,
): Delivery[] {
  const told: Delivery[] = [];
  let date = earlier(localDateOf(until_s), localDateOf(from_s)).subtract({ days: DAYS_LATE_MAX });
  if (Temporal.PlainDate.compare(date, opened_on) < 0) date = opened_on;
  const last = localDateOf(until_s);
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    told.push(...deliveriesOfDay(date).filter(({ at_s }) => at_s >= from_s && at_s < until_s));
  }
  return told.sort((a, b) => a.at_s - b.at_s);
}

/** Everything that tells of one local date, in the order it is delivered: some of it a day later. */
function deliveriesOfDay(date: Temporal.PlainDate): Delivery[] {
  const dice = new SeededRandom(`${BAKERY.company} ${date}`);
  const day: StoryDay = { date: date.toString(), start_s: startOf(date), weekday: date.dayOfWeek };
  const told = [
    ...conversations(dice, day),
    ...midnightMessages(dice, day),
    ...(date.day === 15 ? numberChange(date.month, day) : []),
    ...orderTemplates(dice, day),
    ...(day.weekday === FRIDAY ? offerTemplates(dice, day) : []),
    ...unmeteredWebhooks(dice, day),
  ];
  return [...withDeliveryFaults(dice, told), ...usageReports(dice, day)].sort((a, b) => a.at_s - b.at_s);
}

/** The first day of the month before the one an instant falls in: where the story begins. */
export function openingDate(now_ms: number): Temporal.PlainDate {
  return localDateOf(now_ms / 1000).with({ day: 1 }).subtract({ months: 1 });
}

/** When a local date starts at the bakery, in Unix seconds. */
export function startOf(date: Temporal.PlainDate): number {
  return date.toZonedDateTime(BAKERY.profile.time_zone).epochMilliseconds / 1000;
}

/** The local date of an instant at the bakery. */
export function localDateOf(at_s: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at_s * 1000))
    .toZonedDateTimeISO(BAKERY.profile.time_zone).toPlainDate();
}

const FRIDAY = 5;

function earlier(a: Temporal.PlainDate, b: Temporal.PlainDate): Temporal.PlainDate {
  return Temporal.PlainDate.compare(a, b) <= 0 ? a : b;
}
