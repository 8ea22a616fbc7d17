import { labelText } from "./labels.ts";
import type { Attributes } from "./ledger.ts";
import type { FactPricing } from "./meta_costs/fact_pricing.ts";
import { joinPricing } from "./meta_costs/fact_pricing.ts";
import type { ContactKey, LocalDate, MessageKey, TemplateCategory } from "./types.ts";

/**
 * The facts of one contact, stored as their join. The join is commutative, associative and idempotent, so duplicates
 * and any order of arrival give the same evidence (rulebook, "Charge").
 */

/**
 * The category that a status gives. `unnamed`: a status that proves nothing yet calls the message a template without
 * naming its category.
 */
export type StatusCategory = TemplateCategory | "unnamed";

/** The joined statuses of one message. */
export interface MessageEvidence {
  readonly key: MessageKey;
  /** The earliest sent, delivered, read or played timestamp; a failed status has no effect on it. */
  readonly left_at_ms: number | undefined;
  /** The contact that the status of that time names; of several statuses of that time, the lesser key. */
  readonly left_contact: ContactKey | undefined;
  readonly failed: boolean;
  /**
   * The earliest delivered, read or played timestamp: the message left, even if a second device reports a failure.
   */
  readonly delivered_at_ms: number | undefined;
  /** A sent or delivered status arrived. Meta reports them within 30 days: the message left within the stored facts. */
  readonly sending_seen: boolean;
  /** A status proves a template. */
  readonly template: boolean;
  /** Without `template`, it makes the message a template once `sending_seen`. */
  readonly category: StatusCategory | undefined;
  /** Our id of the message, which Meta returns in statuses as `biz_opaque_callback_data`. */
  readonly callback: MessageKey | undefined;
  /** The company's number that the message was sent from. */
  readonly phone_number_id: string | undefined;
  /** What the statuses tell about Meta's price; undefined while it was not read from any. */
  readonly pricing: FactPricing | undefined;
}

/** Our own record of a send (`POST …/messages`), joined with the report that it failed (`POST …/failed`). */
export interface SendRecord {
  readonly key: MessageKey;
  /** Undefined while only the failure is known. */
  readonly sent_at_ms: number | undefined;
  /** The platform reported that Meta refused the send: the message never left, unless Meta proves its delivery. */
  readonly failed: boolean;
  readonly template: boolean;
  readonly category: TemplateCategory | undefined;
  /** Labels from the caller, such as department or campaign. */
  readonly attribution: Attributes | undefined;
}

/** A template that counts on a local date: it left on that date and did not fail. */
export interface Template {
  readonly key: MessageKey;
  readonly left_at_ms: number;
  readonly category: TemplateCategory | undefined;
  readonly phone_number_id: string | undefined;
  readonly attribution: Attributes | undefined;
}

/** The facts of one contact on one local date: the input of the charge. */
export interface ContactDay {
  readonly date: LocalDate;
  /** The contact's first message of the date. */
  readonly wrote_at_ms: number | undefined;
  readonly wrote_key: MessageKey | undefined;
  /** The company's number that received that message. */
  readonly wrote_to: string | undefined;
  /** Templates that left on the date and did not fail, in no particular order. */
  readonly templates: readonly Template[];
}

/** One status of a message, as Meta reports it. */
export interface StatusFact {
  readonly key: MessageKey;
  /** The contact that the status names. */
  readonly contact: ContactKey;
  readonly status: "sent" | "delivered" | "read" | "played" | "failed";
  readonly at_ms: number;
  readonly template: boolean;
  readonly category: StatusCategory | undefined;
  readonly callback: MessageKey | undefined;
  readonly phone_number_id: string | undefined;
  /** What the status tells about Meta's price; undefined where it was not read. */
  readonly pricing?: FactPricing | undefined;
}

/**
 * Joins a status to the evidence of its message.
 *
 * @returns the same object when the status adds nothing, so the caller need not store it
 */
export function joinStatus(known: MessageEvidence | undefined, fact: StatusFact): MessageEvidence {
  const failed = fact.status === "failed";
  const alone: MessageEvidence = {
    key: fact.key,
    left_at_ms: failed ? undefined : fact.at_ms,
    left_contact: failed ? undefined : fact.contact,
    failed,
    delivered_at_ms: failed || fact.status === "sent" ? undefined : fact.at_ms,
    sending_seen: fact.status === "sent" || fact.status === "delivered",
    template: fact.template,
    category: fact.category,
    callback: fact.callback,
    phone_number_id: fact.phone_number_id,
    pricing: fact.pricing,
  };
  if (known === undefined) return alone;
  const next = joinEvidence(known, alone);
  return sameEvidence(known, next) ? known : next;
}

/** Joins the evidence of one message from two contacts that are now one person. */
export function joinEvidence(a: MessageEvidence | undefined, b: MessageEvidence): MessageEvidence {
  if (a === undefined) return b;
  const { left_at_ms, left_contact } = leftBefore(b, a) ? b : a;
  return {
    key: a.key,
    left_at_ms,
    left_contact,
    failed: a.failed || b.failed,
    delivered_at_ms: earliest(a.delivered_at_ms, b.delivered_at_ms),
    sending_seen: a.sending_seen || b.sending_seen,
    template: a.template || b.template,
    category: dearer(a.category, b.category),
    callback: lower(a.callback, b.callback),
    phone_number_id: lower(a.phone_number_id, b.phone_number_id),
    pricing: joinPricing(a.pricing, b.pricing),
  };
}

