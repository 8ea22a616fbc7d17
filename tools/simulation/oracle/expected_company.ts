import type { ContractRow } from "../../audit/examination.ts";
import { AccountDays } from "../../audit/account_days.ts";
import type { AccountRow } from "../../audit/expected_costs.ts";
import { addDays, LocalDays, monthOf, type SettingsRow } from "../../audit/local_days.ts";
import { Prices, type RateRow } from "../../audit/prices.ts";
import type { Change } from "../../../src/domain/company/change.ts";
import type { CompanyEvent, FixedDay, QuarantinedEvent } from "../../../src/domain/company/event.ts";
import { Keyring } from "../../../src/domain/identity/keyring.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../src/time/units.ts";
import type { StoredCompany } from "../../../tests/support/memory_store/company.ts";
import { Account, FACTS_DAYS_AFTER, type ReportViolation } from "./account.ts";
import { contractRow, rateRow } from "./rows.ts";

/** The figures that the balance of a version must show. */
export interface ExpectedFigures {
  readonly closed_through: string;
  readonly month: string;
  readonly granted: number;
  readonly consumed: number;
  readonly open_inbound: number;
  readonly open_outbound: number;
  readonly closes_at_ms: number;
}

/** A stored fact in the audit's form. */
export interface RecordedFact {
  readonly contact: string;
  readonly at_ms: number;
  readonly kind: string;
  readonly message: string;
  readonly template: boolean;
  readonly category: string | null;
  readonly callback: string | null;
  readonly phone_number_id: string | null;
  readonly pricing: number | null;
  readonly recorded_ms: number;
}

const LATENESS_LIMIT_MS = FACTS_DAYS_AFTER * DAY_MS;
const FUTURE_LIMIT_MS = 5 * MINUTE_MS;
/** How far the offsets of a zone differ between versions of the zone data. */
const ZONE_DATA_DIFFER_MS_MAX = HOUR_MS;
/** The days before a company's creation that can have facts, and the days of the longest run. */
const [DAYS_BEFORE, DAYS_COVERED] = [12, 140];

/**
 * The expected state of one company: applies every committed change in order, by the audit's rules. It shares no rule
 * with `src/domain`.
 */
export class ExpectedCompany {
  readonly company: string;
  readonly facts = new Map<string, RecordedFact[]>();
  /** By version, the figures that its balance may show: several where one turn decided several commands. */
  readonly figures = new Map<number, readonly ExpectedFigures[]>();
  readonly account: Account;
  readonly usages = new Set<string>();
  readonly sends = new Set<string>();
  days: LocalDays;
  prices: Prices;
  version = 0;
  /** Contacts and dates that the last changes affected. */
  readonly touched = { contacts: new Set<string>(), dates: new Set<string>() };
  readonly #reportViolation: ReportViolation;
  readonly #first_date: string;
  /** In order of their versions. */
  readonly settings: SettingsRow[];
  /** The Meta accounts of the company's numbers, in order of time. */
  readonly accounts: AccountRow[] = [];
  /** The dates of the accounts' time zones. */
  readonly account_days = new AccountDays();
  /** The message key of the fact that an actor stores before it evicts a contact: the time they last wrote. */
  readonly last_message_key: string;
  readonly #contract: ContractRow[] = [];
  #overrides: RateRow[] = [];
  #rate_card: readonly RateRow[];
  /** The stored end of each date that has begun, and of later ones on which something is dated. */
  readonly #day_ends: Map<string, number>;

