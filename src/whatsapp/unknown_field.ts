import { isFields } from "./fields.ts";
import { contextOf, type ListContext, readMessages, readStatuses } from "./lists.ts";
import { countIgnored, countUnknownCategory, isFull, newReading, type Reading } from "./reading.ts";

/** Levels below `value` that are searched. Meta's deepest list of messages, of `history`, is four levels down. */
const DEPTH_MAX = 8;
/** Objects and lists that are searched in one change. */
const PARTS_MAX = 1_000;

/** The context of messages, and messages of the business itself. */
const NOT_SEARCHED: ReadonlySet<string> = new Set(["metadata", "contacts", "message_echoes"]);

interface Part {
  readonly part: unknown;
  readonly depth: number;
  readonly context: ListContext;
}

/**
 * Reads the messages and statuses of a webhook field that this version does not know, wherever under `value` they
 * stand. They may be a customer's, so each is kept as the event it would be, with the field's name, and not metered.
 * A field without any, or with too many parts to search, is counted as `other`.
 *
 * @param field The field's name, at most 40 printable characters.
 */
export function readUnknownField(field: string, value: unknown, reading: Reading): void {
  const found = newReading();
  const queue: Part[] = [{ part: value, depth: 0, context: contextOf({}) }];
  for (let at = 0; at < queue.length; at++) search(queue[at]!, queue, found);
  for (const event of found.events) {
    if (isFull(reading)) break;
    reading.events.push({ ...event, field });
  }
  reading.is_cut ||= found.is_cut;
  for (const [name, times] of found.ignored ?? []) countIgnored(reading, name, times);
  for (const [name, times] of found.unknown_categories ?? []) countUnknownCategory(reading, name, times);
  const is_empty = found.events.length === 0 && found.ignored === undefined;
  if (is_empty || queue.length === PARTS_MAX) countIgnored(reading, "other");
}

/** Reads the lists of one part, and adds its other parts to the queue. */
function search({ part, depth, context: outer }: Part, queue: Part[], found: Reading): void {
  const context = isFields(part) ? contextOf(part, outer) : outer;
  if (isFields(part)) {
    if (Array.isArray(part.messages)) readMessages(part.messages, context, found);
    if (Array.isArray(part.statuses)) readStatuses(part.statuses, context, found);
  }
  if (typeof part !== "object" || part === null || depth === DEPTH_MAX) return;
  for (const name in part) {
    if (queue.length === PARTS_MAX) return;
    const child = (part as { readonly [name: string]: unknown })[name];
    const is_read = (name === "messages" || name === "statuses") && Array.isArray(child);
    if (typeof child !== "object" || child === null || is_read || NOT_SEARCHED.has(name)) continue;
    queue.push({ part: child, depth: depth + 1, context });
  }
}
