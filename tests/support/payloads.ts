/**
 * Meta's webhook payloads, for the demo, the bench and the tests.
 *
 * Shapes follow Meta's "Webhooks" reference of the WhatsApp Business Platform; people and numbers are invented.
 * Deterministic: the same call builds the same bytes.
 */

import type { MessageStatus } from "../../src/whatsapp/events.ts";
import { sign } from "../../src/whatsapp/signature.ts";

/** A company's WhatsApp number. */
export interface BusinessNumber {
  /** The WhatsApp Business Account it belongs to. */
  readonly waba_id: string;
  readonly phone_number_id: string;
  readonly display_phone_number: string;
}

/** A customer with a phone, a BSUID or both. */
export interface Customer {
  readonly phone?: string;
  readonly bsuid?: string;
  /** The id of linked business portfolios; none by default. */
  readonly parent_bsuid?: string;
  readonly name?: string;
}

/** One change of a webhook, before it is wrapped. */
export interface Change {
  readonly waba_id: string;
  readonly field: string;
  readonly value: { readonly [name: string]: unknown };
}

/** A body with its signature header. */
export interface SignedBody {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly signature: string;
}

/** Returns the n-th WhatsApp number of a company, with its own ids. */
export function businessNumber(number: number): BusinessNumber {
  return {
    waba_id: String(102_290_000_000_000 + number),
    phone_number_id: String(106_540_000_000_000 + number),
    display_phone_number: `5511${30_000_000 + number}`,
  };
}

/** Returns the n-th customer, from São Paulo, with a fixed phone and BSUID. */
export function numberedCustomer(number: number): Required<Omit<Customer, "parent_bsuid">> {
  return {
    phone: `55119${String(80_000_000 + number)}`,
    bsuid: `BR.${13_491_208_650_000 + number}`,
    name: `Cliente ${number}`,
  };
}

/** Builds a message id in Meta's format, unique for each seed. */
export function wamid(seed: string): string {
  return `wamid.${btoa(`poli:${seed}`)}`;
}

/** A message without its sender. Further fields of its type go into `content`. */
export interface MessageSpec {
  readonly id: string;
  readonly at_s: number;
  /** `text` by default. */
  readonly type?: string;
  /** Merged over the message: its `image`, its `group_id`, or an error to test. */
  readonly content?: { readonly [name: string]: unknown };
}

/** Builds one change with messages from a customer. */
export function customerWrote(
  business: BusinessNumber,
  customer: Customer,
  ...messages: readonly MessageSpec[]
): Change {
  return messagesChange(business, {
    contacts: [contactOf(customer)],
    messages: messages.map((message) => messageOf(customer, message)),
  });
}

/** Builds one entry of `messages`. */
function messageOf(customer: Customer, { id, at_s, type = "text", content }: MessageSpec) {
  return {
    ...(customer.phone === undefined ? {} : { from: customer.phone }),
    ...(customer.bsuid === undefined ? {} : { from_user_id: customer.bsuid }),
    ...(customer.parent_bsuid === undefined ? {} : { from_parent_user_id: customer.parent_bsuid }),
    id,
    timestamp: String(at_s),
    type,
    ...(type === "text" ? { text: { body: "Olá, vocês têm em azul?" } } : {}),
    ...content,
  };
}

/** A status without its recipient. */
export interface StatusSpec {
  readonly id: string;
  readonly at_s: number;
  readonly status: MessageStatus | (string & Record<never, never>);
  /** `pricing.category` under per-message pricing; none by default. */
  readonly category?: string;
  /** `conversation.origin.type` of earlier API versions; none by default. */
  readonly origin?: string;
  readonly callback_data?: string;
  /** Meta's error code of a failure. */
  readonly error_code?: number;
  /** Merged over the status: a `recipient_type`, or an error to test. */
  readonly content?: { readonly [name: string]: unknown };
}

