import type { Called } from "./events.ts";
import { type Fields, isFields, millisecondsOf, storableText } from "./fields.ts";
import { contextOf, type ListContext } from "./lists.ts";
import { countIgnored, isFull, type Reading } from "./reading.ts";
import { MESSAGE_ID_LENGTH_MAX } from "./unreadable.ts";

/**
 * Reads the value of a `calls` change: calls that a person made to the company, and calls of the company that a person
 * accepted. Either starts Meta's customer service window, or restarts it. Source: Meta, WhatsApp Business Platform,
 * Calling API, "User-initiated calls", "Business-initiated calls" and "Pricing".
 *
 * A call charges nothing, so an entry that is not such a call, or cannot be read, is counted and not quarantined.
 */
export function readCalls(value: unknown, reading: Reading): void {
  const { calls, statuses } = isFields(value) ? value : {} as Fields;
  const context = contextOf(isFields(value) ? value : {});
  const entries = Array.isArray(calls) ? calls : [];
  const answers = Array.isArray(statuses) ? statuses : [];
  for (const call of entries) {
    if (isFull(reading)) return;
    add(reading, isFields(call) ? userCall(call, context) : undefined);
  }
  for (const answer of answers) {
    if (isFull(reading)) return;
    add(reading, isFields(answer) ? acceptedCall(answer, context) : undefined);
  }
  if (entries.length === 0 && answers.length === 0) countIgnored(reading, "calls");
}

function add(reading: Reading, called: Called | undefined): void {
  if (called === undefined) countIgnored(reading, "calls");
  else reading.events.push(called);
}

/** A call that the person made: its `connect`, answered or not, and its `terminate`. */
function userCall(call: Fields, context: ListContext): Called | undefined {
  if (plain(call.direction) !== "user_initiated") return undefined;
  const event = plain(call.event);
  if (event !== "connect" && event !== "terminate") return undefined;
  // A call counts from its start: the end of a long one would show the window too long.
  const at_ms = millisecondsOf(call.start_time) ?? millisecondsOf(call.timestamp);
  return called(call, [call.from, call.from_user_id, call.from_parent_user_id], at_ms, context);
}

/** A call of the company that the person accepted. */
function acceptedCall(status: Fields, context: ListContext): Called | undefined {
  if (plain(status.status) !== "accepted") return undefined;
  const { recipient_id, recipient_user_id, recipient_parent_user_id } = status;
  const at_ms = millisecondsOf(status.timestamp);
  return called(status, [recipient_id, recipient_user_id, recipient_parent_user_id], at_ms, context);
}

function called(
  { id }: Fields,
  person: readonly [phone: unknown, bsuid: unknown, parent_bsuid: unknown],
  at_ms: number | undefined,
  { phone_number_id, people }: ListContext,
): Called | undefined {
  const message_id = storableText(id, MESSAGE_ID_LENGTH_MAX);
  if (message_id === undefined || at_ms === undefined || phone_number_id === undefined) return undefined;
  const contact = people.complete(...person);
  if (contact.phone === undefined && contact.bsuid === undefined) return undefined;
  return { type: "called", phone_number_id, contact, at_ms, message_id };
}

function plain(name: unknown): string | undefined {
  return typeof name === "string" && name.length <= 40 ? name.toLowerCase() : undefined;
}
