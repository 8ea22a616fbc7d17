import type { Unreadable, UnreadableReason, WhatsAppEvent } from "./events.ts";
import { type Fields, isFields, isMissing, shortName } from "./fields.ts";
import { readMessage } from "./message.ts";
import { People } from "./people.ts";
import { countIgnored, countUnknownCategory, isFull, type Reading } from "./reading.ts";
import { ignoredStatus, readStatus, unknownCategory } from "./status.ts";
import { unreadable } from "./unreadable.ts";

/** What the messages and statuses of one list share. */
export interface ListContext {
  /** The company's number. */
  readonly phone_number_id: string | undefined;
  readonly people: People;
}

/** Returns the context that an object gives to its lists. What it does not name is taken from `outer`. */
export function contextOf({ metadata, contacts }: Fields, outer?: ListContext): ListContext {
  const number = isFields(metadata) ? shortName(metadata.phone_number_id) : undefined;
  return {
    phone_number_id: number ?? outer?.phone_number_id,
    people: outer === undefined || !isMissing(contacts) ? new People(contacts) : outer.people,
  };
}

/**
 * Reads the lists `messages` and `statuses` of an object, the errors of the account, and `message_echoes`: messages of
 * the business itself, which are counted and never metered. Any of them may be missing.
 */
export function readLists(lists: Fields, context: ListContext, reading: Reading): void {
  const { messages, statuses, message_echoes, errors } = lists;
  const { phone_number_id } = context;
  if (Array.isArray(messages)) readMessages(messages, context, reading);
  else if (!isMissing(messages)) {
    reading.events.push(misshapen("messages_not_a_list", messages, phone_number_id));
  }
  if (Array.isArray(statuses)) readStatuses(statuses, context, reading);
  else if (!isMissing(statuses)) {
    reading.events.push(misshapen("statuses_not_a_list", statuses, phone_number_id));
  }
  if (!isMissing(message_echoes)) {
    countIgnored(reading, "message_echoes", Array.isArray(message_echoes) ? message_echoes.length : 1);
  }
  if (!isMissing(errors)) countIgnored(reading, "errors");
  else if (isMissing(messages) && isMissing(statuses) && isMissing(message_echoes)) {
    countIgnored(reading, "empty");
  }
}

/** Reads a list of messages: each comes out as one event. */
export function readMessages(messages: readonly unknown[], context: ListContext, reading: Reading): void {
  for (const message of messages) {
    if (isFull(reading)) return;
    reading.events.push(readMessage(message, context.phone_number_id, context.people));
  }
}

/** Reads a list of statuses: each comes out as one event, or is counted as ignored. */
export function readStatuses(statuses: readonly unknown[], context: ListContext, reading: Reading): void {
  for (const status of statuses) {
    if (isFull(reading)) return;
    const ignored_name = ignoredStatus(status);
    if (ignored_name !== undefined) {
      countIgnored(reading, ignored_name);
      continue;
    }
    const event: WhatsAppEvent = readStatus(
      status,
      context.phone_number_id,
      context.people,
      reading.reads_pricing,
    );
    reading.events.push(event);
    const category = unknownCategory(status);
    if (category !== undefined) countUnknownCategory(reading, category);
  }
}

/** Creates the unreadable event of a part that is not of its documented shape. */
export function misshapen(reason: UnreadableReason, part: unknown, phone_number_id?: string): Unreadable {
  return unreadable(reason, "envelope", part, phone_number_id);
}
