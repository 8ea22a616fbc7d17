/**
 * What is kept of who may ask, and where. Both stores answer as of the last commit and reject when Postgres cannot
 * be reached; all times are the machine's, whatever the test clock says.
 */

import type { CompanyId } from "../domain/types.ts";

/** What a key may do. Each may do what those before it may. */
export type Scope = "read" | "ingest" | "admin";

/** A key as it is kept: never the key itself. */
export interface KeyRecord {
  readonly id: string;
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array;
  readonly name: string;
  readonly scope: Scope;
  /** The one company it may reach; undefined for all. */
  readonly company: CompanyId | undefined;
  /** Whether phones and BSUIDs are shown to it as they are. */
  readonly sees_contacts: boolean;
  readonly created_at_ms: number;
  readonly created_by: string;
  readonly expires_at_ms: number | undefined;
  readonly revoked_at_ms: number | undefined;
  /** To the minute or so. */
  readonly last_used_at_ms: number | undefined;
}

/** Which keys; newest first. */
export interface KeyQuery {
  readonly company?: CompanyId | undefined;
  /** Without it all that are not revoked. */
  readonly status?: "live" | "expired" | "revoked" | undefined;
  readonly now_ms: number;
  readonly before?: { readonly created_at_ms: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** What has changed since a revision. */
export interface AccessChanges {
  readonly revision: number;
  /** Keys that were made or revoked. */
  readonly keys: readonly KeyRecord[];
  /** Sessions that were logged out, by their hashes. */
  readonly sessions_ended: readonly string[];
}

/** Where keys are kept. */
export interface KeyStore {
  /** Everything after a revision; without one, for whoever knows nothing yet, all keys that are not revoked. */
  changesSince(since: number | undefined): Promise<AccessChanges>;
  /** @returns false, and keeps nothing, when as many are live as may be */
  add(key: KeyRecord, live_max: number): Promise<boolean>;
  /** @returns false when there is no such key that is not revoked, within the company's if one is given */
  revoke(id: string, company: CompanyId | undefined, at_ms: number): Promise<boolean>;
  list(query: KeyQuery): Promise<readonly KeyRecord[]>;
  /** Keeps when keys were used, each only if it is later than what is kept. */
  recordUses(uses: readonly { readonly id: string; readonly at_ms: number }[]): Promise<void>;
}

/** A viewer's session before its link was opened. */
export interface NewSession {
  /** SHA-256 of the link's ticket, in hex. */
  readonly link: string;
  readonly company: CompanyId;
  /** The key that asked for it, with which it ends; undefined for the root key. */
  readonly key: string | undefined;
  readonly ttl_ms: number;
  readonly created_at_ms: number;
  readonly link_expires_at_ms: number;
}

/** An open session. */
export interface SessionRecord {
  /** SHA-256 of the cookie's ticket, in hex. */
  readonly hash: string;
  readonly company: CompanyId;
  readonly key: string | undefined;
  readonly ttl_ms: number;
  readonly expires_at_ms: number;
  /** Past it no use renews it. */
  readonly ends_by_ms: number;
}

/** Where viewers' sessions are kept. */
export interface SessionStore {
  /** @returns false, and keeps nothing, when the company has as many that are not over as it may have */
  add(session: NewSession, company_max: number): Promise<boolean>;
  /** Opens the session of a link, once: whoever comes second, or too late, finds nothing. */
  openLink(
    link: string,
    hash: string,
    now_ms: number,
    lasts_max_ms: number,
  ): Promise<SessionRecord | undefined>;
  /** An open session that is not over. */
  find(hash: string, now_ms: number): Promise<SessionRecord | undefined>;
  /** Moves ends of sessions later; never earlier, and never of one that was ended. */
  renew(renewals: readonly { readonly hash: string; readonly expires_at_ms: number }[]): Promise<void>;
  end(hash: string, at_ms: number): Promise<void>;
  /** Forgets what was over before an instant. */
  deleteExpired(before_ms: number): Promise<void>;
}
