/** Consumption as the charts tell it apart: by direction and feature, in one order and one look everywhere. */

import type { Direction, Usage } from "../report/view.ts";

/** What is drawn and listed as one. */
export interface Series {
  readonly key: string;
  /** Undefined for the features that are too many to be told apart. */
  readonly feature: string | undefined;
  readonly direction: Direction;
  readonly pattern: FillPattern;
  readonly units: number;
  readonly credits: number;
}

/** A fill that is told apart by its pattern too, not by its colour alone. */
export type FillPattern = "inbound" | "outbound" | "dots" | "bars" | "cross" | "rest";

/** What is metered by no direction has these, the largest first; the last is shared by all that are left. */
const OTHER_PATTERNS: readonly FillPattern[] = ["dots", "bars", "cross"];

const REST = "rest";

/** The series of a month: conversations first, inbound below outbound, then the others, the largest first. */
export function seriesOf(usage: readonly Usage[]): Series[] {
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
  return [
    ...conversations.map((sum) => ({ ...sum, pattern: sum.direction as FillPattern })),
    ...others.slice(0, shown).map((sum, i) => ({ ...sum, pattern: OTHER_PATTERNS[i] ?? REST })),
    ...rest.length === 0 ? [] : [{
      key: REST,
      feature: undefined,
      direction: "none" as const,
      pattern: REST as FillPattern,
      ...sumOf(rest),
    }],
  ];
}

/** Which of the series a row of usage belongs to. */
export function seriesKeyOf({ feature, direction }: Usage, series: readonly Series[]): string {
  const key = `${feature} ${direction}`;
  return series.some((one) => one.key === key) ? key : REST;
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
