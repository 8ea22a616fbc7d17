/**
 * What charts stand in: an axis of credits beside the field they are drawn in, days below it. Across, the field is in per
 * cent and down it is in pixels, so that a chart is as wide as there is room, its text is not stretched, and no script is
 * needed for that. Within the field nothing is written, so nothing that is drawn there can lie under a text.
 */

import type { Child, FC } from "hono/jsx";
import type { RenderContext } from "../report/render_context.ts";
import type { ScaleLinear } from "./d3.ts";

/** Room above the highest value, for the unit, and below the axis, in pixels. */
export const TOP = 26;
export const BOTTOM = 22;

/** A day as it is written below a chart. */
interface DayTick {
  readonly at: number;
  readonly text: string;
  readonly anchor: "start" | "middle";
  /** Left out where there is little room. */
  readonly is_tight: boolean;
}

interface AxisProps {
  readonly reading: RenderContext;
  readonly height: number;
  readonly y: ScaleLinear<number, number>;
}

interface PlotProps extends AxisProps {
  readonly days: readonly DayTick[];
  readonly children: Child;
}

/** A chart's frame. People who read instead of look have the table behind it, so it is hidden from them. */
export const Plot: FC<PlotProps> = ({ reading, height, y, days, children }) => (
  <div class="plot" aria-hidden="true">
    <Axis reading={reading} height={height} y={y} />
    <svg class="field" width="100%" height={height}>
      {ticksOf(y).map((value) => (
        <line class={value === 0 ? "axis" : "grid"} x1="0" x2="100%" y1={y(value)} y2={y(value)} />
      ))}
      {children}
      {days.map(({ at, text, anchor, is_tight }) => (
        <text class={is_tight ? "tight" : undefined} x={percent(at)} y={height - 6} text-anchor={anchor}>
          {text}
        </text>
      ))}
    </svg>
  </div>
);

/** About how wide a digit or a letter of an axis is, and what else stands in a number, in pixels. */
const LETTER_PX = 7.7;
const SIGN_PX = 4;
/** Between the numbers of an axis and the field. */
const GAP_PX = 8;
/** Room for `2.000`, also where less is needed: the same days of both charts stand under each other. */
const AXIS_PX_MIN = 44;

/** The numbers of credits, as wide as the widest of them, with their unit above. */
const Axis: FC<AxisProps> = ({ reading: { strings, formats }, height, y }) => {
  const values = ticksOf(y);
  const ticks = values.map((value) => ({ text: formats.onAxis(value, values.at(-1)!), at: y(value) }));
  const width = Math.ceil(Math.max(AXIS_PX_MIN, ...ticks.map(({ text }) => widthOf(text) + GAP_PX)));
  return (
    <svg class="numbers" width={width} height={height}>
      <text x="0" y="10">{strings.axis_unit}</text>
      {ticks.map(({ text, at }) => <text x={width - GAP_PX} y={at + 4} text-anchor="end">{text}</text>)}
    </svg>
  );
};

function widthOf(text: string): number {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters * LETTER_PX + (text.length - letters) * SIGN_PX;
}

/** A drawing of paths, stretched across and not down. */
export const Stretched: FC<{ height: number; children: Child }> = ({ height, children }) => (
  <svg width="100%" height={height} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none">{children}</svg>
);

/** Three or four values with a line of their own, 0 the first; whole credits only. */
function ticksOf(y: ScaleLinear<number, number>): number[] {
  return y.ticks(3).filter(Number.isInteger);
}

/** A place across, as SVG writes it. */
export function percent(cent: number): string {
  return `${Math.round(cent * 100) / 100}%`;
}

/** Which days of a month are written below a chart: the first with the name of the month. */
export function dayTicks(length: number, atOf: (index: number) => number, first: string): DayTick[] {
  const days = [5, 10, 15, 20, 25, 30].filter((day) => day <= length);
  return [
    { at: 0, text: first, anchor: "start", is_tight: false },
    ...days.map((day): DayTick => {
      return { at: atOf(day - 1), text: String(day), anchor: "middle", is_tight: day === 5 };
    }),
  ];
}
