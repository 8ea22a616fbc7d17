import { Calendar, previousDate } from "../calendar.ts";
import type { TemplatePolicy } from "../charge.ts";
import type { LocalDate } from "../types.ts";
import type { SettingsVersion } from "./state.ts";
import { ALWAYS } from "./state.ts";

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

/** What a company is unless it is asked to be something else. */
export const NEW_COMPANY_DEFAULTS = { locale: "pt-BR", template_in_open_window: "charge" } as const;

/** Its first settings, which hold from always. */
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

/** The day it is made on is its first: the one before it counts as closed. */
export function firstDay(
  company: NewCompany,
): { readonly closed_through: LocalDate; readonly due_at_ms: number } {
  const today = new Calendar([firstSettings(company)]).dayOf(company.created_at_ms);
  return { closed_through: previousDate(today.date), due_at_ms: today.end_ms };
}
