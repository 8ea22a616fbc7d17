import { z } from "@hono/zod-openapi";
import type { LocalDate } from "../../domain/types.ts";
import type { MetaPricingAdmin } from "../../ports/prices.ts";
import type { Clock } from "../../ports/runtime.ts";
import { type CsvRows, hasCsvBody, readCsv } from "../kit/csv_body.ts";
import { decodeCursor, pageOf } from "../kit/cursor.ts";
import { CurrencyField, CursorField, formatInstant, LimitField, LocalDateField } from "../kit/fields.ts";
import { list } from "../kit/list.ts";
import { Problem } from "../kit/problems.ts";
import { type Api, route } from "../kit/route.ts";
import {
  inForceProblem,
  MetaRatesBody,
  MetaRatesVersionBody,
  toMetaRatesBody,
  toVersionBody,
} from "./meta_rates_body.ts";
import { CSV_LIMITS, FileQuery, MetaRatesJson, metaRatesRequest } from "./meta_rates_input.ts";

/** The largest rate card: Meta's files of one currency have 70 KB. */
const BODY_LIMITS = { bytes: 512 * 1024, parts: 20_000 } as const;

const Body = MetaRatesJson as z.ZodType<z.output<typeof MetaRatesJson> | CsvRows>;

const VersionPosition = z.tuple([z.string(), z.string(), z.int()]);

/** Declares the calls on Meta's rate cards. */
export function metaRates(api: Api, pricing: MetaPricingAdmin, clock: Clock): void {
  const shared = { policy: { scope: "platform" }, tag: "Meta costs" } as const;

  route(api, {
    ...shared,
    method: "put",
    path: "/v1/meta_rates",
    operation_id: "putMetaRates",
    summary: "Set Meta's rate card of a date",
    description:
      "Stores what Meta charges in one currency from a date on, for all markets together: as JSON, or as `text/csv` in a " +
      "file of Meta, with `currency` and `effective_from` in the query. A file has the list of rates, the volume tiers, or " +
      "both, one after the other; volume tiers alone are added to the stored card of that date. Before its date a card can " +
      "be replaced. From its date on it can be completed; what changes a price that is in force needs a `correction`, else " +
      "it is 409 `meta_rates_in_force`. The same card again changes nothing.",
    query: FileQuery,
    body: Body,
    body_limits: BODY_LIMITS,
    body_form: (headers) =>
      hasCsvBody(headers)
        ? { schema: z.custom<CsvRows>(Array.isArray), decode: (bytes) => readCsv(bytes, CSV_LIMITS) }
        : undefined,
    also_accepts: {
      "text/csv": z.string().openapi({ description: "A file of Meta." }),
    },
    answer: MetaRatesBody,
    problems: [409],
  }, async ({ body, query, caller }) => {
    const request = metaRatesRequest(body, query);
    if (request instanceof Problem) return request;
    const put = await pricing.putRateCard(request, caller.name);
    if ("type" in put) return inForceProblem(put);
    return toMetaRatesBody(put, await pricing.rateCard(), put.effective_from);
  });

  route(api, {
    ...shared,
    method: "get",
    path: "/v1/meta_rates",
    operation_id: "getMetaRates",
    summary: "Get Meta's rate card on a date",
    description:
      "The prices of every market that hold on a date, in one currency. A price that is missing is null, never zero.",
    query: z.strictObject({
      currency: CurrencyField.openapi({ description: "The currency that Meta bills in.", example: "USD" }),
      on: LocalDateField.optional().openapi({
        description: "A date in the time zone of Meta's account. Default: today in UTC.",
      }),
    }),
    answer: MetaRatesBody,
    problems: [404],
  }, async ({ query: { currency, on = today(clock) } }) => {
    const card = await pricing.rateCard();
    const version = card.on(currency, on);
    if (version !== undefined) return toMetaRatesBody(version, card, on);
    const detail =
      `No rate card in ${currency} holds on ${on}: set one with PUT /v1/meta_rates, or ask for a later date.`;
    return new Problem(404, "meta_rates_not_found", detail);
  });

  list(api, {
    ...shared,
    path: "/v1/meta_rates/versions",
    operation_id: "listMetaRatesVersions",
    summary: "List the versions of Meta's rate cards",
    description:
      "Every version that was set, and by whom: the newest date first, of one date by currency, the last revision first.",
    query: z.strictObject({ currency: CurrencyField.optional(), limit: LimitField, cursor: CursorField }),
    row: MetaRatesVersionBody,
    file: "meta_rates",
  }, async ({ query: { currency, limit, cursor } }) => {
    const after = decodeCursor(VersionPosition, cursor);
    if (after instanceof Problem) return after;
    const versions = (await pricing.rateCardVersions()).filter((version) => {
      if (currency !== undefined && version.currency !== currency) return false;
      return after === undefined || isAfter(positionOf(version), after);
    });
    return pageOf(versions, limit, toVersionBody, positionOf);
  });
}

/** Returns the current date in UTC: rate cards have no company. */
export function today(clock: Clock): LocalDate {
  return formatInstant(clock.now_ms()).slice(0, 10) as LocalDate;
}

type Position = z.infer<typeof VersionPosition>;

function positionOf(
  { effective_from, currency, revision }: {
    readonly effective_from: LocalDate;
    readonly currency: string;
    readonly revision: number;
  },
): Position {
  return [effective_from, currency, revision];
}

/** Whether a version stands after another one in the list. */
function isAfter([date, currency, revision]: Position, [date_b, currency_b, revision_b]: Position): boolean {
  if (date !== date_b) return date < date_b;
  return currency === currency_b ? revision < revision_b : currency > currency_b;
}
