/**
 * Viewer sessions: people in browsers who watch one company's credits.
 *
 * - SESSION-1. A link opens a session. The link can be used once, within five minutes of its creation. The opened session is identified by a
 *   token in a cookie.
 * - SESSION-2. A session ends at the first of:
 *   - it was not used for its time to live (an open stream counts as use);
 *   - 24 hours after it was opened;
 *   - its logout;
 *   - the end of the key that created its link.
 * - SESSION-3. A session that is not in memory is read from the store, because another process may have opened or renewed
 *   it. One that the store did not find, that was logged out or whose key has ended is not read again. A token with an invalid signature is rejected without a
 *   read.
 * - SESSION-4. A renewal is written as soon as it extends the stored end by a quarter of the time to live. While the store is
 *   reachable, the stored end lags by at most slightly more than that quarter.
 * - SESSION-5. Links and sessions are for one company: for another company their tokens are invalid.
 */

import { AccessLease } from "./access_lease.ts";
import type { CompanyId } from "../domain/types.ts";
import { digest } from "./key.ts";
import type { SessionRecord, SessionStore } from "./store.ts";
import type { Keys } from "./keys.ts";
import type { SignedTokens } from "./token.ts";
import { DAY_MS } from "../time/units.ts";

/** A link works for this long at most. */
const LINK_MS_MAX = 5 * 60_000;
/** A session lasts this long at most, however often it is used. */
const SESSION_MS_MAX = DAY_MS;
const COMPANY_SESSIONS_MAX = 10_000;
/**
 * Sessions in memory. Past it, the least recently used session without an open stream is evicted, and read again when it
 * is used.
 */
const CACHED_MAX = 50_000;
/** Ended sessions that are remembered, so that they are not read again. Past it, the oldest is forgotten. */
const ENDED_MAX = 50_000;

/** A live session. Streams hold its `lease`, to learn when the session ends. */
export interface LiveSession {
  /** The hash of the token. It is not secret: it gives no access. */
  readonly id: string;
  readonly company: CompanyId;
  readonly lease: AccessLease;
  /** Whether the viewer sees phones and BSUIDs in full. */
  readonly sees_contacts: boolean;
  /** When the session ends unless it is used before then. */
  readonly expires_at_ms: number;
}

/** A link that opens a session once. */
export interface SessionLink {
  readonly token: string;
  /** When the link stops working. */
  readonly link_expires_at_ms: number;
  /** When the session ends if it is opened now and not used afterwards. */
  readonly expires_at_ms: number;
}

interface CachedSession extends LiveSession {
  readonly record: SessionRecord;
  expires_at_ms: number;
  /** The `expires_at_ms` in the store. */
  stored_expires_at_ms: number;
  /** Releases the hold on the key's lease; undefined for the root key. */
  readonly key_hold: Disposable | undefined;
}

/** Creates, finds and ends viewer sessions. */
export class ViewerSessions {
  readonly #store: SessionStore;
  readonly #tokens: SignedTokens;
  readonly #keys: Keys;
  readonly #now_ms: () => number;
  /** By hash, least recently used first. */
  readonly #cached = new Map<string, CachedSession>();
  /** Hashes of ended sessions, oldest first. */
  readonly #ended = new Set<string>();

  constructor(store: SessionStore, tokens: SignedTokens, keys: Keys, now_ms: () => number) {
    this.#store = store;
    this.#tokens = tokens;
    this.#keys = keys;
    this.#now_ms = now_ms;
  }

  /** Number of sessions in memory. */
  get size(): number {
    return this.#cached.size;
  }

