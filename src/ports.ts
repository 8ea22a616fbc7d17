/**
 * The interfaces between modules, each declared once. A module depends on these and not on the classes behind them, so
 * actors and the HTTP layer run on Postgres, on the memory store and in the simulation alike.
 *
 * A promise rejects only on failure, such as an unreachable store; expected outcomes are values.
 */

import type { NewEndpointRequest } from "./alerts/alerts.ts";
import type {
  AlertQuery,
  DeliveryQuery,
  Endpoint,
  EndpointQuery,
  ListedDelivery,
  RaisedAlert,
  StoredThresholds,
} from "./alerts/store.ts";
import type { AlertThresholds } from "./domain/alerts.ts";
import type { CreateKeyResult, KeyCreator, ListedKey, LiveKey, NewKeyRequest } from "./access/keys.ts";
import type { KeyFilter, KeyQuery } from "./access/store.ts";
import type { LiveSession, SessionLink } from "./access/viewer_sessions.ts";
import type { Activation, LoadedRows, LoadRequest } from "./domain/company/activation.ts";
import type { Balance } from "./domain/company/balance.ts";
import type { Change, CommitOutcome } from "./domain/company/change.ts";
import type {
  Answer,
  Command,
  CompanyNotFound,
  NothingErasedReason,
  Profile,
  QuarantineReason,
  Refused,
  Unavailable,
} from "./domain/company/command.ts";
import type { Precondition } from "./domain/company/precondition.ts";
import type { CompanyQuery } from "./domain/company_list.ts";
import type { ContactIdentifiers } from "./domain/identity/phone.ts";
import type { ExchangeRates } from "./domain/meta_costs/exchange_rates.ts";
import type { CompanyMessages, CostMessagesQuery } from "./domain/meta_costs/cost_messages.ts";
import type { CompanyUse, UseQuery } from "./domain/meta_costs/margin.ts";
import type { FactPricing } from "./domain/meta_costs/fact_pricing.ts";
import type { NumberAccount } from "./domain/meta_costs/number_accounts.ts";
import type { MetaRateCard } from "./domain/meta_costs/rate_card.ts";
import type {
  ExchangeRateQuery,
  ExchangeRateRequest,
  InForce,
  MetaRatesRequest,
  MetaRatesVersion,
  StoredExchangeRate,
  StoredMetaRates,
} from "./domain/meta_costs/rate_versions.ts";
import type {
  CountedMessage,
  LineQuery,
  MessagePlace,
  NumberedLine,
  Reconciliation,
  ReconciliationQuery,
  ReconciliationRefused,
  ReconciliationRequest,
} from "./domain/meta_costs/reconciliations.ts";
import type { CostDay } from "./domain/meta_costs/types.ts";
import type { PhoneClaim, RefusedNumber } from "./domain/phone_claims.ts";
import type { RateCardFeature, RateHistory, RateRequest } from "./domain/rates.ts";
import type {
  ClosedDay,
  DatedLedgerFilter,
  DatedLedgerQuery,
  DatedTotal,
  DayBalance,
  DayEnd,
  LabelledUsage,
  LabelledUsageQuery,
  LedgerDay,
  LedgerQuery,
  ListedCompany,
  StoredEntry,
  WindowQuery,
  WindowRecord,
} from "./domain/reports.ts";
import type { StoredPeriod } from "./domain/statement.ts";
import type { CompanyId, ContactId, FeatureCode, LocalDate, MessageKey, Month } from "./domain/types.ts";
import type { MonthContact, MonthRows } from "./domain/what_if/month_rows.ts";
import type { ZoneData } from "./domain/zone_data.ts";
import type { WhatsAppEvent } from "./whatsapp/events.ts";

/** The current time: the test clock's or the machine's. */
export interface Clock {
  now_ms(): number;
}

/** A clock that knows when it may be wrong. */
export interface GuardedClock extends Clock {
  /** Whether the sources of time agree. While they do not, no day is closed: it could not be opened again. */
  readonly is_certain: boolean;
  /** Whether a second source confirms the time that is read. While none does, no report is dated by it. */
  readonly is_confirmed: boolean;
}