/** Builds one change with statuses of messages to a customer. */
export function statusesOf(
  business: BusinessNumber,
  customer: Customer,
  ...statuses: readonly StatusSpec[]
): Change {
  // Meta omits the contacts when a message failed.
  const has_failed = statuses.some(({ status }) => status === "failed");
  return messagesChange(business, {
    ...(has_failed ? {} : { contacts: [contactOf(customer)] }),
    statuses: statuses.map((status) => statusOf(customer, status)),
  });
}

/** Builds one entry of `statuses`. */
function statusOf(customer: Customer, spec: StatusSpec) {
  const { id, at_s, status, category, origin, callback_data, error_code, content } = spec;
  return {
    id,
    status,
    timestamp: String(at_s),
    ...(customer.phone === undefined ? {} : { recipient_id: customer.phone }),
    ...(customer.bsuid === undefined ? {} : { recipient_user_id: customer.bsuid }),
    ...(customer.parent_bsuid === undefined ? {} : { recipient_parent_user_id: customer.parent_bsuid }),
    ...(callback_data === undefined ? {} : { biz_opaque_callback_data: callback_data }),
    ...(origin === undefined ? {} : { conversation: { id: `conversation-${id}`, origin: { type: origin } } }),
    ...(category === undefined ? {} : { pricing: pricingOf(category) }),
    ...(error_code === undefined ? {} : { errors: [errorOf(error_code)] }),
    ...content,
  };
}

/** A template and its final status. */
export interface TemplateSpec {
  readonly id: string;
  readonly sent_at_s: number;
  /** `marketing` by default. */
  readonly category?: string;
  readonly callback_data?: string;
  /** Its final status; `read` by default. `failed_unsent` fails without a sent status. */
  readonly ends?: "sent" | "delivered" | "read" | "failed" | "failed_unsent";
}

/** Builds the statuses of a template: sent, delivered two seconds later, read after a minute; or failed. */
export function templateStatuses(business: BusinessNumber, customer: Customer, spec: TemplateSpec): Change[] {
  const { id, sent_at_s, category = "marketing", callback_data, ends = "read" } = spec;
  const shared = callback_data === undefined ? {} : { callback_data };
  const sent = { id, at_s: sent_at_s, status: "sent", category, ...shared };
  const delivered = { ...sent, at_s: sent_at_s + 2, status: "delivered" };
  const read = { id, at_s: sent_at_s + 60, status: "read", ...shared };
  const failed = { id, at_s: sent_at_s + 2, status: "failed", error_code: 131_026, ...shared };
  const lives = {
    sent: [sent],
    delivered: [sent, delivered],
    read: [sent, delivered, read],
    failed: [sent, failed],
    failed_unsent: [failed],
  };
  return lives[ends].map((status) => statusesOf(business, customer, status));
}

/** Builds Meta's system message of a number change. It has no contacts. */
export function numberChanged(
  business: BusinessNumber,
  from: Customer,
  to: Customer,
  id: string,
  at_s: number,
): Change {
  const system = {
    body: `User ${from.name ?? "A"} changed from ${from.phone} to ${to.phone}`,
    type: to.phone === undefined ? "user_changed_user_id" : "user_changed_number",
    ...(to.phone === undefined ? {} : { wa_id: to.phone }),
    ...(to.bsuid === undefined ? {} : { user_id: to.bsuid }),
    ...(from.bsuid === undefined ? {} : { previous_user_id: from.bsuid }),
  };
  const sender = from.phone === undefined ? {} : { from: from.phone };
  return messagesChange(business, {
    messages: [{ ...sender, id, timestamp: String(at_s), type: "system", system }],
  });
}

/** Moves the messages and statuses of a change to the field `standby`, as for a customer whom Meta's agent serves. */
export function onStandby({ waba_id, value }: Change): Change {
  const { messaging_product, metadata, ...standby } = value;
  return { waba_id, field: "standby", value: { messaging_product, metadata, standby } };
}

/** An event of a call, without the caller. */
export interface CallSpec {
  readonly id: string;
  readonly at_s: number;
  /** `connect` by default. */
  readonly event?: string;
  /** Merged over the call: its `start_time`, its `direction`, or an error to test. */
  readonly content?: { readonly [name: string]: unknown };
}

