import { monthOf } from "../calendar.ts";
import { commitmentEndsOn, renewsOn, termsOn } from "../contract.ts";
import type { CompanyId, Credits, LocalDate, Month } from "../types.ts";
import { INBOUND, OUTBOUND } from "../types.ts";
import { availableIn, excessIn } from "../period.ts";
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
  readonly renews_on: LocalDate | null;
  readonly commitment_ends_on: LocalDate | null;
  readonly closed_through: LocalDate;
  readonly open_inbound: number;
  readonly open_outbound: number;
  /** When the current local day, and every open window with it, ends. */
  readonly closes_at_ms: number;
}

/** Computes the balance of a state. Publish it only after the state is committed. */
export function balanceOf(state: CompanyState, now_ms: number): Balance {
  const today = state.today;
  const period = periodOf(state, monthOf(today));
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
    renews_on: renewsOn(state.contract, today),
    commitment_ends_on: commitmentEndsOn(termsOn(state.contract, today)),
    closed_through: state.closed_through,
    open_inbound: totalOf(state, today, INBOUND, "inbound").units,
    open_outbound: totalOf(state, today, OUTBOUND, "outbound").units,
    closes_at_ms: state.due_at_ms,
  };
}
