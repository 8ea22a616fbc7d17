import { z } from "@hono/zod-openapi";
import type { Calendar, LocalDay } from "../../domain/calendar.ts";
import type { CompanyId, ContactId } from "../../domain/types.ts";
import type { Caller } from "../middleware/authentication.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import { CompanyPath, CursorField, LimitField, MillisecondsField } from "../kit/fields.ts";
import { list, type Page } from "../kit/list.ts";
import type { WindowCursor, WindowRecord } from "../../domain/reports.ts";
import type { Companies } from "../../ports/companies.ts";
import type { Reports } from "../../ports/reports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import type { Api } from "../kit/route.ts";
import { ContactBody, formatContacts } from "./contact_text.ts";
import { DirectionField, toWindowBody, WindowBody } from "./window_body.ts";

const CursorPosition = z.object({
  opened_at_ms: MillisecondsField,
  contact: z.guid().transform((id) => id as ContactId),
  direction: DirectionField,
});

const WindowRecordBody = WindowBody.extend({
  contact: ContactBody,
  feature: z.string(),
});

const WindowsQuery = z.strictObject({
  open: z.enum(["true", "false"]).optional().openapi({
    description: "`true`: only open windows; `false`: only closed ones.",
  }),
  limit: LimitField,
  cursor: CursorField,
});

/** Declares the call that lists windows. */
export function windows(api: Api, companies: Companies, reports: Reports): void {
  list(api, {
    path: "/v1/companies/{company}/windows",
    policy: { scope: "read" },
    tag: "Windows",
    operation_id: "listWindows",
    summary: "List windows",
    description: "Open and closed windows, newest first.",
    params: CompanyPath,
    query: WindowsQuery,
    row: WindowRecordBody,
    file: "windows",
  }, ({ params: { company }, query, caller }) => windowsPage(companies, reports, company, query, caller));
}

/** Reads one page of a company's windows. */
export async function windowsPage(
  companies: Companies,
  reports: Reports,
  company: CompanyId,
  query: z.infer<typeof WindowsQuery>,
  caller: Caller,
): Promise<Page<z.infer<typeof WindowRecordBody>> | Problem> {
  const before = decodeCursor(CursorPosition, query.cursor);
  if (before instanceof Problem) return before;
  const answer = await companies.execute(company, { type: "read_company" });
  if (answer.type !== "company") return problemOfAnswer(answer);
  const { calendar } = answer.view;
  const opened = openedIn(query.open, calendar.day(answer.view.today));
  const rows = await reports.windows({ company, ...opened, before, limit: query.limit + 1 });
  const identifiers = await formatContacts(reports, company, rows.map(({ contact }) => contact), caller);
  return pageOf(rows, query.limit, (row) => toWindowRecordBody(row, identifiers, calendar), cursorPositionOf);
}

/** Converts `open` to bounds of the opening time: all windows of a local date close at its end. */
function openedIn(open: "true" | "false" | undefined, today: LocalDay) {
  if (open === undefined) return {};
  return open === "true"
    ? { opened_from_ms: today.start_ms, opened_before_ms: today.end_ms }
    : { opened_before_ms: today.start_ms };
}

function cursorPositionOf({ opened_at_ms, contact, direction }: WindowRecord): WindowCursor {
  return { opened_at_ms, contact, direction };
}

function toWindowRecordBody(
  row: WindowRecord,
  identifiers: ReadonlyMap<ContactId, string>,
  calendar: Calendar,
): z.infer<typeof WindowRecordBody> {
  const closes_at_ms = calendar.day(row.local_date).end_ms;
  const { contact, feature } = row;
  return { contact: identifiers.get(contact) ?? null, feature, ...toWindowBody({ ...row, closes_at_ms }) };
}