/** Builds one change with events of calls that a customer makes. */
export function customerCalled(
  business: BusinessNumber,
  customer: Customer,
  ...calls: readonly CallSpec[]
): Change {
  return fieldChange(business, "calls", {
    contacts: [contactOf(customer)],
    calls: calls.map(({ id, at_s, event = "connect", content }) => ({
      id,
      ...(customer.phone === undefined ? {} : { from: customer.phone }),
      ...(customer.bsuid === undefined ? {} : { from_user_id: customer.bsuid }),
      to: business.display_phone_number,
      event,
      timestamp: String(at_s),
      direction: "USER_INITIATED",
      ...content,
    })),
  });
}

/** Builds the notice that a conversation passed to the company from another sender. It has no metadata. */
export function handedOver(business: BusinessNumber, customer: Customer, at_s: number): Change {
  const { waba_id, phone_number_id, display_phone_number } = business;
  const value = {
    type: "control_passed",
    timestamp: String(at_s),
    sender: { phone_number: customer.phone, user_id: customer.bsuid },
    recipient: { phone_number_id, display_phone_number },
    control_passed: { previous_owner_app_role: "meta_business_agent" },
  };
  return { waba_id, field: "messaging_handovers", value };
}

/** Builds a change of any field, such as `smb_message_echoes` or `calls`. */
export function fieldChange(
  business: BusinessNumber,
  field: string,
  value: { readonly [name: string]: unknown } = {},
): Change {
  return { waba_id: business.waba_id, field, value: { ...valueOf(business), ...value } };
}

/** A contact card that a customer sent: of this phone, and from this BSUID. */
export function contactCardSent(
  line: BusinessNumber,
  { bsuid, phone, origin, at_s }: { bsuid: string; phone: string; origin: string | undefined; at_s: number },
): Change {
  return messagesChange(line, {
    messages: [{
      id: `card of ${bsuid}`,
      from_user_id: bsuid,
      timestamp: String(at_s),
      type: "contacts",
      contacts: [{ origin, phones: [{ phone: `+${phone}`, wa_id: phone }] }],
    }],
  });
}

/** Builds a change of the field `messages` with any content. */
export function messagesChange(
  business: BusinessNumber,
  content: { readonly [name: string]: unknown },
): Change {
  return fieldChange(business, "messages", content);
}

/** Wraps changes of any companies into one webhook: one entry for each run of one account. */
export function webhookOf(...changes: readonly Change[]) {
  const entry: { id: string; changes: { value: unknown; field: string }[] }[] = [];
  for (const { waba_id, field, value } of changes) {
    const open = entry.at(-1);
    if (open?.id === waba_id) open.changes.push({ value, field });
    else entry.push({ id: waba_id, changes: [{ value, field }] });
  }
  return { object: "whatsapp_business_account", entry };
}

/** Serializes and signs a payload as Meta does. */
export function signedBody(payload: unknown, app_secret: string): SignedBody {
  const body = new TextEncoder().encode(JSON.stringify(payload));
  return { body, signature: sign(body, app_secret) };
}

function valueOf({ phone_number_id, display_phone_number }: BusinessNumber) {
  return { messaging_product: "whatsapp", metadata: { display_phone_number, phone_number_id } };
}

/** Builds one entry of `contacts`. */
function contactOf({ phone, bsuid, parent_bsuid, name = "Cliente" }: Customer) {
  return {
    profile: { name },
    ...(phone === undefined ? {} : { wa_id: phone }),
    ...(bsuid === undefined ? {} : { user_id: bsuid }),
    ...(parent_bsuid === undefined ? {} : { parent_user_id: parent_bsuid }),
  };
}

function pricingOf(category: string) {
  return { billable: category !== "service", pricing_model: "PMP", type: "regular", category };
}

function errorOf(code: number) {
  const text = "Message undeliverable";
  return { code, title: text, message: text, error_data: { details: `${text}.` } };
}
