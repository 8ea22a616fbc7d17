import { addDays, addMonths, daysIn, firstDateOf, lastDateOf, monthOf, nextMonth } from "./calendar.ts";
import type { Micros } from "./money.ts";
import { shareOf } from "./money.ts";
import type { Credits, LocalDate, Month } from "./names.ts";
import { credits, NO_CREDITS } from "./names.ts";

/** Credits of one package: what is more is a mistake of units. */
export const PACKAGE_CREDITS_MAX = 1_000_000_000_000;

/** So many credits a month at a price for the whole of them. */
export interface Package {
  readonly credits: Credits;
  /** The monthly price of the package; null while nobody has said. */
  readonly price: Micros | null;
}

/** What a company pays by. */
export interface Terms {
  readonly package: Package | null;
  /** The price of one credit past the package (all of them without one); null while nobody has said. */
  readonly excess_credit_price: Micros | null;
  /** ISO 4217. */
  readonly currency: string;
  /** The date the package was first taken up, which the commitment counts from. */
  readonly starts_on: LocalDate;
  readonly first_month: "full" | "prorated";
}

/**
 * One version of a contract. Every change is a new version with who and when; none is edited. On a date the
 * version recorded last holds, of those that are in force by then and have not been withdrawn. One that takes
 * back (`taken_back`) only withdraws: it never holds itself, so that what else is scheduled stays so.
 */
export interface ContractVersion {
  readonly version: number;
  readonly effective_from: LocalDate;
  readonly terms: Terms;
  /** The scheduled versions this one takes back. */
  readonly withdraws: readonly number[];
  readonly reason: "agreed" | "cancelled" | "taken_back";
  readonly recorded_at_ms: number;
  readonly recorded_by: string;
}

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

const COMMITMENT_MONTHS = 3;

/** The terms in force on a date, or undefined before the first. */
export function termsOn(history: readonly ContractVersion[], date: LocalDate): Terms | undefined {
  return versionOn(history, date)?.terms;
}

/** The version in force on a date: the one recorded last of those that hold by then. */
export function versionOn(history: readonly ContractVersion[], date: LocalDate): ContractVersion | undefined {
  return lasting(history).findLast((v) => v.effective_from <= date);
}

/** The first version that will take over after a date: what a person is shown as scheduled. */
export function scheduledAfter(
  history: readonly ContractVersion[],
  date: LocalDate,
): ContractVersion | undefined {
  return scheduledVersions(history, date)[0];
}

/**
 * The date the minimum commitment ends on: the last day of the month that holds the day three months
 * after the start, less one day. Null without a package.
 */
export function commitmentEndsOn(terms: Terms | undefined): LocalDate | null {
  if (!terms?.package) return null;
  const last = Temporal.PlainDate.from(terms.starts_on).add({ months: COMMITMENT_MONTHS }).subtract({
    days: 1,
  });
  return lastDateOf(monthOf(last.toString() as LocalDate));
}

/** The last date on which the package holds, if its end is scheduled. */
export function cancelsOn(history: readonly ContractVersion[], today: LocalDate): LocalDate | null {
  const end = scheduledVersions(history, today).find((v) => v.reason === "cancelled");
  return end === undefined ? null : addDays(end.effective_from, -1);
}

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

/**
 * The credits a month has been granted by the end of a date: the largest package that held on any of its
 * days so far. Each day's grant covers the whole month; a prorated first month grants by days, rounded up.
 */
export function grantedBy(history: readonly ContractVersion[], month: Month, through: LocalDate): Credits {
  const first = firstDateOf(month);
  const dates = [first, ...history.map((v) => v.effective_from)]
    .filter((date) => monthOf(date) === month && date <= through);
  let most = 0;
  for (const date of dates) most = Math.max(most, packageCredits(termsOn(history, date), month));
  return credits(most);
}

/** The money of a month's package: that in force at its end, whole; a prorated first month by its days. */
export function packagePriceOf(history: readonly ContractVersion[], month: Month): Micros | null {
  const terms = termsOn(history, lastDateOf(month));
  if (!terms?.package || terms.package.price === null) return null;
  const days = daysHeld(terms, month);
  return days === daysIn(month) ? terms.package.price : shareOf(terms.package.price, days, daysIn(month));
}

function packageCredits(terms: Terms | undefined, month: Month): Credits {
  if (!terms?.package) return NO_CREDITS;
  return credits(Math.ceil(terms.package.credits * daysHeld(terms, month) / daysIn(month)));
}

function daysHeld(terms: Terms, month: Month): number {
  const days = daysIn(month);
  if (terms.first_month === "full" || monthOf(terms.starts_on) !== month) return days;
  return days - Number(terms.starts_on.slice(8)) + 1;
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

function pendingAfter(history: readonly ContractVersion[], today: LocalDate): ContractVersion[] {
  const current = versionOn(history, today)?.version ?? 0;
  return lasting(history).filter((v) => v.effective_from > today && v.version > current);
}

/** Those of the versions to come that will hold on any date, in order of their dates. */
function scheduledVersions(history: readonly ContractVersion[], today: LocalDate): ContractVersion[] {
  return pendingAfter(history, today)
    .filter((v, _, all) => !all.some((w) => w.version > v.version && w.effective_from <= v.effective_from))
    .sort((a, b) => a.effective_from < b.effective_from ? -1 : 1);
}

/** The versions that can hold: neither withdrawn nor there only to withdraw. */
function lasting(history: readonly ContractVersion[]): ContractVersion[] {
  const withdrawn = new Set(history.flatMap((v) => v.withdraws));
  return history.filter((v) => v.reason !== "taken_back" && !withdrawn.has(v.version));
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

/** The date the package renews next: the first of the next month; null when none will hold then. */
export function renewsOn(history: readonly ContractVersion[], today: LocalDate): LocalDate | null {
  const next = firstDateOf(nextMonth(monthOf(today)));
  return termsOn(history, next)?.package ? next : null;
}