/**
 * Whether a message left before the time at which other statuses of it say so, or at the same time to a contact of
 * a lesser key: of two phones that Meta gives in one second, which one has the message must not depend on the order of
 * arrival.
 */
export function leftBefore(
  a: Pick<MessageEvidence, "left_at_ms" | "left_contact">,
  b: Pick<MessageEvidence, "left_at_ms" | "left_contact">,
): boolean {
  if (a.left_at_ms === undefined) return false;
  if (b.left_at_ms === undefined) return true;
  return a.left_at_ms < b.left_at_ms || (a.left_at_ms === b.left_at_ms && a.left_contact! < b.left_contact!);
}

/** Returns the record of a reported failure, which says nothing else about the send. */
export function failedRecord(key: MessageKey): SendRecord {
  const nothing_more = { template: false, category: undefined, attribution: undefined };
  return { key, sent_at_ms: undefined, failed: true, ...nothing_more };
}

/**
 * Joins a second record of the same send to the first.
 *
 * @returns the same object when the second record adds nothing
 */
export function joinRecord(known: SendRecord | undefined, record: SendRecord): SendRecord {
  if (known === undefined) return record;
  const next: SendRecord = {
    key: record.key,
    sent_at_ms: earliest(known.sent_at_ms, record.sent_at_ms),
    failed: known.failed || record.failed,
    template: known.template || record.template,
    category: dearer(known.category, record.category),
    attribution: lowerLabels(known.attribution, record.attribution),
  };
  const same = next.sent_at_ms === known.sent_at_ms && next.failed === known.failed &&
    next.template === known.template && next.category === known.category &&
    next.attribution === known.attribution;
  return same ? known : next;
}

/**
 * Returns the template that a message is, if it counts: its statuses or our record name it a template, it left, and
 * neither Meta nor the platform reports that it failed. Proof of delivery overrides a failure of either: several
 * devices can report both, and a platform that got no answer from Meta may take a message for refused.
 */
export function templateOf(
  key: MessageKey,
  evidence: MessageEvidence | undefined,
  record: SendRecord | undefined,
): Template | undefined {
  if (!(isTemplate(evidence) || record?.template)) return undefined;
  const failed = evidence?.failed || record?.failed;
  if (failed && evidence?.delivered_at_ms === undefined) return undefined;
  const left_at_ms = earliest(evidence?.left_at_ms, record?.sent_at_ms);
  if (left_at_ms === undefined) return undefined;
  return {
    key,
    left_at_ms,
    category: namedCategory(dearer<StatusCategory>(evidence?.category, record?.category)),
    // Taken from statuses only without a record: a number learned later would repost the window.
    phone_number_id: record === undefined ? evidence?.phone_number_id : undefined,
    attribution: record?.attribution,
  };
}

/** Whether the statuses of a message prove that it is a template. */
export function isTemplate(evidence: MessageEvidence | undefined): boolean {
  if (evidence === undefined || evidence.template) return evidence !== undefined;
  return evidence.sending_seen && evidence.category !== undefined;
}

/** Whether template `a` opens the window before `b`: the earlier one does; at the same instant, the lower key. */
export function opensBefore(a: Template, b: Template): boolean {
  return a.left_at_ms < b.left_at_ms || (a.left_at_ms === b.left_at_ms && a.key < b.key);
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined || a < b ? a : b;
}

/** Returns the category that has a price. */
export function namedCategory(category: StatusCategory | undefined): TemplateCategory | undefined {
  return category === "unnamed" ? undefined : category;
}

/** When statuses name different categories, the first in this list wins, in any order of arrival. */
const CATEGORIES: readonly StatusCategory[] = ["marketing", "utility", "authentication", "unnamed"];

function dearer<Category extends StatusCategory>(
  a: Category | undefined,
  b: Category | undefined,
): Category | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return CATEGORIES.indexOf(a) <= CATEGORIES.indexOf(b) ? a : b;
}

function lower<T extends string>(a: T | undefined, b: T | undefined): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a <= b ? a : b;
}

/** Picks the same labels in any order of arrival; which of the two is arbitrary. */
function lowerLabels(a: Attributes | undefined, b: Attributes | undefined): Attributes | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return labelText(a) <= labelText(b) ? a : b;
}

function sameEvidence(a: MessageEvidence, b: MessageEvidence): boolean {
  return a.left_at_ms === b.left_at_ms && a.left_contact === b.left_contact && a.failed === b.failed &&
    a.delivered_at_ms === b.delivered_at_ms && a.sending_seen === b.sending_seen &&
    a.template === b.template &&
    a.category === b.category &&
    a.callback === b.callback &&
    a.phone_number_id === b.phone_number_id &&
    a.pricing === b.pricing;
}
