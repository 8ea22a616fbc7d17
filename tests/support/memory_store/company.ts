import type { Change } from "../../../src/domain/company/change.ts";
import type {
  ClosedFigures,
  CompanyEvent,
  QuarantinedEvent,
  StoredFact,
  StoredUsage,
} from "../../../src/domain/company/event.ts";
import type { DayTotal, DecidedSend, SettingsVersion } from "../../../src/domain/company/state.ts";
import type { ContractVersion } from "../../../src/domain/contract.ts";
import type { Window } from "../../../src/domain/charge.ts";
import { labelText, withoutLabelText } from "../../../src/domain/labels.ts";
import type { Attributes, Cause, LedgerEntry } from "../../../src/domain/ledger.ts";
import { isCharge } from "../../../src/domain/ledger.ts";
import type {
  CompanyId,
  ContactId,
  ContactKey,
  Direction,
  LocalDate,
  MessageKey,
  Month,
} from "../../../src/domain/types.ts";
import { type CountedCost, mergeCounted } from "../../../src/domain/meta_costs/counted_costs.ts";
import { type AccountDay, accountDayKey } from "../../../src/domain/meta_costs/account_calendar.ts";
import type { NumberAccount } from "../../../src/domain/meta_costs/number_accounts.ts";
import type { Period } from "../../../src/domain/period.ts";
import type { StoredEntry } from "../../../src/domain/reports.ts";
import type { RateVersion } from "../../../src/domain/rates.ts";
import { nextDate } from "../../../src/domain/calendar.ts";
import { asJsonb } from "./jsonb.ts";
import { eraseMentioned } from "./quarantine.ts";

/** The head of a company. */
export interface Head {
  readonly epoch: number;
  readonly version: number;
  readonly ledger_seq: number;
  readonly closed_through: LocalDate;
  readonly due_at_ms: number;
  readonly latest_charged_ms: number | undefined;
  readonly name: string;
  readonly locale: string;
  readonly country: string | undefined;
  readonly contact_secret: Uint8Array;
}

/** A key of a contact. */
export interface StoredContact {
  readonly contact_id: ContactId;
  readonly by_phone: boolean;
  /** Undefined after an erasure or past the retention time. */
  readonly identifier: string | undefined;
  readonly erased_at_ms: number | undefined;
  readonly known_since_ms: number;
}

/** A current window. */
export interface StoredWindow {
  readonly contact: ContactId;
  readonly local_date: LocalDate;
  readonly direction: Direction;
  readonly window: Window;
}

/** A stored month, with its closing. */
interface StoredMonth {
  readonly period: Period;
  readonly at_close?: ClosedFigures;
  /** The last ledger entry before the closing. */
  readonly closed_seq?: number;
}

/** All stored data of one company. Only `apply` changes it. */
export class StoredCompany {
  readonly company: CompanyId;
  head: Head;
  readonly settings: SettingsVersion[];
  readonly contract: ContractVersion[] = [];
  readonly rates: RateVersion[] = [];
  readonly contacts = new Map<ContactKey, StoredContact>();
  /** By contact key, then by instant and id. */
  readonly facts = new Map<ContactKey, Map<string, StoredFact>>();
  /** When each fact was recorded, by its contact key, instant and id. */
  readonly facts_recorded_ms = new Map<string, number>();
  readonly sends = new Map<MessageKey, { readonly send: DecidedSend; readonly sent_at_ms: number }>();
  readonly usages = new Map<string, StoredUsage>();
  readonly windows = new Map<string, StoredWindow>();
  readonly ledger: LedgerEntry[] = [];
  readonly totals = new Map<string, DayTotal & { readonly local_date: LocalDate }>();
  readonly closed_days = new Map<LocalDate, readonly DayTotal[]>();
  /** When each closed date was closed. */
  readonly closings_ms = new Map<LocalDate, number>();
  /** The end of each local date that is over, and of later ones on which something is dated. */
  readonly local_days = new Map<LocalDate, number>();
  readonly periods = new Map<Month, StoredMonth>();
  readonly quarantine = new Map<string, QuarantinedEvent>();
  /** Delivered messages by group, as {@link mergeCounted} adds them. */
  readonly costs = new Map<string, CountedCost>();
  readonly number_accounts: NumberAccount[] = [];
  /** The stored days of the accounts' zones, by {@link accountDayKey}. */
  readonly account_days = new Map<string, AccountDay>();
  /** What is stored of erased sets of labels, by their {@link labelText}. */
  readonly #erased_labels = new Map<string, Attributes>();
  readonly reopenings: Extract<CompanyEvent, { type: "days_reopened" }>[] = [];

