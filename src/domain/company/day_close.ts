import { isMonthEnd, monthOf, nextDate } from "../calendar.ts";
import { grantedBy, versionOn } from "../contract.ts";
import { finalAfter } from "../lateness.ts";
import type { LocalDate } from "../types.ts";
import { credits } from "../types.ts";
import { close, grant } from "../period.ts";
import { figuresOf } from "../statement.ts";
import type { Emit } from "./posting.ts";
import { postMovements } from "./posting.ts";
import type { CompanyState } from "./state.ts";
import { periodOf } from "./state.ts";

/**
 * Closes every local date that is over, in order, with its month on the month's last date, and grants the
 * credits of the new month. Does nothing when nothing is due: a late, missed or repeated run changes nothing.
 */
export function closeDueDays(state: CompanyState, emit: Emit, now_ms: number): void {
  while (now_ms >= state.due_at_ms) closeDay(state, emit, now_ms);
}

/** Grants the credits that the contract gives the current month and that are not granted yet. */
export function grantDueCredits(
  state: CompanyState,
  emit: Emit,
  occurred_at_ms: number,
  now_ms: number,
): void {
  const today = state.today;
  const period = periodOf(state, monthOf(today));
  const due = grantedBy(state.contract, period.month, today) - period.granted;
  if (due <= 0) return;
  const [after, movements] = grant(period, credits(due));
  postMovements(state, emit, after, movements, {
    local_date: today,
    feature: null,
    direction: "none",
    occurred_at_ms,
    recorded_at_ms: now_ms,
    cause: { type: "contract", version: versionOn(state.contract, today)!.version },
  });
}

/** Whether a date accepts no more facts: its month ended longer ago than the lateness limit. */
export function isFinal(state: CompanyState, date: LocalDate): boolean {
  if (monthOf(date) >= monthOf(state.closed_through)) return false;
  return state.today > finalAfter(monthOf(date));
}

function closeDay(state: CompanyState, emit: Emit, now_ms: number): void {
  const local_date = state.today;
  if (isMonthEnd(local_date)) closeMonth(state, emit, local_date, now_ms);
  const totals = [...state.totals.get(local_date)?.values() ?? []];
  const ended_at_ms = state.due_at_ms;
  const next_due_at_ms = state.calendar.day(nextDate(local_date)).end_ms;
  emit({ type: "day_closed", local_date, totals, ended_at_ms, closed_at_ms: now_ms, next_due_at_ms });
  // Dated at the start of the new day: a catch-up posts the same entries as each midnight would have.
  grantDueCredits(state, emit, ended_at_ms, now_ms);
}

function closeMonth(state: CompanyState, emit: Emit, local_date: LocalDate, now_ms: number): void {
  const open = periodOf(state, monthOf(local_date));
  const [closed, movements] = close(open);
  const version = versionOn(state.contract, local_date)?.version ?? 0;
  postMovements(state, emit, closed, movements, {
    local_date,
    feature: null,
    direction: "none",
    occurred_at_ms: state.due_at_ms,
    recorded_at_ms: now_ms,
    cause: { type: "contract", version },
  });
  emit({ type: "period_closed", period: closed, figures: figuresOf(closed) });
}
