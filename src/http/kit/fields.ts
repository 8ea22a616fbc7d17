/** Schemas of the fields in request bodies, queries and paths, each with its error message. */

import { z } from "@hono/zod-openapi";
import { isLocalDate } from "../../domain/calendar.ts";
import { isCurrency } from "../../domain/currency.ts";
import { withoutPersonalData } from "../../domain/identity/personal_text.ts";
import { FACTS_KEPT_DAYS_MIN } from "../../domain/lateness.ts";
import { isTimeZone } from "../../domain/zone_data.ts";
import { PRICE_PATTERN, priceFrom, showMoney } from "../../domain/money.ts";
import type { Micros } from "../../domain/money.ts";
import type { CompanyId, Credits, FeatureCode, LocalDate, Month } from "../../domain/types.ts";
import { idError, isStorable, nameError } from "./text.ts";

/** A stored text of 1 to `length_max` characters. */
export function textField(length_max: number) {
  return z.string().min(1).max(length_max)
    .refine(isStorable, { error: "must be text without U+0000 or lone surrogates" });
}

/** A name that people read, of 1 to `length_max` characters. It must be visible. Bidirectional controls are allowed. */
export function nameField(length_max: number) {
  return z.string().min(1).max(length_max).superRefine(refuseBy(nameError));
}

/** An id of the caller, of 1 to `length_max` characters. */
export function idField(length_max: number) {
  return z.string().min(1).max(length_max).superRefine(refuseBy(idError));
}

/** Refuses a text by a function that returns what is wrong with it. */
function refuseBy(errorOf: (text: string) => string | undefined) {
  return (text: string, context: z.core.$RefinementCtx<string>) => {
    const message = text === "" ? undefined : errorOf(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  };
}

/** An optional field of a body. Null counts as absent, since many clients send it for missing values. */
export function optionalField<Field extends z.ZodType>(field: Field) {
  return field.nullish().transform((value) => value ?? undefined);
}

/** How long an id of the caller is recognized, for descriptions. */
export const FACT_RETENTION_TEXT =
  `for as long as facts are stored, which is at least ${FACTS_KEPT_DAYS_MIN} days`;

/** A company's id. */
export const CompanyIdField = z.string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/, {
    error: 'must have 1 to 64 characters of A-Z a-z 0-9 . _ -, and must not be "." or ".."',
  })
  .transform((id) => id as CompanyId)
  .openapi({ description: "The company's id, chosen by the platform.", example: "acme" });

/** The path parameters of a company's calls. */
export const CompanyPath = z.object({ company: CompanyIdField });

/** Meta's id of a business phone number. */
export const PhoneNumberIdField = z.string()
  .regex(/^(?!\.{1,2}$)[!-~]{1,40}$/, { error: "must be a Meta phone number id such as 106540352242922" });

/** The code of a feature. */
export const FeatureCodeField = z.string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    error: "must have 1 to 64 characters of A-Z a-z 0-9 . _ -, and begin with a letter or a digit",
  })
  .transform((code) => code as FeatureCode)
  .openapi({ description: "The feature's code.", example: "automation.run" });

/** A calendar date. Postgres has no year 0. */
export const LocalDateField = z.string()
  .refine((date) => isLocalDate(date) && date >= "0001-01-01", {
    error: "must be a date such as 2026-11-23",
    // A check of two dates never sees a text that is none.
    abort: true,
  })
  .transform((date) => date as LocalDate)
  .openapi({ format: "date", example: "2026-11-23" });

/** The date that terms start on. A date past the year 3000 is a typo. */
export const StartDateField = LocalDateField
  .refine((date) => date < "3000-01-01", { error: "must be before the year 3000: check it" })
  .openapi({ format: "date", example: "2026-11-23" });

/** A month. */
export const MonthField = z.string()
  .refine((month) => isLocalDate(`${month}-01`), { error: "must be a month such as 2026-11" })
  .transform((month) => month as Month)
  .openapi({ example: "2026-11" });

/** RFC 3339: years have four digits, and the offset is required. */
const INSTANT_PATTERN = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** An instant, parsed to milliseconds since 1970. */
export const InstantField = z.string()
  .transform((instant, context) => {
    const at_ms = INSTANT_PATTERN.test(instant) ? millisecondsOf(instant) : undefined;
    if (at_ms !== undefined) return at_ms;
    context.addIssue({ code: "custom", message: instantMessage(instant) });
    return z.NEVER;
  })
  .openapi({ format: "date-time", example: "2026-11-23T13:00:00Z" });

function instantMessage(instant: string): string {
  const has_no_offset = INSTANT_PATTERN.test(`${instant}Z`) && millisecondsOf(`${instant}Z`) !== undefined;
  return has_no_offset
    ? `has no offset from UTC: append Z or an offset, as in 2026-11-23T10:00:00-03:00`
    : "must be an RFC 3339 instant such as 2026-11-23T13:00:00Z";
}

