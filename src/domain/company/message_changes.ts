import type { MessageEvidence } from "../contact_day.ts";
import type { FactRef } from "../ledger.ts";
import type { ContactId, MessageKey } from "../types.ts";
import type { CompanyEvent } from "./event.ts";
import type { Emit } from "./posting.ts";

/** A change of what is known of one message. */
export interface MessageChange {
  readonly message: MessageKey;
  /** The contact that has the message, or had it. */
  readonly contact: ContactId;
  /** Two when two people that had the message turned out to be one. */
  readonly before: readonly (MessageEvidence | undefined)[];
  /** Undefined when the message went to another contact. */
  readonly after: MessageEvidence | undefined;
  /** The fact that shows it. */
  readonly fact: FactRef;
}

/** Returns an `emit` that calls `onChange` after every event that changes the evidence of a message. */
export function watchingMessages(emit: Emit, onChange: (change: MessageChange) => void): Emit {
  // The fact that changes a message is stored before the change.
  let fact: FactRef | undefined;
  return (event) => {
    switch (event.type) {
      case "fact_stored":
        fact = event.fact;
        return emit(event);
      case "evidence_joined": {
        const { person, evidence } = event;
        const before = [person.messages.get(evidence.key)];
        emit(event);
        return onChange({
          message: evidence.key,
          contact: person.id,
          before,
          after: evidence,
          fact: fact!,
        });
      }
      case "message_left": {
        const { person, message } = event;
        const before = [person.messages.get(message)];
        emit(event);
        return onChange({ message, contact: person.id, before, after: undefined, fact: fact! });
      }
      case "people_merged":
        return emitMerge(emit, event, onChange);
      default:
        emit(event);
    }
  };
}

/** Only the messages that both people have change: they were two, and are one. */
function emitMerge(
  emit: Emit,
  event: Extract<CompanyEvent, { type: "people_merged" }>,
  onChange: (change: MessageChange) => void,
): void {
  const { into, from, fact } = event;
  const twice = [...from.messages.values()].filter(({ key }) => into.messages.has(key));
  const before = twice.map((evidence) => [evidence, into.messages.get(evidence.key)]);
  emit(event);
  twice.forEach(({ key: message }, i) =>
    onChange({ message, contact: into.id, before: before[i]!, after: into.messages.get(message), fact })
  );
}
