import type { TemplateCategory } from "../domain/types.ts";
import type { MessageStatus, StatusReported, WhatsAppEvent } from "./events.ts";
import { type Fields, isFields, isMissing, millisecondsOf, storableText } from "./fields.ts";
import type { People } from "./people.ts";
import { readPricing } from "./pricing.ts";
import { MESSAGE_ID_LENGTH_MAX, unreadable } from "./unreadable.ts";

/** Meta's bound of `biz_opaque_callback_data`. Source: Cloud API, "Messages" reference. */
const CALLBACK_DATA_LENGTH_MAX = 512;

/** Known statuses that add no fact. The fixed list bounds the number of counters. */
const IGNORED_STATUSES: ReadonlySet<string> = new Set(["accepted", "deleted", "pending", "warning"]);

/**
 * Names the counter of a status that adds no fact: one not about a message (`type: "payment"` reports a failed
 * *payment* as `failed`, which is not a failed message), or an unknown one.
 *
 * @returns One of a few fixed names; `undefined` when the status must be read.
 */
export function ignoredStatus(status: unknown): string | undefined {
  if (!isFields(status)) return undefined;
  const subject = status.type;
  if (!isMissing(subject) && subject !== "message") {
    return subject === "payment" ? "status:payment" : "status:other";
  }
  const name = status.status;
  if (typeof name !== "string" || name === "" || isMessageStatus(name)) return undefined;
  return IGNORED_STATUSES.has(name) ? `status:${name}` : "status:other";
}

function isMessageStatus(name: unknown): name is MessageStatus {
  return name === "sent" || name === "delivered" || name === "read" || name === "played" || name === "failed";
}

/**
 * Reads one of Meta's `statuses`, of a message the company sent. Source of the shapes: Meta, WhatsApp Business
 * Platform, "Status messages webhook reference" and "Group messaging".
 *
 * @param status One entry of the list, any JSON value for which {@link ignoredStatus} returns `undefined`.
 * @param phone_number_id The company's number that sent it; without it the status is unreadable.
 * @param reads_pricing Whether to read what Meta says about the price.
 */
export function readStatus(
  status: unknown,
  phone_number_id: string | undefined,
  people: People,
  reads_pricing = false,
): WhatsAppEvent {
  if (!isFields(status)) return unreadable("status_not_an_object", "status", status, phone_number_id);
  if (phone_number_id === undefined) {
    return unreadable("phone_number_id_missing", "status", status, phone_number_id);
  }
  const name = status.status;
  if (!isMessageStatus(name)) return unreadable("status_missing", "status", status, phone_number_id);
  const message_id = storableText(status.id, MESSAGE_ID_LENGTH_MAX);
  if (message_id === undefined) return unreadable("message_id_missing", "status", status, phone_number_id);
  const at_ms = millisecondsOf(status.timestamp);
  if (at_ms === undefined) return unreadable("timestamp_unparseable", "status", status, phone_number_id);

  if (isOfGroup(status)) {
    const contact = people.complete(status.recipient_participant_id, status.recipient_participant_user_id);
    return {
      type: "noted",
      phone_number_id,
      contact,
      at_ms,
      message_id,
      kind: "group_status",
      message_type: name,
    };
  }
  const { recipient_id, recipient_user_id, recipient_parent_user_id } = status;
  const contact = people.complete(recipient_id, recipient_user_id, recipient_parent_user_id);
  if (contact.phone === undefined && contact.bsuid === undefined) {
    return unreadable("contact_missing", "status", status, phone_number_id);
  }
  const priced = templateNamed(pricingCategory(status.pricing));
  const origin = templateNamed(originType(status.conversation));
  const event: StatusReported = {
    type: "status",
    phone_number_id,
    contact,
    at_ms,
    message_id,
    status: name,
    template: priced !== undefined || origin !== undefined,
    category: categoryOf(priced) ?? categoryOf(origin),
    callback_data: storableText(status.biz_opaque_callback_data, CALLBACK_DATA_LENGTH_MAX),
    error_code: errorCode(status.errors),
  };
  return reads_pricing ? Object.assign(event, { pricing: readPricing(status.pricing) }) : event;
}

