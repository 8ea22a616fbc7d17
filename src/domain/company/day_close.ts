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
 * Brings a company up to now: closes every local date that is over, in order, and with a month's last one
 * the month, then grants what the new one is due. Nothing happens when nothing is due, so that a late, a
 * missed or a doubled wake-up changes nothing.
 */
export function closeDueDays(state: CompanyState, emit: Emit, now_ms: number): void {
  while (now_ms >= state.due_at_ms) closeDay(state, emit, now_ms);
}

/** Grants what the current month is due by the contract and has not been granted yet. */
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

/** Whether no fact of a date can be accepted any more: its month is over by more than the lateness limit. */
export function isFinal(state: CompanyState, date: LocalDate): boolean {
  if (monthOf(date) >= monthOf(state.closed_through)) return false;
  return state.today > finalAfter(monthOf(date));
}

function closeDay(state: CompanyState, emit: Emit, now_ms: number): void {
  const local_date = state.today;
  if (isMonthEnd(local_date)) closeMonth(state, emit, local_date, now_ms);
  const totals = [...state.totals.get(local_date)?.values() ?? []];
  const next_due_at_ms = state.calendar.day(nextDate(local_date)).end_ms;
  emit({ type: "day_closed", local_date, totals, next_due_at_ms });
  // As of the instant the new day starts: a catch-up posts what each midnight would have.
  grantDueCredits(state, emit, state.calendar.day(nextDate(local_date)).start_ms, now_ms);
}

function closeMonth(state: CompanyState, emit: Emit, local_date: LocalDate, now_ms: number): void {
  const open = periodOf(state, monthOf(local_date));
  const [closed, movements] = close(open);
  const version = versionOn(state.contract, local_date)?.version ?? 0;
  postMovements(state, emit, closed, movements, {
    local_date,
    feature: null,
    direction: "none",
    occurred_at_ms: state.calendar.day(local_date).end_ms,
    recorded_at_ms: now_ms,
    cause: { type: "contract", version },
  });
  emit({ type: "period_closed", period: closed, figures: figuresOf(closed) });
}