  /**
   * Creates a link that opens a session once.
   *
   * @param key_id the key that creates the link; undefined for the root key
   * @param sees_contacts whether the viewer sees phones and BSUIDs in full
   * @returns undefined when the company has too many sessions
   */
  async createLink(
    company: CompanyId,
    key_id: string | undefined,
    ttl_ms: number,
    sees_contacts = false,
  ): Promise<SessionLink | undefined> {
    const now_ms = this.#now_ms();
    const token = this.#tokens.issue("link", company);
    const link_expires_at_ms = now_ms + Math.min(ttl_ms, LINK_MS_MAX);
    const link_hash = hashOf(token);
    const session = {
      link_hash,
      company,
      key_id,
      ttl_ms,
      sees_contacts,
      created_at_ms: now_ms,
      link_expires_at_ms,
    };
    if (!await this.#store.add(session, COMPANY_SESSIONS_MAX)) return undefined;
    return { token, link_expires_at_ms, expires_at_ms: now_ms + ttl_ms };
  }

  /**
   * Opens the session of a company's link.
   *
   * @returns the token for the cookie; undefined when the link is another company's, invalid, expired or used, or its
   * key has ended
   */
  async openLink(link: string, company: CompanyId): Promise<string | undefined> {
    if (!this.#tokens.verify("link", company, link)) return undefined;
    const token = this.#tokens.issue("session", company);
    const record = await this.#store.openLink(hashOf(link), hashOf(token), this.#now_ms(), SESSION_MS_MAX);
    return record === undefined || await this.#cache(record) === undefined ? undefined : token;
  }

  /** Finds a company's session by its cookie's token and renews it. @returns undefined when no such session is live */
  async find(token: string, company: string): Promise<LiveSession | undefined> {
    if (!this.#tokens.verify("session", company, token)) return undefined;
    const hash = hashOf(token);
    const session = this.#live(hash) ?? await this.#read(hash);
    if (session === undefined) return undefined;
    this.#renew(session);
    // Moves the session to the end: most recently used.
    if (this.#cached.delete(hash)) this.#cached.set(hash, session);
    return session;
  }

  /** Ends a company's session (logout). Durable on return; other processes apply it within a second. */
  async end(token: string, company: CompanyId): Promise<void> {
    if (!this.#tokens.verify("session", company, token)) return;
    await this.#store.end(hashOf(token), this.#now_ms());
    this.markEnded([hashOf(token)]);
  }

  /** Ends sessions in memory, by hash, and rejects their tokens from now on. Does not write to the store. */
  markEnded(hashes: readonly string[]): void {
    for (const hash of hashes) {
      this.#rememberEnded(hash);
      this.#drop(hash);
    }
  }

  /** Renews sessions with an open stream, and drops from memory those that expired. */
  renewHeldAndDropExpired(): void {
    for (const session of this.#cached.values()) {
      if (session.lease.isHeld) this.#renew(session);
      this.#dropIfExpired(session.record.hash);
    }
  }

  /** Writes the renewals that are due. @param all true at shutdown: also writes renewals that are not due yet */
  async writeRenewals(all = false): Promise<void> {
    const due = [...this.#cached.values()].filter(({ record, expires_at_ms, stored_expires_at_ms }) =>
      // At shutdown a difference of 1 ms is enough.
      expires_at_ms - stored_expires_at_ms >= (all ? 1 : record.ttl_ms / 4)
    );
    if (due.length === 0) return;
    const renewals = due.map(({ record, expires_at_ms }) => ({ hash: record.hash, expires_at_ms }));
    await this.#store.renew(renewals);
    due.forEach((session, index) => session.stored_expires_at_ms = renewals[index]!.expires_at_ms);
  }

  /** Ends every lease and clears the memory. The sessions stay valid, and are read again when they are used. */
  evictAll(): void {
    for (const hash of this.#cached.keys()) this.#drop(hash);
  }

  async #read(hash: string): Promise<CachedSession | undefined> {
    if (this.#ended.has(hash)) return undefined;
    const record = await this.#store.find(hash, this.#now_ms());
    if (record !== undefined) return await this.#cache(record);
    this.#rememberEnded(hash);
    return undefined;
  }

  /** Caches a session. @returns undefined when the session was logged out meanwhile, or its key has ended */
  async #cache(record: SessionRecord): Promise<CachedSession | undefined> {
    const { hash, company, sees_contacts, expires_at_ms } = record;
    const key = record.key_id === undefined ? undefined : await this.#keys.findById(record.key_id);
    if (record.key_id !== undefined && key === undefined) this.#rememberEnded(hash);
    if (this.#ended.has(hash)) return undefined;
    // A concurrent read may have cached it first.
    const cached = this.#live(hash);
    if (cached !== undefined) return cached;
    const key_hold = key?.lease.hold(() => this.markEnded([hash]));
    const lease = new AccessLease();
    const session: CachedSession = {
      id: hash,
      record,
      company,
      lease,
      sees_contacts,
      expires_at_ms,
      stored_expires_at_ms: expires_at_ms,
      key_hold,
    };
    this.#cached.set(hash, session);
    this.#evictIfFull();
    return session;
  }

  #renew(session: CachedSession): void {
    const { ttl_ms, ends_by_ms } = session.record;
    session.expires_at_ms = Math.min(this.#now_ms() + ttl_ms, ends_by_ms);
  }

  /** Returns a session in memory, unless it has expired. */
  #live(hash: string): CachedSession | undefined {
    this.#dropIfExpired(hash);
    return this.#cached.get(hash);
  }

  #dropIfExpired(hash: string): void {
    const session = this.#cached.get(hash);
    if (session !== undefined && session.expires_at_ms <= this.#now_ms()) this.#drop(hash);
  }

  /** Ends a session's lease and removes the session from memory. The stored session is unchanged. */
  #drop(hash: string): void {
    const session = this.#cached.get(hash);
    this.#cached.delete(hash);
    session?.key_hold?.[Symbol.dispose]();
    session?.lease.end();
  }

  #evictIfFull(): void {
    if (this.#cached.size <= CACHED_MAX) return;
    for (const [hash, { lease }] of this.#cached) {
      if (!lease.isHeld) return this.#drop(hash);
    }
  }

  #rememberEnded(hash: string): void {
    this.#ended.add(hash);
    if (this.#ended.size > ENDED_MAX) this.#ended.delete(this.#ended.values().next().value!);
  }
}

function hashOf(token: string): string {
  return digest(token).toHex();
}
