import type { CompanyId } from "../../../src/domain/types.ts";
import type { MemoryStore } from "./store.ts";

/** The companies that own Meta's phone numbers, in memory. */
export class MemoryPhoneNumbers {
  readonly #owners: Map<string, CompanyId>;

  constructor(store: MemoryStore) {
    this.#owners = store.phone_numbers;
  }

  /** Claims numbers: all of them or, when another company owns one, none. */
  // deno-lint-ignore require-await
  async claim(
    company: CompanyId,
    phone_number_ids: readonly string[],
    _at_ms: number,
  ): Promise<{ readonly taken: readonly { readonly phone_number_id: string }[] }> {
    const requested = [...new Set(phone_number_ids)].sort();
    const taken = requested.filter((id) => (this.#owners.get(id) ?? company) !== company);
    if (taken.length === 0) { for (const id of requested) this.#owners.set(id, company); }
    return { taken: taken.map((phone_number_id) => ({ phone_number_id })) };
  }

  /** Releases all numbers of a company but these. */
  // deno-lint-ignore require-await
  async release(company: CompanyId, except_ids: readonly string[]): Promise<string[]> {
    const released = [...this.#owners].filter(([id, owner]) => owner === company && !except_ids.includes(id));
    for (const [id] of released) this.#owners.delete(id);
    return released.map(([id]) => id).sort();
  }

  /** Lists every number with its owner. */
  // deno-lint-ignore require-await
  async all(): Promise<{ readonly phone_number_id: string; readonly company: CompanyId }[]> {
    return [...this.#owners].map(([phone_number_id, company]) => ({ phone_number_id, company }));
  }

  /** Lists the owners of some numbers. */
  async ownersOf(
    phone_number_ids: readonly string[],
  ): Promise<{ readonly phone_number_id: string; readonly company: CompanyId }[]> {
    return (await this.all()).filter(({ phone_number_id }) => phone_number_ids.includes(phone_number_id));
  }
}
