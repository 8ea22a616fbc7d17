/** The fields our bodies, queries and paths are made of, each with what it is called in a message. */

import { z } from "@hono/zod-openapi";
import { isLocalDate, isTimeZone } from "../../domain/calendar.ts";
import { type ContactIdentifiers, parseContact, withoutContacts } from "../../domain/identity/phone.ts";
import { FACTS_KEPT_DAYS_MIN } from "../../domain/lateness.ts";
import { PRICE_PATTERN, priceFrom, showMoney } from "../../domain/money.ts";
import type { Micros } from "../../domain/money.ts";
import type { CompanyId, Credits, FeatureCode, LocalDate, Month } from "../../domain/types.ts";

/** Postgres refuses U+0000 and lone surrogates in text. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** A text that is kept. */
export function textField(length_max: number) {
  return z.string().min(1).max(length_max)
    .refine(isStorable, { error: "must be text without U+0000 or lone surrogates" });
}

/** A field of a body that may be left out. Null is as good: many a client writes it for what it has not. */
export function optionalField<Field extends z.ZodType>(field: Field) {
  return field.nullish().transform((given) => given ?? undefined);
}

/** For how long an id of the caller's is known again. */
export const FACT_RETENTION_TEXT =
  `for as long as facts are kept, which is at least ${FACTS_KEPT_DAYS_MIN} days`;

export const CompanyIdField = z.string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, { error: "must be 1 to 64 of A-Z a-z 0-9 . _ -" })
  .transform((id) => id as CompanyId)
  .openapi({ description: "The company's id, chosen by the platform.", example: "acme" });

/** The path of everything a company has. */
export const CompanyPath = z.object({ company: CompanyIdField });

export const FeatureCodeField = z.string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: "must be 1 to 64 of A-Z a-z 0-9 . _ -" })
  .transform((code) => code as FeatureCode)
  .openapi({ example: "automation.run" });

export const ContactField = z.string()
  .transform((contact, context): ContactIdentifiers => {
    const identifiers = parseContact(contact);
    if (identifiers !== undefined) return identifiers;
    context.addIssue({
      code: "custom",
      message: 'must be a phone in digits, with or without "+", or a BSUID',
    });
    return z.NEVER;
  })
  .openapi({ description: "A phone in digits, or a BSUID.", example: "5511988887777" });

/** A date of the calendar. There is no year 0, neither in history nor in Postgres. */
export const LocalDateField = z.string()
  .refine((date) => isLocalDate(date) && date >= "0001-01-01", { error: "must be a date such as 2026-11-23" })
  .transform((date) => date as LocalDate)
  .openapi({ format: "date", example: "2026-11-23" });

/** The date that terms are to hold from: one past all planning is a slip, and what follows it has no name. */
export const StartDateField = LocalDateField
  .refine((date) => date < "3000-01-01", { error: "must be before the year 3000: check it" })
  .openapi({ format: "date", example: "2026-11-23" });

export const MonthField = z.string()
  .refine((month) => isLocalDate(`${month}-01`), { error: "must be a month such as 2026-11" })
  .transform((month) => month as Month)
  .openapi({ example: "2026-11" });

/** RFC 3339, whose years have four digits and whose offset is never left out. */
const INSTANT_PATTERN = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** An instant, in milliseconds since 1970. */
export const InstantField = z.string()
  .transform((instant, context) => {
    const at_ms = INSTANT_PATTERN.test(instant) ? millisecondsOf(instant) : undefined;
    if (at_ms !== undefined) return at_ms;
    context.addIssue({ code: "custom", message: "must be an RFC 3339 instant such as 2026-11-23T13:00:00Z" });
    return z.NEVER;
  })
  .openapi({ format: "date-time", example: "2026-11-23T13:00:00Z" });

function millisecondsOf(instant: string): number | undefined {
  try {
    return Temporal.Instant.from(instant).epochMilliseconds;
  } catch {
    return undefined;
  }
}

export const TimeZoneField = z.string()
  .refine(isTimeZone, { error: "must be an IANA time zone such as America/Sao_Paulo" })
  .openapi({ example: "America/Sao_Paulo" });

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

/** A price, never a JSON number: those are floats. */
export const PriceField = z.string({ error: 'must be a price as a string, such as "0.15"' })
  .regex(PRICE_PATTERN, { error: 'must be a price of up to 9 digits and 6 decimal places, such as "0.15"' })
  .transform((price) => priceFrom(price))
  .openapi({ example: "0.15" });

export const CurrencyField = z.string()
  .regex(/^[A-Z]{3}$/, { error: "must be an ISO 4217 code such as BRL" })
  .openapi({ example: "BRL" });

/**
 * Labels a caller puts on something; numbers and booleans are kept as their text. Phones and BSUIDs in them are
 * masked before anything is kept.
 */
export const AttributesField = z
  .record(
    textField(40).transform(withoutContacts),
    z.union([textField(200), z.number(), z.boolean()], {
      error: "must be a text of 1 to 200 characters, a number, true or false",
    }).transform((value) => withoutContacts(String(value))),
  )
  .refine((labels) => Object.keys(labels).length <= 20, { error: "must have at most 20 labels" })
  .openapi({
    description: "Phones and BSUIDs in labels are masked before they are kept: label with ids of your own.",
    maxProperties: 20,
    example: { department: "sales" },
  });

export const CategoryField = z.enum(["marketing", "utility", "authentication"]);

/** How many rows a page has. */
export const PAGE_ROWS_MAX = 200;

/** A whole number from 1 on, as a path or a query writes it. */
export function integerText(maximum: number) {
  return z.string().regex(/^\d{1,15}$/, { error: "must be a whole number" })
    .transform(Number).pipe(z.int().min(1).max(maximum));
}

export const LimitField = integerText(PAGE_ROWS_MAX).default(PAGE_ROWS_MAX)
  .openapi({ type: "integer", minimum: 1, maximum: PAGE_ROWS_MAX, default: PAGE_ROWS_MAX });

/** A time within a cursor: anybody can write one, and Postgres has no times beyond some year. */
export const MillisecondsField = z.int().min(0).max(Date.UTC(9999, 11, 31));

export const CursorField = z.string().max(400).optional()
  .openapi({ description: "`next_cursor` of the page before." });

/** A page of a list. */
export function listOf<Row extends z.ZodType>(row: Row) {
  return z.object({
    data: z.array(row),
    next_cursor: z.string().nullable().openapi({ description: "Null on the last page." }),
  });
}

// What we answer with.

export const InstantBody = z.string().openapi({ format: "date-time", example: "2026-11-23T13:00:00Z" });
export const DateBody = z.string().openapi({ format: "date", example: "2026-11-23" });
export const MonthBody = z.string().openapi({ example: "2026-11" });
export const MoneyBody = z.string().openapi({ description: "A decimal string.", example: "0.15" });
export const CreditsBody = z.int();

/** An instant as RFC 3339 in UTC. */
export function formatInstant(at_ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
}

/** The same, or null when there is none. */
export function formatInstantOrNull(at_ms: number | undefined): string | null {
  return at_ms === undefined ? null : formatInstant(at_ms);
}

/** Money, or null while nobody has said. */
export function formatPrice(price: bigint | null): string | null {
  return price === null ? null : showMoney(price as Micros);
}
