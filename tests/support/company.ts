/**
 * A company driven by commands, on a store of maps: the simplest stand-in for the actor and Postgres. Every
 * storable event is stored, and a restart rebuilds the state from the store alone.
 */

import assert from "node:assert/strict";
import { addLoaded, evictLoaded, rateHistory, stateFrom } from "../../src/domain/company/activation.ts";
import type { Balance } from "../../src/domain/company/balance.ts";
import { isStored } from "../../src/domain/company/change.ts";
import type {
  Command,
  CompanyView,
  ContactEvent,
  ContactView,
  Profile,
  RefusalCode,
  Reply,
} from "../../src/domain/company/command.ts";
import { storeLastMessageTimes } from "../../src/domain/company/contact_facts.ts";
import { closeDueDays } from "../../src/domain/company/day_close.ts";
import { decide } from "../../src/domain/company/decide.ts";
import { collectMissing, MissingRows } from "../../src/domain/company/missing_rows.ts";
import type { CompanyEvent } from "../../src/domain/company/event.ts";
import { evolve } from "../../src/domain/company/evolve.ts";
import type { CompanyState } from "../../src/domain/company/state.ts";
import type { TemplatePolicy } from "../../src/domain/charge.ts";
import type { Attributes } from "../../src/domain/ledger.ts";
import type { FeatureCode, LocalDate, Month, TemplateCategory } from "../../src/domain/types.ts";
import { credits, INBOUND, OUTBOUND } from "../../src/domain/types.ts";
import { availableIn, excessIn, expiredIn } from "../../src/domain/period.ts";
import { statementOf } from "../../src/domain/statement.ts";
import type { Statement } from "../../src/domain/statement.ts";
import type { CountedCost } from "../../src/domain/meta_costs/counted_costs.ts";
import type { ZoneData } from "../../src/domain/zone_data.ts";
import { MapStore } from "./map_store.ts";
import type { ContactText, OfferDetails, StatusDetails, StatusName } from "./fixtures.ts";
import {
  identifiersOf,
  localMs,
  offerOf,
  PHONE_NUMBER_ID,
  rateCardVersion,
  statusEvent,
  wroteEvent,
} from "./fixtures.ts";

/** How a test company starts. */
export interface TestCompanyOptions {
  readonly time_zone?: string;
  readonly policy?: TemplatePolicy;
  /** The local time of its creation: `2026-11-03 09:00`. */
  readonly at: string;
  /** Rate card prices by feature, beside the WhatsApp features at one credit. */
  readonly prices?: Readonly<Record<string, number>>;
  /** By default the runtime's. */
  readonly zone_data?: ZoneData;
}

/** A company under test: executes commands, keeps time and stores events. */
export class TestCompany {
  readonly store: MapStore;
  state: CompanyState;
  now_ms: number;
  /** While the time is uncertain no day is closed. */
  is_time_certain = true;
  /** Every event of the last command, stored or not. */
  last_events: CompanyEvent[] = [];
  readonly #rate_card: ReturnType<typeof rateHistory>;
  #zone_data: ZoneData | undefined;

  constructor(beginning: TestCompanyOptions) {
    const { time_zone = "America/Sao_Paulo", policy = "charge", at, prices = {}, zone_data } = beginning;
    this.#zone_data = zone_data;
    this.now_ms = localMs(at, time_zone);
    this.#rate_card = rateHistory(
      Object.entries({ [INBOUND]: 1, [OUTBOUND]: 1, ...prices }).map(([feature, cost]) =>
        rateCardVersion(feature, cost)
      ),
    );
    this.store = new MapStore(time_zone, policy, this.now_ms, zone_data);
    this.state = stateFrom(this.store.activation(), this.#rate_card, zone_data);
  }

