/**
 * Compares what Meta reports (`pricing_analytics`) with what the statuses of webhooks say, line by line, and gives each
 * difference its likely reason. A reason is derived from the pattern of the differences alone: it is likely, not proven.
 * The rule of each reason is in the rulebook, "Reconciliation with Meta".
 */

import type { Micros } from "../money.ts";
import type { LocalDate } from "../types.ts";
import { explainCosts } from "./reconciliation_costs.ts";
import {
  type CountedMessages,
  DIFFERENCE_REASONS,
  type DifferenceReason,
  type ExplainedPart,
  LINE_KINDS,
  type LineKind,
  type LineSide,
  type OpenLine,
  type ReconciliationLine,
} from "./reconciliation_lines.ts";
import { explainVolumes } from "./reconciliation_volumes.ts";

/** What is compared. */
export interface ReconciliationInput {
  /** The dates that Meta was asked for, both inclusive. Messages of other dates are left out. */
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** Dates from this one on are recent: statuses and Meta's figures may still change. */
  readonly recent_from: LocalDate;
  readonly ours: Iterable<CountedMessages>;
  readonly meta: Iterable<CountedMessages>;
}

/** Compares both sides. @returns the lines in order of number, date, category, type and country */
export function reconcile({ from, to, recent_from, ours, meta }: ReconciliationInput): ReconciliationLine[] {
  const lines = openLines(from, to, ours, meta);
  explainVolumes(lines, { from, to, recent_from });
  explainCosts(lines);
  return lines.map(({ unexplained: _, tiers: __, group_messages: ___, parts, ...line }) => ({
    ...line,
    kind: kindOf(line, parts),
    parts,
  }));
}

function kindOf({ ours, meta }: Pick<OpenLine, "ours" | "meta">, parts: readonly ExplainedPart[]): LineKind {
  if (ours.messages === meta.messages) return parts.length === 0 ? "matched" : "cost";
  if (ours.messages === 0) return "meta_alone";
  return meta.messages === 0 ? "ours_alone" : "volume";
}

/** A side of a line to which messages are added. */
interface Sum {
  messages: number;
  cost: Micros | undefined;
}

function openLines(
  from: LocalDate,
  to: LocalDate,
  ours: Iterable<CountedMessages>,
  meta: Iterable<CountedMessages>,
): OpenLine[] {
  const lines = new Map<
    string,
    OpenLine & { ours: Sum; meta: Sum; tiers: Set<string>; group_messages: number }
  >();
  const add = (side: "ours" | "meta", counted: CountedMessages) => {
    const { phone_number_id, date, category, pricing_type, country, messages, cost, tier, of_group } =
      counted;
    if (date < from || date > to || messages === 0) return;
    const text = [phone_number_id, date, category, pricing_type, country ?? ""].join(" ");
    let line = lines.get(text);
    if (line === undefined) {
      const key = { phone_number_id, date, category, pricing_type, country };
      line = {
        ...key,
        ours: nothing(),
        meta: nothing(),
        tiers: new Set(),
        group_messages: 0,
        unexplained: 0,
        parts: [],
      };
      lines.set(text, line);
    }
    const sum = line[side];
    sum.messages += messages;
    sum.cost = sum.cost === undefined || cost === undefined ? undefined : (sum.cost + cost) as Micros;
    line.unexplained += side === "meta" ? messages : -messages;
    if (tier !== undefined) line.tiers.add(tier);
    if (of_group) line.group_messages += messages;
  };
  for (const counted of ours) add("ours", counted);
  for (const counted of meta) add("meta", counted);
  return [...lines].sort(([a], [b]) => a < b ? -1 : 1).map(([, line]) => line);
}

function nothing(): Sum {
  return { messages: 0, cost: 0n as Micros };
}

/** The totals of the lines with one reason. */
export interface ReasonTotal {
  readonly reason: DifferenceReason;
  readonly lines: number;
  /** Meta's messages minus ours. */
  readonly messages: number;
}

/** The totals of a reconciliation. */
export interface ReconciliationTotals {
  readonly lines: Readonly<Record<LineKind, number>>;
  readonly ours: LineSide;
  readonly meta: LineSide;
  /** Lines whose volumes are equal, and of which one side has no cost: their costs are not compared. */
  readonly costs_not_compared: number;
  /** In the order of {@link DIFFERENCE_REASONS}. */
  readonly reasons: readonly ReasonTotal[];
}

/** Adds up the lines of a reconciliation. */
export function totalsOf(lines: readonly ReconciliationLine[]): ReconciliationTotals {
  const kinds = Object.fromEntries(LINE_KINDS.map((kind) => [kind, 0])) as Record<LineKind, number>;
  const reasons = new Map<DifferenceReason, { lines: number; messages: number }>();
  let costs_not_compared = 0;
  for (const { kind, ours, meta, parts } of lines) {
    kinds[kind]++;
    if (ours.messages === meta.messages && (ours.cost ?? meta.cost) !== undefined) {
      if (ours.cost === undefined || meta.cost === undefined) costs_not_compared++;
    }
    for (const { reason, messages } of parts) {
      const total = reasons.get(reason) ?? { lines: 0, messages: 0 };
      reasons.set(reason, { lines: total.lines + 1, messages: total.messages + messages });
    }
  }
  return {
    lines: kinds,
    ours: sideTotal(lines.map(({ ours }) => ours)),
    meta: sideTotal(lines.map(({ meta }) => meta)),
    costs_not_compared,
    reasons: DIFFERENCE_REASONS.flatMap((reason) => {
      const total = reasons.get(reason);
      return total === undefined ? [] : [{ reason, ...total }];
    }),
  };
}

/** Adds up one side. Its cost is known if that of every line is. */
function sideTotal(sides: readonly LineSide[]): LineSide {
  let messages = 0;
  let cost: bigint | undefined = 0n;
  for (const side of sides) {
    messages += side.messages;
    cost = cost === undefined || side.cost === undefined ? undefined : cost + side.cost;
  }
  return { messages, cost: cost as Micros | undefined };
}
