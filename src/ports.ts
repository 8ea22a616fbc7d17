/**
 * The interfaces between modules, each declared once. A module depends on these and not on the class behind them, so
 * that actors and the HTTP layer run against Postgres, against the memory store and in the simulation alike.
 *
 * A promise rejects only when the part behind it failed; expected outcomes are values.
 */

import type { NewEndpointRequest } from "./alerts/alerts.ts";
import type { Endpoint, EndpointQuery } from "./alerts/store.ts";
import type { CreateKeyResult, ListedKey, LiveKey, NewKeyRequest } from "./access/keys.ts";
import type { KeyQuery } from "./access/store.ts";
import type { LiveSession, SessionLink } from "./access/viewer_sessions.ts";
import type { Activation, LoadedRows, LoadRequest } from "./domain/company/activation.ts";
import type { Balance } from "./domain/company/balance.ts";
import type { Change, CommitOutcome } from "./domain/company/change.ts";
import type {
  Answer,
  Command,
  CompanyNotFound,
  ListedCompany,
  Profile,
  QuarantineReason,
  Refused,
  Unavailable,
} from "./domain/company/command.ts";
import type { ContactIdentifiers } from "./domain/identity/phone.ts";
import type { LedgerEntry } from "./domain/ledger.ts";
import type { RateCardFeature, RateHistory, RateRequest } from "./domain/rates.ts";
import type {
  ClosedDay,
  DatedTotal,
  LabelledUsage,
  LabelledUsageQuery,
  LedgerQuery,
  WindowQuery,
  WindowRecord,
} from "./domain/reports.ts";
import type { StoredPeriod } from "./domain/statement.ts";
import type { CompanyId, ContactId, FeatureCode, LocalDate } from "./domain/types.ts";
import type { WhatsAppEvent } from "./whatsapp/events.ts";

/** The time of day: the test clock, or the machine's. */
export interface Clock {
  now_ms(): number;
}

/** Waiting. */
export interface Timers {
  /** Resolves after so long. Ends early, without an error, when the signal aborts. */
  sleep(duration_ms: number, signal?: AbortSignal): Promise<void>;
}

/** Writes changes. A change is durable when its promise says `committed`, and not before. Never rejects. */
export interface Journal {
  commit(change: Change): Promise<CommitOutcome>;
}

/** Reads what an actor needs. Rejects when the store cannot be reached. */
export interface CompanyStore {
  /**
   * Takes a company over: raises its epoch, which shuts every other owner out, and reads it.
   *
   * @returns undefined when there is no such company
   */
  activate(company: CompanyId): Promise<Activation | undefined>;
  /** Reads contacts with all their facts, usages and sends. */
  load(company: CompanyId, missing: LoadRequest): Promise<LoadedRows>;
  /** Companies whose day has ended by an instant, the longest due first. */
  dueCompanies(at_ms: number, limit: number): Promise<CompanyId[]>;
}

/** Takes every committed balance of a company, in order of version. Must not block. */
export interface BalancePublisher {
  /** Whether anybody watches: a balance nobody would see is not worked out. */
  isWatched(company: CompanyId): boolean;
  publish(balance: Balance): void;
}

/** The rate card as it is now. */
export interface RateCardSource {
  current(): RateHistory;
}

/** What an actor needs of the world. */
export interface ActorDependencies {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly store: CompanyStore;
  readonly journal: Journal;
  readonly feed: BalancePublisher;
  readonly rates: RateCardSource;
  /** Hears what went wrong, for the log. */
  report(company: CompanyId, error: unknown): void;
}

/** The bounds of one actor. */
export interface ActorLimits {
  /** What may wait for a decision of one company, by weight. */
  readonly queued_cost_max: number;
  /** Turns that may be on their way to the store. */
  readonly uncommitted_turns_max: number;
  /** People, their messages, usages and sends that one company may hold in memory. */
  readonly items_in_memory_max: number;
}

