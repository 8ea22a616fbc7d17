/** The queries and rows of reports: the stored ledger, windows and totals. */

import type { DayTotal, SettingsVersion } from "./company/state.ts";
import type { PackageStatus } from "./contract.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { EntryType } from "./period.ts";
import type {
  CompanyId,
  ContactId,
  Credits,
  Direction,
  FeatureCode,
  LocalDate,
  MessageKey,
} from "./types.ts";

/** The entries of a company's ledger that match; an absent field does not filter. */
export interface LedgerFilter {
  readonly company: CompanyId;
  /** By the entry's local date, inclusive. */
  readonly from?: LocalDate;
  readonly to?: LocalDate;
  readonly feature?: FeatureCode;
  readonly type?: EntryType;
  readonly direction?: Direction;
  /** Whether the entry was posted after its date was closed. */
  readonly late?: boolean;
  /** Whether the entry was posted after its month was closed. */
  readonly after_close?: boolean;
}

/** An entry as it is stored. */
export interface StoredEntry extends LedgerEntry {
  /** Whether it was posted after its month was closed: the change of the month's statement since then has it. */
  readonly after_close: boolean;
}

/** Filters of ledger entries by date. A filter by person or message matches no entry of an erased person. */
export interface DatedLedgerFilter extends LedgerFilter {
  /** Entries of one person, under every contact that they are or were. */
  readonly contact?: ContactId;
  /** Entries of the windows that this message opened. */
  readonly message?: MessageKey;
}

/** A page of ledger entries, newest first. */
export interface LedgerQuery extends LedgerFilter {
  /** Only entries with a lower `seq`. */
  readonly before_seq?: number;
  readonly limit: number;
}

/** A position among ledger entries by date, which are ordered by these three fields. */
export interface DatedEntryCursor {
  readonly local_date: LocalDate;
  readonly late: boolean;
  readonly seq: number;
}

/** A page of ledger entries by date: the newest date first, and within a date the late ones first. */
export interface DatedLedgerQuery extends DatedLedgerFilter {
  /** Only entries after this one in the list. */
  readonly before?: DatedEntryCursor;
  readonly limit: number;
}

/** The entries of one local date that match a filter. */
export interface LedgerDay {
  readonly local_date: LocalDate;
  readonly entries: number;
  /** The sum of their credits, signed. */
  readonly credits: number;
}

/** A position in the list of windows, which is ordered by these three fields. */
export interface WindowCursor {
  readonly opened_at_ms: number;
  readonly contact: ContactId;
  readonly direction: Direction;
}

/** A stored window. */
export interface WindowRecord extends WindowCursor {
  readonly local_date: LocalDate;
  readonly feature: FeatureCode;
  readonly credits: Credits;
  /** The message that opened it, if one did. */
  readonly message: MessageKey | undefined;
}

/** A page of a company's windows, newest first. */
export interface WindowQuery {
  readonly company: CompanyId;
  readonly opened_from_ms?: number;
  readonly opened_before_ms?: number;
  readonly before?: WindowCursor;
  readonly limit: number;
}

/** Units and credits of one feature and direction on one local date. */
export interface DatedTotal extends DayTotal {
  readonly local_date: LocalDate;
}

/** The totals of a local date as they were when the date was closed. */
export interface ClosedDay {
  readonly local_date: LocalDate;
  readonly totals: readonly DayTotal[];
}

/** A local date with its end. */
export interface DayEnd {
  readonly local_date: LocalDate;
  readonly end_ms: number;
}

/**
 * The balance of a month at the end of a local date, as the ledger had it then: after the last entry that is on time for
 * the date or an earlier one, or late and posted before the end of the date. The expiry at the end of the month is left
 * out.
 */
export interface DayBalance {
  readonly local_date: LocalDate;
  readonly available_after: Credits;
  readonly excess_after: Credits;
}

/** Usage grouped by its attribution. */
export interface LabelledUsageQuery {
  readonly company: CompanyId;
  /** Local dates, both inclusive. */
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** `now` includes late entries; `close` is the state at the closing of each date. */
  readonly as_of: "now" | "close";
  readonly groups: ReadonlySet<"day" | "feature" | "direction">;
  readonly by_phone_number_id: boolean;
  /** Names of attribution labels to group by. */
  readonly attributes: readonly string[];
  readonly limit: number;
}

/** Usage of one group; it has the fields that the query groups by. */
export interface LabelledUsage {
  readonly day?: LocalDate;
  readonly feature?: FeatureCode;
  readonly direction?: Direction;
  readonly phone_number_id?: string | null;
  readonly attributes?: Record<string, string | null>;
  readonly units: number;
  readonly credits: number;
}

/** One company of the company list. */
export interface ListedCompany {
  readonly company: CompanyId;
  readonly name: string;
  readonly locale: string;
  readonly country: string | undefined;
  readonly closed_through: LocalDate;
  readonly phone_number_ids: readonly string[];
  /** In order of `version`. */
  readonly settings: readonly SettingsVersion[];
  /** The state of the package on the current local date. */
  readonly status: PackageStatus;
  /** The value that the list is sorted by. */
  readonly sort_value: string | number;
}
