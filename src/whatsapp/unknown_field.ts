import { isFields } from "./fields.ts";
import { contextOf, type ListContext, misshapen, readMessages, readStatuses } from "./lists.ts";
import { countIgnored, countUnknownCategory, isFull, newReading, type Reading } from "./reading.ts";

/** Levels below `value` that are searched: as many as a webhook may have. */
const DEPTH_MAX = 64;
/** Objects and lists that are searched in one change: several for each of a thousand events. */
const PARTS_MAX = 10_000;

/** The context of messages, and messages of the business itself. */
const NOT_SEARCHED: ReadonlySet<string> = new Set(["metadata", "contacts", "message_echoes"]);

interface Part {
  readonly part: object;
  readonly depth: number;
  readonly context: ListContext;
}

/** A search in progress. */
interface Search {
  readonly queue: Part[];
  readonly found: Reading;
  /** Whether parts were left out, because the search has its limits. */
  is_cut: boolean;
}

/**
 * Reads the messages and statuses of a webhook field that this version does not know, wherever under `value` they
 * stand. They may be a customer's, so each is kept as the event it would be, with the field's name, and not metered.
 * A field without any is counted as `other`. One with too many parts to search is one more event, `webhook_too_large`:
 * the parts that were not searched may have been messages.
 *
 * @param field The field's name, at most 40 printable characters.
 */
export function readUnknownField(field: string, value: unknown, reading: Reading): void {
  const search: Search = { queue: [], found: newReading(reading.reads_pricing), is_cut: false };
  const { queue, found } = search;
  add(value, 0, contextOf({}), search);
  for (let at = 0; at < queue.length; at++) searchPart(queue[at]!, search);
  for (const event of found.events) {
    if (isFull(reading)) break;
    reading.events.push({ ...event, field });
  }
  reading.is_cut ||= found.is_cut;
  for (const [name, times] of found.ignored ?? []) countIgnored(reading, name, times);
  for (const [name, times] of found.unknown_categories ?? []) countUnknownCategory(reading, name, times);
  if (search.is_cut && !isFull(reading)) reading.events.push(misshapen("webhook_too_large", value));
  if (found.events.length === 0 && found.ignored === undefined) countIgnored(reading, "other");
}

/** Reads the lists of one part, and adds its other parts to the queue. */
function searchPart({ part, depth, context: outer }: Part, search: Search): void {
  const fields = isFields(part) ? part : {};
  const context = isFields(part) ? contextOf(part, outer) : outer;
  const [messages, statuses] = [listIn(fields.messages), listIn(fields.statuses)];
  if (messages !== undefined) readMessages(messages, context, search.found);
  if (statuses !== undefined) readStatuses(statuses, context, search.found);
  for (const name in part) {
    if (search.is_cut) return;
    const is_read = name === "messages" && messages !== undefined ||
      name === "statuses" && statuses !== undefined;
    if (is_read || NOT_SEARCHED.has(name)) continue;
    add((part as { readonly [name: string]: unknown })[name], depth + 1, context, search);
  }
}

/** Adds an object or list to the queue. */
function add(part: unknown, depth: number, context: ListContext, search: Search): void {
  if (typeof part !== "object" || part === null) return;
  if (depth > DEPTH_MAX || search.queue.length === PARTS_MAX) search.is_cut = true;
  else search.queue.push({ part, depth, context });
}

/** Returns a list of messages or statuses. One of them may stand without a list. */
function listIn(part: unknown): readonly unknown[] | undefined {
  if (Array.isArray(part)) return part;
  return isFields(part) && typeof part.id === "string" ? [part] : undefined;
}
