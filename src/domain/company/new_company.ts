import { Calendar, nextDate, previousDate } from "../calendar.ts";
import type { TemplatePolicy } from "../charge.ts";
import { openFrom } from "../lateness.ts";
import type { LocalDate } from "../types.ts";
import type { SettingsVersion } from "./state.ts";
import { ALWAYS } from "./state.ts";
import type { ZoneData } from "../zone_data.ts";
import { RUNTIME_ZONE_DATA } from "../zone_data.ts";

/** A company to create. */
export interface NewCompany {
  readonly name: string;
  readonly locale: string;
  readonly country?: string | undefined;
  readonly time_zone: string;
  readonly template_in_open_window: TemplatePolicy;
  /** 32 random bytes that key the hashes of its contacts. Never changes. */
  readonly contact_secret: Uint8Array;
  readonly created_at_ms: number;
  readonly created_by: string;
  readonly days: FirstDays;
}

/** The defaults of a new company. */
export const NEW_COMPANY_DEFAULTS = { locale: "pt-BR", template_in_open_window: "charge" } as const;

/** Returns the first settings of a company. They hold for all dates. */
export function firstSettings(company: NewCompany): SettingsVersion {
  return {
    version: 1,
    effective_from: ALWAYS,
    time_zone: company.time_zone,
    template_in_open_window: company.template_in_open_window,
    recorded_at_ms: company.created_at_ms,
    recorded_by: company.created_by,
  };
}

/** The local days of a company at its creation. */
export interface FirstDays {
  /** The day before the creation: it counts as closed. */
  readonly closed_through: LocalDate;
  /** The end of the day of the creation. */
  readonly due_at_ms: number;
  /** The ends of the dates up to `closed_through` on which late facts may fall, and of the date before them. */
  readonly day_ends_ms: readonly number[];
}

/** Returns the days of a company created at an instant in a time zone. */
export function firstDays(
  time_zone: string,
  created_at_ms: number,
  zone_data: ZoneData = RUNTIME_ZONE_DATA,
): FirstDays {
  const calendar = new Calendar([{ time_zone, effective_from: ALWAYS }], { zone_data });
  const today = calendar.dayOf(created_at_ms);
  const day_ends_ms: number[] = [];
  for (let date = previousDate(openFrom(today.date)); date < today.date; date = nextDate(date)) {
    day_ends_ms.push(calendar.day(date).end_ms);
  }
  return { closed_through: previousDate(today.date), due_at_ms: today.end_ms, day_ends_ms };
}
