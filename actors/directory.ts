import type { CompanyId } from "../src/domain/names.ts";
import type { Directory } from "./inbox.ts";

/** Where the numbers of all companies are kept. */
export interface NumberStore {
  all(): Promise<readonly { readonly phone_number_id: string; readonly company: CompanyId }[]>;
  ownerOf(phone_number_id: string): Promise<CompanyId | undefined>;
}

/** Which company a phone number id belongs to: held in memory, so that no webhook asks the store. */
export class PhoneDirectory implements Directory {
  readonly #store: NumberStore;
  #companies = new Map<string, CompanyId>();
  /** Assignments so far: what was read before the latest of them is out of date. */
  #assignments = 0;

  constructor(store: NumberStore) {
    this.#store = store;
  }

  companyOf(phone_number_id: string): CompanyId | undefined {
    return this.#companies.get(phone_number_id);
  }

  /** Reads all of it anew: at the start, and now and then, for what other processes did. */
  async refresh(): Promise<void> {
    const before = this.#assignments;
    const all = await this.#store.all();
    if (before !== this.#assignments) return await this.refresh();
    this.#companies = new Map(all.map(({ phone_number_id, company }) => [phone_number_id, company]));
  }

  /** A company has these numbers from now on, and no others. */
  assign(company: CompanyId, phone_number_ids: readonly string[]): void {
    this.#assignments++;
    for (const [number, owner] of this.#companies) {
      if (owner === company) this.#companies.delete(number);
    }
    for (const number of phone_number_ids) this.#companies.set(number, company);
  }

  async lookUp(phone_number_ids: readonly string[]): Promise<void> {
    for (const phone_number_id of phone_number_ids) {
      const company = await this.#store.ownerOf(phone_number_id);
      if (company !== undefined) this.#companies.set(phone_number_id, company);
    }
  }
}