  /** Rebuilds the state from the store, as after a crash, from now on with this zone data. */
  restart(zone_data = this.#zone_data): void {
    this.#zone_data = zone_data;
    this.state = stateFrom(this.store.activation(this.now_ms), this.#rate_card, zone_data);
  }

  /** Reopens the days that are ahead of the clock, on a state that is read for it. */
  reopenDays(): Reply {
    this.restart();
    return this.execute({ type: "reopen_days", by: "ops" });
  }

  /** Evicts every person from memory, as an actor does when it holds too many. */
  evict(): void {
    const events: CompanyEvent[] = [];
    storeLastMessageTimes(this.state, (event) => {
      evolve(this.state, event);
      if (isStored(event)) events.push(event);
    }, this.now_ms);
    if (events.length > 0) this.state.version++;
    this.store.write(this.state, events, this.now_ms);
    evictLoaded(this.state);
  }

  /** Returns the event types of the last command. */
  lastEventTypes(): string[] {
    return this.last_events.map((event) => event.type);
  }

  /** Moves the clock forward to a local time and closes the due days. */
  advanceTo(local: string): void {
    this.advanceToMs(this.ms(local));
  }

  advanceToMs(now_ms: number): void {
    assert.ok(now_ms >= this.now_ms, "a test clock must not go back");
    this.now_ms = now_ms;
    this.execute({ type: "close_due_days" });
  }

  /** Converts a local time of the company to milliseconds, by its zone on that date. */
  ms(local: string): number {
    return localMs(local, this.state.calendar.zoneOn(local.slice(0, 10) as LocalDate));
  }

  execute(command: Command): Reply {
    this.#loadFor(command);
    const events: CompanyEvent[] = [];
    const emit = (event: CompanyEvent) => {
      evolve(this.state, event);
      events.push(event);
    };
    if (this.is_time_certain) closeDueDays(this.state, emit, this.now_ms);
    const reply = decide(this.state, emit, command, this.now_ms);
    const stored = events.filter(isStored);
    if (stored.length > 0) this.state.version++;
    this.store.write(this.state, stored, this.now_ms);
    this.last_events = events;
    return reply;
  }

  #loadFor(command: Command): void {
    const missing = new MissingRows();
    collectMissing(this.state, command, missing, this.now_ms);
    addLoaded(this.state, missing, this.store.load(this.state, missing));
  }

  /** Records events at their own time, or now if that is past. */
  record(...events: ContactEvent[]): void {
    for (const { at_ms } of events) this.now_ms = Math.max(this.now_ms, at_ms);
    this.execute({ type: "record", events, received_at_ms: this.now_ms });
  }

  /** Records a message of the contact at a local time. */
  wrote(contact: ContactText, local: string, message_id = `wrote ${contact} ${local}`): void {
    this.record(wroteEvent(contact, this.ms(local), message_id));
  }

  /** Records a status of a template; `template: false` if no status proves that it is one. */
  status(status: StatusName, message_id: string, local: string, details: StatusDetails = {}): void {
    this.record(statusEvent(status, message_id, this.ms(local), details));
  }

  /** Records a number change. */
  numberChanged(from: ContactText, to: ContactText, local: string): void {
    this.record({
      type: "number_changed",
      from: identifiersOf(from),
      to: identifiersOf(to),
      at_ms: this.ms(local),
      message_id: `change ${from} ${to}`,
      phone_number_id: PHONE_NUMBER_ID,
    });
  }

  /** Records a template that was sent. */
  template(to: ContactText, local: string, message_id = `template ${to} ${local}`): void {
    this.status("sent", message_id, local, { to });
  }

  send(
    kind: "template" | "free_form",
    to: ContactText,
    message_id: string,
    details: { at?: string; category?: TemplateCategory; attribution?: Attributes } = {},
  ): Reply {
    const { at, category, attribution } = details;
    const sent_at_ms = at === undefined ? undefined : this.ms(at);
    const send = { message_id, to: identifiersOf(to), kind, category, sent_at_ms, attribution };
    return this.execute({ type: "report_send", send });
  }

  /** Reports that Meta refused a send. */
  sendFailed(message_id: string, details: { at?: string; error_code?: string } = {}): Reply {
    const { at, error_code } = details;
    const failed_at_ms = at === undefined ? undefined : this.ms(at);
    return this.execute({ type: "report_send_failure", failure: { message_id, failed_at_ms, error_code } });
  }

  reportUsage(feature: string, quantity: number, id: string, at?: string): Reply {
    const occurred_at_ms = at === undefined ? undefined : this.ms(at);
    this.now_ms = Math.max(this.now_ms, occurred_at_ms ?? 0);
    const usage = { id, feature: feature as FeatureCode, quantity, occurred_at_ms, attributes: undefined };
    return this.execute({ type: "report_usage", usages: [usage] });
  }

  changeContract(offer: OfferDetails): Reply {
    return this.execute({ type: "change_contract", offer: offerOf(offer), by: "test" });
  }

  cancelContract(): Reply {
    return this.execute({ type: "cancel_contract", by: "test" });
  }

