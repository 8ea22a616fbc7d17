/** The history of the report page: ledger entries by local date, with the sum of each date. */

import { z } from "@hono/zod-openapi";
import type { DatedLedgerFilter, LedgerDay } from "../../domain/reports.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { Companies } from "../../ports/companies.ts";
import type { Reports } from "../../ports/reports.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import { LocalDateField } from "../kit/fields.ts";
import type { Page } from "../kit/list.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import type { Caller } from "../middleware/authentication.ts";
import { formatContacts } from "./contact_text.ts";
import { contactsOf, type EntryBody, toEntryBody } from "./ledger_entry.ts";

const CursorPosition = z.object({ local_date: LocalDateField, late: z.boolean(), seq: z.int().min(1) });

/** The ports that the history reads from. */
interface HistoryPorts {
  readonly companies: Companies;
  readonly reports: Reports;
}

/** The filter and position of a page of the history. */
type HistoryQuery = Omit<DatedLedgerFilter, "company"> & {
  readonly limit: number;
  readonly cursor: string | undefined;
};

/** A page of the history. Its days count and sum every entry of a date, also those on other pages. */
export interface DatedEntries extends Page<z.infer<typeof EntryBody>> {
  readonly days: readonly LedgerDay[];
}

/** A history without entries. */
export const EMPTY_HISTORY: DatedEntries = { data: [], days: [], next_cursor: null };

/** Reads a page of entries, the newest date first, and within a date the late entries first. */
export async function entriesByDate(
  { companies, reports }: HistoryPorts,
  company: CompanyId,
  { limit, cursor, ...filter }: HistoryQuery,
  caller: Caller,
): Promise<Page<z.infer<typeof EntryBody>> | Problem> {
  const before = decodeCursor(CursorPosition, cursor);
  if (before instanceof Problem) return before;
  const answer = await companies.execute(company, { type: "read_company" });
  if (answer.type !== "company") return problemOfAnswer(answer);
  const rows = await reports.ledgerByDate({ company, ...filter, before, limit: limit + 1 });
  const identifiers = await formatContacts(reports, company, contactsOf(rows), caller);
  const { calendar } = answer.view;
  return pageOf(
    rows,
    limit,
    (row) => toEntryBody(row, identifiers, calendar),
    ({ local_date, late, seq }) => ({ local_date, late, seq }),
  );
}

/** Reads a page of entries with the sums of their dates. */
export async function historyPage(
  ports: HistoryPorts,
  company: CompanyId,
  query: HistoryQuery,
  caller: Caller,
): Promise<DatedEntries | Problem> {
  const page = await entriesByDate(ports, company, query, caller);
  if (page instanceof Problem) return page;
  const { limit: _, cursor: __, ...filter } = query;
  const [newest, oldest] = [page.data[0]?.local_date, page.data.at(-1)?.local_date];
  const days = newest === undefined || oldest === undefined
    ? []
    : await ports.reports.ledgerDays({ company, ...filter, from: dateOf(oldest), to: dateOf(newest) });
  return { ...page, days };
}

function dateOf(local_date: string) {
  return LocalDateField.parse(local_date);
}
