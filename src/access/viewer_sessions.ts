/**
 * Sessions of viewers: people in browsers, who look at one company's credits for a while.
 *
 * V1. A session begins with a link that opens it once, and only so long; it is then known by a ticket in a cookie.
 * V2. It is over when it was not used for its time to live, at the latest a day after it was opened, when it is
 *     logged out, or when the key that asked for it ends. A stream that goes on uses it.
 * V3. Those in use are in memory. One that is not known here is looked for once: another process may have opened
 *     or renewed it. A ticket we never made is refused without a look, and so is one that was over when it was
 *     looked for, since what is over stays over.
 * V4. Renewals are written now and then, at the latest when a quarter of the time to live has passed since the
 *     last: what is kept is never further behind than that.
 */

import { AccessLease } from "./access_lease.ts";
import type { CompanyId } from "../domain/types.ts";
import { digest } from "./key.ts";
import type { SessionRecord, SessionStore } from "./store.ts";
import type { Keys } from "./keys.ts";
import type { SignedTokens } from "./token.ts";
import { DAY_MS } from "../time/units.ts";

/** A link opens a session so long. */
const LINK_MS_MAX = 5 * 60_000;
/** No session goes on longer, however much it is used. */
const SESSION_MS_MAX = DAY_MS;
const COMPANY_SESSIONS_MAX = 10_000;
/** Sessions known at once; past it those used longest ago are read anew when they come back. */
const KNOWN_MAX = 50_000;

/** A viewer who is let in. */
export interface LiveSession {
  /** Tells it from others, and opens nothing. */
  readonly id: string;
  readonly company: CompanyId;
  readonly lease: AccessLease;
  /** When it is over, unless it is used before. */
  readonly expires_at_ms: number;
}

/** A link that opens a session. */
export interface SessionLink {
  readonly token: string;
  readonly link_expires_at_ms: number;
  readonly expires_at_ms: number;
}

interface Known extends LiveSession {
  readonly record: SessionRecord;
  expires_at_ms: number;
  /** As it is in the store. */
  written_ms: number;
  readonly key: Disposable | undefined;
}

/** All that a process knows of sessions. */
export class ViewerSessions {
  readonly #store: SessionStore;
  readonly #tickets: SignedTokens;
  readonly #keys: Keys;
  readonly #now_ms: () => number;
  /** By hash; those used last at the end. */
  readonly #known = new Map<string, Known>();
  /** Hashes of those that are over, the oldest first. */
  readonly #over = new Set<string>();

  constructor(store: SessionStore, tickets: SignedTokens, keys: Keys, now_ms: () => number) {
    this.#store = store;
    this.#tickets = tickets;
    this.#keys = keys;
    this.#now_ms = now_ms;
  }

  /** How many are known. */
  get size(): number {
    return this.#known.size;
  }

