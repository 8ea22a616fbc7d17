import { z } from "@hono/zod-openapi";
import type { Calendar } from "../../domain/calendar.ts";
import type { LedgerEntry } from "../../domain/ledger.ts";
import type { CompanyId, ContactId } from "../../domain/types.ts";
import type { Caller } from "../middleware/authentication.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CompanyPath,
  CreditsBody,
  CursorField,
  DateBody,
  FeatureCodeField,
  formatInstant,
  InstantBody,
  integerText,
  LimitField,
  LocalDateField,
  MonthBody,
} from "../kit/fields.ts";
import { list, type Page } from "../kit/list.ts";
import type { Companies, RateCardAdmin, Reports } from "../../ports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { languageOf, ReceiptParts, toReceiptParts } from "./receipt.ts";
import { type Api, route } from "../kit/route.ts";
import { ContactBody, formatContacts } from "./contact_text.ts";

const TypeField = z.enum(["grant", "consumption", "reversal", "expiry", "adjustment"]);
const DirectionField = z.enum(["inbound", "outbound", "none"]);

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

const ReceiptBody = EntryBody.extend(ReceiptParts).openapi("Receipt");

/** The filter of the ledger. Omitted fields do not filter. */
export const LEDGER_FILTER = {
  from: LocalDateField.optional().openapi({ description: "By local date, inclusive." }),
  to: LocalDateField.optional().openapi({ description: "By local date, inclusive." }),
  feature: FeatureCodeField.optional(),
  type: TypeField.optional(),
  direction: DirectionField.optional(),
  late: z.enum(["true", "false"]).transform((late) => late === "true").optional().openapi({
    type: "string",
    description: "`true`: only entries recorded after their date was closed; `false`: only the others.",
  }),
} as const;

const LedgerQuery = z.strictObject({ ...LEDGER_FILTER, limit: LimitField, cursor: CursorField })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ["from"],
    error: "must not be after to: swap the dates",
  });

const CursorPosition = z.int().min(1);

/** Declares the calls on the ledger. */
export function ledger(api: Api, companies: Companies, reports: Reports, rates: RateCardAdmin): void {
  const shared = { policy: { scope: "read" }, tag: "Reports" } as const;
  list(api, {
    ...shared,
    path: "/v1/companies/{company}/ledger",
    operation_id: "listLedgerEntries",
    summary: "List ledger entries",
    description: "Newest first.",
    params: CompanyPath,
    query: LedgerQuery,
    row: EntryBody,
    file: "ledger",
  }, ({ params: { company }, query, caller }) => ledgerPage({ companies, reports }, company, query, caller));

  route(api, {
    ...shared,
    method: "get",
    path: "/v1/companies/{company}/ledger/{seq}",
    operation_id: "getReceipt",
    summary: "Get the receipt of a ledger entry",
    description:
      "The entry with its cause, rate and contract. `sentence` is in Portuguese or English, by `Accept-Language`, " +
      "otherwise by the company's locale. 404 `entry_not_found` for an unknown `seq`.",
    params: z.object({
      company: CompanyIdField,
      seq: integerText(Number.MAX_SAFE_INTEGER).openapi({
        type: "integer",
        description: "`seq` of the entry.",
      }),
    }),
    answer: ReceiptBody,
  }, async ({ params: { company, seq }, request, caller }) => {
    const accept_language = request.headers.get("accept-language");
    return await receiptOf({ companies, reports, rates }, company, seq, accept_language, caller);
  });
}

/** The ports that ledger calls read from. */
interface LedgerPorts {
  readonly companies: Companies;
  readonly reports: Reports;
}

/** Reads one page of a ledger. */
export async function ledgerPage(
  { companies, reports }: LedgerPorts,
  company: CompanyId,
  { limit, cursor, ...filter }: z.infer<typeof LedgerQuery>,
  caller: Caller,
): Promise<Page<z.infer<typeof EntryBody>> | Problem> {
  const before_seq = decodeCursor(CursorPosition, cursor);
  if (before_seq instanceof Problem) return before_seq;
  const answer = await companies.execute(company, { type: "read_company" });
  if (answer.type !== "company") return problemOfAnswer(answer);
  const rows = await reports.ledger({ company, ...filter, before_seq, limit: limit + 1 });
  const identifiers = await formatContacts(reports, company, contactsOf(rows), caller);
  const { calendar } = answer.view;
  return pageOf(rows, limit, (row) => toEntryBody(row, identifiers, calendar), ({ seq }) => seq);
}

/**
 * Reads one entry and the reason for it.
 *
 * @param accept_language the `Accept-Language` header of the request
 */
export async function receiptOf(
  { companies, reports, rates }: LedgerPorts & { readonly rates: RateCardAdmin },
  company: CompanyId,
  seq: number,
  accept_language: string | null,
  caller: Caller,
): Promise<z.infer<typeof ReceiptBody> | Problem> {
  const answer = await companies.execute(company, { type: "read_company" });
  if (answer.type !== "company") return problemOfAnswer(answer);
  const row = await reports.ledgerEntry(company, seq);
  if (row === undefined) return entryNotFound();
  const identifiers = await formatContacts(reports, company, contactsOf([row]), caller);
  const feature_name = row.feature === null ? undefined : (await rates.find(row.feature))?.name;
  const { calendar } = answer.view;
  const time_zone = calendar.zoneOn(row.local_date);
  const language = languageOf(accept_language, answer.view.locale);
  const parts = toReceiptParts(row, answer.view.contract, { language, time_zone, feature_name });
  return { ...toEntryBody(row, identifiers, calendar), ...parts };
}

function entryNotFound(): Problem {
  return new Problem(
    404,
    "entry_not_found",
    "No ledger entry with this seq: list the ledger.",
  );
}

/** Returns the contacts of the entries caused by a window. */
function contactsOf(rows: readonly LedgerEntry[]): ContactId[] {
  return rows.flatMap(({ cause }) => cause?.type === "window" ? [cause.contact] : []);
}

type Identifiers = ReadonlyMap<ContactId, string>;

function toEntryBody(
  row: LedgerEntry,
  identifiers: Identifiers,
  calendar: Calendar,
): z.infer<typeof EntryBody> {
  const { seq, type, period, local_date, feature, direction, late } = row;
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
