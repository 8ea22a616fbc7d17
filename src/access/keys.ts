/**
 * Keys as requests meet them: all that are live, in memory.
 *
 * A1. No request reads the store. A key that is not known here, though its checksum holds, may have been made by
 *     another process a moment ago: then all who bring such keys wait for one look together.
 * A2. A key is found by its id, which is no secret, and compared by digests in constant time.
 * A3. A key that is revoked or expires ends its admission, and with it every stream and session under it.
 * A4. When a key was last used is written now and then, never by the request that uses it.
 */

import { timingSafeEqual } from "node:crypto";
import type { CompanyId } from "../domain/types.ts";
import { AccessLease } from "./access_lease.ts";
import { digest, keyIdIn, newKey } from "./key.ts";
import type { KeyQuery, KeyRecord, KeyStore } from "./store.ts";

/** A key that lets somebody in. */
export interface LiveKey {
  readonly record: KeyRecord;
  readonly lease: AccessLease;
}

/** A key as it is asked for. */
export type NewKeyRequest = Pick<
  KeyRecord,
  "name" | "scope" | "company" | "sees_contacts" | "created_by" | "expires_at_ms"
>;

/** What came of asking for a key: it is shown this once. */
export type CreateKeyResult =
  | { readonly type: "made"; readonly key: string; readonly record: KeyRecord }
  | { readonly type: "expires_before_now" }
  | { readonly type: "too_many" };

/** A key as it is listed. */
export interface ListedKey extends KeyRecord {
  readonly status: "live" | "expired" | "revoked";
}

interface Held extends LiveKey {
  used_at_ms: number | undefined;
  /** As it is in the store. */
  written_at_ms: number | undefined;
}

/** The last use is written at most so often. */
const WRITTEN_EVERY_MS = 60_000;

/** All live keys are held in memory, so that no request has to look. */
const LIVE_MAX = 10_000;

/** All live keys. */
export class Keys {
  readonly #store: KeyStore;
  readonly #now_ms: () => number;
  readonly #look: () => Promise<void>;
  readonly #held = new Map<string, Held>();

  /** @param look brings what other processes did here; whoever asks at the same time shares it */
  constructor(store: KeyStore, now_ms: () => number, look: () => Promise<void>) {
    this.#store = store;
    this.#now_ms = now_ms;
    this.#look = look;
  }

  /** How many are held. */
  get size(): number {
    return this.#held.size;
  }

  /**
   * The key that a text is, and marks it used.
   *
   * @returns undefined when it is none, or none any more
   * @throws when the store had to be asked and cannot be reached
   */
  async find(text: string): Promise<LiveKey | undefined> {
    const id = keyIdIn(text);
    if (id === undefined) return undefined;
    const key = await this.findById(id) as Held | undefined;
    if (key === undefined || !timingSafeEqual(digest(text), key.record.hash)) return undefined;
    key.used_at_ms = this.#now_ms();
    return key;
  }

  /**
   * A live key by its id.
   *
   * @throws when the store had to be asked and cannot be reached
   */
  async findById(id: string): Promise<LiveKey | undefined> {
    if (!this.#held.has(id)) await this.#look();
    return this.#live(id);
  }

  /** Makes a key. It is good at once, here and in every other process. */
  async create(asked: NewKeyRequest): Promise<CreateKeyResult> {
    const created_at_ms = this.#now_ms();
    if ((asked.expires_at_ms ?? Infinity) <= created_at_ms) return { type: "expires_before_now" };
    const { id, key, hash } = newKey();
    const record = {
      ...asked,
      id,
      hash,
      created_at_ms,
      revoked_at_ms: undefined,
      last_used_at_ms: undefined,
    };
    if (!await this.#store.add(record, LIVE_MAX)) return { type: "too_many" };
    this.apply([record]);
    return { type: "made", key, record };
  }

  /**
   * Revokes a key, and ends what goes on under it: here at once, in the other processes within the second.
   *
   * @param company whose key it has to be; undefined for any
   * @returns false when there is no such key, or it was revoked before
   */
  async revoke(id: string, company: CompanyId | undefined): Promise<boolean> {
    if (!await this.#store.revoke(id, company, this.#now_ms())) return false;
    this.#end(id);
    return true;
  }

  /** Keys, newest first. */
  async list(query: Omit<KeyQuery, "now_ms">): Promise<ListedKey[]> {
    const rows = await this.#store.list({ ...query, now_ms: this.#now_ms() });
    return rows.map((row) => this.#listed(row));
  }

  /** Takes in what has changed. */
  apply(changed: readonly KeyRecord[]): void {
    for (const record of changed) {
      if (record.revoked_at_ms !== undefined) {
        this.#end(record.id);
      } else if (!this.#held.has(record.id)) {
        const { last_used_at_ms: written_at_ms } = record;
        const lease = new AccessLease();
        this.#held.set(record.id, { record, lease, used_at_ms: written_at_ms, written_at_ms });
      }
    }
    this.endExpired();
  }

  /** Ends those whose time has come. */
  endExpired(): void {
    for (const id of this.#held.keys()) this.#live(id);
  }

  /** Writes when keys were used, where that is due; all of it before the process ends. */
  async writeUses(all = false): Promise<void> {
    const due = [...this.#held.values()].filter(({ used_at_ms, written_at_ms }) =>
      used_at_ms !== undefined && used_at_ms !== written_at_ms &&
      (all || written_at_ms === undefined || used_at_ms - written_at_ms >= WRITTEN_EVERY_MS)
    );
    if (due.length === 0) return;
    const uses = due.map(({ record, used_at_ms }) => ({ id: record.id, at_ms: used_at_ms! }));
    await this.#store.recordUses(uses);
    due.forEach((key, index) => key.written_at_ms = uses[index]!.at_ms);
  }

  /** Ends what goes on under any of them, and forgets them, until they are taken in anew. */
  endAll(): void {
    for (const id of this.#held.keys()) this.#end(id);
  }

  #listed(record: KeyRecord): ListedKey {
    // What was used here is written later.
    const last_used_at_ms = this.#held.get(record.id)?.used_at_ms ?? record.last_used_at_ms;
    const has_expired = (record.expires_at_ms ?? Infinity) <= this.#now_ms();
    const status = record.revoked_at_ms !== undefined ? "revoked" : has_expired ? "expired" : "live";
    return { ...record, last_used_at_ms, status };
  }

  #live(id: string): Held | undefined {
    const key = this.#held.get(id);
    if (key === undefined || (key.record.expires_at_ms ?? Infinity) > this.#now_ms()) return key;
    this.#end(id);
    return undefined;
  }

  #end(id: string): void {
    const key = this.#held.get(id);
    this.#held.delete(id);
    key?.lease.end();
  }
}