/** Delays. */
export interface Timers {
  /** Resolves after a duration, or at once when the signal aborts. Never rejects. */
  sleep(duration_ms: number, signal?: AbortSignal): Promise<void>;
}

/** The place of a request in its trace. Only `src/observability/tracing.ts` knows what it is. */
export type Trace = object;

/** Writes changes. A change is durable once its promise resolves to `committed`. Never rejects. */
export interface Journal {
  /** @param traces the traces of the commands that the change stores; absent where nothing is traced */
  commit(change: Change, traces?: readonly Trace[]): Promise<CommitOutcome>;
}

/** Reads the rows of companies. Rejects when the store cannot be reached. */
export interface CompanyStore {
  /**
   * Takes over a company: raises its epoch, which fences every other owner, and reads its snapshot.
   *
   * @param at_ms the time, so that a company whose closed days are ahead of it has the rows of both times
   * @returns undefined when there is no such company
   */
  activate(company: CompanyId, at_ms: number): Promise<Activation | undefined>;
  /** Reads contacts with all their facts, and usages and sends. */
  load(company: CompanyId, missing: LoadRequest): Promise<LoadedRows>;
  /** Lists companies whose day ended by a time, longest due first. */
  dueCompanies(at_ms: number, limit: number): Promise<CompanyId[]>;
}

/** Receives every committed balance of a company, in order of version. Must not block. */
export interface BalancePublisher {
  /** Returns whether a company has viewers: without any its balance is not computed. */
  isWatched(company: CompanyId): boolean;
  publish(balance: Balance): void;
}

/** The current rate card. */
export interface RateCardSource {
  current(): RateHistory;
}

/** What a company actor depends on. */
export interface ActorDependencies {
  readonly clock: GuardedClock;
  readonly timers: Timers;
  readonly store: CompanyStore;
  readonly journal: Journal;
  readonly feed: BalancePublisher;
  readonly rates: RateCardSource;
  /** Decides the local dates that have not begun. */
  readonly zone_data: ZoneData;
  /** The trace of the caller that runs now, undefined if it has none. Absent where nothing is traced. */
  readonly currentTrace?: (() => Trace | undefined) | undefined;
  /** Whether this process may activate a company now: a command, or its activation, may have waited. Absent: it always may. */
  readonly mayActivate?: (company: CompanyId) => boolean;
  /** Logs an error. */
  report(company: CompanyId, error: unknown): void;
}

/** The bounds of one actor. */
export interface ActorLimits {
  /** Cost of the commands that wait for a decision. */
  readonly queued_cost_max: number;
  /** Turns whose changes are not committed yet. */
  readonly uncommitted_turns_max: number;
  /** People, their messages, usages and sends in memory. */
  readonly items_in_memory_max: number;
}

/** Executes commands of companies, on whichever node they are active. Never rejects. */
export interface Companies {
  execute(company: CompanyId, command: Command): Promise<Answer>;
}

/** Executes commands also on companies whose rows are read for them. Never rejects. */
export interface OwnedCompanies extends Companies {
  /** Executes a command after the company's actor has ended, if it is active: its rows are read for the command. */
  executeAfterRead(company: CompanyId, command: Command): Promise<Answer>;
}

/** The id of one run of one node. A node whose lease has ended gets another id, so an id never comes back. */
export type NodeId = string;

/**
 * Whether a node can have shards.
 *
 * - `reachable`: other nodes reach it over the bus.
 * - `suspect`: it has just failed to reach itself over the bus. It still has its shards.
 * - `unreachable`: it fails for a while. It gives its shards to reachable nodes, if there are any.
 * - `draining`: it stops, and gives its shards to the others.
 */
export type NodeState = "reachable" | "suspect" | "unreachable" | "draining";

/** A node whose lease has not ended. */
export interface Node {
  readonly id: NodeId;
  /** A name for people, such as the host's. */
  readonly name: string;
  readonly state: NodeState;
}

