import type { NewSession, SessionRecord, SessionStore } from "../access/store.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { epochMs, instantText, safeInteger } from "./values.ts";
import { NEXT_REVISION } from "./keys.ts";

interface SessionRow {
  hash: string;
  company_id: string;
  key_id: string | null;
  ttl_ms: bigint;
  sees_contacts: boolean;
  expires_at_ms: bigint;
  ends_by_ms: bigint;
}

const COLUMNS = `encode(hash, 'hex') as hash, company_id, key_id, ttl_ms, sees_contacts,
  ${epochMs("expires_at")} as expires_at_ms, ${epochMs("ends_by")} as ends_by_ms`;

const ADD = `
  insert into viewer_sessions (link, company_id, key_id, ttl_ms, created_at, link_expires_at, expires_at,
    sees_contacts)
  select decode($1, 'hex'), $2, $3, $4, $5, $6, $6, $8
  where (
    select count(*) from viewer_sessions where company_id = $2 and expires_at > $5 and ended_at is null
  ) < $7`;

/** Opens a link in one statement, so that only one of two concurrent calls succeeds. */
const OPEN = `
  update viewer_sessions
  set hash = decode($2, 'hex'), expires_at = $3::timestamptz + ttl_ms * interval '1 millisecond', ends_by = $4
  where link = decode($1, 'hex') and hash is null and link_expires_at > $3
  returning ${COLUMNS}`;

const FIND = `
  select ${COLUMNS} from viewer_sessions
  where hash = decode($1, 'hex') and expires_at > $2 and ended_at is null`;

const RENEW = `
  update viewer_sessions set expires_at = least(ends_by, greatest(viewer_sessions.expires_at, r.expires_at))
  from unnest($1::text[], $2::timestamptz[]) as r(hash, expires_at)
  where viewer_sessions.hash = decode(r.hash, 'hex') and ended_at is null`;

const END = `
  with change as (${NEXT_REVISION})
  update viewer_sessions set ended_at = $2, revision = change.revision from change
  where hash = decode($1, 'hex') and ended_at is null`;

/** Viewers' sessions in Postgres, stored under the hashes of their tokens. */
export class PostgresViewerSessions implements SessionStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async add(session: NewSession, company_max: number): Promise<boolean> {
    const { link_hash, company, key_id, ttl_ms, sees_contacts, created_at_ms, link_expires_at_ms } = session;
    const times = [instantText(created_at_ms), instantText(link_expires_at_ms)];
    const { rowCount } = await this.#pool.query(ADD, [
      link_hash,
      company,
      key_id ?? null,
      ttl_ms,
      ...times,
      company_max,
      sees_contacts,
    ]);
    return rowCount === 1;
  }

  async openLink(
    link_hash: string,
    hash: string,
    now_ms: number,
    session_ms_max: number,
  ): Promise<SessionRecord | undefined> {
    const values = [link_hash, hash, instantText(now_ms), instantText(now_ms + session_ms_max)];
    const { rows } = await this.#pool.query<SessionRow>(OPEN, values);
    return rows[0] === undefined ? undefined : toSessionRecord(rows[0]);
  }

  async find(hash: string, now_ms: number): Promise<SessionRecord | undefined> {
    const { rows } = await this.#pool.query<SessionRow>(FIND, [hash, instantText(now_ms)]);
    return rows[0] === undefined ? undefined : toSessionRecord(rows[0]);
  }

  async renew(renewals: readonly { readonly hash: string; readonly expires_at_ms: number }[]): Promise<void> {
    const ends = renewals.map(({ expires_at_ms }) => instantText(expires_at_ms));
    await this.#pool.query(RENEW, [renewals.map(({ hash }) => hash), ends]);
  }

  async end(hash: string, at_ms: number): Promise<void> {
    await this.#pool.query(END, [hash, instantText(at_ms)]);
  }

  async deleteExpired(before_ms: number): Promise<void> {
    await this.#pool.query("delete from viewer_sessions where expires_at < $1", [instantText(before_ms)]);
  }
}

function toSessionRecord(row: SessionRow): SessionRecord {
  return {
    hash: row.hash,
    company: row.company_id as CompanyId,
    key_id: row.key_id ?? undefined,
    ttl_ms: safeInteger(row.ttl_ms),
    sees_contacts: row.sees_contacts,
    expires_at_ms: safeInteger(row.expires_at_ms),
    ends_by_ms: safeInteger(row.ends_by_ms),
  };
}
