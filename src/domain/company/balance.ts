import { monthOf } from "../calendar.ts";
import { commitmentEndsOn, renewsOn, termsOn } from "../contract.ts";
import type { CompanyId, Credits, LocalDate, Month } from "../types.ts";
import { credits, INBOUND, OUTBOUND } from "../types.ts";
import { type Micros, showMoney } from "../money.ts";
import { availableIn, excessIn } from "../period.ts";
import { amountsIn } from "../statement.ts";
import type { CompanyState } from "./state.ts";
import { periodOf, totalOf } from "./state.ts";

/** A company's balance at one version. Instants are milliseconds since 1970 UTC. */
export interface Balance {
  readonly company: CompanyId;
  /** Rises with every committed change. */
  readonly version: number;
  readonly as_of_ms: number;
  readonly time_zone: string;
  readonly period: Month;
  readonly granted: Credits;
  readonly consumed: Credits;
  readonly available: Credits;
  readonly excess: Credits;
  /** Consumed on the current local date. */
  readonly consumed_today: Credits;
  /**
   * The cost of the excess, and of package and excess, of the current month, as decimal text: answers with a balance are
   * stored as JSON. Null while a needed price is not set.
   */
  readonly excess_amount: string | null;
  readonly total: string | null;
  /** ISO 4217; null without a contract. */
  readonly currency: string | null;
  readonly renews_on: LocalDate | null;
  readonly commitment_ends_on: LocalDate | null;
  readonly closed_through: LocalDate;
  readonly open_inbound: number;
  readonly open_outbound: number;
  /** When the current local day, and every open window with it, ends. */
  readonly closes_at_ms: number;
}

/**
 * Returns the balance of a state. Publish it only after the state is committed. Between two events only its time
 * changes, so it is computed once: within one millisecond every answer is the same object.
 */
export function balanceOf(state: CompanyState, now_ms: number): Balance {
  const last = state.last_balance;
  if (last?.version !== state.version) return state.last_balance = computeBalance(state, now_ms);
  return last.as_of_ms === now_ms ? last : state.last_balance = { ...last, as_of_ms: now_ms };
}

function computeBalance(state: CompanyState, now_ms: number): Balance {
  const today = state.today;
  const period = periodOf(state, monthOf(today));
  const { excess_amount, total, currency } = amountsIn(period, state.contract);
  return {
    company: state.company,
    version: state.version,
    as_of_ms: now_ms,
    time_zone: state.calendar.zoneOn(today),
    period: period.month,
    granted: period.granted,
    consumed: period.consumed,
    available: availableIn(period),
    excess: excessIn(period),
    consumed_today: consumedOn(state, today),
    excess_amount: moneyText(excess_amount),
    total: moneyText(total),
    currency,
    renews_on: renewsOn(state.contract, today),
    commitment_ends_on: commitmentEndsOn(termsOn(state.contract, today)),
    closed_through: state.closed_through,
    open_inbound: totalOf(state, today, INBOUND, "inbound").units,
    open_outbound: totalOf(state, today, OUTBOUND, "outbound").units,
    closes_at_ms: state.due_at_ms,
  };
}

function consumedOn(state: CompanyState, date: LocalDate): Credits {
  let sum = 0;
  for (const total of state.totals.get(date)?.values() ?? []) sum += total.credits;
  return credits(sum);
}

function moneyText(amount: Micros | null): string | null {
  return amount === null ? null : showMoney(amount);
}