function millisecondsOf(instant: string): number | undefined {
  try {
    return Temporal.Instant.from(instant).epochMilliseconds;
  } catch {
    return undefined;
  }
}

/** An IANA time zone, or a fixed offset. */
export const TimeZoneField = z.string()
  .refine(isTimeZone, {
    error: "must be an IANA time zone such as America/Sao_Paulo, or an offset such as -03:00",
  })
  .openapi({
    description: "An IANA time zone, or a fixed offset from UTC from `-12:00` to `+14:00`.",
    example: "America/Sao_Paulo",
  });

/** A BCP 47 language tag. */
export const LocaleField = z.string().max(35)
  .refine(isLocale, { error: "must be a BCP 47 language tag such as pt-BR" })
  .openapi({ example: "pt-BR" });

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** A whole number of credits. */
export function creditsField(minimum: number, maximum: number) {
  return z.int().min(minimum).max(maximum).transform((amount) => amount as Credits);
}

/** A price as a decimal string. JSON numbers are floats, so they are refused. */
export const PriceField = z.string({ error: 'must be a price as a string, such as "0.15"' })
  .regex(PRICE_PATTERN, { error: 'must be a price of up to 9 digits and 6 decimal places, such as "0.15"' })
  .transform((price) => priceFrom(price))
  .openapi({ example: "0.15" });

/** An ISO 4217 currency code. */
export const CurrencyField = z.string()
  .refine(isCurrency, { error: "must be a current ISO 4217 code in capital letters, such as BRL" })
  .openapi({ example: "BRL" });

/**
 * Labels of the caller. Numbers and booleans are stored as text. Personal data that is recognized is masked before it is
 * stored: see `withoutPersonalData`.
 */
export const AttributesField = z
  .record(
    nameField(40).transform(withoutPersonalData),
    z.union([nameField(200), z.number(), z.boolean()], {
      error: "must be a text of 1 to 200 characters, a number, true or false",
    }).transform((value) => withoutPersonalData(String(value))),
  )
  .refine((labels) => Object.keys(labels).length <= 20, { error: "must have at most 20 labels" })
  .openapi({
    description:
      "E-mail addresses, phones, BSUIDs, CPFs and wamids are masked before labels are stored. Use your own ids, no names.",
    maxProperties: 20,
    example: { department: "sales" },
  });

/** The category of a template message. */
export const CategoryField = z.enum(["marketing", "utility", "authentication"]);

/** The most rows of a page. */
export const PAGE_ROWS_MAX = 200;

/** A whole number of at least 1 in a path or a query. */
export function integerText(maximum: number) {
  return z.string().regex(/^\d{1,15}$/, { error: "must be a whole number" })
    .transform(Number).pipe(z.int().min(1).max(maximum));
}

/** The page size. */
export const LimitField = integerText(PAGE_ROWS_MAX).default(PAGE_ROWS_MAX)
  .openapi({
    type: "integer",
    minimum: 1,
    maximum: PAGE_ROWS_MAX,
    default: PAGE_ROWS_MAX,
    description: "Maximum rows of the page.",
  });

/** A time within a cursor. Bounded, since clients can forge cursors and Postgres limits its times. */
export const MillisecondsField = z.int().min(0).max(Date.UTC(9999, 11, 31));

/** The cursor of a list. The longest one has the name of a company. */
export const CursorField = z.string().max(1_200).optional()
  .openapi({ description: "`next_cursor` of the previous page." });

/** The schema of a page of a list. */
export function listOf<Row extends z.ZodType>(row: Row) {
  return z.object({
    data: z.array(row),
    next_cursor: z.string().nullable().openapi({ description: "Null on the last page." }),
  });
}

// Fields of response bodies.

/** An instant in a response. */
export const InstantBody = z.string().openapi({ format: "date-time", example: "2026-11-23T13:00:00Z" });
/** A local date in a response. */
export const DateBody = z.string().openapi({ format: "date", example: "2026-11-23" });
/** A month in a response. */
export const MonthBody = z.string().openapi({ example: "2026-11" });
/** Money in a response. */
export const MoneyBody = z.string().openapi({ description: "A decimal string.", example: "0.15" });
/** Credits in a response. */
export const CreditsBody = z.int();

/** Formats an instant as RFC 3339 in UTC. */
export function formatInstant(at_ms: number): string {
  // `Temporal.Instant` gives the same text in twice the time, and each balance has two of them.
  return new Date(at_ms).toISOString().replace(/\.?0*Z$/, "Z");
}

/** Formats an instant, or returns null when there is none. */
export function formatInstantOrNull(at_ms: number | undefined): string | null {
  return at_ms === undefined ? null : formatInstant(at_ms);
}

/** Formats a price, or returns null when none is set. */
export function formatPrice(price: bigint | null): string | null {
  return price === null ? null : showMoney(price as Micros);
}