/** The stored nodes, and the owner of each shard; undefined for a shard that nobody has. */
export interface LeaseView {
  readonly nodes: readonly Node[];
  readonly owners: readonly (NodeId | undefined)[];
}

/** One renewal. */
export interface Renewal {
  readonly node: NodeId;
  readonly state: NodeState;
  readonly lease_ms: number;
  /** Shards that nobody has, for this node. */
  readonly claim: readonly number[];
  /** Shards of this node that have drained. */
  readonly release: readonly number[];
  /** Owners of shards that are no nodes any more: their shards are freed. */
  readonly gone: readonly NodeId[];
}

/** The stored leases. Rejects when the store cannot be reached. */
export interface LeaseStore {
  /** Adds a node without shards. Its id is new. */
  register(node: NodeId, name: string, lease_ms: number): Promise<void>;
  /** Renews a lease, claims and releases shards, and removes nodes whose lease has ended. @returns undefined if it had ended */
  renew(renewal: Renewal): Promise<LeaseView | undefined>;
  /** Removes a node that has released its shards. */
  leave(node: NodeId): Promise<void>;
}

/** A node, and the shards of companies that it has. */
export interface NodeStatus extends Node {
  /** Whether it is the node that answers. */
  readonly is_this: boolean;
  readonly shards: readonly number[];
}

/** Where companies are active: on this process alone, or on several nodes. */
export interface Placement {
  readonly companies: OwnedCompanies;
  /** Whether this node does the work that belongs to no company. One node does. */
  readonly leads: boolean;
  /** The shards whose due work is this node's; undefined: all. */
  readonly shards: readonly number[] | undefined;
  /** Totals since the start: commands sent to other nodes, and those that no node answered in time. */
  readonly counters: { readonly sent: number; readonly unanswered: number };
  /** Whether this node serves a company. */
  owns(company: CompanyId): boolean;
  /** The id of the node that has a company, as far as this node knows; undefined: none, or this process alone. */
  ownerOf(company: CompanyId): string | undefined;
  nodes(): readonly NodeStatus[];
  /** Takes part. Rejects when the store cannot be reached. */
  start(): Promise<void>;
  /** Gives up what this node has. Never rejects. */
  stop(): Promise<void>;
}

/** Runs tasks one at a time for each key, on all nodes. */
export interface Exclusive {
  /**
   * Runs a task while no other task has one of its keys.
   *
   * @throws when the store cannot be reached or the keys are not free in time, and the task has not run; or the task's
   * own error
   */
  run<Result>(keys: ReadonlySet<string>, task: () => Promise<Result>): Promise<Result>;
}

/** Carries messages between nodes, without a promise: any may be lost. */
export interface Bus {
  /** Sends a message to all subscribers of a subject. */
  publish(subject: string, message: Uint8Array): void;
  /** Receives the messages of a subject, until disposed. */
  subscribe(
    subject: string,
    onMessage: (message: Uint8Array, reply: (message: Uint8Array) => void) => void,
  ): Disposable;
  /**
   * Sends a message, and receives its replies until disposed; undefined when nobody subscribes to the subject.
   *
   * @throws {Error} when the message is larger than the bus takes
   */
  request(
    subject: string,
    message: Uint8Array,
    onReply: (reply: Uint8Array | undefined) => void,
  ): Disposable;
}

/** The outcome of configuring a company. */
export type Registration =
  | { readonly type: "registered"; readonly created: boolean; readonly answer: Answer }
  /** Another company owns these numbers, or owned them until later; nothing changed. */
  | { readonly type: "phone_number_taken"; readonly numbers: readonly RefusedNumber[] };

/** Reads who owned phone numbers, and when. */
export interface PhoneNumberHistory {
  /** Lists all claims of the numbers, each number's in order. */
  claimsOf(phone_number_ids: readonly string[]): Promise<readonly PhoneClaim[]>;
}

