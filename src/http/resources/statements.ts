import { z } from "@hono/zod-openapi";
import { monthOf } from "../../domain/calendar.ts";
import type { ClosedFigures } from "../../domain/company/event.ts";
import type { CompanyId, Month } from "../../domain/types.ts";
import { type Amounts, type Statement, statementsOf } from "../../domain/statement.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CompanyPath,
  CreditsBody,
  CursorField,
  formatPrice,
  LimitField,
  MoneyBody,
  MonthBody,
  MonthField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { Companies, Reports } from "../../ports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const figures = {
  granted: CreditsBody,
  consumed: CreditsBody,
  prepaid_used: CreditsBody.openapi({ description: "Of what was consumed, what the package held." }),
  expired: CreditsBody,
  excess: CreditsBody.openapi({ description: "Of what was consumed, what went past the package." }),
};

const amounts = { excess_amount: MoneyBody.nullable(), total: MoneyBody.nullable() };

const StatementBody = z.object({
  period: MonthBody,
  status: z.enum(["open", "closed", "final"]).openapi({
    description: "Late facts may still change a closed month; nothing changes a final one.",
  }),
  opening: CreditsBody.openapi({ description: "Always 0: what is left of a month expires with it." }),
  ...figures,
  package_price: MoneyBody.nullable().openapi({
    description: "Of the package in force at the month's end.",
  }),
  excess_credit_price: MoneyBody.nullable(),
  ...amounts,
  currency: z.string().nullable(),
  at_close: z.object({ ...figures, ...amounts }).nullable().openapi({
    description: "What the month's closing said; null while it is open.",
  }),
  late_entries: z.object({ ...figures, ...amounts }).nullable().openapi({
    description: "By how much each figure has changed since: below zero where it is less than at the close.",
  }),
}).openapi("Statement");

/** What each month came to. */
export function statements(api: Api, companies: Companies, reports: Reports): void {
  const shared = { policy: { scope: "read" }, tag: "Reports" } as const;
  const path = "/v1/companies/{company}/statements";
  list(api, {
    ...shared,
    path,
    summary: "The statements of all months, newest first",
    description: "Money is null while nobody has said a price that it takes.",
    params: CompanyPath,
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: StatementBody,
    file: "statements",
  }, async ({ params: { company }, query: { limit, cursor } }) => {
    const before = decodeCursor(MonthField, cursor);
    if (before instanceof Problem) return before;
    const all = await statementsIn(companies, reports, company);
    if (all instanceof Problem) return all;
    const rows = all.filter(({ period }) => before === undefined || period < before);
    return pageOf(rows, limit, showStatement, ({ period }) => period);
  });

  route(api, {
    ...shared,
    method: "get",
    path: `${path}/{month}`,
    summary: "The statement of one month",
    params: z.object({ company: CompanyIdField, month: MonthField }),
    answer: StatementBody,
  }, async ({ params: { company, month } }) => {
    const all = await statementsIn(companies, reports, company);
    if (all instanceof Problem) return all;
    const statement = all.find(({ period }) => period === month);
    return statement === undefined ? noStatement(month, all) : showStatement(statement);
  });
}

/** Every month's statement, newest first. */
export async function statementsIn(
  companies: Companies,
  reports: Reports,
  company: CompanyId,
): Promise<Statement[] | Problem> {
  // Asked first: it is brought up to now, and closes what is due, before what is written is read.
  const answer = await companies.execute(company, { type: "read_company" });
  if (answer.type !== "company") return problemOfAnswer(answer);
  const { contract, today } = answer.view;
  const kept = await reports.periods(company);
  // The month may have turned for an event from a clock that runs ahead; it is not this company's month yet.
  return statementsOf(kept.filter(({ period }) => period.month <= monthOf(today)), contract, today);
}

function noStatement(month: Month, [current]: readonly Statement[]): Problem {
  const detail = month > current!.period
    ? `${month} has not begun: the newest statement is that of ${current!.period}`
    : `this company has nothing of ${month}: list its statements to see those it has`;
  return new Problem(404, "no_statement", detail);
}

/** A statement as it is sent. */
export function showStatement(statement: Statement): z.infer<typeof StatementBody> {
  const { period, status, currency, at_close, amounts_at_close, late_entries, late_amounts } = statement;
  return {
    period,
    status,
    opening: 0,
    ...statement.figures,
    package_price: formatPrice(statement.package_price),
    excess_credit_price: formatPrice(statement.excess_credit_price),
    ...showAmounts(statement),
    currency,
    at_close: at_close && amounts_at_close && showSide(at_close, amounts_at_close),
    late_entries: late_entries && late_amounts && showSide(late_entries, late_amounts),
  };
}

function showSide(of_figures: ClosedFigures, of_amounts: Amounts) {
  const { granted, consumed, prepaid_used, expired, excess } = of_figures;
  return { granted, consumed, prepaid_used, expired, excess, ...showAmounts(of_amounts) };
}

function showAmounts({ excess_amount, total }: Amounts) {
  return { excess_amount: formatPrice(excess_amount), total: formatPrice(total) };
}
