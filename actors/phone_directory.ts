import { FORMER_OWNERS_MS, type PhoneClaim, soleOwnerFrom } from "../src/domain/phone_claims.ts";
import type { CompanyId } from "../src/domain/types.ts";
import type { Clock } from "../src/ports/runtime.ts";
import type { Directory } from "./inbox.ts";

/** The stored claims of phone numbers. Rejects when the store cannot be reached. */
export interface PhoneClaimStore {
  /** Every claim that is open or ended after a time, each number's in order. */
  claimsSince(ended_after_ms: number): Promise<readonly PhoneClaim[]>;
  /** All claims of the given numbers, each number's in order. */
  claimsOf(phone_number_ids: readonly string[]): Promise<readonly PhoneClaim[]>;
}

/**
 * The companies of phone numbers, in memory: no webhook of a known number reads the store for it.
 *
 * Claims of a number only grow: a claim is added, begins earlier or ends. So of two readings of a number, in any order of
 * arrival, the newer one is known, and a slow reading never replaces it.
 */
export class PhoneDirectory implements Directory {
  readonly #clock: Clock;
  readonly #store: PhoneClaimStore;
  /** The owners of numbers that have had one owner for {@link FORMER_OWNERS_MS}: nearly all. */
  #sole_owners = new Map<string, CompanyId>();
  /** The claims of every number, in order. */
  #claims = new Map<string, readonly PhoneClaim[]>();

  constructor(clock: Clock, store: PhoneClaimStore) {
    this.#clock = clock;
    this.#store = store;
  }

  soleOwnerOf(phone_number_id: string): CompanyId | undefined {
    return this.#sole_owners.get(phone_number_id);
  }

  claimsOf(phone_number_id: string): readonly PhoneClaim[] {
    return this.#claims.get(phone_number_id) ?? [];
  }

  /** Reads the claims of all numbers again: at startup, and periodically for changes of other processes. */
  async refresh(): Promise<void> {
    const since_ms = this.#since_ms();
    const read = groupedByNumber(await this.#store.claimsSince(since_ms));
    const known = this.#claims;
    this.#claims = new Map();
    this.#sole_owners = new Map();
    for (const [number, claims] of read) this.#set(number, newerOf(known.get(number), claims), since_ms);
    // A number that was not read was claimed meanwhile, or nobody owned it lately.
    for (const [number, claims] of known) {
      if (read.has(number)) continue;
      const lately = claims.filter(({ released_at_ms = Infinity }) => released_at_ms > since_ms);
      if (lately.length > 0) this.#set(number, lately, since_ms);
    }
  }

  /** Forgets all claims: the store may be at an earlier state. Numbers are read again when they are needed. */
  reset(): void {
    this.#claims = new Map();
    this.#sole_owners = new Map();
  }

  async lookUp(phone_number_ids: readonly string[]): Promise<void> {
    const read = groupedByNumber(await this.#store.claimsOf(phone_number_ids));
    const since_ms = this.#since_ms();
    for (const [number, claims] of read) {
      this.#set(number, newerOf(this.#claims.get(number), claims), since_ms);
    }
  }

  #set(number: string, claims: readonly PhoneClaim[], since_ms: number): void {
    this.#claims.set(number, claims);
    const company = soleOwnerFrom(claims, since_ms);
    if (company === undefined) this.#sole_owners.delete(number);
    else this.#sole_owners.set(number, company);
  }

  #since_ms(): number {
    return this.#clock.now_ms() - FORMER_OWNERS_MS;
  }
}

function groupedByNumber(claims: readonly PhoneClaim[]): Map<string, readonly PhoneClaim[]> {
  return Map.groupBy(claims, ({ phone_number_id }) => phone_number_id);
}

/** Returns the newer of two readings of a number's claims. */
function newerOf(
  known: readonly PhoneClaim[] | undefined,
  read: readonly PhoneClaim[],
): readonly PhoneClaim[] {
  const [a, b] = [known?.at(-1), read.at(-1)!];
  if (a === undefined || a.claim !== b.claim) return a !== undefined && a.claim > b.claim ? known! : read;
  const is_known_newer = a.released_at_ms !== undefined && b.released_at_ms === undefined ||
    (a.owned_from_ms ?? -Infinity) < (b.owned_from_ms ?? -Infinity);
  return is_known_newer ? known! : read;
}
