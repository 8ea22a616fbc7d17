import type { IdempotentCall, IdempotentCallStore } from "../../src/ports/access.ts";

/** A stored call. */
interface CallRow extends IdempotentCall {
  readonly attempt: string;
  readonly expires_at_ms: number;
}

/** Calls with an `Idempotency-Key` in memory. */
export class MemoryIdempotentCalls implements IdempotentCallStore {
  /** By id in hex. */
  readonly rows = new Map<string, CallRow>();

  // deno-lint-ignore require-await
  async begin(call: Parameters<IdempotentCallStore["begin"]>[0]): Promise<IdempotentCall | undefined> {
    const { id, attempt, fingerprint, now_ms, expires_at_ms } = call;
    const row = this.rows.get(id.toHex());
    if (row !== undefined && row.expires_at_ms > now_ms) return row;
    this.rows.set(id.toHex(), { attempt, fingerprint, answer: undefined, expires_at_ms });
    return undefined;
  }

  // deno-lint-ignore require-await
  async complete(id: Uint8Array, attempt: string, answer: Uint8Array, expires_at_ms: number): Promise<void> {
    const row = this.rows.get(id.toHex());
    if (row?.attempt === attempt) this.rows.set(id.toHex(), { ...row, answer, expires_at_ms });
  }

  // deno-lint-ignore require-await
  async release(id: Uint8Array, attempt: string): Promise<void> {
    const row = this.rows.get(id.toHex());
    if (row?.attempt === attempt && row.answer === undefined) this.rows.delete(id.toHex());
  }

  // deno-lint-ignore require-await
  async deleteExpired(now_ms: number, limit: number): Promise<number> {
    const expired = [...this.rows].filter(([, { expires_at_ms }]) => expires_at_ms <= now_ms).slice(0, limit);
    for (const [id] of expired) this.rows.delete(id);
    return expired.length;
  }
}
