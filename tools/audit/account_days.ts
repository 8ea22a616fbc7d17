import { addDays, LocalDays } from "./local_days.ts";

/** The stored end of a date in a time zone. */
export interface AccountDayRow {
  readonly time_zone: string;
  readonly local_date: string;
  readonly ends_ms: bigint;
}

/** The dates of the time zones of a company's accounts. A stored end outranks the zone's rules. */
export class AccountDays {
  /** The stored ends by zone, each zone's by date. */
  readonly ends = new Map<string, Map<string, number>>();
  readonly #days = new Map<string, LocalDays>();

  constructor(rows: readonly AccountDayRow[] = []) {
    for (const { time_zone, local_date, ends_ms } of rows) this.fix(time_zone, local_date, Number(ends_ms));
  }

  /** Returns the days of a zone by its rules alone, for the dates with stored ends. */
  byRules(time_zone: string): LocalDays {
    return daysOf(time_zone, new Map(), this.ends.get(time_zone)?.keys());
  }

  /** Sets the end of a date. */
  fix(time_zone: string, date: string, end_ms: number): void {
    const ends = this.ends.get(time_zone) ?? new Map<string, number>();
    this.ends.set(time_zone, ends.set(date, end_ms));
    this.#days.delete(time_zone);
  }

  /** Whether both the beginning and the end of a date are stored. */
  isFixed(time_zone: string, date: string): boolean {
    const ends = this.ends.get(time_zone);
    return ends !== undefined && ends.has(date) && ends.has(addDays(date, -1));
  }

  /** Returns the date of an instant. */
  dateOf(time_zone: string, at_ms: number): string {
    let days = this.#days.get(time_zone);
    if (days === undefined) {
      days = daysOf(time_zone, this.ends.get(time_zone) ?? new Map());
      this.#days.set(time_zone, days);
    }
    return days.dateOf(at_ms);
  }
}

function daysOf(
  time_zone: string,
  ends: ReadonlyMap<string, number>,
  covered: Iterable<string> = ends.keys(),
): LocalDays {
  const dates = [...covered].sort();
  const settings = [{ version: 1, effective_from: "0001-01-01", time_zone, template_in_open_window: "" }];
  const [first, last] = dates.length === 0 ? ["1970-01-01", "1970-01-01"] : [dates[0]!, dates.at(-1)!];
  // Beyond the table the wall clock counts. Two dates after the last stored end it cannot be before that end.
  return new LocalDays(settings, first, addDays(last, 3), ends);
}
