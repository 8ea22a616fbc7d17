/** Compares the alerts of the page with those of the API. */

import assert from "node:assert/strict";
import { PAGE_ALERT_TYPES } from "../../src/web/alert_types.ts";
import type { Json } from "./api_answers.ts";
import { type Compared, dateText } from "./head_numbers.ts";
import { assertValues, textOf, textsOf } from "./page_reader.ts";

/** The most alerts that the page shows. */
const SHOWN_MAX = 3;

/**
 * Asserts that the page lists the newest alerts of the month, each with its time and numbers. Those that were raised after
 * its rendering may be missing: alerts do not change the version.
 */
export async function assertAlerts(compared: Compared): Promise<void> {
  const { page, reader, answers: { alerts, balance, is_open_month } } = compared;
  const ids = await page.locator("#alerts li").evaluateAll((all) => all.map(({ id }) => id));
  if (!is_open_month) return assert.deepEqual(ids, [], "a past month lists no alerts");
  const isOfMonth = ({ type, raised_at }: Json) =>
    PAGE_ALERT_TYPES.includes(type) && dateIn(balance.time_zone, raised_at).startsWith(balance.period);
  const raised: Json[] = alerts.filter(isOfMonth);
  const missing = ids.length === 0 ? raised.length : raised.findIndex(({ id }) => id === ids[0]);
  const listed = raised.slice(missing, missing + SHOWN_MAX);
  assert.deepEqual(ids, listed.map(({ id }) => id), "the alerts of the page are the newest");
  const texts = await textsOf(page, "#alerts li span");
  for (const [index, alert] of listed.entries()) {
    const day = reader.date(dateIn(balance.time_zone, alert.raised_at), { day: "numeric" });
    const time = await textOf(page, `#alerts li:nth-child(${index + 1}) time`);
    assertValues(time, [day, ...timeIn(balance.time_zone, alert.raised_at)], `the time of ${alert.type}`);
    assertValues(texts[index]!, valuesOf(compared, alert), alert.type);
  }
}

function dateIn(time_zone: string, instant: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(time_zone).toPlainDate().toString();
}

function timeIn(time_zone: string, instant: string): string[] {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(time_zone).toPlainTime().toString().split(":")
    .slice(0, 2);
}

/** Returns the values of an alert in the order of its sentence. */
function valuesOf({ reader, answers: { today } }: Compared, { type, data }: Json): string[] {
  switch (type) {
    case "package.nearly_used":
      return data.threshold.used_percent === undefined
        ? [reader.credits(data.available)]
        : [reader.credits(data.threshold.used_percent), reader.credits(data.granted)];
    case "package.used_up":
      return [reader.credits(data.granted)];
    case "forecast.runs_out":
      return [dateText(reader, data.runs_out_on, today)];
    case "usage.spike":
      return [dateText(reader, data.date, today), reader.credits(data.consumed), reader.credits(data.usual)];
    default:
      return [dateText(reader, data.ends_on, today)];
  }
}
