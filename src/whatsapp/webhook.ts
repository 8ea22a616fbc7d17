/**
 * Reads Meta's webhooks into events, on the hot path of every delivery.
 *
 * - WEBHOOK-1: it never throws, for any JSON value.
 * - WEBHOOK-2: every entry of `messages` and `statuses` becomes exactly one event, or is counted as ignored. An entry
 *   that cannot be read becomes an `unreadable` event, and an event of an unknown field has the field's name: both go to
 *   quarantine. A field of the ignored list, and an unknown one without entries, is only counted.
 * - WEBHOOK-3: only the fields that the rulebook needs are read; no body, name or media leaves this module.
 * - WEBHOOK-4: the time is linear in the size of the payload, and the search in unknown fields is bounded. Metric labels
 *   are bounded: the names of ignored parts are fixed, and those of unknown categories short and limited in number.
 * - WEBHOOK-5: at most 10,000 events are read. One `unreadable` event stands for the rest of the webhook.
 *
 * Source of the shapes: Meta, WhatsApp Business Platform, "Webhooks" reference.
 */

import { hash } from "node:crypto";
import { readCalls } from "./call.ts";
import { isFields, isMissing, shortName } from "./fields.ts";
import { readHandover } from "./handover.ts";
import { contextOf, misshapen, readLists } from "./lists.ts";
import { countIgnored, finished, isFull, newReading, type Reading, type WebhookReading } from "./reading.ts";
import { readUnknownField } from "./unknown_field.ts";

/** The webhook fields that are read: the cases of `readChange`. */
const READ_FIELDS: ReadonlySet<string> = new Set(["messages", "standby", "calls", "messaging_handovers"]);

/** The other webhook fields that Meta documents: acknowledged, counted and never metered. */
const IGNORED_FIELDS: ReadonlySet<string> = new Set([
  "account_alerts",
  "account_review_update",
  "account_settings_update",
  "account_update",
  "automatic_events",
  "business_capability_update",
  "business_status_update",
  "business_username_update",
  "flows",
  "group_lifecycle_update",
  "group_participants_update",
  "group_settings_update",
  "group_status_update",
  "history",
  "message_echoes",
  "message_template_components_update",
  "message_template_quality_update",
  "message_template_status_update",
  "partner_solutions",
  "payment_configuration_update",
  "phone_number_name_update",
  "phone_number_quality_update",
  "security",
  "smb_app_state_sync",
  "smb_message_echoes",
  "template_category_update",
  "template_correct_category_detection",
  "tracking_events",
  "user_preferences",
]);

/**
 * Reads a webhook that passed `verifySignature`.
 *
 * @param payload Any JSON value, as `JSON.parse` gives it.
 * @param reads_pricing Whether to read what Meta says about the prices of messages.
 * @returns Its events and ignored parts; both are empty only for an empty webhook.
 */
export function readWebhook(payload: unknown, reads_pricing = false): WebhookReading {
  const reading = newReading(reads_pricing);
  readPayload(payload, reading);
  if (reading.is_cut) reading.events.push(misshapen("webhook_too_large", payload));
  return finished(reading);
}

/**
 * Reads a webhook that has more parts than can be parsed: it is one `unreadable` event.
 *
 * @param raw its body
 */
export function readTooLargeWebhook(raw: Uint8Array): WebhookReading {
  const reading = newReading();
  reading.events.push(misshapen("webhook_too_large", hash("sha256", raw, "hex")));
  return finished(reading);
}

/** Whether this version reads a webhook field. Events of other fields wait in quarantine for a version that does. */
export function readsField(field: string): boolean {
  return READ_FIELDS.has(field);
}

function readPayload(payload: unknown, reading: Reading): void {
  if (!isFields(payload) || payload.object !== "whatsapp_business_account") {
    return countIgnored(reading, "object");
  }
  const entries = payload.entry;
  if (!Array.isArray(entries)) {
    reading.events.push(misshapen("entries_not_a_list", entries));
    return;
  }
  for (const entry of entries) {
    if (isFull(reading)) return;
    readEntry(entry, reading);
  }
}

function readEntry(entry: unknown, reading: Reading): void {
  if (!isFields(entry)) {
    reading.events.push(misshapen("entry_not_an_object", entry));
    return;
  }
  const changes = entry.changes;
  if (!Array.isArray(changes)) {
    reading.events.push(misshapen("changes_not_a_list", entry));
    return;
  }
  for (const change of changes) {
    if (isFull(reading)) return;
    readChange(change, reading);
  }
}

function readChange(change: unknown, reading: Reading): void {
  if (!isFields(change)) {
    reading.events.push(misshapen("change_not_an_object", change));
    return;
  }
  const { field, value } = change;
  switch (field) {
    case "messages":
      if (isFields(value)) return readLists(value, contextOf(value), reading);
      reading.events.push(misshapen("value_not_an_object", change));
      return;
    case "standby":
      return readStandby(change, value, reading);
    case "calls":
      return readCalls(value, reading);
    case "messaging_handovers":
      return readHandover(value, reading);
    default:
      return readOtherField(change, field, value, reading);
  }
}

/**
 * Reads a `standby` change: the conversation of a customer whom another sender serves, such as Meta's own agent. Its
 * lists, below `value.standby`, are those of `messages`; the company's number and the contacts may stand beside
 * `standby` or in it. Source: Meta, WhatsApp Business Platform, "Standby webhooks".
 */
function readStandby(change: unknown, value: unknown, reading: Reading): void {
  if (!isFields(value)) {
    reading.events.push(misshapen("value_not_an_object", change));
    return;
  }
  const context = contextOf(value);
  const { standby } = value;
  if (isMissing(standby) || !isMissing(value.messages) || !isMissing(value.statuses)) {
    readLists(value, context, reading);
  }
  if (isMissing(standby)) return;
  for (const part of Array.isArray(standby) ? standby : [standby]) {
    if (isFull(reading)) return;
    if (isFields(part)) readLists(part, contextOf(part, context), reading);
    else reading.events.push(misshapen("standby_not_an_object", part, context.phone_number_id));
  }
}

function readOtherField(change: unknown, field: unknown, value: unknown, reading: Reading): void {
  if (typeof field !== "string" || field === "") reading.events.push(misshapen("field_missing", change));
  else if (IGNORED_FIELDS.has(field)) countIgnored(reading, field);
  else readUnknownField(shortName(field) ?? "unknown", value, reading);
}
