/** The lines of the month's chart, as points of days since the start of the month and credits. */

import type { KnownForecast, PageView } from "../report/view.ts";
import { type Day, indexOf } from "./days.ts";

/** A point of the chart: days since the start of the month, and credits. */
export type Point = readonly [day: number, credits: number];

/** The forecast lines and the range around them. */
export interface ForecastLines {
  readonly line: readonly Point[];
  readonly band: readonly Point[];
  readonly excess: readonly Point[];
}

/**
 * Returns the line of available credits: up at each grant to the balance after it, down to the available credits at the
 * end of each day. It begins with the first grant.
 */
export function availableLine(days: readonly Day[]): Point[] {
  const points: Point[] = [];
  for (const day of days) {
    if (points.length === 0 && day.grants.length === 0) continue;
    for (const { available_after } of day.grants) points.push([day.index, available_after]);
    if (ranOut(day)) points.push([ranOutAt(day), 0]);
    points.push([day.ends_at, day.available_after]);
  }
  return points;
}

/** Returns the line of used credits of a month without a package. */
export function usedLine(days: readonly Day[]): Point[] {
  return [[0, 0], ...days.map(({ ends_at, posted_after }): Point => [ends_at, posted_after])];
}

/** Returns the line of excess credits, from the first day with any. A grant covers excess first. */
export function excessLine(days: readonly Day[]): Point[] {
  const first = days.findIndex(({ excess_after, grants }) =>
    excess_after > 0 || grants.some((grant) => grant.excess_after > 0)
  );
  if (first < 0) return [];
  const points: Point[] = ranOut(days[first]!) ? [] : [[first, 0]];
  for (const day of days.slice(first)) {
    const { index, grants, ends_at, excess_after } = day;
    for (const grant of grants) points.push([index, grant.excess_after]);
    if (ranOut(day) && (points.at(-1)?.[1] ?? 0) === 0) points.push([ranOutAt(day), 0]);
    points.push([ends_at, excess_after]);
  }
  return points;
}

/** Reports whether the package ran out on a day and usage went on after it. */
function ranOut({ posted, excess_after }: Day): boolean {
  return excess_after > 0 && excess_after < posted;
}

/** Returns when the package ran out, assuming an even pace within the day. */
function ranOutAt({ index, ends_at, posted, excess_after }: Day): number {
  return index + (ends_at - index) * (1 - excess_after / posted);
}

/**
 * Returns the forecast to draw. A forecast for a package that begins or grows later is not drawn: its credits do not
 * continue the lines up to now.
 */
export function forecastToDraw({ forecast, scheduled_grant }: PageView): KnownForecast | undefined {
  if (forecast === null || "insufficient_data" in forecast) return undefined;
  return scheduled_grant === null ? forecast : undefined;
}

/** Returns the lines of a forecast, from now to the end of the month. */
export function forecastLines(
  forecast: KnownForecast,
  now: Point,
  excess_now: Point | undefined,
  length: number,
): ForecastLines {
  const { runs_out_on, expected_left, expected_excess } = forecast;
  const end_of_excess: Point = [length, expected_excess];
  if (excess_now !== undefined) return { line: [], band: [], excess: [excess_now, end_of_excess] };
  if (forecast.expected_excess > 0 && runs_out_on === null) {
    return { line: [now, end_of_excess], band: [], excess: [] };
  }
  const [earliest, latest] = forecast.runs_out_between;
  const [left_min, left_max] = forecast.left_between;
  const endOf = (date: string | null, left: number, day_fraction: number): Point =>
    date === null ? [length, left] : [Math.max(now[0], indexOf(date) + day_fraction), 0];
  const at_fastest = endOf(earliest, left_min, 0);
  const at_slowest = endOf(latest, left_max, 1);
  const end = endOf(runs_out_on, expected_left, 0.5);
  return {
    line: [now, end],
    band: [now, at_fastest, ...at_fastest[1] === 0 ? [[at_slowest[0], 0] as const] : [], at_slowest],
    excess: expected_excess > 0 ? [end, end_of_excess] : [],
  };
}
