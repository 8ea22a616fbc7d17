/**
 * The data of the report page: the bodies of the API's responses, so that page and API show the same numbers. Instants
 * are RFC 3339, dates are local to the company, money is a decimal string.
 *
 * The API's schemas belong to `src/http`, which this module may not import, so their shapes are repeated here. The
 * compiler compares the two where `src/http/pages/report_view.ts` builds a {@link PageView} from response bodies.
 */

import type { AlertContent } from "../../domain/alerts.ts";
import type { EntryType } from "../../domain/period.ts";
import type { Language } from "../../domain/receipt.ts";
import type { StatementStatus } from "../../domain/statement.ts";
import type { Direction } from "../../domain/types.ts";
import type { PageAlertType } from "../alert_types.ts";
import type { UnusualCause } from "./unusual_day.tsx";

/** All data of one page. */
export interface PageView {
  readonly language: Language;
  readonly company: PageCompany;
  readonly balance: BalanceView;
  readonly contract: ContractView | null;
  /** The package that begins or grows later in the current month, with the credits granted by then; null if none does. */
  readonly scheduled_grant: { readonly on: string; readonly granted: number } | null;
  /** The displayed month: the current one or a past one. */
  readonly statement: StatementView;
  /** The statements of all months, newest first. */
  readonly statements: readonly StatementView[];
  /** Usage in the displayed month. */
  readonly usage: readonly UsageRow[];
  /** Usage in the displayed month by feature, largest first. */
  readonly by_feature: {
    readonly rows: readonly FeatureUsage[];
    /** The dates of the month before that usage is compared with; null if there are none. */
    readonly compared: { readonly from: string; readonly to: string } | null;
  };
  /** Usage by a label, largest first; null while features are shown. Without rows while other reports are running. */
  readonly by_label: { readonly by: UsageTab; readonly rows: readonly LabelRow[] | null } | null;
  /** The names of the company's numbers, by Meta's id, if the page shows a number. */
  readonly number_names: ReadonlyMap<string, string>;
  /** Grants of the displayed month, newest first, with the balance after each. */
  readonly grants: readonly (DatedBalance & { readonly credits: number })[];
  /** The balance at the end of each date of the displayed month that has begun. */
  readonly day_balances: readonly DatedBalance[];
  /** Null for a past month. */
  readonly forecast: ForecastView | null;
  /** The label or number that explains most of an unusual day; null if none does, or none is known yet. */
  readonly unusual_cause: UnusualCause | null;
  /** The newest alerts of the current month, newest first. */
  readonly alerts: readonly AlertView[];
  /** Null for a past month. */
  readonly open_windows: OpenWindows | null;
  readonly history: HistoryPage;
  /** The entry whose receipt is open. */
  readonly receipt: Receipt | null;
  /** Feature names by code. */
  readonly features: ReadonlyMap<string, string>;
  /** Whether a viewer with a session, not an API key, requested the page. A viewer can log out. */
  readonly is_viewer: boolean;
  /** Whether the reader sees contacts in full, and may search by them. */
  readonly sees_contacts: boolean;
  /** The search in the history; null without one. Its text is a query parameter. */
  readonly search: SearchView | null;
  /** The query parameters of the request. Links keep those they do not change. */
  readonly parameters: PageParameters;
}

/** An alert of the company. */
export type AlertView = ContentOf<PageAlertType> & { readonly id: string; readonly raised_at: string };

/** The content of alerts of these types, one by one. */
type ContentOf<Type extends PageAlertType, Content = AlertContent> = Content extends
  { readonly type: infer Types; readonly data: infer Data }
  ? Type extends Types ? { readonly type: Type; readonly data: Data } : never
  : never;

/** A search in the history. */
export interface SearchView {
  readonly by: "contact" | "message";
  /**
   * Why the text is no phone: its digits are none, only a company with a country could read it, or it has two readings.
   * Null if it is a phone, or the id of a message.
   */
  readonly error: "impossible" | "national" | "ambiguous" | null;
}

/** The company of a report page. */
export interface PageCompany {
  readonly id: string;
  readonly name: string;
  readonly locale: string;
  readonly today: string;
  readonly phone_numbers: number;
  /** Returns the company's time zone on a local date. */
  zoneOn(date: string): string;
  /** Returns the company's time zone at an instant. */
  zoneAt(instant: string): string;
}

/** The query parameters of the page's address. */
export interface PageParameters {
  readonly lang?: string | undefined;
  readonly month?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly feature?: string | undefined;
  readonly type?: string | undefined;
  readonly direction?: string | undefined;
  readonly late?: string | undefined;
  readonly after_close?: string | undefined;
  /** A phone, a BSUID or the id of a message. */
  readonly search?: string | undefined;
  readonly cursor?: string | undefined;
  /** The entry whose receipt is open. */
  readonly entry?: string | undefined;
  /** `all`: as many open windows as fit one list, instead of the newest few. */
  readonly windows?: string | undefined;
  /** The label by which usage is grouped; features by default. */
  readonly by?: string | undefined;
}

/** The body of a balance. */
export interface BalanceView {
  readonly version: number;
  readonly as_of: string;
  readonly time_zone: string;
  readonly period: string;
  readonly granted: number;
  readonly consumed: number;
  readonly available: number;
  readonly excess: number;
  readonly consumed_today: number;
  readonly excess_amount: string | null;
  readonly total: string | null;
  readonly currency: string | null;
  readonly renews_on: string | null;
  readonly commitment_ends_on: string | null;
  readonly closed_through: string;
  readonly open_windows: { readonly inbound: number; readonly outbound: number; readonly closes_at: string };
}