  withdrawCancellation(): Reply {
    return this.execute({ type: "withdraw_cancellation", by: "test" });
  }

  configure(changes: Partial<Omit<Profile, "effective_from">> & { effective_from?: string }): Reply {
    const { name, locale, phone_number_ids } = this.state;
    const { time_zone, template_in_open_window } = this.view().settings;
    const now = { name, locale, phone_number_ids, time_zone, template_in_open_window };
    const effective_from = changes.effective_from as LocalDate | undefined;
    return this.execute({ type: "configure", profile: { ...now, ...changes, effective_from }, by: "test" });
  }

  setRate(feature: string, cost: number, effective_from?: string): Reply {
    return this.execute({
      type: "set_rate",
      feature: feature as FeatureCode,
      credits: credits(cost),
      effective_from: effective_from as LocalDate | undefined,
      by: "test",
    });
  }

  balance(): Balance {
    const reply = this.execute({ type: "read_balance" });
    assert.equal(reply.type, "balance");
    return (reply as Extract<Reply, { type: "balance" }>).balance;
  }

  view(): CompanyView {
    const reply = this.execute({ type: "read_company" });
    assert.equal(reply.type, "company");
    return (reply as Extract<Reply, { type: "company" }>).view;
  }

  contact(contact: ContactText): ContactView {
    const reply = this.execute({ type: "read_contact", contact: identifiersOf(contact) });
    assert.equal(reply.type, "contact");
    return (reply as Extract<Reply, { type: "contact" }>).view;
  }

  quote(recipients: readonly ContactText[], category?: TemplateCategory): Extract<Reply, { type: "quote" }> {
    const reply = this.execute({ type: "quote", recipients: recipients.map(identifiersOf), category });
    assert.equal(reply.type, "quote");
    return reply as Extract<Reply, { type: "quote" }>;
  }

  /** Returns a month's credits: granted, consumed, available, excess and expired. */
  month(
    month: string,
  ): { granted: number; consumed: number; available: number; excess: number; expired: number } {
    const period = this.store.periods.get(month as Month) ??
      { month: month as Month, granted: credits(0), consumed: credits(0), closed: false };
    const { granted, consumed } = period;
    const [available, excess, expired] = [availableIn(period), excessIn(period), expiredIn(period)];
    return { granted, consumed, available, excess, expired };
  }

  /** Counts the windows of a local date by direction. */
  windowsOn(date: string): { inbound: number; outbound: number } {
    const units = (feature: FeatureCode) =>
      this.store.totalsOn(date as LocalDate).find((total) => total.feature === feature)?.units ?? 0;
    return { inbound: units(INBOUND), outbound: units(OUTBOUND) };
  }

  /** Returns the credits charged on a local date. */
  creditsOn(date: string): number {
    return this.store.totalsOn(date as LocalDate).reduce((sum, total) => sum + total.credits, 0);
  }

  /** Lists the ledger from an entry on as text: `type credits late?`. */
  ledger(from_seq = 1): string[] {
    return this.store.ledger.filter((entry) => entry.seq >= from_seq).map((entry) => {
      const sign = entry.credits > 0 ? "+" : "";
      return `${entry.type} ${sign}${entry.credits}${entry.late ? " late" : ""}`;
    });
  }

  statement(month: string): Statement {
    const period = this.store.periods.get(month as Month)!;
    const at_close = this.store.at_close.get(month as Month) ?? null;
    return statementOf(period, at_close, this.state.contract, this.state.today);
  }
}

/** Lists the messages that Meta prices, as they are stored, in order of group. */
export function countedCosts({ store }: TestCompany): CountedCost[] {
  return [...store.costs].filter(([, { messages }]) => messages !== 0).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([, counted]) => counted);
}

/** Returns code and path of a refusal; throws for any other reply. */
export function refusalOf(reply: Reply): { code: RefusalCode; path: string } {
  if (reply.type !== "refused") {
    throw new assert.AssertionError({ message: `expected a refusal, got ${reply.type}` });
  }
  return { code: reply.code, path: reply.path.join(".") };
}

/** Returns a function that lists the ledger entries posted since its last call. */
export function newLedgerEntries(company: TestCompany): () => string[] {
  let next_seq = company.store.ledger.length + 1;
  return () => {
    const posted = company.ledger(next_seq);
    next_seq += posted.length;
    return posted;
  };
}
