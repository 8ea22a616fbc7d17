import { z } from "@hono/zod-openapi";
import type { Refused, Usage } from "../../domain/company/command.ts";
import { QUANTITY_MAX } from "../../domain/company/usages.ts";
import { BalanceBody, toBalanceBody } from "./balance_body.ts";
import {
  AttributesField,
  CompanyPath,
  CreditsBody,
  FACT_RETENTION_TEXT,
  FeatureCodeField,
  idField,
  InstantField,
  optionalField,
} from "../kit/fields.ts";
import type { Companies } from "../../ports.ts";
import { problemOfAnswer } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

/** Maximum usages per call. */
const USAGES_MAX = 1_000;

const UsageItem = z.strictObject({
  id: idField(200).openapi({
    description:
      `Your id of the usage. The same id counts once ${FACT_RETENTION_TEXT}. An id with an e-mail address, a ` +
      "phone, a BSUID, a CPF or a wamid is stored and shown masked, with a hash that keeps it unique.",
  }),
  feature: FeatureCodeField,
  quantity: z.int().min(1).max(QUANTITY_MAX),
  occurred_at: optionalField(InstantField).openapi({ description: "Default: now." }),
  attributes: optionalField(AttributesField),
}).openapi("Usage");

const UsageBody = z.union([UsageItem, z.array(UsageItem).min(1).max(USAGES_MAX)], {
  error: `must be a usage or a list of 1 to ${USAGES_MAX} usages`,
});

const UsageAnswer = z.object({
  accepted: z.int().openapi({ description: "Usages counted by this call." }),
  duplicates: z.int().openapi({ description: "Usages whose id was already counted." }),
  credits: CreditsBody.openapi({ description: "Credits charged for the accepted usages." }),
  balance: BalanceBody,
}).openapi("UsageCounted");

/** Declares the call that records use of features. */
export function usage(api: Api, companies: Companies): void {
  route(api, {
    method: "post",
    path: "/v1/companies/{company}/usage",
    policy: { scope: "ingest" },
    has_own_id: true,
    tag: "Sends and usage",
    operation_id: "createUsage",
    summary: "Record usage",
    description:
      `Records one usage, or a list of 1 to ${USAGES_MAX} as a whole: one invalid usage refuses all, and \`errors\` ` +
      "gives its index. Idempotent by `id`; the same id with other values is 409 `id_reused`.",
    params: CompanyPath,
    body: UsageBody,
    // A usage with 20 labels has some 50 names and values.
    body_limits: { bytes: 1024 * 1024, parts: 60 * USAGES_MAX },
    body_list: { max: USAGES_MAX },
    answer: UsageAnswer,
    problems: [409],
  }, async ({ params, body }) => {
    const usages = Array.isArray(body) ? body.map(usageIn) : [usageIn(body)];
    const answer = await companies.execute(params.company, { type: "report_usage", usages });
    if (answer.type === "refused") {
      return problemOfAnswer(Array.isArray(body) ? answer : withoutIndex(answer));
    }
    if (answer.type !== "usage_counted") return problemOfAnswer(answer);
    const { accepted, duplicates, credits, balance } = answer;
    return { accepted, duplicates, credits, balance: toBalanceBody(balance) };
  });
}

function usageIn({ id, feature, quantity, occurred_at, attributes }: z.infer<typeof UsageItem>): Usage {
  return {
    id,
    feature,
    quantity,
    occurred_at_ms: occurred_at,
    attributes,
  };
}

/** Removes the list index of the domain's path: the request was a single object. */
function withoutIndex(refused: Refused): Refused {
  return { ...refused, path: refused.path.slice(1) };
}
