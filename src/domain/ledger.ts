import type { ContactId, Credits, Direction, FeatureCode, LocalDate, MessageKey, Month } from "./types.ts";
import type { Movement } from "./period.ts";
import type { RateVersion } from "./rates.ts";

/**
 * One entry of the ledger: an append-only list of every change of a company's credits.
 *
 * LEDGER-1. `seq` runs 1, 2, 3 … without a gap within a company.
 * LEDGER-2. An entry belongs to the period of its local date, and its `…_after` fields are that period's.
 * LEDGER-3. For every period the sum of `credits` is available - excess; once closed, available is 0.
 * LEDGER-4. `credits = prepaid + excess`, all with the same sign.
 */
export interface LedgerEntry extends Movement {
  readonly seq: number;
  readonly period: Month;
  readonly local_date: LocalDate;
  readonly feature: FeatureCode | null;
  readonly direction: Direction;
  /** Whether the local date was already closed when the fact was recorded. */
  readonly late: boolean;
  readonly occurred_at_ms: number;
  readonly recorded_at_ms: number;
  readonly cause: Cause | null;
}

/** Why an entry was posted; the receipt's sentence is made from it. */
export type Cause = ChargeCause | ContractCause | ReopeningCause;

/** The cause of a charge. */
export type ChargeCause = WindowCause | ServiceMessageCause | UsageCause;

/** Returns whether a cause is a charge, which can have labels: not a contract or a reopening. */
export function isCharge(cause: Cause | null): cause is ChargeCause {
  return cause?.type === "window" || cause?.type === "service_message" || cause?.type === "usage";
}

/** A window that was opened, reversed or repriced. */
export interface WindowCause {
  readonly type: "window";
  readonly contact: ContactId;
  readonly opened_at_ms: number;
  /** Windows added (positive) or taken away (negative); 0 when only the price changed. */
  readonly units: number;
  readonly message: MessageKey | null;
  readonly phone_number_id: string | null;
  readonly rate: RateRef;
  /** The fact that caused the entry. */
  readonly fact: FactRef;
  readonly attribution: Attributes | null;
}

/** A delivered service message that was charged, or given back. */
export interface ServiceMessageCause {
  readonly type: "service_message";
  readonly contact: ContactId;
  readonly message: MessageKey;
  readonly phone_number_id: string | null;
  readonly delivered_at_ms: number;
  /** 1 when it is charged, -1 when it is given back. */
  readonly units: number;
  readonly rate: RateRef;
  /** The fact that caused the entry. */
  readonly fact: FactRef;
  /** Null: a record of the send, which has the labels, may come after the charge. */
  readonly attribution: Attributes | null;
}

/** Reported usage of a feature. */
export interface UsageCause {
  readonly type: "usage";
  readonly usage_id: string;
  readonly quantity: number;
  readonly rate: RateRef;
  readonly attribution: Attributes | null;
}

/** A contract version that granted credits. */
export interface ContractCause {
  readonly type: "contract";
  readonly version: number;
}

/** Days that were reopened because a wrong clock had closed them. */
export interface ReopeningCause {
  readonly type: "reopening";
  /** The caller. */
  readonly by: string;
  /** The last closed date from then on, and the last one before. */
  readonly closed_through: LocalDate;
  readonly closed_before: LocalDate;
}

/** The price that was applied: its feature and version. */
export interface RateRef {
  readonly feature: FeatureCode;
  readonly version: number;
  readonly own: boolean;
  readonly credits: Credits;
}

/** The fact that changed the charge. */
export interface FactRef {
  readonly kind: FactKind;
  readonly at_ms: number;
}

/** The kind of a fact. */
export type FactKind =
  | "wrote"
  | "noted"
  | "sent"
  | "delivered"
  | "read"
  | "played"
  | "failed"
  | "send_recorded"
  | "number_changed"
  | "alias_learned"
  | "send_failed"
  | "called"
  // Stored under a contact that a message turned out not to have gone to.
  | "message_moved";

/** Flat, short labels such as department or campaign. */
export type Attributes = Readonly<Record<string, string>>;

/** Returns the reference to a rate that ledger entries store. */
export function rateRef(rate: RateVersion): RateRef {
  return { feature: rate.feature, version: rate.version, own: rate.company !== null, credits: rate.credits };
}
