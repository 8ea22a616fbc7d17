import { daysBetween } from "../calendar.ts";
import type { LocalDate } from "../types.ts";
import { explainSurplus } from "./reconciliation_surplus.ts";
import { type DifferenceReason, explain, type OpenLine } from "./reconciliation_lines.ts";
import type { MetaCategory } from "./types.ts";

/** The most messages of one kind that both sides date to different sides of one midnight: 5, or one in 20 of a day's. */
const LATE_MESSAGES_MIN = 5;
const LATE_SHARE = 20;
/** The share of a day's messages that may be dated outside of the range, on its first and last date: one in 100. */
const EDGE_SHARE = 100;

/** The dates of a reconciliation. */
export interface ReconciledDates {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly recent_from: LocalDate;
}

/**
 * Gives every difference of volumes its likely reason. The rules run in a fixed order, and each takes only what the
 * rules before it have left: first those in which one side's messages are found on another line.
 */
export function explainVolumes(lines: readonly OpenLine[], dates: ReconciledDates): void {
  explainGroupMessages(lines);
  explainUnknownPricing(lines);
  explainUnknownCountries(lines);
  explainLateStatuses(lines);
  explainRecentDates(lines, dates);
  explainOtherPricing(lines);
  explainEdges(lines, dates);
  explainMissingNumbers(lines);
  explainSurplus(lines);
  for (const line of differing(lines)) explain(line, "unexplained", line.unexplained);
}

/** Groups the lines that still have a difference. */
function groups(lines: readonly OpenLine[], keyOf: (line: OpenLine) => string): Iterable<OpenLine[]> {
  return Map.groupBy(differing(lines), keyOf).values();
}

function differing(lines: readonly OpenLine[]): OpenLine[] {
  return lines.filter(({ unexplained }) => unexplained !== 0);
}

/** Explains messages that are too many on lines of ours by those that are too many on lines of Meta's. */
function balance(ours: readonly OpenLine[], meta: readonly OpenLine[], reason: DifferenceReason): void {
  for (const line of ours) {
    for (const other of meta) {
      const messages = Math.min(-line.unexplained, other.unexplained);
      if (messages <= 0) continue;
      explain(line, reason, -messages);
      explain(other, reason, messages);
    }
  }
}

/** Messages to WhatsApp groups: Meta charges each delivery to a member, and no status of a group is counted. */
function explainGroupMessages(lines: readonly OpenLine[]): void {
  for (const line of lines) {
    const messages = Math.min(line.group_messages, line.unexplained);
    if (messages > 0) explain(line, "group_message", messages);
  }
}

/** Delivered without pricing so far: Meta has the messages under a category and type, on the same number and date. */
function explainUnknownPricing(lines: readonly OpenLine[]): void {
  for (const group of groups(lines, ({ phone_number_id, date }) => `${phone_number_id} ${date}`)) {
    const isUnknown = ({ category, pricing_type }: OpenLine) =>
      category === "unknown" || pricing_type === "unknown";
    for (const line of group.filter((line) => isUnknown(line) && line.unexplained < 0)) {
      const others = group.filter((other) => !isUnknown(other) || other.country !== line.country);
      balance([line], others.filter(({ country }) => country === line.country), "pricing_unknown");
      balance([line], others, "pricing_unknown");
    }
  }
}

/** Recipients of whom only a BSUID is known: Meta has the messages under a country. */
function explainUnknownCountries(lines: readonly OpenLine[]): void {
  const keyOf = ({ phone_number_id, date, category, pricing_type }: OpenLine) =>
    [phone_number_id, date, category, pricing_type].join(" ");
  for (const group of groups(lines, keyOf)) {
    balance(group.filter(({ country }) => country === undefined), group, "country_unknown");
  }
}

