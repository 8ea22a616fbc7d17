import type { Window } from "../charge.ts";
import type { MessageEvidence, SendRecord, StatusCategory } from "../contact_day.ts";
import type { ContractVersion } from "../contract.ts";
import type { FactKind, FactRef, LedgerEntry } from "../ledger.ts";
import type { FactPricing } from "../meta_costs/fact_pricing.ts";
import type { NumberAccount } from "../meta_costs/number_accounts.ts";
import type { CostGroup } from "../meta_costs/types.ts";
import type { ContactId, ContactKey, Credits, FeatureCode, LocalDate, MessageKey } from "../types.ts";
import type { Period } from "../period.ts";
import type { RateVersion } from "../rates.ts";
import type { QuarantineReason } from "./command.ts";
import type { FirstMessage, Person } from "./person.ts";
import type { CountedUsage, DayTotal, DecidedSend, SettingsVersion } from "./state.ts";
import type { Attributes } from "../ledger.ts";

/** A stored fact: append-only, unique by contact, time and id. */
export interface StoredFact {
  /** Encodes the message and the content: see `factId`. */
  readonly id: string;
  readonly contact: ContactKey;
  readonly kind: FactKind;
  readonly at_ms: number;
  readonly message: MessageKey;
  readonly template: boolean;
  readonly category: StatusCategory | undefined;
  readonly callback: MessageKey | undefined;
  readonly phone_number_id: string | undefined;
  readonly attribution: Attributes | undefined;
  /** What a status tells about Meta's price; undefined where it was not read. */
  readonly pricing?: FactPricing | undefined;
  /** Whether the fact is found by its message alone: the first of the message and the contact. */
  readonly by_message: boolean;
}

/** A usage as it is stored. */
export interface StoredUsage extends CountedUsage {
  readonly feature: FeatureCode;
  readonly quantity: number;
  readonly credits: Credits;
  readonly local_date: LocalDate;
  readonly occurred_at_ms: number;
  readonly attributes: Attributes | undefined;
}

/** The figures of a month at its close. */
export interface ClosedFigures {
  readonly granted: Credits;
  readonly consumed: Credits;
  readonly prepaid_used: Credits;
  readonly expired: Credits;
  readonly excess: Credits;
}

/** A date and its end. */
export interface FixedDay {
  readonly local_date: LocalDate;
  readonly ended_at_ms: number;
}

/** Every event of a company. `evolve` folds it into the state, the journal writes it as rows. */
export type CompanyEvent =
  | {
    readonly type: "key_learned";
    readonly person: Person;
    /** The identifier in canonical form. */
    readonly identifier: string;
    readonly key: ContactKey;
    readonly by_phone: boolean;
    /**
     * Whether the identifier itself may be stored: not if the person was erased after the event it comes from.
     */
    readonly readable: boolean;
  }
  | {
    readonly type: "person_erased";
    readonly person: Person;
    /** The keys known at that time. */
    readonly keys: readonly ContactKey[];
    readonly at_ms: number;
  }
  | {
    readonly type: "people_merged";
    readonly into: Person;
    readonly from: Person;
    /** The fact that shows that they are one. */
    readonly fact: FactRef;
  }
  /** Quarantined events that mention someone who turned out to be an erased person. */
  | {
    readonly type: "quarantine_erased";
    readonly keys: readonly ContactKey[];
    /** When the person was erased. Later events stay as they are. */
    readonly until_ms: number;
  }
  | { readonly type: "fact_stored"; readonly fact: StoredFact }
  | {
    readonly type: "wrote";
    readonly person: Person;
    readonly at_ms: number;
    /** The local date, when this is its earliest message so far. */
    readonly first_of: LocalDate | undefined;
    readonly message: FirstMessage | undefined;
    /** Whether the store has it, not memory alone. */
    readonly stored: boolean;
  }
  | {
    readonly type: "called";
    readonly person: Person;
    readonly at_ms: number;
    /** Whether the store has it, not memory alone. */
    readonly stored: boolean;
  }
  /** The message went to another person. */
  | { readonly type: "message_left"; readonly person: Person; readonly message: MessageKey }
  | { readonly type: "evidence_joined"; readonly person: Person; readonly evidence: MessageEvidence }
  | { readonly type: "record_joined"; readonly person: Person; readonly record: SendRecord }
  /** Delivered messages of one group, more or fewer (negative) than before. */
  | {
    readonly type: "cost_counted";
    readonly group: CostGroup;
    readonly messages: number;
    /** When the message was delivered. */
    readonly delivered_at_ms: number;
  }
  | { readonly type: "number_account_set"; readonly account: NumberAccount }
  /** Ends of consecutive dates in the time zone of a Meta account, because a message counts on one. They stay. */
  | {
    readonly type: "account_days_fixed";
    readonly time_zone: string;
    readonly days: readonly FixedDay[];
  }
  | { readonly type: "send_decided"; readonly send: DecidedSend; readonly sent_at_ms: number }
  | { readonly type: "usage_counted"; readonly usage: StoredUsage }
  | {
    readonly type: "window_changed";
    readonly contact: ContactId;
    readonly local_date: LocalDate;
    readonly direction: "inbound" | "outbound";
    /** Undefined when the window no longer exists. */
    readonly window: Window | undefined;
  }
  | { readonly type: "entry_posted"; readonly entry: LedgerEntry; readonly period: Period }
  | { readonly type: "total_changed"; readonly local_date: LocalDate; readonly total: DayTotal }
  | {
    readonly type: "day_closed";
    readonly local_date: LocalDate;
    readonly totals: readonly DayTotal[];
    /** The end of the closed day. It is stored, so other zone data never moves it. */
    readonly ended_at_ms: number;
    readonly closed_at_ms: number;
    readonly next_due_at_ms: number;
  }
  /** Ends of dates after the current one, because something is dated on the last of them. They are stored and stay. */
  | { readonly type: "days_fixed"; readonly days: readonly FixedDay[] }
  | { readonly type: "period_closed"; readonly period: Period; readonly figures: ClosedFigures }
  /** Days that a wrong clock had closed are open again. */
  | {
    readonly type: "days_reopened";
    /** The last closed date from now on, and the last one before. */
    readonly closed_through: LocalDate;
    readonly closed_before: LocalDate;
    /** The end of the current date. */
    readonly due_at_ms: number;
    /** The last date whose end stays fixed: the current one, or the last on which something was charged. */
    readonly fixed_through: LocalDate;
    /** The last date whose end was fixed before. */
    readonly fixed_before: LocalDate;
    /** The last ledger entry before. */
    readonly ledger_seq: number;
    readonly at_ms: number;
    readonly by: string;
  }
  | { readonly type: "period_reopened"; readonly period: Period }
  | {
    readonly type: "profile_changed";
    readonly name: string;
    readonly locale: string;
    readonly country: string | undefined;
    readonly phone_number_ids: readonly string[];
  }
  | { readonly type: "settings_versioned"; readonly settings: SettingsVersion }
  | { readonly type: "contract_versioned"; readonly version: ContractVersion }
  | { readonly type: "rate_versioned"; readonly rate: RateVersion }
  | { readonly type: "quarantined"; readonly event: QuarantinedEvent };

/** An event in quarantine, as it is stored. */
export interface QuarantinedEvent {
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly phone_number_id: string | undefined;
  readonly received_at_ms: number;
  /** The event, without any message body. */
  readonly event: unknown;
  /** Keyed hashes of every person it mentions; an erasure finds it by them. */
  readonly people?: readonly string[];
}
