import { z } from "@hono/zod-openapi";
import { nextDate } from "../../domain/calendar.ts";
import { settingsOn } from "../../domain/company/state.ts";
import { COMPANY_SORTS, type CompanyQuery, foldedName } from "../../domain/company_list.ts";
import type { ListedCompany } from "../../domain/reports.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { Companies } from "../../ports/companies.ts";
import type { CompanyList } from "../../ports/directory.ts";
import type { Reports } from "../../ports/reports.ts";
import { columnsOf } from "../kit/csv.ts";
import { decodeCursor, encodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CursorField,
  DateBody,
  LimitField,
  LocalDateField,
  textField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import { invalidRequest, Problem } from "../kit/problems.ts";
import type { Api } from "../kit/route.ts";
import { BalanceBody } from "./balance_body.ts";
import { mapCompanies, readBalance } from "./balance_reads.ts";
import { COMPANY_FIELDS, toProfileBody } from "./companies.ts";
import { forecastOf } from "./forecast.ts";

/** Companies whose forecasts one page reads. */
const FORECASTS_MAX = 100;

const StatusField = z.enum(["active", "ending", "scheduled", "none"]).openapi({
  description:
    "The state of the package today: `ending` if its cancellation is scheduled, `scheduled` before it starts, `none` " +
    "without a package.",
});

const CompanyListQuery = z.strictObject({
  name: textField(200).optional().openapi({
    description: "A part of the name. Case and marks do not matter: `sao` finds `São`.",
  }),
  status: StatusField.optional(),
  in_excess: z.enum(["true", "false"]).optional().openapi({
    description: "Whether the current month has excess.",
  }),
  runs_out_before: LocalDateField.optional().openapi({
    description:
      "Companies whose forecast has `runs_out_on` before this local date. Each page reads the forecasts of at most " +
      `${FORECASTS_MAX} companies, so it can have fewer rows than \`limit\`, or none, and a \`next_cursor\`.`,
  }),
  sort: z.enum(COMPANY_SORTS).default("company").openapi({
    description:
      "Figures are of the current month. `share_used`: consumed credits for each granted one; without a package each " +
      "counts as a whole one.",
  }),
  order: z.enum(["asc", "desc"]).default("asc").openapi({
    description: "Companies of one value are in order of id either way.",
  }),
  include: z.enum(["balance"]).optional().openapi({ description: "Adds `balance` to each row." }),
  limit: LimitField,
  cursor: CursorField,
});

const ListedCompanyBody = z.object({
  ...COMPANY_FIELDS,
  status: StatusField,
  runs_out_on: DateBody.optional().openapi({ description: "Only with `runs_out_before`." }),
  balance: BalanceBody.optional().openapi({ description: "Only with `include=balance`." }),
}).openapi("ListedCompany");

const CursorPosition = z.strictObject({
  sort: z.enum(COMPANY_SORTS),
  order: z.enum(["asc", "desc"]),
  value: z.union([textField(200), z.number()]),
  company: CompanyIdField,
}).refine(({ sort, value }) => (sort === "company" || sort === "name") === (typeof value === "string"));

type Query = z.infer<typeof CompanyListQuery>;
type Row = z.infer<typeof ListedCompanyBody>;

/** The dependencies of the list of companies. */
export interface CompanyListOptions {
  readonly companies: Companies;
  readonly company_list: CompanyList;
  readonly reports: Reports;
}

/** Declares the call that lists companies. */
export function companyList(api: Api, options: CompanyListOptions): void {
  const all_columns = columnsOf(ListedCompanyBody);
  list(api, {
    path: "/v1/companies",
    policy: { scope: "read", allows_company_keys: true },
    tag: "Companies",
    operation_id: "listCompanies",
    summary: "List companies",
    description:
      "The companies the key can access. Filters and order use committed rows: those of a local day that ended may be " +
      "of that day until the day is closed, within a minute. A company whose value changes between two pages may be " +
      "missing, or appear twice. Each `balance` is read like that of `GET /v1/companies/{company}/balance`.",
    query: CompanyListQuery,
    row: ListedCompanyBody,
    file: "companies",
    columns: ({ include, runs_out_before }) =>
      all_columns.filter(({ path: [field] }) =>
        (field !== "balance" || include === "balance") &&
        (field !== "runs_out_on" || runs_out_before !== undefined)
      ),
  }, async ({ query, caller }) => {
    const selected = selectionOf(query, caller.company);
    if (selected instanceof Problem) return selected;
    const page = await readPage(options, query, selected);
    if (page instanceof Problem || query.include === undefined) return page;
    const data = await mapCompanies(page.data, async (row) => {
      const balance = await readBalance(options.companies, row.company as CompanyId);
      if (balance instanceof Problem) return balance;
      return balance === null ? row : { ...row, balance };
    });
    return data instanceof Problem ? data : { ...page, data };
  });
}

/** Converts a query to that of the store. A caller of one company sees only that one. */
function selectionOf(query: Query, company: CompanyId | undefined): CompanyQuery | Problem {
  const { sort, order, name, status, in_excess, limit, cursor } = query;
  const position = decodeCursor(CursorPosition, cursor);
  if (position instanceof Problem) return position;
  if (position !== undefined && (position.sort !== sort || position.order !== order)) {
    const message = "cursor is of a list in another order: send the same sort and order with it";
    return invalidRequest([{ path: "cursor", message }]);
  }
  return {
    sort,
    descending: order === "desc",
    after: position && { value: position.value, company: position.company },
    company,
    // A client may send `ã` as a letter and a mark.
    name: name && foldedName(name.normalize("NFC")),
    status,
    in_excess: in_excess === undefined ? undefined : in_excess === "true",
    limit: limit + 1,
  };
}

function readPage(options: CompanyListOptions, query: Query, selected: CompanyQuery) {
  return query.runs_out_before === undefined
    ? readListed(options, query, selected)
    : readRunningOut(options, query, query.runs_out_before, selected);
}

async function readListed({ company_list }: CompanyListOptions, query: Query, selected: CompanyQuery) {
  const rows = await company_list.list(selected);
  return pageOf(rows, query.limit, toListedBody, positionIn(query));
}

/** Reads a page of companies that run out before a date, among the next {@link FORECASTS_MAX} ones. */
async function readRunningOut(
  { companies, company_list, reports }: CompanyListOptions,
  query: Query,
  before: string,
  selected: CompanyQuery,
) {
  const rows = await company_list.list({ ...selected, limit: FORECASTS_MAX + 1 });
  const dates = await mapCompanies(rows.slice(0, FORECASTS_MAX), async ({ company }) => {
    const forecast = await forecastOf(companies, reports, company);
    if (forecast instanceof Problem) return forecast;
    return "insufficient_data" in forecast ? null : forecast.runs_out_on;
  });
  if (dates instanceof Problem) return dates;
  const found = rows.flatMap((row, i) => {
    const runs_out_on = dates[i] ?? null;
    return runs_out_on !== null && runs_out_on < before ? [{ ...row, runs_out_on }] : [];
  });
  const page = pageOf(found, query.limit, toListedBody, positionIn(query));
  if (page.next_cursor !== null || rows.length <= FORECASTS_MAX) return page;
  return { ...page, next_cursor: encodeCursor(positionIn(query)(rows[FORECASTS_MAX - 1]!)) };
}

function positionIn({ sort, order }: Query) {
  return ({ sort_value, company }: ListedCompany) => ({ sort, order, value: sort_value, company });
}

function toListedBody(row: ListedCompany & { readonly runs_out_on?: Row["runs_out_on"] }): Row {
  const profile = toProfileBody(row.company, row, settingsOn(row.settings, nextDate(row.closed_through)));
  const runs_out_on = row.runs_out_on === undefined ? {} : { runs_out_on: row.runs_out_on };
  return { ...profile, status: row.status, ...runs_out_on };
}