  constructor(company: CompanyId, head: Head, settings: SettingsVersion) {
    this.company = company;
    this.head = head;
    this.settings = [settings];
  }

  /** Applies a change if it starts at the current head and repeats no unique id. @returns whether it did */
  apply(change: Change): boolean {
    const { epoch, version } = this.head;
    if (change.epoch !== epoch || change.from_version !== version || this.#repeats(change)) return false;
    for (const event of change.events) this.#applyEvent(event, change.recorded_at_ms);
    const { ledger_seq, closed_through, due_at_ms, latest_charged_ms } = change;
    const head = { version: change.version, ledger_seq, closed_through, due_at_ms, latest_charged_ms };
    this.head = { ...this.head, ...head };
    return true;
  }

  /** Returns the ledger, each entry with whether it was posted after its month was closed. */
  get entries(): StoredEntry[] {
    return this.ledger.map((entry) => {
      const { period, closed_seq = 0 } = this.periods.get(entry.period)!;
      return { ...entry, after_close: entry.late && period.closed && entry.seq > closed_seq };
    });
  }

  /** Erases the labels that contain a text. @returns the number of different sets */
  eraseLabels(text: string): number {
    const sets = new Set<string>();
    const erase = <T extends Attributes | null | undefined>(labels: T): T => {
      const erased = labels == null ? undefined : withoutLabelText(labels, text);
      if (erased === undefined) return labels;
      sets.add(labelText(labels!));
      return asJsonb(erased) as T;
    };
    for (const facts of this.facts.values()) {
      for (const [key, fact] of facts) facts.set(key, { ...fact, attribution: erase(fact.attribution) });
    }
    for (const [id, usage] of this.usages) {
      this.usages.set(id, { ...usage, attributes: erase(usage.attributes) });
    }
    this.ledger.forEach((entry, i) => {
      const { cause } = entry;
      if (!isCharge(cause)) return;
      this.ledger[i] = { ...entry, cause: { ...cause, attribution: erase(cause.attribution) } };
    });
    const count = sets.size;
    for (const [set, rest] of this.#erased_labels) this.#erased_labels.set(set, erase(rest));
    for (const set of sets) this.#erased_labels.set(set, erase(Object.fromEntries(JSON.parse(set))));
    return count;
  }

  /** Returns labels as they are stored: of an erased set, what is left. */
  #stored<T extends Attributes | null | undefined>(labels: T): T {
    if (labels == null) return labels;
    return (this.#erased_labels.get(labelText(labels)) ?? asJsonb(labels)) as T;
  }

  /** Lists the totals of the dates after one. */
  totalsAfter(date: LocalDate): (DayTotal & { readonly local_date: LocalDate })[] {
    const key = (total: DayTotal & { readonly local_date: LocalDate }) =>
      `${total.local_date} ${total.feature} ${total.direction}`;
    return [...this.totals.values()].filter(({ local_date }) => local_date > date)
      .sort((a, b) => key(a) < key(b) ? -1 : 1);
  }

  /** Lists the stored ends of the dates after one, in order of date. */
  dayEndsAfter(date: LocalDate, last = "9999-12-31" as LocalDate): number[] {
    return [...this.local_days].filter(([local_date]) => local_date > date && local_date <= last)
      .sort(([a], [b]) => a < b ? -1 : 1).map(([, ends_ms]) => ends_ms);
  }

  /** Returns the contacts that have facts of messages. */
  contactsOfMessages(messages: ReadonlySet<MessageKey>): ContactId[] {
    if (messages.size === 0) return [];
    const facts = [...this.facts.values()].flatMap((under_key) => [...under_key.values()]);
    return facts.filter(({ message, by_message }) => by_message && messages.has(message))
      .map(({ contact }) => this.contacts.get(contact)!.contact_id);
  }

  /** Lists the stored days of the accounts' zones after a date, in order of zone and date. */
  accountDaysAfter(date: LocalDate): AccountDay[] {
    return [...this.account_days.values()].filter(({ local_date }) => local_date > date)
      .sort((a, b) => accountDayKey(a) < accountDayKey(b) ? -1 : 1);
  }

  #repeats(change: Change): boolean {
    const seen = new Set<string>();
    return change.events.some((event) => {
      const id = this.#idOf(event);
      if (id === undefined) return false;
      const repeated = id.exists || seen.has(id.text);
      seen.add(id.text);
      return repeated;
    });
  }

  /** The id of an event that must be stored once, and whether it is stored. */
  #idOf(event: CompanyEvent): { readonly text: string; readonly exists: boolean } | undefined {
    switch (event.type) {
      case "entry_posted": {
        const { seq } = event.entry;
        return { text: `entry ${seq}`, exists: seq <= (this.ledger.at(-1)?.seq ?? 0) };
      }
      case "usage_counted":
        return { text: `usage ${event.usage.id}`, exists: this.usages.has(event.usage.id) };
      case "send_decided":
        return { text: `send ${event.send.key}`, exists: this.sends.has(event.send.key) };
      case "day_closed":
        return { text: `day ${event.local_date}`, exists: this.closed_days.has(event.local_date) };
      case "settings_versioned": {
        const { version } = event.settings;
        return { text: `settings ${version}`, exists: this.settings.some((s) => s.version === version) };
      }
      case "contract_versioned": {
        const { version } = event.version;
        return { text: `contract ${version}`, exists: this.contract.some((c) => c.version === version) };
      }
      case "rate_versioned": {
        const { feature, version } = event.rate;
        const exists = this.rates.some((rate) => rate.feature === feature && rate.version === version);
        return { text: `rate ${feature} ${version}`, exists };
      }
      case "number_account_set": {
        const { phone_number_id, from_ms } = event.account;
        const exists = this.number_accounts.some((account) =>
          account.phone_number_id === phone_number_id && account.from_ms === from_ms
        );
        return { text: `account ${phone_number_id} ${from_ms}`, exists };
      }
      default:
        return undefined;
    }
  }

