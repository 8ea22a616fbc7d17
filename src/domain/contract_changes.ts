import { addMonths, firstDateOf, monthOf, nextMonth } from "./calendar.ts";
import type { ContractVersion, Package, Terms } from "./contract.ts";
import { cancelsOn, commitmentEndsOn, pendingAfter, scheduledAfter, termsOn } from "./contract.ts";
import type { Micros } from "./money.ts";
import type { LocalDate } from "./types.ts";

/** The contract of a `PUT` request. */
export interface Offer {
  readonly package: Package | null;
  readonly excess_credit_price: Micros | null;
  readonly currency: string;
  readonly starts_on: LocalDate | undefined;
  readonly first_month: "full" | "prorated" | undefined;
}

/** A contract version before it is recorded. */
export type NewVersion = Pick<ContractVersion, "effective_from" | "terms" | "withdraws" | "reason">;

/**
 * Returns the versions that an offer adds to a contract: none when the contract does not change.
 *
 * - First package, also after post-paid use: in force from `starts_on`.
 * - More credits (an upgrade): in force now; a new excess price from the next month.
 * - Fewer credits, or no package: from the first renewal after the commitment ends.
 * - New prices: always from the next month. A new currency too, with all other changes: a month has one currency.
 *
 * Scheduled versions that the offer does not repeat are withdrawn. One exception: when the offered package begins after
 * the next month, the terms scheduled for the months before it stay.
 *
 * @param today the company's local date
 */
export function changeContract(
  history: readonly ContractVersion[],
  offer: Offer,
  today: LocalDate,
): NewVersion[] {
  const current = termsOn(history, today);
  const upcoming = current ? undefined : scheduledAfter(history, today);
  if (current === undefined) return firstContract(upcoming, offer, today);
  const pending = pendingAfter(history, today);
  const offered = termsOffered(current, pending.at(-1)?.terms, offer, today);
  if (sameTerms(current, offered)) {
    return pending.length === 0 ? [] : [version(today, current, "taken_back", pending.map((v) => v.version))];
  }
  // The same offer while it is scheduled adds nothing: PUT is idempotent.
  if (pending.length > 0 && sameTerms(pending.at(-1)!.terms, offered)) return [];
  const withdraws = pending.map((v) => v.version);
  const next_month = firstDateOf(nextMonth(monthOf(today)));
  const meanwhile = termsMeanwhile(history, current, next_month);
  if (isDowngrade(current, offered)) {
    const { excess_credit_price } = current.currency === offered.currency ? offered : meanwhile;
    const last = version(
      renewalAfterCommitment(current, today),
      offered,
      offered.package === null ? "cancelled" : "agreed",
      withdraws,
    );
    return bridged(current, { ...meanwhile, excess_credit_price }, next_month, last);
  }
  if (!isUpgrade(current, offered)) return [version(next_month, offered, "agreed", withdraws)];
  const offered_from = maxDate(
    today,
    startsPackage(current, offered) ? offered.starts_on : offer.starts_on ?? today,
  );
  const starts_on = current.currency === offered.currency ? offered_from : maxDate(next_month, offered_from);
  if (starts_on >= next_month) {
    return bridged(current, meanwhile, next_month, version(starts_on, offered, "agreed", withdraws));
  }
  if (current.excess_credit_price === null || samePrices(current, offered)) {
    return [version(starts_on, offered, "agreed", withdraws)];
  }
  const now = { ...offered, excess_credit_price: current.excess_credit_price };
  return [version(starts_on, now, "agreed", withdraws), version(next_month, offered, "agreed", [])];
}

/**
 * Returns the version that cancels the package: it ends with the month of its commitment's end, or with this month.
 * Undefined without a package, or when its cancellation is scheduled already.
 */
export function cancelPackage(history: readonly ContractVersion[], today: LocalDate): NewVersion | undefined {
  const current = termsOn(history, today);
  if (!current?.package || cancelsOn(history, today) !== null) return undefined;
  const ends = renewalAfterCommitment(current, today);
  const without = { ...(termsOn(history, ends) ?? current), package: null };
  return version(ends, without, "cancelled", []);
}

/** Returns the version that withdraws a scheduled cancellation; undefined when none is scheduled. */
export function withdrawCancellation(
  history: readonly ContractVersion[],
  today: LocalDate,
): NewVersion | undefined {
  const cancelled = pendingAfter(history, today).filter((v) => v.reason === "cancelled");
  const current = termsOn(history, today);
  if (cancelled.length === 0 || current === undefined) return undefined;
  return version(today, current, "taken_back", cancelled.map((v) => v.version));
}

function firstContract(
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

/**
 * Completes an offer from the current terms: a running package keeps its start and first month. So does a scheduled
 * one, unless the offer gives others.
 */
function termsOffered(
  current: Terms,
  waiting: Terms | undefined,
  { package: offered, excess_credit_price, currency, starts_on, first_month }: Offer,
  today: LocalDate,
): Terms {
  const start = current.package === null && offered !== null
    ? {
      starts_on: starts_on ?? (waiting?.package ? waiting.starts_on : today),
      first_month: first_month ?? (waiting?.package ? waiting.first_month : "full"),
    }
    : { starts_on: current.starts_on, first_month: current.first_month };
  return { package: offered, excess_credit_price, currency, ...start };
}

/**
 * Returns the terms of today's package from the next month on, with a scheduled new price of it. A scheduled other
 * package or currency does not count: it is withdrawn.
 */
function termsMeanwhile(history: readonly ContractVersion[], current: Terms, next_month: LocalDate): Terms {
  const waiting = termsOn(history, next_month)!;
  const same = waiting.package?.credits === current.package?.credits && waiting.currency === current.currency;
  return same ? waiting : current;
}

/** Returns a version and, when a month lies before it, the version in force from the next month until then. */
function bridged(current: Terms, meanwhile: Terms, next_month: LocalDate, last: NewVersion): NewVersion[] {
  if (last.effective_from <= next_month || sameTerms(current, meanwhile)) return [last];
  return [version(next_month, meanwhile, "agreed", last.withdraws), { ...last, withdraws: [] }];
}

function renewalAfterCommitment(current: Terms, today: LocalDate): LocalDate {
  const ends = commitmentEndsOn(current);
  const after = ends !== null && ends > today ? ends : today;
  return firstDateOf(addMonths(monthOf(after), 1));
}

function startsPackage(current: Terms, offered: Terms): boolean {
  return current.package === null && offered.package !== null;
}

function isUpgrade(current: Terms, offered: Terms): boolean {
  return (offered.package?.credits ?? 0) > (current.package?.credits ?? 0) || startsPackage(current, offered);
}

function isDowngrade(current: Terms, offered: Terms): boolean {
  return current.package !== null && (offered.package?.credits ?? -1) < current.package.credits;
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
