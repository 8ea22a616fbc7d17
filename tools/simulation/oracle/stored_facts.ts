import { identifiersIn } from "../../../src/domain/identity/event_identifiers.ts";
import type { ContactEvent, Send } from "../../../src/domain/company/command.ts";
import { identifierTexts } from "../../../src/domain/identity/identifiers.ts";
import { Keyring } from "../../../src/domain/identity/keyring.ts";
import type { ContactIdentifiers } from "../../../src/domain/identity/phone.ts";
import type { ContactKey, MessageKey } from "../../../src/domain/types.ts";
import { MINUTE_MS } from "../../../src/time/units.ts";
import type { StoredCompany } from "../../../tests/support/memory_store/company.ts";
import type { ExpectedCompany, RecordedFact } from "./expected_company.ts";

const STATUS_PROVES = ["delivered", "read", "played"];
/** Facts of messages that are no status and no record of a send. */
const NO_STATUS = ["wrote", "send_failed", "message_moved"];
/** Of the calls of one person, those within this time of a stored one may be in memory only. */
const CALLS_STORED_EVERY_MS = 15 * MINUTE_MS;
const CATEGORIES = ["marketing", "utility", "authentication"];

type Message = Extract<ContactEvent, { type: "wrote" | "noted" | "called" }>;

/** The stored facts of a company, looked up by the callers' terms: phones and message ids. */
export class StoredFacts {
  readonly expected: ExpectedCompany;
  readonly stored: StoredCompany;
  readonly #keyring: Keyring;

  constructor(expected: ExpectedCompany, stored: StoredCompany) {
    this.expected = expected;
    this.stored = stored;
    this.#keyring = new Keyring(stored.head.contact_secret);
  }

  /** Returns the key of a message in the company's rows. */
  messageKey(message_id: string): MessageKey {
    return this.#keyring.message(message_id);
  }

  /** Returns the id of an event in the company's quarantine. */
  quarantineId(event: ContactEvent): string {
    const parts: unknown[] = [event.type, event.message_id, event.at_ms, identifiersIn(event)];
    if (event.type === "status") {
      parts.push(event.status, event.template, event.category, event.callback_data);
      if (event.pricing !== undefined) parts.push(Object.values(event.pricing));
    }
    return this.#keyring.content(JSON.stringify(parts));
  }

  /** Whether exactly this send is stored under its id. */
  isStoredSend({ message_id, to, kind, category, sent_at_ms, attribution }: Send): boolean {
    const labels = Object.entries(attribution ?? {}).sort();
    const body = JSON.stringify([to.phone, to.bsuid, kind, category, sent_at_ms, labels]);
    return this.stored.sends.get(this.messageKey(message_id))?.send.content === this.#keyring.content(body);
  }

  /** Whether a reported failure of this message is stored. */
  isStoredFailure(message: MessageKey): boolean {
    return [...this.expected.facts.values()].flat().some((fact) =>
      fact.message === message && fact.kind === "send_failed"
    );
  }

  /** Whether the content of an event is stored: as a fact of its own, or implied by earlier facts. */
  isRecorded(event: ContactEvent): boolean {
    if (event.type === "noted" || event.type === "number_changed") return this.isStoredFact(event);
    if (event.type === "called") {
      return this.#factsOf(event.contact).some(({ kind, at_ms }) =>
        kind === "called" && at_ms > event.at_ms - CALLS_STORED_EVERY_MS
      );
    }
    const { days } = this.expected;
    if (event.type !== "status") {
      if (this.#isOfAnotherPhone(event)) return true;
      const date = days.dateOf(event.at_ms);
      return this.#factsOf(event.contact).some(({ kind, at_ms }) =>
        kind === "wrote" && at_ms <= event.at_ms && days.dateOf(at_ms) === date
      );
    }
    const message = this.messageKey(event.message_id);
    // A message has one recipient: its facts may be another person's than the event names.
    const of_message = [...this.expected.facts.values()].flat()
      .filter(({ kind, message: of }) => of === message && !NO_STATUS.includes(kind));
    const { status, at_ms, template, category } = event;
    const proven = status === "failed"
      ? of_message.some(({ kind }) => kind === "failed")
      : of_message.some((fact) => fact.kind !== "failed" && fact.at_ms <= at_ms) &&
        (status === "sent" || of_message.some(({ kind }) => STATUS_PROVES.includes(kind)));
    const rank = (name: string | null | undefined) =>
      name == null ? CATEGORIES.length : CATEGORIES.indexOf(name);
    return proven && (!template || of_message.some((fact) => fact.template)) &&
      of_message.some((fact) => rank(fact.category) <= rank(category));
  }

  /**
   * Whether a customer's message is stored for another phone: then it counts for that one (rulebook, "Identity"). A BSUID
   * names the phone that it belongs to.
   */
  #isOfAnotherPhone({ type, message_id, at_ms, contact }: Message): boolean {
    if (type !== "wrote") return false;
    if (contact.phone === undefined && !this.#keysOf(contact).some((key) => this.#hasPhone(key))) {
      return false;
    }
    const message = this.messageKey(message_id);
    return [...this.expected.facts].some(([key, facts]) =>
      facts.some((fact) => fact.message === message && fact.at_ms === at_ms && fact.kind === "wrote") &&
      this.#hasPhone(key)
    );
  }

  #hasPhone(key: string): boolean {
    const contact_id = this.stored.contacts.get(key as ContactKey)?.contact_id;
    return [...this.stored.contacts.values()].some((known) =>
      known.contact_id === contact_id && known.by_phone
    );
  }

  /**
   * Whether an event is stored as a fact.
   *
   * @param of_contact whether the fact must be of the person that the event names, as that of a customer's message always
   *   must; a number change names two
   */
  isStoredFact(event: ContactEvent, { of_contact = false } = {}): boolean {
    const message = this.messageKey(event.message_id);
    const { status: kind, template, category = null, callback_data } = event.type === "status"
      ? event
      : { status: event.type, template: false };
    const callback = callback_data === undefined ? null : this.messageKey(callback_data);
    const is_anyones = event.type === "number_changed" || (event.type !== "wrote" && !of_contact);
    const facts = is_anyones ? [...this.expected.facts.values()].flat() : this.#factsOfAll(event.contact);
    return facts.some((fact) =>
      fact.message === message && fact.at_ms === event.at_ms && fact.kind === kind &&
      fact.template === template && fact.category === category && fact.callback === callback
    );
  }

  /** Whether two identifiers are known to be one person's. */
  isOnePerson(identifiers: readonly string[]): boolean {
    const people = identifiers.map((identifier) => {
      const key = this.#keyring.contact(identifier);
      return this.stored.contacts.get(key)?.contact_id ?? key;
    });
    return people.length === 2 && people[0] === people[1];
  }

  /** Returns no facts while the identifiers of the contact are two people's: an event that joins them was rejected. */
  #factsOfAll(contact: ContactIdentifiers): RecordedFact[] {
    const identifiers = identifierTexts(contact);
    return identifiers.length === 1 || this.isOnePerson(identifiers) ? this.#factsOf(contact) : [];
  }

  #factsOf(contact: ContactIdentifiers): RecordedFact[] {
    const people = new Set(this.#keysOf(contact).map((key) => this.stored.contacts.get(key)?.contact_id));
    return [...this.stored.contacts].filter(([, { contact_id }]) => people.has(contact_id))
      .flatMap(([key]) => this.expected.facts.get(key) ?? []);
  }

  #keysOf(contact: ContactIdentifiers) {
    return identifierTexts(contact).map((identifier) => this.#keyring.contact(identifier));
  }
}
