import type { ContactEvent } from "../../../src/domain/company/command.ts";
import { identifierTexts } from "../../../src/domain/identity/identifiers.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import { DAY_MS } from "../../../src/time/units.ts";
import { eventIdentity, type WhatsAppEvent } from "../../../src/whatsapp/events.ts";
import type { Database } from "../database.ts";
import { MOVING_NUMBER } from "../ids.ts";
import { SERVICE_KEYRING } from "../process.ts";
import type { ReportViolation } from "./account.ts";
import type { People } from "./people.ts";
import type { StoredFacts } from "./stored_facts.ts";
import { describeEvent } from "./submission.ts";

/** One attempt to deliver events of the moving number. */
export interface MovedDelivery {
  /** The claims of the number before the attempt. */
  readonly claims: string;
  readonly durable?: boolean;
}

/** An event of the moving number. */
interface MovedEvent {
  readonly input: ContactEvent;
  /** Attempts that have not ended, or during which the number moved: where the event went is not certain. */
  uncertain: number;
  /** The owner at the event's time, as of each certain attempt; undefined if there was none. */
  readonly owners: Set<CompanyId | undefined>;
}

/** A message of which the number had statuses. */
interface MovedMessage {
  readonly statuses: Set<Status>;
  /** Attempts under way that have a status of it. */
  under_way: number;
  /** Statuses of two attempts at once, or of an attempt during which the number moved, may part. */
  is_uncertain: boolean;
}

type Status = Extract<ContactEvent, { type: "status" }>;

/** How far apart the statuses of a message may be to stay together: eight days, as events may be late. */
const STATUSES_APART_MS_MAX = 8 * DAY_MS;

/** Events of the number that moves between companies, and the companies that may have them (SIM-21). */
export class MovedEvents {
  readonly #database: Database;
  readonly #reportViolation: ReportViolation;
  readonly #events = new Map<string, MovedEvent>();
  readonly #messages = new Map<string, MovedMessage>();

  constructor(database: Database, reportViolation: ReportViolation) {
    this.#database = database;
    this.#reportViolation = reportViolation;
  }

