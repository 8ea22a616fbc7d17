import { identifierTexts } from "../domain/identity/identifiers.ts";
import { type ContactIdentifiers, parseBsuid, parsePhone } from "../domain/identity/phone.ts";
import { isFields, isMissing, textOf } from "./fields.ts";

/** No identifiers. Frozen because it is shared. */
export const NOBODY: ContactIdentifiers = Object.freeze({ phone: undefined, bsuid: undefined });

/**
 * Reads a contact from a phone field, a BSUID field and the field of a parent BSUID. Any may be missing, empty or hold
 * another kind: with usernames Meta's `wa_id` can be a BSUID, and gateways put digits into `user_id`.
 */
export function identifiersOf(
  phone_field: unknown,
  bsuid_field: unknown,
  parent_field?: unknown,
): ContactIdentifiers {
  const first = textOf(phone_field);
  const second = textOf(bsuid_field);
  const phone = phoneIn(first) ?? phoneIn(second);
  const bsuid = bsuidIn(second) ?? bsuidIn(first);
  return isMissing(parent_field)
    ? { phone, bsuid }
    : contactWith(phone, bsuid, bsuidIn(textOf(parent_field)));
}

/** Builds a contact. A parent BSUID without another BSUID is the contact's BSUID. */
function contactWith(
  phone: string | undefined,
  bsuid: string | undefined,
  parent_bsuid: string | undefined,
): ContactIdentifiers {
  if (parent_bsuid === undefined || parent_bsuid === bsuid) return { phone, bsuid };
  return bsuid === undefined ? { phone, bsuid: parent_bsuid } : { phone, bsuid, parent_bsuid };
}

function phoneIn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parsePhone(text);
}

function bsuidIn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseBsuid(text);
}

/**
 * The `contacts` list beside messages and statuses. It completes them: a message may have only the phone, and its
 * contact the BSUID. A contact is used only when it is clearly the same person.
 */
export class People {
  readonly #contacts: readonly unknown[];
  /** Built on first use, only for several contacts: it keeps a large batch linear. `null` marks an ambiguous one. */
  #index: Map<string, ContactIdentifiers | null> | undefined;

  /** @param contacts Meta's `contacts` list; anything else is an empty one. */
  constructor(contacts: unknown) {
    this.#contacts = Array.isArray(contacts) ? contacts : [];
  }

  /**
   * Reads the contact fields of a message or status and completes them from its contact.
   *
   * @returns The identifiers; possibly none.
   */
  complete(phone_field: unknown, bsuid_field: unknown, parent_field?: unknown): ContactIdentifiers {
    const own = identifiersOf(phone_field, bsuid_field, parent_field);
    if (this.#contacts.length === 0) return own;
    if (this.#contacts.length === 1) {
      const person = personOf(this.#contacts[0]);
      // A field that is present but unreadable means another recipient, such as a group: no contact is used.
      const names_nobody = isMissing(phone_field) && isMissing(bsuid_field) && isMissing(parent_field);
      return names_nobody ? person : merged(own, person);
    }
    for (const identifier of identifierTexts(own)) {
      const person = this.#find(identifier);
      if (person) return merged(own, person);
    }
    return own;
  }

  #find(identifier: string): ContactIdentifiers | null | undefined {
    if (this.#index === undefined) {
      this.#index = new Map();
      for (const contact of this.#contacts) {
        const person = personOf(contact);
        // Phones and BSUIDs share the index: neither can look like the other.
        for (const known of identifierTexts(person)) enter(this.#index, known, person);
      }
    }
    return this.#index.get(identifier);
  }
}

/** Two contacts that disagree about one identifier make it ambiguous: a conflict is never merged. */
function enter(
  index: Map<string, ContactIdentifiers | null>,
  identifier: string,
  person: ContactIdentifiers,
): void {
  const other = index.get(identifier);
  const agrees = other === undefined || other?.phone === person.phone && other?.bsuid === person.bsuid;
  index.set(identifier, agrees ? person : null);
}

function personOf(contact: unknown): ContactIdentifiers {
  return isFields(contact) ? identifiersOf(contact.wa_id, contact.user_id, contact.parent_user_id) : NOBODY;
}

/** Adds the contact's identifiers to the event's own, if both share one. */
function merged(own: ContactIdentifiers, person: ContactIdentifiers): ContactIdentifiers {
  if (!shareIdentifier(own, person)) return own;
  const phone = own.phone ?? person.phone;
  const parent_bsuid = own.parent_bsuid ?? person.parent_bsuid;
  // The event may give the parent's id where the contact gives both.
  const bsuid = own.bsuid === parent_bsuid ? person.bsuid ?? own.bsuid : own.bsuid ?? person.bsuid;
  return contactWith(phone, bsuid, parent_bsuid);
}

function shareIdentifier(own: ContactIdentifiers, person: ContactIdentifiers): boolean {
  if (own.phone !== undefined && own.phone === person.phone) return true;
  if (own.bsuid === undefined) return false;
  return own.bsuid === person.bsuid || own.bsuid === person.parent_bsuid ||
    own.parent_bsuid !== undefined &&
      (own.parent_bsuid === person.parent_bsuid || own.parent_bsuid === person.bsuid);
}