/** Companies that can be asked, wherever they are awake. Never rejects. */
export interface Companies {
  execute(company: CompanyId, command: Command): Promise<Answer>;
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
export interface CompanyProvisioner {
  /** Makes a company what is asked for: claims its numbers, creates it when it is new, and configures it. */
  configure(company: CompanyId, profile: Profile, by: string): Promise<Registration>;
}

/** Where a webhook's events go. */
export interface EventInbox {
  /** @returns `durable` once every event is committed, as a fact or in quarantine. Never rejects. */
  receive(events: readonly WhatsAppEvent[], received_at_ms: number): Promise<"durable" | Unavailable>;
}

/** An event that could not be metered, as it was kept. */
export interface QuarantineEntry {
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
export interface QuarantineReview {
  list(query: QuarantineQuery): Promise<readonly QuarantineEntry[]>;
  /** Tries one again. Undefined when there is no such event, `unavailable` when its company cannot be asked. */
  replay(id: string): Promise<
    | { readonly type: "metered" }
    | { readonly type: "kept"; readonly reason: QuarantineReason }
    | "unavailable"
    | undefined
  >;
}

/** What an erasure took away. */
export interface ErasureResult {
  readonly type: "erased";
  /** Phones and BSUIDs that were readable until now. */
  readonly identifiers: number;
  /** Events in quarantine that spoke of the person. */
  readonly events: number;
}

/** Where people are erased. Never rejects. */
export interface Erasures {
  erase(
    company: CompanyId,
    contact: ContactIdentifiers,
  ): Promise<ErasureResult | CompanyNotFound | Unavailable>;
}

/** What has been written down, as of the last commit. */
export interface Reports {
  ledger(query: LedgerQuery): Promise<readonly LedgerEntry[]>;
  ledgerEntry(company: CompanyId, seq: number): Promise<LedgerEntry | undefined>;
  windows(query: WindowQuery): Promise<readonly WindowRecord[]>;
  /** Today's truth by day, late facts included; both dates inclusive. */
  dayTotals(company: CompanyId, from: LocalDate, to: LocalDate): Promise<readonly DatedTotal[]>;
  closedDays(company: CompanyId, from: LocalDate, to: LocalDate): Promise<readonly ClosedDay[]>;
  /**
   * What was used, by what it was attributed to, in the order of the groups. Its sums are those of the totals:
   * what left no entry, because it cost nothing, stands under no label.
   */
  labelledUsage(query: LabelledUsageQuery): Promise<readonly LabelledUsage[]>;
  /** Every month that something is kept of. */
  periods(company: CompanyId): Promise<readonly StoredPeriod[]>;
  /** How people read contacts: their phone or BSUID. Who is not kept readable is not in it. */
  identifiersOf(company: CompanyId, contacts: readonly ContactId[]): Promise<ReadonlyMap<ContactId, string>>;
}

/** The general rate card. */
export interface RateCardAdmin {
  /** In order of the feature's code. */
  list(): Promise<readonly RateCardFeature[]>;
  find(feature: FeatureCode): Promise<RateCardFeature | undefined>;
  setRate(rate: RateRequest, by: string): Promise<RateCardFeature | Refused>;
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
export interface MovableClock {
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
export interface WebhookEndpoints {
  create(asked: NewEndpointRequest): Promise<Endpoint | "there_already" | "too_many">;
  /** Newest first. */
  list(query: EndpointQuery): Promise<readonly Endpoint[]>;
  /** @returns false when there is none such */
  remove(id: string): Promise<boolean>;
}

/** Keys, by which programs are let in. */
export interface ApiKeys {
  /** The live key that a text is. Rejects only when that cannot be found out. */
  find(text: string): Promise<LiveKey | undefined>;
  create(key: NewKeyRequest): Promise<CreateKeyResult>;
  /** @returns false when there is no such key, or it was revoked before */
  revoke(id: string, company: CompanyId | undefined): Promise<boolean>;
  /** Newest first. */
  list(query: Omit<KeyQuery, "now_ms">): Promise<readonly ListedKey[]>;
}

/** Sessions, by which people in browsers are let in. */
export interface Sessions {
  /** The live session of a cookie's ticket. Rejects only when that cannot be found out. */
  find(ticket: string): Promise<LiveSession | undefined>;
  /** Makes a link that opens a session once. Undefined when the company has as many as it may have. */
  createLink(company: CompanyId, key: string | undefined, ttl_ms: number): Promise<SessionLink | undefined>;
  /** Opens a link's session. Undefined when the link opens nothing, or nothing any more. */
  openLink(link: string): Promise<string | undefined>;
  /** Logs a session out, wherever something goes on under it. */
  end(ticket: string): Promise<void>;
}
