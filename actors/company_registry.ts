import { type Command, type Profile, type Refused, refused } from "../src/domain/company/command.ts";
import { firstDays, NEW_COMPANY_DEFAULTS, type NewCompany } from "../src/domain/company/new_company.ts";
import { type Precondition, unmet } from "../src/domain/company/precondition.ts";
import { FUTURE_LIMIT_MS } from "../src/domain/lateness.ts";
import type { ClaimRequest, RefusedNumber } from "../src/domain/phone_claims.ts";
import type { CompanyId } from "../src/domain/types.ts";
import type { ZoneData } from "../src/domain/zone_data.ts";
import type { Companies } from "../src/ports/companies.ts";
import type { Registration } from "../src/ports/directory.ts";
import type { Exclusive } from "../src/ports/placement.ts";
import type { GuardedClock } from "../src/ports/runtime.ts";
import type { Directory } from "./inbox.ts";
import { KeyedQueue } from "./keyed_queue.ts";
import { unavailable } from "./mailbox.ts";

/** Stored companies and the phone numbers they claimed. Rejects when the store cannot be reached. */
export interface CompanyRegistryStore {
  /** @returns false when the company exists already */
  create(company: CompanyId, row: NewCompany): Promise<boolean>;
  /** Claims all of the numbers or none. @returns those that cannot be claimed */
  claim(request: ClaimRequest): Promise<readonly RefusedNumber[]>;
  /** Releases every number of the company that is not in the list. @returns the released numbers */
  releaseOthers(
    company: CompanyId,
    phone_number_ids: readonly string[],
    at_ms: number,
  ): Promise<readonly string[]>;
}

/** What a {@link CompanyRegistry} depends on. */
export interface CompanyRegistryDependencies {
  readonly clock: Pick<GuardedClock, "now_ms" | "is_confirmed">;
  readonly zone_data: ZoneData;
  readonly store: CompanyRegistryStore;
  readonly companies: Companies;
  readonly directory: Pick<Directory, "lookUp">;
  /** Cryptographically secure random bytes. */
  randomBytes(length: number): Uint8Array;
  /** Runs calls for one company one at a time on all nodes; absent on one node alone. */
  readonly on_all_nodes?: Exclusive | undefined;
  /** Meters quarantined events of numbers that now have a company. */
  replayQuarantine(phone_number_ids: readonly string[]): Promise<void>;
}

/** Creates and configures companies. A phone number belongs to at most one of them at a time. */
export class CompanyRegistry {
  readonly #dependencies: CompanyRegistryDependencies;
  /** One call at a time for each company. Any number may wait. */
  readonly #of_companies: KeyedQueue;

  constructor(dependencies: CompanyRegistryDependencies) {
    this.#dependencies = dependencies;
    this.#of_companies = new KeyedQueue(Infinity, dependencies.on_all_nodes);
  }

  /**
   * Configures a company, and creates it when it is new. An invalid profile is refused before anything changes. Numbers
   * are claimed first and released last: a crash in between leaves a number claimed, never shared, and the same call
   * again completes it. Calls for one company run one after another, so none releases what another has just claimed.
   *
   * @param changed_by the author, for the record
   * @param precondition what must hold of the company as it is; the company's actor checks it with the change
   * @throws when the store cannot be reached
   */
  async configure(
    company: CompanyId,
    profile: Profile,
    changed_by: string,
    precondition?: Precondition,
  ): Promise<Registration> {
    const command = { type: "configure", profile, by: changed_by, precondition } as const;
    const configured = await this.#of_companies.run(
      new Set([company]),
      () => this.#configure(company, command),
    );
    return configured!;
  }

  async #configure(
    company: CompanyId,
    command: Extract<Command, { readonly type: "configure" }>,
  ): Promise<Registration> {
    const { clock, store, companies, directory } = this.#dependencies;
    const { profile, precondition = {} } = command;
    const now_ms = clock.now_ms();
    const refusal = validateFrom(profile, now_ms);
    if (refusal !== undefined) return { type: "registered", created: false, answer: refusal };
    const validated = await companies.execute(company, { type: "validate_profile", profile, precondition });
    const checked = validated.type === "company_not_found"
      ? unmet("company", precondition, undefined) ?? validated
      : validated;
    if (checked.type !== "done" && checked.type !== "company_not_found") {
      return { type: "registered", created: false, answer: checked };
    }
    const numbers = profile.phone_number_ids;
    // A claim begins and ends by our clock, and decides which company a message of that time is of.
    if (numbers !== undefined && !clock.is_confirmed) {
      return { type: "registered", created: false, answer: unavailable("clock_uncertain") };
    }
    const unclaimed = numbers === undefined ? [] : await store.claim({
      company,
      phone_number_ids: numbers,
      at_ms: secondOf(now_ms),
      from_ms: profile.phone_numbers_from_ms,
    });
    if (unclaimed.length > 0) return { type: "phone_number_taken", numbers: unclaimed };
    let answer = await companies.execute(company, command);
    const created = answer.type === "company_not_found";
    if (created) {
      const is_ours = await this.#create(company, profile, command.by, now_ms);
      // The precondition held before this call created the company. It must hold again if another process did.
      answer = await companies.execute(company, is_ours ? { ...command, precondition: undefined } : command);
    }
    // Unknown outcome, or refused because a day ended meanwhile: its other numbers stay until the next call.
    if (answer.type !== "company") return { type: "registered", created, answer };
    if (numbers === undefined) return { type: "registered", created, answer };
    // Events of the current second may be metered already: it still belongs to the company.
    const released = await store.releaseOthers(company, numbers, secondOf(clock.now_ms()) + SECOND_MS);
    await directory.lookUp([...numbers, ...released]);
    await this.#dependencies.replayQuarantine(numbers);
    return { type: "registered", created, answer };
  }

  async #create(
    company: CompanyId,
    profile: Profile,
    created_by: string,
    created_at_ms: number,
  ): Promise<boolean> {
    const {
      name,
      time_zone,
      locale = NEW_COMPANY_DEFAULTS.locale,
      country,
      template_in_open_window = NEW_COMPANY_DEFAULTS.template_in_open_window,
    } = profile;
    const contact_secret = this.#dependencies.randomBytes(32);
    const settings = { name, locale, country, time_zone, template_in_open_window };
    return await this.#dependencies.store.create(company, {
      ...settings,
      contact_secret,
      created_at_ms,
      created_by,
      days: firstDays(time_zone, created_at_ms, this.#dependencies.zone_data),
    });
  }
}

const SECOND_MS = 1_000;

/** Returns the start of a second. Meta's timestamps are whole seconds, so claims begin and end with one. */
function secondOf(at_ms: number): number {
  return Math.floor(at_ms / SECOND_MS) * SECOND_MS;
}

/** Refuses a start of claims that is impossible, or that names no numbers. */
function validateFrom(
  { phone_numbers_from_ms, phone_number_ids }: Profile,
  now_ms: number,
): Refused | undefined {
  if (phone_numbers_from_ms === undefined) return undefined;
  const path = ["phone_numbers_from"];
  if (phone_number_ids === undefined) {
    return refused("invalid_request", "must come with phone_number_ids: list the company's numbers", path);
  }
  if (phone_numbers_from_ms < 0) {
    return refused(
      "invalid_request",
      "must be in 1970 or later: omit it for numbers without an owner before",
      path,
    );
  }
  if (phone_numbers_from_ms > now_ms + FUTURE_LIMIT_MS) {
    return refused(
      "invalid_request",
      "must not be more than 5 minutes in the future: claim the numbers when the company has them",
      path,
    );
  }
}