  /**
   * Makes a link.
   *
   * @param key the id of the key that asks; undefined for the root key
   * @returns undefined when the company has as many as it may have
   */
  async createLink(
    company: CompanyId,
    key: string | undefined,
    ttl_ms: number,
  ): Promise<SessionLink | undefined> {
    const now_ms = this.#now_ms();
    const token = this.#tickets.issue("link");
    const link_expires_at_ms = now_ms + Math.min(ttl_ms, LINK_MS_MAX);
    const session = { link: hashOf(token), company, key, ttl_ms, created_at_ms: now_ms, link_expires_at_ms };
    if (!await this.#store.add(session, COMPANY_SESSIONS_MAX)) return undefined;
    return { token, link_expires_at_ms, expires_at_ms: now_ms + ttl_ms };
  }

  /** Opens a link's session. @returns the ticket for the cookie; undefined when the link opens nothing (any more) */
  async openLink(link: string): Promise<string | undefined> {
    if (!this.#tickets.verify("link", link)) return undefined;
    const token = this.#tickets.issue("session");
    const kept = await this.#store.openLink(hashOf(link), hashOf(token), this.#now_ms(), SESSION_MS_MAX);
    return kept === undefined || await this.#know(kept) === undefined ? undefined : token;
  }

  /** The session of a cookie's ticket, which this use renews. @returns undefined when it is over, or none */
  async find(token: string): Promise<LiveSession | undefined> {
    if (!this.#tickets.verify("session", token)) return undefined;
    const hash = hashOf(token);
    const known = this.#live(hash) ?? await this.#lookFor(hash);
    if (known === undefined) return undefined;
    this.#renew(known);
    // Those used last stand at the end.
    if (this.#known.delete(hash)) this.#known.set(hash, known);
    return known;
  }

  /** Logs out. Durable, and known to the other processes within the second. */
  async end(token: string): Promise<void> {
    if (!this.#tickets.verify("session", token)) return;
    await this.#store.end(hashOf(token), this.#now_ms());
    this.apply([hashOf(token)]);
  }

  /** Takes in which were logged out. */
  apply(ended: readonly string[]): void {
    for (const hash of ended) {
      this.#isOver(hash);
      this.#end(hash);
    }
  }

  /** Renews those that something goes on under, and ends those whose time has come. */
  endExpired(): void {
    for (const session of this.#known.values()) {
      if (session.lease.isHeld) this.#renew(session);
      this.#live(session.record.hash);
    }
  }

  /** Writes the renewals that are due; all of them before the process ends. */
  async writeRenewals(all = false): Promise<void> {
    const due = [...this.#known.values()].filter(({ record, expires_at_ms, written_ms }) =>
      expires_at_ms - written_ms >= (all ? 1 : record.ttl_ms / 4)
    );
    if (due.length === 0) return;
    const renewals = due.map(({ record, expires_at_ms }) => ({ hash: record.hash, expires_at_ms }));
    await this.#store.renew(renewals);
    due.forEach((session, index) => session.written_ms = renewals[index]!.expires_at_ms);
  }

  /** Ends what goes on under any of them, and forgets them; they are read anew when they come back. */
  endAll(): void {
    for (const hash of this.#known.keys()) this.#end(hash);
  }

  async #lookFor(hash: string): Promise<Known | undefined> {
    if (this.#over.has(hash)) return undefined;
    const kept = await this.#store.find(hash, this.#now_ms());
    if (kept !== undefined) return await this.#know(kept);
    this.#isOver(hash);
    return undefined;
  }

  /** @returns undefined when it has been logged out meanwhile, or its key has ended */
  async #know(record: SessionRecord): Promise<Known | undefined> {
    const { hash, company, expires_at_ms } = record;
    const key = record.key === undefined ? undefined : await this.#keys.findById(record.key);
    if (record.key !== undefined && key === undefined) this.#isOver(hash);
    if (this.#over.has(hash)) return undefined;
    // Whoever looked for it at the same time may have found it first.
    const found = this.#live(hash);
    if (found !== undefined) return found;
    const held = key?.lease.hold(() => this.apply([hash]));
    const lease = new AccessLease();
    const known = { id: hash, record, company, lease, expires_at_ms, written_ms: expires_at_ms, key: held };
    this.#known.set(hash, known);
    this.#makeRoom();
    return known;
  }

  #renew(session: Known): void {
    const { ttl_ms, ends_by_ms } = session.record;
    session.expires_at_ms = Math.min(this.#now_ms() + ttl_ms, ends_by_ms);
  }

  #live(hash: string): Known | undefined {
    const session = this.#known.get(hash);
    if (session === undefined || session.expires_at_ms > this.#now_ms()) return session;
    this.#end(hash);
    return undefined;
  }

  #end(hash: string): void {
    const session = this.#known.get(hash);
    this.#known.delete(hash);
    session?.key?.[Symbol.dispose]();
    session?.lease.end();
  }

  #makeRoom(): void {
    if (this.#known.size <= KNOWN_MAX) return;
    for (const [hash, { lease }] of this.#known) {
      if (!lease.isHeld) return this.#end(hash);
    }
  }

  #isOver(hash: string): void {
    this.#over.add(hash);
    if (this.#over.size > KNOWN_MAX) this.#over.delete(this.#over.values().next().value!);
  }
}

function hashOf(token: string): string {
  return digest(token).toHex();
}
