/**
 * What the edge needs of the rest of the house. `main.ts` composes; nothing here knows an actor, a table or
 * a feed. A promise rejects only when what is behind it has failed; what can be expected is a value.
 */

import type { AskedEndpoint } from "../alerts/alerts.ts";
import type { Endpoint, EndpointQuery } from "../alerts/store.ts";
import type { AskedKey, ListedKey, LiveKey, MadeKey } from "../access/keys.ts";
import type { KeyQuery } from "../access/store.ts";
import type { LiveSession, SessionLink } from "../access/viewer_sessions.ts";
import type { Balance } from "../domain/company/balance.ts";
import type {
  Answer,
  Command,
  ListedCompany,
  NoCompany,
  Profile,
  QuarantineReason,
  Refused,
  Unavailable,
} from "../domain/company/command.ts";
import type { DayTotal } from "../domain/company/state.ts";
import type { ContactClues } from "../domain/identity/phone.ts";
import type { LedgerEntry } from "../domain/ledger.ts";
import type { CompanyId, ContactId, Credits, Direction, FeatureCode, LocalDate } from "../domain/types.ts";
import type { EntryType } from "../domain/period.ts";
import type { AskedRate, GeneralFeature } from "../domain/rates.ts";
import type { KeptPeriod } from "../domain/statement.ts";
import type { WhatsAppEvent } from "../whatsapp/events.ts";

/** The time of day: the test clock, or the machine's. */
export interface Clock {
  now_ms(): number;
}

/** Companies that can be asked, wherever they are awake. Never rejects. */
export interface Companies {
  ask(company: CompanyId, command: Command): Promise<Answer>;
}

/** What came of configuring a company. */
export type Registration =
  | { readonly type: "registered"; readonly created: boolean; readonly answer: Answer }
  /** Numbers that another company has: nothing changed. */
  | { readonly type: "phone_number_taken"; readonly phone_number_ids: readonly string[] };

/** Which companies there are. */
export interface CompanyList {
  /** In order of their id, those past `after` alone. */
  list(limit: number, after: CompanyId | undefined): Promise<readonly ListedCompany[]>;
}

/** Where companies are made and configured. */
export interface Registry {
  /** Makes a company what is asked for: claims its numbers, creates it when it is new, and configures it. */
  put(company: CompanyId, profile: Profile, by: string): Promise<Registration>;
}

/** Where a webhook's events go. */
export interface Inbox {
  /** @returns `durable` once every event is committed, as a fact or in quarantine. Never rejects. */
  receive(events: readonly WhatsAppEvent[], received_at_ms: number): Promise<"durable" | Unavailable>;
}

/** An event that could not be metered, as it was kept. */
export interface KeptEvent {
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly received_at_ms: number;
  readonly phone_number_id: string | undefined;
  /** Undefined for a number that no company had. */
  readonly company: CompanyId | undefined;
  /** As it was read, without any message body; its contact is readable in it. */
  readonly event: unknown;
  /** When it was metered after all. */
  readonly replayed_at_ms: number | undefined;
}

