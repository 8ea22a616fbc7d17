import { monthOf } from "../../audit/local_days.ts";
import { Sums } from "../../audit/difference.ts";
import { addReplies, withoutLatePrices } from "../../audit/expected_replies.ts";
import { expectedWindows, type Fact } from "../../audit/expected_windows.ts";
import type { ContactEvent, Send, Usage } from "../../../src/domain/company/command.ts";
import { identifierTexts } from "../../../src/domain/identity/identifiers.ts";
import { DAY_MS, MINUTE_MS } from "../../../src/time/units.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { MemoryQuarantine } from "../../../tests/support/memory_store/quarantine.ts";
import type { WhatsAppEvent } from "../../../src/whatsapp/events.ts";
import { eventIdentity } from "../../../src/whatsapp/events.ts";
import { SERVICE_KEYRING } from "../process.ts";
import type { ReportViolation } from "./account.ts";
import type { StoredFacts } from "./stored_facts.ts";
import { eventFact, type PersonFact, sendFact } from "./rows.ts";
import type { MovedEvents } from "./moved_events.ts";
import { SubmittedFailures } from "./submitted_failures.ts";
import { People } from "./people.ts";
import { mergeSenders } from "./senders.ts";
import { describeEvent, type Submission } from "./submission.ts";

const ALLOWED = '"type":"send_allowed"';
/** Meta's seven days and a margin: later events stay in quarantine. */
const LATENESS_LIMIT_MS = 8 * DAY_MS;
/** Two clocks of which each is at most five minutes wrong differ by no more. */
const CLOCKS_DIFFER_MS_MAX = 10 * MINUTE_MS;

/** An event in quarantine that no replay has metered. */
export interface ReplayableEvent {
  readonly id: string;
  readonly event: ContactEvent;
  readonly received_at_ms: number;
}

/**
 * All input that callers submitted, and the acknowledgements they got. It uses phones and message ids as callers do,
 * and knows nothing of keys, versions and processes.
 */
export class SubmittedInput {
  readonly #quarantine: MemoryQuarantine;
  readonly #moved: MovedEvents;
  readonly #reportViolation: ReportViolation;
  readonly #events = new Map<string, Submission<ContactEvent>>();
  readonly #receipts = new Map<string, { received_ms: number }>();
  readonly #sends: Submission<Send>[] = [];
  readonly #usages: Submission<Usage>[] = [];
  /** Reports that sends failed. */
  readonly failures: SubmittedFailures;

  constructor(quarantine: MemoryQuarantine, moved: MovedEvents, reportViolation: ReportViolation) {
    this.#quarantine = quarantine;
    this.#moved = moved;
    this.#reportViolation = reportViolation;
    this.failures = new SubmittedFailures(reportViolation);
  }

  /** The number of submissions. */
  get count(): number {
    return this.#events.size + this.#sends.length + this.#usages.length + this.failures.count;
  }

