import type { z } from "@hono/zod-openapi";
import type { CompanyId } from "../../domain/types.ts";
import type { Companies } from "../../ports/companies.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type BalanceBody, toBalanceBody } from "./balance_body.ts";

/** Companies that are read at once: a call that names many must not fill the queue of commands. */
const READ_AT_ONCE = 50;

/**
 * Maps companies, {@link READ_AT_ONCE} at a time.
 *
 * @returns the results in order; the first problem, if any
 */
export async function mapCompanies<Row, Result>(
  rows: readonly Row[],
  map: (row: Row) => Promise<Result | Problem>,
): Promise<Result[] | Problem> {
  const results: Result[] = [];
  for (let from = 0; from < rows.length; from += READ_AT_ONCE) {
    for (const result of await Promise.all(rows.slice(from, from + READ_AT_ONCE).map(map))) {
      if (result instanceof Problem) return result;
      results.push(result);
    }
  }
  return results;
}

/**
 * Reads the balance of a company, as `GET …/balance` does.
 *
 * @returns null when there is no such company
 */
export async function readBalance(
  companies: Companies,
  company: CompanyId,
): Promise<z.infer<typeof BalanceBody> | null | Problem> {
  const answer = await companies.execute(company, { type: "read_balance" });
  if (answer.type === "company_not_found") return null;
  return answer.type === "balance" ? toBalanceBody(answer.balance) : problemOfAnswer(answer);
}
