import type { ContactIdentifiers } from "../domain/identity/phone.ts";
import type { NotedKind, NumberChanged, Unreadable, WhatsAppEvent } from "./events.ts";
import { type Fields, isFields, isMissing, millisecondsOf, shortName, storableText } from "./fields.ts";
import { identifiersOf, type People } from "./people.ts";
import { sharedPhone } from "./shared_phone.ts";
import { MESSAGE_ID_LENGTH_MAX, unreadable } from "./unreadable.ts";

/**
 * Reads one of Meta's incoming `messages`. Source of the shapes: Meta, WhatsApp Business Platform, "messages
 * webhook reference" and its pages by type; for their meaning see the rulebook, "Events and facts".
 *
 * Every type counts as a customer message, also an unknown one and `unsupported` with its `errors`, except a few that
 * are only noted. Below `type` these are read: a `system` number change, the type of an unsupported message, the source
 * of a call permission, and the phone in the answer to a contact request.
 *
 * @param message One entry of the list, any JSON value.
 * @param phone_number_id The company's number that received it; without it the message is unreadable.
 */
export function readMessage(
  message: unknown,
  phone_number_id: string | undefined,
  people: People,
): WhatsAppEvent {
  if (!isFields(message)) return unreadable("message_not_an_object", "message", message, phone_number_id);
  if (phone_number_id === undefined) {
    return unreadable("phone_number_id_missing", "message", message, phone_number_id);
  }
  const message_id = storableText(message.id, MESSAGE_ID_LENGTH_MAX);
  if (message_id === undefined) {
    return unreadable("message_id_missing", "message", message, phone_number_id);
  }
  const at_ms = millisecondsOf(message.timestamp);
  if (at_ms === undefined) return unreadable("timestamp_unparseable", "message", message, phone_number_id);

  const message_type = shortName(message.type) ?? "unknown";
  const kind = notedKind(message, message_type);
  if (kind === "system" && isNumberChange(message.system)) {
    return readNumberChange(message, message.system, phone_number_id, at_ms, message_id);
  }
  const contact = senderOf(message, message_type, people);
  if (kind !== undefined) {
    return { type: "noted", phone_number_id, contact, at_ms, message_id, kind, message_type };
  }
  if (contact.phone === undefined && contact.bsuid === undefined) {
    return unreadable("contact_missing", "message", message, phone_number_id);
  }
  return { type: "wrote", phone_number_id, contact, at_ms, message_id, message_type };
}

/** Returns the sender. Only the answer to a contact request adds a phone: other cards show other people. */
function senderOf(message: Fields, message_type: string, people: People): ContactIdentifiers {
  const sender = people.complete(message.from, message.from_user_id, message.from_parent_user_id);
  if (message_type !== "contacts" || sender.phone !== undefined || sender.bsuid === undefined) return sender;
  const phone = sharedPhone(message.contacts, sender);
  return phone === undefined ? sender : { ...sender, phone };
}

/** Returns why a message is not metered; `undefined` for a customer message. */
function notedKind(message: Fields, message_type: string): NotedKind | undefined {
  if (!isMissing(message.group_id)) return "group_message";
  switch (message_type) {
    case "system":
    case "request_welcome":
      return message_type;
    case "unsupported":
      return isFields(message.unsupported) ? actionOn(message.unsupported.type) : undefined;
    case "interactive":
      return isAutomaticReply(message.interactive) ? "automatic_reply" : undefined;
    default:
      return actionOn(message_type);
  }
}

/**
 * Returns the kind of a type that acts on an earlier message instead of writing a new one; `undefined` for other types.
 * Of Meta's unsupported types the others (`poll_creation`, `gif`, `group_invite`, `media_placeholder`, `errors` and so
 * on) stand for a message that the customer wrote. Source: Meta, "Unsupported messages webhook reference".
 */
function actionOn(type: unknown): NotedKind | undefined {
  const name = shortName(type)?.toLowerCase().replaceAll("-", "_");
  switch (name) {
    case "reaction":
    case "edit":
    case "revoke":
    case "pin":
    case "keep_in_chat":
    case "poll_update":
      return name;
    default:
      return undefined;
  }
}

/**
 * Whether WhatsApp answered a call permission request for the customer, because the customer called. With
 * `user_action` the customer answered. Source: Meta, Calling API, "User call permissions".
 */
function isAutomaticReply(interactive: unknown): boolean {
  if (!isFields(interactive) || !isFields(interactive.call_permission_reply)) return false;
  return shortName(interactive.call_permission_reply.response_source)?.toLowerCase() === "automatic";
}

/**
 * Whether a system message is a number change. A phone change also gives the person a new BSUID.
 * `user_changed_user_id` is the same change for a person whose phone is hidden; `customer_changed_number` is its older
 * name. Other system messages, such as a new security identity, change no number.
 */
function isNumberChange(system: unknown): system is Fields {
  if (!isFields(system)) return false;
  const change = system.type;
  return change === "user_changed_number" || change === "user_changed_user_id" ||
    change === "customer_changed_number";
}

function readNumberChange(
  message: Fields,
  system: Fields,
  phone_number_id: string,
  at_ms: number,
  message_id: string,
): NumberChanged | Unreadable {
  // `new_wa_id` was the field's name before version 12 of the API, when `wa_id` was not yet there.
  const to = identifiersOf(
    isMissing(system.new_wa_id) ? system.wa_id : system.new_wa_id,
    system.user_id,
    system.parent_user_id,
  );
  if (to.phone === undefined && to.bsuid === undefined) {
    return unreadable("new_contact_missing", "message", message, phone_number_id);
  }
  const sender = identifiersOf(message.from, message.from_user_id);
  const former = identifiersOf(system.customer, system.previous_user_id);
  // The sender's BSUID may already be the new one, so it cannot serve as the old one.
  const sender_bsuid = sender.bsuid === to.bsuid ? undefined : sender.bsuid;
  const from = { phone: sender.phone ?? former.phone, bsuid: former.bsuid ?? sender_bsuid };
  if (from.phone === undefined && from.bsuid === undefined) {
    return unreadable("contact_missing", "message", message, phone_number_id);
  }
  return { type: "number_changed", phone_number_id, from, to, at_ms, message_id };
}
