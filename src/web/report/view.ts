/**
 * What the page is made from: the bodies the API answers with, so that whoever compares the two sees the same
 * numbers. Instants are RFC 3339, dates are the company's local ones, money is decimal strings.
 */

import type { Language } from "../../domain/receipt.ts";

export type Direction = "inbound" | "outbound" | "none";
export type EntryType = "grant" | "consumption" | "reversal" | "expiry" | "adjustment";

/** All that one page shows. */
export interface PageView {
  readonly language: Language;
  readonly company: Company;
  readonly balance: Balance;
  readonly contract: Contract | null;
  /** The month on show: that of the balance, or one that is over. */
  readonly statement: Statement;
  /** Of every month, newest first. */
  readonly statements: readonly Statement[];
  /** What the month on show consumed. */
  readonly usage: readonly Usage[];
  /** What the month on show was granted, by the date it was. */
  readonly grants: readonly { readonly local_date: string; readonly credits: number }[];
  /** Null for a month that is over. */
  readonly forecast: Forecast | null;
  /** Null for a month that is over. */
  readonly open_windows: OpenWindows | null;
  readonly history: History;
  /** The entry whose receipt is open. */
  readonly receipt: Receipt | null;
  /** What features are called, by code. */
  readonly features: ReadonlyMap<string, string>;
  /** Whether somebody looks on who can log out, and not a program with a key. */
  readonly is_viewer: boolean;
  /** The parameters the page was asked for with: every link keeps those it does not change. */
  readonly parameters: PageParameters;
}

export interface Company {
  readonly id: string;
  readonly name: string;
  readonly locale: string;
  readonly today: string;
  readonly phone_numbers: number;
  /** The zone in force on a local date. */
  zoneOn(date: string): string;
}

/** The page's parameters as they stand in its address. */
export interface PageParameters {
  readonly company?: string | undefined;
  readonly lang?: string | undefined;
  readonly month?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly feature?: string | undefined;
  readonly type?: string | undefined;
  readonly direction?: string | undefined;
  readonly late?: string | undefined;
  readonly cursor?: string | undefined;
  /** The entry whose receipt is open. */
  readonly entry?: string | undefined;
  /** `all`: every open window that a page holds, not the newest few. */
  readonly windows?: string | undefined;
}

export interface Balance {
  readonly version: number;
  readonly as_of: string;
  readonly time_zone: string;
  readonly period: string;
  readonly granted: number;
  readonly consumed: number;
  readonly available: number;
  readonly excess: number;
  readonly renews_on: string | null;
  readonly commitment_ends_on: string | null;
  readonly closed_through: string;
  readonly open_windows: { readonly inbound: number; readonly outbound: number; readonly closes_at: string };
}

export interface Terms {
  readonly package: { readonly credits: number; readonly price: string | null } | null;
  readonly excess_credit_price: string | null;
  readonly currency: string;
}

export interface Contract extends Terms {
  readonly scheduled: (Terms & { readonly effective_from: string }) | null;
  readonly cancels_on: string | null;
}

export interface Figures {
  readonly granted: number;
  readonly consumed: number;
  readonly prepaid_used: number;
  readonly expired: number;
  readonly excess: number;
  readonly excess_amount: string | null;
  readonly total: string | null;
}

export interface Statement extends Figures {
  readonly period: string;
  readonly status: "open" | "closed" | "final";
  readonly package_price: string | null;
  readonly excess_credit_price: string | null;
  readonly currency: string | null;
  readonly late_entries: Figures | null;
}

export interface Usage {
  readonly day: string;
  readonly feature: string;
  readonly direction: Direction;
  readonly units: number;
  readonly credits: number;
}

export type Forecast = KnownForecast | {
  readonly insufficient_data: true;
  readonly closed_days_missing: number;
};

export interface KnownForecast {
  readonly runs_out_on: string | null;
  readonly runs_out_between: readonly [string | null, string | null];
  readonly expected_excess: number;
  readonly expected_excess_amount: string | null;
  readonly expected_left: number;
  readonly left_between: readonly [number, number];
  readonly closed_days: number;
}

/** Those opened last; there are more where a cursor is given. */
export interface OpenWindows {
  readonly data: readonly OpenWindow[];
  readonly next_cursor: string | null;
}

export interface OpenWindow {
  readonly contact: string | null;
  readonly direction: "inbound" | "outbound";
  readonly local_date: string;
  readonly opened_at: string;
  readonly closes_at: string;
  readonly credits: number;
}

export interface History {
  readonly data: readonly Entry[];
  readonly next_cursor: string | null;
}

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
  readonly occurred_at: string;
  readonly recorded_at: string;
  readonly window: {
    readonly contact: string | null;
    readonly opened_at: string;
    readonly closes_at: string;
  } | null;
}

export interface Receipt extends Entry {
  readonly sentence: string;
  readonly prepaid: number;
  readonly excess: number;
  readonly fact: {
    readonly kind: string;
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
}
