import { addDays, Calendar } from "../src/domain/calendar.ts";
import type { Answer, Command, Profile } from "../src/domain/company/command.ts";
import type { SettingsVersion } from "../src/domain/company/state.ts";
import { ALWAYS } from "../src/domain/company/state.ts";
import type { CompanyId, LocalDate } from "../src/domain/names.ts";
import type { Clock } from "./ports.ts";

/** A company on its first day. */
export interface NewCompany {
  readonly company: CompanyId;
  readonly name: string;
  readonly locale: string;
  readonly contact_secret: Uint8Array;
  readonly settings: SettingsVersion;
  readonly closed_through: LocalDate;
  readonly due_at_ms: number;
  readonly created_at_ms: number;
}

/** Where companies are made, and numbers claimed. All of it rejects when the store cannot be reached. */
export interface RegistryStore {
  /** @returns false when the company was there already */
  create(company: NewCompany): Promise<boolean>;
  exists(company: CompanyId): Promise<boolean>;
  /** Claims all of the numbers or none. @returns those that another company has */
  claim(company: CompanyId, phone_number_ids: readonly string[], at_ms: number): Promise<readonly string[]>;
  /** Gives up every number of the company that is not in the list. */
  releaseOthers(company: CompanyId, phone_number_ids: readonly string[]): Promise<void>;
}

export interface RegistryWorld {
  readonly clock: Clock;
  readonly store: RegistryStore;
  readonly companies: { ask(company: CompanyId, command: Command): Promise<Answer> };
  readonly directory: { refresh(): Promise<void> };
  /** Secret randomness. */
  randomBytes(length: number): Uint8Array;
  /** Meters what was kept back for numbers that now have a company. */
  replay(company: CompanyId, phone_number_ids: readonly string[]): Promise<void>;
}

/** What came of configuring a company. */
export type Registration =
  | { readonly type: "registered"; readonly created: boolean; readonly answer: Answer }
  | { readonly type: "phone_number_taken"; readonly phone_number_ids: readonly string[] };

/** Makes and configures companies, whose numbers are the one thing that is unique over all of them. */
export class Registry {
  readonly #world: RegistryWorld;

  constructor(world: RegistryWorld) {
    this.#world = world;
  }

  /**
   * Makes a company what it is asked to be, creating it when it is new. Numbers are claimed before anything
   * else changes and released after, so that a crash in between leaves a number claimed, never shared; the
   * same call again completes it.
   *
   * @throws when the store cannot be reached
   */
  async put(company: CompanyId, profile: Profile, by: string): Promise<Registration> {
    const { clock, store, companies, directory } = this.#world;
    const now_ms = clock.now_ms();
    const taken = await store.claim(company, profile.phone_number_ids, now_ms);
    if (taken.length > 0) return { type: "phone_number_taken", phone_number_ids: taken };
    const created = !(await store.exists(company)) &&
      await store.create(newCompany(company, profile, by, this.#world.randomBytes(32), now_ms));
    const answer = await companies.ask(company, { type: "configure", profile, by });
    // Refused or not for certain: the numbers it has stay as they are until it is asked again.
    if (answer.type !== "company") return { type: "registered", created, answer };
    await store.releaseOthers(company, profile.phone_number_ids);
    await directory.refresh();
    await this.#world.replay(company, profile.phone_number_ids);
    return { type: "registered", created, answer };
  }
}

function newCompany(
  company: CompanyId,
  profile: Profile,
  by: string,
  contact_secret: Uint8Array,
  now_ms: number,
): NewCompany {
  const { name, locale, time_zone, template_in_open_window } = profile;
  const today = new Calendar([{ time_zone, effective_from: ALWAYS }]).dayOf(now_ms);
  const settings: SettingsVersion = {
    version: 1,
    effective_from: ALWAYS,
    time_zone,
    template_in_open_window,
    recorded_at_ms: now_ms,
    recorded_by: by,
  };
  return {
    company,
    name,
    locale,
    contact_secret,
    settings,
    closed_through: addDays(today.date, -1),
    due_at_ms: today.end_ms,
    created_at_ms: now_ms,
  };
}
