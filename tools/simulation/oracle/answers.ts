import { monthOf } from "../../audit/local_days.ts";
import { expectedWindows, type Fact } from "../../audit/expected_windows.ts";
import type { ContactEvent, Send, Usage } from "../../../src/domain/company/command.ts";
import { identifierTexts } from "../../../src/domain/identity/identifiers.ts";
import type { ContactIdentifiers } from "../../../src/domain/identity/phone.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { MemoryQuarantine } from "../../../tests/support/memory_store/quarantine.ts";
import type { WhatsAppEvent } from "../../../src/whatsapp/events.ts";
import { eventIdentity } from "../../../src/whatsapp/events.ts";
import { SERVICE_KEYRING } from "../process.ts";
import type { ReportViolation } from "./account.ts";
import type { StoredFacts } from "./stored_facts.ts";
import { People } from "./people.ts";

/** Something that was told to the service, and whether it has said that it has it. */
interface Told<T> {
  /** Its id in the quarantine of the service. */
  readonly id: string;
  readonly what: T;
  readonly company: CompanyId;
  acknowledged: boolean;
  /** It was kept back, and metered on another try. */
  replayed: boolean;
  /** When a process was asked to take it first, by the clock of that process: by whichever name it was told. */
  readonly first: { received_ms: number };
}

const ALLOWED = '"type":"send_allowed"';
/** Meta's seven days and a margin: what arrives later stays in quarantine. */
const LATENESS_LIMIT_MS = 8 * 86_400_000;

/**
 * What the world told the service, in its own words, and what it was promised: the other end of the oracle. It knows
 * phones and message ids, and nothing of keys, versions and processes.
 */
export class SubmittedInput {
  readonly #quarantine: MemoryQuarantine;
  readonly #violate: ReportViolation;
  readonly #events = new Map<string, Told<ContactEvent>>();
  readonly #first = new Map<string, { received_ms: number }>();
  readonly #sends: Told<Send>[] = [];
  readonly #usages: Told<Usage>[] = [];

  constructor(quarantine: MemoryQuarantine, violate: ReportViolation) {
    this.#quarantine = quarantine;
    this.#violate = violate;
  }

  /** How much was told. */
  get count(): number {
    return this.#events.size + this.#sends.length + this.#usages.length;
  }