/** The names that companies' numbers have for people. */
export interface PhoneNumberNames {
  /** Names a number, or removes its name. @returns false if no company owns the number */
  setName(phone_number_id: string, name: string | undefined): Promise<boolean>;
  /** The names of the numbers that a company owns, by id. Numbers without a name are absent. */
  namesOf(company: CompanyId): Promise<ReadonlyMap<string, string>>;
}

/** Lists companies. */
export interface CompanyList {
  /** Lists the companies of a query, in its order. */
  list(query: CompanyQuery): Promise<readonly ListedCompany[]>;
}

/** Creates and configures companies. */
export interface CompanyProvisioner {
  /** Claims the numbers of a company, creates it when it is new, and configures it, if the precondition holds. */
  configure(
    company: CompanyId,
    profile: Profile,
    by: string,
    condition?: Precondition,
  ): Promise<Registration>;
}

/** Receives the events of webhooks. */
export interface EventInbox {
  /** @returns `durable` once every event is committed, as a fact or in quarantine. Never rejects. */
  receive(events: readonly WhatsAppEvent[], received_at_ms: number): Promise<"durable" | Unavailable>;
}

/** A quarantined event. */
export interface QuarantineEntry {
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly received_at_ms: number;
  readonly phone_number_id: string | undefined;
  /** Undefined when no company owned the number. */
  readonly company: CompanyId | undefined;
  /** The event without message bodies. It contains readable identifiers. */
  readonly event: unknown;
  /** When a replay metered it. */
  readonly replayed_at_ms: number | undefined;
}

/** Selects quarantined events, newest first. */
export interface QuarantineQuery {
  readonly company?: CompanyId | undefined;
  readonly reason?: QuarantineReason | undefined;
  readonly phone_number_id?: string | undefined;
  readonly before?: { readonly received_at_ms: number; readonly id: string } | undefined;
  /** Only events that no replay has metered. By default all. */
  readonly unreplayed?: boolean | undefined;
  readonly limit: number;
}

/** The outcome of a replay: the event is metered, or still cannot be. */
export type ReplayOutcome =
  | { readonly type: "metered" }
  | { readonly type: "kept"; readonly reason: QuarantineReason };

/** The outcomes of many replays. */
export interface ReplayCounts {
  readonly metered: number;
  /** Events that still cannot be metered, by reason. */
  readonly kept: ReadonlyMap<QuarantineReason, number>;
  /** Events whose company could not answer: another replay is needed. */
  readonly unavailable: number;
  /** The last event replayed, if more may follow it. */
  readonly last: { readonly received_at_ms: number; readonly id: string } | undefined;
}

/** Lists and replays quarantined events. */
export interface QuarantineReview {
  list(query: QuarantineQuery): Promise<readonly QuarantineEntry[]>;
  /** Replays the events of a query that no replay has metered, newest first, `limit` at most. */
  replayAll(query: QuarantineQuery): Promise<ReplayCounts>;
  /** Replays one event. Undefined when there is no such event, `unavailable` when its company could not answer. */
  replay(id: string): Promise<ReplayOutcome | "unavailable" | undefined>;
}

/** The outcome of an erasure. */
export interface ErasureResult {
  readonly type: "erased";
  /** Number of contacts that were readable until now. */
  readonly contacts: number;
  /** Why nobody was erased; null when somebody was. */
  readonly reason: NothingErasedReason | null;
  /** Number of phones and BSUIDs that were readable until now. */
  readonly identifiers: number;
  /** Number of quarantined events about the person. */
  readonly events: number;
}

/** Erases people. Never rejects. */
export interface Erasures {
  erase(
    company: CompanyId,
    contact: ContactIdentifiers,
  ): Promise<ErasureResult | CompanyNotFound | Unavailable>;
}

/** Reads the rows that decide what a month costs, for a what-if. */
export interface MonthReader {
  /**
   * Reads a month of a company at one moment, and its contacts in batches.
   *
   * @param signal ends the reading between two batches: it then rejects with the signal's reason
   * @param use receives the rows and the contacts, which it can read once and only until it returns
   * @returns what `use` returns; undefined when there is no such company
   */
  read<Result>(
    company: CompanyId,
    month: Month,
    signal: AbortSignal,
    use: (rows: MonthRows, contacts: AsyncIterable<readonly MonthContact[]>) => Promise<Result>,
  ): Promise<Result | undefined>;
}

