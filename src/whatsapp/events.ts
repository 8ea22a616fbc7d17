/**
 * The events in Meta's webhooks: a contact wrote or called, or a message of the company left, failed or arrived. An
 * event never contains the body, names or media of a message.
 *
 * Ids and phones in an event are personal data (a wamid contains the phone): they are hashed under the company's key
 * before they are stored.
 */

import type { ContactIdentifiers } from "../domain/identity/phone.ts";
import type { MessagePricing } from "../domain/meta_costs/fact_pricing.ts";
import type { TemplateCategory } from "../domain/types.ts";

/** Where an event comes from. */
interface Origin {
  /** The webhook field, if this version does not read it: the event goes to quarantine. Absent otherwise. */
  readonly field?: string;
}

/** A customer wrote to the company: any type of message, also an unknown one. */
export interface Wrote extends Origin {
  readonly type: "wrote";
  readonly phone_number_id: string;
  readonly contact: ContactIdentifiers;
  readonly at_ms: number;
  readonly message_id: string;
  /** Meta's `type`, at most 40 printable characters, or `unknown`. */
  readonly message_type: string;
}

/** Why an event is recorded but never metered. */
export type NotedKind =
  | "reaction"
  | "edit"
  | "revoke"
  | "pin"
  | "keep_in_chat"
  | "poll_update"
  | "automatic_reply"
  | "handover"
  | "system"
  | "request_welcome"
  | "group_message"
  | "group_status";

/** An event that is recorded, never metered. Its contact may be unknown. */
export interface Noted extends Origin {
  readonly type: "noted";
  readonly phone_number_id: string;
  readonly contact: ContactIdentifiers;
  readonly at_ms: number;
  readonly message_id: string;
  readonly kind: NotedKind;
  /** Meta's `type` of a message, or the `status` of a group status. */
  readonly message_type: string;
}

/** A person called the company, or accepted its call. It restarts Meta's customer service window and charges nothing. */
export interface Called extends Origin {
  readonly type: "called";
  readonly phone_number_id: string;
  readonly contact: ContactIdentifiers;
  readonly at_ms: number;
  /** Meta's id of the call. */
  readonly message_id: string;
}

/** The statuses of a message that are read. */
export type MessageStatus = "sent" | "delivered" | "read" | "played" | "failed";

/** A status of a message that the company sent. */
export interface StatusReported extends Origin {
  readonly type: "status";
  readonly phone_number_id: string;
  readonly contact: ContactIdentifiers;
  readonly at_ms: number;
  readonly message_id: string;
  readonly status: MessageStatus;
  /** True when Meta's pricing or conversation proves a template; false means not known to be one. */
  readonly template: boolean;
  /** Undefined when not a template, and for `business_initiated`, which names no category. */
  readonly category: TemplateCategory | undefined;
  /** The sender's `biz_opaque_callback_data`: our own id of the send, at most 512 characters. */
  readonly callback_data: string | undefined;
  /** The first of Meta's error codes, for a failure that has one. */
  readonly error_code: number | undefined;
  /** What Meta says about the price. Absent where it is not read. */
  readonly pricing?: MessagePricing;
}

/** A person took another number, or got another BSUID, or both. Each side has at least one identifier. */
export interface NumberChanged extends Origin {
  readonly type: "number_changed";
  readonly phone_number_id: string;
  readonly from: ContactIdentifiers;
  readonly to: ContactIdentifiers;
  readonly at_ms: number;
  readonly message_id: string;
}

/** Why part of a webhook cannot be read as an event. */
export type UnreadableReason =
  | "webhook_too_large"
  | "entries_not_a_list"
  | "entry_not_an_object"
  | "changes_not_a_list"
  | "change_not_an_object"
  | "field_missing"
  | "value_not_an_object"
  | "standby_not_an_object"
  | "messages_not_a_list"
  | "message_not_an_object"
  | "statuses_not_a_list"
  | "status_not_an_object"
  | "phone_number_id_missing"
  | "message_id_missing"
  | "timestamp_unparseable"
  | "contact_missing"
  | "new_contact_missing"
  | "status_missing";

/** The ids of an unreadable event, never its body. */
export interface Remnant {
  readonly kind: "envelope" | "message" | "status";
  readonly message_id: string | undefined;
  readonly contact: ContactIdentifiers;
  /** As received, at most 40 printable characters. */
  readonly timestamp: string | undefined;
  /** Meta's `type` of a message, or the `status` of a status, at most 40 printable characters. */
  readonly message_type: string | undefined;
  /** Identifies the part when ids are missing; the same for every redelivery. */
  readonly fingerprint: string;
}

/** An unreadable event. It goes to quarantine, where an operator sees it; none is dropped silently. */
export interface Unreadable extends Origin {
  readonly type: "unreadable";
  readonly phone_number_id: string | undefined;
  readonly reason: UnreadableReason;
  readonly event: Remnant;
}

/** One event of a webhook. */
export type WhatsAppEvent = Wrote | Noted | Called | StatusReported | NumberChanged | Unreadable;

/**
 * Returns a text that is equal for redeliveries of an event and different for any other event: quarantine stores one
 * row each. The text contains personal ids: hash it before you store it.
 */
export function eventIdentity(event: WhatsAppEvent): string {
  const parts = identifyingParts(event);
  if (event.field !== undefined) parts.push({ field: event.field });
  return JSON.stringify(parts);
}

function identifyingParts(event: WhatsAppEvent): unknown[] {
  const { type, phone_number_id = null } = event;
  switch (event.type) {
    case "wrote":
      return [type, phone_number_id, event.message_id, ...parts(event.contact)];
    case "called":
      return [type, phone_number_id, event.message_id, event.at_ms, ...parts(event.contact)];
    case "noted":
      return [
        type,
        phone_number_id,
        event.message_id,
        event.kind,
        event.message_type,
        event.at_ms,
        ...parts(event.contact),
      ];
    case "status": {
      // The same status with other pricing is another fact: it may prove the template, and tell its price.
      const { pricing } = event;
      return [
        type,
        phone_number_id,
        event.message_id,
        event.status,
        event.at_ms,
        event.template,
        event.category ?? null,
        event.callback_data ?? null,
        ...parts(event.contact),
        ...pricing === undefined ? [] : [pricing.category, pricing.type, pricing.billable],
      ];
    }
    case "number_changed":
      return [type, phone_number_id, event.message_id, event.at_ms, ...parts(event.from), ...parts(event.to)];
    case "unreadable":
      return [type, phone_number_id, event.reason, event.event.fingerprint];
  }
}

function parts({ phone, bsuid, parent_bsuid }: ContactIdentifiers): (string | null)[] {
  const parts = [phone ?? null, bsuid ?? null];
  return parent_bsuid === undefined ? parts : [...parts, parent_bsuid];
}
