import type { ClosedFigures, StoredFact } from "../company/event.ts";
import type { SettingsVersion } from "../company/state.ts";
import type { ContractVersion } from "../contract.ts";
import type { Period } from "../period.ts";
import type { RateHistory, RateVersion } from "../rates.ts";
import type { DatedTotal, DayEnd } from "../reports.ts";
import type { CompanyId, ContactId, ContactKey, Credits, LocalDate, Month } from "../types.ts";

/** The rows of a company that decide what one month costs, all of one moment. Facts come apart: see {@link MonthContact}. */
export interface MonthRows {
  readonly company: CompanyId;
  readonly month: Month;
  /** The company's version at that moment. */
  readonly version: number;
  /** The last closed local date. */
  readonly closed_through: LocalDate;
  /** The oldest month with a row; undefined before the first charge or grant. */
  readonly first_month: Month | undefined;
  /** In order of `version`. */
  readonly settings: readonly SettingsVersion[];
  /** In order of `version`. */
  readonly contract: readonly ContractVersion[];
  /** The company's own prices, in order of `version` within each feature. */
  readonly own_rates: readonly RateVersion[];
  readonly rate_card: RateHistory;
  /**
   * The stored ends of consecutive local dates, in order: of the date before the month, and of the dates of the month as
   * far as they are stored.
   */
  readonly day_ends: readonly DayEnd[];
  /** The month; undefined if nothing was charged or granted in it. */
  readonly period: Period | undefined;
  readonly at_close: ClosedFigures | undefined;
  /** The totals of the month by date, feature and direction. */
  readonly totals: readonly DatedTotal[];
  /** The replies that Meta bills, by date: with a price on every date each of them costs it. */
  readonly replies: readonly ReplyCount[];
  /** When the month became final; undefined while it is not. */
  readonly final_from_ms: number | undefined;
  /** Older facts are deleted; undefined if none was. */
  readonly facts_kept_from_ms: number | undefined;
}

/** The replies of a local date that Meta bills, as its costs are counted. */
export interface ReplyCount {
  readonly local_date: LocalDate;
  readonly messages: number;
}

/** A contact with facts in a month: all facts of the contact that can decide a charge, of any month. */
export interface MonthContact {
  readonly id: ContactId;
  /** Every key of the contact. */
  readonly keys: readonly ContactKey[];
  readonly facts: readonly MonthFact[];
  /** The windows of the month under any of these keys. Read only where {@link needsWindows} says so; else empty. */
  readonly windows: readonly MonthWindow[];
}

/** A fact as far as it decides a charge. */
export type MonthFact =
  & Pick<StoredFact, "contact" | "kind" | "at_ms" | "message" | "template" | "category" | "callback">
  & { readonly recorded_at_ms: number };

/** A stored window. */
export interface MonthWindow {
  /** The contact's id when the window was last written. */
  readonly contact: ContactId;
  readonly local_date: LocalDate;
  readonly direction: "inbound" | "outbound";
  readonly opened_at_ms: number;
  readonly credits: Credits;
}

/** The kinds of facts that decide a charge. */
export const CHARGING_KINDS = [
  "wrote",
  "sent",
  "delivered",
  "read",
  "played",
  "failed",
  "send_recorded",
  "send_failed",
  "message_moved",
] as const;

/**
 * Whether the windows of a contact are read too: contacts that turned out to be one after the month was final stay apart
 * in it, and only the stored windows tell which they were.
 */
export function needsWindows(
  { final_from_ms }: Pick<MonthRows, "final_from_ms">,
  facts: readonly Pick<MonthFact, "contact">[],
): boolean {
  return final_from_ms !== undefined && facts.some(({ contact }) => contact !== facts[0]!.contact);
}
