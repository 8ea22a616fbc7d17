import type { ContactEvent } from "../../src/domain/company/command.ts";
import { identifierTexts } from "../../src/domain/identity/identifiers.ts";
import type { Trace } from "./trace.ts";

type Wrote = Extract<ContactEvent, { type: "wrote" | "noted" | "called" }>;
type Message = Omit<Wrote, "type">;

/** The last message of each customer: Meta may deliver it again, and give other identifiers of the sender. */
export class WrittenMessages {
  readonly #trace: Trace;
  readonly #last = new Map<string, Message>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /**
   * Returns the event of a customer's message.
   *
   * @param again whether it is the customer's last message instead, if there is one, under the identifiers of this one
   */
  delivered(customer: string, message: Message, again: boolean): ContactEvent {
    const last = again ? this.#last.get(customer) : undefined;
    const given = last === undefined ? message : { ...last, contact: message.contact };
    if (last !== undefined && `${identifierTexts(last.contact)}` !== `${identifierTexts(given.contact)}`) {
      this.#trace.countFault("sender named differently");
    }
    this.#last.set(customer, given);
    return { ...given, type: "wrote" };
  }
}
