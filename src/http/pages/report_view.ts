/** Reads the data of the report page, with the functions that answer the API calls. */

import { addDays, daysIn, firstDateOf, lastDateOf, nextDate } from "../../domain/calendar.ts";
import type { CompanyView } from "../../domain/company/command.ts";
import { cancelsOn, scheduledAfter, termsOn } from "../../domain/contract.ts";
import { scheduledGrantIn } from "../../domain/package_end.ts";
import type { DayEnd } from "../../domain/reports.ts";
import type { CompanyId, LocalDate, Month } from "../../domain/types.ts";
import { PAGE_ALERT_TYPES } from "../../web/alert_types.ts";
import type {
  AlertView,
  ContractView,
  PageCompany,
  PageParameters,
  PageView,
} from "../../web/report/view.ts";
import type { Caller } from "../middleware/authentication.ts";
import { toBalanceBody } from "../resources/balance_body.ts";
import { toTermsBody } from "../resources/contracts.ts";
import { formatInstant, PAGE_ROWS_MAX } from "../kit/fields.ts";
import { forecastOf } from "../resources/forecast.ts";
import { featureNames } from "../resources/feature_names.ts";
import { EMPTY_HISTORY, historyPage } from "../resources/history.ts";
import { type HistorySearch, readSearch } from "../resources/history_search.ts";
import { ledgerPage, receiptOf } from "../resources/ledger.ts";
import type { CompanyAlerts } from "../../ports/alerts.ts";
import type { Companies } from "../../ports/companies.ts";
import type { PhoneNumberNames } from "../../ports/directory.ts";
import type { RateCardAdmin } from "../../ports/prices.ts";
import type { Reports } from "../../ports/reports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { languageOf } from "../resources/receipt.ts";
import { statementsIn, toStatementBody } from "../resources/statements.ts";
import { grouped, totalsOf } from "../resources/usage_report.ts";
import { windowsPage } from "../resources/windows.ts";
import type { LabelledReports } from "../resources/labelled_reports.ts";
import type { PageQueryInput } from "./report_query.ts";
import type { UnusualCauses } from "./unusual_cause.ts";
import { readFeatures, readLabels } from "./usage_tables.ts";

/** The ports that the report reads from. */
export interface ReportSources {
  readonly companies: Companies;
  readonly reports: Reports;
  readonly rates: RateCardAdmin;
  readonly labelled: LabelledReports;
}

/** The sources of the page, with the causes of its unusual days and the names of numbers. */
export interface PageSources extends ReportSources {
  readonly alerts: CompanyAlerts;
  readonly causes: UnusualCauses;
  readonly phone_numbers: PhoneNumberNames;
}

/** Entries on one page of the history. */
const HISTORY_ROWS = 50;

/** Alerts on the page. */
const ALERTS_SHOWN = 3;

/** Open windows on the page by default. */
const WINDOWS_FIRST = 6;

/** The reader of the page, with their languages. */
export interface ReportReader {
  readonly caller: Caller;
  readonly accept_language: string | null;
}

/** How often a page is read while its company changes meanwhile, so that all its numbers are of one version. */
const READS_MAX = 3;

/**
 * Reads the page of a company, or returns the problem of the first part that fails. All numbers are of one version,
 * unless the company changes during each of a few reads.
 */
export async function readPage(
  sources: PageSources,
  company: CompanyId,
  query: PageQueryInput,
  reader: ReportReader,
): Promise<PageView | Problem> {
  for (let reads = 1;; reads++) {
    const view = await readOnce(sources, company, query, reader);
    if (view instanceof Problem || reads === READS_MAX) return view;
    const answer = await sources.companies.execute(company, { type: "read_balance" });
    if (answer.type !== "balance" || answer.balance.version === view.balance.version) return view;
  }
}

