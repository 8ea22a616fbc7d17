import { Calendar, previousDate } from "../calendar.ts";
import type { TemplatePolicy } from "../charge.ts";
import type { LocalDate } from "../types.ts";
import type { SettingsVersion } from "./state.ts";
import { ALWAYS } from "./state.ts";

/** A company to create. */
export interface NewCompany {
  readonly name: string;
  readonly locale: string;
  readonly time_zone: string;
  readonly template_in_open_window: TemplatePolicy;
  /** 32 random bytes that key the hashes of its contacts. Never changes. */
  readonly contact_secret: Uint8Array;
  readonly created_at_ms: number;
  readonly created_by: string;
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

/** Returns the first local day of a company: the day of its creation. The day before counts as closed. */
export function firstDay(
  company: NewCompany,
): { readonly closed_through: LocalDate; readonly due_at_ms: number } {
  const today = new Calendar([firstSettings(company)]).dayOf(company.created_at_ms);
  return { closed_through: previousDate(today.date), due_at_ms: today.end_ms };
}
