/** Groups usage by direction and feature into the series of the charts, in one order and with fixed patterns. */

import type { Direction } from "../../domain/types.ts";
import type { UsageRow } from "../report/view.ts";

/** One group of usage in the chart and the tables. */
export interface Series {
  readonly key: string;
  /** Undefined for the group of all other features. */
  readonly feature: string | undefined;
  readonly direction: Direction;
  readonly pattern: FillPattern;
  readonly units: number;
  readonly credits: number;
}

/** A fill with a pattern of its own, so that colour is not the only difference. */
export type FillPattern = "inbound" | "outbound" | "dots" | "bars" | "cross" | "rest";

/** The patterns of features without a direction, from the largest on. The features after these share one series. */
const OTHER_PATTERNS: readonly FillPattern[] = ["dots", "bars", "cross"];

const REST = "rest";

/** Returns the series of a month, the largest first, which is at the bottom of the bars; the combined rest is last. */
export function seriesOf(usage: readonly UsageRow[]): Series[] {
  const sums = [...Map.groupBy(usage, ({ feature, direction }) => `${feature} ${direction}`)].map(
    ([key, rows]) => {
      const { feature, direction } = rows[0]!;
      return { key, feature, direction, ...sumOf(rows) };
    },
  ).filter(({ units, credits }) => units > 0 || credits > 0);
  const conversations = sums.filter(({ direction }) => direction !== "none")
    .sort((a, b) => compare(a.direction, b.direction) || compare(a.key, b.key));
  const others = sums.filter(({ direction }) => direction === "none")
    .sort((a, b) => b.credits - a.credits || compare(a.key, b.key));
  const shown = others.length > OTHER_PATTERNS.length + 1 ? OTHER_PATTERNS.length : others.length;
  const rest = others.slice(shown);
  const named = [
    ...conversations.map((sum) => ({ ...sum, pattern: sum.direction as FillPattern })),
    ...others.slice(0, shown).map((sum, i) => ({ ...sum, pattern: OTHER_PATTERNS[i] ?? REST })),
  ].sort((a, b) => b.credits - a.credits || compare(a.key, b.key));
  return [
    ...named,
    ...rest.length === 0 ? [] : [{
      key: REST,
      feature: undefined,
      direction: "none" as const,
      pattern: REST as FillPattern,
      ...sumOf(rest),
    }],
  ];
}

/** Returns the key of the series that a usage row belongs to. */
export function seriesKeyOf({ feature, direction }: UsageRow, series: readonly Series[]): string {
  const key = `${feature} ${direction}`;
  return series.some((candidate) => candidate.key === key) ? key : REST;
}

function sumOf(rows: readonly { units: number; credits: number }[]): { units: number; credits: number } {
  let units = 0;
  let credits = 0;
  for (const row of rows) {
    units += row.units;
    credits += row.credits;
  }
  return { units, credits };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
