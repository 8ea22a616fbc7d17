/**
 * Viewer sessions: people in browsers who watch one company's credits.
 *
 * - SESSION-1. A session starts with a link that opens it once, within minutes. From then on a token in a cookie
 *   identifies it.
 * - SESSION-2. A session ends when it is unused for its time to live, a day after it was opened, when it is logged out,
 *   or when the key that created it ends. An open stream counts as use.
 * - SESSION-3. Sessions in use are in memory. An unknown one is read from the store once: another process may have
 *   opened or renewed it. A token with an invalid signature, or of a session known to have ended, is rejected without a
 *   read.
 * - SESSION-4. Renewals are written periodically, at the latest when a quarter of the time to live has passed since the
 *   last write: the stored end is never further behind.
 */

import { AccessLease } from "./access_lease.ts";
import type { CompanyId } from "../domain/types.ts";
import { digest } from "./key.ts";
import type { SessionRecord, SessionStore } from "./store.ts";
import type { Keys } from "./keys.ts";
import type { SignedTokens } from "./token.ts";
import { DAY_MS } from "../time/units.ts";

/** A link is valid this long at most. */
const LINK_MS_MAX = 5 * 60_000;
/** A session lasts this long at most, however often it is used. */
const SESSION_MS_MAX = DAY_MS;
const COMPANY_SESSIONS_MAX = 10_000;
/** Sessions in memory. Past it the least recently used are evicted, and read again when they are used. */
const CACHED_MAX = 50_000;

/** A live session with its lease. */
export interface LiveSession {
  /** Identifies the session, and does not open it. */
  readonly id: string;
  readonly company: CompanyId;
  readonly lease: AccessLease;
  /** When the session ends unless it is used before. */
  readonly expires_at_ms: number;
}

/** A link that opens a session once. */
export interface SessionLink {
  readonly token: string;
  readonly link_expires_at_ms: number;
  readonly expires_at_ms: number;
}

interface CachedSession extends LiveSession {
  readonly record: SessionRecord;
  expires_at_ms: number;
  /** The end that is stored. */
  written_ms: number;
  readonly key: Disposable | undefined;
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
   * @param key the id of the key that creates it; undefined for the root key
   * @returns undefined when the company has too many sessions
   */
  async createLink(
    company: CompanyId,
    key: string | undefined,
    ttl_ms: number,
  ): Promise<SessionLink | undefined> {
    const now_ms = this.#now_ms();
    const token = this.#tokens.issue("link");
    const link_expires_at_ms = now_ms + Math.min(ttl_ms, LINK_MS_MAX);
    const session = { link: hashOf(token), company, key, ttl_ms, created_at_ms: now_ms, link_expires_at_ms };
    if (!await this.#store.add(session, COMPANY_SESSIONS_MAX)) return undefined;
    return { token, link_expires_at_ms, expires_at_ms: now_ms + ttl_ms };
  }

  /** Opens the session of a link. @returns the token for the cookie; undefined when the link is invalid or used already */
  async openLink(link: string): Promise<string | undefined> {
    if (!this.#tokens.verify("link", link)) return undefined;
    const token = this.#tokens.issue("session");
    const record = await this.#store.openLink(hashOf(link), hashOf(token), this.#now_ms(), SESSION_MS_MAX);
    return record === undefined || await this.#cache(record) === undefined ? undefined : token;
  }

  /** Finds the session of a cookie's token and renews it. @returns undefined when there is none or it has ended */
  async find(token: string): Promise<LiveSession | undefined> {
    if (!this.#tokens.verify("session", token)) return undefined;
    const hash = hashOf(token);
    const session = this.#live(hash) ?? await this.#read(hash);
    if (session === undefined) return undefined;
    this.#renew(session);
    // Moves the session to the end: most recently used.
    if (this.#cached.delete(hash)) this.#cached.set(hash, session);
    return session;
  }

  /** Logs out. Durable on return; other processes apply it within a second. */
  async end(token: string): Promise<void> {
    if (!this.#tokens.verify("session", token)) return;
    await this.#store.end(hashOf(token), this.#now_ms());
    this.apply([hashOf(token)]);
  }

  /** Applies logouts, by hash. */
  apply(ended: readonly string[]): void {
    for (const hash of ended) {
      this.#markEnded(hash);
      this.#end(hash);
    }
  }

  /** Renews sessions with an open stream and ends expired ones. */
  endExpired(): void {
    for (const session of this.#cached.values()) {
      if (session.lease.isHeld) this.#renew(session);
      this.#live(session.record.hash);
    }
  }

  /** Writes the renewals that are due. @param all writes every pending one, before the process ends */
  async writeRenewals(all = false): Promise<void> {
    const due = [...this.#cached.values()].filter(({ record, expires_at_ms, written_ms }) =>
      expires_at_ms - written_ms >= (all ? 1 : record.ttl_ms / 4)
    );
    if (due.length === 0) return;
    const renewals = due.map(({ record, expires_at_ms }) => ({ hash: record.hash, expires_at_ms }));
    await this.#store.renew(renewals);
    due.forEach((session, index) => session.written_ms = renewals[index]!.expires_at_ms);
  }

  /** Ends every lease and discards all sessions; they are read again when they are used. */
  endAll(): void {
    for (const hash of this.#cached.keys()) this.#end(hash);
  }

  async #read(hash: string): Promise<CachedSession | undefined> {
    if (this.#ended.has(hash)) return undefined;
    const record = await this.#store.find(hash, this.#now_ms());
    if (record !== undefined) return await this.#cache(record);
    this.#markEnded(hash);
    return undefined;
  }

  /** Caches a session. @returns undefined when it was logged out meanwhile, or its key has ended */
  async #cache(record: SessionRecord): Promise<CachedSession | undefined> {
    const { hash, company, expires_at_ms } = record;
    const key = record.key === undefined ? undefined : await this.#keys.findById(record.key);
    if (record.key !== undefined && key === undefined) this.#markEnded(hash);
    if (this.#ended.has(hash)) return undefined;
    // A concurrent read may have cached it first.
    const found = this.#live(hash);
    if (found !== undefined) return found;
    const held = key?.lease.hold(() => this.apply([hash]));
    const lease = new AccessLease();
    const session = { id: hash, record, company, lease, expires_at_ms, written_ms: expires_at_ms, key: held };
    this.#cached.set(hash, session);
    this.#makeRoom();
    return session;
  }

  #renew(session: CachedSession): void {
    const { ttl_ms, ends_by_ms } = session.record;
    session.expires_at_ms = Math.min(this.#now_ms() + ttl_ms, ends_by_ms);
  }

  #live(hash: string): CachedSession | undefined {
    const session = this.#cached.get(hash);
    if (session === undefined || session.expires_at_ms > this.#now_ms()) return session;
    this.#end(hash);
    return undefined;
  }

  #end(hash: string): void {
    const session = this.#cached.get(hash);
    this.#cached.delete(hash);
    session?.key?.[Symbol.dispose]();
    session?.lease.end();
  }

  #makeRoom(): void {
    if (this.#cached.size <= CACHED_MAX) return;
    for (const [hash, { lease }] of this.#cached) {
      if (!lease.isHeld) return this.#end(hash);
    }
  }

  #markEnded(hash: string): void {
    this.#ended.add(hash);
    if (this.#ended.size > CACHED_MAX) this.#ended.delete(this.#ended.values().next().value!);
  }
}

function hashOf(token: string): string {
  return digest(token).toHex();
}