/** Reads committed rows for reports. */
export interface Reports {
  ledger(query: LedgerQuery): Promise<readonly StoredEntry[]>;
  /** Entries by local date, newest date first. */
  ledgerByDate(query: DatedLedgerQuery): Promise<readonly StoredEntry[]>;
  /** The number and sum of a filter's entries by local date, newest first. Dates without an entry are absent. */
  ledgerDays(filter: DatedLedgerFilter): Promise<readonly LedgerDay[]>;
  ledgerEntry(company: CompanyId, seq: number): Promise<StoredEntry | undefined>;
  windows(query: WindowQuery): Promise<readonly WindowRecord[]>;
  /** Totals by day as of now, late facts included; both dates inclusive. */
  dayTotals(company: CompanyId, from: LocalDate, to: LocalDate): Promise<readonly DatedTotal[]>;
  closedDays(company: CompanyId, from: LocalDate, to: LocalDate): Promise<readonly ClosedDay[]>;
  /** The balance at the end of each date of one month, in order from its first date on. */
  dayBalances(company: CompanyId, days: readonly DayEnd[]): Promise<readonly DayBalance[]>;
  /**
   * Usage by attribution label, in the order of the groups. Its sums equal the totals: usage that cost nothing has no
   * ledger entry and is listed under no label.
   */
  labelledUsage(query: LabelledUsageQuery): Promise<readonly LabelledUsage[]>;
  /** Every stored month. */
  periods(company: CompanyId): Promise<readonly StoredPeriod[]>;
  /** The readable phone or BSUID of each contact; contacts without one are absent. */
  identifiersOf(company: CompanyId, contacts: readonly ContactId[]): Promise<ReadonlyMap<ContactId, string>>;
}

/** Selects messages that Meta prices, by one of their two dates; both dates inclusive. */
export interface CostDayQuery {
  /** Undefined: of all companies. */
  readonly company?: CompanyId | undefined;
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly by: "local_date" | "account_date";
}

/** Reads what Meta prices. Rejects when the store cannot be reached. */
export interface MetaCosts {
  /** Delivered messages by day and group, in order of company and date. Groups without a message are absent. */
  days(query: CostDayQuery): Promise<readonly CostDay[]>;
  /** The accounts of a company's numbers, or of all, past ones included, in order of company, number and time. */
  accounts(company?: CompanyId): Promise<readonly NumberAccount[]>;
}

/** Reads what the reports of costs and margins are made of. Rejects when the store cannot be reached. */
export interface CostReports {
  /** The accounts of companies' numbers, and those of their portfolios, past ones included. */
  accountsAround(companies: readonly CompanyId[]): Promise<readonly NumberAccount[]>;
  /** The messages of companies by price. */
  messages(query: CostMessagesQuery): Promise<readonly CompanyMessages[]>;
  /** What companies used of the months of dates, in order of id. */
  use(query: UseQuery): Promise<readonly CompanyUse[]>;
}

/** A message that was delivered, with what its statuses tell about Meta's price. */
export interface DeliveredMessage {
  readonly message: MessageKey;
  readonly contact: ContactId;
  readonly delivered_at_ms: number;
  /** Undefined if it does not count: no status tells a price, or none proves that it left within the stored facts. */
  readonly pricing: FactPricing | undefined;
}

/** Reads the delivered messages of a company's number from its facts, while they are stored. */
export interface DeliveredMessages {
  /** Messages that were delivered in `[from_ms, end_ms)`, in order of time and message. */
  delivered(query: {
    readonly company: CompanyId;
    readonly phone_number_id: string;
    readonly from_ms: number;
    readonly end_ms: number;
    readonly after?: { readonly delivered_at_ms: number; readonly message: MessageKey } | undefined;
    readonly limit: number;
  }): Promise<readonly DeliveredMessage[]>;
}

