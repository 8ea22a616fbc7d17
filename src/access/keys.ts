/**
 * The live API keys, in memory.
 *
 * - KEYS-1. A request with a known key reads no store. An unknown key with a valid checksum may have been created by
 *   another process a moment ago: requests with such keys share one refresh.
 * - KEYS-2. A key is found by its id, which is not secret, and its digest is compared in constant time.
 * - KEYS-3. When a key is revoked or expires, its lease ends, and with the lease every stream and session of the key.
 * - KEYS-4. The last use of a key is written periodically, never by the request that uses it.
 */

import { timingSafeEqual } from "node:crypto";
import { AccessLease } from "./access_lease.ts";
import { digest, keyIdIn, newKey } from "./key.ts";
import type { KeyFilter, KeyLimits, KeyQuery, KeyRecord, KeyStore } from "./store.ts";

/** A live key with its lease. */
export interface LiveKey {
  readonly record: KeyRecord;
  readonly lease: AccessLease;
}

/** The properties of a key to create. */
export type NewKeyRequest = Pick<
  KeyRecord,
  "name" | "scope" | "company" | "sees_contacts" | "created_by" | "expires_at_ms"
>;

/** The outcome of creating a key; `key` is its text, shown only now. */
export type CreateKeyResult =
  | { readonly type: "created"; readonly key: string; readonly record: KeyRecord }
  | { readonly type: "expires_before_now" }
  | { readonly type: "too_many" };

/** A key in a list. */
export interface ListedKey extends KeyRecord {
  readonly status: "live" | "expired" | "revoked";
}

interface CachedKey extends LiveKey {
  /** The last use that this process knows. */
  used_at_ms: number | undefined;
  /** The last use in the store. */
  stored_used_at_ms: number | undefined;
}

/** The last use of a key is written at most this often. */
const USE_WRITE_INTERVAL_MS = 60_000;

/** The maximum number of live keys: all of them are in memory. */
const LIVE_MAX = 10_000;
/** Live keys beyond {@link LIVE_MAX} that the root key may create, so that others cannot lock the operator out. */
const ROOT_RESERVE = 1_000;
/**
 * The maximum number of one company's keys that are live or younger than a day. A company that creates and revokes
 * keys in a loop fills the table with so many a day at most.
 */
const COMPANY_MAX = 100;

/** The limits of each creator of keys. */
const LIMITS: Readonly<Record<KeyCreator, KeyLimits>> = {
  key: { live_max: LIVE_MAX, company_max: COMPANY_MAX },
  root: { live_max: LIVE_MAX + ROOT_RESERVE, company_max: undefined },
};

/** Creates a key: another key, or the root key, which no company's keys can shut out. */
export type KeyCreator = "key" | "root";

/** Finds, creates and revokes API keys. */
export class Keys {
  readonly #store: KeyStore;
  readonly #now_ms: () => number;
  readonly #refresh: () => Promise<void>;
  readonly #live_keys = new Map<string, CachedKey>();

  /** @param refresh applies every change that was committed before its call */
  constructor(store: KeyStore, now_ms: () => number, refresh: () => Promise<void>) {
    this.#store = store;
    this.#now_ms = now_ms;
    this.#refresh = refresh;
  }

  /** Number of live keys. */
  get size(): number {
    return this.#live_keys.size;
  }

  /**
   * Finds the live key of a text and marks it used.
   *
   * @param digested the digest of the text
   * @returns undefined when there is no such live key
   * @throws when a refresh is needed and the store cannot be reached
   */
  async find(text: string, digested: Uint8Array = digest(text)): Promise<LiveKey | undefined> {
    const id = keyIdIn(text);
    if (id === undefined) return undefined;
    const key = await this.findById(id) as CachedKey | undefined;
    if (key === undefined || !timingSafeEqual(digested, key.record.hash)) return undefined;
    key.used_at_ms = this.#now_ms();
    return key;
  }

