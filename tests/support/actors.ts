/** Companies and their actors on the store in memory, with a writer whose answers a test can hold back. */

import { CompanyActor } from "../../actors/company_actor.ts";
import type { ActorDependencies, ActorLimits } from "../../src/ports.ts";
import { ActorSystem } from "../../actors/actor_system.ts";
import type { ActorSystemLimits } from "../../actors/actor_system.ts";
import type { Balance } from "../../src/domain/company/balance.ts";
import type { Change } from "../../src/domain/company/change.ts";
import type { Answer, Command } from "../../src/domain/company/command.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { INBOUND, OUTBOUND } from "../../src/domain/types.ts";
import { rateHistory } from "../../src/domain/company/activation.ts";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import type { Writer } from "../../src/journal/journal.ts";
import { MemoryStore } from "./memory_store/store.ts";
import { rateCardVersion, wroteEvent } from "./fixtures.ts";

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

/** A writer on the store in memory that waits, fails, or forgets to answer when it is told to. */
export class PausableWriter implements Writer {
  readonly written: (readonly Change[])[] = [];
  /** What happens to the next statements, in order; after that they are simply written. */
  readonly script: ("refuse" | "lose_reply")[] = [];
  readonly #store: MemoryStore;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** Statements wait from now on. */
  pause(): void {
    this.#gate ??= Promise.withResolvers();
  }

  /** Statements go on. */
  resume(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    await this.#gate?.promise;
    const fate = this.script.shift();
    if (fate === "refuse") throw new Error("the connection was refused");
    const held = await this.#store.write(changes);
    this.written.push(changes);
    if (fate === "lose_reply") throw new Error("the connection died before the reply");
    return held;
  }
}

/** A small house: one store, one writer, a clock that is moved by hand. */
export class TestActors {
  readonly store = new MemoryStore();
  readonly writer = new PausableWriter(this.store);
  readonly clock = { at_ms: MORNING_MS, now_ms: (): number => this.clock.at_ms };
  readonly published: Balance[] = [];
  readonly reported_errors: unknown[] = [];
  readonly dependencies: ActorDependencies;
  readonly limits: ActorSystemLimits;
  /** How often the store was asked for contacts, usages or sends. */
  loads = 0;

  constructor(limits: Partial<ActorSystemLimits> = {}) {
    this.limits = { ...LIMITS, ...limits };
    const general = rateHistory([rateCardVersion(INBOUND, 1), rateCardVersion(OUTBOUND, 1)]);
    this.dependencies = {
      clock: this.clock,
      timers: { sleep: () => Promise.resolve() },
      store: {
        activate: (company) => this.store.activate(company),
        load: (company, missing) => {
          this.loads++;
          return this.store.load(company, missing);
        },
        dueCompanies: (at_ms, limit) => this.store.dueCompanies(at_ms, limit),
      },
      journal: new GroupCommitJournal([this.writer]),
      feed: { isWatched: () => true, publish: (balance) => void this.published.push(balance) },
      rates: { current: () => general },
      report: (_company, error) => void this.reported_errors.push(error),
    };
  }

  async create(company = ACME, time_zone = "America/Sao_Paulo"): Promise<void> {
    await this.store.create(company, {
      name: "Acme",
      locale: "pt-BR",
      time_zone,
      template_in_open_window: "charge",
      contact_secret: new Uint8Array(32).fill(7),
      created_at_ms: this.clock.at_ms,
      created_by: "a test",
    });
  }

  actor(company = ACME, limits: Partial<ActorLimits> = {}): CompanyActor {
    return new CompanyActor(company, this.dependencies, { ...this.limits, ...limits }, () => {});
  }

  createSystem(): ActorSystem {
    return new ActorSystem(this.dependencies, this.limits);
  }

  /** What the store has: entries of the ledger, in order. */
  entries(company = ACME): readonly { readonly type: string; readonly credits: number }[] {
    return [...this.store.stored(company)!.ledger.values()];
  }
}

/** A customer's message, now, as a command. */
export function wrote(contact: string, at_ms = MORNING_MS, id = `wamid.${contact}.${at_ms}`): Command {
  return { type: "record", events: [wroteEvent(contact, at_ms, id)], received_at_ms: at_ms };
}

/** The balance in an answer. */
export function balanceIn(answer: Answer): Balance {
  if (answer.type !== "balance") throw new Error(`a balance was asked for, and ${answer.type} answered`);
  return answer.balance;
}
