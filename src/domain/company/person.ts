import type { Calendar, LocalDay } from "../calendar.ts";
import type { ContactDay, MessageEvidence, SendRecord, StatusFact, Template } from "../contact_day.ts";
import { joinRecord, opensBefore, templateOf } from "../contact_day.ts";
import type { ContactId, ContactKey, LocalDate, MessageKey } from "../types.ts";

/** A contact's first message of a local date. */
export interface FirstMessage {
  readonly at_ms: number;
  readonly key: MessageKey;
  readonly phone_number_id: string | undefined;
}

/** Whether a message goes before another: of those of one second the one with the least key, in any order. */
export function isBefore(message: FirstMessage, other: FirstMessage | undefined): boolean {
  if (other === undefined || message.at_ms < other.at_ms) return true;
  return message.at_ms === other.at_ms && message.key < other.key;
}

/**
 * One contact of a company as its actor holds it: the join of all facts kept about them, under every key
 * they are known by. Changed by `evolve` only.
 */
export interface Person {
  readonly id: ContactId;
  /**
   * Every key this person is known by, and the identifier of it that memory holds them under, if it does. The first key is
   * the one facts are recorded under.
   */
  readonly keys: Map<ContactKey, string | undefined>;
  /** Known by a phone: then a BSUID is an alias of it, not the other way round. */
  by_phone: boolean;
  /**
   * A BSUID memory holds them under. Nearly every event names it beside the phone: compared with this, it need not be
   * looked up as well.
   */
  bsuid: string | undefined;
  /** Keys whose phone or BSUID is not kept readable. */
  erased_keys: ReadonlySet<ContactKey>;
  /** When they were erased last; undefined when they never were. */
  erased_at_ms: number | undefined;
  /** Known for longer than facts are kept: there may be messages of theirs that nothing is known of any more. */
  has_expired_facts: boolean;
  readonly wrote: Map<LocalDate, FirstMessage>;
  /** The contact's last message, for Meta's own service window. */
  last_wrote_ms: number;
  /** The last of their messages that stands in the store. */
  stored_wrote_ms: number;
  messages: ReadonlyMap<MessageKey, MessageEvidence>;
  records: ReadonlyMap<MessageKey, SendRecord>;
}

/**
 * What nearly everybody has: nothing. One for all, for an empty set and two empty maps of their own would be half of
 * what a person takes in memory. Never changed: see {@link withKey} and {@link withEntry}.
 */
const NO_KEYS: ReadonlySet<never> = new Set<never>();
const NO_ENTRIES: ReadonlyMap<never, never> = new Map<never, never>();

/** A set with one more key: the same set, unless it was the one that all share. */
export function withKey(keys: ReadonlySet<ContactKey>, key: ContactKey): ReadonlySet<ContactKey> {
  return keys === NO_KEYS ? new Set([key]) : (keys as Set<ContactKey>).add(key);
}

/** A map with an entry set: the same map, unless it was the one that all share. */
export function withEntry<V>(map: ReadonlyMap<MessageKey, V>, key: MessageKey, value: V): typeof map {
  return map === NO_ENTRIES ? new Map([[key, value]]) : (map as Map<MessageKey, V>).set(key, value);
}

/** A set without a key: the same set. */
export function withoutKey(keys: ReadonlySet<ContactKey>, key: ContactKey): ReadonlySet<ContactKey> {
  if (keys !== NO_KEYS) (keys as Set<ContactKey>).delete(key);
  return keys;
}

/** How many messages and records of ours a person is held with. */
export function messageCountOf({ messages, records }: Person): number {
  return messages.size + records.size;
}

/** Somebody of whom nothing is known yet: they have no key until a fact about them is recorded. */
export function newPerson(id: ContactId): Person {
  return {
    id,
    keys: new Map(),
    by_phone: false,
    bsuid: undefined,
    erased_keys: NO_KEYS,
    erased_at_ms: undefined,
    has_expired_facts: false,
    wrote: new Map(),
    last_wrote_ms: -Infinity,
    stored_wrote_ms: -Infinity,
    messages: NO_ENTRIES,
    records: NO_ENTRIES,
  };
}

