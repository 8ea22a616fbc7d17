import { monthOf } from "../../audit/local_days.ts";
import { type Fact, windowsOwed } from "../../audit/owed.ts";
import type { ContactEvent, Send, Usage } from "../../src/domain/company/command.ts";
import { clueTexts } from "../../src/domain/identity/clues.ts";
import { Keyring } from "../../src/domain/identity/keyring.ts";
import type { ContactClues } from "../../src/domain/identity/phone.ts";
import type { CompanyId } from "../../src/domain/names.ts";
import type { MemoryQuarantine } from "../../src/store/memory/quarantine.ts";
import type { StoredCompany } from "../../src/store/memory/company.ts";
import type { WhatsAppEvent } from "../../src/whatsapp/events.ts";
import { eventIdentity } from "../../src/whatsapp/events.ts";
import { SERVICE_KEYRING } from "../process.ts";
import type { Books, KeptFact, Violate } from "./books.ts";

/** Something that was told to the service, and whether it has said that it has it. */
interface Told<T> {
  /** Its id in the quarantine of the service. */
  readonly id: string;
  readonly what: T;
  readonly company: CompanyId;
  acknowledged: boolean;
  /** It was kept back, and metered on another try. */
  replayed: boolean;
}

const ALLOWED = '"type":"send_allowed"';
const STATUS_PROVES = ["delivered", "read", "played"];
const CATEGORIES = ["marketing", "utility", "authentication"];

/**
 * What the world told the service, in its own words, and what it was promised: the other end of the oracle. It knows
 * phones and message ids, and nothing of keys, versions and processes.
 */
export class WhatWasTold {
  readonly #quarantine: MemoryQuarantine;
  readonly #violate: Violate;
  readonly #events = new Map<string, Told<ContactEvent>>();
  readonly #sends: Told<Send>[] = [];
  readonly #usages: Told<Usage>[] = [];
  readonly #keyrings = new Map<CompanyId, Keyring>();

  constructor(quarantine: MemoryQuarantine, violate: Violate) {
    this.#quarantine = quarantine;
    this.#violate = violate;
  }

  /** How much was told. */
  get count(): number {
    return this.#events.size + this.#sends.length + this.#usages.length;
  }

