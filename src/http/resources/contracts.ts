import { z } from "@hono/zod-openapi";
import type { Answer, CompanyView } from "../../domain/company/command.ts";
import { contractRevision } from "../../domain/company/precondition.ts";
import type { ContractVersion, Terms } from "../../domain/contract.ts";
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
import type { Companies } from "../../ports/companies.ts";
import { answerRead, tagged } from "../kit/preconditions.ts";
import { Problem, problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const FirstMonthField = z.enum(["full", "prorated"]);
const ReasonField = z.enum(["agreed", "cancelled", "taken_back"]).openapi({
  description: "`taken_back`: the version only withdraws scheduled ones.",
});

/** A contract in a request. */
export const OfferBody = z.strictObject({
  package: z.strictObject({
    credits: creditsField(1, PACKAGE_CREDITS_MAX),
    price: PriceField.nullable().default(null),
  }).nullable().openapi({
    description: "Prepaid credits a month and their price. Null for a post-paid company.",
  }),
  excess_credit_price: PriceField.openapi({
    description:
      "Price of one credit beyond the package, and of every credit without a package. Use is never refused.",
  }),
  currency: optionalField(CurrencyField).transform((currency) => currency ?? "BRL").openapi({
    default: "BRL",
  }),
  starts_on: optionalField(StartDateField).openapi({
    description:
      "Start date of a first package, a resumed package or a scheduled upgrade. Default: the contract's current start " +
      "date, or today if it has none. Ignored for a package that already runs.",
  }),
  first_month: optionalField(FirstMonthField).openapi({
    description: "Credits of the first month of a new package. Default: unchanged, initially `full`.",
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
  commitment_ends_on: DateBody.nullable().openapi({
    description: "The last date of the commitment, null without a package.",
  }),
  scheduled: z.object({
    ...terms,
    effective_from: DateBody,
    reason: ReasonField,
  }).nullable().openapi({ description: "The next scheduled terms, null if none." }),
  cancels_on: DateBody.nullable().openapi({
    description: "The last date of the package, null unless it is cancelled.",
  }),
  versions: z.array(z.object({
    version: z.int(),
    effective_from: DateBody,
    reason: ReasonField,
    withdraws: z.array(z.int()).openapi({
      description: "The scheduled versions that this version withdraws.",
    }),
    ...terms,
    recorded_at: InstantBody,
    recorded_by: z.string().openapi({
      description: "The key that made the change: `admin-key` or `key:ID`.",
    }),
  })).openapi({ description: "All versions, oldest first. A version never changes." }),
}).openapi("Contract");

const VersionChange = z.object({
  version: z.int(),
  effective_from: DateBody,
  reason: ReasonField,
});

const ChangedContractBody = ContractBody.extend({
  changes: z.object({
    applied: z.array(VersionChange).openapi({
      description: "The versions that this call made and that are in force.",
      example: [],
    }),
    scheduled: z.array(VersionChange).openapi({
      description: "The versions that this call made and that begin later.",
      example: [{ version: 3, effective_from: "2027-03-01", reason: "agreed" }],
    }),
    withdrawn: z.array(VersionChange).openapi({
      description: "The scheduled versions that this call took back: they never begin.",
      example: [{ version: 2, effective_from: "2027-02-01", reason: "cancelled" }],
    }),
  }).openapi({ description: "Empty lists if the call changed nothing. The terms are in `versions`." }),
}).openapi("ChangedContract");

/** Declares the calls on contracts. */
export function contracts(api: Api, companies: Companies): void {
  const shared = { tag: "Contract", params: CompanyPath, is_conditional: true } as const;
  const platform = { ...shared, answer: ChangedContractBody, policy: { scope: "platform" } } as const;
  const path = "/v1/companies/{company}/contract";

  route(api, {
    ...shared,
    answer: ContractBody,
    method: "get",
    path,
    policy: { scope: "read" },
    operation_id: "getContract",
    summary: "Get the contract",
    description:
      "The current terms, the scheduled terms and all versions. 404 `contract_not_found` if none exists.",
  }, async ({ params, precondition }) => {
    const answer = await companies.execute(params.company, { type: "read_company" });
    if (answer.type !== "company") return problemOfAnswer(answer);
    const body = toContractBody(answer.view);
    if (body instanceof Problem) return body;
    return answerRead("contract", precondition, body, contractRevision(answer.view)!);
  });

  route(api, {
    ...platform,
    method: "put",
    path,
    operation_id: "putContract",
    summary: "Create or change the contract",
    description:
      "Idempotent. More credits apply now, fewer from the first renewal after the commitment ends, new prices from the " +
      "next month. The body replaces everything scheduled: repeating the current package withdraws a scheduled " +
      "cancellation or smaller package.",
    body: OfferBody,
  }, async ({ params, body, caller: { name: by }, precondition }) => {
    const command = { type: "change_contract", offer: body, by, precondition } as const;
    return changedContractAnswer(await companies.execute(params.company, command));
  });

  const cancellation = { ...platform, path: `${path}/cancellation`, problems: [409] } as const;
  route(api, {
    ...cancellation,
    method: "post",
    operation_id: "cancelContract",
    summary: "Cancel the package",
    description:
      "Schedules the end of the package. 409 `package_not_found` if there is no package to cancel.",
  }, async ({ params, caller: { name: by }, precondition }) => {
    const command = { type: "cancel_contract", by, precondition } as const;
    return changedContractAnswer(await companies.execute(params.company, command));
  });

  route(api, {
    ...cancellation,
    method: "delete",
    operation_id: "withdrawCancellation",
    summary: "Withdraw a cancellation",
    description:
      "The package continues. A price change scheduled with the cancellation stays: put the earlier contract to undo " +
      "both. 409 `cancellation_not_found` if none is scheduled.",
  }, async ({ params, caller: { name: by }, precondition }) => {
    const command = { type: "withdraw_cancellation", by, precondition } as const;
    return changedContractAnswer(await companies.execute(params.company, command));
  });
}

function changedContractAnswer(answer: Answer) {
  if (answer.type !== "company") return problemOfAnswer(answer);
  const body = toContractBody(answer.view);
  if (body instanceof Problem) return body;
  const { applied = [], scheduled = [], withdrawn = [] } = answer.contract_changes ?? {};
  const changes = {
    applied: applied.map(toVersionChange),
    scheduled: scheduled.map(toVersionChange),
    withdrawn: withdrawn.map(toVersionChange),
  };
  return tagged({ ...body, changes }, contractRevision(answer.view));
}

function toVersionChange({ version, effective_from, reason }: ContractVersion) {
  return { version, effective_from, reason };
}

/** Converts a contract to its body. If no terms have started, the scheduled ones are also the current ones. */
function toContractBody({ contract, today }: CompanyView): z.infer<typeof ContractBody> | Problem {
  const scheduled = scheduledAfter(contract, today);
  const current = termsOn(contract, today) ?? scheduled?.terms;
  if (current === undefined) {
    const detail = "This company has no contract; all use is post-paid. Create one with PUT.";
    return new Problem(404, "contract_not_found", detail);
  }
  return {
    ...toTermsBody(current),
    starts_on: current.starts_on,
    first_month: current.first_month,
    commitment_ends_on: commitmentEndsOn(current),
    scheduled: scheduled === undefined ? null : {
      ...toTermsBody(scheduled.terms),
      effective_from: scheduled.effective_from,
      reason: scheduled.reason,
    },
    cancels_on: cancelsOn(contract, today),
    versions: contract.map((
      { version, effective_from, reason, withdraws, terms, recorded_at_ms, recorded_by },
    ) => ({
      version,
      effective_from,
      reason,
      withdraws: [...withdraws],
      ...toTermsBody(terms),
      recorded_at: formatInstant(recorded_at_ms),
      recorded_by,
    })),
  };
}

/** Converts terms to the fields shared by contracts and receipts. */
export function toTermsBody({ package: offered, excess_credit_price, currency }: Terms) {
  return {
    package: offered === null
      ? null
      : { credits: offered.credits as number, price: formatPrice(offered.price) },
    excess_credit_price: formatPrice(excess_credit_price),
    currency,
  };
}
