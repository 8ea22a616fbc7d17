/**
 * Ledger entries as columns of the table `ledger`, in both directions and without loss. A column is null when others
 * imply its value, so the entry of a common window has a third of the bytes that its cause would take as JSON.
 */

import { monthOf } from "../domain/calendar.ts";
import type {
  Attributes,
  Cause,
  ChargeCause,
  LedgerEntry,
  RateRef,
  ServiceMessageCause,
  UsageCause,
  WindowCause,
} from "../domain/ledger.ts";
import { isCharge } from "../domain/ledger.ts";
import type { StoredEntry } from "../domain/reports.ts";
import type { Credits, FeatureCode } from "../domain/types.ts";
import { credits, INBOUND, OUTBOUND } from "../domain/types.ts";
import { companyKey } from "./company_key.ts";
import { labelsOf } from "./label_sets.ts";
import { epochMs, safeInteger, safeIntegerOrNull, toCredits } from "./values.ts";
import { defineTable } from "./write_table.ts";

/** The feature that a window's direction implies. */
export const FEATURE_OF = { inbound: INBOUND, outbound: OUTBOUND, none: null } as const;

/** How ledger entries are written. */
export const LEDGER = defineTable<"ledger">({
  rows: "ledger",
  columns: {
    company: ["bigint", (row) => companyKey(row.company)],
    seq: ["bigint", ({ value }) => value.seq],
    type: ["entry_type", ({ value }) => value.type],
    local_date: ["date", ({ value }) => value.local_date],
    direction: ["direction", ({ value }) => value.direction],
    feature: ["text", ({ value }) => unless(FEATURE_OF[value.direction], value.feature)],
    credits: ["bigint", ({ value }) => value.credits],
    prepaid: ["bigint", ({ value }) => value.prepaid],
    available_after: ["bigint", ({ value }) => value.available_after],
    excess_after: ["bigint", ({ value }) => value.excess_after],
    late: ["boolean", ({ value }) => value.late],
    occurred_at: ["timestamptz", ({ value }) => value.occurred_at_ms],
    recorded_at: ["timestamptz", ({ value }) => value.recorded_at_ms],
    units: ["bigint", ({ value }) => unitsOf(value)],
    rate_feature: ["text", ({ value }) => unless(value.feature, rateOf(value)?.feature)],
    rate_version: ["int", ({ value }) => rateOf(value)?.version],
    own_rate: ["boolean", ({ value }) => rateOf(value)?.own],
    rate_credits: ["bigint", ({ value }) => unless(impliedPrice(value), rateOf(value)?.credits)],
    contact: ["uuid", ({ value }) => ofContact(value)?.contact],
    message: ["uuid", ({ value }) => ofContact(value)?.message],
    phone_number_id: ["text", ({ value }) => ofContact(value)?.phone_number_id],
    // When a charged service message was delivered, else when the window opened.
    opened_at: ["timestamptz", ({ value }) => unless(value.occurred_at_ms, begunAt(value))],
    fact_kind: ["fact_kind", ({ value }) => ofContact(value)?.fact.kind],
    fact_at: ["timestamptz", ({ value }) => unless(value.occurred_at_ms, ofContact(value)?.fact.at_ms)],
    usage_id: ["text", ({ value }) => usageOf(value)?.usage_id],
    cause: ["jsonb", ({ value }) => isCharge(value.cause) ? null : value.cause],
    labels: ["uuid", (row) => row.labels],
  },
});

/** Returns a value, unless other columns imply it. */
function unless<T>(implied: T | undefined, value: T | undefined): T | undefined {
  return value === implied ? undefined : value;
}

/** Returns the cause of a charge that a contact's messages make. A direction tells windows from service messages. */
function ofContact({ cause }: LedgerEntry): WindowCause | ServiceMessageCause | undefined {
  return cause?.type === "window" || cause?.type === "service_message" ? cause : undefined;
}

function begunAt(entry: LedgerEntry): number | undefined {
  const cause = ofContact(entry);
  return cause?.type === "window" ? cause.opened_at_ms : cause?.delivered_at_ms;
}

function usageOf({ cause }: LedgerEntry): UsageCause | undefined {
  return cause?.type === "usage" ? cause : undefined;
}

function rateOf({ cause }: LedgerEntry): RateRef | undefined {
  return isCharge(cause) ? cause.rate : undefined;
}

function unitsOf(entry: LedgerEntry): number | undefined {
  return ofContact(entry)?.units ?? usageOf(entry)?.quantity;
}

/** Returns the price of a unit if it follows from the entry's credits. */
function impliedPrice(entry: LedgerEntry): Credits | undefined {
  const units = unitsOf(entry);
  return units === undefined ? undefined : priceOf(entry.credits, units);
}

