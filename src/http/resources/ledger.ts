import { z } from "@hono/zod-openapi";
import type { CompanyId } from "../../domain/types.ts";
import type { Caller } from "../middleware/authentication.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CompanyPath,
  CursorField,
  FeatureCodeField,
  integerText,
  LimitField,
  LocalDateField,
} from "../kit/fields.ts";
import { CsvLocaleField } from "../kit/csv_for_people.ts";
import { list, type Page } from "../kit/list.ts";
import type { Companies } from "../../ports/companies.ts";
import type { RateCardAdmin } from "../../ports/prices.ts";
import type { Reports } from "../../ports/reports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { languageOf, ReceiptParts, toReceiptParts } from "./receipt.ts";
import { type Api, route } from "../kit/route.ts";
import { contactsOf, DirectionField, EntryBody, toEntryBody, TypeField } from "./ledger_entry.ts";
import { ledgerForPeople } from "./ledger_for_people.ts";
import { formatContacts } from "./contact_text.ts";

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
  after_close: z.enum(["true", "false"]).transform((after) => after === "true").optional().openapi({
    type: "string",
    description:
      "`true`: only entries recorded after their month was closed, which make up the `late_entries` of its statement; " +
      "`false`: only the others.",
  }),
} as const;

const LedgerQuery = z.strictObject({
  ...LEDGER_FILTER,
  limit: LimitField,
  cursor: CursorField,
  locale: CsvLocaleField,
})
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
    description:
      "In the order of recording, newest first. The CSV for people is in the order of the page: by local date.",
    params: CompanyPath,
    query: LedgerQuery,
    row: EntryBody,
    file: "ledger",
    forPeople: ({ params: { company }, query, caller }, language) =>
      ledgerForPeople({ companies, reports, rates }, company, query, { caller, language }),
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
  { limit, cursor, locale: _, ...filter }: z.infer<typeof LedgerQuery>,
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
