import type { ContactEvent } from "../../src/domain/company/command.ts";
import type { Action, EventSpec } from "./actions.ts";
import type { Call } from "./callers.ts";
import { expectedContact, givenContact, parsedContact, withContacts } from "./contacts.ts";
import { distinct, MOVING_NUMBER } from "./ids.ts";
import type { Auditor } from "./oracle/auditor.ts";
import { WrittenMessages } from "./written_messages.ts";

/** Few messages, so that most of them have several statuses, also of different owners. */
const MESSAGES = 2;
/** The people who talk with the number have phones of their own, whichever company has the number. */
const PEOPLE_OF_THE_NUMBER = 9;

/** Turns deliveries of the number that moves between companies into calls. */
export class MovingNumber {
  readonly #auditor: Auditor;
  readonly #now_ms: () => number;
  readonly #written: WrittenMessages;

  constructor(auditor: Auditor, now_ms: () => number) {
    this.#auditor = auditor;
    this.#now_ms = now_ms;
    this.#written = new WrittenMessages(auditor.trace);
  }

  /** Makes the call in which Meta delivers a batch of the number. */
  delivery({ events }: Extract<Action, { do: "deliver to the moving number" }>): Call {
    const given = events.map((event) => this.#event(event));
    const delivered = given.map((event) => withContacts(event, parsedContact));
    const expected = given.map((event) => withContacts(event, expectedContact));
    const moved = this.#auditor.moved;
    return {
      description: `Meta delivers ${
        delivered.map(({ message_id }) => message_id).join(", ")
      } of the moving number`,
      company: events[0]!.company,
      retry_fault: "redelivered",
      submit: async (process) => {
        const delivery = moved.begin(expected);
        try {
          // Another process may have moved the number since the last refresh: it is seen within a minute.
          await process.lookUpNumber(MOVING_NUMBER);
        } catch {
          return "again";
        }
        const answer = await process.inbox.receive(delivered, process.now_ms);
        const is_moved = await this.#auditor.acknowledgeMoved(expected, {
          ...delivery,
          durable: answer === "durable",
        });
        if (is_moved) this.#auditor.trace.countFault("moved number");
        return answer === "durable" ? "acknowledged" : "again";
      },
    };
  }

  #event(
    {
      kind,
      person,
      identifiers,
      message: drawn_message,
      template,
      category,
      has_callback,
      pricing,
      ago_ms,
      again,
    }: EventSpec,
  ): ContactEvent {
    const message = drawn_message % MESSAGES;
    const second_ms = Math.floor((this.#now_ms() - ago_ms) / 1000) * 1000;
    const contact = givenContact(PEOPLE_OF_THE_NUMBER, person, identifiers, false);
    const event = { contact, phone_number_id: MOVING_NUMBER };
    if (kind === "noted") {
      const message_id = `moving noted ${person} ${identifiers} ${second_ms / 1000}`;
      return { ...event, type: kind, at_ms: second_ms, message_id };
    }
    if (kind === "wrote" || kind === "called" || kind === "number changed") {
      const message_id = `moving wrote ${person} ${second_ms / 1000}`;
      return this.#written.delivered(`${person}`, { ...event, at_ms: second_ms, message_id }, again);
    }
    return {
      ...event,
      type: "status",
      at_ms: second_ms + distinct(person, message),
      message_id: `wamid.moving.x${person}y${message}`,
      status: kind,
      template,
      category,
      callback_data: has_callback ? `moving0x${person}y${message}` : undefined,
      ...(pricing === undefined ? {} : { pricing }),
    };
  }
}
