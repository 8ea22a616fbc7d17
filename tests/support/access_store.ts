import type {
  AccessChanges,
  KeyQuery,
  KeyRecord,
  KeyStore,
  NewSession,
  SessionRecord,
  SessionStore,
} from "../../src/access/store.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { DAY_MS } from "../../src/time/units.ts";

interface SessionRow {
  readonly session: NewSession;
  opened: SessionRecord | undefined;
  ended_in: number | undefined;
}

/** API keys and viewer sessions in memory, shared by one or several processes. */
export class MemoryAccessStore {
  /** Live keys that count towards the limit of all keys, and exist nowhere else. */
  more_live_keys = 0;
  #revision = 0;
  readonly #keys = new Map<string, { key: KeyRecord; revision: number }>();
  readonly #sessions = new Map<string, SessionRow>();

  readonly keys: KeyStore = {
    changesSince: (since) => Promise.resolve(this.#changes(since)),
    add: (key, { live_max, company_max = Infinity }) => {
      const at_ms = key.created_at_ms;
      const keys = [...this.#keys.values()].map((row) => row.key);
      const live = keys.filter((other) => isLive(other, at_ms)).length + this.more_live_keys;
      if (live >= live_max) return Promise.resolve(false);
      const of_company = keys.filter((other) =>
        key.company !== undefined && other.company === key.company &&
        (isLive(other, at_ms) || other.created_at_ms > at_ms - DAY_MS)
      );
      if (of_company.length >= company_max) return Promise.resolve(false);
      this.#keys.set(key.id, { key, revision: ++this.#revision });
      return Promise.resolve(true);
    },
    revoke: (id, { company, scopes }, at_ms) => {
      const row = this.#keys.get(id);
      if (row === undefined || row.key.revoked_at_ms !== undefined) return Promise.resolve(false);
      if (company !== undefined && row.key.company !== company) return Promise.resolve(false);
      if (!scopes.includes(row.key.scope)) return Promise.resolve(false);
      this.#keys.set(id, { key: { ...row.key, revoked_at_ms: at_ms }, revision: ++this.#revision });
      return Promise.resolve(true);
    },
    list: (query) => Promise.resolve(this.#list(query)),
    recordUses: (uses) => {
      for (const { id, at_ms } of uses) {
        const row = this.#keys.get(id);
        if (row === undefined) continue;
        const last_used_at_ms = Math.max(at_ms, row.key.last_used_at_ms ?? 0);
        this.#keys.set(id, { ...row, key: { ...row.key, last_used_at_ms } });
      }
      return Promise.resolve();
    },
  };

  readonly sessions: SessionStore = {
    add: (session, company_max) => {
      const { company, created_at_ms } = session;
      const alive = [...this.#sessions.values()].filter((row) =>
        row.session.company === company && row.ended_in === undefined &&
        (row.opened?.expires_at_ms ?? row.session.link_expires_at_ms) > created_at_ms
      );
      if (alive.length >= company_max) return Promise.resolve(false);
      this.#sessions.set(session.link_hash, { session, opened: undefined, ended_in: undefined });
      return Promise.resolve(true);
    },
    openLink: (link, hash, now_ms, lasts_max_ms) => {
      const row = this.#sessions.get(link);
      if (row === undefined || row.opened !== undefined || row.session.link_expires_at_ms <= now_ms) {
        return Promise.resolve(undefined);
      }
      const { company, key_id, ttl_ms, sees_contacts } = row.session;
      const ends = { expires_at_ms: now_ms + ttl_ms, ends_by_ms: now_ms + lasts_max_ms };
      row.opened = { hash, company, key_id, ttl_ms, sees_contacts, ...ends };
      return Promise.resolve(row.opened);
    },
    find: (hash, now_ms) => {
      const row = this.#bySession(hash);
      const is_over = row?.ended_in !== undefined || (row?.opened?.expires_at_ms ?? 0) <= now_ms;
      return Promise.resolve(is_over ? undefined : row?.opened);
    },
    renew: (renewals) => {
      for (const { hash, expires_at_ms } of renewals) {
        const row = this.#bySession(hash);
        if (row?.opened === undefined || row.ended_in !== undefined) continue;
        const later_ms = Math.max(row.opened.expires_at_ms, expires_at_ms);
        row.opened = { ...row.opened, expires_at_ms: Math.min(later_ms, row.opened.ends_by_ms) };
      }
      return Promise.resolve();
    },
    end: (hash) => {
      const row = this.#bySession(hash);
      if (row !== undefined && row.ended_in === undefined) row.ended_in = ++this.#revision;
      return Promise.resolve();
    },
    deleteExpired: (before_ms) => {
      for (const [link, { session, opened }] of this.#sessions) {
        if ((opened?.expires_at_ms ?? session.link_expires_at_ms) < before_ms) this.#sessions.delete(link);
      }
      return Promise.resolve();
    },
  };

  #bySession(hash: string): SessionRow | undefined {
    return [...this.#sessions.values()].find(({ opened }) => opened?.hash === hash);
  }

  #changes(since: number | undefined): AccessChanges {
    const revision = this.#revision;
    const keys = [...this.#keys.values()].filter((row) => row.revision > (since ?? -1)).map(({ key }) => key);
    if (since === undefined) {
      const alive = keys.filter(({ revoked_at_ms }) => revoked_at_ms === undefined);
      return { revision, keys: alive, ended_session_hashes: [] };
    }
    const ended = [...this.#sessions.values()].filter(({ ended_in }) => (ended_in ?? 0) > since);
    return { revision, keys, ended_session_hashes: ended.map(({ opened }) => opened!.hash) };
  }

  #list({ company, scopes, status, now_ms, before, limit }: KeyQuery): KeyRecord[] {
    const place = ({ created_at_ms, id }: { created_at_ms: number; id: string }) => `${created_at_ms} ${id}`;
    return [...this.#keys.values()].map(({ key }) => key)
      .filter((key) => key.company === (company ?? key.company as CompanyId | undefined))
      .filter((key) => scopes.includes(key.scope))
      .filter((key) => (key.revoked_at_ms !== undefined) === (status === "revoked"))
      .filter((key) => status !== "live" || isLive(key, now_ms))
      .filter((key) => status !== "expired" || !isLive(key, now_ms))
      .filter((key) => before === undefined || place(key) < place(before))
      .sort((a, b) => place(a) > place(b) ? -1 : 1).slice(0, limit);
  }
}

function isLive({ revoked_at_ms, expires_at_ms }: KeyRecord, now_ms: number): boolean {
  return revoked_at_ms === undefined && (expires_at_ms ?? Infinity) > now_ms;
}
