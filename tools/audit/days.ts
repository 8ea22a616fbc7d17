import { formatInstant } from "./difference.ts";
import { compare, type Examination } from "./examination.ts";
import { addDays, lastDateOf, LATENESS_LIMIT_DAYS, LocalDays, monthOf } from "./local_days.ts";
import * as statements from "./statements.ts";
import { HOUR_MS } from "../../src/time/units.ts";

/** How far a zone's offsets differ between versions of the zone data, at most. */
const ZONE_DATA_DIFFER_MS_MAX = 3 * HOUR_MS;

/** The shortest time without a counted message after which an account's dates may be stored with a gap. */
const PAUSE_DAYS = 40;

/**
 * Checks the stored ends of local days: a row for each date that was over, back to the first that late facts could
 * change at the creation, in order, and none far from the zone's rules. A small distance is a note: the ends were stored
 * under other zone data. Something is dated on the last of the later dates that have a row.
 */
export async function checkDays(examination: Examination): Promise<void> {
  const { company, day_ends, days, head, listener, settings, today } = examination;
  const by_rules = new LocalDays(settings, days.first, days.last);
  const moved: string[] = [];
  let end_before_ms = -Infinity;
  const first = firstStoredDate(examination);
  for (let date = first; date <= head.closed_through; date = addDays(date, 1)) {
    const end_ms = day_ends.get(date);
    if (end_ms === undefined) {
      compare(examination, `end of the local day ${date}`, "a stored instant", "none");
      continue;
    }
    if (end_ms < end_before_ms) {
      const expected = `${formatInstant(end_before_ms)} or later`;
      compare(examination, `end of the local day ${date}`, expected, formatInstant(end_ms));
    }
    end_before_ms = end_ms;
    if (isMoved(examination, by_rules, `end of the local day ${date}`, date, end_ms)) moved.push(date);
  }
  const last = await lastStoredDate(examination);
  const due_ms = Number(head.due_ms);
  for (const [date, end_ms] of day_ends) {
    const day = `end of the local day ${date}`;
    if (date < first || date > last) compare(examination, day, "none stored", "a stored instant");
    else if (date === today) compare(examination, day, formatInstant(due_ms), formatInstant(end_ms));
    else if (date > today && isMoved(examination, by_rules, day, date, end_ms)) moved.push(date);
  }
  const what = "end of the current day, by the company's head";
  if (isMoved(examination, by_rules, what, today, due_ms)) moved.push(today);
  if (moved.length > 0) {
    listener.onNote(
      company,
      `zone data differ: ${moved.length} local days since ${moved[0]} ended by other rules`,
    );
  }
}

/** Returns the date before the first that was open at the creation: its end is the start of that first one. */
function firstStoredDate({ days, head }: Examination): string {
  const created_on = days.dateOf(Number(head.created_ms));
  return lastDateOf(monthOf(addDays(`${monthOf(addDays(created_on, -LATENESS_LIMIT_DAYS))}-01`, -1)));
}

/**
 * Returns the last date whose end may be stored: the last closed one, or a later one without a gap on which something
 * is dated. The current date has a row too if something was dated on it before it began.
 */
async function lastStoredDate(
  { company, day_ends, days, head, snapshot, today }: Examination,
): Promise<string> {
  let last = today;
  while (day_ends.has(addDays(last, 1))) last = addDays(last, 1);
  if (!day_ends.has(last)) return head.closed_through;
  const since = formatInstant(days.startOf(last));
  const [dated] = await snapshot.query<{ dated: boolean }>(statements.IS_DATED_SINCE, [company, since, last]);
  return dated!.dated ? last : head.closed_through;
}

/**
 * Checks the stored ends of account dates: no gap between the dates of a zone, in order, and none far from the zone's
 * rules. After a long pause without messages there may be a gap. A small distance is a note: the ends were stored under other zone data.
 */
export function checkAccountDays(examination: Examination): void {
  const { account_days, company, listener } = examination;
  for (const [time_zone, ends] of account_days.ends) {
    const moved = checkZone(examination, time_zone, ends);
    if (moved.length === 0) continue;
    listener.onNote(
      company,
      `zone data differ: ${moved.length} dates in ${time_zone} since ${moved[0]} ended by other rules`,
    );
  }
}

/** Checks one zone. @returns the dates that ended by other rules */
function checkZone(
  examination: Examination,
  time_zone: string,
  ends: ReadonlyMap<string, number>,
): string[] {
  const by_rules = examination.account_days.byRules(time_zone);
  const moved: string[] = [];
  let before: readonly [date: string, end_ms: number] | undefined;
  for (const [date, end_ms] of [...ends].sort(([a], [b]) => a < b ? -1 : 1)) {
    const what = `end of ${date} in ${time_zone}`;
    if (before !== undefined && date !== addDays(before[0], 1) && date < addDays(before[0], PAUSE_DAYS)) {
      compare(examination, `end of ${addDays(before[0], 1)} in ${time_zone}`, "a stored instant", "none");
    }
    if (before !== undefined && end_ms < before[1]) {
      compare(examination, what, `${formatInstant(before[1])} or later`, formatInstant(end_ms));
    }
    if (isMoved(examination, by_rules, what, date, end_ms)) moved.push(date);
    before = [date, end_ms];
  }
  return moved;
}

/** Whether a stored end differs from the rules as other zone data would. A larger distance is reported. */
function isMoved(
  examination: Examination,
  by_rules: LocalDays,
  what: string,
  date: string,
  end_ms: number,
): boolean {
  const expected_ms = by_rules.endOf(date);
  if (expected_ms === end_ms) return false;
  if (Math.abs(expected_ms - end_ms) <= ZONE_DATA_DIFFER_MS_MAX) return true;
  compare(examination, what, formatInstant(expected_ms), formatInstant(end_ms));
  return false;
}
