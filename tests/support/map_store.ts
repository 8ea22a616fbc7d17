import assert from "node:assert/strict";
import type { Activation, LoadedRows, StoredKey, StoredPerson } from "../../src/domain/company/activation.ts";
import type { QuarantineReason } from "../../src/domain/company/command.ts";
import type { MissingRows } from "../../src/domain/company/missing_rows.ts";
import type {
  ClosedFigures,
  CompanyEvent,
  FixedDay,
  QuarantinedEvent,
  StoredFact,
} from "../../src/domain/company/event.ts";
import type {
  CompanyState,
  CountedUsage,
  DayTotal,
  DecidedSend,
  SettingsVersion,
} from "../../src/domain/company/state.ts";
import { ALWAYS } from "../../src/domain/company/state.ts";
import { firstDays } from "../../src/domain/company/new_company.ts";
import type { ZoneData } from "../../src/domain/zone_data.ts";
import { addDays, firstDateOf, monthOf } from "../../src/domain/calendar.ts";
import type { TemplatePolicy, Window } from "../../src/domain/charge.ts";
import type { ContractVersion } from "../../src/domain/contract.ts";
import { DAYS_HELD } from "../../src/domain/lateness.ts";
import type { LedgerEntry } from "../../src/domain/ledger.ts";
import type { CompanyId, ContactId, ContactKey, LocalDate, Month } from "../../src/domain/types.ts";
import { type CountedCost, mergeCounted } from "../../src/domain/meta_costs/counted_costs.ts";
import { type AccountDay, accountDayKey } from "../../src/domain/meta_costs/account_calendar.ts";
import type { NumberAccount } from "../../src/domain/meta_costs/number_accounts.ts";
import type { Period } from "../../src/domain/period.ts";
import type { RateVersion } from "../../src/domain/rates.ts";
import { eraseMentioned } from "./memory_store/quarantine.ts";
import { asJsonb } from "./memory_store/jsonb.ts";
import { PHONE_NUMBER_ID } from "./fixtures.ts";

interface StoredWindow {
  readonly local_date: LocalDate;
  readonly contact: ContactId;
  readonly direction: "inbound" | "outbound";
  readonly window: Window;
}

interface StoredContact extends Omit<StoredKey, "key" | "predates_facts"> {
  contact_id: ContactId;
  readonly known_since_ms: number;
}

/** The stored rows in maps. Facts, usages and sends are unique by key; the ledger is append-only. */
export class MapStore {
  readonly settings: SettingsVersion[];
  readonly contract: ContractVersion[] = [];
  readonly own_rates: RateVersion[] = [];
  readonly ledger: LedgerEntry[] = [];
  readonly periods = new Map<Month, Period>();
  readonly at_close = new Map<Month, ClosedFigures>();
  readonly totals = new Map<string, DayTotal & { readonly local_date: LocalDate }>();
  readonly closed_days = new Map<LocalDate, readonly DayTotal[]>();
  /** The end of each local date that is over, and of later ones on which something is dated. */
  readonly local_days = new Map<LocalDate, number>();
  readonly windows = new Map<string, StoredWindow>();
  readonly facts = new Map<string, StoredFact>();
  /** When each fact was recorded, by its key in `facts`. */
  readonly facts_recorded_ms = new Map<string, number>();
  /** When each closed date was closed. */
  readonly closings_ms = new Map<LocalDate, number>();
  readonly contacts = new Map<ContactKey, StoredContact>();
  readonly usages = new Map<string, CountedUsage>();
  readonly sends = new Map<string, DecidedSend>();
  readonly quarantine = new Map<string, QuarantinedEvent>();
  readonly costs = new Map<string, CountedCost>();
  readonly number_accounts: NumberAccount[] = [];
  /** By zone and date. */
  readonly account_days = new Map<string, AccountDay>();
  #head: Pick<CompanyState, "version" | "ledger_seq" | "closed_through" | "due_at_ms" | "latest_charged_ms">;
  #profile: Pick<CompanyState, "name" | "locale" | "country" | "phone_number_ids">;

