import type { LocalDate, Month } from "./types.ts";

/**
 * A company's local days. The rulebook counts by local date, seen in the company's zone at the event's
 * own timestamp; a day runs from its start to the start of the next, which is not always 24 hours and
 * does not always begin at 00:00.
 *
 * A zone is versioned. A version takes over at the instant its first local date starts **by the zone
 * before it**, so that days follow each other without gap or overlap, and nothing that has already been
 * given a date gets another one.
 */
export interface ZoneVersion {
  readonly time_zone: string;
  /** The first local date of this version; the first version of a company holds from always. */
  readonly effective_from: LocalDate;
}

/** One local day: instants in `[start_ms, end_ms)` have this date. */
export interface LocalDay {
  readonly date: LocalDate;
  readonly start_ms: number;
  readonly end_ms: number;
}

/** Days kept ready per company; beyond it the oldest go, to be computed again when asked for. */
const DAYS_KEPT = 64;

export class Calendar {
  readonly versions: readonly ZoneVersion[];
  /** The instant each version takes over; the first from always. */
  readonly #takes_over_ms: readonly number[];
  readonly #days = new Map<LocalDate, LocalDay>();
  #last: LocalDay = { date: "" as LocalDate, start_ms: 0, end_ms: 0 };

  /**
   * @param versions at least one, in order of `effective_from`, all zones known to `Temporal`
   * @throws {RangeError} without a version
   */
  constructor(versions: readonly ZoneVersion[]) {
    if (versions.length === 0) throw new RangeError("a calendar needs at least one time zone version");
    this.versions = versions;
    const takes_over_ms = [-Infinity];
    for (let i = 1; i < versions.length; i++) {
      const start = startOfDay(versions[i]!.effective_from, versions[i - 1]!.time_zone);
      takes_over_ms.push(Math.max(start, takes_over_ms[i - 1]!));
    }
    this.#takes_over_ms = takes_over_ms;
  }

  /** The local date of an instant. */
  dateOf(at_ms: number): LocalDate {
    return this.dayOf(at_ms).date;
  }

  /** The local day an instant falls in. */
  dayOf(at_ms: number): LocalDay {
    const last = this.#last;
    if (at_ms >= last.start_ms && at_ms < last.end_ms) return last;
    const i = this.#versionAt(at_ms);
    const version = this.versions[i]!;
    const seen = Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO(version.time_zone)
      .toPlainDate().toString() as LocalDate;
    let date = i > 0 && seen < version.effective_from ? version.effective_from : seen;
    // A zone change can leave a date no time at all, or a day that ends before the clock says so.
    while (this.day(date).end_ms <= at_ms) date = nextDate(date);
    return this.#last = this.day(date);
  }

  /** A local day by its date. */
  day(date: LocalDate): LocalDay {
    const known = this.#days.get(date);
    if (known !== undefined) return known;
    const day = { date, start_ms: this.#startOf(date), end_ms: this.#startOf(nextDate(date)) };
    if (this.#days.size >= DAYS_KEPT) this.#days.delete(this.#days.keys().next().value!);
    this.#days.set(date, day);
    return day;
  }

  /** The zone in force on a local date. */
  zoneOn(date: LocalDate): string {
    return this.versions[this.#versionOn(date)]!.time_zone;
  }

  #startOf(date: LocalDate): number {
    const i = this.#versionOn(date);
    if (i > 0 && date === this.versions[i]!.effective_from) return this.#takes_over_ms[i]!;
    return Math.max(startOfDay(date, this.versions[i]!.time_zone), this.#takes_over_ms[i]!);
  }

  #versionOn(date: LocalDate): number {
    let i = this.versions.length - 1;
    while (i > 0 && this.versions[i]!.effective_from > date) i--;
    return i;
  }

  #versionAt(at_ms: number): number {
    let i = this.versions.length - 1;
    while (i > 0 && this.#takes_over_ms[i]! > at_ms) i--;
    return i;
  }
}

/** Whether the runtime's time zone database knows this IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    // Offsets such as `+03:00` are accepted by Temporal but have no rules to follow: we want names.
    return /^[A-Za-z]/.test(name) &&
      Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name) !== undefined;
  } catch {
    return false;
  }
}

/** Whether a string is a calendar date in the form `2026-11-23`. */
export function isLocalDate(text: string): text is LocalDate {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** The date `days` after (or, negative, before) another. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return Temporal.PlainDate.from(date).add({ days }).toString() as LocalDate;
}

/** How many days the second date is after the first. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Temporal.PlainDate.from(from).until(to).days;
}

export function nextDate(date: LocalDate): LocalDate {
  return addDays(date, 1);
}

export function previousDate(date: LocalDate): LocalDate {
  return addDays(date, -1);
}

/** The calendar month a date lies in. */
export function monthOf(date: LocalDate): Month {
  return date.slice(0, 7) as Month;
}

export function firstDateOf(month: Month): LocalDate {
  return `${month}-01` as LocalDate;
}

export function lastDateOf(month: Month): LocalDate {
  return `${month}-${String(daysIn(month)).padStart(2, "0")}` as LocalDate;
}

export function daysIn(month: Month): number {
  return Temporal.PlainYearMonth.from(month).daysInMonth;
}

export function addMonths(month: Month, months: number): Month {
  return Temporal.PlainYearMonth.from(month).add({ months }).toString() as Month;
}

export function nextMonth(month: Month): Month {
  return addMonths(month, 1);
}

/** Whether a date is the last of its month: the day after it a new period begins. */
export function isMonthEnd(date: LocalDate): boolean {
  return monthOf(nextDate(date)) !== monthOf(date);
}

function startOfDay(date: LocalDate, time_zone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(time_zone).epochMilliseconds;
}
