/** Who owns Meta's phone numbers, and when (rulebook, "Phone numbers"). */

import { DELIVERED_WITHIN_MS, LATENESS_LIMIT_MS } from "./lateness.ts";
import type { CompanyId } from "./types.ts";
import { DAY_MS } from "../time/units.ts";

/** The time in which one company owns a phone number: from its start (inclusive) to its end (exclusive). */
export interface PhoneClaim {
  readonly phone_number_id: string;
  /** The claims of a number are counted from 1. They do not overlap, and only the last can be open. */
  readonly claim: number;
  readonly company: CompanyId;
  /** Undefined: since the beginning. A number's first claim begins so, unless it says from when. */
  readonly owned_from_ms: number | undefined;
  /** When the claim was recorded. */
  readonly claimed_at_ms: number;
  /** Undefined while the company owns the number. */
  readonly released_at_ms: number | undefined;
}

/** A claim of numbers by a company: of all of them, or of none. */
export interface ClaimRequest {
  readonly company: CompanyId;
  readonly phone_number_ids: readonly string[];
  /** When the claim is recorded. */
  readonly at_ms: number;
  /**
   * The start of the claim. Undefined:
   *
   * - the end of the company's own earlier claim, if no other company had the number since;
   * - `at_ms`, if another company had it;
   * - the beginning of time, if no company had it.
   */
  readonly from_ms: number | undefined;
}

/** A requested number that cannot be claimed. */
export interface RefusedNumber {
  readonly phone_number_id: string;
  /** The earliest time it can be claimed from. Undefined: another company owns it. */
  readonly free_from_ms: number | undefined;
}

/**
 * How long a former owner can still get events. They are accepted until the lateness limit, and a status may be of a
 * message that an owner before that sent. The rest is a margin for clocks.
 */
export const FORMER_OWNERS_MS = LATENESS_LIMIT_MS + DELIVERED_WITHIN_MS + DAY_MS;

/**
 * Returns the company that owns a number at a time, or undefined when none does.
 *
 * @param claims all claims of the number, in order
 */
export function ownerAt(claims: readonly PhoneClaim[], at_ms: number): CompanyId | undefined {
  return claims.findLast((claim) => startOf(claim) <= at_ms && at_ms < endOf(claim))?.company;
}

/**
 * Returns every company that may have sent the message of a status of a time: the owner at that time first, then the
 * others, latest claim first. They owned the number at most {@link DELIVERED_WITHIN_MS} before the status, or
 * {@link LATENESS_LIMIT_MS} after it. The status belongs to the first of them that knows its message.
 */
export function ownersAround(claims: readonly PhoneClaim[], at_ms: number): readonly CompanyId[] {
  const around = claims.filter((claim) =>
    startOf(claim) < at_ms + LATENESS_LIMIT_MS && endOf(claim) > at_ms - DELIVERED_WITHIN_MS
  ).map(({ company }) => company).reverse();
  const owner = ownerAt(claims, at_ms);
  return [...new Set(owner === undefined ? around : [owner, ...around])];
}

/** Returns the company that owns a number at every time from `from_ms` on; undefined if there is none. */
export function soleOwnerFrom(claims: readonly PhoneClaim[], from_ms: number): CompanyId | undefined {
  const company = claims.at(-1)?.company;
  let owned_from_ms = Infinity;
  for (const claim of claims.toReversed()) {
    if (claim.company !== company || endOf(claim) < owned_from_ms) break;
    owned_from_ms = startOf(claim);
  }
  return owned_from_ms <= from_ms ? company : undefined;
}

function startOf({ owned_from_ms }: PhoneClaim): number {
  return owned_from_ms ?? -Infinity;
}

function endOf({ released_at_ms }: PhoneClaim): number {
  return released_at_ms ?? Infinity;
}