  /** Notes the start of an attempt. */
  begin(events: readonly ContactEvent[]): MovedDelivery {
    for (const input of events) {
      const key = JSON.stringify(input);
      const event = this.#events.get(key) ?? { input, uncertain: 0, owners: new Set() };
      this.#events.set(key, event);
      event.uncertain++;
    }
    for (const message of this.#messagesIn(events)) {
      message.under_way++;
      if (message.under_way > 1) message.is_uncertain = true;
    }
    return { claims: this.#claims() };
  }

  /**
   * Checks an attempt that has ended: its events are stored, messages are with the owner at their own time only, and the
   * statuses of one message are with one company.
   *
   * @returns whether the number had several owners by now
   */
  async end(
    events: readonly ContactEvent[],
    { claims, durable = false }: MovedDelivery,
    storedFactsOf: (company: CompanyId) => StoredFacts | undefined,
  ): Promise<boolean> {
    const is_certain = claims === this.#claims();
    for (const input of events) {
      const event = this.#events.get(JSON.stringify(input))!;
      if (is_certain) event.uncertain--;
      if (is_certain) event.owners.add(this.#ownerAt(input.at_ms));
      const holders = this.#companies().filter((company) => storedFactsOf(company)?.isRecorded(input));
      if (durable && holders.length === 0 && !await this.#isQuarantined(input, storedFactsOf)) {
        this.#reportViolation("SIM-1", `${describeEvent(input)} was acknowledged, but no company has it`);
      }
      if (input.type !== "status") this.#checkOwners(event, storedFactsOf);
    }
    for (const message of this.#messagesIn(events)) {
      message.under_way--;
      if (!is_certain) message.is_uncertain = true;
      this.#checkMessage(message, storedFactsOf);
    }
    return new Set(this.#owners().map(({ company }) => company)).size > 1;
  }

  /** Returns every event. */
  inputs(): ContactEvent[] {
    return [...this.#events.values()].map(({ input }) => input);
  }

  /** Returns the events that a company has, and merges the identifiers they join. */
  accepted(stored_facts: StoredFacts, people: People): ContactEvent[] {
    const events: ContactEvent[] = [];
    for (const { input } of this.#events.values()) {
      if (input.type === "number_changed") continue;
      const is_stored = stored_facts.isStoredFact(input);
      if (is_stored || stored_facts.isOnePerson(identifierTexts(input.contact))) {
        people.merge(identifierTexts(input.contact));
      }
      if (is_stored) events.push(input);
    }
    return events;
  }

  /** Checks that only owners of the event's time have it. An event that waited may be any later owner's. */
  #checkOwners(
    { input, uncertain, owners }: MovedEvent,
    storedFactsOf: (company: CompanyId) => StoredFacts | undefined,
  ): void {
    if (uncertain > 0 || owners.has(undefined)) return;
    for (const company of this.#companies()) {
      if (owners.has(company) || !storedFactsOf(company)?.isStoredFact(input)) continue;
      this.#reportViolation(
        "SIM-21",
        `${company} has ${describeEvent(input)}, whose number was owned by ${[...owners].join(" and ")} then`,
      );
    }
  }

  /** Checks that the statuses of a message are with one company. A status without an owner may be replayed at any time. */
  #checkMessage(
    { statuses, under_way, is_uncertain }: MovedMessage,
    storedFactsOf: (company: CompanyId) => StoredFacts | undefined,
  ): void {
    const times = [...statuses].map(({ at_ms }) => at_ms);
    const is_exempt = is_uncertain || under_way > 0 ||
      times.some((at_ms) => this.#ownerAt(at_ms) === undefined) ||
      Math.max(...times) - Math.min(...times) >= STATUSES_APART_MS_MAX;
    if (is_exempt) return;
    const holders = this.#companies().filter((company) =>
      [...statuses].some((status) => storedFactsOf(company)?.isStoredFact(status))
    );
    if (holders.length > 1) {
      const { message_id } = [...statuses][0]!;
      this.#reportViolation("SIM-21", `${holders.join(" and ")} have statuses of ${message_id}`);
    }
  }

  /** Returns the messages of which an attempt has statuses, with these statuses. */
  #messagesIn(events: readonly ContactEvent[]): Set<MovedMessage> {
    const messages = new Set<MovedMessage>();
    for (const event of events) {
      if (event.type !== "status") continue;
      const { message_id } = event;
      const message = this.#messages.get(message_id) ??
        { statuses: new Set(), under_way: 0, is_uncertain: false };
      this.#messages.set(message_id, message);
      message.statuses.add(event);
      messages.add(message);
    }
    return messages;
  }

  async #isQuarantined(
    event: ContactEvent,
    storedFactsOf: (company: CompanyId) => StoredFacts | undefined,
  ): Promise<boolean> {
    const of_companies = this.#companies().map((company) => storedFactsOf(company)?.quarantineId(event));
    const ids = [SERVICE_KEYRING.content(eventIdentity(event as WhatsAppEvent)), ...of_companies];
    for (const id of ids) {
      if (id !== undefined && await this.#database.quarantine.get(id) !== undefined) return true;
    }
    return false;
  }

  #companies(): CompanyId[] {
    return this.#database.companies.storedCompanies().map(({ company }) => company);
  }

  #owners() {
    return this.#database.companies.phone_claims.get(MOVING_NUMBER) ?? [];
  }

  #claims(): string {
    return JSON.stringify(this.#owners());
  }

  #ownerAt(at_ms: number): CompanyId | undefined {
    let owner: CompanyId | undefined;
    for (const { company, owned_from_ms, released_at_ms } of this.#owners()) {
      const has_begun = owned_from_ms === undefined || owned_from_ms <= at_ms;
      const has_ended = released_at_ms !== undefined && released_at_ms <= at_ms;
      if (has_begun && !has_ended) owner = company;
    }
    return owner;
  }
}