/** Messages that the two sides date differently: what is too much on one date is too little on another near it. */
function explainLateStatuses(lines: readonly OpenLine[]): void {
  const keyOf = ({ phone_number_id, category, pricing_type, country }: OpenLine) =>
    [phone_number_id, category, pricing_type, country].join(" ");
  for (const group of Map.groupBy(lines, keyOf).values()) {
    if (group.some(({ unexplained }) => unexplained < 0)) balanceDates(group);
  }
}

/**
 * Balances the dates of one kind of messages, the nearest ones first. Messages that are moved by more than a day stand
 * for chains of messages, each moved over one midnight: a midnight moves a few only.
 */
function balanceDates(group: readonly OpenLine[]): void {
  const first = group[0]!.date;
  const by_day = new Map(group.map((line) => [daysBetween(first, line.date), line]));
  const last = Math.max(...by_day.keys());
  // What each midnight may still move, by the day before it.
  const left = Array.from({ length: last }, (_, day) => midnightMax(by_day.get(day), by_day.get(day + 1)));
  for (let distance = 1; distance <= last; distance++) {
    for (const [day, line] of by_day) {
      const later = by_day.get(day + distance);
      if (later === undefined || line.unexplained * later.unexplained >= 0) continue;
      const midnights = left.slice(day, day + distance);
      const moved = Math.min(Math.abs(line.unexplained), Math.abs(later.unexplained), ...midnights);
      if (moved === 0) continue;
      for (let at = day; at < day + distance; at++) left[at]! -= moved;
      explain(line, "late_status", Math.sign(line.unexplained) * moved);
      explain(later, "late_status", Math.sign(later.unexplained) * moved);
    }
  }
}

function midnightMax(...days: readonly (OpenLine | undefined)[]): number {
  const messages = days.map((line) => Math.max(line?.ours.messages ?? 0, line?.meta.messages ?? 0));
  return Math.max(LATE_MESSAGES_MIN, Math.floor(Math.max(...messages) / LATE_SHARE));
}

function explainRecentDates(lines: readonly OpenLine[], { recent_from }: ReconciledDates): void {
  for (const line of differing(lines)) {
    if (line.date >= recent_from) explain(line, "recent", line.unexplained);
  }
}

const TEMPLATES: readonly MetaCategory[] = [
  "marketing",
  "utility",
  "authentication",
  "authentication_international",
];

/**
 * Both sides have the messages on one number, date and country, under another category or type: a template is another
 * kind of template, or a utility template in an open window counts as service.
 */
function explainOtherPricing(lines: readonly OpenLine[]): void {
  const keyOf = ({ phone_number_id, date, country }: OpenLine) => [phone_number_id, date, country].join(" ");
  for (const group of groups(lines, keyOf)) {
    const of = (...categories: readonly MetaCategory[]) =>
      group.filter(({ category }) => categories.includes(category));
    balance(of("service"), of("service"), "free_tier");
    balance(of(...TEMPLATES), of(...TEMPLATES), "priced_otherwise");
    balance(of("service", "utility"), of("service", "utility"), "priced_otherwise");
  }
}

/** A few messages near the first or the last midnight may be dated outside of the range by one side. */
function explainEdges(lines: readonly OpenLine[], { from, to }: ReconciledDates): void {
  for (const line of differing(lines)) {
    if (line.date !== from && line.date !== to) continue;
    const edge_max = Math.floor(Math.max(line.ours.messages, line.meta.messages) / EDGE_SHARE);
    if (Math.abs(line.unexplained) <= edge_max) explain(line, "range_edge", line.unexplained);
  }
}

/** One side has no message of a number at all. */
function explainMissingNumbers(lines: readonly OpenLine[]): void {
  for (const group of Map.groupBy(lines, ({ phone_number_id }) => phone_number_id).values()) {
    const has = (side: "ours" | "meta") => group.some((line) => line[side].messages > 0);
    const reason = has("ours") ? "number_not_reported" : "number_not_seen";
    if (has("ours") && has("meta")) continue;
    for (const line of differing(group)) explain(line, reason, line.unexplained);
  }
}