  /**
   * Finds a live key by its id.
   *
   * @throws when a refresh is needed and the store cannot be reached
   */
  async findById(id: string): Promise<LiveKey | undefined> {
    if (!this.#live_keys.has(id)) await this.#refresh();
    return this.#live(id);
  }

  /** Creates a key. It is valid at once, here and in every other process. */
  async create(request: NewKeyRequest, creator: KeyCreator): Promise<CreateKeyResult> {
    const created_at_ms = this.#now_ms();
    if ((request.expires_at_ms ?? Infinity) <= created_at_ms) return { type: "expires_before_now" };
    const { id, key, hash } = newKey();
    const record = {
      ...request,
      id,
      hash,
      created_at_ms,
      revoked_at_ms: undefined,
      last_used_at_ms: undefined,
    };
    if (!await this.#store.add(record, LIMITS[creator])) return { type: "too_many" };
    this.apply([record]);
    return { type: "created", key, record };
  }

  /**
   * Revokes a key and ends its lease: here at once, in other processes within a second.
   *
   * @param among the keys that the caller may revoke
   * @returns false when there is no such key, or it is revoked already
   */
  async revoke(id: string, among: KeyFilter): Promise<boolean> {
    if (!await this.#store.revoke(id, among, this.#now_ms())) return false;
    this.#drop(id);
    return true;
  }

  /** Lists keys, newest first. */
  async list(query: Omit<KeyQuery, "now_ms">): Promise<ListedKey[]> {
    const rows = await this.#store.list({ ...query, now_ms: this.#now_ms() });
    return rows.map((row) => this.#listed(row));
  }

  /** Adds created keys to memory, and drops revoked and expired ones. */
  apply(changed: readonly KeyRecord[]): void {
    for (const record of changed) {
      if (record.revoked_at_ms !== undefined) {
        this.#drop(record.id);
      } else if (!this.#live_keys.has(record.id)) {
        const stored_used_at_ms = record.last_used_at_ms;
        const lease = new AccessLease();
        this.#live_keys.set(record.id, { record, lease, used_at_ms: stored_used_at_ms, stored_used_at_ms });
      }
    }
    this.endExpired();
  }

  /** Ends expired keys. */
  endExpired(): void {
    for (const id of this.#live_keys.keys()) this.#dropIfExpired(id);
  }

  /** Writes the last uses that are due. @param all true at shutdown: also writes uses that are not due yet */
  async writeUses(all = false): Promise<void> {
    const due = [...this.#live_keys.values()].filter(({ used_at_ms, stored_used_at_ms }) =>
      used_at_ms !== undefined && used_at_ms !== stored_used_at_ms &&
      (all || stored_used_at_ms === undefined || used_at_ms - stored_used_at_ms >= USE_WRITE_INTERVAL_MS)
    );
    if (due.length === 0) return;
    const uses = due.map(({ record, used_at_ms }) => ({ id: record.id, at_ms: used_at_ms! }));
    await this.#store.recordUses(uses);
    due.forEach((key, index) => key.stored_used_at_ms = uses[index]!.at_ms);
  }

  /** Ends every lease and clears the memory. The keys stay valid, and are read again by the next refresh. */
  evictAll(): void {
    for (const id of this.#live_keys.keys()) this.#drop(id);
  }

  #listed(record: KeyRecord): ListedKey {
    // The last use may not be written yet.
    const last_used_at_ms = this.#live_keys.get(record.id)?.used_at_ms ?? record.last_used_at_ms;
    const has_expired = (record.expires_at_ms ?? Infinity) <= this.#now_ms();
    const status = record.revoked_at_ms !== undefined ? "revoked" : has_expired ? "expired" : "live";
    return { ...record, last_used_at_ms, status };
  }

  /** Returns a key in memory, unless it has expired. */
  #live(id: string): CachedKey | undefined {
    this.#dropIfExpired(id);
    return this.#live_keys.get(id);
  }

  #dropIfExpired(id: string): void {
    const key = this.#live_keys.get(id);
    if (key !== undefined && (key.record.expires_at_ms ?? Infinity) <= this.#now_ms()) this.#drop(id);
  }

  /** Ends a key's lease and removes the key from memory. The stored key is unchanged. */
  #drop(id: string): void {
    const key = this.#live_keys.get(id);
    this.#live_keys.delete(id);
    key?.lease.end();
  }
}
