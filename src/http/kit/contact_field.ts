/** The contacts in requests: read by the schema, or with the company's country where only that explains a number. */

import { z } from "@hono/zod-openapi";
import { type ContactIdentifiers, parseBsuid } from "../../domain/identity/phone.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { Companies } from "../../ports/companies.ts";
import { isCountry, type PhoneError, readPhone, readPhoneIn } from "./phone_numbers.ts";
import { ERRORS_MAX } from "./validation.ts";
import { type FieldError, invalidRequest, Problem, problemOfAnswer } from "./problems.ts";

/** A contact of a request: its identifiers, or a phone that only the company's country explains. */
export type GivenContact = ContactIdentifiers | { readonly national: string };

/** Why a text is no phone, and how to write one: the predicate of a sentence whose subject is the field. */
export const PHONE_ERRORS: Readonly<Record<PhoneError, string>> = {
  impossible:
    "must be a phone with + and its country code, such as +5511988887777, or a BSUID: check the digits",
  national:
    "is a national number: write it with + and the country code, such as +5511988887777, without a trunk prefix " +
    "such as (0), or set the company's `country`",
  ambiguous: "may be a number of the company's country or of another: write it with + and the country code",
};

/** A contact: a phone or a BSUID. */
export const ContactField = z.string()
  .transform((text, context): GivenContact => {
    const bsuid = parseBsuid(text);
    if (bsuid !== undefined) return { phone: undefined, bsuid };
    const reading = readPhone(text);
    if (reading === undefined) return { national: text };
    if ("phone" in reading) return { phone: reading.phone, bsuid: undefined };
    context.addIssue({ code: "custom", message: PHONE_ERRORS[reading.error] });
    return z.NEVER;
  })
  .openapi({
    description:
      "A phone or a BSUID. A phone is international, with `+` or `00` or ten digits at least, or a national " +
      "number of the company's `country`. Digits that are a number in both ways are national if they are " +
      "written so, as in `(51) 98888-7777`; bare, as in `51988887777`, they are 422: write `+`. Spaces, dashes, " +
      "dots, slashes, parentheses and marks of direction separate digits.",
    example: "5511988887777",
  });

/** The country of a company's national numbers. */
export const CountryField = z.string()
  .refine(isCountry, { error: "must be the ISO 3166-1 alpha-2 code of a country with phones, such as BR" })
  .openapi({
    description:
      "The country of phones without a country code, ISO 3166-1 alpha-2. A company without one answers 422 to such " +
      "phones. Omitted or null, it keeps its value: it can be replaced, not removed.",
    example: "BR",
  });

/**
 * Reads the national numbers among the contacts of a request, with the country the company has now.
 *
 * @param pathOf the path of a contact in the request, by its index
 * @returns the identifiers in the same order, or the problem that answers the request
 */
export async function resolveContacts(
  companies: Companies,
  company: CompanyId,
  given: readonly GivenContact[],
  pathOf: (index: number) => string,
): Promise<readonly ContactIdentifiers[] | Problem> {
  if (!given.some((contact) => "national" in contact)) return given as readonly ContactIdentifiers[];
  const answer = await companies.execute(company, { type: "read_company" });
  if (answer.type !== "company") return problemOfAnswer(answer);
  const { country } = answer.view;
  const errors: FieldError[] = [];
  const resolved = given.map((contact, index): ContactIdentifiers => {
    if (!("national" in contact)) return contact;
    const reading = readPhoneIn(country, contact.national);
    if ("phone" in reading) return { phone: reading.phone, bsuid: undefined };
    const path = pathOf(index);
    if (errors.length < ERRORS_MAX) errors.push({ path, message: `${path} ${PHONE_ERRORS[reading.error]}` });
    return NOBODY;
  });
  return errors.length === 0 ? resolved : invalidRequest(errors);
}

/** A placeholder beside an error: it is never returned. */
const NOBODY: ContactIdentifiers = { phone: undefined, bsuid: undefined };
