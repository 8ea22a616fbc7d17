/**
 * A company driven by commands alone, on a store of maps: what the actor and Postgres do around the domain, at
 * its plainest. Every event that must be stored is; a restart rebuilds the state from nothing else.
 */

import assert from "node:assert/strict";
import { addLoaded, rateHistory, stateFrom } from "../../src/domain/company/activation.ts";
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
import { closeDueDays } from "../../src/domain/company/day_close.ts";
import { collectMissing, decide, nothingMissing } from "../../src/domain/company/decide.ts";
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

export interface TestCompanyOptions {
  readonly time_zone?: string;
  readonly policy?: TemplatePolicy;
  /** The local time the company is made at: `2026-11-03 09:00`. */
  readonly at: string;
  /** General prices beside the built-in ones of one credit: by feature. */
  readonly prices?: Readonly<Record<string, number>>;
}

export class TestCompany {
  readonly store: MapStore;
  state: CompanyState;
  now_ms: number;
  /** Events of the last command, with those that move memory alone. */
  last_events: CompanyEvent[] = [];
  readonly #rate_card: ReturnType<typeof rateHistory>;

  constructor(beginning: TestCompanyOptions) {
    const { time_zone = "America/Sao_Paulo", policy = "charge", at, prices = {} } = beginning;
    this.now_ms = localMs(at, time_zone);
    this.#rate_card = rateHistory(
      Object.entries({ [INBOUND]: 1, [OUTBOUND]: 1, ...prices }).map(([feature, cost]) =>
        rateCardVersion(feature, cost)
      ),
    );
    this.store = new MapStore(time_zone, policy, this.now_ms);
    this.state = stateFrom(this.store.activation(), this.#rate_card);
  }

  /** Begins anew from what is stored, as after a crash. */
  restart(): void {
    this.state = stateFrom(this.store.activation(), this.#rate_card);
  }

  /** What the last command made happen, by type. */
  lastEventTypes(): string[] {
    return this.last_events.map((event) => event.type);
  }

  /** Moves the clock forward to a local time and lets the company catch up. */
  advanceTo(local: string): void {
    this.advanceToMs(this.ms(local));
  }

  advanceToMs(now_ms: number): void {
    assert.ok(now_ms >= this.now_ms, "the clock of a test does not go back");
    this.now_ms = now_ms;
    this.execute({ type: "bring_up_to_now" });
  }

  /** A local time of the company as an instant, by its zone on that date. */
  ms(local: string): number {
    return localMs(local, this.state.calendar.zoneOn(local.slice(0, 10) as LocalDate));
  }

  execute(command: Command): Reply {
    const needs = nothingMissing();
    collectMissing(this.state, command, needs, this.now_ms);
    addLoaded(this.state, needs.identifiers, this.store.load(this.state, needs));
    const events: CompanyEvent[] = [];
    const emit = (event: CompanyEvent) => {
      evolve(this.state, event);
      events.push(event);
    };
    closeDueDays(this.state, emit, this.now_ms);
    const reply = decide(this.state, emit, command, this.now_ms);
    const stored = events.filter(isStored);
    if (stored.length > 0) this.state.version++;
    this.store.write(this.state, stored);
    this.last_events = events;
    return reply;
  }

  /** Events arrive when they happen, or now if that is past. */
  record(...events: ContactEvent[]): void {
    for (const { at_ms } of events) this.now_ms = Math.max(this.now_ms, at_ms);
    this.execute({ type: "record", events, received_at_ms: this.now_ms });
  }

  /** The contact wrote at a local time. */
  wrote(contact: ContactText, local: string, message_id = `wrote ${contact} ${local}`): void {
    this.record(wroteEvent(contact, this.ms(local), message_id));
  }

  /** A status of a template to a contact; `template: false` for one of which nobody says what it is. */
  status(status: StatusName, message_id: string, local: string, details: StatusDetails = {}): void {
    this.record(statusEvent(status, message_id, this.ms(local), details));
  }

  /** A number change, as WhatsApp tells the company. */
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

  /** A template that was sent and is known to be one. */
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

  reportUsage(feature: string, quantity: number, id: string, at?: string): Reply {
    const occurred_at_ms = at === undefined ? undefined : this.ms(at);
    this.now_ms = Math.max(this.now_ms, occurred_at_ms ?? 0);
    const usage = { id, feature: feature as FeatureCode, quantity, occurred_at_ms, attributes: undefined };
    return this.execute({ type: "report_usage", usages: [usage] });
  }

  changeContract(offer: OfferDetails): Reply {
    return this.execute({ type: "agree_contract", offer: offerOf(offer), by: "test" });
  }

  cancelContract(): Reply {
    return this.execute({ type: "cancel_contract", by: "test" });
  }

  withdrawCancellation(): Reply {
    return this.execute({ type: "take_back_cancellation", by: "test" });
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

  /** Balance in short: what a month was granted, what is left, what is in excess. */
  month(
    month: string,
  ): { granted: number; consumed: number; available: number; excess: number; expired: number } {
    const period = this.store.periods.get(month as Month) ??
      { month: month as Month, granted: credits(0), consumed: credits(0), closed: false };
    const { granted, consumed } = period;
    const [available, excess, expired] = [availableIn(period), excessIn(period), expiredIn(period)];
    return { granted, consumed, available, excess, expired };
  }

  /** Windows of a local date, `inbound` and `outbound`, in units. */
  windowsOn(date: string): { inbound: number; outbound: number } {
    const units = (feature: FeatureCode) =>
      this.store.totalsOn(date as LocalDate).find((total) => total.feature === feature)?.units ?? 0;
    return { inbound: units(INBOUND), outbound: units(OUTBOUND) };
  }

  /** Credits a local date has cost. */
  creditsOn(date: string): number {
    return this.store.totalsOn(date as LocalDate).reduce((sum, total) => sum + total.credits, 0);
  }

  /** The ledger in short, from an entry on: `type credits late?`. */
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

export function refusalOf(reply: Reply): { code: RefusalCode; path: string } {
  if (reply.type !== "refused") throw new assert.AssertionError({ message: `not refused: ${reply.type}` });
  return { code: reply.code, path: reply.path.join(".") };
}

/** What has been posted since it was asked last. */
export function newLedgerEntries(company: TestCompany): () => string[] {
  let from = company.store.ledger.length + 1;
  return () => {
    const posted = company.ledger(from);
    from += posted.length;
    return posted;
  };
}
