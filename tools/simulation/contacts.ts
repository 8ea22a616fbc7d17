import type { ContactEvent } from "../../src/domain/company/command.ts";
import type { ContactIdentifiers } from "../../src/domain/identity/phone.ts";
import { parsePhone } from "../../src/domain/identity/phone.ts";
import { canonicalSpelling } from "../../tests/support/spellings.ts";
import type { IdentifierChoice } from "./actions.ts";
import { otherSpelling, phoneOf, secondPhoneOf } from "./ids.ts";

/**
 * Returns the identifiers that an event or a call gives of a person, the phone in the spelling of the choice.
 *
 * @param has_changed whether the person's number change was delivered: the second number is not used before that
 */
export function givenContact(
  company: number,
  person: number,
  identifiers: IdentifierChoice,
  has_changed: boolean,
): ContactIdentifiers {
  const has_bsuid = person < 2 && (identifiers === "both" || identifiers.endsWith("bsuid"));
  const bsuid = has_bsuid ? `BR.${company}${person}9120865` : undefined;
  if (identifiers === "bsuid" && has_bsuid) return { phone: undefined, bsuid };
  const parent_bsuid = `BR.ENT.${company}${person}4417023`;
  if (identifiers === "parent" && person < 2) return { phone: undefined, bsuid: parent_bsuid };
  if (identifiers === "parent and bsuid" && has_bsuid) return { phone: undefined, bsuid, parent_bsuid };
  const is_second = identifiers.startsWith("second") && has_changed;
  const phone = is_second ? secondPhoneOf(company, person) : phoneOf(company, person);
  return { phone: identifiers.startsWith("other") ? otherSpelling(phone) : phone, bsuid };
}

/** Parses a given contact as the service does at its border. */
export function parsedContact({ phone, ...bsuids }: ContactIdentifiers): ContactIdentifiers {
  return { phone: phone === undefined ? undefined : parsePhone(phone), ...bsuids };
}

/** Returns a given contact as the auditor knows it, by a numbering table of its own. */
export function expectedContact({ phone, ...bsuids }: ContactIdentifiers): ContactIdentifiers {
  return { phone: phone === undefined ? undefined : canonicalSpelling(phone), ...bsuids };
}

/** Replaces the contacts of an event. */
export function withContacts(
  event: ContactEvent,
  replaced: (contact: ContactIdentifiers) => ContactIdentifiers,
): ContactEvent {
  return event.type === "number_changed"
    ? { ...event, from: replaced(event.from), to: replaced(event.to) }
    : { ...event, contact: replaced(event.contact) };
}
