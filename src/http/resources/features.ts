import { z } from "@hono/zod-openapi";
import type { CompanyView } from "../../domain/company/command.ts";
import { rateHistory } from "../../domain/company/activation.ts";
import type { FeatureCode, LocalDate } from "../../domain/types.ts";
import { type RateCardFeature, rateOf, type RateVersion, UNIT_CREDITS_MAX } from "../../domain/rates.ts";
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
  optionalField,
  StartDateField,
  textField,
} from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import type { Clock, Companies, RateCardAdmin } from "../../ports.ts";
import { Problem, problemOfAnswer, refusedProblem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";

const NameBody = z.strictObject({ "pt-BR": textField(100), en: textField(100) });

const RateBody = z.strictObject({
  name: optionalField(NameBody),
  credits: creditsField(0, UNIT_CREDITS_MAX),
  effective_from: optionalField(StartDateField).openapi({
    description:
      "A local date that has not begun; the next one unless given. A first price holds at once unless one " +
      "is given, and charges nothing anew: `effective_at` tells from when.",
  }),
}).openapi("Rate");

const rate = {
  credits: CreditsBody,
  effective_from: DateBody.nullable().openapi({
    description: "The local date it holds from. Null: it holds for every date, or from `effective_at` on.",
  }),
};

const EffectiveAt = InstantBody.nullable().openapi({
  description:
    "Of a first price that came when something had been charged already: it holds for what happens from this " +
    "instant on, which is after all that was, by a clock that runs ahead up to 5 minutes later than it was set.",
});

const FeatureBody = z.object({
  code: z.string(),
  name: z.object({ "pt-BR": z.string(), en: z.string() }),
  credits: CreditsBody.nullable().openapi({ description: "What one unit costs today." }),
  effective_from: rate.effective_from,
  effective_at: EffectiveAt,
  own: z.boolean().openapi({ description: "Whether it is the company's own price, not the general one." }),
  scheduled: z.object(rate).nullable().openapi({ description: "The price that takes over next." }),
  versions: z.array(
    z.object({
      version: z.int(),
      ...rate,
      effective_at: EffectiveAt,
      recorded_at: InstantBody,
      recorded_by: z.string(),
    }),
  ),
}).openapi("Feature");

type Feature = z.infer<typeof FeatureBody>;

/** The rate cards: what one unit of a feature costs, in general and for a company. */
export function features(api: Api, companies: Companies, board: RateCardAdmin, clock: Clock): void {
  generalCard(api, board, clock);
  companyCard(api, companies, board, clock);
}

function generalCard(api: Api, board: RateCardAdmin, clock: Clock): void {
  const tag = "Rate card";
  const FeaturePath = z.object({ code: FeatureCodeField });
  // Of no company, so by no company's date: that of UTC.
  const today = () => formatInstant(clock.now_ms()).slice(0, 10) as LocalDate;
  const shown = (feature: RateCardFeature) =>
    showFeature(feature.feature, feature, [], today(), clock.now_ms());
  const read = { policy: { scope: "read", allows_company_keys: true }, tag } as const;

  list(api, {
    ...read,
    path: "/v1/features",
    summary: "The general rate card, by code",
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: FeatureBody,
    file: "features",
  }, async ({ query }) => {
    const after = decodeCursor(z.string(), query.cursor);
    if (after instanceof Problem) return after;
    const rows = (await board.list()).filter(({ feature }) => after === undefined || feature > after);
    return pageOf(rows, query.limit, shown, ({ feature }) => feature);
  });

  route(api, {
    ...read,
    method: "get",
    path: "/v1/features/{code}",
    summary: "A feature's general price",
    params: FeaturePath,
    answer: FeatureBody,
    problems: [404],
  }, async ({ params }) => {
    const feature = await board.find(params.code);
    return feature === undefined ? noFeature(params.code) : shown(feature);
  });

  route(api, {
    method: "put",
    path: "/v1/features/{code}",
    policy: { scope: "admin" },
    tag,
    summary: "Set a feature's general price, and its name",
    params: FeaturePath,
    body: RateBody,
    answer: FeatureBody,
    problems: [503],
  }, async ({ params, body, caller }) => {
    const put = await board.setRate({ feature: params.code, ...body }, caller.name);
    return "type" in put ? refusedProblem(put) : shown(put);
  });
}

function companyCard(api: Api, companies: Companies, board: RateCardAdmin, clock: Clock): void {
  const tag = "Rate card";
  list(api, {
    path: "/v1/companies/{company}/features",
    policy: { scope: "read" },
    tag,
    summary: "What every feature costs a company, by code",
    params: CompanyPath,
    query: z.strictObject({ limit: LimitField, cursor: CursorField }),
    row: FeatureBody,
    file: "features",
  }, async ({ params: { company }, query: { limit, cursor } }) => {
    const after = decodeCursor(z.string(), cursor);
    if (after instanceof Problem) return after;
    const answer = await companies.execute(company, { type: "read_company" });
    if (answer.type !== "company") return problemOfAnswer(answer);
    const shown = cardOf(await board.list(), answer.view, clock.now_ms());
    return pageOf(
      shown.filter(({ code }) => after === undefined || code > after),
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
  const shown = async (code: FeatureCode, view: CompanyView) => {
    const general = await board.find(code);
    const own = view.own_rates.filter(({ feature }) => feature === code);
    if (general === undefined && own.length === 0) return noFeature(code);
    return showFeature(code, general, own, view.today, clock.now_ms());
  };

  route(api, {
    ...shared,
    method: "get",
    policy: { scope: "read" },
    summary: "What a feature costs a company",
  }, async ({ params }) => {
    const answer = await companies.execute(params.company, { type: "read_company" });
    return answer.type === "company" ? await shown(params.code, answer.view) : problemOfAnswer(answer);
  });

  route(api, {
    ...shared,
    method: "put",
    policy: { scope: "admin" },
    summary: "Set a company's own price of a feature",
    description: "The name stands on the general card: one that is given here is not kept.",
    body: RateBody,
  }, async ({ params, body, caller }) => {
    const answer = await companies.execute(params.company, {
      type: "set_rate",
      feature: params.code,
      credits: body.credits,
      effective_from: body.effective_from,
      by: caller.name,
    });
    return answer.type === "company" ? await shown(params.code, answer.view) : problemOfAnswer(answer);
  });
}

/** Everything that has a price, general or the company's own, as it stands for the company. */
function cardOf(general: readonly RateCardFeature[], view: CompanyView, now_ms: number): Feature[] {
  const codes = new Set([...general, ...view.own_rates].map(({ feature }) => feature));
  return [...codes].sort().map((code) => {
    const own = view.own_rates.filter(({ feature }) => feature === code);
    return showFeature(code, general.find(({ feature }) => feature === code), own, view.today, now_ms);
  });
}

const codeOf = ({ code }: Feature) => code;

function noFeature(code: FeatureCode): Problem {
  return new Problem(404, "no_feature", `"${code}" has no price: give it one with PUT /v1/features/${code}`);
}

/** A feature as it stands on a date; of a company when it has prices of its own. */
function showFeature(
  code: FeatureCode,
  general: RateCardFeature | undefined,
  own: readonly RateVersion[],
  today: LocalDate,
  now_ms: number,
): Feature {
  const versions = own.length > 0 ? own : general?.versions ?? [];
  const rates = { overrides: rateHistory(own), rate_card: rateHistory(general?.versions ?? []) };
  const current = rateOf(rates, code, today, now_ms);
  return {
    code,
    name: general?.name ?? { "pt-BR": code, en: code },
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

/** The next version to take over that no later one forestalls. */
function scheduledIn(versions: readonly RateVersion[], today: LocalDate): Feature["scheduled"] {
  const waiting = versions.filter((version, index) => {
    const { effective_from } = version;
    if (effective_from === null || effective_from <= today) return false;
    return !versions.slice(index + 1).some((later) => (later.effective_from ?? "") <= effective_from);
  });
  const next = waiting.sort((a, b) => a.effective_from! < b.effective_from! ? -1 : 1)[0];
  return next === undefined ? null : { credits: next.credits, effective_from: next.effective_from };
}
