import { addDays, daysIn, firstDateOf, lastDateOf, monthOf, nextMonth } from "./calendar.ts";
import type { Micros } from "./money.ts";
import { shareOf } from "./money.ts";
import type { Credits, LocalDate, Month } from "./types.ts";
import { credits, NO_CREDITS } from "./types.ts";

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

const COMMITMENT_MONTHS = 3;

/** The terms in force on a date, or undefined before the first. */
export function termsOn(history: readonly ContractVersion[], date: LocalDate): Terms | undefined {
  return versionOn(history, date)?.terms;
}

/** The version in force on a date: the one recorded last of those that hold by then. */
export function versionOn(history: readonly ContractVersion[], date: LocalDate): ContractVersion | undefined {
  // From the last one on, for every balance asks for it: what is withdrawn is so by a later version.
  const withdrawn = new Set<number>();
  for (let i = history.length - 1; i >= 0; i--) {
    const version = history[i]!;
    for (const number of version.withdraws) withdrawn.add(number);
    const lasts = version.reason !== "taken_back" && !withdrawn.has(version.version);
    if (lasts && version.effective_from <= date) return version;
  }
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

/** Recorded after the one in force on a date, and to take over later. */
export function pendingAfter(history: readonly ContractVersion[], today: LocalDate): ContractVersion[] {
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

/** The date the package renews next: the first of the next month; null when none will hold then. */
export function renewsOn(history: readonly ContractVersion[], today: LocalDate): LocalDate | null {
  const next = firstDateOf(nextMonth(monthOf(today)));
  return termsOn(history, next)?.package ? next : null;
}
