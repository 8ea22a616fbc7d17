import type {
  AccessChanges,
  KeyFilter,
  KeyLimits,
  KeyQuery,
  KeyRecord,
  KeyStore,
  Scope,
} from "../access/store.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { joinConditions } from "./conditions.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrUndefined } from "./values.ts";

interface KeyRow {
  id: string;
  hash: Uint8Array;
  name: string;
  scope: Scope;
  company_id: string | null;
  sees_contacts: boolean;
  created_at_ms: bigint;
  created_by: string;
  expires_at_ms: bigint | null;
  revoked_at_ms: bigint | null;
  last_used_at_ms: bigint | null;
}

const COLUMNS = `id, hash, name, scope, company_id, sees_contacts, created_by,
  ${
  ["created_at", "expires_at", "revoked_at", "last_used_at"].map((c) => `${epochMs(c)} as ${c}_ms`).join(", ")
}`;

/** SQL for the next revision. Changes are committed in the order of their revisions. */
export const NEXT_REVISION = "update access_changes set revision = revision + 1 returning revision";

/** Concurrent statements count before they wait for each other: they may pass a limit by the number of connections. */
const ADD = `
  with change as (${NEXT_REVISION})
  insert into keys (id, hash, name, scope, company_id, sees_contacts, created_at, created_by, expires_at, revision)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9, revision from change
  where (
    select count(*) from keys where revoked_at is null and (expires_at is null or expires_at > $7)
  ) < $10 and ($11::int is null or (
    select count(*) from keys where company_id = $5 and (
      created_at > $7::timestamptz - interval '1 day' or revoked_at is null and (expires_at is null or expires_at > $7)
    )
  ) < $11)`;

const REVOKE = `
  with change as (${NEXT_REVISION})
  update keys set revoked_at = $3, revision = change.revision from change
  where id = $1 and ($2::text is null or company_id = $2) and scope = any($4::text[]) and revoked_at is null`;

const RECORD_USES = `
  update keys set last_used_at = greatest(last_used_at, u.at)
  from unnest($1::text[], $2::timestamptz[]) as u(id, at) where keys.id = u.id`;

/** API keys in Postgres, stored as hashes. */
export class PostgresKeys implements KeyStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async changesSince(since: number | undefined): Promise<AccessChanges> {
    const { rows } = await this.#pool.query<{ revision: bigint }>("select revision from access_changes");
    const revision = safeInteger(rows[0]!.revision);
    // A caller without any keys needs no revocations.
    if (since === undefined) {
      return { revision, keys: await this.#keys("revoked_at is null", []), ended_session_hashes: [] };
    }
    if (revision === since) return { revision, keys: [], ended_session_hashes: [] };
    const { rows: ended } = await this.#pool.query<{ hash: string }>(
      "select encode(hash, 'hex') as hash from viewer_sessions where revision > $1 and hash is not null",
      [since],
    );
    const keys = await this.#keys("revision > $1", [since]);
    return { revision, keys, ended_session_hashes: ended.map(({ hash }) => hash) };
  }

  async add(key: KeyRecord, { live_max, company_max }: KeyLimits): Promise<boolean> {
    const { id, hash, name, scope, company, sees_contacts, created_by } = key;
    const created_at = instantText(key.created_at_ms);
    const expires_at = key.expires_at_ms === undefined ? null : instantText(key.expires_at_ms);
    const values = [
      id,
      hash,
      name,
      scope,
      company,
      sees_contacts,
      created_at,
      created_by,
      expires_at,
      live_max,
      company_max ?? null,
    ];
    const { rowCount } = await this.#pool.query(ADD, values);
    return rowCount === 1;
  }

  async revoke(id: string, { company, scopes }: KeyFilter, at_ms: number): Promise<boolean> {
    const { rowCount } = await this.#pool.query(REVOKE, [id, company ?? null, instantText(at_ms), scopes]);
    return rowCount === 1;
  }

  async list({ company, scopes, status, now_ms, before, limit }: KeyQuery): Promise<KeyRecord[]> {
    const values: unknown[] = [limit];
    const now = instantText(now_ms);
    const where = joinConditions([
      ["true"],
      ["company_id = ?", company],
      ["scope = any(?::text[])", scopes],
      status === "revoked" ? ["revoked_at is not null"] : ["revoked_at is null"],
      ["(created_at, id) < (?, ?)", before && instantText(before.created_at_ms), before?.id],
      ["(expires_at is null or expires_at > ?)", status === "live" ? now : undefined],
      ["expires_at <= ?", status === "expired" ? now : undefined],
    ], values);
    return await this.#keys(`${where} order by created_at desc, id desc limit $1`, values);
  }

  async recordUses(uses: readonly { readonly id: string; readonly at_ms: number }[]): Promise<void> {
    await this.#pool.query(RECORD_USES, [
      uses.map(({ id }) => id),
      uses.map(({ at_ms }) => instantText(at_ms)),
    ]);
  }

  async #keys(condition: string, values: unknown[]): Promise<KeyRecord[]> {
    const { rows } = await this.#pool.query<KeyRow>(`select ${COLUMNS} from keys where ${condition}`, values);
    return rows.map(toKeyRecord);
  }
}

function toKeyRecord(row: KeyRow): KeyRecord {
  const { id, name, scope, sees_contacts, created_by } = row;
  return {
    id,
    hash: Uint8Array.from(row.hash),
    name,
    scope,
    company: row.company_id === null ? undefined : row.company_id as CompanyId,
    sees_contacts,
    created_at_ms: safeInteger(row.created_at_ms),
    created_by,
    expires_at_ms: safeIntegerOrUndefined(row.expires_at_ms),
    revoked_at_ms: safeIntegerOrUndefined(row.revoked_at_ms),
    last_used_at_ms: safeIntegerOrUndefined(row.last_used_at_ms),
  };
}
