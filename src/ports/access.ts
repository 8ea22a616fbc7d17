/** API keys, viewer sessions and repeated calls. */

import type { CreateKeyResult, KeyCreator, ListedKey, LiveKey, NewKeyRequest } from "../access/keys.ts";
import type { KeyFilter, KeyQuery } from "../access/store.ts";
import type { LiveSession, SessionLink } from "../access/viewer_sessions.ts";
import type { CompanyId } from "../domain/types.ts";

/** Manages API keys, which authenticate programs. */
export interface ApiKeys {
  /** Finds the live key of a text with its digest. Rejects when the store is needed and cannot be reached. */
  find(text: string, digested: Uint8Array): Promise<LiveKey | undefined>;
  create(key: NewKeyRequest, creator: KeyCreator): Promise<CreateKeyResult>;
  /** Revokes a key among those of a filter. @returns false when there is no such key, or it is revoked already */
  revoke(id: string, among: KeyFilter): Promise<boolean>;
  /** Lists keys, newest first. */
  list(query: Omit<KeyQuery, "now_ms">): Promise<readonly ListedKey[]>;
}

/** Manages viewer sessions, which authenticate people in browsers. */
export interface Sessions {
  /** Finds a company's live session by its cookie's token. Rejects when the store is needed and cannot be reached. */
  find(token: string, company: string): Promise<LiveSession | undefined>;
  /** Creates a link that opens a session once. Undefined when the company has too many sessions. */
  createLink(
    company: CompanyId,
    key: string | undefined,
    ttl_ms: number,
    sees_contacts?: boolean,
  ): Promise<SessionLink | undefined>;
  /** Opens the session of a company's link. Undefined when the link is another company's, invalid or used already. */
  openLink(link: string, company: CompanyId): Promise<string | undefined>;
  /** Logs out a company's session and ends its streams. */
  end(token: string, company: CompanyId): Promise<void>;
}

/** A call with an `Idempotency-Key`, as it is stored. */
export interface IdempotentCall {
  /** A keyed hash of its body. */
  readonly fingerprint: Uint8Array;
  /** Its encrypted answer; undefined while it runs. */
  readonly answer: Uint8Array | undefined;
}

/** Stores calls with an `Idempotency-Key`, each under a hash of its keys and route. */
export interface IdempotentCallStore {
  /**
   * Begins a call, unless the id has one that has not expired. Of two concurrent calls one begins.
   *
   * @param call `expires_at_ms` is when another attempt may run the call, should this one never end
   * @returns the call that the id has; undefined when the new one has begun
   */
  begin(call: {
    readonly id: Uint8Array;
    readonly attempt: string;
    readonly fingerprint: Uint8Array;
    readonly now_ms: number;
    readonly expires_at_ms: number;
  }): Promise<IdempotentCall | undefined>;
  /** Stores the answer of an attempt, until it expires. Does nothing when another attempt has begun since. */
  complete(id: Uint8Array, attempt: string, answer: Uint8Array, expires_at_ms: number): Promise<void>;
  /** Deletes the call of an attempt: the next one with this id begins. */
  release(id: Uint8Array, attempt: string): Promise<void>;
  /** Deletes expired calls, `limit` at most. @returns how many */
  deleteExpired(now_ms: number, limit: number): Promise<number>;
}
