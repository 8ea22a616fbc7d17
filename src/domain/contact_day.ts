import { labelText } from "./labels.ts";
import type { Attributes } from "./ledger.ts";
import type { LocalDate, MessageKey, TemplateCategory } from "./types.ts";

/**
 * What is known of one contact: a set of facts, kept as its join. Joining is commutative, associative
 * and idempotent, so that duplicates and any order of arrival end in the same evidence (rulebook,
 * "Charge").
 */

/** What the statuses of one message prove. */
export interface MessageEvidence {
  readonly key: MessageKey;
  /** The earliest of its sent, delivered, read and played timestamps; a failed status gives no time. */
  readonly left_at_ms: number | undefined;
  readonly failed: boolean;
  /** Delivered, read or played was seen: it left, whatever else a second device reports. */
  readonly delivered: boolean;
  readonly template: boolean;
  readonly category: TemplateCategory | undefined;
  /** Our own id of the message, given to Meta as `biz_opaque_callback_data` and handed back in statuses. */
  readonly callback: MessageKey | undefined;
  /** The number of ours it left from. */
  readonly phone_number_id: string | undefined;
}

/** What we ourselves recorded of a send (`POST …/messages`). */
export interface SendRecord {
  readonly key: MessageKey;
  readonly sent_at_ms: number;
  readonly template: boolean;
  readonly category: TemplateCategory | undefined;
  /** Whom the caller attributes it to: department, campaign. */
  readonly attribution: Attributes | undefined;
}

/** A template that counts on a local date: it left then, and did not fail. */
export interface Template {
  readonly key: MessageKey;
  readonly left_at_ms: number;
  readonly category: TemplateCategory | undefined;
  readonly phone_number_id: string | undefined;
  readonly attribution: Attributes | undefined;
}

/** One contact on one local date: all that the charge depends on. */
export interface ContactDay {
  readonly date: LocalDate;
  /** The contact's first message of the date. */
  readonly wrote_at_ms: number | undefined;
  readonly wrote_key: MessageKey | undefined;
  /** The number of ours they wrote to. */
  readonly wrote_to: string | undefined;
  /** Templates that left on the date and did not fail, in no particular order. */
  readonly templates: readonly Template[];
}

/** What one status of Meta's adds to a message. */
export interface StatusFact {
  readonly key: MessageKey;
  readonly status: "sent" | "delivered" | "read" | "played" | "failed";
  readonly at_ms: number;
  readonly template: boolean;
  readonly category: TemplateCategory | undefined;
  readonly callback: MessageKey | undefined;
  readonly phone_number_id: string | undefined;
}

/**
 * Joins a status to what is known of its message.
 *
 * @returns the very object given when the status adds nothing: such a fact need not be stored
 */
export function joinStatus(known: MessageEvidence | undefined, fact: StatusFact): MessageEvidence {
  const failed = fact.status === "failed";
  const alone: MessageEvidence = {
    key: fact.key,
    left_at_ms: failed ? undefined : fact.at_ms,
    failed,
    delivered: !failed && fact.status !== "sent",
    template: fact.template,
    category: fact.category,
    callback: fact.callback,
    phone_number_id: fact.phone_number_id,
  };
  if (known === undefined) return alone;
  const next = joinEvidence(known, alone);
  return sameEvidence(known, next) ? known : next;
}

/** Joins what two identities, now known to be one person, proved of one message. */
export function joinEvidence(a: MessageEvidence, b: MessageEvidence): MessageEvidence {
  return {
    key: a.key,
    left_at_ms: earliest(a.left_at_ms, b.left_at_ms),
    failed: a.failed || b.failed,
    delivered: a.delivered || b.delivered,
    template: a.template || b.template,
    category: dearer(a.category, b.category),
    callback: lower(a.callback, b.callback),
    phone_number_id: lower(a.phone_number_id, b.phone_number_id),
  };
}

/**
 * Joins a second record of the same send to the first.
 *
 * @returns the very object given when it adds nothing
 */
export function joinRecord(known: SendRecord | undefined, record: SendRecord): SendRecord {
  if (known === undefined) return record;
  const next: SendRecord = {
    key: record.key,
    sent_at_ms: Math.min(known.sent_at_ms, record.sent_at_ms),
    template: known.template || record.template,
    category: dearer(known.category, record.category),
    attribution: lowerLabels(known.attribution, record.attribution),
  };
  const same = next.sent_at_ms === known.sent_at_ms && next.template === known.template &&
    next.category === known.category && next.attribution === known.attribution;
  return same ? known : next;
}

/**
 * The template a message turns out to be, by its statuses and our own record of it, if it is one that
 * counts: it is known to be a template, it is known to have left, and it did not fail (a failure is
 * outweighed by a proof of delivery: several devices can report both).
 */
export function templateOf(
  key: MessageKey,
  evidence: MessageEvidence | undefined,
  record: SendRecord | undefined,
): Template | undefined {
  if (!(evidence?.template || record?.template)) return undefined;
  if (evidence?.failed && !evidence.delivered) return undefined;
  const left_at_ms = earliest(evidence?.left_at_ms, record?.sent_at_ms);
  if (left_at_ms === undefined) return undefined;
  return {
    key,
    left_at_ms,
    category: dearer(evidence?.category, record?.category),
    // Known from the first status or not at all: a window that got its number by a later one would be posted anew.
    phone_number_id: record === undefined ? evidence?.phone_number_id : undefined,
    attribution: record?.attribution,
  };
}

/** Which of two templates opens a window: the earlier, and of those of one instant the one with the lesser key. */
export function opensBefore(a: Template, b: Template): boolean {
  return a.left_at_ms < b.left_at_ms || (a.left_at_ms === b.left_at_ms && a.key < b.key);
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined || a < b ? a : b;
}

/** Two statuses that name different categories must agree in any order: the first of this list wins. */
const CATEGORIES: readonly TemplateCategory[] = ["marketing", "utility", "authentication"];

function dearer(
  a: TemplateCategory | undefined,
  b: TemplateCategory | undefined,
): TemplateCategory | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return CATEGORIES.indexOf(a) <= CATEGORIES.indexOf(b) ? a : b;
}

function lower<T extends string>(a: T | undefined, b: T | undefined): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a <= b ? a : b;
}

/** Of two records that are labelled otherwise the same one must win in any order: there is nothing to weigh. */
function lowerLabels(a: Attributes | undefined, b: Attributes | undefined): Attributes | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return labelText(a) <= labelText(b) ? a : b;
}

function sameEvidence(a: MessageEvidence, b: MessageEvidence): boolean {
  return a.left_at_ms === b.left_at_ms && a.failed === b.failed && a.delivered === b.delivered &&
    a.template === b.template && a.category === b.category && a.callback === b.callback &&
    a.phone_number_id === b.phone_number_id;
}
