import type { LocalDate, Month } from "./types.ts";

/**
 * One version of a company's time zone.
 *
 * A version takes over at the instant its first local date starts **by the zone before it**. Days therefore follow
 * each other without gap or overlap, and no past instant changes its date.
 */
export interface ZoneVersion {
  readonly time_zone: string;
  /** The first local date of this version; ignored for a company's first version, which has no start. */
  readonly effective_from: LocalDate;
}

/** One local day: instants in `[start_ms, end_ms)` have this date. */
export interface LocalDay {
  readonly date: LocalDate;
  readonly start_ms: number;
  readonly end_ms: number;
}

/** Days cached per calendar; the oldest is evicted first. */
const CACHED_DAYS_MAX = 64;

/**
 * A company's local days. The local date of an event is its own timestamp seen in the company's zone. A day runs from
 * its start to the start of the next: not always 24 hours, and not always from 00:00.
 */
export class Calendar {
  /** In order of `effective_from`. */
  readonly versions: readonly ZoneVersion[];
  /** The instant each version takes over; `-Infinity` for the first. */
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

  /** Returns the local date of an instant. */
  dateOf(at_ms: number): LocalDate {
    return this.dayOf(at_ms).date;
  }

  /** Returns the local day that contains an instant. */
  dayOf(at_ms: number): LocalDay {
    const last = this.#last;
    if (at_ms >= last.start_ms && at_ms < last.end_ms) return last;
    const i = this.#versionAt(at_ms);
    const version = this.versions[i]!;
    const local_date = Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO(version.time_zone)
      .toPlainDate().toString() as LocalDate;
    let date = i > 0 && local_date < version.effective_from ? version.effective_from : local_date;
    // A zone change can leave a date without any time, or end a day before its midnight on the clock.
    while (this.day(date).end_ms <= at_ms) date = nextDate(date);
    return this.#last = this.day(date);
  }

  /** Returns the local day of a date. */
  day(date: LocalDate): LocalDay {
    const known = this.#days.get(date);
    if (known !== undefined) return known;
    const day = { date, start_ms: this.#startOf(date), end_ms: this.#startOf(nextDate(date)) };
    if (this.#days.size >= CACHED_DAYS_MAX) this.#days.delete(this.#days.keys().next().value!);
    this.#days.set(date, day);
    return day;
  }

  /** Returns the time zone in force on a local date. */
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
    // Temporal accepts offsets such as `+03:00`; they have no daylight saving rules, so only names are valid.
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

/** Adds days to a date; a negative number subtracts. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return Temporal.PlainDate.from(date).add({ days }).toString() as LocalDate;
}

/** Counts the days from the first date to the second. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Temporal.PlainDate.from(from).until(to).days;
}

/** Returns the date after this one. */
export function nextDate(date: LocalDate): LocalDate {
  return addDays(date, 1);
}

/** Returns the date before this one. */
export function previousDate(date: LocalDate): LocalDate {
  return addDays(date, -1);
}

/** Returns the calendar month of a date. */
export function monthOf(date: LocalDate): Month {
  return date.slice(0, 7) as Month;
}

/** Returns the first date of a month. */
export function firstDateOf(month: Month): LocalDate {
  return `${month}-01` as LocalDate;
}

/** Returns the last date of a month. */
export function lastDateOf(month: Month): LocalDate {
  return `${month}-${String(daysIn(month)).padStart(2, "0")}` as LocalDate;
}

/** Returns the number of days in a month, 28 to 31. */
export function daysIn(month: Month): number {
  return Temporal.PlainYearMonth.from(month).daysInMonth;
}

/** Adds months to a month; a negative number subtracts. */
export function addMonths(month: Month, months: number): Month {
  return Temporal.PlainYearMonth.from(month).add({ months }).toString() as Month;
}

/** Returns the month after this one. */
export function nextMonth(month: Month): Month {
  return addMonths(month, 1);
}

/** Whether a date is the last of its month. */
export function isMonthEnd(date: LocalDate): boolean {
  return monthOf(nextDate(date)) !== monthOf(date);
}

function startOfDay(date: LocalDate, time_zone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(time_zone).epochMilliseconds;
}