async function readOnce(
  sources: PageSources,
  company: CompanyId,
  { cursor, entry, lang, ...query }: PageQueryInput,
  reader: ReportReader,
): Promise<PageView | Problem> {
  const { companies, reports } = sources;
  const answer = await companies.execute(company, { type: "read_balance" });
  if (answer.type !== "balance") return problemOfAnswer(answer);
  const known = await companies.execute(company, { type: "read_company" });
  if (known.type !== "company") return problemOfAnswer(known);
  const { view } = known;
  const search = await readSearch(companies, company, query.search, reader.caller);
  if (search instanceof Problem) return search;
  const language = lang ?? languageOf(reader.accept_language, view.locale);
  const statements = await statementsIn(companies, reports, company);
  if (statements instanceof Problem) return statements;
  const month = query.month ?? answer.balance.period;
  const statement = statements.find(({ period }) => period === month);
  if (statement === undefined) return statementNotFound(month);
  const parameters = { cursor, entry, lang, ...query };
  // The receipt has the language of the page, not that of the browser.
  const receipt_reader = { ...reader, accept_language: language };
  const is_open = month === answer.balance.period;
  const parts = await readParts(sources, company, parameters, receipt_reader, {
    month,
    is_open,
    view,
    search,
  });
  if (parts instanceof Problem) return parts;
  const first_month = statements.at(-1)!.period;
  const balance = toBalanceBody(answer.balance);
  const { closed_through } = answer.balance;
  const usage_month = { statement, first_month, closed_through, version: balance.version };
  const [by_feature, by_label] = await Promise.all([
    readFeatures(reports, company, parts.usage, usage_month),
    query.by === undefined ? null : readLabels(sources.labelled, company, query.by, usage_month),
  ]);
  // Not before the report of a tab: only one report by label runs at a time.
  const unusual_cause = await causeOfToday(sources, company, parts.forecast, balance);
  const shows_numbers = query.by === "number" || unusual_cause?.by === "number";
  return {
    language,
    company: companyOf(company, view),
    balance,
    contract: contractOf(view),
    scheduled_grant: scheduledGrantIn(view.contract, view.today) ?? null,
    statement: toStatementBody(statement),
    statements: statements.map(toStatementBody),
    features: await featureNames(sources.rates, view, language),
    is_viewer: reader.caller.kind === "viewer",
    sees_contacts: reader.caller.sees_contacts,
    search: search === null ? null : { by: search.by, error: search.error },
    parameters: urlParametersOf(parameters),
    ...parts,
    by_feature,
    by_label,
    unusual_cause,
    number_names: shows_numbers ? await sources.phone_numbers.namesOf(company) : NO_NAMES,
  };
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** What the parts of a page depend on beside its query. */
interface PartsOf {
  readonly month: Month;
  readonly is_open: boolean;
  readonly view: CompanyView;
  readonly search: HistorySearch | null;
}

type Part =
  | "alerts"
  | "usage"
  | "grants"
  | "day_balances"
  | "forecast"
  | "open_windows"
  | "history"
  | "receipt";

/** Reads the parts of the month shown, and the history. */
async function readParts(
  sources: PageSources,
  company: CompanyId,
  { cursor, entry, ...query }: PageQueryInput,
  { caller, accept_language }: ReportReader,
  { month, is_open, view, search }: PartsOf,
): Promise<Pick<PageView, Part> | Problem> {
  const { companies, reports } = sources;
  const windows_query = { open: "true", limit: windowsLimit(query) } as const;
  const [alerts, usage, grants, day_balances, forecast, open_windows, history, receipt] = await Promise.all([
    is_open ? alertsIn(sources.alerts, company, view.calendar.day(firstDateOf(month)).start_ms) : [],
    usageIn(reports, company, month),
    grantsIn(sources, company, month, caller),
    reports.dayBalances(company, dayEndsOf(month, view)),
    is_open ? forecastOf(companies, reports, company) : null,
    is_open ? windowsPage(companies, reports, company, windows_query, caller) : null,
    search?.filter === null ? EMPTY_HISTORY : historyPage(
      sources,
      company,
      { ...historyFilter({ ...query, month }), ...search?.filter, cursor, limit: HISTORY_ROWS },
      caller,
    ),
    entry === undefined ? null : receiptOf(sources, company, entry, accept_language, caller),
  ]);
  if (grants instanceof Problem) return grants;
  if (forecast instanceof Problem) return forecast;
  if (open_windows instanceof Problem) return open_windows;
  if (history instanceof Problem) return history;
  if (receipt instanceof Problem) return receipt;
  const found_by = search?.by === "message" ? search.filter?.message : undefined;
  const message_id = found_by !== undefined && receipt?.message?.key === found_by ? query.search : undefined;
  return {
    alerts,
    usage,
    grants,
    day_balances,
    forecast,
    open_windows,
    history,
    receipt: receipt && { ...receipt, message_id: message_id ?? null },
  };
}

/** Reads what explains today, if it is unusual. */
async function causeOfToday(
  { causes }: PageSources,
  company: CompanyId,
  forecast: PageView["forecast"],
  { closed_through, as_of, version }: PageView["balance"],
): Promise<PageView["unusual_cause"]> {
  if (forecast === null || "insufficient_data" in forecast || !forecast.today.is_unusual) return null;
  const today = nextDate(closed_through as LocalDate);
  const { closed_days, today: { consumed, usual } } = forecast;
  return await causes.of(company, { today, closed_days, consumed, usual, as_of, version });
}

/** Returns the filters of the history: those of the query, and the dates of the month when no date is set. */
export function historyFilter({ month, from, to, feature, type, direction, late, after_close }: {
  readonly month?: Month | undefined;
} & Pick<PageQueryInput, "from" | "to" | "feature" | "type" | "direction" | "late" | "after_close">) {
  const whole = from === undefined && to === undefined ? month : undefined;
  return {
    from: whole === undefined ? from : firstDateOf(whole),
    to: whole === undefined ? to : lastDateOf(whole),
    feature,
    type,
    direction,
    late,
    after_close,
  };
}

function windowsLimit({ windows }: Pick<PageQueryInput, "windows">): number {
  return windows === "all" ? PAGE_ROWS_MAX : WINDOWS_FIRST;
}

async function alertsIn(
  alerts: CompanyAlerts,
  company: CompanyId,
  since_ms: number,
): Promise<PageView["alerts"]> {
  const query = { company, types: PAGE_ALERT_TYPES, since_ms, before: undefined, limit: ALERTS_SHOWN };
  // Of these types alone.
  const rows = await alerts.alertsOf(query) as readonly (AlertView & { readonly raised_at_ms: number })[];
  return rows.map((row) => ({ ...row, raised_at: formatInstant(row.raised_at_ms) }));
}

async function usageIn(reports: Reports, company: CompanyId, month: Month): Promise<PageView["usage"]> {
  const span = { company, from: firstDateOf(month), to: lastDateOf(month), as_of: "now" } as const;
  const rows = grouped(await totalsOf(reports, span), new Set(["day", "feature", "direction"]));
  // Grouped by all three fields, each row has all three.
  return rows as PageView["usage"];
}

/** Reads the grants of a month. A month has one grant, and one more for each upgrade: they fit one page. */
async function grantsIn(
  sources: ReportSources,
  company: CompanyId,
  month: Month,
  caller: Caller,
): Promise<PageView["grants"] | Problem> {
  const filter = { from: firstDateOf(month), to: lastDateOf(month), type: "grant" } as const;
  const page = await ledgerPage(sources, company, { ...filter, limit: PAGE_ROWS_MAX }, caller);
  return page instanceof Problem ? page : page.data;
}

/** Returns the dates of a month that have begun, each with its end. */
function dayEndsOf(month: Month, { calendar, today }: CompanyView): DayEnd[] {
  return Array.from({ length: daysIn(month) }, (_, index) => addDays(firstDateOf(month), index))
    .filter((date) => date <= today)
    .map((local_date) => ({ local_date, end_ms: calendar.day(local_date).end_ms }));
}

function companyOf(id: CompanyId, view: CompanyView): PageCompany {
  const { calendar } = view;
  return {
    id,
    name: view.name,
    locale: view.locale,
    today: view.today,
    phone_numbers: view.phone_number_ids.length,
    zoneOn: (date) => calendar.zoneOn(date as CompanyView["today"]),
    zoneAt: (instant) => calendar.zoneOn(calendar.dateOf(Date.parse(instant))),
  };
}

function contractOf({ contract, today }: CompanyView): ContractView | null {
  const scheduled = scheduledAfter(contract, today);
  const terms = termsOn(contract, today) ?? scheduled?.terms;
  if (terms === undefined) return null;
  return {
    ...toTermsBody(terms),
    scheduled: scheduled === undefined
      ? null
      : { ...toTermsBody(scheduled.terms), effective_from: scheduled.effective_from },
    cancels_on: cancelsOn(contract, today),
  };
}

function urlParametersOf(query: PageQueryInput): PageParameters {
  const set = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}

function statementNotFound(month: Month): Problem {
  return new Problem(
    404,
    "statement_not_found",
    `No statement for ${month}: choose a month that the page lists.`,
  );
}
