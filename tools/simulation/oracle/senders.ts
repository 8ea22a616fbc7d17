import { identifierTexts } from "../../../src/domain/identity/identifiers.ts";
import type { People } from "./people.ts";
import type { PersonFact } from "./rows.ts";
import type { StoredFacts } from "./stored_facts.ts";

/**
 * Merges the people that deliveries of one customer's message name. They are one if the message opens a window of each:
 * if it is the first of its date of all of them. Otherwise that depends on which messages were known when it arrived
 * (rulebook, "Identity"): then the store knows.
 */
export function mergeSenders(facts: readonly PersonFact[], stored_facts: StoredFacts, people: People): void {
  const wrote = facts.filter(({ kind }) => kind === "wrote");
  const deliveries = [...Map.groupBy(wrote, ({ message }) => message).values()];
  for (const of_message of deliveries) {
    const names = of_message.flatMap(({ person }) => identifierTexts(person));
    // Of three names the store may have joined any two.
    for (const name of names) {
      for (const other of names) if (stored_facts.isOnePerson([name, other])) people.merge([name, other]);
    }
  }
  for (const of_message of deliveries) {
    const names = of_message.flatMap(({ person }) => identifierTexts(person));
    const senders = new Set(names.map((name) => people.idOf(name)));
    if (senders.size > 1 && isFirst(of_message[0]!, wrote, senders, stored_facts, people)) {
      people.merge(names);
    }
  }
}

/** Whether a message is the first of its date of all people who may have sent it; of two in one second, by its key. */
function isFirst(
  message: PersonFact,
  wrote: readonly PersonFact[],
  senders: ReadonlySet<string>,
  { expected: { days } }: StoredFacts,
  people: People,
): boolean {
  const date = days.dateOf(message.at_ms);
  return wrote.every((other) =>
    !senders.has(people.idOf(identifierTexts(other.person)[0]!)) || days.dateOf(other.at_ms) !== date ||
    other.at_ms > message.at_ms || (other.at_ms === message.at_ms && other.message >= message.message)
  );
}
