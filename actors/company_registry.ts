import type { Answer, Command, Profile } from "../src/domain/company/command.ts";
import { NEW_COMPANY_DEFAULTS, type NewCompany } from "../src/domain/company/new_company.ts";
import type { CompanyId } from "../src/domain/types.ts";
import type { Clock, Registration } from "../src/ports.ts";

/** Where companies are made, and numbers claimed. All of it rejects when the store cannot be reached. */
export interface CompanyRegistryStore {
  /** @returns false when the company was there already */
  create(company: CompanyId, made: NewCompany): Promise<boolean>;
  /** Claims all of the numbers or none. @returns those that another company has */
  claim(company: CompanyId, phone_number_ids: readonly string[], at_ms: number): Promise<readonly string[]>;
  /** Gives up every number of the company that is not in the list. */
  releaseOthers(company: CompanyId, phone_number_ids: readonly string[]): Promise<void>;
}

export interface CompanyRegistryDependencies {
  readonly clock: Clock;
  readonly store: CompanyRegistryStore;
  readonly companies: { execute(company: CompanyId, command: Command): Promise<Answer> };
  readonly directory: { assign(company: CompanyId, phone_number_ids: readonly string[]): void };
  /** Secret randomness. */
  randomBytes(length: number): Uint8Array;
  /** Meters what was kept back for numbers that now have a company. */
  replayQuarantine(phone_number_ids: readonly string[]): Promise<void>;
}

/** Makes and configures companies, whose numbers are the one thing that is unique over all of them. */
export class CompanyRegistry {
  readonly #world: CompanyRegistryDependencies;
  /** The last call for each company that has one under way. */
  readonly #under_way = new Map<CompanyId, Promise<unknown>>();

  constructor(world: CompanyRegistryDependencies) {
    this.#world = world;
  }

  /**
   * Makes a company what it is asked to be, creating it when it is new. What it would refuse is refused before
   * anything is touched. Numbers are claimed before anything else changes and released after, so that a crash in
   * between leaves a number claimed, never shared; the same call again completes it. Calls for one company are
   * carried out one after another, so that none releases what another has just claimed.
   *
   * @throws when the store cannot be reached
   */
  configure(company: CompanyId, profile: Profile, by: string): Promise<Registration> {
    const before = this.#under_way.get(company);
    const put = () => this.#put(company, profile, by);
    const registered = before === undefined ? put() : before.then(put, put);
    this.#under_way.set(company, registered);
    const forget = () => {
      if (this.#under_way.get(company) === registered) this.#under_way.delete(company);
    };
    void registered.then(forget, forget);
    return registered;
  }

  async #put(company: CompanyId, profile: Profile, by: string): Promise<Registration> {
    const { clock, store, companies, directory } = this.#world;
    const now_ms = clock.now_ms();
    const checked = await companies.execute(company, { type: "check_profile", profile });
    if (checked.type !== "done" && checked.type !== "no_company") {
      return { type: "registered", created: false, answer: checked };
    }
    const numbers = profile.phone_number_ids;
    const taken = numbers === undefined ? [] : await store.claim(company, numbers, now_ms);
    if (taken.length > 0) return { type: "phone_number_taken", phone_number_ids: taken };
    const command = { type: "configure", profile, by } as const;
    let answer = await companies.execute(company, command);
    const created = answer.type === "no_company";
    if (created) {
      const { name, time_zone } = profile;
      const {
        locale = NEW_COMPANY_DEFAULTS.locale,
        template_in_open_window = NEW_COMPANY_DEFAULTS.template_in_open_window,
      } = profile;
      const contact_secret = this.#world.randomBytes(32);
      const place = { name, locale, time_zone, template_in_open_window };
      await store.create(company, { ...place, contact_secret, created_at_ms: now_ms, created_by: by });
      answer = await companies.execute(company, command);
    }
    // Not for certain, or refused for a day that ended meanwhile: its numbers stay until it is asked again.
    if (answer.type !== "company") return { type: "registered", created, answer };
    if (numbers === undefined) return { type: "registered", created, answer };
    await store.releaseOthers(company, numbers);
    directory.assign(company, numbers);
    await this.#world.replayQuarantine(numbers);
    return { type: "registered", created, answer };
  }
}
