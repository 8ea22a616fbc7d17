/** Owners of companies: stores are tested with changes that the domain decides. */

import { addLoaded, type LoadedRows, rateHistory, stateFrom } from "../../src/domain/company/activation.ts";
import type { Activation } from "../../src/domain/company/activation.ts";
import type { Change } from "../../src/domain/company/change.ts";
import { changeOf } from "../../src/domain/company/change.ts";
import type { Command, ContactEvent, Reply, Send } from "../../src/domain/company/command.ts";
import { closeDueDays } from "../../src/domain/company/day_close.ts";
import { decide } from "../../src/domain/company/decide.ts";
import { collectMissing, MissingRows } from "../../src/domain/company/missing_rows.ts";
import type { CompanyEvent } from "../../src/domain/company/event.ts";
import { evolve } from "../../src/domain/company/evolve.ts";
import { firstDays, type NewCompany } from "../../src/domain/company/new_company.ts";
import type { CompanyState } from "../../src/domain/company/state.ts";
import type { MessagePricing } from "../../src/domain/meta_costs/fact_pricing.ts";
import { priceFrom } from "../../src/domain/money.ts";
import type { CompanyId, ContactKey, FeatureCode, MessageKey } from "../../src/domain/types.ts";
import { credits, INBOUND, OUTBOUND } from "../../src/domain/types.ts";
import type { RateVersion } from "../../src/domain/rates.ts";

/** The part of a store that an owner needs. */
export interface OwnerStore {
  activate(company: CompanyId, at_ms?: number): Promise<Activation | undefined>;
  load(
    company: CompanyId,
    missing: {
      readonly contacts: readonly ContactKey[];
      readonly messages: readonly MessageKey[];
      readonly usage_ids: readonly string[];
      readonly sends: readonly MessageKey[];
    },
  ): Promise<LoadedRows>;
}

/** A feature with usage reports. */
export const AUTOMATION = "automation.run" as FeatureCode;
/** The company's number. */
export const OUR_NUMBER = "106540000000001";

/** The rate card of the tests: one credit per window, two per automation run. */
const RATE_CARD = rateHistory([rate(INBOUND, 1), rate(OUTBOUND, 1), rate(AUTOMATION, 2)]);

/** Parses an instant such as `2026-11-23T12:00:00Z` to milliseconds. */
export function at(instant: string): number {
  return Temporal.Instant.from(instant).epochMilliseconds;
}

/** Returns the data of a new company, by default in São Paulo. Its secret depends on its name only. */
export function newCompany(
  name: string,
  created_at_ms: number,
  time_zone = "America/Sao_Paulo",
): NewCompany {
  return {
    name,
    locale: "pt-BR",
    time_zone,
    template_in_open_window: "charge",
    contact_secret: new TextEncoder().encode(name.padEnd(32, ".")).slice(0, 32),
    created_at_ms,
    created_by: "tests",
    days: firstDays(time_zone, created_at_ms),
  };
}

/** The owner of a company, like an actor: it decides changes, which the test writes or not. */
export class CompanyOwner {
  readonly state: CompanyState;
  readonly #store: OwnerStore;

  private constructor(store: OwnerStore, state: CompanyState) {
    this.#store = store;
    this.state = state;
  }

  /** Activates a company. */
  static async of(store: OwnerStore, company: CompanyId, at_ms?: number): Promise<CompanyOwner> {
    const activation = await store.activate(company, at_ms);
    if (activation === undefined) throw new Error(`there is no company ${company}`);
    return new CompanyOwner(store, stateFrom(activation, RATE_CARD));
  }

  /** Decides commands in one turn, at one instant. */
  async decide(
    now_ms: number,
    ...commands: readonly Command[]
  ): Promise<{ change: Change; replies: Reply[] }> {
    const events: CompanyEvent[] = [];
    const emit = (event: CompanyEvent) => {
      evolve(this.state, event);
      events.push(event);
    };
    closeDueDays(this.state, emit, now_ms);
    const replies: Reply[] = [];
    for (const command of commands) {
      await this.#loadFor(command, now_ms);
      replies.push(decide(this.state, emit, command, now_ms));
    }
    this.state.version++;
    return { change: changeOf(this.state, events, now_ms), replies };
  }