  /** Meta is about to deliver an event. */
  addEvent(company: CompanyId, event: ContactEvent): void {
    const id = JSON.stringify(event);
    if (this.#events.has(id)) return;
    const { type, message_id, at_ms } = event;
    const key = `${company} ${type} ${message_id} ${at_ms} ${event.type === "status" ? event.status : ""}`;
    let first = this.#first.get(key);
    if (first === undefined) this.#first.set(key, first = { received_ms: Infinity });
    const told = { what: event, company, acknowledged: false, replayed: false, first };
    this.#events.set(id, { ...told, id: SERVICE_KEYRING.content(eventIdentity(event as WhatsAppEvent)) });
  }

  /** A process is asked to take a delivery. */
  noteDelivery(events: readonly ContactEvent[], at_ms: number): void {
    for (const event of events) {
      const told = this.#events.get(JSON.stringify(event))!;
      told.first.received_ms = Math.min(told.first.received_ms, at_ms);
    }
  }

  /** A delivery was answered 200: every event of it stands in this instant, as a fact or in quarantine (S1). */
  async acknowledged(
    events: readonly ContactEvent[],
    keptOf: (company: CompanyId) => StoredFacts | undefined,
  ): Promise<void> {
    for (const event of events) {
      const told = this.#events.get(JSON.stringify(event))!;
      told.acknowledged = true;
      const kept = keptOf(told.company);
      const stands = await this.#isKeptBack(told, kept) || kept?.isRecorded(event);
      if (!stands) this.#violate("S1", `${told.company}: ${inWords(event)} was acknowledged, and is nowhere`);
    }
  }

  replayed(event: ContactEvent): void {
    const told = this.#events.get(JSON.stringify(event));
    if (told !== undefined) told.replayed = true;
  }

  /** A service is about to report sends and usages. */
  addSend(company: CompanyId, what: Send): void {
    const told = { what, company, acknowledged: false, replayed: false, first: { received_ms: Infinity } };
    this.#sends.push({ ...told, id: what.message_id });
  }

  addUsages(company: CompanyId, usages: readonly Usage[]): void {
    for (const what of usages) {
      const told = { what, company, acknowledged: false, replayed: false, first: { received_ms: Infinity } };
      this.#usages.push({ ...told, id: what.id });
    }
  }

  acknowledgeSend(send: Send, kept: StoredFacts): void {
    if (!kept.isStoredSend(send)) {
      this.#violate("S1", `${kept.expected.company}: send ${send.message_id} was allowed, and is nowhere`);
    }
    this.#sends.find(({ what }) => what === send)!.acknowledged = true;
  }

  acknowledgeUsages(usages: readonly Usage[], { expected, stored }: StoredFacts): void {
    for (const usage of usages) {
      if (!stored.usages.has(usage.id)) {
        this.#violate("S1", `${expected.company}: usage ${usage.id} was counted, and is nowhere`);
      }
      this.#usages.find(({ what }) => what === usage)!.acknowledged = true;
    }
  }

  /** What was kept back and was not metered since, by its id there: an operator would try it again. */
  async quarantinedEvents(
    keptOf: (company: CompanyId) => StoredFacts | undefined,
  ): Promise<{ readonly id: string; readonly event: ContactEvent }[]> {
    const kept: { id: string; event: ContactEvent }[] = [];
    for (const { id: service_id, what: event, company } of this.#events.values()) {
      const of_company = keptOf(company)?.quarantineId(event);
      for (const id of [service_id, of_company]) {
        const row = id === undefined ? undefined : await this.#quarantine.get(id);
        if (row !== undefined && row.replayed_at_ms === undefined && row.reason !== "erased") {
          kept.push({ id: row.id, event });
        }
      }
    }
    return kept;
  }

  /**
   * Once all is quiet: what a company owes is the fold over what it was told and has accepted, in the words it was
   * told in (S12). Months that are final are left out: later merges do not reach back into them.
   */
  async compare(kept: StoredFacts): Promise<void> {
    const { expected, stored } = kept;
    const owed = new Map<string, { units: number; credits: number }>();
    const add = (key: string, units: number, credits: number) => {
      const sum = owed.get(key) ?? { units: 0, credits: 0 };
      owed.set(key, { units: sum.units + units, credits: sum.credits + credits });
    };
    const facts = await this.#accepted(kept);
    if (facts === undefined) return;
    const rules = { days: expected.days, prices: expected.prices, facts_retained_from_ms: undefined };
    for (const of_person of Map.groupBy(facts, ({ contact }) => contact).values()) {
      for (const [date, windows] of expectedWindows(of_person, rules)) {
        for (const { feature, direction, credits } of windows) {
          add(`${date} ${feature} ${direction}`, 1, Number(credits));
        }
      }
    }
    for (const { feature, quantity, occurred_at_ms } of this.#counted(kept)) {
      const date = expected.days.dateOf(occurred_at_ms);
      add(
        `${date} ${feature} none`,
        quantity,
        quantity * Number(expected.prices.ofUsage(feature, date, occurred_at_ms)),
      );
    }
    for (const key of new Set([...owed.keys(), ...stored.totals.keys()])) {
      if (monthOf(key) <= expected.account.final_through) continue;
      const due = owed.get(key) ?? { units: 0, credits: 0 };
      const { units, credits } = stored.totals.get(key) ?? { units: 0, credits: 0 };
      if (units === due.units && credits === due.credits) continue;
      this.#violate(
        "S12",
        `${expected.company}: ${key}: told of ${due.units} for ${due.credits}, and ${units} for ${credits} stands`,
      );
    }
  }

