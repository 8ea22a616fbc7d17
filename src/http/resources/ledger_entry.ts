/** The body of a ledger entry. */

import { z } from "@hono/zod-openapi";
import type { Calendar } from "../../domain/calendar.ts";
import type { LedgerEntry } from "../../domain/ledger.ts";
import type { StoredEntry } from "../../domain/reports.ts";
import type { ContactId } from "../../domain/types.ts";
import { CreditsBody, DateBody, formatInstant, InstantBody, MonthBody } from "../kit/fields.ts";
import { ContactBody } from "./contact_text.ts";

/** The type of an entry. */
export const TypeField = z.enum(["grant", "consumption", "reversal", "expiry", "adjustment"]);
/** The direction of an entry. */
export const DirectionField = z.enum(["inbound", "outbound", "none"]);

/** A ledger entry in a response. */
export const EntryBody = z.object({
  seq: z.int().openapi({ description: "Position in the company's ledger: 1, 2, 3 … without gaps." }),
  type: TypeField,
  period: MonthBody,
  local_date: DateBody,
  feature: z.string().nullable(),
  direction: DirectionField.openapi({ description: "`none` for entries that no window caused." }),
  credits: CreditsBody.openapi({ description: "Signed: grants and reversals are positive." }),
  prepaid: CreditsBody.openapi({ description: "The part of `credits` that the package covers." }),
  excess: CreditsBody.openapi({ description: "The part of `credits` beyond the package." }),
  available_after: CreditsBody.openapi({ description: "Available credits of the month after the entry." }),
  excess_after: CreditsBody.openapi({ description: "Excess of the month after the entry." }),
  late: z.boolean().openapi({ description: "Whether it was recorded after its date was closed." }),
  after_close: z.boolean().openapi({
    description: "Whether it was recorded after its month was closed: the statement's `late_entries` has it.",
  }),
  occurred_at: InstantBody.openapi({ description: "When the fact happened." }),
  recorded_at: InstantBody.openapi({ description: "When the service recorded it." }),
  window: z.object({
    contact: ContactBody,
    direction: DirectionField,
    local_date: DateBody,
    opened_at: InstantBody,
    closes_at: InstantBody,
  }).nullable().openapi({ description: "The charged window, null for other entries." }),
}).openapi("LedgerEntry");

/** Returns the contacts of the entries caused by a window. */
export function contactsOf(rows: readonly LedgerEntry[]): ContactId[] {
  return rows.flatMap(({ cause }) => cause?.type === "window" ? [cause.contact] : []);
}

type Identifiers = ReadonlyMap<ContactId, string>;

/** Converts an entry to its body. */
export function toEntryBody(
  row: StoredEntry,
  identifiers: Identifiers,
  calendar: Calendar,
): z.infer<typeof EntryBody> {
  const { seq, type, period, local_date, feature, direction, late, after_close } = row;
  const { credits, prepaid, excess, available_after, excess_after } = row;
  return {
    seq,
    type,
    period,
    local_date,
    feature,
    direction,
    credits,
    prepaid,
    excess,
    available_after,
    excess_after,
    late,
    after_close,
    occurred_at: formatInstant(row.occurred_at_ms),
    recorded_at: formatInstant(row.recorded_at_ms),
    window: windowOf(row, identifiers, calendar),
  };
}

function windowOf(
  row: LedgerEntry,
  identifiers: Identifiers,
  calendar: Calendar,
): z.infer<typeof EntryBody>["window"] {
  if (row.cause?.type !== "window") return null;
  return {
    contact: identifiers.get(row.cause.contact) ?? null,
    direction: row.direction,
    local_date: row.local_date,
    opened_at: formatInstant(row.cause.opened_at_ms),
    closes_at: formatInstant(calendar.day(row.local_date).end_ms),
  };
}