/** Whether a status belongs to a group: the group is its recipient, and the person a participant. */
function isOfGroup(status: Fields): boolean {
  return status.recipient_type === "group" || !isMissing(status.group_id) ||
    !isMissing(status.recipient_participant_id) || !isMissing(status.recipient_participant_user_id);
}

/**
 * Returns the pricing category or conversation origin of a status when it is unknown, so that an operator sees a new
 * category of Meta; `undefined` when there is none, or it is known.
 *
 * @returns A name of at most 40 characters (`a` to `z`, digits, `_`), or `other` for anything else.
 */
export function unknownCategory(status: unknown): string | undefined {
  if (!isFields(status)) return undefined;
  return unknownName(pricingCategory(status.pricing)) ?? unknownName(originType(status.conversation));
}

function unknownName(name: unknown): string | undefined {
  if (isMissing(name) || templateNamed(name) !== undefined) return undefined;
  const plain = typeof name === "string" && name.length <= NAME_LENGTH_MAX ? plainSpelling(name) : "";
  if (PROVES_NOTHING.has(plain)) return undefined;
  return /^[a-z][a-z0-9_]*$/.test(plain) ? plain : "other";
}

function pricingCategory(pricing: unknown): unknown {
  return isFields(pricing) ? pricing.category : undefined;
}

function originType(conversation: unknown): unknown {
  return isFields(conversation) && isFields(conversation.origin) ? conversation.origin.type : undefined;
}

/** A template's category; `uncategorised` when Meta does not name it. */
type TemplateNamed = TemplateCategory | "uncategorised";

/** The longest name of a category that is read. */
const NAME_LENGTH_MAX = 40;

/** Known categories and origins of messages that need not be templates: only our own record of the send can prove one. */
const PROVES_NOTHING: ReadonlySet<string> = new Set([
  "service",
  "group_service",
  "user_initiated",
  "referral_conversion",
  "ai_bot",
]);

/**
 * Reads the template category from Meta's pricing category or conversation origin.
 *
 * @returns The template's category, or `undefined` when the name does not prove a template.
 */
function templateNamed(name: unknown): TemplateNamed | undefined {
  if (typeof name !== "string" || name.length > NAME_LENGTH_MAX) return undefined;
  return exactTemplateName(name) ?? familyOf(plainSpelling(name));
}

/** Fast path: the names of nearly every status. */
function exactTemplateName(name: string): TemplateNamed | undefined {
  switch (name) {
    case "marketing":
    case "utility":
    case "authentication":
      return name;
    default:
      return undefined;
  }
}

const FAMILIES = ["marketing", "utility", "authentication"] as const;

/**
 * Returns the family of a name: `marketing_lite_dynamic` and `group_marketing_lite` are marketing. Source of the names:
 * Meta, Graph API, `pricing_analytics`, `PRICING_CATEGORY`.
 */
function familyOf(name: string): TemplateNamed | undefined {
  if (name === "business_initiated") return "uncategorised";
  const own_name = name.startsWith("group_") ? name.slice("group_".length) : name;
  return FAMILIES.find((family) => own_name === family || own_name.startsWith(`${family}_`));
}

/** Meta writes `authentication_international` in one place and `authentication-international` in another. */
function plainSpelling(name: string): string {
  return name.toLowerCase().replaceAll("-", "_").replaceAll(" ", "_");
}

function categoryOf(named: TemplateNamed | undefined): TemplateCategory | undefined {
  return named === "uncategorised" ? undefined : named;
}

function errorCode(errors: unknown): number | undefined {
  if (!Array.isArray(errors)) return undefined;
  const first: unknown = errors[0];
  if (!isFields(first)) return undefined;
  return typeof first.code === "number" && Number.isSafeInteger(first.code) ? first.code : undefined;
}
