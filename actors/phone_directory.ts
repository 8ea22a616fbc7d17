import type { CompanyId } from "../src/domain/types.ts";
import type { Directory } from "./inbox.ts";

/** The stored phone numbers of all companies. Rejects when the store cannot be reached. */
export interface PhoneNumberStore {
  all(): Promise<readonly OwnedNumber[]>;
  /** Those of the given numbers that a company owns. */
  ownersOf(phone_number_ids: readonly string[]): Promise<readonly OwnedNumber[]>;
}

/** A phone number and the company that owns it. */
export interface OwnedNumber {
  readonly phone_number_id: string;
  readonly company: CompanyId;
}

/** The company of each phone number id, in memory: no webhook reads the store for it. */
export class PhoneDirectory implements Directory {
  readonly #store: PhoneNumberStore;
  #companies = new Map<string, CompanyId>();
  /** The inverse map. A number may still be listed under a company that has lost it. */
  #numbers = new Map<CompanyId, Set<string>>();
  /** Assignments made during a refresh: one map for each refresh that is running. */
  readonly #assigned_meanwhile = new Set<Map<CompanyId, readonly string[]>>();

  constructor(store: PhoneNumberStore) {
    this.#store = store;
  }

  companyOf(phone_number_id: string): CompanyId | undefined {
    return this.#companies.get(phone_number_id);
  }

  /**
   * Reads all numbers again: at startup, and periodically for changes of other processes. Assignments made here
   * meanwhile override the rows that were read.
   */
  async refresh(): Promise<void> {
    const assigned = new Map<CompanyId, readonly string[]>();
    this.#assigned_meanwhile.add(assigned);
    try {
      const all = await this.#store.all();
      this.#companies = new Map();
      this.#numbers = new Map();
      for (const owned of all) this.#add(owned);
      for (const [company, numbers] of assigned) this.#replace(company, numbers);
    } finally {
      this.#assigned_meanwhile.delete(assigned);
    }
  }

  /** Assigns numbers to a company and removes its others. */
  assign(company: CompanyId, phone_number_ids: readonly string[]): void {
    for (const assigned of this.#assigned_meanwhile) assigned.set(company, phone_number_ids);
    this.#replace(company, phone_number_ids);
  }

  async lookUp(phone_number_ids: readonly string[]): Promise<void> {
    for (const owned of await this.#store.ownersOf(phone_number_ids)) this.#add(owned);
  }

  #replace(company: CompanyId, phone_number_ids: readonly string[]): void {
    for (const number of this.#numbers.get(company) ?? []) {
      if (this.#companies.get(number) === company) this.#companies.delete(number);
    }
    this.#numbers.delete(company);
    for (const phone_number_id of phone_number_ids) this.#add({ phone_number_id, company });
  }

  #add({ phone_number_id, company }: OwnedNumber): void {
    this.#companies.set(phone_number_id, company);
    const numbers = this.#numbers.get(company);
    if (numbers === undefined) this.#numbers.set(company, new Set([phone_number_id]));
    else numbers.add(phone_number_id);
  }
}