/** Compares Meta's figures with ours, and keeps the results. Rejects when the store cannot be reached. */
export interface Reconciliations {
  create(request: ReconciliationRequest): Promise<Reconciliation | ReconciliationRefused | Unavailable>;
  /** Lists reconciliations, newest first. */
  list(query: ReconciliationQuery): Promise<readonly Reconciliation[]>;
  find(id: string): Promise<Reconciliation | undefined>;
  /** Lists lines, in order. */
  lines(query: LineQuery): Promise<readonly NumberedLine[]>;
  /**
   * Lists our messages of a line, in order of company, time and message: those that count on it now.
   *
   * @returns undefined when there is no such line
   */
  messages(
    id: string,
    line: number,
    page: { readonly after?: MessagePlace | undefined; readonly limit: number },
  ): Promise<readonly CountedMessage[] | Unavailable | undefined>;
}

/** Reads and changes the rate card for all companies. */
export interface RateCardAdmin {
  /** Lists features in order of code. */
  list(): Promise<readonly RateCardFeature[]>;
  find(feature: FeatureCode): Promise<RateCardFeature | undefined>;
  setRate(request: RateRequest, changed_by: string): Promise<RateCardFeature | Refused>;
}

/** Reads what Meta charges, and what its currencies are worth. */
export interface MetaPrices {
  /** Reads the rate cards of Meta: the same object until one is added. */
  rateCard(): Promise<MetaRateCard<StoredMetaRates>>;
  /** Reads the exchange rates: the same object until one is added. */
  exchangeRates(): Promise<ExchangeRates<StoredExchangeRate>>;
}

/** Reads and adds versions of Meta's rate cards and of exchange rates. */
export interface MetaPricingAdmin extends MetaPrices {
  /** Lists every revision of the rate cards: the newest date first, of one date by currency, the last revision first. */
  rateCardVersions(): Promise<readonly MetaRatesVersion[]>;
  /** Lists revisions of the exchange rates: the newest date first, of one date by currencies, the last revision first. */
  exchangeRateVersions(query: ExchangeRateQuery): Promise<readonly StoredExchangeRate[]>;
  putRateCard(request: MetaRatesRequest, by: string): Promise<StoredMetaRates | InForce>;
  putExchangeRate(request: ExchangeRateRequest, by: string): Promise<StoredExchangeRate | InForce>;
}

/** A viewer's subscription to a balance. Disposing of it ends it: a waiting `next` resolves to `closed`. */
export interface BalanceSubscription extends Disposable {
  /**
   * Waits for an alert, or a balance newer than the last one delivered, and resolves at once when there is one;
   * `heartbeat` when there is none for a while. One call at a time.
   */
  next(): Promise<StreamItem>;
}

export type { RaisedAlert };

/** What a stream gets next. */
export type StreamItem = Balance | { readonly alert: RaisedAlert } | "heartbeat" | "closed";

/** Streams committed balances. */
export interface LiveBalances {
  /** Subscribes to a company. @returns undefined when a bound is reached or the feed is closed */
  subscribe(company: CompanyId): BalanceSubscription | undefined;
}

/** The test clock, which integrators move forward. */
export interface MovableClock {
  now_ms(): number;
  /** Moves the clock to `target` of the current time, and closes the days that are due then. */
  advance(target: (now_ms: number) => number): Promise<"advanced" | "clock_backwards" | Unavailable>;
}

/** Checks whether requests can be served. */
export interface Health {
  ready(): Promise<Readiness>;
}

/** The outcome of a readiness check. */
export interface Readiness {
  readonly ready: boolean;
  /** Each check with its result in a few words. */
  readonly checks: Readonly<Record<string, string | undefined>>;
}

