import type { FC } from "hono/jsx";
import { daysIn } from "../../domain/calendar.ts";
import type { Month } from "../../domain/names.ts";
import type { Reading } from "../reading.ts";
import type { KnownForecast, PageView } from "../view.ts";
import { area, line, scaleLinear } from "./d3.ts";
import { type Day, daysOf } from "./days.ts";
import { BOTTOM, dayTicks, per, Plot, Stretched, TOP } from "./plot.tsx";

const HEIGHT = 230;

/** A place of the chart: days since the month began, and credits. */
type Point = readonly [day: number, credits: number];

/** What is left of the package day by day against the even pace, and how it is expected to go on. */
export const MonthChart: FC<{ reading: Reading }> = ({ reading }) => {
  const { view, strings, formats } = reading;
  const length = daysIn(view.statement.period as Month);
  const days = daysOf(view);
  const has_package = view.statement.granted > 0;
  const remaining = has_package ? remainingLine(days) : consumedLine(days);
  const excess = has_package ? excessLine(days) : [];
  const now = remaining.at(-1) ?? [0, view.statement.granted];
  const ahead = view.forecast !== null && "runs_out_on" in view.forecast
    ? aheadOf(view.forecast, now, length, view.statement)
    : undefined;
  const highest = Math.max(
    1,
    view.statement.granted,
    ...[remaining, excess, ahead?.line ?? []].flatMap((points) => points.map(([, credits]) => credits)),
  );
  const x = scaleLinear([0, length], [0, 100]);
  const y = scaleLinear([0, highest], [HEIGHT - BOTTOM, TOP]).nice(3);
  const draw = line<Point>().x(([day]) => x(day)).y(([, credits]) => y(credits));
  const fill = area<Point>().x(([day]) => x(day)).y0(y(0)).y1(([, credits]) => y(credits));
  return (
    <Plot
      height={HEIGHT}
      y={y}
      label={(value, is_top) =>
        is_top ? strings.credits(value, formats.credits(value)) : formats.credits(value)}
      days={dayTicks(length, (index) => x(index + 0.5), formats.shortDate(`${view.statement.period}-01`))}
    >
      <Stretched height={HEIGHT}>
        {ahead && <path class="band" d={band(ahead.band, x, y)} />}
        {excess.length > 0 && <path class="excess-area" d={fill(excess) ?? ""} />}
        <path class="left-area" d={fill(remaining) ?? ""} />
        {has_package && <path class="even" d={draw([[0, view.statement.granted], [length, 0]]) ?? ""} />}
        {ahead && <path class="ahead" d={draw(ahead.line) ?? ""} />}
        {excess.length > 0 && <path class="excess-line" d={draw(excess) ?? ""} />}
        <path class="left-line" d={draw(remaining) ?? ""} />
      </Stretched>
      <Labels reading={reading} x={x} y={y} remaining={remaining} excess={excess} ahead={ahead} />
    </Plot>
  );
};

interface LabelsProps {
  readonly reading: Reading;
  readonly x: (day: number) => number;
  readonly y: (credits: number) => number;
  readonly remaining: readonly Point[];
  readonly excess: readonly Point[];
  readonly ahead: Ahead | undefined;
}

/** What each line is, written beside it. */
const Labels: FC<LabelsProps> = ({ reading, x, y, remaining, excess, ahead }) => {
  const { view, strings: { month_chart: said }, formats } = reading;
  const { granted, period } = view.statement;
  const [day, amount] = remaining.at(-1) ?? [0, 0];
  const length = daysIn(period as Month);
  const over = excess.at(-1);
  const text = granted > 0 ? said.left(formats.credits(amount)) : said.used(formats.credits(amount));
  const runs_out = granted > 0 && amount === 0;
  return (
    <>
      {granted > 0 && (
        <text class="on-line muted" x={per(x(length * 0.6))} y={y(granted * 0.4) - 6}>{said.even}</text>
      )}
      {!runs_out && (
        <>
          <text class="on-line strong" x={per(x(day))} y={y(amount) - 10} text-anchor={anchorAt(x(day))}>
            {text}
          </text>
          <circle class="now" cx={per(x(day))} cy={y(amount)} r="4" />
        </>
      )}
      {over && (
        <>
          <text
            class="on-line strong excess"
            x={per(x(over[0]))}
            y={y(over[1]) - 10}
            text-anchor={anchorAt(x(over[0]))}
          >
            {said.excess(formats.credits(over[1]))}
          </text>
          <circle class="now excess" cx={per(x(over[0]))} cy={y(over[1])} r="4" />
        </>
      )}
      {ahead && !runs_out && (
        <text
          class="on-line muted"
          x={per(x(ahead.line.at(-1)![0]))}
          y={y(ahead.line.at(-1)![1]) - 8}
          text-anchor="end"
        >
          {said.forecast}
        </text>
      )}
    </>
  );
};

function anchorAt(cent: number): "start" | "middle" | "end" {
  return cent < 15 ? "start" : cent > 80 ? "end" : "middle";
}

/** From the first grant on: up where more is granted, down to what is left at the end of each day. */
function remainingLine(days: readonly Day[]): Point[] {
  const points: Point[] = [];
  let left: number | undefined;
  for (const { index, ends_at, granted, available_after } of days) {
    if (granted > 0) {
      if (left !== undefined) points.push([index, left]);
      points.push([index, (left ?? 0) + granted]);
    } else if (left === undefined) continue;
    left = available_after;
    points.push([ends_at, left]);
  }
  return points;
}

function consumedLine(days: readonly Day[]): Point[] {
  return [[0, 0], ...days.map(({ ends_at, consumed_after }): Point => [ends_at, consumed_after])];
}

/** What went past the package, from the day it ran out on. */
function excessLine(days: readonly Day[]): Point[] {
  const first = days.findIndex(({ excess_after }) => excess_after > 0);
  if (first < 0) return [];
  return [
    [first, 0],
    ...days.slice(first).map(({ ends_at, excess_after }): Point => [ends_at, excess_after]),
  ];
}

/** How a line is expected to go on, and within what. */
interface Ahead {
  readonly line: readonly Point[];
  readonly band: readonly Point[];
}

function aheadOf(
  forecast: KnownForecast,
  now: Point,
  length: number,
  { granted }: PageView["statement"],
): Ahead | undefined {
  if (granted === 0) return { line: [now, [length, forecast.expected_excess]], band: [] };
  if (now[1] === 0) return undefined;
  const [fast, slowly] = forecast.runs_out_between;
  const [left_fast, left_slowly] = forecast.left_between;
  const endOf = (date: string | null, left: number, of_day: number): Point =>
    date === null ? [length, left] : [Math.max(now[0], dayOf(date) + of_day), 0];
  const at_fastest = endOf(fast, left_fast, 0);
  const at_slowest = endOf(slowly, left_slowly, 1);
  return {
    line: [now, endOf(forecast.runs_out_on, forecast.expected_left, 0.5)],
    band: [now, at_fastest, ...at_fastest[1] === 0 ? [[at_slowest[0], 0] as const] : [], at_slowest],
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

/** Days since the month began, of a date of it. */
function dayOf(date: string): number {
  return Number(date.slice(8)) - 1;
}