/** Which of them; newest first. */
export interface QuarantineQuery {
  readonly company?: CompanyId | undefined;
  readonly reason?: QuarantineReason | undefined;
  readonly phone_number_id?: string | undefined;
  readonly before?: { readonly received_at_ms: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** What could not be metered. */
export interface Quarantine {
  list(query: QuarantineQuery): Promise<readonly KeptEvent[]>;
  /** Tries one again. Undefined when there is no such event, `unavailable` when its company cannot be asked. */
  replay(id: string): Promise<
    | { readonly type: "metered" }
    | { readonly type: "kept"; readonly reason: QuarantineReason }
    | "unavailable"
    | undefined
  >;
}

/** What an erasure took away. */
export interface Erased {
  readonly type: "erased";
  /** Phones and BSUIDs that were readable until now. */
  readonly names: number;
  /** Events in quarantine that spoke of the person. */
  readonly events: number;
}

/** Where people are erased. Never rejects. */
export interface Erasures {
  erase(company: CompanyId, contact: ContactClues): Promise<Erased | NoCompany | Unavailable>;
}

/** Which entries of a ledger; newest first. */
export interface LedgerQuery {
  readonly company: CompanyId;
  /** Local dates, both inclusive. */
  readonly from?: LocalDate;
  readonly to?: LocalDate;
  readonly feature?: FeatureCode;
  readonly type?: EntryType;
  readonly direction?: Direction;
  /** Whether they came after their date was closed. */
  readonly late?: boolean;
  /** Only entries with a lower `seq`. */
  readonly before_seq?: number;
  readonly limit: number;
}

/** A window as it stands in the store. */
export interface WindowRow {
  readonly contact: ContactId;
  readonly direction: Direction;
  readonly feature: FeatureCode;
  readonly local_date: LocalDate;
  readonly opened_at_ms: number;
  readonly credits: Credits;
}

/** A place in the list of windows, which is in order of these three. */
export interface WindowPlace {
  readonly opened_at_ms: number;
  readonly contact: ContactId;
  readonly direction: Direction;
}

/** Which windows; newest first. */
export interface WindowQuery {
  readonly company: CompanyId;
  readonly opened_from_ms?: number;
  readonly opened_before_ms?: number;
  readonly before?: WindowPlace;
  readonly limit: number;
}

/** What one feature and direction cost on one local date. */
export interface DayTotalRow extends DayTotal {
  readonly local_date: LocalDate;
}

/** What the closing of a day froze. */
export interface ClosedDay {
  readonly local_date: LocalDate;
  readonly totals: readonly DayTotal[];
}

/** What is asked of usage by what it was attributed to. */
export interface LabelledUsageQuery {
  readonly company: CompanyId;
  /** Local dates, both inclusive. */
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** Today's truth, or what the closing of each date froze. */
  readonly as_of: "now" | "close";
  readonly groups: ReadonlySet<"day" | "feature" | "direction">;
  readonly by_phone_number_id: boolean;
  /** Labels, by name. */
  readonly attributes: readonly string[];
  readonly limit: number;
}

/** Usage of one group: it has the fields that were asked for. */
export interface LabelledUsage {
  readonly day?: LocalDate;
  readonly feature?: FeatureCode;
  readonly direction?: Direction;
  readonly phone_number_id?: string | null;
  readonly attributes?: Record<string, string | null>;
  readonly units: number;
  readonly credits: number;
}

/** What has been written down, as of the last commit. */
export interface Reports {
  ledger(query: LedgerQuery): Promise<readonly LedgerEntry[]>;
  ledgerEntry(company: CompanyId, seq: number): Promise<LedgerEntry | undefined>;
  windows(query: WindowQuery): Promise<readonly WindowRow[]>;
  /** Today's truth by day, late facts included; both dates inclusive. */
  dayTotals(company: CompanyId, from: LocalDate, to: LocalDate): Promise<readonly DayTotalRow[]>;
  closedDays(company: CompanyId, from: LocalDate, to: LocalDate): Promise<readonly ClosedDay[]>;
  /**
   * What was used, by what it was attributed to, in the order of the groups. Its sums are those of the totals:
   * what left no entry, because it cost nothing, stands under no label.
   */
  labelledUsage(query: LabelledUsageQuery): Promise<readonly LabelledUsage[]>;
  /** Every month that something is kept of. */
  periods(company: CompanyId): Promise<readonly KeptPeriod[]>;
  /** How people read contacts: their phone or BSUID. Who is not kept readable is not in it. */
  clues(company: CompanyId, contacts: readonly ContactId[]): Promise<ReadonlyMap<ContactId, string>>;
}

/** The general rate card. */
export interface RateBoard {
  /** In order of the feature's code. */
  list(): Promise<readonly GeneralFeature[]>;
  find(feature: FeatureCode): Promise<GeneralFeature | undefined>;
  put(rate: AskedRate, by: string): Promise<GeneralFeature | Refused>;
}

/** One who watches a company's balance. Disposing of it ends it, and whoever waits for it hears `closed`. */
export interface BalanceSubscription extends Disposable {
  /** The newest balance not yet heard, when there is one; `heartbeat` when there was none for a while. */
  next(): Promise<Balance | "heartbeat" | "closed">;
}

/** Balances as they are committed. */
export interface LiveBalances {
  /** @returns undefined when the bound on viewers is reached, or the feed is closed */
  subscribe(company: CompanyId): BalanceSubscription | undefined;
}

/** The clock that integrators move. */
export interface TestClock {
  now_ms(): number;
  /** Moves the clock to where that is from now, and answers when the sweep that this causes is done. */
  advance(target: (now_ms: number) => number): Promise<"advanced" | "clock_backwards" | Unavailable>;
}

/** Whether requests can be served. */
export interface Health {
  ready(): Promise<Readiness>;
}

export interface Readiness {
  readonly ready: boolean;
  /** What was checked, and in a few words what came of it. */
  readonly checks: Readonly<Record<string, string | undefined>>;
}

/** Where platforms are told of their companies' months. */
export interface Alerts {
  make(asked: AskedEndpoint): Promise<Endpoint | "there_already" | "too_many">;
  /** Newest first. */
  list(query: EndpointQuery): Promise<readonly Endpoint[]>;
  /** @returns false when there is none such */
  remove(id: string): Promise<boolean>;
}

/** Keys, by which programs are let in. */
export interface Keys {
  /** The live key that a text is. Rejects only when that cannot be found out. */
  find(text: string): Promise<LiveKey | undefined>;
  make(key: AskedKey): Promise<MadeKey>;
  /** @returns false when there is no such key, or it was revoked before */
  revoke(id: string, company: CompanyId | undefined): Promise<boolean>;
  /** Newest first. */
  list(query: Omit<KeyQuery, "now_ms">): Promise<readonly ListedKey[]>;
}

/** Sessions, by which people in browsers are let in. */
export interface ViewerSessions {
  /** The live session of a cookie's ticket. Rejects only when that cannot be found out. */
  find(ticket: string): Promise<LiveSession | undefined>;
  /** Makes a link that opens a session once. Undefined when the company has as many as it may have. */
  invite(company: CompanyId, key: string | undefined, ttl_ms: number): Promise<SessionLink | undefined>;
  /** Opens a link's session. Undefined when the link opens nothing, or nothing any more. */
  open(link: string): Promise<string | undefined>;
  /** Logs a session out, wherever something goes on under it. */
  end(ticket: string): Promise<void>;
}