  #applyEvent(event: CompanyEvent, recorded_at_ms: number): void {
    switch (event.type) {
      case "key_learned": {
        const { person, key, readable } = event;
        const { by_phone, erased_at_ms, known_since_ms } = this.contacts.get(key) ?? {
          by_phone: event.by_phone,
          erased_at_ms: readable ? undefined : person.erased_at_ms,
          known_since_ms: recorded_at_ms,
        };
        const identifier = readable ? event.identifier : undefined;
        this.contacts.set(key, { contact_id: person.id, by_phone, identifier, erased_at_ms, known_since_ms });
        return;
      }
      case "person_erased": {
        const { person, at_ms } = event;
        for (const key of event.keys) {
          const { by_phone, known_since_ms } = this.contacts.get(key) ??
            { by_phone: false, known_since_ms: recorded_at_ms };
          const erased = { identifier: undefined, erased_at_ms: at_ms };
          this.contacts.set(key, { contact_id: person.id, by_phone, ...erased, known_since_ms });
        }
        return;
      }
      case "people_merged":
        for (const key of event.from.keys.keys()) {
          const known = this.contacts.get(key);
          if (known !== undefined) this.contacts.set(key, { ...known, contact_id: event.into.id });
        }
        return;
      case "fact_stored":
        return this.#storeFact(event.fact, recorded_at_ms);
      case "send_decided":
        this.sends.set(event.send.key, event);
        return;
      case "usage_counted":
        this.usages.set(event.usage.id, { ...event.usage, attributes: this.#stored(event.usage.attributes) });
        return;
      case "window_changed": {
        const { contact, local_date, direction, window } = event;
        const key = `${local_date} ${contact} ${direction}`;
        if (window === undefined) this.windows.delete(key);
        else this.windows.set(key, { contact, local_date, direction, window });
        return;
      }
      default:
        return this.#applyToAccount(event);
    }
  }

  #applyToAccount(event: CompanyEvent): void {
    switch (event.type) {
      case "entry_posted":
        this.ledger.push({ ...event.entry, cause: this.#storedCause(event.entry.cause) });
        this.periods.set(event.period.month, {
          ...this.periods.get(event.period.month),
          period: event.period,
        });
        return;
      case "period_closed":
        this.periods.set(event.period.month, {
          period: event.period,
          at_close: event.figures,
          closed_seq: this.ledger.length,
        });
        return;
      case "total_changed": {
        const { local_date, total } = event;
        this.totals.set(`${local_date} ${total.feature} ${total.direction}`, { local_date, ...total });
        return;
      }
      case "day_closed":
        setOnce(this.local_days, event.local_date, event.ended_at_ms);
        this.closed_days.set(event.local_date, event.totals);
        this.closings_ms.set(event.local_date, event.closed_at_ms);
        return;
      case "days_fixed":
        for (const day of event.days) setOnce(this.local_days, day.local_date, day.ended_at_ms);
        return;
      case "days_reopened":
        this.reopenings.push(event);
        for (const date of [...this.closed_days.keys()]) {
          if (date > event.closed_through) this.closed_days.delete(date), this.closings_ms.delete(date);
        }
        this.local_days.delete(nextDate(event.closed_through));
        for (const date of [...this.local_days.keys()]) {
          if (date > event.fixed_through) this.local_days.delete(date);
        }
        return;
      case "period_reopened":
        this.periods.set(event.period.month, { period: event.period });
        return;
      case "profile_changed":
        this.head = { ...this.head, name: event.name, locale: event.locale, country: event.country };
        return;
      case "settings_versioned":
        this.settings.push(event.settings);
        return;
      case "contract_versioned":
        this.contract.push(event.version);
        return;
      case "rate_versioned":
        this.rates.push(event.rate);
        return;
      case "cost_counted":
        return mergeCounted(this.costs, event);
      case "number_account_set":
        this.number_accounts.push(event.account);
        return;
      case "account_days_fixed":
        for (const fixed of event.days) {
          const day = { ...fixed, time_zone: event.time_zone };
          setOnce(this.account_days, accountDayKey(day), day);
        }
        return;
      case "quarantined":
        if (!this.quarantine.has(event.event.id)) this.quarantine.set(event.event.id, event.event);
        return;
      case "quarantine_erased":
        return eraseMentioned(this.quarantine, event);
    }
  }

  #storeFact(fact: StoredFact, recorded_at_ms: number): void {
    let under_key = this.facts.get(fact.contact);
    if (under_key === undefined) this.facts.set(fact.contact, under_key = new Map());
    const key = `${fact.at_ms} ${fact.id}`;
    setOnce(this.facts_recorded_ms, `${fact.contact} ${key}`, recorded_at_ms);
    if (!under_key.has(key)) under_key.set(key, { ...fact, attribution: this.#stored(fact.attribution) });
  }

  #storedCause(cause: Cause | null): Cause | null {
    if (!isCharge(cause)) return cause;
    return { ...cause, attribution: this.#stored(cause.attribution) };
  }
}

function setOnce<K, T>(map: Map<K, T>, key: K, value: T): void {
  if (!map.has(key)) map.set(key, value);
}
