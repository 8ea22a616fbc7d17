import { addMonths, firstDateOf, monthOf, nextMonth } from "./calendar.ts";
import type { ContractVersion, Package, Terms } from "./contract.ts";
import { cancelsOn, commitmentEndsOn, pendingAfter, scheduledAfter, termsOn } from "./contract.ts";
import type { Micros } from "./money.ts";
import type { LocalDate } from "./types.ts";

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
 * - New prices: from the next month, whatever else is asked with them. So is another currency, with all else: a month
 *   has one.
 *
 * What waits and is not asked for again is withdrawn. Only what was agreed on for the months before a package that
 * begins later than next month goes on: nothing that is asked speaks of those.
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
  if (current === undefined) return firstAgreement(upcoming, offer, today);
  const pending = pendingAfter(history, today);
  const asked = termsAsked(current, pending.at(-1)?.terms, offer, today);
  if (sameTerms(current, asked)) {
    return pending.length === 0 ? [] : [version(today, current, "taken_back", pending.map((v) => v.version))];
  }
  // Asked again while it waits: the same contract put twice is one contract.
  if (pending.length > 0 && sameTerms(pending.at(-1)!.terms, asked)) return [];
  const withdraws = pending.map((v) => v.version);
  const next_month = firstDateOf(nextMonth(monthOf(today)));
  const meanwhile = termsMeanwhile(history, current, next_month);
  if (isDowngrade(current, asked)) {
    const { excess_credit_price } = current.currency === asked.currency ? asked : meanwhile;
    const last = version(
      renewalAfterCommitment(current, today),
      asked,
      asked.package === null ? "cancelled" : "agreed",
      withdraws,
    );
    return bridged(current, { ...meanwhile, excess_credit_price }, next_month, last);
  }
  if (!isUpgrade(current, asked)) return [version(next_month, asked, "agreed", withdraws)];
  const asked_from = maxDate(today, takesUp(current, asked) ? asked.starts_on : offer.starts_on ?? today);
  const taken_up_on = current.currency === asked.currency ? asked_from : maxDate(next_month, asked_from);
  if (taken_up_on >= next_month) {
    return bridged(current, meanwhile, next_month, version(taken_up_on, asked, "agreed", withdraws));
  }
  if (current.excess_credit_price === null || samePrices(current, asked)) {
    return [version(taken_up_on, asked, "agreed", withdraws)];
  }
  const now = { ...asked, excess_credit_price: current.excess_credit_price };
  return [version(taken_up_on, now, "agreed", withdraws), version(next_month, asked, "agreed", [])];
}

/** The version a cancellation adds: the package ends with the month its commitment ends in, or this one. */
export function cancelPackage(history: readonly ContractVersion[], today: LocalDate): NewVersion | undefined {
  const current = termsOn(history, today);
  if (!current?.package || cancelsOn(history, today) !== null) return undefined;
  const ends = renewalAfterCommitment(current, today);
  const without = { ...(termsOn(history, ends) ?? current), package: null };
  return version(ends, without, "cancelled", []);
}

/** The version that takes a scheduled cancellation back. */
export function withdrawCancellation(
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

/**
 * The offer seen against the terms that hold: a running package keeps its start and its first month. So does one that
 * waits to be taken up, unless the offer says otherwise.
 */
function termsAsked(
  current: Terms,
  waiting: Terms | undefined,
  { package: asked, excess_credit_price, currency, starts_on, first_month }: Offer,
  today: LocalDate,
): Terms {
  const kept = current.package === null && asked !== null
    ? {
      starts_on: starts_on ?? (waiting?.package ? waiting.starts_on : today),
      first_month: first_month ?? (waiting?.package ? waiting.first_month : "full"),
    }
    : { starts_on: current.starts_on, first_month: current.first_month };
  return { package: asked, excess_credit_price, currency, ...kept };
}

/**
 * What today's package is to cost from the next month on: a new price of it may wait. Another package or currency that
 * waits is none of that, and is withdrawn.
 */
function termsMeanwhile(history: readonly ContractVersion[], current: Terms, next_month: LocalDate): Terms {
  const waiting = termsOn(history, next_month)!;
  const same = waiting.package?.credits === current.package?.credits && waiting.currency === current.currency;
  return same ? waiting : current;
}

/** A version, and before it, where there is a month between, what holds from the next month until then. */
function bridged(current: Terms, meanwhile: Terms, next_month: LocalDate, last: NewVersion): NewVersion[] {
  if (last.effective_from <= next_month || sameTerms(current, meanwhile)) return [last];
  return [version(next_month, meanwhile, "agreed", last.withdraws), { ...last, withdraws: [] }];
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
