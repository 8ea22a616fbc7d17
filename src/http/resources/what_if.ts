import { z } from "@hono/zod-openapi";
import { monthOf, nextDate } from "../../domain/calendar.ts";
import type { Refused } from "../../domain/company/command.ts";
import { UNIT_CREDITS_MAX } from "../../domain/rates.ts";
import type { DatedTotal } from "../../domain/reports.ts";
import type { CompanyId, Month } from "../../domain/types.ts";
import type { MonthRows } from "../../domain/what_if/month_rows.ts";
import { firstMonthRetained } from "../../domain/what_if/retained.ts";
import { type OtherTerms, refuseTerms } from "../../domain/what_if/terms.ts";
import { type Bill, type BillDifference, type WhatIf, whatIf } from "../../domain/what_if/what_if.ts";
import {
  CompanyPath,
  CreditsBody,
  creditsField,
  DateBody,
  FeatureCodeField,
  formatPrice,
  MoneyBody,
  MonthBody,
  MonthField,
  optionalField,
  StartDateField,
} from "../kit/fields.ts";
import type { Companies, MonthReader } from "../../ports.ts";
import { Problem, problemOfAnswer, refusedProblem, unavailableProblem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import { OfferBody } from "./contracts.ts";
import { amounts, figures, StatementBody } from "./statements.ts";

/** The most prices of one call. */
const RATES_MAX = 200;
/** Months computed at once. Each occupies a connection for reports and, at times, the event loop. */
export const RUNS_MAX = 2;
const RETRY_AFTER_S = 5;

const OtherContract = z.strictObject({
  ...OfferBody.shape,
  starts_on: optionalField(StartDateField).openapi({
    description: "The contract's start, at the latest in the month. Default: the first of the month.",
  }),
}).openapi("OtherContract");

const WhatIfRequest = z.strictObject({
  month: MonthField,
  contract: optionalField(OtherContract).openapi({
    description: "The only contract of the month, from its start on. Default: the real one.",
  }),
  rates: optionalField(
    z.array(z.strictObject({ feature: FeatureCodeField, credits: creditsField(0, UNIT_CREDITS_MAX) }))
      .max(RATES_MAX),
  ).openapi({
    description:
      "The company's own prices of these features, on every date of the month. Other features keep their real prices.",
  }),
  template_in_open_window: optionalField(z.enum(["charge", "free"])).openapi({
    description: "The policy on every date of the month. Default: the real one of each date.",
  }),
}).openapi("WhatIfRequest");

const UsageBody = z.object({
  feature: z.string(),
  direction: z.enum(["inbound", "outbound", "none"]),
  units: z.int(),
  credits: CreditsBody,
});

const BillBody = z.object({
  ...figures,
  package_price: MoneyBody.nullable(),
  excess_credit_price: MoneyBody.nullable(),
  ...amounts,
  currency: z.string().nullable(),
  usage: z.array(UsageBody).openapi({ description: "Use of the month by feature." }),
}).openapi("Bill");

const WhatIfBody = z.object({
  period: MonthBody,
  status: StatementBody.shape.status,
  version: z.int().openapi({ description: "The company's version that was read: that of its balance." }),
  real: BillBody,
  what_if: BillBody,
  difference: z.object({ ...figures, ...amounts }).openapi({
    description: "`what_if` minus `real`. An amount is null if one of the two is, or the currencies differ.",
  }),
  remainder: z.array(UsageBody.extend({ local_date: DateBody })).openapi({
    description:
      "What `real` has beyond the charges of the stored facts under the real terms, by date. Empty unless rows are missing " +
      "or were changed by hand; `difference` includes it with the opposite sign.",
    example: [],
  }),
  contacts: z.int().openapi({ description: "Contacts with facts in the month." }),
}).openapi("WhatIf");

/** Declares the call that computes a month under other terms. */
export function whatIfs(api: Api, companies: Companies, months: MonthReader): void {
  const runs = new Runs();
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/what_if",
    policy: { scope: "platform", is_read_only: true },
    tag: "Reports",
    operation_id: "computeWhatIf",
    summary: "Compute a month under other terms",
    description:
      "Computes a month again from its facts, under another contract, other prices or another policy, and answers it " +
      "beside the real statement. Changes nothing. It is exact, and takes about a second for 10,000 contacts. It stops " +
      `when the caller disconnects. ${RUNS_MAX} run at once; others get 503 with \`Retry-After\`. 404 ` +
      "`statement_not_found` for a month without data, 409 `facts_deleted` for one whose facts are deleted.",
    params: CompanyPath,
    body: WhatIfRequest,
    answer: WhatIfBody,
    problems: [409],
  }, async ({ params: { company }, body: { month, ...terms }, request }) => {
    // The actor runs first: it closes due days before the stored rows are read.
    const answer = await companies.execute(company, { type: "read_company" });
    if (answer.type !== "company") return problemOfAnswer(answer);
    return await runs.start(() => compute(months, company, month, terms, request.signal));
  });
}

async function compute(
  months: MonthReader,
  company: CompanyId,
  month: Month,
  terms: OtherTerms,
  signal: AbortSignal,
): Promise<z.infer<typeof WhatIfBody> | Problem> {
  try {
    const result = await months.read(company, month, signal, async (rows, contacts) => {
      const problem = unreadable(rows) ?? problemOf(refuseTerms(rows, terms));
      return problem ?? toWhatIfBody(rows, await whatIf(rows, contacts, terms));
    });
    if (result === undefined) throw new Error(`Company ${company} has no rows`);
    return result;
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    // The caller has disconnected, or the service stops.
    return unavailableProblem({ type: "unavailable", reason: "stopping", retry_after_s: 1 });
  }
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

function toWhatIfBody(
  { month, version }: MonthRows,
  { real, what_if, difference, remainder, contacts }: WhatIf,
): z.infer<typeof WhatIfBody> {
  return {
    period: month,
    status: real.statement.status,
    version,
    real: toBillBody(real),
    what_if: toBillBody(what_if),
    difference: toDifferenceBody(difference),
    remainder: remainder.map(({ local_date, feature, direction, units, credits }: DatedTotal) => {
      return { local_date, feature, direction, units, credits };
    }),
    contacts,
  };
}

function toBillBody({ statement, usage }: Bill): z.infer<typeof BillBody> {
  return {
    ...statement.figures,
    package_price: formatPrice(statement.package_price),
    excess_credit_price: formatPrice(statement.excess_credit_price),
    excess_amount: formatPrice(statement.excess_amount),
    total: formatPrice(statement.total),
    currency: statement.currency,
    usage: [...usage],
  };
}

function toDifferenceBody({ figures, excess_amount, total }: BillDifference) {
  return { ...figures, excess_amount: formatPrice(excess_amount), total: formatPrice(total) };
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