  async #loadFor(command: Command, now_ms: number): Promise<void> {
    const needs = new MissingRows();
    collectMissing(this.state, command, needs, now_ms);
    const missing = needs.loadRequest(this.state.keyring);
    addLoaded(this.state, needs, await this.#store.load(this.state.company, missing));
  }
}

/** Records events of Meta, received when they happened. */
export function record(...events: readonly ContactEvent[]): Command {
  return { type: "record", events, received_at_ms: Math.max(...events.map(({ at_ms }) => at_ms)) };
}

/** An inbound message. A contact is a phone (digits) or a BSUID. */
export function wrote(contact: string, at_ms: number, alias?: string): ContactEvent {
  return {
    type: "wrote",
    contact: { ...identifiersOf(contact), ...(alias === undefined ? {} : identifiersOf(alias, contact)) },
    at_ms,
    message_id: `wamid.${contact}.${at_ms}`,
    phone_number_id: OUR_NUMBER,
  };
}

/** A free event, such as a reaction. */
export function noted(contact: string, at_ms: number): ContactEvent {
  const message_id = `wamid.noted.${contact}.${at_ms}`;
  return { type: "noted", contact: identifiersOf(contact), at_ms, message_id, phone_number_id: OUR_NUMBER };
}

/** A status of a template message. */
export function templateStatus(
  contact: string,
  message_id: string,
  status: "sent" | "delivered" | "read" | "failed",
  at_ms: number,
  pricing?: MessagePricing,
): ContactEvent {
  return {
    type: "status",
    contact: identifiersOf(contact),
    at_ms,
    message_id,
    phone_number_id: OUR_NUMBER,
    status,
    template: true,
    category: "marketing",
    callback_data: undefined,
    ...pricing === undefined ? {} : { pricing },
  };
}

/** A customer moves their account to another number. */
export function numberChanged(from: string, to: string, at_ms: number): ContactEvent {
  return {
    type: "number_changed",
    from: identifiersOf(from),
    to: identifiersOf(to),
    at_ms,
    message_id: `wamid.change.${from}`,
    phone_number_id: OUR_NUMBER,
  };
}

/** Reports the send of a template. */
export function sendTemplate(
  contact: string,
  message_id: string,
  attribution?: Send["attribution"],
): Command {
  return {
    type: "report_send",
    send: {
      message_id,
      to: identifiersOf(contact),
      kind: "template",
      category: "utility",
      sent_at_ms: undefined,
      attribution,
    },
  };
}

/** Sets the Meta account of a number. */
export function setAccount(phone_number_id: string, time_zone: string): Command {
  const account = { account_id: "102290129340398", portfolio_id: undefined, time_zone, currency: "USD" };
  return { type: "set_number_account", phone_number_id, account, by: "tests" };
}

/** Reports automation runs. */
export function useAutomation(id: string, quantity: number, attributes?: Record<string, string>): Command {
  return {
    type: "report_usage",
    usages: [{ id, feature: AUTOMATION, quantity, occurred_at_ms: undefined, attributes }],
  };
}

/** Agrees on a contract with a package. */
export function agreeContract(package_credits: number): Command {
  return {
    type: "change_contract",
    offer: {
      package: { credits: credits(package_credits), price: priceFrom("99.9") },
      excess_credit_price: priceFrom("0.123456"),
      currency: "BRL",
      starts_on: undefined,
      first_month: undefined,
    },
    by: "tests",
  };
}

function identifiersOf(
  contact: string,
  phone?: string,
): { phone: string | undefined; bsuid: string | undefined } {
  return /^\d/.test(contact) ? { phone: contact, bsuid: undefined } : { phone, bsuid: contact };
}

function rate(feature: FeatureCode, amount: number): RateVersion {
  return {
    company: null,
    feature,
    version: 1,
    credits: credits(amount),
    effective_from: null,
    from_ms: null,
    recorded_at_ms: 0,
    recorded_by: "tests",
  };
}
