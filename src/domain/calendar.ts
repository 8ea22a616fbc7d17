import type { LocalDate, Month } from "./types.ts";
import type { ZoneData } from "./zone_data.ts";
import { RUNTIME_ZONE_DATA } from "./zone_data.ts";

/**
 * One version of a company's time zone.
 *
 * A version takes over at the instant its first local date starts **in the previous zone**. Days therefore follow
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

/** Consecutive local days whose ends are stored (table `local_days`). Other zone data does not move them. */
export interface FixedDays {
  /** The last of these dates: the current one, or a later one on which something is dated. */
  readonly last: LocalDate;
  /** The instant each of them ends, in order of date. */
  readonly ends_ms: readonly number[];
}

/** What a calendar is built from beside the zone's versions. */
export interface CalendarOptions {
  /** By default none. */
  readonly fixed?: FixedDays;
  /** By default the runtime's. */
  readonly zone_data?: ZoneData;
}

const NO_FIXED_DAYS: FixedDays = { last: "0001-01-01" as LocalDate, ends_ms: [] };

/** Days cached per calendar; the oldest is evicted first. */
const CACHED_DAYS_MAX = 64;

/**
 * A company's local days. The local date of an event is its own timestamp seen in the company's zone. A day runs from
 * its start to the start of the next: not always 24 hours, and not always from 00:00.
 *
 * Fixed days have their stored ends. The zone data decides the days before and after them, and where both meet, the
 * stored instant counts: days follow each other without gap or overlap.
 */
export class Calendar implements CalendarOptions {
  /** In order of `effective_from`. */
  readonly versions: readonly ZoneVersion[];
  readonly fixed: FixedDays;
  readonly zone_data: ZoneData;
  /** The instant each version takes over; `-Infinity` for the first. */
  readonly #takes_over_ms: readonly number[];
  readonly #days = new Map<LocalDate, LocalDay>();
  #last: LocalDay = { date: "" as LocalDate, start_ms: 0, end_ms: 0 };

  /**
   * @param versions at least one, in order of `effective_from`, all zones known to `Temporal`
   * @throws {RangeError} without a version
   */
  constructor(
    versions: readonly ZoneVersion[],
    { fixed = NO_FIXED_DAYS, zone_data = RUNTIME_ZONE_DATA }: CalendarOptions = {},
  ) {
    if (versions.length === 0) throw new RangeError("a calendar needs at least one time zone version");
    this.versions = versions;
    this.fixed = fixed;
    this.zone_data = zone_data;
    const takes_over_ms = [-Infinity];
    for (let i = 1; i < versions.length; i++) {
      const { effective_from } = versions[i]!;
      const start = zone_data.startOfDay(effective_from, versions[i - 1]!.time_zone);
      takes_over_ms.push(this.#outsideFixed(effective_from, Math.max(start, takes_over_ms[i - 1]!)));
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
    let date = this.#fixedDateOf(at_ms) ?? this.#dateByRules(at_ms);
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

  /** Returns the fixed date of an instant; undefined before the first fixed end, and from the last one on. */
  #fixedDateOf(at_ms: number): LocalDate | undefined {
    const { last, ends_ms } = this.fixed;
    if (ends_ms.length === 0 || at_ms < ends_ms[0]! || at_ms >= ends_ms.at(-1)!) return undefined;
    // The last of n ends is the end of `last`. After end i, counted from 0, it is the date i + 1 of the n.
    return addDays(last, ends_ms.findLastIndex((end_ms) => end_ms <= at_ms) + 2 - ends_ms.length);
  }

  /** Returns, by the zone data, a date that has begun at this instant. */
  #dateByRules(at_ms: number): LocalDate {
    const i = this.#versionAt(at_ms);
    const { effective_from, time_zone } = this.versions[i]!;
    const local_date = this.zone_data.dateOn(at_ms, time_zone);
    const date = i > 0 && local_date < effective_from ? effective_from : local_date;
    const { last, ends_ms } = this.fixed;
    if (ends_ms.length === 0) return date;
    const first = addDays(last, 1 - ends_ms.length);
    if (at_ms < ends_ms[0]!) return date < first ? date : first;
    return date > last ? date : nextDate(last);
  }

  #startOf(date: LocalDate): number {
    const i = this.#versionOn(date);
    const { effective_from, time_zone } = this.versions[i]!;
    if (i > 0 && date === effective_from) return this.#takes_over_ms[i]!;
    const start_ms = this.zone_data.startOfDay(date, time_zone);
    return this.#outsideFixed(date, Math.max(start_ms, this.#takes_over_ms[i]!));
  }

  /** Returns the fixed start of a date, or else the start by the zone data, clamped to outside of the fixed days. */
  #outsideFixed(date: LocalDate, start_ms: number): number {
    const { last, ends_ms } = this.fixed;
    if (ends_ms.length === 0) return start_ms;
    // The index of the day before this date in `ends_ms`: its end is the start.
    const before = ends_ms.length - 2 - daysBetween(date, last);
    if (before < 0) return Math.min(start_ms, ends_ms[0]!);
    return ends_ms[before] ?? Math.max(start_ms, ends_ms.at(-1)!);
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
