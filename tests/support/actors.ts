/** Actors on the memory store, with a writer that a test can pause. */

import { CompanyActor } from "../../actors/company_actor.ts";
import type { ActorLimits } from "../../src/ports/companies.ts";
import { ActorSystem } from "../../actors/actor_system.ts";
import type { ActorSystemDependencies, ActorSystemLimits } from "../../actors/actor_system.ts";
import type { Balance } from "../../src/domain/company/balance.ts";
import type { Change } from "../../src/domain/company/change.ts";
import type { Answer, Command } from "../../src/domain/company/command.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { INBOUND, OUTBOUND } from "../../src/domain/types.ts";
import { rateHistory } from "../../src/domain/company/activation.ts";
import { firstDays } from "../../src/domain/company/new_company.ts";
import { RUNTIME_ZONE_DATA } from "../../src/domain/zone_data.ts";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import type { Writer } from "../../src/journal/journal.ts";
import { MemoryStore } from "./memory_store/store.ts";
import { rateCardVersion, wroteEvent } from "./fixtures.ts";

/** The company of the tests. */
export const ACME = "acme" as CompanyId;
/** 2026-11-23, 09:00 in São Paulo. */
export const MORNING_MS = Date.UTC(2026, 10, 23, 12);

const LIMITS: ActorSystemLimits = {
  queued_cost_max: 1_000,
  uncommitted_turns_max: 8,
  items_in_memory_max: 1_000,
  active_max: 100,
  activating_max: 4,
  cost_in_flight_max: 10_000,
  total_items_in_memory_max: 1_000,
  idle_ms: 60_000,
};

/** A writer on the memory store that pauses, fails or loses its reply on request. */
export class PausableWriter implements Writer {
  readonly written: (readonly Change[])[] = [];
  /** Faults of the next statements, in order; later ones succeed. */
  readonly script: ("refuse" | "lose_reply")[] = [];
  readonly #store: MemoryStore;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** Makes statements wait. */
  pause(): void {
    this.#gate ??= Promise.withResolvers();
  }

  /** Resumes waiting statements. */
  resume(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    await this.#gate?.promise;
    const fault = this.script.shift();
    if (fault === "refuse") throw new Error("the connection was refused");
    const committed = await this.#store.write(changes);
    this.written.push(changes);
    if (fault === "lose_reply") throw new Error("the connection died before the reply");
    return committed;
  }
}

/** Dependencies of actors: one store, one writer, a manual clock. */
export class TestActors {
  readonly store: MemoryStore;
  readonly writer: PausableWriter;
  readonly clock = {
    at_ms: MORNING_MS,
    is_certain: true,
    is_confirmed: true,
    now_ms: (): number => this.clock.at_ms,
  };
  readonly published: Balance[] = [];
  readonly reported_errors: unknown[] = [];
  readonly dependencies: ActorSystemDependencies;
  readonly limits: ActorSystemLimits;
  /** How often contacts, usages or sends were loaded. */
  loads = 0;
  /** Contacts that actors asked the store for. */
  loaded_contacts = 0;

  constructor(limits: Partial<ActorSystemLimits> = {}, store: MemoryStore = new MemoryStore()) {
    this.store = store;
    this.writer = new PausableWriter(store);
    this.limits = { ...LIMITS, ...limits };
    const rate_card = rateHistory([rateCardVersion(INBOUND, 1), rateCardVersion(OUTBOUND, 1)]);
    this.dependencies = {
      clock: this.clock,
      timers: { sleep: () => Promise.resolve() },
      store: {
        activate: (company, at_ms) => this.store.activate(company, at_ms),
        load: (company, missing) => {
          this.loads++;
          this.loaded_contacts += missing.contacts.length;
          return this.store.load(company, missing);
        },
        dueCompanies: (at_ms, limit) => this.store.dueCompanies(at_ms, limit),
      },
      journal: new GroupCommitJournal([this.writer]),
      feed: { isWatched: () => true, publish: (balance) => void this.published.push(balance) },
      rates: { current: () => rate_card },
      zone_data: RUNTIME_ZONE_DATA,
      report: (_company, error) => void this.reported_errors.push(error),
    };
  }

  async create(company = ACME, time_zone = "America/Sao_Paulo"): Promise<void> {
    const created_at_ms = this.clock.at_ms;
    await this.store.create(company, {
      name: "Acme",
      locale: "pt-BR",
      time_zone,
      template_in_open_window: "charge",
      contact_secret: new Uint8Array(32).fill(7),
      created_at_ms,
      created_by: "a test",
      days: firstDays(time_zone, created_at_ms, this.dependencies.zone_data),
    });
  }

  actor(company = ACME, limits: Partial<ActorLimits> = {}): CompanyActor {
    return new CompanyActor(company, this.dependencies, { ...this.limits, ...limits }, () => {});
  }

  createSystem(more: Partial<ActorSystemDependencies> = {}): ActorSystem {
    return new ActorSystem({ ...this.dependencies, ...more }, this.limits);
  }

  /** Returns the stored ledger entries, in order. */
  entries(company = ACME): readonly { readonly type: string; readonly credits: number }[] {
    return [...this.store.stored(company)!.ledger.values()];
  }
}

/** Builds the command that records a customer's message. */
export function wrote(contact: string, at_ms = MORNING_MS, id = `wamid.${contact}.${at_ms}`): Command {
  return { type: "record", events: [wroteEvent(contact, at_ms, id)], received_at_ms: at_ms };
}

/** Returns the balance of an answer. */
export function balanceIn(answer: Answer): Balance {
  if (answer.type !== "balance") throw new Error(`expected a balance, got ${answer.type}`);
  return answer.balance;
}
