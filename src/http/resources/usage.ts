import { z } from "@hono/zod-openapi";
import type { Refused, Usage } from "../../domain/company/command.ts";
import { QUANTITY_MAX } from "../../domain/company/usages.ts";
import { BalanceBody, toBalanceBody } from "./balance_body.ts";
import {
  BATCH,
  batchOf,
  BINARY_HEADERS,
  CloudEvent,
  cloudEventForm,
  type CloudEventMode,
  cloudEventModeOf,
  errorInMode,
  type EventOfUsage,
  pathInEvent,
  STRUCTURED,
} from "./cloud_events.ts";
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
import type { Companies } from "../../ports/companies.ts";
import { formatPath, invalidRequest, Problem, problemOfAnswer, refusedProblem } from "../kit/problems.ts";
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

/** The body as it is read: usages, or events of CloudEvents. */
type ReadBody = z.infer<typeof UsageBody> | EventOfUsage | readonly EventOfUsage[];

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
      "gives its index. Idempotent by `id`; the same id with other values is 409 `id_reused`. CloudEvents 1.0 are read " +
      "in structured, batch and binary mode: `type` is the feature, `source|id` the id, `time` when it occurred, " +
      "`data` has `quantity` and `attributes`, and `subject`, if any, is the company.",
    params: CompanyPath,
    body: UsageBody,
    // A usage with 20 labels has some 50 names and values.
    body_limits: { bytes: 1024 * 1024, parts: 60 * USAGES_MAX },
    body_list: { max: USAGES_MAX },
    body_form: (headers) => cloudEventForm(headers, USAGES_MAX),
    also_accepts: { [STRUCTURED]: CloudEvent, [BATCH]: batchOf(USAGES_MAX) },
    request_headers: BINARY_HEADERS,
    answer: UsageAnswer,
    problems: [409, 415],
  }, async ({ params, body, request }) => {
    const items: readonly (z.infer<typeof UsageItem> | EventOfUsage)[] = [body as ReadBody].flat();
    const reported = { mode: cloudEventModeOf(request.headers), is_list: Array.isArray(body) };
    const foreign = items.findIndex((item) =>
      "usage" in item && (item.subject ?? params.company) !== params.company
    );
    if (foreign >= 0) return otherCompany(foreign, reported);
    const usages = items.map((item) => usageIn("usage" in item ? item.usage : item));
    const answer = await companies.execute(params.company, { type: "report_usage", usages });
    if (answer.type === "refused") return problemOf(answer, reported);
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

/** How usages were reported. */
interface Reported {
  readonly mode: CloudEventMode | undefined;
  readonly is_list: boolean;
}

/** Converts a refusal to a problem that names the field as the request has it. */
function problemOf(refused: Refused, { mode, is_list }: Reported): Problem {
  // The domain's path begins with the index of the usage.
  const [index, ...field] = refused.path;
  if (index === undefined) return refusedProblem(refused);
  const named = mode === undefined ? field : pathInEvent(field);
  const problem = refusedProblem({ ...refused, path: is_list ? [index, ...named] : named });
  if (mode === undefined || problem.errors === undefined) return problem;
  const errors = problem.errors.map((error) => errorInMode(mode, error));
  return new Problem(problem.status, problem.code, errors[0]!.message, { errors });
}

function otherCompany(index: number, { mode, is_list }: Reported): Problem {
  const path = formatPath(is_list ? [index, "subject"] : ["subject"]);
  const message = `${path} must be the company of the path: omit it, or send the event to its own company`;
  return invalidRequest([errorInMode(mode!, { path, message })]);
}