  constructor(
    time_zone: string,
    template_in_open_window: TemplatePolicy,
    now_ms: number,
    zone_data?: ZoneData,
  ) {
    const { closed_through, due_at_ms, day_ends_ms } = firstDays(time_zone, now_ms, zone_data);
    day_ends_ms.forEach((end_ms, i) =>
      this.local_days.set(addDays(closed_through, i + 1 - day_ends_ms.length), end_ms)
    );
    this.settings = [{
      version: 1,
      effective_from: ALWAYS,
      time_zone,
      template_in_open_window,
      recorded_at_ms: now_ms,
      recorded_by: "test",
    }];
    this.#profile = {
      name: "Acme",
      locale: "pt-BR",
      country: undefined,
      phone_number_ids: [PHONE_NUMBER_ID],
    };
    this.#head = {
      version: 0,
      ledger_seq: 0,
      closed_through,
      due_at_ms,
      latest_charged_ms: undefined,
    };
  }

  /** Set by a test: facts older than this were deleted. */
  facts_retained_from_ms: number | undefined;

  /** @param now_ms by default the company's current date */
  activation(now_ms = Date.UTC(9999, 0)): Activation {
    const current = addDays(this.#head.closed_through, 1);
    const date = new Date(now_ms).toISOString().slice(0, 10) as LocalDate;
    const today = date < current ? date : current;
    // Months that can still change: the month of nine days ago and later.
    const from = firstDateOf(monthOf(addDays(today, -9)));
    return {
      company: "acme" as CompanyId,
      epoch: 1,
      ...this.#head,
      ...this.#profile,
      contact_secret: new Uint8Array(32).fill(7),
      settings: [...this.settings],
      contract: [...this.contract],
      own_rates: [...this.own_rates],
      number_accounts: [...this.number_accounts],
      account_days: [...this.account_days.values()].filter((day) =>
        day.local_date > addDays(today, -DAYS_HELD)
      )
        .sort((a, b) => accountDayKey(a) < accountDayKey(b) ? -1 : 1),
      periods: [...this.periods.values()].filter((period) => period.month >= monthOf(from)),
      totals: [...this.totals.values()].filter((total) => total.local_date >= from),
      // From the date before: it ends when the first of these begins.
      day_ends_ms: this.#endsOf((date) => date >= addDays(from, -1) && date < current),
      later_day_ends_ms: this.#endsOf((date) => date > current),
    };
  }

  load(state: CompanyState, missing: MissingRows): LoadedRows {
    const people = new Map<ContactId, StoredPerson>();
    for (const key of missing.loadRequest(state.keyring).contacts) {
      const known = this.contacts.get(key);
      if (known !== undefined) people.set(known.contact_id, this.#person(known.contact_id));
    }
    for (const { message, contact, by_message } of this.facts.values()) {
      if (!by_message || !missing.messages.has(message)) continue;
      const { contact_id } = this.contacts.get(contact)!;
      people.set(contact_id, this.#person(contact_id));
    }
    const rowsOf = <K, T>(from: ReadonlyMap<K, T>, ids: Iterable<K>) =>
      [...ids].map((id) => from.get(id)).filter((found) => found !== undefined);
    return {
      people: [...people.values()],
      usages: rowsOf(this.usages, missing.usage_ids),
      sends: rowsOf<string, DecidedSend>(this.sends, missing.sends),
    };
  }

  totalsOn(date: LocalDate): DayTotal[] {
    return [...this.totals.values()].filter((total) => total.local_date === date);
  }

  /** Lists the reasons of quarantined events, in order of arrival. */
  quarantineReasons(): QuarantineReason[] {
    return [...this.quarantine.values()].map((event) => event.reason);
  }

  write(state: CompanyState, events: readonly CompanyEvent[], now_ms: number): void {
    for (const event of events) this.#apply(event, now_ms);
    const { version, ledger_seq, closed_through, due_at_ms, latest_charged_ms } = state;
    const { name, locale, country, phone_number_ids } = state;
    this.#head = { version, ledger_seq, closed_through, due_at_ms, latest_charged_ms };
    this.#profile = { name, locale, country, phone_number_ids };
  }

  #person(contact_id: ContactId): StoredPerson {
    const keys = [...this.contacts].filter(([, known]) => known.contact_id === contact_id)
      .map(([key, { by_phone, readable, erased_at_ms, known_since_ms }]) => {
        const predates_facts = known_since_ms < (this.facts_retained_from_ms ?? -Infinity);
        return { key, by_phone, readable, erased_at_ms, predates_facts };
      });
    const facts = [...this.facts.values()].filter((fact) => keys.some(({ key }) => key === fact.contact));
    // Sorted by id: no caller may rely on the order of arrival.
    facts.sort((a, b) => a.id < b.id ? -1 : 1);
    return { id: contact_id, keys, facts };
  }

  /** Lists the stored ends of some dates, in order of date. */
  #endsOf(isListed: (date: LocalDate) => boolean): number[] {
    return [...this.local_days].filter(([date]) => isListed(date)).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([, end_ms]) => end_ms);
  }

  #fixEnd({ local_date, ended_at_ms }: FixedDay): void {
    assert.equal(this.local_days.get(local_date) ?? ended_at_ms, ended_at_ms, "the end of a date stays");
    this.local_days.set(local_date, ended_at_ms);
  }

  #apply(event: CompanyEvent, now_ms: number): void {
    switch (event.type) {
      case "key_learned":
        this.contacts.set(event.key, {
          contact_id: event.person.id,
          by_phone: event.by_phone,
          readable: event.readable,
          known_since_ms: this.contacts.get(event.key)?.known_since_ms ?? now_ms,
          erased_at_ms: event.readable
            ? this.contacts.get(event.key)?.erased_at_ms
            : event.person.erased_at_ms,
        });
        return;
      case "person_erased":
        for (const key of event.keys) {
          const known = this.contacts.get(key)!;
          this.contacts.set(key, { ...known, readable: false, erased_at_ms: event.at_ms });
        }
        return;
      case "people_merged":
        for (const known of this.contacts.values()) {
          if (known.contact_id === event.from.id) known.contact_id = event.into.id;
        }
        return;
      case "fact_stored":
        setOnce(
          this.facts_recorded_ms,
          `${event.fact.contact} ${event.fact.at_ms} ${event.fact.id}`,
          now_ms,
        );
        return setOnce(this.facts, `${event.fact.contact} ${event.fact.at_ms} ${event.fact.id}`, {
          ...event.fact,
          attribution: asJsonb(event.fact.attribution),
        });
      case "send_decided":
        return setOnce(this.sends, event.send.key, event.send);
      case "usage_counted": {
        assert.ok(!this.usages.has(event.usage.id), "a usage counts once");
        this.usages.set(event.usage.id, { id: event.usage.id, content: event.usage.content });
        return;
      }
      case "window_changed": {
        const { local_date, contact, direction, window } = event;
        const key = `${local_date} ${contact} ${direction}`;
        if (window === undefined) this.windows.delete(key);
        else this.windows.set(key, { local_date, contact, direction, window });
        return;
      }
      case "entry_posted":
        this.ledger.push(event.entry);
        this.periods.set(event.period.month, event.period);
        return;
      case "total_changed": {
        const { local_date, total } = event;
        this.totals.set(`${local_date} ${total.feature} ${total.direction}`, { ...total, local_date });
        return;
      }
      case "day_closed":
        assert.ok(!this.closed_days.has(event.local_date), "a day closes once");
        this.closed_days.set(event.local_date, event.totals);
        this.closings_ms.set(event.local_date, event.closed_at_ms);
        this.#fixEnd(event);
        return;
      case "days_fixed":
        for (const day of event.days) this.#fixEnd(day);
        return;
      case "period_closed":
        this.periods.set(event.period.month, event.period);
        this.at_close.set(event.period.month, event.figures);
        return;
      case "days_reopened":
        for (const date of [...this.closed_days.keys()]) {
          if (date > event.closed_through) this.closed_days.delete(date), this.closings_ms.delete(date);
        }
        this.local_days.delete(addDays(event.closed_through, 1));
        for (const date of [...this.local_days.keys()]) {
          if (date > event.fixed_through) this.local_days.delete(date);
        }
        return;
      case "period_reopened":
        this.periods.set(event.period.month, event.period);
        this.at_close.delete(event.period.month);
        return;
      case "settings_versioned":
        this.settings.push(event.settings);
        return;
      case "contract_versioned":
        this.contract.push(event.version);
        return;
      case "rate_versioned":
        this.own_rates.push(event.rate);
        return;
      case "cost_counted":
        return mergeCounted(this.costs, event);
      case "number_account_set":
        this.number_accounts.push(event.account);
        return;
      case "account_days_fixed":
        for (const { local_date, ended_at_ms } of event.days) {
          const day: AccountDay = { time_zone: event.time_zone, local_date, ended_at_ms };
          assert.ok(
            !this.account_days.has(accountDayKey(day)),
            "the end of an account's date is stored once",
          );
          this.account_days.set(accountDayKey(day), day);
        }
        return;
      case "quarantined":
        return setOnce(this.quarantine, event.event.id, event.event);
      case "quarantine_erased":
        return eraseMentioned(this.quarantine, event);
      case "profile_changed":
      case "wrote":
      case "called":
      case "evidence_joined":
      case "record_joined":
      case "message_left":
        return;
    }
  }
}

function setOnce<K, T>(map: Map<K, T>, key: K, value: T): void {
  if (!map.has(key)) map.set(key, value);
}
