import { addDays, daysIn, firstDateOf, lastDateOf, monthOf, nextMonth } from "./calendar.ts";
import type { Micros } from "./money.ts";
import { shareOf } from "./money.ts";
import type { Credits, LocalDate, Month } from "./types.ts";
import { credits, NO_CREDITS } from "./types.ts";
import { lastingVersions } from "./versions.ts";

/** The largest package; a greater number is a mistake of units. */
export const PACKAGE_CREDITS_MAX = 1_000_000_000_000;

/** A number of credits a month, at one price. */
export interface Package {
  readonly credits: Credits;
  /** The monthly price of the package; null while it is not set. */
  readonly price: Micros | null;
}

/** The terms that a company pays by. */
export interface Terms {
  readonly package: Package | null;
  /** The price of one credit beyond the package (of every credit without one); null while it is not set. */
  readonly excess_credit_price: Micros | null;
  /** ISO 4217. */
  readonly currency: string;
  /** The date the package starts on; the commitment counts from it. */
  readonly starts_on: LocalDate;
  readonly first_month: "full" | "prorated";
}

/**
 * One version of a contract. Every change adds a version with its author and time; none is edited. In force on a date
 * is the version recorded last, of those effective by then and not withdrawn. A `taken_back` version only withdraws
 * others and is never in force itself, so other scheduled versions stay scheduled.
 */
export interface ContractVersion {
  readonly version: number;
  readonly effective_from: LocalDate;
  readonly terms: Terms;
  /** The scheduled versions that this one withdraws. */
  readonly withdraws: readonly number[];
  readonly reason: "agreed" | "cancelled" | "taken_back";
  readonly recorded_at_ms: number;
  readonly recorded_by: string;
}

const COMMITMENT_MONTHS = 3;

/** Returns the terms in force on a date; undefined before the first version. */
export function termsOn(history: readonly ContractVersion[], date: LocalDate): Terms | undefined {
  return versionOn(history, date)?.terms;
}

/** Returns the version in force on a date. */
export function versionOn(history: readonly ContractVersion[], date: LocalDate): ContractVersion | undefined {
  // Newest first, because every balance calls this: only a later version can withdraw one.
  const withdrawn = new Set<number>();
  for (let i = history.length - 1; i >= 0; i--) {
    const version = history[i]!;
    for (const number of version.withdraws) withdrawn.add(number);
    const can_apply = version.reason !== "taken_back" && !withdrawn.has(version.version);
    if (can_apply && version.effective_from <= date) return version;
  }
}

/** Returns the next version to take effect after a date, which the API shows as scheduled. */
export function scheduledAfter(
  history: readonly ContractVersion[],
  date: LocalDate,
): ContractVersion | undefined {
  return scheduledVersions(history, date)[0];
}

/**
 * Returns the last date of the minimum commitment: the end of the month that contains start + 3 months - 1 day. Null
 * without a package.
 */
export function commitmentEndsOn(terms: Terms | undefined): LocalDate | null {
  if (!terms?.package) return null;
  const last = Temporal.PlainDate.from(terms.starts_on).add({ months: COMMITMENT_MONTHS }).subtract({
    days: 1,
  });
  return lastDateOf(monthOf(last.toString() as LocalDate));
}

/** Returns the last date of a package whose cancellation is scheduled; null without one. */
export function cancelsOn(history: readonly ContractVersion[], today: LocalDate): LocalDate | null {
  const end = scheduledVersions(history, today).find((v) => v.reason === "cancelled");
  return end === undefined ? null : addDays(end.effective_from, -1);
}

/**
 * The state of a company's package on a date: `ending` while its cancellation is scheduled, `scheduled` before it
 * starts, `none` without one.
 */
export type PackageStatus = "active" | "ending" | "scheduled" | "none";

/** Returns the state of the package on a date. */
export function packageStatus(history: readonly ContractVersion[], today: LocalDate): PackageStatus {
  if (termsOn(history, today)?.package) return cancelsOn(history, today) === null ? "active" : "ending";
  return scheduledVersions(history, today).some(({ terms }) => terms.package !== null) ? "scheduled" : "none";
}

/**
 * Returns the credits granted to a month by the end of a date: the largest package in force on any of its days so far.
 * A grant covers the whole month; a prorated first month grants by days, rounded up.
 */
export function grantedBy(history: readonly ContractVersion[], month: Month, through: LocalDate): Credits {
  const first = firstDateOf(month);
  const dates = [first, ...history.map((v) => v.effective_from)]
    .filter((date) => monthOf(date) === month && date <= through);
  let most = 0;
  for (const date of dates) most = Math.max(most, packageCredits(termsOn(history, date), month));
  return credits(most);
}

/** Returns the price of the package in force at the end of a month; a prorated first month costs by days. */
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

/** Returns the versions recorded after the one in force on a date and effective later. */
export function pendingAfter(history: readonly ContractVersion[], today: LocalDate): ContractVersion[] {
  const current = versionOn(history, today)?.version ?? 0;
  return applicable(history).filter((v) => v.effective_from > today && v.version > current);
}

/** Returns the pending versions that will be in force on some date, by date. */
function scheduledVersions(history: readonly ContractVersion[], today: LocalDate): ContractVersion[] {
  return lastingVersions(pendingAfter(history, today))
    .sort((a, b) => a.effective_from < b.effective_from ? -1 : 1);
}

/** Returns the versions that can be in force: not withdrawn, and not `taken_back`. */
function applicable(history: readonly ContractVersion[]): ContractVersion[] {
  const withdrawn = new Set(history.flatMap((v) => v.withdraws));
  return history.filter((v) => v.reason !== "taken_back" && !withdrawn.has(v.version));
}

/** Returns the next renewal of the package, the first of the next month; null without a package then. */
export function renewsOn(history: readonly ContractVersion[], today: LocalDate): LocalDate | null {
  const next = firstDateOf(nextMonth(monthOf(today)));
  return termsOn(history, next)?.package ? next : null;
}
