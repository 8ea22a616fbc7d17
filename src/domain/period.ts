import type { Credits, Month } from "./types.ts";
import { credits, NO_CREDITS } from "./types.ts";

/**
 * One local calendar month of a company. What is available, in excess and expired is derived from what
 * was granted and consumed, never stored as truth (rulebook, "Periods and the ledger").
 */
export interface Period {
  readonly month: Month;
  readonly granted: Credits;
  readonly consumed: Credits;
  /** What was left has expired: nothing is available any more. */
  readonly closed: boolean;
}

export type EntryType = "grant" | "consumption" | "reversal" | "expiry" | "adjustment";

/**
 * One movement of a period's credits, split over what it does to the package and to the excess. All
 * three are signed alike: `credits = prepaid + excess`, and
 * `available_after = available + prepaid`, `excess_after = excess_before - excess`.
 */
export interface Movement {
  readonly type: EntryType;
  readonly credits: Credits;
  readonly prepaid: Credits;
  readonly excess: Credits;
  readonly available_after: Credits;
  readonly excess_after: Credits;
}

export function newPeriod(month: Month, closed: boolean): Period {
  return { month, granted: NO_CREDITS, consumed: NO_CREDITS, closed };
}

/** Credits of the package still to be used. None once the month is closed. */
export function availableIn(period: Period): Credits {
  return period.closed ? NO_CREDITS : leftIn(period);
}

/** Credits consumed past the package: post-paid. */
export function excessIn(period: Period): Credits {
  return credits(Math.max(0, period.consumed - period.granted));
}

/** Credits of the package that expired when the month closed. */
export function expiredIn(period: Period): Credits {
  return period.closed ? leftIn(period) : NO_CREDITS;
}

/** Credits of the package that were used. */
export function prepaidUsedIn(period: Period): Credits {
  return credits(Math.min(period.granted, period.consumed));
}

/** Grants credits to an open month. Excess so far becomes prepaid first. */
export function grant(period: Period, amount: Credits): [Period, Movement[]] {
  const after = { ...period, granted: credits(period.granted + amount) };
  return [after, movements(period, after, "grant", amount)];
}

/**
 * Consumes credits (a positive amount) or gives them back (a negative one). In a closed month consumption
 * takes credits that had expired before it makes excess, and a refund takes off excess before it gives back
 * credits that have expired; an adjustment says by how much the expiry changed.
 */
export function consume(period: Period, amount: Credits): [Period, Movement[]] {
  const after = { ...period, consumed: credits(period.consumed + amount) };
  const type = amount >= 0 ? "consumption" : "reversal";
  return [after, movements(period, after, type, credits(-amount))];
}

/** Closes a month: what is left of the package expires. */
export function close(period: Period): [Period, Movement[]] {
  const left = availableIn(period);
  const after = { ...period, closed: true };
  if (left === 0) return [after, []];
  return [after, [move("expiry", credits(-left), left, excessIn(period))]];
}

function movements(before: Period, after: Period, type: EntryType, amount: Credits): Movement[] {
  if (amount === 0) return [];
  const expired_more = expiredIn(after) - expiredIn(before);
  const made: Movement[] = [];
  let available = availableIn(before);
  let excess = excessIn(before);
  const post = (kind: EntryType, by: number) => {
    const movement = move(kind, credits(by), available, excess);
    available = movement.available_after;
    excess = movement.excess_after;
    made.push(movement);
  };
  // Expired credits come back before they are used, and expire again after they are given back, so that
  // no entry in between shows a balance that never was.
  if (expired_more < 0) post("adjustment", -expired_more);
  post(type, amount);
  if (expired_more > 0) post("adjustment", -expired_more);
  return made;
}

function move(type: EntryType, amount: Credits, available: Credits, excess: Credits): Movement {
  const in_excess = amount > 0 ? Math.min(excess, amount) : Math.min(0, amount + available);
  const prepaid = amount - in_excess;
  return {
    type,
    credits: amount,
    prepaid: credits(prepaid),
    excess: credits(in_excess),
    available_after: credits(available + prepaid),
    excess_after: credits(excess - in_excess),
  };
}

function leftIn(period: Period): Credits {
  return credits(Math.max(0, period.granted - period.consumed));
}