/** The terms of a contract. */
export interface TermsView {
  readonly package: { readonly credits: number; readonly price: string | null } | null;
  readonly excess_credit_price: string | null;
  readonly currency: string;
}

/** A contract with its next scheduled terms. */
export interface ContractView extends TermsView {
  readonly scheduled: (TermsView & { readonly effective_from: string }) | null;
  readonly cancels_on: string | null;
}

/** The figures of a month, or of its late entries. */
export interface Figures {
  readonly granted: number;
  readonly consumed: number;
  readonly prepaid_used: number;
  readonly expired: number;
  readonly excess: number;
  readonly excess_amount: string | null;
  readonly total: string | null;
}

/** The body of a month's statement. */
export interface StatementView extends Figures {
  readonly period: string;
  readonly status: StatementStatus;
  readonly package_price: string | null;
  readonly excess_credit_price: string | null;
  readonly currency: string | null;
  readonly late_entries: Figures | null;
}

/** The usage of one feature and direction on one day. */
export interface UsageRow {
  readonly day: string;
  readonly feature: string;
  readonly direction: Direction;
  readonly units: number;
  readonly credits: number;
}

/** The balance at the end of a date, or after an entry of that date. */
export interface DatedBalance {
  readonly local_date: string;
  readonly available_after: number;
  readonly excess_after: number;
}

/** A forecast, or how many closed days are missing for one. */
export type ForecastView = KnownForecast | {
  readonly insufficient_data: true;
  readonly closed_days_missing: number;
};

/** The forecast of the current month. */
export interface KnownForecast {
  readonly runs_out_on: string | null;
  readonly runs_out_between: readonly [string | null, string | null];
  readonly expected_excess: number;
  readonly expected_excess_amount: string | null;
  readonly expected_total: string | null;
  readonly today: {
    readonly consumed: number;
    readonly usual: number;
    readonly times: number | null;
    readonly is_unusual: boolean;
    readonly reason: {
      readonly feature: string;
      readonly direction: Direction;
      readonly consumed: number;
      readonly usual: number;
    } | null;
  };
  readonly last_month:
    | { readonly period: string; readonly through: string; readonly consumed: number }
    | null;
  readonly expected_left: number;
  readonly left_between: readonly [number, number];
  readonly closed_days: number;
}

/** The open windows, newest first. A cursor means that there are more. */
export interface OpenWindows {
  readonly data: readonly OpenWindow[];
  readonly next_cursor: string | null;
}

/** One open window. */
export interface OpenWindow {
  readonly contact: string | null;
  readonly direction: Exclude<Direction, "none">;
  readonly local_date: string;
  readonly opened_at: string;
  readonly closes_at: string;
  readonly credits: number;
}

/** The usage of a feature in the displayed month. */
export interface FeatureUsage {
  readonly feature: string;
  readonly direction: Direction;
  readonly units: number;
  readonly credits: number;
  /** The feature's part of the month's total; null while the total is unknown, or without any credits. */
  readonly amount: string | null;
  /** The credits on the compared dates of this month and of the month before. */
  readonly compared: { readonly credits: number; readonly before: number } | null;
}

/** The usage of a label's value in the displayed month. */
export interface LabelRow {
  /** Null for usage without the label. */
  readonly label: string | null;
  readonly credits: number;
  readonly amount: string | null;
}

/** The labels by which the page groups usage. */
export type UsageTab = "department" | "campaign" | "number";

/** One page of the history: entries by date, newest date first. */
export interface HistoryPage {
  readonly data: readonly Entry[];
  /** The dates of the entries. Each counts and sums all its entries, also those on other pages. */
  readonly days: readonly {
    readonly local_date: string;
    readonly entries: number;
    readonly credits: number;
  }[];
  readonly next_cursor: string | null;
}

/** A ledger entry. */
export interface Entry {
  readonly seq: number;
  readonly type: EntryType;
  readonly period: string;
  readonly local_date: string;
  readonly feature: string | null;
  readonly direction: Direction;
  readonly credits: number;
  readonly available_after: number;
  readonly excess_after: number;
  readonly late: boolean;
  readonly after_close: boolean;
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly window: {
    readonly contact: string | null;
    readonly opened_at: string;
    readonly closes_at: string;
  } | null;
}

/** A ledger entry with the reason for its charge. */
export interface Receipt extends Entry {
  readonly sentence: string;
  readonly prepaid: number;
  readonly excess: number;
  readonly fact: {
    readonly kind: string;
    readonly usage_id?: string | undefined;
    readonly quantity?: number | undefined;
    readonly attribution: Readonly<Record<string, string>> | null;
  } | null;
  readonly rate: {
    readonly feature: string;
    readonly version: number;
    readonly own: boolean;
    readonly credits: number;
  } | null;
  readonly contract: { readonly version: number; readonly effective_from: string } | null;
  /** The price of the excess, signed; null without excess or without a price. */
  readonly excess_amount: string | null;
  readonly excess_credit_price: string | null;
  readonly currency: string | null;
  /** The message that opened the window, as the keyed hash of its id. */
  readonly message: { readonly key: string | null } | null;
  /** The id of that message, if the reader has searched by it: it is not stored. */
  readonly message_id: string | null;
}
