/** Meta's `pricing_analytics` in request bodies: the answer of the Graph API as it is, or CSV of its data points. */

import { z } from "@hono/zod-openapi";
import type { PricingPoint } from "../../domain/meta_costs/pricing_analytics.ts";
import type { BodyForm } from "../kit/declaration.ts";
import { hasCsvBody, readCsv } from "../kit/csv_body.ts";
import { optionalField, textField } from "../kit/fields.ts";
import { type FieldError, formatPath, invalidRequest, Problem } from "../kit/problems.ts";
import { validate } from "../kit/validation.ts";

/** The most data points of one body. */
export const POINTS_MAX = 10_000;

const BREAKDOWN = "ask Meta with dimensions(PHONE,COUNTRY,PRICING_CATEGORY,PRICING_TYPE)";

/** A field that Meta gives only with its breakdown. */
function breakdownField(pattern: RegExp, what: string, example: string) {
  const error = (issue: { readonly input?: unknown }) =>
    issue.input === undefined ? `is required: ${BREAKDOWN}` : `must be ${what}`;
  return z.string({ error }).regex(pattern, { error: `must be ${what}` }).openapi({ example });
}

const SecondsField = z.int().min(0).max(4_102_444_800);

const Point = z.object({
  start: SecondsField.openapi({
    description: "When the day begins, in seconds since 1970.",
    example: 1759287600,
  }),
  end: SecondsField.openapi({ description: "When the day ends.", example: 1759374000 }),
  country: breakdownField(/^[A-Z]{2}$/, "a country of ISO 3166 such as BR", "BR"),
  phone_number: breakdownField(
    /^\+?[\d\s().-]{5,40}$/,
    "a phone number such as 551130000001",
    "551130000001",
  ),
  pricing_category: breakdownField(
    /^[A-Za-z_-]{1,60}$/,
    "one of Meta's categories such as UTILITY",
    "UTILITY",
  ),
  pricing_type: breakdownField(/^[A-Za-z_-]{1,60}$/, "one of Meta's types such as REGULAR", "REGULAR"),
  tier: optionalField(textField(60)).openapi({ description: "The volume tier.", example: "0:MAX" }),
  volume: z.int().min(0).max(1_000_000_000).openapi({ description: "Delivered messages.", example: 412 }),
  cost: optionalField(z.number().min(0).max(1_000_000_000)).openapi({
    description: "In the account's currency. Meta gives none to accounts on a partner's credit line.",
    example: 2.8016,
  }),
});

/** Meta's answer, for the documentation. Other fields of Meta are ignored. */
export const PricingAnalyticsBody = z.object({
  id: optionalField(textField(64)).openapi({
    description: "Meta's id of the WhatsApp Business Account: it is the `account_id`.",
    example: "102290129340398",
  }),
  pricing_analytics: z.object({
    data: z.array(z.object({ data_points: z.array(Point) })),
  }).openapi({ description: `At most ${POINTS_MAX} data points, each of one day.` }),
}).openapi("PricingAnalytics");

/** What a body has, in either form. */
const ReadBody = z.object({
  id: optionalField(textField(64)),
  points: z.array(Point).min(1).max(POINTS_MAX),
});

/** What a body has, and how its data points are named. */
export interface ReadAnalytics {
  readonly id: string | undefined;
  readonly points: readonly PricingPoint[];
  /** Names a field of a data point as the body has it. */
  readonly nameOf: (index: number, field: string) => string;
}

/** CSV for the documentation: the first row names the fields of data points. */
export const PRICING_ANALYTICS_CSV = z.string().openapi({
  description: "The first row names the columns as the fields of a data point. Others are ignored.",
  example: `${
    Object.keys(Point.shape).join(",")
  }\n1759287600,1759374000,BR,551130000001,UTILITY,REGULAR,0:MAX,412,2.8016`,
});

/** Returns the form of a body by its headers. */
export function analyticsForm(headers: Headers): BodyForm {
  return hasCsvBody(headers) ? csvForm() : jsonForm();
}

/** Puts the data points of all parts into one list, and names errors as the body does. */
function jsonForm(): BodyForm {
  const names: string[] = [];
  const nameOf = (index: number, field: string) =>
    `${names[index] ?? "pricing_analytics.data"}${field && `.${field}`}`;
  return {
    schema: ReadBody.transform((body): ReadAnalytics => ({ ...body, nameOf })),
    list: { field: "points", max: POINTS_MAX },
    complete: (json) => flattened(json, names),
    errorOf: (error) => renamed(error, nameOf),
  };
}

function flattened(json: unknown, names: string[]): unknown {
  const { id, pricing_analytics } = (json ?? {}) as {
    readonly id?: unknown;
    readonly pricing_analytics?: unknown;
  };
  const data = (pricing_analytics as { readonly data?: unknown } | undefined)?.data;
  if (!Array.isArray(data)) return { id, points: data };
  const points: unknown[] = [];
  for (const [part, entry] of data.entries()) {
    const data_points = (entry as { readonly data_points?: unknown } | null)?.data_points;
    const path = formatPath(["pricing_analytics", "data", part, "data_points"]);
    if (!Array.isArray(data_points)) {
      names.push(path);
      points.push(data_points);
      continue;
    }
    for (const [index, point] of data_points.entries()) {
      names.push(`${path}[${index}]`);
      points.push(point);
    }
  }
  return { id, points };
}

/** The path of a data point's field in {@link ReadBody}. */
const POINT_PATH = /^points(?:\[(\d+)\])?\.?/;

function renamed(error: FieldError, nameOf: ReadAnalytics["nameOf"]): FieldError {
  const [whole, index] = POINT_PATH.exec(error.path) ?? [];
  if (whole === undefined) return error;
  const path = nameOf(index === undefined ? -1 : Number(index), error.path.slice(whole.length));
  return { path, message: error.message.replace(error.path, path) };
}

const COLUMNS = Object.keys(Point.shape);
const OPTIONAL_COLUMNS = ["tier", "cost"];
const NUMBER_COLUMNS: ReadonlySet<string> = new Set(["start", "end", "volume", "cost"]);
const NUMBER = /^-?\d+(\.\d+)?(e-?\d+)?$/i;
/** The most columns of a file: Meta may add some. */
const COLUMNS_MAX = 40;

function csvForm(): BodyForm {
  const nameOf = (index: number, field: string) =>
    index < 0 ? "the file" : `row ${index + 2}${field && `.${field}`}`;
  return {
    schema: z.custom<ReadAnalytics>(),
    decode: (bytes) => {
      const rows = readCsv(bytes, { rows: POINTS_MAX + 1, columns: COLUMNS_MAX });
      if (rows instanceof Problem) return rows;
      const [heading = [], ...cells] = rows;
      const missing = COLUMNS.filter((name) => !heading.includes(name) && !OPTIONAL_COLUMNS.includes(name));
      if (missing.length > 0) return missingColumns(missing);
      const points = cells.map((row) => pointOf(heading, row));
      const result = validate(ReadBody, { points }, "the file");
      return result.is_valid
        ? { ...result.value, nameOf }
        : invalidRequest(result.errors.map((error) => renamed(error, nameOf)));
    },
  };
}

function pointOf(heading: readonly string[], row: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(heading.map((name, column) => {
    const text = row[column] ?? "";
    if (text === "") return [name, undefined];
    return [name, NUMBER_COLUMNS.has(name) && NUMBER.test(text) ? Number(text) : text];
  }));
}

function missingColumns(names: readonly string[]): Problem {
  return invalidRequest(names.map((path) => ({
    path,
    message: `The column ${path} is missing: name it in the first row; ${BREAKDOWN}`,
  })));
}
