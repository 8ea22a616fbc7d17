/**
 * Reads Meta's webhooks into events, on the hot path of every delivery.
 *
 * - WEBHOOK-1: it never throws, for any JSON value.
 * - WEBHOOK-2: every entry of `messages` and `statuses` comes out as exactly one event, or is counted as ignored.
 *   An entry that cannot be read becomes an `unreadable` event: none is dropped silently.
 * - WEBHOOK-3: only the fields that the rulebook needs are read; no body, name or media leaves this module.
 * - WEBHOOK-4: the time is linear in the size of the payload, and the counted names are few and fixed.
 *
 * Source of the shapes: Meta, WhatsApp Business Platform, "Webhooks" reference.
 */

import type { Unreadable, UnreadableReason, WhatsAppEvent } from "./events.ts";
import { type Fields, isFields, isMissing, shortName } from "./fields.ts";
import { readMessage } from "./message.ts";
import { People } from "./people.ts";
import { ignoredStatus, readStatus } from "./status.ts";
import { unreadable } from "./unreadable.ts";

/** The events of one webhook, and the counts of its ignored parts. */
export interface WebhookReading {
  /** In the order of the payload. */
  readonly events: WhatsAppEvent[];
  /**
   * Counts of ignored parts, by name: a webhook field (`calls`), `status:` with a status, `errors`, `empty`,
   * `object`, or `other`. All names are fixed in advance, so they can label a metric.
   */
  readonly ignored: ReadonlyMap<string, number>;
}

/** The webhook fields that Meta documents beside `messages`: acknowledged, counted and never metered. */
const IGNORED_FIELDS: ReadonlySet<string> = new Set([
  "account_alerts",
  "account_review_update",
  "account_settings_update",
  "account_update",
  "automatic_events",
  "business_capability_update",
  "business_status_update",
  "business_username_update",
  "calls",
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
  "messaging_handovers",
  "partner_solutions",
  "payment_configuration_update",
  "phone_number_name_update",
  "phone_number_quality_update",
  "security",
  "smb_app_state_sync",
  "smb_message_echoes",
  "standby",
  "template_category_update",
  "template_correct_category_detection",
  "tracking_events",
  "user_preferences",
]);

/**
 * Reads a webhook that passed `verifySignature`.
 *
 * @param payload Any JSON value, as `JSON.parse` gives it.
 * @returns Its events and ignored parts; both are empty only for an empty webhook.
 */
export function readWebhook(payload: unknown): WebhookReading {
  const reading: Reading = { events: [], ignored: undefined };
  readPayload(payload, reading);
  const { events, ignored = NOTHING_IGNORED } = reading;
  return { events, ignored };
}

/** A reading in progress. The map is created on first use: nearly every webhook has no ignored part. */
interface Reading {
  readonly events: WhatsAppEvent[];
  ignored: Map<string, number> | undefined;
}

const NOTHING_IGNORED: WebhookReading["ignored"] = new Map();

function readPayload(payload: unknown, reading: Reading): void {
  if (!isFields(payload) || payload.object !== "whatsapp_business_account") return count(reading, "object");
  const entries = payload.entry;
  if (!Array.isArray(entries)) {
    reading.events.push(misshapen("entries_not_a_list", entries));
    return;
  }
  for (const entry of entries) readEntry(entry, reading);
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
  for (const change of changes) readChange(change, reading);
}

function readChange(change: unknown, reading: Reading): void {
  if (!isFields(change)) {
    reading.events.push(misshapen("change_not_an_object", change));
    return;
  }
  const field = change.field;
  if (field === "messages") {
    if (isFields(change.value)) readMessages(change.value, reading);
    else reading.events.push(misshapen("value_not_an_object", change));
  } else if (typeof field === "string" && field !== "") {
    count(reading, IGNORED_FIELDS.has(field) ? field : "other");
  } else {
    reading.events.push(misshapen("field_missing", change));
  }
}

/** The value of a `messages` change: messages, or statuses, or the errors of the account; any of them may be missing. */
function readMessages(value: Fields, reading: Reading): void {
  const { messages, statuses, errors, metadata } = value;
  const phone_number_id = isFields(metadata) ? shortName(metadata.phone_number_id) : undefined;
  const people = new People(value.contacts);

  if (Array.isArray(messages)) {
    for (const message of messages) reading.events.push(readMessage(message, phone_number_id, people));
  } else if (!isMissing(messages)) {
    reading.events.push(misshapen("messages_not_a_list", messages, phone_number_id));
  }

  if (Array.isArray(statuses)) {
    for (const status of statuses) {
      const ignored_name = ignoredStatus(status);
      if (ignored_name === undefined) reading.events.push(readStatus(status, phone_number_id, people));
      else count(reading, ignored_name);
    }
  } else if (!isMissing(statuses)) {
    reading.events.push(misshapen("statuses_not_a_list", statuses, phone_number_id));
  }

  if (!isMissing(errors)) count(reading, "errors");
  else if (isMissing(messages) && isMissing(statuses)) count(reading, "empty");
}

function misshapen(reason: UnreadableReason, part: unknown, phone_number_id?: string): Unreadable {
  return unreadable(reason, "envelope", part, phone_number_id);
}

function count(reading: Reading, name: string): void {
  const ignored = reading.ignored ??= new Map();
  ignored.set(name, (ignored.get(name) ?? 0) + 1);
}
