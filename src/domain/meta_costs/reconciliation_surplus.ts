import type { LocalDate } from "../types.ts";
import { type DifferenceReason, explain, type OpenLine } from "./reconciliation_lines.ts";

/** The fewest dates with traffic on which a pattern counts as spread. */
const SPREAD_DATES_MIN = 5;
/** A line of fewer messages may lose none when webhooks are lost: it says nothing about an outage. */
const TELLING_MESSAGES_MIN = 5;

/** The lines of one number, category, type and country. */
interface Group {
  readonly lines: readonly OpenLine[];
  /** We have none of it in the whole range. */
  readonly is_foreign: boolean;
  /** Meta has more on at least half of the dates, and we have some of it on most of those. */
  readonly is_spread: boolean;
}

/**
 * Explains what Meta has and we do not: webhooks that were lost take some of everything on the dates of an outage,
 * another app sends of one kind, or all the time.
 */
export function explainSurplus(lines: readonly OpenLine[]): void {
  for (const of_number of Map.groupBy(lines, ({ phone_number_id }) => phone_number_id).values()) {
    if (of_number.some(({ unexplained }) => unexplained > 0)) explainNumber(of_number);
  }
}

function explainNumber(lines: readonly OpenLine[]): void {
  const keyOf = ({ category, pricing_type, country }: OpenLine) =>
    [category, pricing_type, country].join(" ");
  const groups = Map.groupBy(lines, keyOf).values().map(groupOf).toArray();
  const always_lost = isLossSpread(groups);
  const outage = outageDates(groups.filter(({ is_foreign, is_spread }) => !is_foreign && !is_spread));
  const lost: OpenLine[] = [];
  const foreign: OpenLine[] = [];
  for (const { lines, is_foreign, is_spread } of groups) {
    const more = lines.filter(({ unexplained }) => unexplained > 0);
    const is_lost = is_spread
      ? always_lost
      : is_foreign && !more.every(({ date }) => outage.has(date))
      ? false
      : undefined;
    for (const line of more) (is_lost ?? outage.has(line.date) ? lost : foreign).push(line);
  }
  const sender: DifferenceReason = foreign.every(({ category }) => category === "service")
    ? "standby"
    : "other_app";
  for (const line of lost) explain(line, "lost_webhooks", line.unexplained);
  for (const line of foreign) explain(line, sender, line.unexplained);
}

function groupOf(lines: readonly OpenLine[]): Group {
  const active = lines.filter(({ meta }) => meta.messages > 0);
  const more = active.filter(({ unexplained }) => unexplained > 0);
  const shared = more.filter(({ ours }) => ours.messages > 0);
  return {
    lines,
    is_foreign: lines.every(({ ours }) => ours.messages === 0),
    is_spread: active.length >= SPREAD_DATES_MIN && more.length * 2 >= active.length &&
      shared.length * 2 > more.length,
  };
}

/** Whether most kinds of messages of a number are short all the time: no app sends some of everything. */
function isLossSpread(groups: readonly Group[]): boolean {
  const known = groups.filter(({ is_foreign, lines }) => !is_foreign && lines.length >= SPREAD_DATES_MIN);
  const spread = known.filter(({ is_spread }) => is_spread);
  return known.length >= 3 && spread.length * 2 > known.length;
}

/** Finds the dates on which at least half of the lines with enough messages are short. */
function outageDates(groups: readonly Group[]): ReadonlySet<LocalDate> {
  const lines = groups.flatMap(({ lines }) => lines).filter(({ meta }) => meta.messages > 0);
  const dates = new Set<LocalDate>();
  for (const [date, of_date] of Map.groupBy(lines, ({ date }) => date)) {
    const telling = of_date.filter(({ meta }) => meta.messages >= TELLING_MESSAGES_MIN);
    const counted = telling.length === 0 ? of_date : telling;
    const short = counted.filter(({ unexplained }) => unexplained > 0);
    if (short.length > 0 && short.length * 2 >= counted.length) dates.add(date);
  }
  return dates;
}
