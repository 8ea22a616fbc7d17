/** Reconciliations as they are kept. */

import type { CompanyId, ContactId, LocalDate, MessageKey } from "../types.ts";
import type { PricingPoint } from "./pricing_analytics.ts";
import type { ReconciliationTotals } from "./reconciliation.ts";
import type { DifferenceReason, LineKind, ReconciliationLine } from "./reconciliation_lines.ts";

/** The most dates of a reconciliation: a quarter of a year. */
export const RECONCILED_DATES_MAX = 92;
/** The most lines of a reconciliation. */
export const RECONCILIATION_LINES_MAX = 50_000;

/** A request to compare Meta's figures with ours. */
export interface ReconciliationRequest {
  /** Meta's id of the WhatsApp Business Account. */
  readonly account_id: string;
  /** The dates that Meta was asked for, both inclusive. */
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** The ids of phone numbers, by their digits. Others are found by the names of the numbers. */
  readonly numbers: ReadonlyMap<string, string>;
  readonly points: readonly PricingPoint[];
  /** Names the caller. */
  readonly by: string;
}

/** Why nothing was compared: the invalid part of the request, and the remedy. */
export interface ReconciliationRefused {
  readonly type: "refused";
  /** A parameter, or a field of a data point. */
  readonly field: "account_id" | "number" | "to" | {
    readonly index: number;
    readonly name: keyof PricingPoint;
  };
  /** What the field must be, without its name. */
  readonly message: string;
}

/** A reconciliation without its lines. */
export interface Reconciliation {
  readonly id: string;
  readonly account_id: string;
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** The account's currency. */
  readonly currency: string;
  readonly created_at_ms: number;
  readonly created_by: string;
  /** How many data points of Meta's were compared. */
  readonly data_points: number;
  readonly totals: ReconciliationTotals;
}

/** A line with its number in the reconciliation, from 1 on. */
export interface NumberedLine extends ReconciliationLine {
  readonly line: number;
}

/** Selects reconciliations, newest first. */
export interface ReconciliationQuery {
  readonly account_id?: string | undefined;
  readonly before?: { readonly created_at_ms: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Selects lines of a reconciliation, in order. */
export interface LineQuery {
  readonly id: string;
  /** Only lines of these kinds. */
  readonly kinds: readonly LineKind[];
  /** Only lines with this likely reason. */
  readonly reason?: DifferenceReason | undefined;
  readonly phone_number_id?: string | undefined;
  /** Only lines after this one. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** The place of a message among those of a line. */
export interface MessagePlace {
  readonly company: CompanyId;
  readonly delivered_at_ms: number;
  readonly message: MessageKey;
}

/** A delivered message of ours. */
export interface CountedMessage extends MessagePlace {
  readonly contact: ContactId;
}
