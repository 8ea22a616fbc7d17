import type { ContactId, Credits, Direction, FeatureCode, LocalDate, MessageKey, Month } from "./types.ts";
import type { Movement } from "./period.ts";
import type { RateVersion } from "./rates.ts";

/**
 * The ledger: every change of a company's credits, in order, never altered.
 *
 * L1. `seq` runs 1, 2, 3 … without a gap within a company.
 * L2. An entry belongs to the period of its local date, and its `…_after` are that period's.
 * L3. For every period the sum of `credits` is available - excess; once closed, available is 0.
 * L4. `credits = prepaid + excess`, all signed alike.
 */
export interface LedgerEntry extends Movement {
  readonly seq: number;
  readonly period: Month;
  readonly local_date: LocalDate;
  readonly feature: FeatureCode | null;
  readonly direction: Direction;
  /** The local date was already closed when the fact was recorded. */
  readonly late: boolean;
  readonly occurred_at_ms: number;
  readonly recorded_at_ms: number;
  readonly cause: Cause | null;
}

/** Why an entry was posted: enough to say it in one sentence. */
export type Cause = WindowCause | UsageCause | ContractCause;

export interface WindowCause {
  readonly type: "window";
  readonly contact: ContactId;
  readonly opened_at_ms: number;
  /** Windows more or (negative) less that the entry is for: none when it is for a change of the price alone. */
  readonly units: number;
  readonly message: MessageKey | null;
  readonly phone_number_id: string | null;
  readonly rate: RateRef;
  /** What brought the entry about. */
  readonly fact: FactRef;
  readonly attribution: Attributes | null;
}

export interface UsageCause {
  readonly type: "usage";
  readonly usage_id: string;
  readonly quantity: number;
  readonly rate: RateRef;
  readonly attribution: Attributes | null;
}

export interface ContractCause {
  readonly type: "contract";
  readonly version: number;
}

/** The price that was applied, by its feature and version. */
export interface RateRef {
  readonly feature: FeatureCode;
  readonly version: number;
  readonly own: boolean;
  readonly credits: Credits;
}

/** The kind of fact that changed what is owed. */
export interface FactRef {
  readonly kind: FactKind;
  readonly at_ms: number;
}

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
  | "alias_learned";

/** Flat, short labels such as department or campaign. */
export type Attributes = Readonly<Record<string, string>>;

export function rateRef(rate: RateVersion): RateRef {
  return { feature: rate.feature, version: rate.version, own: rate.company !== null, credits: rate.credits };
}
