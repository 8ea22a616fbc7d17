import type { z } from "@hono/zod-openapi";
import { firstDateOf, lastDateOf, monthOf, nextDate } from "../../domain/calendar.ts";
import type { Refused } from "../../domain/company/command.ts";
import { ALWAYS } from "../../domain/company/state.ts";
import type { MetaRates } from "../../domain/meta_costs/rate_card.ts";
import type { CompanyId, Month } from "../../domain/types.ts";
import { marginUnder } from "../../domain/what_if/margins.ts";
import type { MonthRows } from "../../domain/what_if/month_rows.ts";
import { firstMonthRetained } from "../../domain/what_if/retained.ts";
import { otherContract, type OtherTerms, refuseTerms } from "../../domain/what_if/terms.ts";
import { type WhatIf, whatIf } from "../../domain/what_if/what_if.ts";
import { CompanyPath } from "../kit/fields.ts";
import type { Companies } from "../../ports/companies.ts";
import type { MonthReader } from "../../ports/reports.ts";
import { Problem, problemOfAnswer, refusedProblem, unavailableProblem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { type CostPorts, readMessages } from "./cost_messages.ts";
import { metaRatesRequest } from "./meta_rates_input.ts";
import {
  type Margins,
  type OtherMetaRates,
  toWhatIfBody,
  WhatIfBody,
  WhatIfRequest,
} from "./what_if_body.ts";

/** Months computed at once. Each occupies a connection for reports and, at times, the event loop. */
export const RUNS_MAX = 2;
const RETRY_AFTER_S = 5;

/** The dependencies of what-ifs. */
export interface WhatIfOptions extends CostPorts {
  readonly companies: Companies;
  readonly months: MonthReader;
}

/** The terms of a request. */
type RequestedTerms = OtherTerms & Pick<z.output<typeof WhatIfRequest>, "meta_rates">;

/** Declares the call that computes a month under other terms. */
export function whatIfs(api: Api, options: WhatIfOptions): void {
  const runs = new Runs();
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/what_if",
    policy: { scope: "platform", is_read_only: true },
    tag: "Reports",
    operation_id: "computeWhatIf",
    summary: "Compute a month under other terms",
    description:
      "Computes a month again from its facts, under another contract, other prices, another policy or other rates of " +
      "Meta, and answers its statement and margin beside the real ones. Changes nothing. It is exact, and takes about a second for 10,000 contacts. It stops " +
      `when the caller disconnects. ${RUNS_MAX} run at once; others get 503 with \`Retry-After\`. 404 ` +
      "`statement_not_found` for a month without data, 409 `facts_deleted` for one whose facts are deleted.",
    params: CompanyPath,
    body: WhatIfRequest,
    answer: WhatIfBody,
    problems: [409],
  }, async ({ params: { company }, body: { month, ...terms }, request }) => {
    // The actor runs first: it closes due days before the stored rows are read.
    const answer = await options.companies.execute(company, { type: "read_company" });
    if (answer.type !== "company") return problemOfAnswer(answer);
    return await runs.start(() => compute(options, company, month, terms, request.signal));
  });
}

async function compute(
  options: WhatIfOptions,
  company: CompanyId,
  month: Month,
  terms: RequestedTerms,
  signal: AbortSignal,
): Promise<z.infer<typeof WhatIfBody> | Problem> {
  try {
    const computed = await options.months.read(company, month, signal, async (rows, contacts) => {
      const problem = unreadable(rows) ?? problemOf(refuseTerms(rows, terms));
      return problem ?? { rows, result: await whatIf(rows, contacts, terms) };
    });
    if (computed === undefined) throw new Error(`Company ${company} has no rows`);
    if (computed instanceof Problem) return computed;
    const { rows, result } = computed;
    return toWhatIfBody(rows, result, await marginsOf(options, rows, result, terms));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    // The caller has disconnected, or the service stops.
    return unavailableProblem({ type: "unavailable", reason: "stopping", retry_after_s: 1 });
  }
}

/** Computes the margins of a month. Meta's costs depend on no term but its rates. */
async function marginsOf(
  ports: CostPorts,
  rows: MonthRows,
  { real, what_if }: WhatIf,
  terms: RequestedTerms,
): Promise<Margins> {
  const { company, month, contract } = rows;
  const span = {
    companies: [company],
    from: firstDateOf(month),
    to: lastDateOf(month),
    by: "month",
  } as const;
  const messages = await readMessages(ports, span);
  const other_rates = terms.meta_rates && otherRates(terms.meta_rates);
  const other_messages = other_rates === undefined
    ? messages
    : await readMessages(ports, span, (stored) => stored.instead(other_rates));
  return {
    real: marginUnder(real, contract, messages),
    what_if: marginUnder(what_if, otherContract(rows, terms), other_messages),
  };
}

function otherRates(rates: z.output<typeof OtherMetaRates>): MetaRates {
  const card = metaRatesRequest({ ...rates, effective_from: ALWAYS, correction: undefined }, {});
  if (card instanceof Problem) throw new Error(`A rate card without a query is refused: ${card.detail}`);
  return card;
}

function problemOf(refusal: Refused | undefined): Problem | undefined {
  return refusal && refusedProblem(refusal);
}

/** Returns why a month cannot be computed: it has no statement, or its facts are deleted. */
function unreadable(rows: MonthRows): Problem | undefined {
  const { month, closed_through, first_month } = rows;
  const current = monthOf(nextDate(closed_through));
  if (month > current) {
    const detail = `${month} has not begun: ask for ${current} or an earlier month.`;
    return new Problem(404, "statement_not_found", detail);
  }
  if (month < (first_month ?? current)) {
    const detail = `No statement for ${month}: the first month is ${first_month ?? current}.`;
    return new Problem(404, "statement_not_found", detail);
  }
  const retained = firstMonthRetained(rows);
  if (retained === undefined) return undefined;
  const detail = `Facts of ${month} are deleted: ask for ${retained} or later, or keep facts longer with ` +
    "FACTS_KEPT_DAYS.";
  return new Problem(409, "facts_deleted", detail);
}

/** The computations in progress. */
class Runs {
  #count = 0;

  /** Runs a computation, unless too many run. */
  async start<Result>(run: () => Promise<Result>): Promise<Result | Problem> {
    if (this.#count >= RUNS_MAX) {
      const detail = `${RUNS_MAX} months are being computed: try again in ${RETRY_AFTER_S} s.`;
      return new Problem(503, "unavailable", detail, { headers: { "retry-after": `${RETRY_AFTER_S}` } });
    }
    this.#count++;
    try {
      return await run();
    } finally {
      this.#count--;
    }
  }
}
