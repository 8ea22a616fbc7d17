import type { Credits, Month } from "./types.ts";
import { credits, NO_CREDITS } from "./types.ts";

/**
 * One local calendar month of a company. Available, excess and expired credits are derived from the granted and
 * consumed ones, never stored (rulebook, "Periods and the ledger").
 */
export interface Period {
  readonly month: Month;
  readonly granted: Credits;
  readonly consumed: Credits;
  /** Whether the month is closed: its unused credits have expired and none are available. */
  readonly closed: boolean;
}

/** The type of a ledger entry. */
export type EntryType = "grant" | "consumption" | "reversal" | "expiry" | "adjustment";

/**
 * One movement of a period's credits, split into the package part and the excess part. All three have the same sign:
 * `credits = prepaid + excess`, and
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

/** Creates a period without credits. */
export function newPeriod(month: Month, closed: boolean): Period {
  return { month, granted: NO_CREDITS, consumed: NO_CREDITS, closed };
}

/** Returns the unused credits of the package; 0 once the month is closed. */
export function availableIn(period: Period): Credits {
  return period.closed ? NO_CREDITS : leftIn(period);
}

/** Returns the credits consumed beyond the package, which are post-paid. */
export function excessIn(period: Period): Credits {
  return credits(Math.max(0, period.consumed - period.granted));
}

/** Returns the credits that expired when the month closed. */
export function expiredIn(period: Period): Credits {
  return period.closed ? leftIn(period) : NO_CREDITS;
}

/** Returns the used credits of the package. */
export function prepaidUsedIn(period: Period): Credits {
  return credits(Math.min(period.granted, period.consumed));
}

/** Grants credits to an open month. They cover existing excess first. */
export function grant(period: Period, amount: Credits): [Period, Movement[]] {
  const after = { ...period, granted: credits(period.granted + amount) };
  return [after, movements(period, after, "grant", amount)];
}

/**
 * Consumes credits (a positive amount) or refunds them (a negative one). In a closed month consumption uses expired
 * credits before it adds excess, and a refund reduces excess before it returns credits, which expire at once. An
 * adjustment entry records the change of the expiry.
 */
export function consume(period: Period, amount: Credits): [Period, Movement[]] {
  const after = { ...period, consumed: credits(period.consumed + amount) };
  const type = amount >= 0 ? "consumption" : "reversal";
  return [after, movements(period, after, type, credits(-amount))];
}

/** Closes a month: the unused credits of the package expire. */
export function close(period: Period): [Period, Movement[]] {
  const left = availableIn(period);
  const after = { ...period, closed: true };
  if (left === 0) return [after, []];
  return [after, [move("expiry", credits(-left), left, excessIn(period))]];
}

/** Reopens a month that was closed too early: the credits that expired come back. An open month stays as it is. */
export function reopen(period: Period): [Period, Movement[]] {
  const came_back = expiredIn(period);
  const after = { ...period, closed: false };
  if (came_back === 0) return [after, []];
  return [after, [move("adjustment", came_back, NO_CREDITS, excessIn(period))]];
}

/** Takes back the credits granted to an open month that has not begun. */
export function withdrawGrants(period: Period): [Period, Movement[]] {
  const after = { ...period, granted: NO_CREDITS };
  return [after, movements(period, after, "grant", credits(-period.granted))];
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
  // Expired credits return before they are used, and refunded ones expire after the refund: no entry then shows a
  // balance that never existed.
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
