/**
 * What each line of the month's chart is, written beside it where none runs through it: above a falling line to its
 * right there is room, and below it to its left.
 */

import type { FC } from "hono/jsx";
import { daysIn } from "../../domain/calendar.ts";
import type { Month } from "../../domain/names.ts";
import type { Reading } from "../reading.ts";
import { per } from "./plot.tsx";

/** A place of the chart: days since the month began, and credits. */
export type Point = readonly [day: number, credits: number];

/** How the lines are expected to go on, and within what. */
export interface Ahead {
  readonly line: readonly Point[];
  readonly band: readonly Point[];
  readonly excess: readonly Point[];
}

interface LabelsProps {
  readonly reading: Reading;
  readonly x: (day: number) => number;
  readonly y: (credits: number) => number;
  readonly remaining: readonly Point[];
  readonly excess: readonly Point[];
  readonly ahead: Ahead | undefined;
}

/** About how wide a label is, in per cent of a chart beside others. */
const LABEL_WIDTH = 16;
/** Where a forecast is shorter than this, in per cent of the chart, its name would cover it. */
const NAMED_MIN = LABEL_WIDTH;
/** How far above a place its label stands, and how far below it, in pixels. */
const ABOVE = -8;
const BELOW = 16;

/** The names of the lines, and how much has been used or is left. */
export const MonthLabels: FC<LabelsProps> = ({ reading, x, y, remaining, excess, ahead }) => {
  const { view, strings: { month_chart: said }, formats } = reading;
  const { granted, period } = view.statement;
  const now = remaining.at(-1) ?? [0, 0];
  const over = excess.at(-1);
  const amount = formats.credits(now[1]);
  const pace = evenPlace([[0, granted], [daysIn(period as Month), 0]], remaining, ahead, over ?? now);
  const forecast = [ahead?.excess ?? [], ahead?.line ?? []].find((line) =>
    line.length > 0 && x(line.at(-1)![0]) - x(line[0]![0]) >= NAMED_MIN
  );
  return (
    <>
      {granted > 0 && (
        <text
          class="on-line muted"
          x={per(x(pace.at[0]))}
          y={y(pace.at[1]) + (pace.is_above ? ABOVE : BELOW)}
          text-anchor={pace.is_above ? "start" : "end"}
        >
          {said.even}
        </text>
      )}
      {forecast && <ForecastLabel line={forecast} x={x} y={y} text={said.forecast} />}
      {over !== undefined
        ? <Here line={excess} x={x} y={y} look="excess" text={said.excess(formats.credits(over[1]))} />
        : (
          <Here
            line={remaining}
            x={x}
            y={y}
            look=""
            text={granted > 0 ? said.left(amount) : said.used(amount)}
          />
        )}
    </>
  );
};

/** Where the even pace is furthest from the other line, and from where that one has come to; and on which side. */
export function evenPlace(
  even: readonly Point[],
  remaining: readonly Point[],
  ahead: Ahead | undefined,
  now: Point,
): { readonly at: Point; readonly is_above: boolean; readonly room: number } {
  const length = even.at(-1)![0];
  const other = [...remaining, ...ahead?.line ?? []];
  const places = [0.3, 0.45, 0.6, 0.75].map((part) => {
    const day = length * part;
    const credits = creditsAt(even, day)!;
    const apart = credits - (creditsAt(other, day) ?? 0);
    const is_near_now = Math.abs(day - now[0]) < length * LABEL_WIDTH / 100;
    return { at: [day, credits] as const, is_above: apart >= 0, room: is_near_now ? 0 : Math.abs(apart) };
  });
  return places.reduce((best, place) => place.room > best.room ? place : best);
}

interface LabelProps {
  readonly line: readonly Point[];
  readonly x: (day: number) => number;
  readonly y: (credits: number) => number;
  readonly text: string;
}

const ForecastLabel: FC<LabelProps> = ({ line, x, y, text }) => {
  const [begins, ends] = [line[0]!, line.at(-1)!];
  const at = [(begins[0] + ends[0]) / 2, (begins[1] + ends[1]) / 2] as const;
  return (
    <text
      class="on-line muted"
      x={per(x(at[0]))}
      y={y(at[1]) + ABOVE}
      text-anchor={ends[1] < begins[1] ? "start" : "end"}
    >
      {text}
    </text>
  );
};

/** Where a line has come to: named to its right while there is room, else to its left, above what the line was there. */
const Here: FC<LabelProps & { look: string }> = ({ line, x, y, look, text }) => {
  const [day, credits] = line.at(-1) ?? [0, 0];
  const begins = line[0]?.[1] ?? 0;
  const is_right = x(day) < LABEL_WIDTH || begins > credits && x(day) < 100 - LABEL_WIDTH * 1.5;
  const left_day = day - (day * LABEL_WIDTH) / Math.max(x(day), LABEL_WIDTH);
  const height = is_right ? credits : Math.max(credits, creditsAt(line, left_day) ?? 0);
  return (
    <>
      <text
        class={`on-line strong ${look}`}
        x={per(x(day))}
        y={y(height) + ABOVE}
        text-anchor={is_right ? "start" : "end"}
      >
        {text}
      </text>
      <circle class={`now ${look}`} cx={per(x(day))} cy={y(credits)} r="4" />
    </>
  );
};

/** How high a line is on a day; undefined where there is none. */
function creditsAt(line: readonly Point[], day: number): number | undefined {
  for (const [i, [ends_at, ends]] of line.entries()) {
    const [begins_at, begins] = line[i - 1] ?? [ends_at, ends];
    if (day < begins_at || day > ends_at) continue;
    return begins_at === ends_at
      ? ends
      : begins + (ends - begins) * (day - begins_at) / (ends_at - begins_at);
  }
}
