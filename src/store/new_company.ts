import type { CompanyId, LocalDate } from "../domain/names.ts";
import type { TemplatePolicy } from "../domain/charge.ts";
import { Calendar, previousDate } from "../domain/calendar.ts";
import type { SettingsVersion } from "../domain/company/state.ts";
import { ALWAYS } from "../domain/company/state.ts";

/** A company to be made. */
export interface NewCompany {
  readonly name: string;
  readonly locale: string;
  readonly time_zone: string;
  readonly template_in_open_window: TemplatePolicy;
  /** 32 random bytes that its contacts are hashed with, for ever. */
  readonly contact_secret: Uint8Array;
  readonly created_at_ms: number;
  readonly created_by: string;
}

/** A company as it is listed. */
export interface ListedCompany {
  readonly company: CompanyId;
  readonly name: string;
  readonly locale: string;
  readonly closed_through: LocalDate;
  readonly phone_number_ids: readonly string[];
  /** In order of `version`. */
  readonly settings: readonly SettingsVersion[];
}

/** Its first settings, which hold from always. */
export function firstSettings(made: NewCompany): SettingsVersion {
  return {
    version: 1,
    effective_from: ALWAYS,
    time_zone: made.time_zone,
    template_in_open_window: made.template_in_open_window,
    recorded_at_ms: made.created_at_ms,
    recorded_by: made.created_by,
  };
}

/** The day it is made on is its first: the one before it counts as closed. */
export function firstDay(
  made: NewCompany,
): { readonly closed_through: LocalDate; readonly due_at_ms: number } {
  const today = new Calendar([firstSettings(made)]).dayOf(made.created_at_ms);
  return { closed_through: previousDate(today.date), due_at_ms: today.end_ms };
}
