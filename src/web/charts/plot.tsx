/**
 * What charts stand in: an axis of credits on the left, days below. Across, everything is in per cent and down it is in
 * pixels, so that a chart is as wide as there is room, its text is not stretched, and no script is needed for that.
 */

import type { Child, FC } from "hono/jsx";
import type { ScaleLinear } from "./d3.ts";

/** Room above the highest value and below the axis, in pixels. */
export const TOP = 18;
export const BOTTOM = 22;

/** A day as it is written below a chart. */
interface DayTick {
  readonly at: number;
  readonly text: string;
  readonly anchor: "start" | "middle";
  /** Left out where there is little room. */
  readonly is_tight: boolean;
}

interface PlotProps {
  readonly height: number;
  readonly y: ScaleLinear<number, number>;
  /** What a value of the axis is written as; the topmost with its unit. */
  readonly label: (value: number, is_top: boolean) => string;
  readonly days: readonly DayTick[];
  readonly children: Child;
}

/** A chart's frame. People who read instead of look have the table behind it, so it is hidden from them. */
export const Plot: FC<PlotProps> = ({ height, y, label, days, children }) => {
  const ticks = ticksOf(y);
  const top = ticks.at(-1);
  return (
    <svg class="plot" width="100%" height={height} aria-hidden="true">
      {ticks.map((value) => (
        <line class={value === 0 ? "axis" : "grid"} x1="0" x2="100%" y1={y(value)} y2={y(value)} />
      ))}
      {children}
      {ticks.slice(1).map((value) => (
        <text class="tick" x="0" y={y(value) - 4}>{label(value, value === top)}</text>
      ))}
      {days.map(({ at, text, anchor, is_tight }) => (
        <text class={is_tight ? "tick tight" : "tick"} x={per(at)} y={height - 6} text-anchor={anchor}>
          {text}
        </text>
      ))}
    </svg>
  );
};

/** A drawing of paths, stretched across and not down. */
export const Stretched: FC<{ height: number; children: Child }> = ({ height, children }) => (
  <svg width="100%" height={height} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none">{children}</svg>
);

/** Three or four values with a line of their own, 0 the first; whole credits only. */
function ticksOf(y: ScaleLinear<number, number>): number[] {
  return y.ticks(3).filter(Number.isInteger);
}

/** A place across, as SVG writes it. */
export function per(cent: number): string {
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