/**
 * The templates that count for a person. A record of ours speaks of the message whose wamid, or whose
 * `biz_opaque_callback_data`, is its id; while no status has named it, it stands for itself.
 *
 * @param ids only those of messages that have one of these ids, or of records that do
 */
export function templatesOf({ messages, records }: Person, ids?: ReadonlySet<MessageKey>): Template[] {
  const named = new Set<MessageKey>();
  const templates: Template[] = [];
  for (const evidence of messages.values()) {
    const { key, callback } = evidence;
    if (ids !== undefined && !ids.has(key) && !(callback !== undefined && ids.has(callback))) continue;
    named.add(key);
    if (callback !== undefined) named.add(callback);
    const template = templateOf(key, evidence, recordOf(evidence, records));
    if (template !== undefined) templates.push(template);
  }
  for (const key of ids ?? records.keys()) {
    const record = named.has(key) ? undefined : records.get(key);
    const template = record && templateOf(key, undefined, record);
    if (template !== undefined) templates.push(template);
  }
  return templates;
}

/**
 * Of a person's templates of a day the one that opens the window. A contact may be sent thousands, each of which asks
 * for it: so those that left later are passed by, and nothing is made of them.
 *
 * @param excluded not these
 */
export function openingTemplate(
  { messages, records }: Person,
  { start_ms, end_ms }: LocalDay,
  excluded: ReadonlySet<MessageKey> = NO_KEYS,
): Template | undefined {
  let opening: Template | undefined;
  const look = (key: MessageKey, left_at_ms: number, evidence?: MessageEvidence, record?: SendRecord) => {
    if (!(left_at_ms >= start_ms && left_at_ms < end_ms) || excluded.has(key)) return;
    const template = templateOf(key, evidence, record);
    if (template !== undefined && (opening === undefined || opensBefore(template, opening))) {
      opening = template;
    }
  };
  const latest_ms = () => opening?.left_at_ms ?? Infinity;
  for (const evidence of messages.values()) {
    const record = recordOf(evidence, records);
    const left_at_ms = Math.min(evidence.left_at_ms ?? Infinity, record?.sent_at_ms ?? Infinity);
    if (left_at_ms <= latest_ms()) look(evidence.key, left_at_ms, evidence, record);
  }
  let callbacks: ReadonlySet<MessageKey | undefined> | undefined;
  for (const record of records.values()) {
    if (record.sent_at_ms > latest_ms() || messages.has(record.key)) continue;
    callbacks ??= new Set([...messages.values()].map(({ callback }) => callback));
    if (!callbacks.has(record.key)) look(record.key, record.sent_at_ms, undefined, record);
  }
  return opening;
}

/** What we recorded ourselves of a message that Meta reports on. */
export function recordOf(
  evidence: MessageEvidence,
  records: ReadonlyMap<MessageKey, SendRecord>,
): SendRecord | undefined {
  const by_id = records.get(evidence.key);
  const by_callback = evidence.callback === undefined ? undefined : records.get(evidence.callback);
  if (by_id === undefined || by_callback === undefined) return by_id ?? by_callback;
  return joinRecord(by_id, by_callback);
}

/**
 * Whether a message not known to be a template may have left, and been charged, before the facts that are kept. People
 * read whenever they like, so of somebody known for longer than that a reading alone does not say that a template
 * left: its sending or delivery will, which Meta reports within 30 days or never, and then it counts from the
 * earliest of all of them as ever.
 */
export function mayPredateStoredFacts(
  { has_expired_facts, records }: Person,
  status: StatusFact["status"],
  key: MessageKey,
  callback: MessageKey | undefined,
): boolean {
  if (!has_expired_facts || !(status === "read" || status === "played")) return false;
  return !records.has(key) && !(callback !== undefined && records.has(callback));
}

/** A person's contact-day: the facts of one local date that the charge depends on. */
export function contactDayOf(
  person: Person,
  date: LocalDate,
  templates: readonly Template[],
  calendar: Calendar,
): ContactDay {
  const { start_ms, end_ms } = calendar.day(date);
  const wrote = person.wrote.get(date);
  return {
    date,
    wrote_at_ms: wrote?.at_ms,
    wrote_key: wrote?.key,
    wrote_to: wrote?.phone_number_id,
    templates: templates.filter((t) => t.left_at_ms >= start_ms && t.left_at_ms < end_ms),
  };
}
