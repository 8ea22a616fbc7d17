/** The lines of a reconciliation, and the reasons of their differences. */

import type { Micros } from "../money.ts";
import type { LocalDate } from "../types.ts";
import type { CountryCode, MetaCategory, PricingType } from "./types.ts";

/** What both sides count messages by. */
export interface LineKey {
  readonly phone_number_id: string;
  /** The date in the zone of Meta's account. */
  readonly date: LocalDate;
  readonly category: MetaCategory;
  readonly pricing_type: PricingType;
  /** Undefined: only BSUIDs of the recipients are known. Meta always names a country. */
  readonly country: CountryCode | undefined;
}

/** Messages of one side, with their cost. Several of one key are added. */
export interface CountedMessages extends LineKey {
  readonly messages: number;
  /** In the account's currency; undefined: not known. */
  readonly cost: Micros | undefined;
  /** Meta's volume tier, such as `0:750000`. Undefined on our side, and where Meta gives none. */
  readonly tier?: string | undefined;
  /** Whether Meta counts them as messages to WhatsApp groups. Absent: no. */
  readonly of_group?: boolean | undefined;
}

/** How the two sides of a line compare, the gravest first. */
export const LINE_KINDS = ["meta_alone", "ours_alone", "volume", "cost", "matched"] as const;

/** How the two sides of a line compare. `cost`: the volumes are equal and the costs differ. */
export type LineKind = typeof LINE_KINDS[number];

/** The likely reasons of a difference, in the order in which they are looked for. */
export const DIFFERENCE_REASONS = [
  "group_message",
  "pricing_unknown",
  "country_unknown",
  "late_status",
  "recent",
  "free_tier",
  "priced_otherwise",
  "range_edge",
  "number_not_seen",
  "number_not_reported",
  "lost_webhooks",
  "other_app",
  "standby",
  "wrong_rate",
  "volume_tier",
  "unexplained",
] as const;

/** The likely reason of a difference. */
export type DifferenceReason = typeof DIFFERENCE_REASONS[number];

/** A part of a line's difference, with its likely reason. */
export interface ExplainedPart {
  readonly reason: DifferenceReason;
  /** Meta's messages minus ours; 0 where the prices differ. The parts of a line add up to its difference. */
  readonly messages: number;
  /** The prices of one message where they differ, rounded to a millionth; otherwise undefined. */
  readonly prices: { readonly ours: Micros; readonly meta: Micros } | undefined;
}

/** One side of a line. */
export interface LineSide {
  readonly messages: number;
  /** Undefined: the cost of at least one of the messages is not known. */
  readonly cost: Micros | undefined;
}

/** One line of a reconciliation. */
export interface ReconciliationLine extends LineKey {
  readonly kind: LineKind;
  readonly ours: LineSide;
  readonly meta: LineSide;
  /** Empty for a line that matches. */
  readonly parts: readonly ExplainedPart[];
}

/**
 * Meta gives costs as floats with four decimal places. A difference of up to half of the last place is rounding.
 */
export const ROUNDING: bigint = 50n;

/** A line while its difference is explained. */
export interface OpenLine extends LineKey {
  readonly ours: LineSide;
  readonly meta: LineSide;
  /** Meta's volume tiers. */
  readonly tiers: ReadonlySet<string>;
  /** Those of Meta's messages that went to WhatsApp groups. */
  readonly group_messages: number;
  /** The difference that has no reason yet: Meta's messages minus ours. */
  unexplained: number;
  readonly parts: ExplainedPart[];
}

/** Adds to the parts of a line, and takes from its unexplained difference. */
export function explain(line: OpenLine, reason: DifferenceReason, messages: number): void {
  line.unexplained -= messages;
  const at = line.parts.findIndex((part) => part.reason === reason);
  if (at < 0) line.parts.push({ reason, messages, prices: undefined });
  else line.parts[at] = { ...line.parts[at]!, messages: line.parts[at]!.messages + messages };
}