  /** Meta is about to deliver an event. */
  tell(company: CompanyId, event: ContactEvent): void {
    const id = JSON.stringify(event);
    if (this.#events.has(id)) return;
    const told = { what: event, company, acknowledged: false, replayed: false };
    this.#events.set(id, { ...told, id: SERVICE_KEYRING.content(eventIdentity(event as WhatsAppEvent)) });
  }

  /** A delivery was answered 200: every event of it stands in this instant, as a fact or in quarantine (S1). */
  async acknowledged(
    events: readonly ContactEvent[],
    booksOf: (company: CompanyId) => [Books, StoredCompany] | undefined,
  ) {
    for (const event of events) {
      const told = this.#events.get(JSON.stringify(event))!;
      told.acknowledged = true;
      const kept = booksOf(told.company);
      const stands = await this.#isKeptBack(told, kept?.[1]) ||
        (kept !== undefined && this.#stands(event, ...kept));
      if (!stands) this.#violate("S1", `${told.company}: ${inWords(event)} was acknowledged, and is nowhere`);
    }
  }

  replayed(event: ContactEvent): void {
    const told = this.#events.get(JSON.stringify(event));
    if (told !== undefined) told.replayed = true;
  }

  /** A service is about to report sends and usages. */
  tellSend(company: CompanyId, what: Send): void {
    this.#sends.push({ id: what.message_id, what, company, acknowledged: false, replayed: false });
  }

  tellUsages(company: CompanyId, usages: readonly Usage[]): void {
    for (const what of usages) {
      this.#usages.push({ id: what.id, what, company, acknowledged: false, replayed: false });
    }
  }

  sent(company: CompanyId, send: Send, stored: StoredCompany): void {
    if (!stored.sends.has(this.#keyring(stored).message(send.message_id))) {
      this.#violate("S1", `${company}: send ${send.message_id} was answered, and is nowhere`);
    }
    this.#sends.find(({ what }) => what === send)!.acknowledged = true;
  }

  used(company: CompanyId, usages: readonly Usage[], stored: StoredCompany): void {
    for (const usage of usages) {
      if (!stored.usages.has(usage.id)) {
        this.#violate("S1", `${company}: usage ${usage.id} was counted, and is nowhere`);
      }
      this.#usages.find(({ what }) => what === usage)!.acknowledged = true;
    }
  }

  /** What was kept back and was not metered since, by its id there: an operator would try it again. */
  async keptBack(
    companies: readonly StoredCompany[],
  ): Promise<{ readonly id: string; readonly event: ContactEvent }[]> {
    const kept: { id: string; event: ContactEvent }[] = [];
    for (const { id: service_id, what: event, company } of this.#events.values()) {
      const stored = companies.find((one) => one.company === company);
      for (const id of [service_id, ...stored === undefined ? [] : [this.#companyId(event, stored)]]) {
        const row = await this.#quarantine.get(id);
        if (row !== undefined && row.replayed_at_ms === undefined && row.reason !== "erased") {
          kept.push({ id, event });
        }
      }
    }
    return kept;
  }

  /**
   * Once all is quiet: what a company owes is the fold over what it was told and has accepted, in the words it was
   * told in (S12). Months that are final are left out: later merges do not reach back into them.
   */
  async compare(books: Books, stored: StoredCompany): Promise<void> {
    const owed = new Map<string, { units: number; credits: number }>();
    const add = (key: string, units: number, credits: number) => {
      const sum = owed.get(key) ?? { units: 0, credits: 0 };
      owed.set(key, { units: sum.units + units, credits: sum.credits + credits });
    };
    const facts = await this.#accepted(books, stored);
    if (facts === undefined) return;
    const rules = { days: books.days, prices: books.prices, facts_kept_from_ms: undefined };
    for (const of_person of Map.groupBy(facts, ({ contact }) => contact).values()) {
      for (const [date, windows] of windowsOwed(of_person, rules)) {
        for (const { feature, direction, credits } of windows) {
          add(`${date} ${feature} ${direction}`, 1, Number(credits));
        }
      }
    }
    for (const { feature, quantity, occurred_at_ms } of this.#counted(stored)) {
      const date = books.days.dateOf(occurred_at_ms);
      add(
        `${date} ${feature} none`,
        quantity,
        quantity * Number(books.prices.ofUsage(feature, date, occurred_at_ms)),
      );
    }
    for (const key of new Set([...owed.keys(), ...stored.totals.keys()])) {
      if (monthOf(key) <= books.final_through) continue;
      const expected = owed.get(key) ?? { units: 0, credits: 0 };
      const { units, credits } = stored.totals.get(key) ?? { units: 0, credits: 0 };
      if (units === expected.units && credits === expected.credits) continue;
      this.#violate(
        "S12",
        `${books.company}: ${key}: told of ${expected.units} for ${expected.credits}, and ${units} for ${credits} stands`,
      );
    }
  }

  /** Each usage once, by its id: those that were acknowledged, and those that stand although nobody heard of it. */
  #counted(stored: StoredCompany) {
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
  async #accepted(books: Books, stored: StoredCompany): Promise<Fact[] | undefined> {
    const people = new People();
    const facts: (Fact & { readonly who: ContactClues })[] = [];
    const plain = { template: false, category: null, callback: null, recorded_ms: 0 };
    for (const told of this.#events.values()) {
      if (told.company !== books.company) continue;
      const { what, acknowledged, replayed } = told;
      // Who gave up before they were answered does not know whether it was taken: the facts do.
      const is_in = replayed || (acknowledged && !await this.#isKeptBack(told, stored)) ||
        this.#isFact(what, books, stored);
      if (!is_in) {
        // Without it nobody can know that two numbers are one person.
        if (what.type === "number_changed" && acknowledged) return undefined;
        if (what.type === "number_changed" || what.type === "noted" || !this.#areOne(what.contact, stored)) {
          continue;
        }
      }
      if (what.type === "noted") continue;
      if (what.type === "number_changed") people.join([...clueTexts(what.from), ...clueTexts(what.to)]);
      else people.join(clueTexts(what.contact));
      if (!is_in || what.type === "number_changed") continue;
      const { contact: who, at_ms, message_id: message } = what;
      if (what.type !== "status") facts.push({ ...plain, contact: "", who, at_ms, message, kind: "wrote" });
      else {
        const { status: kind, template, category = null, callback_data: callback = null } = what;
        facts.push({ contact: "", who, at_ms, message, kind, template, category, callback, recorded_ms: 0 });
      }
    }
    for (const { what, company, acknowledged } of this.#sends) {
      if (company !== books.company) continue;
      const { to: who, message_id: message, kind, category = null } = what;
      const keyring = this.#keyring(stored);
      const kept = stored.sends.get(keyring.message(message));
      // Another body may have come first under this id; and whoever gave up may have been taken all the same.
      const is_it = kept?.send.content === keyring.content(bodyOf(what)) && kept.send.reply.includes(ALLOWED);
      if (acknowledged && !is_it) {
        this.#violate("S1", `${company}: send ${message} was allowed, and another stands`);
      }
      if (!is_it) continue;
      const at_ms = kept!.sent_at_ms;
      people.join(clueTexts(who));
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
    return facts.map((fact) => ({ ...fact, contact: people.nameOf(clueTexts(fact.who)[0]!) }));
  }

  async #isKeptBack(told: Told<ContactEvent>, stored: StoredCompany | undefined): Promise<boolean> {
    const { what } = told;
    const of_service = await this.#quarantine.get(told.id);
    if (of_service !== undefined && of_service.replayed_at_ms === undefined) return true;
    if (stored === undefined || stored.quarantine.size === 0) return false;
    const kept = await this.#quarantine.get(this.#companyId(what, stored));
    return kept !== undefined && kept.replayed_at_ms === undefined;
  }

  #companyId(event: ContactEvent, stored: StoredCompany): string {
    const parts: unknown[] = [event.type, event.message_id, event.at_ms];
    if (event.type === "status") {
      parts.push(event.status, event.template, event.category, event.callback_data);
    }
    return this.#keyring(stored).content(JSON.stringify(parts));
  }

  /** Whether what an event adds is in the books: as itself, or in what was known before. */
  #stands(event: ContactEvent, books: Books, stored: StoredCompany): boolean {
    const keyring = this.#keyring(stored);
    const message = keyring.message(event.message_id);
    if (event.type === "noted" || event.type === "number_changed") return this.#isFact(event, books, stored);
    const facts = this.#factsOf(event.contact, books, stored);
    if (event.type !== "status") {
      const date = books.days.dateOf(event.at_ms);
      return facts.some(({ kind, at_ms }) =>
        kind === "wrote" && at_ms <= event.at_ms && books.days.dateOf(at_ms) === date
      );
    }
    const of_message = facts.filter((fact) => fact.message === message && fact.kind !== "wrote");
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

  #isFact(event: ContactEvent, books: Books, stored: StoredCompany): boolean {
    const keyring = this.#keyring(stored);
    const message = keyring.message(event.message_id);
    const { status: kind, template, category = null, callback_data } = event.type === "status"
      ? event
      : { status: event.type, template: false };
    const callback = callback_data === undefined ? null : keyring.message(callback_data);
    return [...books.facts.values()].flat().some((fact) =>
      fact.message === message && fact.at_ms === event.at_ms && fact.kind === kind &&
      fact.template === template && fact.category === category && fact.callback === callback
    );
  }

  #factsOf(contact: ContactClues, books: Books, stored: StoredCompany): KeptFact[] {
    const keys = clueTexts(contact).map((clue) => this.#keyring(stored).contact(clue));
    const people = new Set(keys.map((key) => stored.contacts.get(key)?.contact_id));
    return [...stored.contacts].filter(([, { contact_id }]) => people.has(contact_id))
      .flatMap(([key]) => books.facts.get(key) ?? []);
  }

  #areOne(contact: ContactClues, stored: StoredCompany): boolean {
    const keys = clueTexts(contact).map((clue) => this.#keyring(stored).contact(clue));
    return keys.length === 2 &&
      new Set(keys.map((key) => stored.contacts.get(key)?.contact_id ?? key)).size === 1;
  }

  #keyring(stored: StoredCompany): Keyring {
    let keyring = this.#keyrings.get(stored.company);
    if (keyring === undefined) {
      this.#keyrings.set(stored.company, keyring = new Keyring(stored.head.contact_secret));
    }
    return keyring;
  }
}

/** Who is who: names that were ever seen together, or follow each other, are one person. */
class People {
  readonly #same = new Map<string, string>();

  join(names: readonly string[]): void {
    const [first, ...others] = names;
    for (const other of others) this.#same.set(this.nameOf(other), this.nameOf(first!));
  }

  nameOf(name: string): string {
    const same = this.#same.get(name);
    return same === undefined || same === name ? name : this.nameOf(same);
  }
}

/** What a send says, as its content is compared. */
function bodyOf({ to, kind, category, sent_at_ms }: Send): string {
  return JSON.stringify([to.phone, to.bsuid, kind, category, sent_at_ms, []]);
}

export function inWords(event: ContactEvent): string {
  const { type, message_id, at_ms } = event;
  const what = type === "status" ? `status ${event.status}` : type;
  return `${what} of ${message_id} at ${new Date(at_ms).toISOString()}`;
}
