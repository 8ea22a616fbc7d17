import type { IdempotentCall, IdempotentCallStore } from "../ports/access.ts";
import type { Pool } from "./connection.ts";
import { instantText } from "./values.ts";

/** Takes the id over from an expired call. Without a row in the result the id has a live one. */
const BEGIN = `
  insert into idempotent_calls (id, attempt, fingerprint, expires_at) values ($1, $2, $3, $4)
  on conflict (id) do update
    set attempt = excluded.attempt, fingerprint = excluded.fingerprint, answer = null,
      expires_at = excluded.expires_at
    where idempotent_calls.expires_at <= $5
  returning true as begun`;

const FIND = "select fingerprint, answer from idempotent_calls where id = $1";

const DELETE_EXPIRED = `
  delete from idempotent_calls where id = any (array(
    select id from idempotent_calls where expires_at <= $1 order by expires_at limit $2
  ))`;

interface CallRow {
  readonly fingerprint: Uint8Array;
  readonly answer: Uint8Array | null;
}

/** Calls with an `Idempotency-Key` in Postgres. */
export class PostgresIdempotentCalls implements IdempotentCallStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async begin(call: Parameters<IdempotentCallStore["begin"]>[0]): Promise<IdempotentCall | undefined> {
    const { id, attempt, fingerprint, now_ms, expires_at_ms } = call;
    for (;;) {
      const values = [id, attempt, fingerprint, instantText(expires_at_ms), instantText(now_ms)];
      if ((await this.#pool.query(BEGIN, values)).rowCount === 1) return undefined;
      const { rows: [row] } = await this.#pool.query<CallRow>(FIND, [id]);
      // Without a row, the call was released meanwhile: this one can begin.
      if (row !== undefined) return { fingerprint: row.fingerprint, answer: row.answer ?? undefined };
    }
  }

  async complete(id: Uint8Array, attempt: string, answer: Uint8Array, expires_at_ms: number): Promise<void> {
    const text = "update idempotent_calls set answer = $3, expires_at = $4 where id = $1 and attempt = $2";
    await this.#pool.query(text, [id, attempt, answer, instantText(expires_at_ms)]);
  }

  async release(id: Uint8Array, attempt: string): Promise<void> {
    const text = "delete from idempotent_calls where id = $1 and attempt = $2 and answer is null";
    await this.#pool.query(text, [id, attempt]);
  }

  async deleteExpired(now_ms: number, limit: number): Promise<number> {
    return (await this.#pool.query(DELETE_EXPIRED, [instantText(now_ms), limit])).rowCount ?? 0;
  }
}
