import type { Micros } from "../money.ts";
import { type DifferenceReason, type OpenLine, ROUNDING } from "./reconciliation_lines.ts";

/** How far a line's ratio of costs may be from that of all lines with a wrong rate: one in 1,000. */
const RATIO_TOLERANCE = 1_000n;

/** A line of which both sides know the cost. */
type PricedLine = OpenLine & {
  readonly ours: { readonly cost: Micros };
  readonly meta: { readonly cost: Micros };
};

/**
 * Gives every difference of costs its likely reason. Only lines of equal volumes show a price that differs; a line of
 * different volumes has the reason `wrong_rate` too if its price differs as theirs does.
 */
export function explainCosts(lines: readonly OpenLine[]): void {
  const keyOf = ({ phone_number_id, category, pricing_type, country }: OpenLine) =>
    [phone_number_id, category, pricing_type, country].join(" ");
  for (const group of Map.groupBy(lines.filter(isPriced), keyOf).values()) {
    const equal = group.filter(({ ours, meta }) => ours.messages === meta.messages);
    const different = equal.filter(({ ours, meta }) => !isRounding(ours.cost, meta.cost));
    const first_tier = different.filter(({ tiers }) => !isPastFirstTier(tiers));
    const rate = rateOf(first_tier, equal.filter((line) => !different.includes(line)));
    for (const line of different) {
      addPrice(line, rate && first_tier.includes(line) ? "wrong_rate" : otherReason(line));
    }
    if (rate === undefined) continue;
    const others = group.filter(({ ours, meta }) =>
      ours.messages !== meta.messages && ours.messages * meta.messages > 0
    );
    for (const line of others) {
      if (isWithin(line, first_tier) && hasRate(line, rate)) addPrice(line, "wrong_rate");
    }
  }
}

/** What all of Meta's costs are to all of ours, where the price differs. */
interface Rate {
  readonly ours: bigint;
  readonly meta: bigint;
}

/**
 * Finds a rate that differs: by one ratio on each of the lines, and from one date to another. A line in between whose
 * cost matches contradicts it.
 */
function rateOf(different: readonly PricedLine[], matching: readonly PricedLine[]): Rate | undefined {
  const rate = {
    ours: sum(different.map(({ ours }) => ours.cost)),
    meta: sum(different.map(({ meta }) => meta.cost)),
  };
  if (rate.ours === 0n || rate.meta === 0n || !different.every((line) => hasRate(line, rate))) {
    return undefined;
  }
  const contradicts = (line: PricedLine) =>
    line.ours.cost > 0n && isWithin(line, different) && !hasRate(line, rate);
  return matching.some(contradicts) ? undefined : rate;
}

/** Whether Meta's price of a line is to ours as in the rate, but for rounding. */
function hasRate({ ours, meta }: PricedLine, rate: Rate): boolean {
  if (ours.cost === 0n || meta.cost === 0n) return false;
  // Both volumes are multiplied out, so that no price is rounded.
  const expected = ours.cost * BigInt(meta.messages) * rate.meta;
  const actual = meta.cost * BigInt(ours.messages) * rate.ours;
  const difference = expected > actual ? expected - actual : actual - expected;
  const rounding = ROUNDING * BigInt(ours.messages) * rate.ours;
  return difference <= rounding + actual / RATIO_TOLERANCE;
}

function isPriced(line: OpenLine): line is PricedLine {
  return line.ours.cost !== undefined && line.meta.cost !== undefined;
}

function isRounding(a: bigint, b: bigint): boolean {
  const difference = a > b ? a - b : b - a;
  return difference <= ROUNDING;
}

function isWithin({ date }: OpenLine, lines: readonly OpenLine[]): boolean {
  return lines.some((line) => line.date <= date) && lines.some((line) => line.date >= date);
}

/** The reason of a price that differs by no constant ratio. */
function otherReason({ category, tiers, ours, meta }: PricedLine): DifferenceReason {
  if (category === "service" && (ours.cost === 0n || meta.cost < ours.cost)) return "free_tier";
  return isPastFirstTier(tiers) ? "volume_tier" : "unexplained";
}

/** Whether Meta's tiers contain one that does not begin with the first message of the month. */
function isPastFirstTier(tiers: ReadonlySet<string>): boolean {
  return [...tiers].some((tier) => !tier.startsWith("0:"));
}

function addPrice(line: PricedLine, reason: DifferenceReason): void {
  const prices = { ours: priceOf(line.ours), meta: priceOf(line.meta) };
  line.parts.push({ reason, messages: 0, prices });
}

function priceOf({ cost, messages }: { readonly cost: bigint; readonly messages: number }): Micros {
  const count = BigInt(messages);
  return (cost + count / 2n) / count as Micros;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
