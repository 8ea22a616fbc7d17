/**
 * The frame of a chart: an axis of credits, a plot area and the days below it. The plot area is measured in per cent
 * horizontally and in pixels vertically, so that a chart fills the width without stretched text and without script. The
 * plot area has no text, so no line or bar is ever covered by text.
 */

import type { Child, FC } from "hono/jsx";
import type { RenderContext } from "../report/render_context.ts";
import { type ScaleLinear, scaleLinear } from "./d3.ts";

/** The space above the highest value, for the unit; in pixels. */
export const TOP = 26;
/** The space below the axis, for the days; in pixels. */
export const BOTTOM = 22;

/** A day label below a chart. */
interface DayTick {
  readonly at: number;
  readonly text: string;
  readonly anchor: "start" | "middle";
  /** Hidden on narrow screens. */
  readonly is_tight: boolean;
}

interface AxisProps {
  readonly context: RenderContext;
  readonly height: number;
  readonly y: ScaleLinear<number, number>;
}

interface PlotProps extends AxisProps {
  /** The chart's name, the prefix of the ids of its heading and table. */
  readonly name: "month" | "daily";
  readonly day_count: number;
  readonly days: readonly DayTick[];
  /** Attributes for the script. */
  readonly data?: Readonly<Record<string, string | number>>;
  readonly children: Child;
}

/**
 * Draws the frame of a chart. Screen readers have its table; with the keyboard it is a slider over the days, whose text
 * the script reads from the table. The days of the daily chart lead to their entries.
 */
export const Plot: FC<PlotProps> = ({ context, height, y, name, day_count, days, data, children }) => {
  const { view: { statement, company }, strings: { daily: texts } } = context;
  const last = company.today.startsWith(statement.period) ? company.today : undefined;
  const begun = last === undefined ? day_count : Number(last.slice(8));
  const date = `${statement.period}-${String(begun).padStart(2, "0")}`;
  return (
    <div
      class="plot"
      data-chart-table={`${name}-table`}
      data-days={day_count}
      data-tap={name === "daily" ? texts.tap : undefined}
      data-keys={name === "daily" ? texts.keys : undefined}
    >
      <Axis context={context} height={height} y={y} />
      <svg class="field" width="100%" height={height} aria-hidden="true" {...data}>
        {ticksOf(y).map((value) => (
          <line class={value === 0 ? "axis" : "grid"} x1="0" x2="100%" y1={y(value)} y2={y(value)} />
        ))}
        {children}
        <line class="chosen" data-preserve x1="0" x2="0" y1={TOP} y2={height - BOTTOM} />
        {days.map(({ at, text, anchor, is_tight }) => (
          <text class={is_tight ? "tight" : undefined} x={percent(at)} y={height - 6} text-anchor={anchor}>
            {text}
          </text>
        ))}
      </svg>
      <div
        class="cursor"
        role="slider"
        tabindex={0}
        aria-labelledby={`${name}-heading`}
        aria-valuemin={1}
        aria-valuemax={begun}
        aria-valuenow={begun}
        aria-valuetext={context.formats.date(date)}
        aria-description={name === "daily" ? texts.keys : undefined}
      />
      <div class="tip" data-preserve aria-hidden="true" hidden></div>
    </div>
  );
};

/** The approximate width of a digit or letter, and of another character, in pixels. */
const LETTER_PX = 7.7;
const SIGN_PX = 4;
/** The space between the numbers and the plot area. */
const GAP_PX = 8;
/** Wide enough for `2.000`, so that the days of both charts are aligned. */
const AXIS_PX_MIN = 44;

/** Draws the axis of credits with its unit, as wide as its widest number. */
const Axis: FC<AxisProps> = ({ context: { strings, formats }, height, y }) => {
  const values = ticksOf(y);
  const ticks = values.map((value) => ({ text: formats.onAxis(value, values.at(-1)!), at: y(value) }));
  const width = Math.ceil(Math.max(AXIS_PX_MIN, ...ticks.map(({ text }) => widthOf(text) + GAP_PX)));
  return (
    <svg class="numbers" width={width} height={height} aria-hidden="true">
      <text x="0" y="10">{strings.axis_unit}</text>
      {ticks.map(({ text, at }) => <text x={width - GAP_PX} y={at + 4} text-anchor="end">{text}</text>)}
    </svg>
  );
};

function widthOf(text: string): number {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters * LETTER_PX + (text.length - letters) * SIGN_PX;
}

/** Stretches paths horizontally, but not vertically. */
export const Stretched: FC<{ height: number; children: Child }> = ({ height, children }) => (
  <svg width="100%" height={height} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none">{children}</svg>
);

/** Returns three or four values for the grid lines, from 0, in whole credits. */
function ticksOf(y: ScaleLinear<number, number>): number[] {
  return y.ticks(3).filter(Number.isInteger);
}

/** The space that an axis may have above its highest value, as a share of it. */
const SPACE_MAX = 0.08;

/** Returns the scale of an axis from 0: up to a round number, unless that leaves much space empty. */
export function scaleTo(highest: number, height: number): ScaleLinear<number, number> {
  const y = scaleLinear([0, highest], [height - BOTTOM, TOP]);
  const nice = y.copy().nice(3);
  return nice.domain()[1]! <= (1 + SPACE_MAX) * highest ? nice : y.domain([0, (1 + SPACE_MAX / 2) * highest]);
}

/** Formats a horizontal position for SVG. */
export function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

/** Returns the day labels of a month. The first includes the name of the month. */
export function dayTicks(length: number, atOf: (index: number) => number, first: string): DayTick[] {
  const days = [5, 10, 15, 20, 25, 30].filter((day) => day <= length);
  return [
    { at: 0, text: first, anchor: "start", is_tight: false },
    ...days.map((day): DayTick => {
      return { at: atOf(day - 1), text: String(day), anchor: "middle", is_tight: day === 5 };
    }),
  ];
}
