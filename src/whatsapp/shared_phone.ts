import { type ContactIdentifiers, parsePhone } from "../domain/identity/phone.ts";
import { isFields, isMissing, textOf } from "./fields.ts";

/** Phones of one card that are read. */
const PHONES_MAX = 20;

/**
 * Returns the sender's own phone in the answer to a contact request: a button with which WhatsApp shares the card of
 * the person who taps it. Only one card, marked `origin: contact_request`, with one phone, links anything; a card that
 * names another BSUID does not. Source: Meta, WhatsApp Business Platform, "Contacts messages webhook reference" and
 * "Request contact info".
 *
 * @param cards The `contacts` of a message of type `contacts`, any JSON value.
 * @param sender The sender, with a BSUID.
 */
export function sharedPhone(cards: unknown, sender: ContactIdentifiers): string | undefined {
  const card: unknown = Array.isArray(cards) && cards.length === 1 ? cards[0] : undefined;
  if (!isFields(card) || card.origin !== "contact_request" || namesAnother(card.user_id, sender)) {
    return undefined;
  }
  const { phones } = card;
  if (!Array.isArray(phones) || phones.length > PHONES_MAX) return undefined;
  const shared = new Set<string | undefined>();
  for (const phone of phones) shared.add(isFields(phone) ? phoneOf(phone.wa_id, phone.phone) : undefined);
  const [only] = shared;
  return shared.size === 1 ? only : undefined;
}

function namesAnother(user_id: unknown, { bsuid, parent_bsuid }: ContactIdentifiers): boolean {
  return !isMissing(user_id) && user_id !== bsuid && user_id !== parent_bsuid;
}

/** Reads the WhatsApp number of a card's phone; the number as it is shown when that is missing. */
function phoneOf(wa_id: unknown, shown: unknown): string | undefined {
  const text = textOf(isMissing(wa_id) ? shown : wa_id);
  return text === undefined ? undefined : parsePhone(text);
}
