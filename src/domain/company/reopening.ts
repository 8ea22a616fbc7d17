import { addDays, daysBetween, firstDateOf, monthOf, previousDate } from "../calendar.ts";
import { FUTURE_LIMIT_MS } from "../lateness.ts";
import type { ReopeningCause } from "../ledger.ts";
import { reopen, withdrawGrants } from "../period.ts";
import type { LocalDate, Month } from "../types.ts";
import type { Reply } from "./command.ts";
import { type Emit, postMovements } from "./posting.ts";
import type { CompanyState } from "./state.ts";
import { lastChargedDate } from "./state.ts";

/**
 * Reopens the days and months that a clock ahead of the right time has closed: credits that expired come back, credits
 * of months that have not begun are taken back, each as a ledger entry. Facts and charges stay as they are, and so do the
 * ends of the dates up to the last charged one: what was dated by a wrong clock keeps its date. The state must be
 * activated since the clock is right: an older one no longer has the totals of all dates that can change again.
 */
export function reopenDays(state: CompanyState, emit: Emit, by: string, now_ms: number): Reply {
  const closed_before = state.closed_through;
  const { fixed } = state.calendar;
  const today = state.calendar.dateOf(now_ms);
  const begun_by = state.calendar.day(state.today).start_ms;
  if (today >= state.today || begun_by <= now_ms + FUTURE_LIMIT_MS) return { type: "not_reopened" };
  if (!hasStoredEnd(state, today)) return { type: "not_reopened" };
  const closed_through = previousDate(today);
  const cause: ReopeningCause = { type: "reopening", by, closed_through, closed_before };
  const ledger_seq = state.ledger_seq;
  const fixed_through = lastChargedDate(state, today);
  // The end of the last of these dates is in the head, which is about to change.
  if (fixed_through >= state.today) {
    emit({ type: "days_fixed", days: [{ local_date: state.today, ended_at_ms: state.due_at_ms }] });
  }
  emit({
    type: "days_reopened",
    closed_through,
    closed_before,
    due_at_ms: state.calendar.day(today).end_ms,
    fixed_through,
    fixed_before: fixed.last > closed_before ? fixed.last : closed_before,
    ledger_seq,
    at_ms: now_ms,
    by,
  });
  for (const { month } of [...state.periods.values()].sort((a, b) => a.month < b.month ? -1 : 1)) {
    if (month >= monthOf(today)) reopenMonth(state, emit, month, cause, now_ms);
  }
  return { type: "reopened", closed_through, closed_before };
}

function reopenMonth(
  state: CompanyState,
  emit: Emit,
  month: Month,
  cause: ReopeningCause,
  now_ms: number,
): void {
  const is_current = month === monthOf(state.today);
  const context = {
    local_date: is_current ? state.today : firstDateOf(month),
    feature: null,
    direction: "none",
    occurred_at_ms: now_ms,
    recorded_at_ms: now_ms,
    cause,
  } as const;
  const period = state.periods.get(month)!;
  const [opened, came_back] = reopen(period);
  postMovements(state, emit, opened, came_back, context);
  const [after, taken_back] = is_current ? [opened, []] : withdrawGrants(opened);
  postMovements(state, emit, after, taken_back, context);
  if (period.closed) emit({ type: "period_reopened", period: after });
}

/** Whether the end of a date is stored: not if the company was created after it. */
function hasStoredEnd({ calendar: { fixed } }: CompanyState, date: LocalDate): boolean {
  const first = addDays(fixed.last, 1 - fixed.ends_ms.length);
  return date >= first && daysBetween(date, fixed.last) >= 0;
}
