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

/**
 * Whether a message precedes another. Of two in one second the lesser key is first, in any order of arrival.
 */
export function isBefore(message: FirstMessage, other: FirstMessage | undefined): boolean {
  if (other === undefined || message.at_ms < other.at_ms) return true;
  return message.at_ms === other.at_ms && message.key < other.key;
}

/** Whether a message may be a person's first of a date: at its instant or before the first one known. */
export function isFirst({ wrote }: Person, date: LocalDate, at_ms: number): boolean {
  const first = wrote.get(date);
  return first === undefined || at_ms <= first.at_ms;
}

/**
 * A contact in an actor's memory: the join of all stored facts about them, under every key they are known by.
 * Only `evolve` changes it.
 */
export interface Person {
  readonly id: ContactId;
  /**
   * Every key of the person, with the identifier if it is in memory. Facts are stored under the first key, statuses
   * under the one they name.
   */
  readonly keys: Map<ContactKey, string | undefined>;
  /** Whether a phone is known. A BSUID is then an alias of the phone. */
  by_phone: boolean;
  /** A BSUID of the person. Nearly every event gives it beside the phone: comparing it saves a lookup. */
  bsuid: string | undefined;
  /** Keys whose phone or BSUID is erased. */
  erased_keys: ReadonlySet<ContactKey>;
  /** When the person was last erased; undefined if never. */
  erased_at_ms: number | undefined;
  /** Whether the person is older than the stored facts: some of their messages may be deleted. */
  has_expired_facts: boolean;
  readonly wrote: Map<LocalDate, FirstMessage>;
  /** The contact's last message, for Meta's own service window. */
  last_wrote_ms: number;
  /** The time of the latest stored message. */
  stored_wrote_ms: number;
  /** The contact's last call, for Meta's own service window. */
  last_called_ms: number;
  /** The time of the latest stored call. */
  stored_called_ms: number;
  messages: ReadonlyMap<MessageKey, MessageEvidence>;
  records: ReadonlyMap<MessageKey, SendRecord>;
  /** The person that this one turned out to be; its facts are theirs. */
  merged_into: Person | undefined;
}

/**
 * Shared empty set and maps. Most people have no entries; empty collections of their own would take half of a
 * person's memory. Never changed: see {@link withKey} and {@link withEntry}.
 */
const NO_KEYS: ReadonlySet<never> = new Set<never>();
const NO_ENTRIES: ReadonlyMap<never, never> = new Map<never, never>();

/** Adds a key. Returns the same set, unless it was the shared empty one. */
export function withKey(keys: ReadonlySet<ContactKey>, key: ContactKey): ReadonlySet<ContactKey> {
  return keys === NO_KEYS ? new Set([key]) : (keys as Set<ContactKey>).add(key);
}

/** Sets an entry. Returns the same map, unless it was the shared empty one. */
export function withEntry<V>(map: ReadonlyMap<MessageKey, V>, key: MessageKey, value: V): typeof map {
  return map === NO_ENTRIES ? new Map([[key, value]]) : (map as Map<MessageKey, V>).set(key, value);
}

/** Removes an entry. Returns the same map. */
export function withoutEntry<V>(map: ReadonlyMap<MessageKey, V>, key: MessageKey): typeof map {
  if (map !== NO_ENTRIES) (map as Map<MessageKey, V>).delete(key);
  return map;
}

/** Removes a key. Returns the same set. */
export function withoutKey(keys: ReadonlySet<ContactKey>, key: ContactKey): ReadonlySet<ContactKey> {
  if (keys !== NO_KEYS) (keys as Set<ContactKey>).delete(key);
  return keys;
}

/** Counts a person's messages and send records in memory. */
export function messageCountOf({ messages, records }: Person): number {
  return messages.size + records.size;
}

/** Creates a person nothing is known of. They get a key with their first recorded fact. */
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
    last_called_ms: -Infinity,
    stored_called_ms: -Infinity,
    messages: NO_ENTRIES,
    records: NO_ENTRIES,
    merged_into: undefined,
  };
}

/** Whether something happened before or at a person's last erasure, and so must not identify them. */
export function isErasedAt(person: Person, at_ms: number): boolean {
  return person.erased_at_ms !== undefined && !(at_ms > person.erased_at_ms);
}

/**
 * Returns the templates that count for a person. A send record belongs to the message whose wamid or
 * `biz_opaque_callback_data` is its id. Until a status names it, it counts as its own template.
 *
 * @param ids restricts the result to messages or records with one of these ids
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
 * Returns the template that opens the window of a day. A contact may get thousands of templates and each one
 * calls this, so later ones are skipped without building them.
 *
 * @param excluded ids to leave out
 */
export function openingTemplate(
  { messages, records }: Person,
  { start_ms, end_ms }: LocalDay,
  excluded: ReadonlySet<MessageKey> = NO_KEYS,
): Template | undefined {
  let opening: Template | undefined;
  const consider = (key: MessageKey, left_at_ms: number, evidence?: MessageEvidence, record?: SendRecord) => {
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
    if (left_at_ms <= latest_ms()) consider(evidence.key, left_at_ms, evidence, record);
  }
  let callbacks: ReadonlySet<MessageKey | undefined> | undefined;
  for (const record of records.values()) {
    const { key, sent_at_ms = Infinity } = record;
    if (sent_at_ms > latest_ms() || messages.has(key)) continue;
    callbacks ??= new Set([...messages.values()].map(({ callback }) => callback));
    if (!callbacks.has(key)) consider(key, sent_at_ms, undefined, record);
  }
  return opening;
}

/**
 * Returns the ids that a change of a message can affect: the message, and the send records that its evidence names or
 * named.
 */
export function messageIdsOf(
  message: MessageKey,
  evidence: MessageEvidence | undefined,
  { records }: Person,
  known?: MessageEvidence,
): ReadonlySet<MessageKey> {
  const ids = new Set([message]);
  for (const callback of [evidence?.callback, known?.callback]) {
    if (callback !== undefined && records.has(callback)) ids.add(callback);
  }
  return ids;
}

/** Returns the send record of a message, by its wamid or its callback data. */
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
 * Whether a message not known to be a template may have left, and been charged, before the oldest stored fact.
 * People read messages at any time, so for a person with expired facts a read status alone does not prove that
 * a template left. A sent or delivered status does: Meta reports it within 30 days or never. The template then
 * counts from its earliest timestamp.
 */
export function mayPredateStoredFacts(
  { has_expired_facts, records, messages }: Person,
  status: StatusFact["status"],
  key: MessageKey,
  callback: MessageKey | undefined,
): boolean {
  const known = messages.get(key);
  if (known?.template || known?.sending_seen) return false;
  if (!has_expired_facts || !(status === "read" || status === "played")) return false;
  return !records.has(key) && !(callback !== undefined && records.has(callback));
}

/** Builds a person's contact-day: the facts of one local date that the charge depends on. */
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