/** Returns the price at which units cost an entry's credits; undefined if there is none. */
function priceOf(of_entry: number, units: number): Credits | undefined {
  const price = -of_entry / units;
  return Number.isSafeInteger(price) ? credits(price) : undefined;
}

/** SQL for the feature of an entry. */
export const FEATURE = `coalesce(feature, case direction
  when 'inbound' then '${INBOUND}' when 'outbound' then '${OUTBOUND}' end)`;

/**
 * SQL for the closings of the months of the company with the key `$1`. It is read once. A month before the company has
 * none.
 */
const CLOSINGS = `(select jsonb_object_agg(month, coalesce(closed_seq, 0)) from periods
  where company = $1 and closed)`;

/** SQL for whether an entry of the company with the key `$1` was posted after its month was closed. */
export const AFTER_CLOSE =
  `coalesce(late and seq > (${CLOSINGS} ->> to_char(local_date, 'YYYY-MM'))::bigint, false)`;

/** SQL for the columns of an entry of the company with the key `$1`. */
export const ENTRY_COLUMNS = `seq, type, local_date, ${FEATURE} as feature, direction, credits, prepaid,
  available_after, excess_after, late, ${AFTER_CLOSE} as after_close, ${
  epochMs("occurred_at")
} as occurred_at_ms,
  ${
  epochMs("recorded_at")
} as recorded_at_ms, units, rate_feature, rate_version, own_rate, rate_credits, contact,
  message, phone_number_id, ${epochMs("opened_at")} as opened_at_ms, fact_kind, ${
  epochMs("fact_at")
} as fact_at_ms,
  usage_id, cause, ${labelsOf("ledger")} as labels`;

type Nullable<T> = { readonly [Name in keyof T]: T[Name] | null };
type Amount = "seq" | "credits" | "prepaid" | "available_after" | "excess_after";
type Instant = "occurred_at_ms" | "recorded_at_ms";

/** A row of {@link ENTRY_COLUMNS}. */
export interface EntryRow
  extends
    Pick<StoredEntry, "type" | "local_date" | "feature" | "direction" | "late" | "after_close">,
    Readonly<Record<Amount | Instant, bigint>>,
    Nullable<ChargeColumns> {
  readonly cause: Cause | null;
}

/** The columns of a charge. */
interface ChargeColumns extends Pick<WindowCause, "contact" | "message" | "phone_number_id"> {
  readonly units: bigint;
  readonly rate_feature: FeatureCode;
  readonly rate_version: number;
  readonly own_rate: boolean;
  readonly rate_credits: bigint;
  readonly opened_at_ms: bigint;
  readonly fact_kind: WindowCause["fact"]["kind"];
  readonly fact_at_ms: bigint;
  readonly usage_id: string;
  readonly labels: Attributes;
}

/** Converts a row to an entry. */
export function toLedgerEntry(row: EntryRow): StoredEntry {
  const { type, local_date, feature, direction, late, after_close } = row;
  const amount = toCredits(row.credits);
  const prepaid = toCredits(row.prepaid);
  return {
    seq: safeInteger(row.seq),
    type,
    period: monthOf(local_date),
    local_date,
    feature,
    direction,
    credits: amount,
    prepaid,
    excess: credits(amount - prepaid),
    available_after: toCredits(row.available_after),
    excess_after: toCredits(row.excess_after),
    late,
    after_close,
    occurred_at_ms: safeInteger(row.occurred_at_ms),
    recorded_at_ms: safeInteger(row.recorded_at_ms),
    cause: row.units === null ? row.cause : chargeIn(row, safeInteger(row.units)),
  };
}

function chargeIn(row: EntryRow, units: number): ChargeCause {
  const charge = { rate: rateIn(row, units), attribution: row.labels };
  if (row.contact === null) return { type: "usage", usage_id: row.usage_id!, quantity: units, ...charge };
  const { contact, message, phone_number_id } = row;
  const occurred_at_ms = safeInteger(row.occurred_at_ms);
  const begun_at_ms = safeIntegerOrNull(row.opened_at_ms) ?? occurred_at_ms;
  const fact = { kind: row.fact_kind!, at_ms: safeIntegerOrNull(row.fact_at_ms) ?? occurred_at_ms };
  const of_contact = { contact, units, phone_number_id, fact, ...charge };
  return row.direction === "none"
    ? { type: "service_message", ...of_contact, message: message!, delivered_at_ms: begun_at_ms }
    : { type: "window", ...of_contact, message, opened_at_ms: begun_at_ms };
}

function rateIn(row: EntryRow, units: number): RateRef {
  return {
    feature: row.rate_feature ?? row.feature!,
    version: row.rate_version!,
    own: row.own_rate!,
    credits: row.rate_credits === null ? priceOf(Number(row.credits), units)! : toCredits(row.rate_credits),
  };
}
