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
import { CsvLocaleField } from "../kit/csv_for_people.ts";
import { list } from "../kit/list.ts";
import type { Companies } from "../../ports/companies.ts";
import type { Reports } from "../../ports/reports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { statementColumns } from "./statements_for_people.ts";

/** The credits of a month in a response. */
export const figures = {
  granted: CreditsBody.openapi({ description: "Package credits of the month." }),
  consumed: CreditsBody.openapi({ description: "Credits used, within and beyond the package." }),
  prepaid_used: CreditsBody.openapi({ description: "Consumed credits covered by the package." }),
  expired: CreditsBody.openapi({ description: "Package credits that expired unused." }),
  excess: CreditsBody.openapi({ description: "Consumed credits beyond the package." }),
};

/** The amounts of a month in a response. */
export const amounts = {
  excess_amount: MoneyBody.nullable().openapi({ description: "Price of the excess." }),
  total: MoneyBody.nullable().openapi({ description: "Price of the package and the excess." }),
};

/** A statement in a response. */
export const StatementBody = z.object({
  period: MonthBody,
  status: z.enum(["open", "closed", "final"]).openapi({
    description: "Late facts can change a `closed` month. A `final` month never changes.",
  }),
  opening: CreditsBody.openapi({ description: "Always 0: unused credits expire at the end of their month." }),
  ...figures,
  package_price: MoneyBody.nullable().openapi({
    description:
      "Price of the package in force at the end of the month, in whole centavos: a line of the total.",
  }),
  excess_credit_price: MoneyBody.nullable(),
  ...amounts,
  currency: z.string().nullable(),
  at_close: z.object({ ...figures, ...amounts }).nullable().openapi({
    description: "Figures at the closing of the month. Null while the month is open.",
  }),
  late_entries: z.object({ ...figures, ...amounts }).nullable().openapi({
    description:
      "Change of each figure since the closing; negative if it fell. The ledger lists its entries with " +
      "`after_close=true`.",
  }),
}).openapi("Statement");

/** Declares the calls on monthly statements. */
export function statements(api: Api, companies: Companies, reports: Reports): void {
  const shared = { policy: { scope: "read" }, tag: "Reports" } as const;
  const path = "/v1/companies/{company}/statements";
  list(api, {
    ...shared,
    path,
    operation_id: "listStatements",
    summary: "List statements",
    description: "One statement a month, newest first. An amount is null if a price it needs is not set.",
    params: CompanyPath,
    query: z.strictObject({ limit: LimitField, cursor: CursorField, locale: CsvLocaleField }),
    row: StatementBody,
    file: "statements",
    forPeople: (_, language) => Promise.resolve({ columns: statementColumns(language) }),
  }, async ({ params: { company }, query: { limit, cursor } }) => {
    const before = decodeCursor(MonthField, cursor);
    if (before instanceof Problem) return before;
    const all = await statementsIn(companies, reports, company);
    if (all instanceof Problem) return all;
    const rows = all.filter(({ period }) => before === undefined || period < before);
    return pageOf(rows, limit, toStatementBody, ({ period }) => period);
  });

  route(api, {
    ...shared,
    method: "get",
    path: `${path}/{month}`,
    operation_id: "getStatement",
    summary: "Get a statement",
    description: "404 `statement_not_found` for a month without data.",
    params: z.object({ company: CompanyIdField, month: MonthField }),
    answer: StatementBody,
  }, async ({ params: { company, month } }) => {
    const all = await statementsIn(companies, reports, company);
    if (all instanceof Problem) return all;
    const statement = all.find(({ period }) => period === month);
    return statement === undefined ? statementNotFound(month, all) : toStatementBody(statement);
  });
}

/** Builds the statements of all months, newest first. */
export async function statementsIn(
  companies: Companies,
  reports: Reports,
  company: CompanyId,
): Promise<Statement[] | Problem> {
  // The actor runs first: it closes due days before the stored periods are read.
  const answer = await companies.execute(company, { type: "read_company" });
  if (answer.type !== "company") return problemOfAnswer(answer);
  const { contract, today } = answer.view;
  const stored = await reports.periods(company);
  // An event from a clock that runs ahead can start the next month early: leave that month out.
  return statementsOf(stored.filter(({ period }) => period.month <= monthOf(today)), contract, today);
}

function statementNotFound(month: Month, [current]: readonly Statement[]): Problem {
  const detail = month > current!.period
    ? `${month} has not begun: get the newest statement, ${current!.period}.`
    : `No statement for ${month}: list the statements.`;
  return new Problem(404, "statement_not_found", detail);
}

/** Converts a statement to its body. */
export function toStatementBody(statement: Statement): z.infer<typeof StatementBody> {
  const { period, status, currency, at_close, amounts_at_close, late_entries, late_amounts } = statement;
  return {
    period,
    status,
    opening: 0,
    ...statement.figures,
    package_price: formatPrice(statement.package_price),
    excess_credit_price: formatPrice(statement.excess_credit_price),
    ...toAmountsBody(statement),
    currency,
    at_close: at_close && amounts_at_close && toFiguresBody(at_close, amounts_at_close),
    late_entries: late_entries && late_amounts && toFiguresBody(late_entries, late_amounts),
  };
}

function toFiguresBody(of_figures: ClosedFigures, of_amounts: Amounts) {
  const { granted, consumed, prepaid_used, expired, excess } = of_figures;
  return { granted, consumed, prepaid_used, expired, excess, ...toAmountsBody(of_amounts) };
}

function toAmountsBody({ excess_amount, total }: Amounts) {
  return { excess_amount: formatPrice(excess_amount), total: formatPrice(total) };
}