  /** Adds an event before its delivery. */
  addEvent(company: CompanyId, event: ContactEvent): void {
    const id = JSON.stringify(event);
    if (this.#events.has(id)) return;
    const { type, message_id, at_ms } = event;
    const key = `${company} ${type} ${message_id} ${at_ms} ${event.type === "status" ? event.status : ""}`;
    let receipt = this.#receipts.get(key);
    if (receipt === undefined) this.#receipts.set(key, receipt = { received_ms: Infinity });
    const submission = { input: event, company, acknowledged: false, replayed: false, receipt };
    this.#events.set(id, {
      ...submission,
      id: SERVICE_KEYRING.content(eventIdentity(event as WhatsAppEvent)),
    });
  }

  /** Notes when a process received a delivery. */
  noteDelivery(events: readonly ContactEvent[], at_ms: number): void {
    for (const event of events) {
      const submission = this.#events.get(JSON.stringify(event))!;
      submission.receipt.received_ms = Math.min(submission.receipt.received_ms, at_ms);
    }
  }

  /** Checks a delivery that was answered 200: each of its events is stored as a fact or quarantined (SIM-1). */
  async acknowledgeEvents(
    events: readonly ContactEvent[],
    storedFactsOf: (company: CompanyId) => StoredFacts | undefined,
  ): Promise<void> {
    for (const event of events) {
      const submission = this.#events.get(JSON.stringify(event))!;
      submission.acknowledged = true;
      const stored_facts = storedFactsOf(submission.company);
      const is_stored = await this.#isQuarantined(submission, stored_facts) ||
        stored_facts?.isRecorded(event);
      if (!is_stored) {
        this.#reportViolation(
          "SIM-1",
          `${submission.company}: ${describeEvent(event)} was acknowledged, but is not stored`,
        );
      }
    }
  }

  /**
   * Notes that a replay has metered an event. If its arrival is in the future, a wrong clock dated it: it arrives now.
   *
   * @param quarantined_at_ms its arrival as quarantined: a delivery whose write failed may have been earlier
   */
  markReplayed(event: ContactEvent, quarantined_at_ms: number, replayed_at_ms: number): void {
    const submission = this.#events.get(JSON.stringify(event));
    if (submission === undefined) return;
    submission.replayed = true;
    const { receipt } = submission;
    if (quarantined_at_ms > replayed_at_ms + CLOCKS_DIFFER_MS_MAX) receipt.received_ms = replayed_at_ms;
  }

  /** Adds a send before its report. */
  addSend(company: CompanyId, input: Send): void {
    const submission = {
      input,
      company,
      acknowledged: false,
      replayed: false,
      receipt: { received_ms: Infinity },
    };
    this.#sends.push({ ...submission, id: input.message_id });
  }

  /** Adds usages before their report. */
  addUsages(company: CompanyId, usages: readonly Usage[]): void {
    for (const input of usages) {
      const submission = {
        input,
        company,
        acknowledged: false,
        replayed: false,
        receipt: { received_ms: Infinity },
      };
      this.#usages.push({ ...submission, id: input.id });
    }
  }

  /** Checks that an allowed send is stored (SIM-1). */
  acknowledgeSend(send: Send, stored_facts: StoredFacts): void {
    if (!stored_facts.isStoredSend(send)) {
      this.#reportViolation(
        "SIM-1",
        `${stored_facts.expected.company}: send ${send.message_id} was allowed, but is not stored`,
      );
    }
    this.#sends.find(({ input }) => input === send)!.acknowledged = true;
  }

  /** Checks that counted usages are stored (SIM-1). */
  acknowledgeUsages(usages: readonly Usage[], { expected, stored }: StoredFacts): void {
    for (const usage of usages) {
      if (!stored.usages.has(usage.id)) {
        this.#reportViolation(
          "SIM-1",
          `${expected.company}: usage ${usage.id} was counted, but is not stored`,
        );
      }
      this.#usages.find(({ input }) => input === usage)!.acknowledged = true;
    }
  }

  /** Returns the quarantined events that no replay has metered, by their ids in quarantine. */
  async quarantinedEvents(
    storedFactsOf: (company: CompanyId) => StoredFacts | undefined,
  ): Promise<readonly ReplayableEvent[]> {
    const events: ReplayableEvent[] = [];
    for (const { id: service_id, input: event, company } of this.#events.values()) {
      const company_row = storedFactsOf(company)?.quarantineId(event);
      for (const id of [service_id, company_row]) {
        const row = id === undefined ? undefined : await this.#quarantine.get(id);
        if (row !== undefined && row.replayed_at_ms === undefined && row.reason !== "erased") {
          events.push({ id: row.id, event, received_at_ms: row.received_at_ms });
        }
      }
    }
    return events;
  }

  /**
   * Compares a company at rest with a fold over the input it accepted, before any hashing (SIM-12). Final months are
   * left out: later merges do not change them.
   */
  async compare(stored_facts: StoredFacts): Promise<void> {
    const { expected, stored } = stored_facts;
    const expected_sums = new Map<string, { units: number; credits: number }>();
    const add = (key: string, units: number, credits: number) => {
      const sum = expected_sums.get(key) ?? { units: 0, credits: 0 };
      expected_sums.set(key, { units: sum.units + units, credits: sum.credits + credits });
    };
    const facts = await this.#acceptedFacts(stored_facts);
    if (facts === undefined) return;
    const rules = { days: expected.days, prices: expected.prices, facts_retained_from_ms: undefined };
    const replies = new Sums();
    for (const of_person of Map.groupBy(facts, ({ contact }) => contact).values()) {
      addReplies(replies, withoutLatePrices(of_person), rules);
      for (const [date, windows] of expectedWindows(of_person, rules)) {
        for (const { feature, direction, credits } of windows) {
          add(`${date} ${feature} ${direction}`, 1, Number(credits));
        }
      }
    }
    for (const key of replies.keys()) {
      const { units, credits } = replies.get(key);
      add(key, Number(units), Number(credits));
    }
    for (const { feature, quantity, occurred_at_ms } of this.#countedUsages(stored_facts)) {
      const date = expected.days.dateOf(occurred_at_ms);
      add(
        `${date} ${feature} none`,
        quantity,
        quantity * Number(expected.prices.ofUsage(feature, date, occurred_at_ms)),
      );
    }
    for (const key of new Set([...expected_sums.keys(), ...stored.totals.keys()])) {
      if (monthOf(key) <= expected.account.final_through) continue;
      const due = expected_sums.get(key) ?? { units: 0, credits: 0 };
      const { units, credits } = stored.totals.get(key) ?? { units: 0, credits: 0 };
      if (units === due.units && credits === due.credits) continue;
      this.#reportViolation(
        "SIM-12",
        `${expected.company}: ${key}: the input comes to ${due.units} units for ${due.credits} credits, stored are ${units} for ${credits}`,
      );
    }
  }

  /** Returns each counted usage once: acknowledged ones, and stored ones whose acknowledgement was lost. */
  #countedUsages({ stored }: StoredFacts) {
    const counted = new Map<string, Pick<Usage, "feature" | "quantity"> & { occurred_at_ms: number }>();
    for (const { input: { id, feature, quantity, occurred_at_ms }, company, acknowledged } of this.#usages) {
      if (company !== stored.company) continue;
      const row = stored.usages.get(id);
      const is_same = row !== undefined && row.feature === feature && row.quantity === quantity &&
        (occurred_at_ms ?? row.occurred_at_ms) === row.occurred_at_ms;
      if (acknowledged && !is_same) {
        this.#reportViolation(
          "SIM-1",
          `${company}: usage ${id} was counted, but a different usage is stored`,
        );
      }
      if (is_same) counted.set(id, row);
    }
    return counted.values();
  }

  /** Returns the accepted facts by person, in the audit's form; undefined when identities are uncertain. */
  async #acceptedFacts(stored_facts: StoredFacts): Promise<Fact[] | undefined> {
    const people = new People();
    const events = await this.#acceptedEvents(stored_facts, people);
    if (events === undefined) return undefined;
    const facts = [
      ...events.map((event) => eventFact(event, stored_facts)),
      ...this.#acceptedSends(stored_facts, people),
    ].filter((fact) => fact !== undefined);
    this.#mergeByMessage(facts, stored_facts, people);
    mergeSenders(facts, stored_facts, people);
    return facts.map((fact) => ({ ...fact, contact: people.idOf(identifierTexts(fact.person)[0]!) }));
  }

  /**
   * Merges the people that one sent message names. An event that was not accepted may have joined them too: then the store
   * knows.
   */
  #mergeByMessage(facts: readonly PersonFact[], stored_facts: StoredFacts, people: People): void {
    const names_by_message = new Map<string, string[]>();
    for (const { kind, message, person } of facts) {
      if (kind === "wrote") continue;
      names_by_message.set(message, [...names_by_message.get(message) ?? [], ...identifierTexts(person)]);
    }
    for (const names of names_by_message.values()) people.merge(names);
    const own = [...this.#events.values()].filter(({ company }) => company === stored_facts.expected.company);
    for (const input of [...own.map(({ input }) => input), ...this.#moved.inputs()]) {
      if (input.type !== "status") continue;
      const names = names_by_message.get(stored_facts.messageKey(input.message_id)) ?? [];
      for (const name of identifierTexts(input.contact)) {
        const known = names.find((other) => other !== name && stored_facts.isOnePerson([name, other]));
        if (known !== undefined) people.merge([name, known]);
      }
    }
  }

  /** Returns the accepted events and merges the identifiers they join; undefined when identities are uncertain. */
  async #acceptedEvents(stored_facts: StoredFacts, people: People): Promise<ContactEvent[] | undefined> {
    const events = this.#moved.accepted(stored_facts, people);
    for (const submission of this.#events.values()) {
      if (submission.company !== stored_facts.expected.company) continue;
      const { input, acknowledged, replayed } = submission;
      // A caller that gave up does not know whether the event was accepted; the stored facts do. The fact of a quarantined
      // event may be of a delivery that names someone else.
      const is_quarantined = await this.#isQuarantined(submission, stored_facts);
      const is_accepted = replayed || (acknowledged && !is_quarantined) ||
        stored_facts.isStoredFact(input, { of_contact: is_quarantined });
      if (is_accepted && submission.receipt.received_ms > input.at_ms + LATENESS_LIMIT_MS) {
        this.#reportViolation(
          "SIM-19",
          `${submission.company}: ${describeEvent(input)} was metered, but arrived too late`,
        );
      }
      if (!is_accepted) {
        // Without the number change it is unknown that two numbers are one person.
        if (input.type === "number_changed") return undefined;
        if (!stored_facts.isOnePerson(identifierTexts(input.contact))) continue;
      }
      if (input.type === "number_changed") {
        people.merge([...identifierTexts(input.from), ...identifierTexts(input.to)]);
      } else people.merge(identifierTexts(input.contact));
      if (is_accepted) events.push(input);
    }
    return events;
  }

  #acceptedSends(stored_facts: StoredFacts, people: People): PersonFact[] {
    const facts: PersonFact[] = [];
    const sends: Send[] = [];
    for (const { input, company, acknowledged } of this.#sends) {
      if (company !== stored_facts.expected.company) continue;
      const message = stored_facts.messageKey(input.message_id);
      const stored_send = stored_facts.stored.sends.get(message);
      // Another body may have come first under this id, and a send whose caller gave up may be stored.
      const is_same = stored_facts.isStoredSend(input) && stored_send!.send.reply.includes(ALLOWED);
      if (acknowledged && !is_same) {
        this.#reportViolation(
          "SIM-1",
          `${company}: send ${input.message_id} was allowed, but a different send is stored`,
        );
      }
      if (!is_same) continue;
      people.merge(identifierTexts(input.to));
      facts.push(sendFact(input, message, stored_send!.sent_at_ms));
      sends.push(input);
    }
    return [...facts, ...this.failures.accepted(stored_facts, sends)];
  }

  async #isQuarantined(
    submission: Submission<ContactEvent>,
    stored_facts: StoredFacts | undefined,
  ): Promise<boolean> {
    const service_row = await this.#quarantine.get(submission.id);
    if (service_row !== undefined && service_row.replayed_at_ms === undefined) return true;
    if (stored_facts === undefined || stored_facts.stored.quarantine.size === 0) return false;
    const company_row = await this.#quarantine.get(stored_facts.quarantineId(submission.input));
    return company_row !== undefined && company_row.replayed_at_ms === undefined;
  }
}
