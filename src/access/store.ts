/**
 * Stored keys and sessions. Both stores read the last commit and reject when Postgres cannot be reached. All times are
 * the machine's, never the test clock's.
 */

import type { CompanyId } from "../domain/types.ts";

/** The permissions of a key. Each scope includes those before it. A `platform` key is never bound to a company. */
export const SCOPES = ["read", "ingest", "admin", "platform"] as const;
/** The permission of a key: see {@link SCOPES}. */
export type Scope = typeof SCOPES[number];

/** Returns a scope and those that it includes. */
export function scopesWithin(scope: Scope): readonly Scope[] {
  return SCOPES.slice(0, SCOPES.indexOf(scope) + 1);
}

/** A stored key: its hash, not its text. */
export interface KeyRecord {
  readonly id: string;
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array;
  readonly name: string;
  readonly scope: Scope;
  /** The one company the key has access to; undefined for all. */
  readonly company: CompanyId | undefined;
  /** Whether responses show phones and BSUIDs in full. */
  readonly sees_contacts: boolean;
  readonly created_at_ms: number;
  readonly created_by: string;
  readonly expires_at_ms: number | undefined;
  readonly revoked_at_ms: number | undefined;
  /** The last use that was written: about a minute behind. */
  readonly last_used_at_ms: number | undefined;
}

/** Selects the keys that a key may manage. */
export interface KeyFilter {
  /** The one company of the keys; undefined for any, and for keys of none. */
  readonly company: CompanyId | undefined;
  readonly scopes: readonly Scope[];
}

/** The most keys that may exist when one is added. */
export interface KeyLimits {
  /** Live keys of all companies, and of none. */
  readonly live_max: number;
  /** Keys of the added key's company that are live, or younger than a day. Undefined: any number. */
  readonly company_max: number | undefined;
}

/** Selects keys, newest first. */
export interface KeyQuery extends KeyFilter {
  /** Undefined: all that are not revoked. */
  readonly status?: "live" | "expired" | "revoked" | undefined;
  readonly now_ms: number;
  readonly before?: { readonly created_at_ms: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** The changes since a revision. */
export interface AccessChanges {
  readonly revision: number;
  /** Keys that were created or revoked. */
  readonly keys: readonly KeyRecord[];
  /** Sessions that were logged out. */
  readonly ended_session_hashes: readonly string[];
}

/** Stored API keys. */
export interface KeyStore {
  /** Returns the changes after a revision; without a revision, all keys that are not revoked. */
  changesSince(since: number | undefined): Promise<AccessChanges>;
  /** Adds a key. @returns false when a limit is reached */
  add(key: KeyRecord, limits: KeyLimits): Promise<boolean>;
  /** Revokes a key among those of a filter. @returns false when there is no such key or it is revoked already */
  revoke(id: string, among: KeyFilter, at_ms: number): Promise<boolean>;
  list(query: KeyQuery): Promise<readonly KeyRecord[]>;
  /** Stores last uses, each only if it is later than the stored one. */
  recordUses(uses: readonly { readonly id: string; readonly at_ms: number }[]): Promise<void>;
}

/** A viewer session whose link was not opened yet. */
export interface NewSession {
  /** SHA-256 of the link's token, in hex. */
  readonly link_hash: string;
  readonly company: CompanyId;
  /** The key that created the link. The session ends when this key ends. Undefined for the root key. */
  readonly key_id: string | undefined;
  readonly ttl_ms: number;
  /** Whether the viewer sees phones and BSUIDs in full. */
  readonly sees_contacts: boolean;
  readonly created_at_ms: number;
  readonly link_expires_at_ms: number;
}

/** An open session. */
export interface SessionRecord {
  /** SHA-256 of the cookie's token, in hex. */
  readonly hash: string;
  readonly company: CompanyId;
  readonly key_id: string | undefined;
  readonly ttl_ms: number;
  readonly sees_contacts: boolean;
  readonly expires_at_ms: number;
  /** The latest end: no renewal extends the session past it. */
  readonly ends_by_ms: number;
}

/** Stored viewer sessions. */
export interface SessionStore {
  /** Adds a session. @returns false when the company has `company_max` sessions that have not ended */
  add(session: NewSession, company_max: number): Promise<boolean>;
  /**
   * Opens the session of a link, once.
   *
   * @param hash SHA-256 of the cookie's token, in hex
   * @returns undefined when the link does not exist, was used already or has expired
   */
  openLink(
    link_hash: string,
    hash: string,
    now_ms: number,
    session_ms_max: number,
  ): Promise<SessionRecord | undefined>;
  /** Finds an open session that has neither expired nor been logged out. */
  find(hash: string, now_ms: number): Promise<SessionRecord | undefined>;
  /** Extends sessions, to `ends_by_ms` at most. Never shortens one, and never revives one that was logged out. */
  renew(renewals: readonly { readonly hash: string; readonly expires_at_ms: number }[]): Promise<void>;
  /** Ends a session: its logout. */
  end(hash: string, at_ms: number): Promise<void>;
  /** Deletes sessions that expired before a time, opened or not. */
  deleteExpired(before_ms: number): Promise<void>;
}
