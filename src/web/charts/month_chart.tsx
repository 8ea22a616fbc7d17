import type { FC } from "hono/jsx";
import { daysIn } from "../../domain/calendar.ts";
import type { Month } from "../../domain/types.ts";
import type { RenderContext } from "../report/render_context.ts";
import type { KnownForecast, PageView } from "../report/view.ts";
import { area, line, scaleLinear } from "./d3.ts";
import { type Day, daysOf } from "./days.ts";
import { MonthKey } from "./month_key.tsx";
import { BOTTOM, dayTicks, percent, Plot, Stretched, TOP } from "./plot.tsx";

const HEIGHT = 290;

/** A point of the chart: days since the start of the month, and credits. */
type Point = readonly [day: number, credits: number];

/** The forecast lines and the range around them. */
interface ForecastLines {
  readonly line: readonly Point[];
  readonly band: readonly Point[];
  readonly excess: readonly Point[];
}

/** Draws the remaining credits by day, the even pace and the forecast. */
export const MonthChart: FC<{ context: RenderContext }> = ({ context }) => {
  const { view, formats } = context;
  const length = daysIn(view.statement.period as Month);
  const days = daysOf(view);
  const has_package = view.statement.granted > 0;
  const remaining = has_package ? remainingLine(days) : consumedLine(days);
  const excess = has_package ? excessLine(days) : [];
  const now = remaining.at(-1) ?? [0, view.statement.granted];
  const excess_now = excess.at(-1);
  const forecast = forecastToDraw(view.forecast, has_package);
  const ahead = forecast && forecastLines(forecast, now, excess_now, length);
  const lines = [remaining, excess, ahead?.line ?? [], ahead?.excess ?? []];
  const highest = Math.max(1, view.statement.granted, ...lines.flat().map(([, credits]) => credits));
  const x = scaleLinear([0, length], [0, 100]);
  const y = scaleLinear([0, highest], [HEIGHT - BOTTOM, TOP]).nice(3);
  const draw = line<Point>().x(([day]) => x(day)).y(([, credits]) => y(credits));
  const fill = area<Point>().x(([day]) => x(day)).y0(y(0)).y1(([, credits]) => y(credits));
  return (
    <>
      <MonthKey
        context={context}
        now={now[1]}
        excess={excess_now?.[1]}
        is_ahead={ahead !== undefined && [ahead.line, ahead.excess].some((points) => points.length > 0)}
      />
      <Plot
        context={context}
        height={HEIGHT}
        y={y}
        days={dayTicks(length, (index) => x(index + 0.5), formats.shortDate(`${view.statement.period}-01`))}
      >
        <Stretched height={HEIGHT}>
          {ahead && <path class="band" d={band(ahead.band, x, y)} />}
          {excess.length > 0 && <path class="excess-area" d={fill(excess) ?? ""} />}
          <path class="left-area" d={fill(remaining) ?? ""} />
          {has_package && <path class="even" d={draw([[0, view.statement.granted], [length, 0]]) ?? ""} />}
          {ahead && <path class="ahead" d={draw(ahead.line) ?? ""} />}
          {ahead && <path class="ahead excess" d={draw(ahead.excess) ?? ""} />}
          {excess.length > 0 && <path class="excess-line" d={draw(excess) ?? ""} />}
          <path class="left-line" d={draw(remaining) ?? ""} />
        </Stretched>
        <circle
          class={excess_now === undefined ? "now" : "now excess"}
          cx={percent(x((excess_now ?? now)[0]))}
          cy={y((excess_now ?? now)[1])}
          r="4"
        />
      </Plot>
    </>
  );
};

/** Returns the line of remaining credits: up at each grant, down to the remaining credits at the end of each day. */
function remainingLine(days: readonly Day[]): Point[] {
  const points: Point[] = [];
  let left: number | undefined;
  for (const day of days) {
    const { index, ends_at, granted, available_after } = day;
    if (granted > 0) {
      if (left !== undefined) points.push([index, left]);
      points.push([index, (left ?? 0) + granted]);
    } else if (left === undefined) continue;
    if (ranOut(day)) points.push([ranOutAt(day), 0]);
    left = available_after;
    points.push([ends_at, left]);
  }
  return points;
}

/** Reports whether the package ran out on a day and usage went on after it. */
function ranOut({ consumed, excess_after }: Day): boolean {
  return excess_after > 0 && excess_after < consumed;
}

/** Returns when the package ran out, assuming an even pace within the day. */
function ranOutAt({ index, ends_at, consumed, excess_after }: Day): number {
  return index + (ends_at - index) * (1 - excess_after / consumed);
}

function consumedLine(days: readonly Day[]): Point[] {
  return [[0, 0], ...days.map(({ ends_at, consumed_after }): Point => [ends_at, consumed_after])];
}

/** Returns the line of excess credits, from the day the package ran out. */
function excessLine(days: readonly Day[]): Point[] {
  const first = days.findIndex(({ excess_after }) => excess_after > 0);
  if (first < 0) return [];
  const begins = ranOut(days[first]!) ? ranOutAt(days[first]!) : first;
  return [
    [begins, 0],
    ...days.slice(first).map(({ ends_at, excess_after }): Point => [ends_at, excess_after]),
  ];
}

/**
 * Returns the forecast to draw. A forecast for a package that has not begun is not drawn: its remaining credits do not
 * continue the line of used credits.
 */
function forecastToDraw(forecast: PageView["forecast"], has_package: boolean): KnownForecast | undefined {
  if (forecast === null || "insufficient_data" in forecast) return undefined;
  const is_of_package = forecast.runs_out_on !== null || forecast.expected_left > 0;
  return is_of_package && !has_package ? undefined : forecast;
}

function forecastLines(
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
    date === null ? [length, left] : [Math.max(now[0], dayOf(date) + day_fraction), 0];
  const at_fastest = endOf(earliest, left_min, 0);
  const at_slowest = endOf(latest, left_max, 1);
  const end = endOf(runs_out_on, expected_left, 0.5);
  return {
    line: [now, end],
    band: [now, at_fastest, ...at_fastest[1] === 0 ? [[at_slowest[0], 0] as const] : [], at_slowest],
    excess: expected_excess > 0 ? [end, end_of_excess] : [],
  };
}

function band(
  points: readonly Point[],
  x: (day: number) => number,
  y: (credits: number) => number,
): string {
  return points.length === 0
    ? ""
    : `${line<Point>().x(([day]) => x(day)).y(([, credits]) => y(credits))(points as Point[])}Z`;
}

/** Returns the days from the start of the month to a date in it. */
function dayOf(date: string): number {
  return Number(date.slice(8)) - 1;
}
