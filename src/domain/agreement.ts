import { addMonths, firstDateOf, monthOf, nextMonth } from "./calendar.ts";
import type { ContractVersion, Package, Terms } from "./contract.ts";
import { cancelsOn, commitmentEndsOn, pendingAfter, scheduledAfter, termsOn } from "./contract.ts";
import type { Micros } from "./money.ts";
import type { LocalDate } from "./names.ts";

/** The contract as asked for: what a PUT says. */
export interface Offer {
  readonly package: Package | null;
  readonly excess_credit_price: Micros | null;
  readonly currency: string;
  readonly starts_on: LocalDate | undefined;
  readonly first_month: "full" | "prorated" | undefined;
}

/** A version before it is recorded. */
export type NewVersion = Pick<ContractVersion, "effective_from" | "terms" | "withdraws" | "reason">;

/**
 * The versions a contract as asked for adds: none when it is the contract that holds already.
 *
 * - A first package, or one taken up after post-paid use, holds from `starts_on`.
 * - More credits (an upgrade): now, and new excess prices from the next month.
 * - Fewer credits, or no package: from the first renewal after the commitment ends.
 * - New prices alone: from the next month. So is another currency, with all else: a month has one.
 *
 * @param today the company's local date
 */
export function agree(history: readonly ContractVersion[], offer: Offer, today: LocalDate): NewVersion[] {
  const current = termsOn(history, today);
  const upcoming = current ? undefined : scheduledAfter(history, today);
  if (current === undefined) return firstAgreement(upcoming, offer, today);
  const pending = pendingAfter(history, today);
  const asked = termsAsked(current, offer, today);
  if (sameTerms(current, asked)) {
    return pending.length === 0 ? [] : [version(today, current, "taken_back", pending.map((v) => v.version))];
  }
  // Asked again while it waits: the same contract put twice is one contract.
  if (pending.length > 0 && sameTerms(pending.at(-1)!.terms, asked)) return [];
  const withdraws = pending.map((v) => v.version);
  if (isDowngrade(current, asked)) {
    const reason = asked.package === null ? "cancelled" : "agreed";
    return [version(renewalAfterCommitment(current, today), asked, reason, withdraws)];
  }
  const next_month = firstDateOf(nextMonth(monthOf(today)));
  const taken_up_on = maxDate(today, takesUp(current, asked) ? asked.starts_on : offer.starts_on ?? today);
  if (!isUpgrade(current, asked)) return [version(next_month, asked, "agreed", withdraws)];
  if (current.currency !== asked.currency) {
    return [version(maxDate(next_month, taken_up_on), asked, "agreed", withdraws)];
  }
  const priced = current.excess_credit_price === null || samePrices(current, asked) ||
    taken_up_on >= next_month;
  const now = priced ? asked : { ...asked, excess_credit_price: current.excess_credit_price };
  const first = version(taken_up_on, now, "agreed", withdraws);
  return priced ? [first] : [first, version(next_month, asked, "agreed", [])];
}

/** The version a cancellation adds: the package ends with the month its commitment ends in, or this one. */
export function cancel(history: readonly ContractVersion[], today: LocalDate): NewVersion | undefined {
  const current = termsOn(history, today);
  if (!current?.package || cancelsOn(history, today) !== null) return undefined;
  const ends = renewalAfterCommitment(current, today);
  const without = { ...(termsOn(history, ends) ?? current), package: null };
  return version(ends, without, "cancelled", []);
}

/** The version that takes a scheduled cancellation back. */
export function takeBackCancellation(
  history: readonly ContractVersion[],
  today: LocalDate,
): NewVersion | undefined {
  const cancelled = pendingAfter(history, today).filter((v) => v.reason === "cancelled");
  const current = termsOn(history, today);
  if (cancelled.length === 0 || current === undefined) return undefined;
  return version(today, current, "taken_back", cancelled.map((v) => v.version));
}

function firstAgreement(
  upcoming: ContractVersion | undefined,
  offer: Offer,
  today: LocalDate,
): NewVersion[] {
  const terms: Terms = {
    package: offer.package,
    excess_credit_price: offer.excess_credit_price,
    currency: offer.currency,
    starts_on: offer.starts_on ?? upcoming?.terms.starts_on ?? today,
    first_month: offer.first_month ?? upcoming?.terms.first_month ?? "full",
  };
  if (upcoming !== undefined && sameTerms(upcoming.terms, terms)) return [];
  return [version(terms.starts_on, terms, "agreed", upcoming === undefined ? [] : [upcoming.version])];
}

/** The offer seen against the terms that hold: a running package keeps its start and its first month. */
function termsAsked(current: Terms, offer: Offer, today: LocalDate): Terms {
  const renewed = current.package === null && offer.package !== null;
  return {
    package: offer.package,
    excess_credit_price: offer.excess_credit_price,
    currency: offer.currency,
    starts_on: renewed ? offer.starts_on ?? today : current.starts_on,
    first_month: renewed ? offer.first_month ?? "full" : current.first_month,
  };
}

function renewalAfterCommitment(current: Terms, today: LocalDate): LocalDate {
  const ends = commitmentEndsOn(current);
  const after = ends !== null && ends > today ? ends : today;
  return firstDateOf(addMonths(monthOf(after), 1));
}

function takesUp(current: Terms, asked: Terms): boolean {
  return current.package === null && asked.package !== null;
}

function isUpgrade(current: Terms, asked: Terms): boolean {
  return (asked.package?.credits ?? 0) > (current.package?.credits ?? 0) || takesUp(current, asked);
}

function isDowngrade(current: Terms, asked: Terms): boolean {
  return current.package !== null && (asked.package?.credits ?? -1) < current.package.credits;
}

function sameTerms(a: Terms, b: Terms): boolean {
  return a.package?.credits === b.package?.credits && a.package?.price === b.package?.price &&
    samePrices(a, b) && a.starts_on === b.starts_on && a.first_month === b.first_month;
}

function samePrices(a: Terms, b: Terms): boolean {
  return a.excess_credit_price === b.excess_credit_price && a.currency === b.currency;
}

function version(
  effective_from: LocalDate,
  terms: Terms,
  reason: ContractVersion["reason"],
  withdraws: readonly number[],
): NewVersion {
  return { effective_from, terms, withdraws, reason };
}

function maxDate(a: LocalDate, b: LocalDate): LocalDate {
  return a > b ? a : b;
}
