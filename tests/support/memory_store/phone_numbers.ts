import type { ClaimRequest, PhoneClaim, RefusedNumber } from "../../../src/domain/phone_claims.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { MemoryStore } from "./store.ts";

/** The claims of Meta's phone numbers by companies, in memory. */
export class MemoryPhoneNumbers {
  /** The claims of each number, in order. */
  readonly #claims: Map<string, PhoneClaim[]>;

  constructor(store: MemoryStore) {
    this.#claims = store.phone_claims;
  }

  /** Claims numbers, all of them or none. @returns those that cannot be claimed */
  // deno-lint-ignore require-await
  async claim({ company, phone_number_ids, at_ms, from_ms }: ClaimRequest): Promise<RefusedNumber[]> {
    const requested = [...new Set(phone_number_ids)].sort();
    const refused = requested.flatMap((id) => this.#refusal(id, company, from_ms) ?? []);
    if (refused.length > 0) return refused;
    for (const id of requested) {
      const claims = this.#claims.get(id) ?? [];
      const own = claims.find(isOpen);
      const before = claims.findLast((claim) => !isOpen(claim));
      if (own === undefined) {
        const default_from_ms = before === undefined || before.company === company ? undefined : at_ms;
        claims.push({
          phone_number_id: id,
          claim: claims.length + 1,
          company,
          owned_from_ms: latest(before?.released_at_ms, from_ms ?? default_from_ms),
          claimed_at_ms: at_ms,
          released_at_ms: undefined,
        });
      } else if (from_ms !== undefined) {
        const owned_from_ms = latest(before?.released_at_ms, from_ms)!;
        const is_earlier = own.owned_from_ms !== undefined && owned_from_ms < own.owned_from_ms;
        if (is_earlier) claims[claims.indexOf(own)] = { ...own, owned_from_ms };
      }
      this.#claims.set(id, claims);
    }
    return [];
  }

  /** Releases all numbers of a company but these. */
  // deno-lint-ignore require-await
  async release(company: CompanyId, except_ids: readonly string[], at_ms: number): Promise<string[]> {
    const released: string[] = [];
    for (const [id, claims] of this.#claims) {
      const at = claims.findIndex((claim) => isOpen(claim) && claim.company === company);
      if (at < 0 || except_ids.includes(id)) continue;
      claims[at] = { ...claims[at]!, released_at_ms: latest(claims[at]!.owned_from_ms, at_ms)! };
      released.push(id);
    }
    return released.sort();
  }

  /** Lists every claim that is open or ended after a time. */
  // deno-lint-ignore require-await
  async claimsSince(ended_after_ms: number): Promise<PhoneClaim[]> {
    return this.#all().filter(({ released_at_ms = Infinity }) => released_at_ms > ended_after_ms);
  }

  /** Lists all claims of some numbers. */
  // deno-lint-ignore require-await
  async claimsOf(phone_number_ids: readonly string[]): Promise<PhoneClaim[]> {
    return this.#all().filter(({ phone_number_id }) => phone_number_ids.includes(phone_number_id));
  }

  #all(): PhoneClaim[] {
    return [...this.#claims].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([, claims]) => claims);
  }

  #refusal(
    phone_number_id: string,
    company: CompanyId,
    from_ms = Infinity,
  ): RefusedNumber | undefined {
    const claims = this.#claims.get(phone_number_id) ?? [];
    const owner = claims.find(isOpen)?.company;
    if (owner !== undefined && owner !== company) return { phone_number_id, free_from_ms: undefined };
    const before = claims.findLast((claim) => !isOpen(claim));
    if (before === undefined || before.company === company || before.released_at_ms! <= from_ms) return;
    return { phone_number_id, free_from_ms: before.released_at_ms };
  }
}

function isOpen({ released_at_ms }: PhoneClaim): boolean {
  return released_at_ms === undefined;
}

function latest(a_ms: number | undefined, b_ms: number | undefined): number | undefined {
  return a_ms === undefined || b_ms === undefined ? a_ms ?? b_ms : Math.max(a_ms, b_ms);
}