/** Manages the webhook endpoints that get alerts. */
export interface WebhookEndpoints {
  create(request: NewEndpointRequest): Promise<Endpoint | "already_exists" | "too_many">;
  /** Lists endpoints, newest first. */
  list(query: EndpointQuery): Promise<readonly Endpoint[]>;
  find(id: string): Promise<Endpoint | undefined>;
  /** Removes an endpoint. @returns false when there is no such endpoint */
  remove(id: string): Promise<boolean>;
  /** Lists deliveries, newest first. */
  deliveries(query: DeliveryQuery): Promise<readonly ListedDelivery[]>;
  /** Adds the delivery of a test, and attempts it. @returns undefined when there is no such live endpoint */
  sendTest(endpoint_id: string): Promise<ListedDelivery | undefined>;
  /** Makes a delivery due, and attempts it. @returns undefined when a live endpoint has no such delivery */
  resend(endpoint_id: string, id: string): Promise<ListedDelivery | undefined>;
}

/** The alerts of a company, and its thresholds. Rejects when the store cannot be reached. */
export interface CompanyAlerts {
  /** Lists alerts, newest first. */
  alertsOf(query: AlertQuery): Promise<readonly RaisedAlert[]>;
  /** Returns the company's own thresholds, or the default ones. */
  thresholdsOf(company: CompanyId): Promise<AlertThresholds & Partial<StoredThresholds>>;
  setThresholds(
    company: CompanyId,
    thresholds: AlertThresholds,
    set_by: string,
  ): Promise<StoredThresholds>;
}

/** Manages API keys, which authenticate programs. */
export interface ApiKeys {
  /** Finds the live key of a text with its digest. Rejects when the store is needed and cannot be reached. */
  find(text: string, digested: Uint8Array): Promise<LiveKey | undefined>;
  create(key: NewKeyRequest, creator: KeyCreator): Promise<CreateKeyResult>;
  /** Revokes a key among those of a filter. @returns false when there is no such key, or it is revoked already */
  revoke(id: string, among: KeyFilter): Promise<boolean>;
  /** Lists keys, newest first. */
  list(query: Omit<KeyQuery, "now_ms">): Promise<readonly ListedKey[]>;
}

/** Manages viewer sessions, which authenticate people in browsers. */
export interface Sessions {
  /** Finds a company's live session by its cookie's token. Rejects when the store is needed and cannot be reached. */
  find(token: string, company: string): Promise<LiveSession | undefined>;
  /** Creates a link that opens a session once. Undefined when the company has too many sessions. */
  createLink(
    company: CompanyId,
    key: string | undefined,
    ttl_ms: number,
    sees_contacts?: boolean,
  ): Promise<SessionLink | undefined>;
  /** Opens the session of a company's link. Undefined when the link is another company's, invalid or used already. */
  openLink(link: string, company: CompanyId): Promise<string | undefined>;
  /** Logs out a company's session and ends its streams. */
  end(token: string, company: CompanyId): Promise<void>;
}

/** A call with an `Idempotency-Key`, as it is stored. */
export interface IdempotentCall {
  /** A keyed hash of its body. */
  readonly fingerprint: Uint8Array;
  /** Its encrypted answer; undefined while it runs. */
  readonly answer: Uint8Array | undefined;
}

/** Stores calls with an `Idempotency-Key`, each under a hash of its keys and route. */
export interface IdempotentCallStore {
  /**
   * Begins a call, unless the id has one that has not expired. Of two concurrent calls one begins.
   *
   * @param call `expires_at_ms` is when another attempt may run the call, should this one never end
   * @returns the call that the id has; undefined when the new one has begun
   */
  begin(call: {
    readonly id: Uint8Array;
    readonly attempt: string;
    readonly fingerprint: Uint8Array;
    readonly now_ms: number;
    readonly expires_at_ms: number;
  }): Promise<IdempotentCall | undefined>;
  /** Stores the answer of an attempt, until it expires. Does nothing when another attempt has begun since. */
  complete(id: Uint8Array, attempt: string, answer: Uint8Array, expires_at_ms: number): Promise<void>;
  /** Deletes the call of an attempt: the next one with this id begins. */
  release(id: Uint8Array, attempt: string): Promise<void>;
  /** Deletes expired calls, `limit` at most. @returns how many */
  deleteExpired(now_ms: number, limit: number): Promise<number>;
}
