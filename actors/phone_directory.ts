import type { CompanyId } from "../src/domain/types.ts";
import type { Directory } from "./inbox.ts";

/** Where the numbers of all companies are kept. */
export interface PhoneNumberStore {
  all(): Promise<readonly OwnedNumber[]>;
  /** Those of some numbers that are anybody's. */
  ownersOf(phone_number_ids: readonly string[]): Promise<readonly OwnedNumber[]>;
}

/** A number and whose it is. */
export interface OwnedNumber {
  readonly phone_number_id: string;
  readonly company: CompanyId;
}

/** Which company a phone number id belongs to: held in memory, so that no webhook asks the store. */
export class PhoneDirectory implements Directory {
  readonly #store: PhoneNumberStore;
  #companies = new Map<string, CompanyId>();
  /** The same by company. A number may stand under one that has lost it since. */
  #numbers = new Map<CompanyId, Set<string>>();
  /** What companies were given while the store was read: one for each reading that is under way. */
  readonly #given_meanwhile = new Set<Map<CompanyId, readonly string[]>>();

  constructor(store: PhoneNumberStore) {
    this.#store = store;
  }

  companyOf(phone_number_id: string): CompanyId | undefined {
    return this.#companies.get(phone_number_id);
  }

  /**
   * Reads all of it anew: at the start, and now and then, for what other processes did. What companies are given here
   * meanwhile goes over what was read.
   */
  async refresh(): Promise<void> {
    const given = new Map<CompanyId, readonly string[]>();
    this.#given_meanwhile.add(given);
    try {
      const all = await this.#store.all();
      this.#companies = new Map();
      this.#numbers = new Map();
      for (const owned of all) this.#learn(owned);
      for (const [company, numbers] of given) this.#give(company, numbers);
    } finally {
      this.#given_meanwhile.delete(given);
    }
  }

  /** A company has these numbers from now on, and no others. */
  assign(company: CompanyId, phone_number_ids: readonly string[]): void {
    for (const given of this.#given_meanwhile) given.set(company, phone_number_ids);
    this.#give(company, phone_number_ids);
  }

  async lookUp(phone_number_ids: readonly string[]): Promise<void> {
    for (const owned of await this.#store.ownersOf(phone_number_ids)) this.#learn(owned);
  }

  #give(company: CompanyId, phone_number_ids: readonly string[]): void {
    for (const number of this.#numbers.get(company) ?? []) {
      if (this.#companies.get(number) === company) this.#companies.delete(number);
    }
    this.#numbers.delete(company);
    for (const phone_number_id of phone_number_ids) this.#learn({ phone_number_id, company });
  }

  #learn({ phone_number_id, company }: OwnedNumber): void {
    this.#companies.set(phone_number_id, company);
    const numbers = this.#numbers.get(company);
    if (numbers === undefined) this.#numbers.set(company, new Set([phone_number_id]));
    else numbers.add(phone_number_id);
  }
}
