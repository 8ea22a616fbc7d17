/**
 * Commands and answers as bytes, for messages between nodes. The format is V8's of structured clones, which keeps
 * `bigint`, `Map`, `Set`, `Date`, byte arrays and fields of value `undefined` exactly. Only {@link Calendar} is a class,
 * and is sent as what it was built from.
 *
 * Nodes of two versions may run at the same time. Raise {@link PROTOCOL} whenever a node of the version before would
 * misread a command or an answer: nodes then answer `unavailable` for each other's companies, and misread nothing.
 */

import { deserialize, serialize } from "node:v8";
import { Calendar, type FixedDays, type ZoneVersion } from "../../src/domain/calendar.ts";
import type { Answer, Command } from "../../src/domain/company/command.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import type { ZoneData } from "../../src/domain/zone_data.ts";
import { costOf } from "../command_cost.ts";

/** The version of the messages between nodes. */
export const PROTOCOL = 1;

/** A command on its way to its company's node. */
export interface RoutedCommand {
  readonly company: CompanyId;
  readonly command: Command;
  /** Whether the company's rows are read for it: see `ActorSystem.executeAfterRead`. */
  readonly after_read: boolean;
}

/** An answer, with the number of its command in the message. */
export type NumberedAnswer = readonly [number: number, answer: Answer];

/** What a calendar is built from. */
interface CalendarParts {
  readonly versions: readonly ZoneVersion[];
  readonly fixed: FixedDays;
}

/** Encodes commands. */
export function encodeCommands(commands: readonly RoutedCommand[]): Uint8Array {
  return serialize(commands);
}

/**
 * Decodes commands.
 *
 * @throws {Error} when the bytes are no message of a node
 */
export function decodeCommands(message: Uint8Array): readonly RoutedCommand[] {
  return listIn<unknown>(message).map(routedCommand);
}

/** Returns the list that a message is. One with holes has undefined there. */
function listIn<Item>(message: Uint8Array): readonly Item[] {
  const list: unknown = deserialize(message);
  if (Array.isArray(list)) return Array.from(list);
  throw new TypeError("the message is no list");
}

/** Returns a command that can be queued. Its fields are those of a node of this version, or their company refuses them. */
function routedCommand(value: unknown): RoutedCommand {
  const routed = value as RoutedCommand;
  // Throws for a command without what its cost is counted of.
  if (typeof routed.company === "string" && costOf(routed.command) >= 0) return routed;
  throw new TypeError("the message has something else than commands");
}

/** Encodes answers. */
export function encodeAnswers(answers: readonly NumberedAnswer[]): Uint8Array {
  return serialize(answers.map(([number, answer]) => [number, withParts(answer)]));
}

/**
 * Decodes answers.
 *
 * @param zone_data of the calendars
 * @throws {Error} when the bytes are no message of a node
 */
export function decodeAnswers(message: Uint8Array, zone_data: ZoneData): readonly NumberedAnswer[] {
  return listIn<NumberedAnswer>(message).map(([number, answer]) => {
    if (typeof answer.type !== "string") throw new TypeError("the message has something else than answers");
    return [number, withCalendar(answer, zone_data)];
  });
}

function withParts(answer: Answer): unknown {
  if (answer.type !== "company") return answer;
  const { versions, fixed } = answer.view.calendar;
  return { ...answer, view: { ...answer.view, calendar: { versions, fixed } satisfies CalendarParts } };
}

function withCalendar(answer: Answer, zone_data: ZoneData): Answer {
  if (answer.type !== "company") return answer;
  const { versions, fixed } = answer.view.calendar as CalendarParts;
  return { ...answer, view: { ...answer.view, calendar: new Calendar(versions, { fixed, zone_data }) } };
}