  /** Each usage once, by its id: those that were acknowledged, and those that stand although nobody heard of it. */
  #counted({ stored }: StoredFacts) {
    const counted = new Map<string, Pick<Usage, "feature" | "quantity"> & { occurred_at_ms: number }>();
    for (const { what: { id, feature, quantity, occurred_at_ms }, company, acknowledged } of this.#usages) {
      if (company !== stored.company) continue;
      const kept = stored.usages.get(id);
      const is_it = kept !== undefined && kept.feature === feature && kept.quantity === quantity &&
        (occurred_at_ms ?? kept.occurred_at_ms) === kept.occurred_at_ms;
      if (acknowledged && !is_it) {
        this.#violate("S1", `${company}: usage ${id} was counted, and something else stands`);
      }
      if (is_it) counted.set(id, kept);
    }
    return counted.values();
  }

  /** Facts by person, in the audit's form; undefined when who is who is not known for certain. */
  async #accepted(kept: StoredFacts): Promise<Fact[] | undefined> {
    const people = new People();
    const facts: (Fact & { readonly who: ContactIdentifiers })[] = [];
    const plain = { template: false, category: null, callback: null, recorded_ms: 0 };
    for (const told of this.#events.values()) {
      if (told.company !== kept.expected.company) continue;
      const { what, acknowledged, replayed } = told;
      // Who gave up before they were answered does not know whether it was taken: the facts do.
      const is_in = replayed || (acknowledged && !await this.#isKeptBack(told, kept)) ||
        kept.isStoredFact(what);
      if (is_in && told.first.received_ms > what.at_ms + LATENESS_LIMIT_MS) {
        this.#violate("S19", `${told.company}: ${inWords(what)} was metered, and came too late for that`);
      }
      if (!is_in) {
        // Without it nobody can know that two numbers are one person.
        if (what.type === "number_changed") return undefined;
        if (!kept.areOnePerson(what.contact)) continue;
      }
      if (what.type === "number_changed") {
        people.merge([...identifierTexts(what.from), ...identifierTexts(what.to)]);
      } else people.merge(identifierTexts(what.contact));
      if (!is_in || what.type === "number_changed" || what.type === "noted") continue;
      const { contact: who, at_ms } = what;
      // Of two templates that left in one instant the one with the least key counts, so they go by their keys here.
      const message = kept.messageKey(what.message_id);
      if (what.type !== "status") facts.push({ ...plain, contact: "", who, at_ms, message, kind: "wrote" });
      else {
        const { status: kind, template, category = null, callback_data } = what;
        const callback = callback_data === undefined ? null : kept.messageKey(callback_data);
        facts.push({ contact: "", who, at_ms, message, kind, template, category, callback, recorded_ms: 0 });
      }
    }
    for (const { what, company, acknowledged } of this.#sends) {
      if (company !== kept.expected.company) continue;
      const { to: who, kind, category = null } = what;
      const message = kept.messageKey(what.message_id);
      const standing = kept.stored.sends.get(message);
      // Another body may have come first under this id; and whoever gave up may have been taken all the same.
      const is_it = kept.isStoredSend(what) && standing!.send.reply.includes(ALLOWED);
      if (acknowledged && !is_it) {
        this.#violate("S1", `${company}: send ${what.message_id} was allowed, and another stands`);
      }
      if (!is_it) continue;
      const at_ms = standing!.sent_at_ms;
      people.merge(identifierTexts(who));
      facts.push({
        ...plain,
        contact: "",
        who,
        at_ms,
        message,
        kind: "send_recorded",
        template: kind === "template",
        category,
      });
    }
    return facts.map((fact) => ({ ...fact, contact: people.idOf(identifierTexts(fact.who)[0]!) }));
  }

  async #isKeptBack(told: Told<ContactEvent>, kept: StoredFacts | undefined): Promise<boolean> {
    const of_service = await this.#quarantine.get(told.id);
    if (of_service !== undefined && of_service.replayed_at_ms === undefined) return true;
    if (kept === undefined || kept.stored.quarantine.size === 0) return false;
    const of_company = await this.#quarantine.get(kept.quarantineId(told.what));
    return of_company !== undefined && of_company.replayed_at_ms === undefined;
  }
}

function inWords(event: ContactEvent): string {
  const { type, message_id, at_ms } = event;
  const what = type === "status" ? `status ${event.status}` : type;
  return `${what} of ${message_id} at ${new Date(at_ms).toISOString()}`;
}
