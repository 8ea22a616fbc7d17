import { z } from "@hono/zod-openapi";
import type { CompanyView } from "../../domain/company/command.ts";
import { rateHistory } from "../../domain/company/activation.ts";
import { uncharged } from "../../domain/features.ts";
import type { FeatureCode, LocalDate } from "../../domain/types.ts";
import {
  type RateCardFeature,
  rateOf,
  type RateVersion,
  UNIT_CREDITS_MAX,
  WHATSAPP_FEATURES,
} from "../../domain/rates.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import {
  CompanyIdField,
  CompanyPath,
  CreditsBody,
  creditsField,
  CursorField,
  DateBody,
  FeatureCodeField,
  formatInstant,
  formatInstantOrNull,
  InstantBody,
  LimitField,
  nameField,
  optionalField,
  StartDateField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { Companies } from "../../ports/companies.ts";
import type { RateCardAdmin } from "../../ports/prices.ts";
import type { Clock } from "../../ports/runtime.ts";
import { Problem, problemOfAnswer, refusedProblem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const NameBody = z.strictObject({ "pt-BR": nameField(100), en: nameField(100) });

const RateBody = z.strictObject({
  name: optionalField(NameBody),
  credits: creditsField(0, UNIT_CREDITS_MAX),
  effective_from: optionalField(StartDateField).openapi({
    description:
      "A future local date. Default: the next local date. A first price without a date applies immediately and is not " +
      "retroactive; `effective_at` is its start.",
  }),
}).openapi("Rate");

const rate = {
  credits: CreditsBody,
  effective_from: DateBody.nullable().openapi({
    description:
      "The first local date of the price. Null if it applies to every date, or from `effective_at` on.",
  }),
};

const EffectiveAt = InstantBody.nullable().openapi({
  description:
    "Start of a first price that was set after use had already been charged; null otherwise. It is later than all use " +
    "recorded before, so up to 5 minutes after the price was set if a sender's clock runs ahead.",
});

const FeatureBody = z.object({
  code: z.string(),
  name: z.object({ "pt-BR": z.string(), en: z.string() }),
  credits: CreditsBody.nullable().openapi({
    description: "Price of one unit today, null if none applies yet.",
  }),
  effective_from: rate.effective_from,
  effective_at: EffectiveAt,
  own: z.boolean().openapi({
    description: "Whether the company has its own price instead of the rate card's.",
  }),
  scheduled: z.object(rate).nullable().openapi({ description: "The next scheduled price, null if none." }),
  versions: z.array(
    z.object({
      version: z.int(),
      ...rate,
      effective_at: EffectiveAt,
      recorded_at: InstantBody,
      recorded_by: z.string(),
    }),
  ).openapi({ description: "All prices that were set, oldest first." }),
}).openapi("Feature");

type Feature = z.infer<typeof FeatureBody>;

/** Declares the calls on the rate card and on companies' own prices. */
export function features(api: Api, companies: Companies, rate_card: RateCardAdmin, clock: Clock): void {
  rateCardCalls(api, rate_card, clock);
  companyPriceCalls(api, companies, rate_card, clock);
}

function rateCardCalls(api: Api, rate_card: RateCardAdmin, clock: Clock): void {
  const tag = "Rate card";
  const FeaturePath = z.object({ code: FeatureCodeField });
  // The rate card has no company, so its date is that of UTC.
  const today = () => formatInstant(clock.now_ms()).slice(0, 10) as LocalDate;
  const featureBodyOf = (feature: RateCardFeature) =>
    toFeatureBody(feature.feature, feature, [], today(), clock.now_ms());
  const read = { policy: { scope: "read", allows_company_keys: true }, tag } as const;

  list(api, {
    ...read,
    path: "/v1/features",
    operation_id: "listFeatures",
    summary: "List the rate card",
    description: "All features, ordered by code.",
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: FeatureBody,
    file: "features",
  }, async ({ query }) => {
    const after = decodeCursor(z.string(), query.cursor);
    if (after instanceof Problem) return after;
    const rows = (await rate_card.list()).filter(({ feature }) => after === undefined || feature > after);
    return pageOf(rows, query.limit, featureBodyOf, ({ feature }) => feature);
  });

  route(api, {
    ...read,
    method: "get",
    path: "/v1/features/{code}",
    operation_id: "getFeature",
    summary: "Get a feature of the rate card",
    params: FeaturePath,
    answer: FeatureBody,
    problems: [404],
  }, async ({ params }) => {
    const feature = await rate_card.find(params.code);
    return feature === undefined ? featureNotFound(params.code) : featureBodyOf(feature);
  });

  route(api, {
    method: "put",
    path: "/v1/features/{code}",
    policy: { scope: "platform" },
    tag,
    operation_id: "putFeature",
    summary: "Set a feature's price and name",
    description:
      "Sets the rate card's price, which applies to companies without their own price. Of the codes under `whatsapp.` " +
      `only these exist: ${WHATSAPP_FEATURES.map((code) => `\`${code}\``).join(", ")}. Any other is 422 ` +
      "`unknown_feature`.",
    params: FeaturePath,
    body: RateBody,
    answer: FeatureBody,
    problems: [503],
  }, async ({ params, body, caller }) => {
    const put = await rate_card.setRate({ feature: params.code, ...body }, caller.name);
    return "type" in put ? refusedProblem(put) : featureBodyOf(put);
  });
}

function companyPriceCalls(api: Api, companies: Companies, rate_card: RateCardAdmin, clock: Clock): void {
  const tag = "Rate card";
  list(api, {
    path: "/v1/companies/{company}/features",
    policy: { scope: "read" },
    tag,
    operation_id: "listCompanyFeatures",
    summary: "List a company's prices",
    description: "All features at the company's prices, ordered by code.",
    params: CompanyPath,
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: FeatureBody,
    file: "features",
  }, async ({ params: { company }, query: { limit, cursor } }) => {
    const after = decodeCursor(z.string(), cursor);
    if (after instanceof Problem) return after;
    const answer = await companies.execute(company, { type: "read_company" });
    if (answer.type !== "company") return problemOfAnswer(answer);
    const all = companyFeaturesOf(await rate_card.list(), answer.view, clock.now_ms());
    return pageOf(
      all.filter(({ code }) => after === undefined || code > after),
      limit,
      (row) => row,
      codeOf,
    );
  });

  const shared = {
    path: "/v1/companies/{company}/features/{code}",
    tag,
    params: z.object({ company: CompanyIdField, code: FeatureCodeField }),
    answer: FeatureBody,
  } as const;
  const featureBodyOf = async (code: FeatureCode, view: CompanyView) => {
    const card_feature = await rate_card.find(code);
    const own = view.own_rates.filter(({ feature }) => feature === code);
    if (card_feature === undefined && own.length === 0) return featureNotFound(code);
    return toFeatureBody(code, card_feature, own, view.today, clock.now_ms());
  };

  route(api, {
    ...shared,
    method: "get",
    policy: { scope: "read" },
    operation_id: "getCompanyFeature",
    summary: "Get a company's price of a feature",
  }, async ({ params }) => {
    const answer = await companies.execute(params.company, { type: "read_company" });
    return answer.type === "company"
      ? await featureBodyOf(params.code, answer.view)
      : problemOfAnswer(answer);
  });

  route(api, {
    ...shared,
    method: "put",
    policy: { scope: "platform" },
    operation_id: "putCompanyFeature",
    summary: "Set a company's own price of a feature",
    description:
      "The feature must be on the rate card, or have a price of the company already; otherwise 422 `unknown_feature`. " +
      "Names belong to the rate card: `name` is ignored here.",
    body: RateBody,
  }, async ({ params, body, caller }) => {
    // Reads the rate card again: another process may have added the feature a moment ago.
    await rate_card.find(params.code);
    const answer = await companies.execute(params.company, {
      type: "set_rate",
      feature: params.code,
      credits: body.credits,
      effective_from: body.effective_from,
      by: caller.name,
    });
    return answer.type === "company"
      ? await featureBodyOf(params.code, answer.view)
      : problemOfAnswer(answer);
  });
}

/** Merges the rate card and the company's own prices, ordered by code. */
function companyFeaturesOf(
  card_features: readonly RateCardFeature[],
  view: CompanyView,
  now_ms: number,
): Feature[] {
  const codes = new Set([...card_features, ...view.own_rates].map(({ feature }) => feature));
  return [...codes].sort().map((code) => {
    const own = view.own_rates.filter(({ feature }) => feature === code);
    return toFeatureBody(
      code,
      card_features.find(({ feature }) => feature === code),
      own,
      view.today,
      now_ms,
    );
  });
}

const codeOf = ({ code }: Feature) => code;

function featureNotFound(code: FeatureCode): Problem {
  const refusal = uncharged(code, 0);
  const detail = refusal === undefined
    ? `"${code}" has no price: set one with PUT /v1/features/${code}.`
    : `${refusal.detail}.`;
  return new Problem(404, "feature_not_found", detail);
}

/** Converts a feature to its body on a date, at the company's own prices if it has any. */
function toFeatureBody(
  code: FeatureCode,
  card_feature: RateCardFeature | undefined,
  own: readonly RateVersion[],
  today: LocalDate,
  now_ms: number,
): Feature {
  const versions = own.length > 0 ? own : card_feature?.versions ?? [];
  const rates = { overrides: rateHistory(own), rate_card: rateHistory(card_feature?.versions ?? []) };
  const current = rateOf(rates, code, today, now_ms);
  return {
    code,
    name: card_feature?.name ?? { "pt-BR": code, en: code },
    credits: current?.credits ?? null,
    effective_from: current?.effective_from ?? null,
    effective_at: formatInstantOrNull(current?.from_ms ?? undefined),
    own: (current?.company ?? null) !== null,
    scheduled: scheduledIn(versions, today),
    versions: versions.map(({ version, credits, effective_from, from_ms, recorded_at_ms, recorded_by }) => ({
      version,
      credits,
      effective_from,
      effective_at: formatInstantOrNull(from_ms ?? undefined),
      recorded_at: formatInstant(recorded_at_ms),
      recorded_by,
    })),
  };
}

/** Finds the next scheduled version that no later version replaces. */
function scheduledIn(versions: readonly RateVersion[], today: LocalDate): Feature["scheduled"] {
  const scheduled = versions.filter((version, index) => {
    const { effective_from } = version;
    if (effective_from === null || effective_from <= today) return false;
    return !versions.slice(index + 1).some((later) => (later.effective_from ?? "") <= effective_from);
  });
  const next = scheduled.sort((a, b) => a.effective_from! < b.effective_from! ? -1 : 1)[0];
  return next === undefined ? null : { credits: next.credits, effective_from: next.effective_from };
}
