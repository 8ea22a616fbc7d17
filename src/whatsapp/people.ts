import { type ContactIdentifiers, parseBsuid, parsePhone } from "../domain/identity/phone.ts";
import { isFields, isMissing, textOf } from "./fields.ts";

/** One entry of Meta's `contacts` list. */
interface Person extends ContactIdentifiers {
  /** The person's id across linked business portfolios; Meta may send it instead of the BSUID. */
  readonly parent_bsuid: string | undefined;
}

/** No identifiers. Frozen because it is shared. */
export const NOBODY: ContactIdentifiers = Object.freeze({ phone: undefined, bsuid: undefined });

/**
 * Reads a contact from a phone field and a BSUID field. Either may be missing, empty or hold the other kind: with
 * usernames Meta's `wa_id` can be a BSUID, and gateways put digits into `user_id`.
 */
export function identifiersOf(phone_field: unknown, bsuid_field: unknown): ContactIdentifiers {
  const first = textOf(phone_field);
  const second = textOf(bsuid_field);
  return {
    phone: phoneIn(first) ?? phoneIn(second),
    bsuid: bsuidIn(second) ?? bsuidIn(first),
  };
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
  #index: Map<string, Person | null> | undefined;

  /** @param contacts Meta's `contacts` list; anything else is an empty one. */
  constructor(contacts: unknown) {
    this.#contacts = Array.isArray(contacts) ? contacts : [];
  }

  /**
   * Reads the two contact fields of a message or status and completes them from its contact.
   *
   * @returns The identifiers; possibly none.
   */
  complete(phone_field: unknown, bsuid_field: unknown): ContactIdentifiers {
    const own = identifiersOf(phone_field, bsuid_field);
    if (this.#contacts.length === 0) return own;
    if (this.#contacts.length === 1) {
      const person = personOf(this.#contacts[0]);
      // A field that is present but unreadable means another recipient, such as a group: no contact is used.
      const names_nobody = isMissing(phone_field) && isMissing(bsuid_field);
      return names_nobody ? { phone: person.phone, bsuid: person.bsuid } : merged(own, person);
    }
    const by_phone = own.phone === undefined ? undefined : this.#find(own.phone);
    const by_bsuid = own.bsuid === undefined ? undefined : this.#find(own.bsuid);
    const person = by_phone ?? by_bsuid;
    return person ? merged(own, person) : own;
  }

  #find(identifier: string): Person | null | undefined {
    if (this.#index === undefined) {
      this.#index = new Map();
      for (const contact of this.#contacts) {
        const person = personOf(contact);
        // Phones and BSUIDs share the index: neither can look like the other.
        for (const known of [person.phone, person.bsuid, person.parent_bsuid]) {
          if (known !== undefined) enter(this.#index, known, person);
        }
      }
    }
    return this.#index.get(identifier);
  }
}

/** Two contacts that disagree about one identifier make it ambiguous: a conflict is never merged. */
function enter(index: Map<string, Person | null>, identifier: string, person: Person): void {
  const other = index.get(identifier);
  const agrees = other === undefined || other?.phone === person.phone && other?.bsuid === person.bsuid;
  index.set(identifier, agrees ? person : null);
}

function personOf(contact: unknown): Person {
  if (!isFields(contact)) return { ...NOBODY, parent_bsuid: undefined };
  const { phone, bsuid } = identifiersOf(contact.wa_id, contact.user_id);
  return { phone, bsuid, parent_bsuid: identifiersOf(undefined, contact.parent_user_id).bsuid };
}

/** Adds the contact's identifiers to the event's own, if both share one. */
function merged(own: ContactIdentifiers, person: Person): ContactIdentifiers {
  const names_parent = own.bsuid !== undefined && own.bsuid === person.parent_bsuid;
  const shares_phone = own.phone !== undefined && own.phone === person.phone;
  const shares_bsuid = own.bsuid !== undefined && own.bsuid === person.bsuid;
  if (!names_parent && !shares_phone && !shares_bsuid) return own;
  const bsuid = names_parent ? person.bsuid ?? own.bsuid : own.bsuid ?? person.bsuid;
  return { phone: own.phone ?? person.phone, bsuid };
}
