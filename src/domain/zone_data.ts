import type { LocalDate } from "./types.ts";

/** The rules of all time zones: one version of the tz database. */
export interface ZoneData {
  /** Returns the first instant of a date in a zone. */
  startOfDay(date: LocalDate, time_zone: string): number;
  /** Returns the date on a zone's clocks at an instant. */
  dateOn(at_ms: number, time_zone: string): LocalDate;
}

/** The zone data of the runtime. */
export const RUNTIME_ZONE_DATA: ZoneData = {
  startOfDay: (date, time_zone) => Temporal.PlainDate.from(date).toZonedDateTime(time_zone).epochMilliseconds,
  dateOn: (at_ms, time_zone) =>
    Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO(time_zone).toPlainDate()
      .toString() as LocalDate,
};

/** A fixed offset in civil use: `-12:00` to `+14:00`. */
const OFFSET = /^(?:[+-](?:0\d|1[01]):[0-5]\d|[+-]12:00|\+12:[0-5]\d|\+13:[0-5]\d|\+14:00)$/;

/** Whether a company can have this time zone: an IANA name that the runtime knows, or an offset such as `-07:00`. */
export function isTimeZone(name: string): boolean {
  if (/^[+-]/.test(name)) return OFFSET.test(name) && name !== "-00:00";
  try {
    return /^[A-Za-z]/.test(name) &&
      Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name) !== undefined;
  } catch {
    return false;
  }
}
