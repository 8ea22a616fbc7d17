import { z } from "@hono/zod-openapi";
import type { Answer, CompanyView } from "../../domain/company/command.ts";
import type { Terms } from "../../domain/contract.ts";
import {
  cancelsOn,
  commitmentEndsOn,
  PACKAGE_CREDITS_MAX,
  scheduledAfter,
  termsOn,
} from "../../domain/contract.ts";
import {
  CompanyPath,
  CreditsBody,
  creditsField,
  CurrencyField,
  DateBody,
  formatInstant,
  formatPrice,
  InstantBody,
  MoneyBody,
  optionalField,
  PriceField,
  StartDateField,
} from "../kit/fields.ts";
import type { Companies } from "../../ports.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const FirstMonthField = z.enum(["full", "prorated"]);
const ReasonField = z.enum(["agreed", "cancelled", "taken_back"]);

const OfferBody = z.strictObject({
  package: z.strictObject({
    credits: creditsField(1, PACKAGE_CREDITS_MAX),
    price: PriceField.nullable().default(null),
  }).nullable().openapi({ description: "So many credits a month; null for a purely post-paid company." }),
  excess_credit_price: PriceField.openapi({
    description: "Of one credit past the package, and of every credit without one: use is never refused.",
  }),
  currency: optionalField(CurrencyField).transform((currency) => currency ?? "BRL").openapi({
    default: "BRL",
  }),
  starts_on: optionalField(StartDateField).openapi({
    description:
      "The date the package begins on: for a first one, one taken up anew, or an upgrade that is to come. " +
      "Left out, a contract keeps the start it has, and what has none starts today. A package that runs keeps its " +
      "start whatever is said.",
  }),
  first_month: optionalField(FirstMonthField).openapi({
    description: "Of a package that begins: left out it stays as it is, at first `full`.",
  }),
}).openapi("Offer");

const terms = {
  package: z.object({ credits: CreditsBody, price: MoneyBody.nullable() }).nullable(),
  excess_credit_price: MoneyBody.nullable(),
  currency: z.string(),
};

const ContractBody = z.object({
  ...terms,
  starts_on: DateBody,
  first_month: FirstMonthField,
  commitment_ends_on: DateBody.nullable(),
  scheduled: z.object({
    ...terms,
    effective_from: DateBody,
    reason: ReasonField,
  }).nullable().openapi({ description: "What takes over next, when something does." }),
  cancels_on: DateBody.nullable().openapi({ description: "The last date on which the package holds." }),
  versions: z.array(z.object({
    version: z.int(),
    effective_from: DateBody,
    reason: ReasonField,
    withdraws: z.array(z.int()).openapi({ description: "The scheduled versions that it takes back." }),
    ...terms,
    recorded_at: InstantBody,
    recorded_by: z.string(),
  })).openapi({ description: "Every change there ever was, oldest first: none is edited." }),
}).openapi("Contract");

/** What a company pays by, and what it will. */
export function contracts(api: Api, companies: Companies): void {
  const shared = { tag: "Contract", params: CompanyPath, answer: ContractBody } as const;
  const admin = { ...shared, policy: { scope: "admin" } } as const;
  const path = "/v1/companies/{company}/contract";

  route(api, {
    ...shared,
    method: "get",
    path,
    policy: { scope: "read" },
    summary: "The contract that holds, and what is scheduled",
  }, async ({ params }) => contractIn(await companies.execute(params.company, { type: "read_company" })));

  route(api, {
    ...admin,
    method: "put",
    path,
    summary: "Agree on a contract",
    description: "The same contract put twice is one contract. More credits hold now, fewer from the first " +
      "renewal after the commitment ends, new prices from the next month. What is put is all that is agreed on from " +
      "then on: what is scheduled and not said again is taken back, so a contract with its package takes back a " +
      "scheduled cancellation or smaller package.",
    body: OfferBody,
  }, async ({ params, body, caller }) => {
    return contractIn(
      await companies.execute(params.company, { type: "agree_contract", offer: body, by: caller.name }),
    );
  });

  const cancellation = { ...admin, path: `${path}/cancellation`, problems: [409] } as const;
  route(api, {
    ...cancellation,
    method: "post",
    summary: "Schedule the end of the package",
  }, async ({ params, caller }) => {
    return contractIn(await companies.execute(params.company, { type: "cancel_contract", by: caller.name }));
  });

  route(api, {
    ...cancellation,
    method: "delete",
    summary: "Take a scheduled end back",
    description:
      "The package goes on. A new price that was put with its end stays: put the contract as it was for both.",
  }, async ({ params, caller }) => {
    return contractIn(
      await companies.execute(params.company, { type: "take_back_cancellation", by: caller.name }),
    );
  });
}

function contractIn(answer: Answer): z.infer<typeof ContractBody> | Problem {
  return answer.type === "company" ? showContract(answer.view) : problemOfAnswer(answer);
}

/** Terms that wait for their start are shown as the contract, for there is no other, and as scheduled too. */
function showContract({ contract, today }: CompanyView): z.infer<typeof ContractBody> | Problem {
  const scheduled = scheduledAfter(contract, today);
  const current = termsOn(contract, today) ?? scheduled?.terms;
  if (current === undefined) {
    const detail = "this company has no contract, and all it uses is post-paid: agree on one with PUT";
    return new Problem(404, "no_contract", detail);
  }
  return {
    ...showTerms(current),
    starts_on: current.starts_on,
    first_month: current.first_month,
    commitment_ends_on: commitmentEndsOn(current),
    scheduled: scheduled === undefined ? null : {
      ...showTerms(scheduled.terms),
      effective_from: scheduled.effective_from,
      reason: scheduled.reason,
    },
    cancels_on: cancelsOn(contract, today),
    versions: contract.map((held) => ({
      version: held.version,
      effective_from: held.effective_from,
      reason: held.reason,
      withdraws: [...held.withdraws],
      ...showTerms(held.terms),
      recorded_at: formatInstant(held.recorded_at_ms),
      recorded_by: held.recorded_by,
    })),
  };
}

/** Terms in the words of the contract, for whoever shows one. */
export function showTerms({ package: held, excess_credit_price, currency }: Terms) {
  return {
    package: held === null ? null : { credits: held.credits as number, price: formatPrice(held.price) },
    excess_credit_price: formatPrice(excess_credit_price),
    currency,
  };
}
