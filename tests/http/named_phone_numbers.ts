import type { CompanyId } from "../../src/domain/types.ts";
import { MemoryPhoneNumbers } from "../support/memory_store/phone_numbers.ts";
import type { MemoryStore } from "../support/memory_store/store.ts";

/** The claims of phone numbers in memory, with the names of the numbers. A name belongs to the claim that is open. */
export class NamedPhoneNumbers extends MemoryPhoneNumbers {
  readonly #store: MemoryStore;
  /** By number and claim. */
  readonly #names = new Map<string, string>();

  constructor(store: MemoryStore) {
    super(store);
    this.#store = store;
  }

  /** Names a number, or removes its name. @returns false if no company owns the number */
  // deno-lint-ignore require-await
  async setName(phone_number_id: string, name: string | undefined): Promise<boolean> {
    const owned = this.#openClaims().find((claim) => claim.phone_number_id === phone_number_id);
    if (owned === undefined) return false;
    if (name === undefined) this.#names.delete(owned.key);
    else this.#names.set(owned.key, name);
    return true;
  }

  /** Returns the names of the numbers that a company owns, by id. */
  // deno-lint-ignore require-await
  async namesOf(company: CompanyId): Promise<Map<string, string>> {
    const own = this.#openClaims().filter((claim) => claim.company === company);
    return new Map(own.flatMap(({ phone_number_id, key }): [string, string][] => {
      const name = this.#names.get(key);
      return name === undefined ? [] : [[phone_number_id, name]];
    }));
  }

  #openClaims() {
    return [...this.#store.phone_claims.values()].flat()
      .filter(({ released_at_ms }) => released_at_ms === undefined)
      .map(({ phone_number_id, claim, company }) => {
        return { phone_number_id, company, key: `${phone_number_id} ${claim}` };
      });
  }
}
