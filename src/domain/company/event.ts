import type { Window } from "../charge.ts";
import type { MessageEvidence, SendRecord } from "../contact_day.ts";
import type { ContractVersion } from "../contract.ts";
import type { FactKind, LedgerEntry } from "../ledger.ts";
import type {
  ContactId,
  ContactKey,
  Credits,
  FeatureCode,
  LocalDate,
  MessageKey,
  TemplateCategory,
} from "../types.ts";
import type { Period } from "../period.ts";
import type { RateVersion } from "../rates.ts";
import type { QuarantineReason } from "./command.ts";
import type { FirstMessage, Person } from "./person.ts";
import type { CountedUsage, DayTotal, DecidedSend, SettingsVersion } from "./state.ts";
import type { Attributes } from "../ledger.ts";

/** What arrived, as it is kept: append-only, once by its contact, time and id. */
export interface StoredFact {
  /** Of what message, and what is said of it: see `factId`. */
  readonly id: string;
  readonly contact: ContactKey;
  readonly kind: FactKind;
  readonly at_ms: number;
  readonly message: MessageKey;
  readonly template: boolean;
  readonly category: TemplateCategory | undefined;
  readonly callback: MessageKey | undefined;
  readonly phone_number_id: string | undefined;
  readonly attribution: Attributes | undefined;
}

/** A usage as it is kept. */
export interface StoredUsage extends CountedUsage {
  readonly feature: FeatureCode;
  readonly quantity: number;
  readonly credits: Credits;
  readonly local_date: LocalDate;
  readonly occurred_at_ms: number;
  readonly attributes: Attributes | undefined;
}

/** What a closing froze of a month. */
export interface ClosedFigures {
  readonly granted: Credits;
  readonly consumed: Credits;
  readonly prepaid_used: Credits;
  readonly expired: Credits;
  readonly excess: Credits;
}

/** Everything that can happen to a company. `evolve` folds it into the state, the journal into rows. */
export type CompanyEvent =
  | {
    readonly type: "key_learned";
    readonly person: Person;
    /** The identifier in canonical form. */
    readonly identifier: string;
    readonly key: ContactKey;
    readonly by_phone: boolean;
    /** Whether the identifier may be kept readable: not when the person was erased since what told it happened. */
    readonly readable: boolean;
  }
  | {
    readonly type: "person_erased";
    readonly person: Person;
    /** Those they were known by then. */
    readonly keys: readonly ContactKey[];
    readonly at_ms: number;
  }
  | { readonly type: "people_merged"; readonly into: Person; readonly from: Person }
  | { readonly type: "fact_stored"; readonly fact: StoredFact }
  | {
    readonly type: "wrote";
    readonly person: Person;
    readonly at_ms: number;
    /** Set when it is the first of its date so far. */
    readonly first_of: LocalDate | undefined;
    readonly message: FirstMessage | undefined;
    /** It stands in the store, not in memory alone. */
    readonly stored: boolean;
  }
  | { readonly type: "evidence_joined"; readonly person: Person; readonly evidence: MessageEvidence }
  | { readonly type: "record_joined"; readonly person: Person; readonly record: SendRecord }
  | { readonly type: "send_decided"; readonly send: DecidedSend; readonly sent_at_ms: number }
  | { readonly type: "usage_counted"; readonly usage: StoredUsage }
  | {
    readonly type: "window_changed";
    readonly contact: ContactId;
    readonly local_date: LocalDate;
    readonly direction: "inbound" | "outbound";
    /** Undefined when the window turned out not to have opened. */
    readonly window: Window | undefined;
  }
  | { readonly type: "entry_posted"; readonly entry: LedgerEntry; readonly period: Period }
  | { readonly type: "total_changed"; readonly local_date: LocalDate; readonly total: DayTotal }
  | {
    readonly type: "day_closed";
    readonly local_date: LocalDate;
    readonly totals: readonly DayTotal[];
    readonly next_due_at_ms: number;
  }
  | { readonly type: "period_closed"; readonly period: Period; readonly figures: ClosedFigures }
  | {
    readonly type: "profile_changed";
    readonly name: string;
    readonly locale: string;
    readonly phone_number_ids: readonly string[];
  }
  | {
    readonly type: "settings_versioned";
    readonly settings: SettingsVersion;
    readonly next_due_at_ms: number;
  }
  | { readonly type: "contract_versioned"; readonly version: ContractVersion }
  | { readonly type: "rate_versioned"; readonly rate: RateVersion }
  | { readonly type: "quarantined"; readonly event: QuarantinedEvent };

/** An event that could not be metered, as it is kept. */
export interface QuarantinedEvent {
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly phone_number_id: string | undefined;
  readonly received_at_ms: number;
  /** The event, without any message body. */
  readonly event: unknown;
  /** Keyed hashes of everybody it speaks of, by which an erasure finds it. */
  readonly people?: readonly string[];
}
