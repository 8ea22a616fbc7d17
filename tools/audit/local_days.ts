/** A row of a company's settings: one version. */
export interface SettingsRow {
  readonly version: number;
  readonly effective_from: string;
  readonly time_zone: string;
  readonly template_in_open_window: string;
}

/** Days after a month's end in which its facts are still accepted: the rulebook's lateness limit. */
export const LATENESS_LIMIT_DAYS = 8;

/**
 * A company's local days: every date with its start instant. A date ends when the next one starts. Where the zone
 * changes, the first date of the new zone starts when it does in the previous zone. A stored end outranks the zone's
 * rules.
 */
export class LocalDays {
  readonly #settings: readonly SettingsRow[];
  readonly #dates: string[] = [];
  readonly #starts_ms: number[] = [];
  readonly #start_of = new Map<string, number>();
  readonly #end_of = new Map<string, number>();
  readonly #final_from = new Map<string, number>();

  /**
   * @param settings in order of versions, at least one
   * @param from the first date of the table
   * @param to the last date of the table
   * @param day_ends the stored end of each date that has begun
   */
  constructor(
    settings: readonly SettingsRow[],
    from: string,
    to: string,
    day_ends: ReadonlyMap<string, number> = new Map(),
  ) {
    this.#settings = settings;
    let zone_before = this.zoneOn(from);
    let start_ms = -Infinity;
    for (let date = from; date <= to; date = addDays(date, 1)) {
      start_ms = day_ends.get(addDays(date, -1)) ?? Math.max(start_ms, startOfDate(date, zone_before));
      this.#dates.push(date);
      this.#starts_ms.push(start_ms);
      zone_before = this.zoneOn(date);
    }
    // Dates before the stored ones start by the rules, but not after the first stored end.
    for (let i = this.#dates.length - 1; i >= 0; i--) {
      this.#starts_ms[i] = Math.min(this.#starts_ms[i]!, this.#starts_ms[i + 1] ?? Infinity);
      this.#start_of.set(this.#dates[i]!, this.#starts_ms[i]!);
    }
  }

  /** The first date of the table. */
  get first(): string {
    return this.#dates[0]!;
  }

  /** The last date of the table. */
  get last(): string {
    return this.#dates.at(-1)!;
  }

  /** Returns the local date of an instant; outside the table by the zone's wall clock. */
  dateOf(at_ms: number): string {
    const starts = this.#starts_ms;
    if (at_ms < starts[0]!) return localDateOf(at_ms, this.zoneOn(this.#dates[0]!));
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= at_ms) low = middle;
      else high = middle;
    }
    const date = this.#dates[low]!;
    return low < starts.length - 1 ? date : localDateOf(at_ms, this.zoneOn(date));
  }

  /** Returns the instant when a date starts; `Infinity` for a date after the table. */
  startOf(date: string): number {
    const known = this.#start_of.get(date);
    if (known !== undefined) return known;
    return date < this.#dates[0]! ? startOfDate(date, this.zoneOn(date)) : Infinity;
  }

  /** Returns the instant when a date ends, which is the start of the next. */
  endOf(date: string): number {
    let end_ms = this.#end_of.get(date);
    if (end_ms === undefined) this.#end_of.set(date, end_ms = this.startOf(addDays(date, 1)));
    return end_ms;
  }

  /** Returns the instant when a month becomes final. */
  finalFrom(month: string): number {
    let final_ms = this.#final_from.get(month);
    if (final_ms === undefined) {
      final_ms = this.startOf(addDays(lastDateOf(month), LATENESS_LIMIT_DAYS + 1));
      this.#final_from.set(month, final_ms);
    }
    return final_ms;
  }

  /** Returns the first date that lies wholly after an instant. */
  firstDateAfter(at_ms: number): string {
    const date = this.dateOf(at_ms);
    return this.startOf(date) >= at_ms ? date : addDays(date, 1);
  }

  /** Returns the time zone on a date. */
  zoneOn(date: string): string {
    return inForce(this.#settings, date).time_zone;
  }

  /** Returns the policy for templates in an open window on a date: `charge` or `free`. */
  policyOn(date: string): string {
    return inForce(this.#settings, date).template_in_open_window;
  }
}

/** Returns the last recorded version that is effective on a date. */
function inForce(settings: readonly SettingsRow[], date: string): SettingsRow {
  return settings.findLast((version) => version.effective_from <= date) ?? settings[0]!;
}

const dates_by_distance = new Map<number, Map<string, string>>();

/** Adds days to a date. Results are cached: few dates are used, each often. */
export function addDays(date: string, days: number): string {
  let dates = dates_by_distance.get(days);
  if (dates === undefined) dates_by_distance.set(days, dates = new Map());
  let added = dates.get(date);
  if (added === undefined) {
    added = Temporal.PlainDate.from(date).add({ days }).toString();
    dates.set(date, added);
  }
  return added;
}

/** Returns the month of a date. */
export function monthOf(date: string): string {
  return date.slice(0, 7);
}

/** Returns the month after a month. */
export function nextMonth(month: string): string {
  return Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString();
}

const days_by_month = new Map<string, number>();

/** Returns the number of days of a month. */
export function daysIn(month: string): number {
  let days = days_by_month.get(month);
  if (days === undefined) days_by_month.set(month, days = Temporal.PlainYearMonth.from(month).daysInMonth);
  return days;
}

/** Returns the last date of a month. */
export function lastDateOf(month: string): string {
  return `${month}-${daysIn(month)}`;
}

const starts_by_zone = new Map<string, Map<string, number>>();

/** Returns the start of a date in a zone. Results are cached: most companies share a zone. */
function startOfDate(date: string, zone: string): number {
  const starts = starts_by_zone.get(zone) ?? new Map<string, number>();
  if (starts.size === 0) starts_by_zone.set(zone, starts);
  let start_ms = starts.get(date);
  if (start_ms === undefined) {
    start_ms = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
    starts.set(date, start_ms);
  }
  return start_ms;
}

function localDateOf(at_ms: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO(zone).toPlainDate().toString();
}