  constructor(stored: StoredCompany, rate_card: readonly RateRow[], reportViolation: ReportViolation) {
    this.company = stored.company;
    this.#reportViolation = (invariant, detail) => reportViolation(invariant, `${stored.company}: ${detail}`);
    this.settings = [...stored.settings];
    this.last_message_key = new Keyring(stored.head.contact_secret).message("last message");
    this.#rate_card = rate_card;
    const { closed_through } = stored.head;
    this.account = new Account(closed_through, this.#reportViolation);
    this.#first_date = addDays(closed_through, -DAYS_BEFORE);
    const today = addDays(closed_through, 1);
    this.#day_ends = new Map<string, number>(stored.local_days).set(today, stored.head.due_at_ms);
    this.days = this.#currentDays();
    this.prices = this.#currentPrices();
    this.figures.set(this.version, [this.#expectedFigures()]);
  }

  /** The versions of the contract. */
  get contract(): readonly ContractRow[] {
    return this.#contract;
  }

  /** Replaces the prices of the rate card. */
  setRateCard(rate_card: readonly RateRow[]): void {
    this.#rate_card = rate_card;
    this.prices = this.#currentPrices();
  }

  /** Applies a committed change, as its actor decided it, before any merge. */
  apply(change: Change): void {
    if (change.from_version !== this.version) {
      this.#reportViolation(
        "SIM-6",
        `version ${change.version} follows ${this.version}, not ${change.from_version}`,
      );
    }
    // A change does not show where one command of its turn ends: a balance in between may be any intermediate state.
    const intermediate: ExpectedFigures[] = [];
    for (const event of change.events) {
      this.#applyEvent(event, change.recorded_at_ms);
      if (change.version > change.from_version + 1) intermediate.push(this.#expectedFigures());
    }
    for (let v = change.from_version + 1; v < change.version; v++) this.figures.set(v, intermediate);
    this.version = change.version;
    if (change.ledger_seq !== this.account.seq) {
      this.#reportViolation(
        "SIM-7",
        `the head has entry ${change.ledger_seq}, the ledger ${this.account.seq}`,
      );
    }
    if (change.closed_through !== this.account.closed_through) {
      this.#reportViolation(
        "SIM-9",
        `the head has ${change.closed_through} as last closed day, the days ${this.account.closed_through}`,
      );
    }
    this.figures.set(this.version, [this.#expectedFigures()]);
  }

  #applyEvent(event: CompanyEvent, recorded_at_ms: number): void {
    switch (event.type) {
      case "fact_stored":
        return this.#addFact(event.fact, recorded_at_ms);
      case "entry_posted":
        if (event.entry.type === "consumption" || event.entry.type === "reversal") {
          this.touched.dates.add(event.entry.local_date);
        }
        return this.account.post(event.entry);
      case "usage_counted":
        this.#checkTime(`usage ${event.usage.id}`, event.usage.occurred_at_ms, recorded_at_ms);
        return this.#addUsage(event.usage);
      case "send_decided":
        this.#checkTime("a send", event.sent_at_ms, recorded_at_ms);
        if (this.sends.has(event.send.key)) this.#reportViolation("SIM-3", "a send was decided twice");
        this.sends.add(event.send.key);
        return;
      case "total_changed": {
        const { feature, direction, units } = event.total;
        this.account.chargesOf(`${event.local_date} ${feature} ${direction}`).units = units;
        this.touched.dates.add(event.local_date);
        return;
      }
      case "window_changed":
        if (monthOf(event.local_date) <= this.account.final_through) {
          this.#reportViolation("SIM-10", `a window of ${event.local_date} changed, whose month is final`);
        }
        this.touched.contacts.add(event.contact);
        return;
      case "quarantined":
        return this.#checkQuarantined(event.event, recorded_at_ms);
      case "people_merged":
        this.touched.contacts.add(event.into.id);
        return;
      case "day_closed":
        return this.#closeDay(event, recorded_at_ms);
      case "days_fixed":
        for (const { local_date, ended_at_ms } of event.days) this.#fixEnd(local_date, ended_at_ms);
        return;
      case "period_closed":
        return this.account.closeMonth(event.period.month, event.figures);
      case "settings_versioned":
        this.settings.push(event.settings);
        this.days = this.#currentDays();
        this.prices = this.#currentPrices();
        return;
      case "contract_versioned":
        this.#contract.push(contractRow(event.version));
        return;
      case "number_account_set": {
        const { phone_number_id, from_ms, time_zone } = event.account;
        this.accounts.push({ phone_number_id, from_ms: BigInt(from_ms), time_zone });
        return;
      }
      case "account_days_fixed":
        for (const day of event.days) this.#fixAccountDay(event.time_zone, day);
        return;
      case "cost_counted":
        return this.#checkAccountDate(event);
      case "rate_versioned":
        this.#overrides = [...this.#overrides, rateRow(event.rate)];
        this.prices = this.#currentPrices();
        return;
    }
  }

  #addFact(fact: Extract<CompanyEvent, { type: "fact_stored" }>["fact"], recorded_ms: number): void {
    const { contact, at_ms, kind, message, template } = fact;
    this.#checkFixed(`a fact (${kind})`, at_ms);
    let of_key = this.facts.get(contact);
    if (of_key === undefined) this.facts.set(contact, of_key = []);
    const { category = null, callback = null, phone_number_id = null, pricing = null } = fact;
    const same = of_key.some((known) =>
      known.at_ms === at_ms && known.message === message && known.kind === kind &&
      known.template === template &&
      known.category === category && known.callback === callback && known.pricing === pricing
    );
    this.touched.contacts.add(contact);
    if (same) return;
    of_key.push({
      contact,
      at_ms,
      kind,
      message,
      template,
      category,
      callback,
      phone_number_id,
      pricing,
      recorded_ms,
    });
  }

  #closeDay(event: Extract<CompanyEvent, { type: "day_closed" }>, recorded_at_ms: number): void {
    const { local_date, totals, ended_at_ms, next_due_at_ms } = event;
    const given_ms = this.days.endOf(local_date);
    if (ended_at_ms !== given_ms) {
      this.#reportViolation(
        "SIM-20",
        `${local_date} ended at ${instant(ended_at_ms)}, not ${instant(given_ms)}`,
      );
    }
    this.account.closeDay(local_date, totals, given_ms, recorded_at_ms);
    const today = addDays(local_date, 1);
    this.#fixEnd(today, next_due_at_ms);
  }

  /** Fixes the end of a date (SIM-20): by some zone data, and once. */
  #fixEnd(date: string, end_ms: number): void {
    const fixed_ms = this.#day_ends.get(date);
    if (fixed_ms !== undefined && fixed_ms !== end_ms) {
      this.#reportViolation(
        "SIM-20",
        `${date} ends at ${instant(end_ms)}, not ${instant(fixed_ms)} as fixed`,
      );
    }
    if (Math.abs(end_ms - this.days.endOf(date)) > ZONE_DATA_DIFFER_MS_MAX) {
      this.#reportViolation("SIM-20", `${date} ends at ${instant(end_ms)}, by no zone data`);
    }
    this.#day_ends.set(date, end_ms);
    this.days = this.#currentDays();
    this.prices = this.#currentPrices();
  }

  /** Fixes the end of a date of an account (SIM-20): by some zone data, and once. */
  #fixAccountDay(time_zone: string, { local_date, ended_at_ms }: FixedDay): void {
    const day = `${local_date} in ${time_zone}`;
    if (this.account_days.ends.get(time_zone)?.has(local_date)) {
      this.#reportViolation("SIM-20", `the end of ${day} is stored twice`);
    }
    const by_rules_ms = Temporal.PlainDate.from(local_date).add({ days: 1 }).toZonedDateTime(time_zone)
      .epochMilliseconds;
    if (Math.abs(ended_at_ms - by_rules_ms) > ZONE_DATA_DIFFER_MS_MAX) {
      this.#reportViolation("SIM-20", `${day} ends at ${instant(ended_at_ms)}, by no zone data`);
    }
    this.account_days.fix(time_zone, local_date, ended_at_ms);
  }

  /** Checks that a message is counted on an account date that is fixed, so that it stays (SIM-20). */
  #checkAccountDate({ group, delivered_at_ms }: Extract<CompanyEvent, { type: "cost_counted" }>): void {
    const { phone_number_id, account_date } = group;
    const account = this.accounts.findLast((known) =>
      known.phone_number_id === phone_number_id && Number(known.from_ms) <= delivered_at_ms
    );
    if (account === undefined || this.account_days.isFixed(account.time_zone, account_date)) return;
    const day = `${account_date} in ${account.time_zone}`;
    this.#reportViolation("SIM-20", `a message counts on ${day}, which is not stored`);
  }

  /** Checks that the date on which something happened has a fixed end, so that it stays (SIM-20). */
  #checkFixed(what: string, at_ms: number): void {
    if (!this.#day_ends.has(this.days.dateOf(at_ms)) && at_ms >= this.days.endOf(this.account.today)) {
      this.#reportViolation("SIM-20", `${what} of ${instant(at_ms)} is on a date whose end is not stored`);
    }
  }

  /** Checks the reason of a quarantined event (SIM-19). */
  #checkQuarantined({ reason, event, received_at_ms }: QuarantinedEvent, recorded_at_ms: number): void {
    const { at_ms, message, callback } = event as {
      readonly at_ms?: number;
      readonly message?: string;
      readonly callback?: string;
    };
    if (at_ms === undefined) return;
    const is_final = (time_ms: number) => monthOf(this.days.dateOf(time_ms)) <= this.account.final_through;
    // The event's message may belong to a final month, by Meta's facts or our own record, even if the event does not.
    const of_message = () =>
      [...this.facts.values()].flat().filter((fact) => [message, callback].includes(fact.message));
    const is_justified = reason === "too_old"
      ? at_ms < received_at_ms - LATENESS_LIMIT_MS
      : reason === "in_the_future"
      ? at_ms > recorded_at_ms + FUTURE_LIMIT_MS
      : reason === "month_final" && (is_final(at_ms) || of_message().some((fact) => is_final(fact.at_ms)));
    if (!is_justified) {
      this.#reportViolation("SIM-19", `an event of ${instant(at_ms)} is quarantined as ${reason}`);
    }
  }

  #checkTime(detail: string, at_ms: number, recorded_at_ms: number): void {
    if (at_ms > recorded_at_ms + FUTURE_LIMIT_MS || at_ms < recorded_at_ms - LATENESS_LIMIT_MS) {
      this.#reportViolation(
        "SIM-19",
        `${detail} of ${instant(at_ms)} was accepted at ${instant(recorded_at_ms)}`,
      );
    }
  }

  #addUsage(usage: Extract<CompanyEvent, { type: "usage_counted" }>["usage"]): void {
    const { id, feature, quantity, occurred_at_ms, local_date, credits } = usage;
    this.#checkFixed(`usage ${id}`, occurred_at_ms);
    if (this.usages.has(id)) this.#reportViolation("SIM-3", `usage ${id} counted twice`);
    this.usages.add(id);
    const date = this.days.dateOf(occurred_at_ms);
    const price = this.prices.ofUsage(feature, date, occurred_at_ms);
    const expected = price === undefined ? undefined : Number(price) * quantity;
    if (local_date !== date || credits !== expected) {
      this.#reportViolation(
        "SIM-4",
        `usage ${id} cost ${credits} on ${local_date}, not ${expected} on ${date}`,
      );
    }
  }

  /** Returns the figures that a balance must show now. */
  #expectedFigures(): ExpectedFigures {
    const { today } = this.account;
    const month = monthOf(today);
    const { granted, consumed } = this.account.months.get(month) ?? { granted: 0, consumed: 0 };
    return {
      closed_through: this.account.closed_through,
      month,
      granted,
      consumed,
      open_inbound: this.account.charges.get(`${today} whatsapp.inbound inbound`)?.units ?? 0,
      open_outbound: this.account.charges.get(`${today} whatsapp.outbound outbound`)?.units ?? 0,
      closes_at_ms: this.days.endOf(today),
    };
  }

  #currentDays(): LocalDays {
    const last_date = addDays(this.#first_date, DAYS_COVERED);
    return new LocalDays(this.settings, this.#first_date, last_date, this.#day_ends);
  }

  #currentPrices(): Prices {
    return new Prices([...this.#rate_card, ...this.#overrides], this.days);
  }
}

function instant(at_ms: number): string {
  return new Date(at_ms).toISOString();
}
