/**
 * Search in the history of the report page: by a phone, a BSUID or a message id.
 *
 * SEARCH-1. Only a caller with `sees_contacts` searches. Any other gets the same 403 for every text, before it is read
 *     and before any look-up, so the answer says nothing about a phone.
 * SEARCH-2. A search finds no entry of an erased person: their phone must not lead to their entries.
 * SEARCH-3. A text is searched within the dates of the history, as all its filters.
 */

import type { DatedLedgerFilter } from "../../domain/reports.ts";
import { type ContactIdentifiers, parseBsuid } from "../../domain/identity/phone.ts";
import type { CompanyId } from "../../domain/types.ts";
import type { Companies } from "../../ports/companies.ts";
import { PHONE_ERRORS } from "../kit/contact_field.ts";
import { type PhoneError, readPhone, readPhoneIn } from "../kit/phone_numbers.ts";
import { invalidRequest, Problem, problemOfAnswer } from "../kit/problems.ts";
import type { Caller } from "../middleware/authentication.ts";

/** A search whose text was read. */
export interface HistorySearch {
  readonly by: "contact" | "message";
  /** The filter of the entries; null when no entry can match. */
  readonly filter: Pick<DatedLedgerFilter, "contact" | "message"> | null;
  /** Why a text without letters is no phone. It is then searched as the id of a message: such an id may be a number. */
  readonly error: PhoneError | null;
}

/**
 * Reads the text of a search: a phone as people write it, a BSUID, or the id of a message.
 *
 * @returns null without a text; the problem of a caller that may not search, or of the company
 */
export async function readSearch(
  companies: Companies,
  company: CompanyId,
  text: string | undefined,
  caller: Caller,
): Promise<HistorySearch | null | Problem> {
  if (text === undefined) return null;
  if (!caller.sees_contacts) return cannotSearch();
  const bsuid = parseBsuid(text);
  if (bsuid !== undefined) return await byContact(companies, company, { phone: undefined, bsuid });
  if (HAS_LETTER.test(text)) return await byMessage(companies, company, text, null);
  const known = await companies.execute(company, { type: "read_company" });
  if (known.type !== "company") return problemOfAnswer(known);
  const reading = readPhone(text) ?? readPhoneIn(known.view.country, text);
  if ("phone" in reading) {
    return await byContact(companies, company, { phone: reading.phone, bsuid: undefined });
  }
  return await byMessage(companies, company, text, reading.error);
}

/** A phone has no letter. */
const HAS_LETTER = /\p{L}/u;

async function byContact(
  companies: Companies,
  company: CompanyId,
  contact: ContactIdentifiers,
): Promise<HistorySearch | Problem> {
  const answer = await companies.execute(company, { type: "read_contact", contact });
  if (answer.type !== "contact") return problemOfAnswer(answer);
  const { contact: found } = answer.view;
  return { by: "contact", filter: found === undefined ? null : { contact: found }, error: null };
}

async function byMessage(
  companies: Companies,
  company: CompanyId,
  message_id: string,
  error: PhoneError | null,
): Promise<HistorySearch | Problem> {
  const answer = await companies.execute(company, { type: "read_message_key", message_id });
  if (answer.type !== "message_key") return problemOfAnswer(answer);
  return { by: "message", filter: { message: answer.key }, error };
}

/** 422: the text is no phone, and no message with it as its id opened a window. */
export function unreadableSearch(error: PhoneError): Problem {
  return invalidRequest([{ path: "search", message: `search ${PHONE_ERRORS[error]}` }]);
}

function cannotSearch(): Problem {
  return new Problem(
    403,
    "insufficient_scope",
    "Insufficient scope: a search needs `sees_contacts`. Use a key or session that has it, or omit `search`.",
  );
}
