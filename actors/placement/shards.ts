import { hash } from "node:crypto";
import type { CompanyId } from "../../src/domain/types.ts";

/** The number of shards. Nodes and Postgres compute a company's shard alike, so it never changes. */
export const SHARDS = 256;

/** Known shards at most: past it, all are computed again. */
const KNOWN_MAX = 100_000;

/**
 * Computes the shard of a company: the first byte of the SHA-256 of its id, from 0 to 255. In SQL it is
 * `get_byte(sha256(convert_to(company_id, 'UTF8')), 0)`.
 */
export function shardOf(company: CompanyId): number {
  return Number.parseInt(hash("sha256", company, "hex").slice(0, 2), 16);
}

/** The shards of companies, each computed once while it is in use. */
export class KnownShards {
  readonly #shards = new Map<CompanyId, number>();

  /** Returns the shard of a company. */
  of(company: CompanyId): number {
    const known = this.#shards.get(company);
    if (known !== undefined) return known;
    if (this.#shards.size >= KNOWN_MAX) this.#shards.clear();
    const shard = shardOf(company);
    this.#shards.set(company, shard);
    return shard;
  }
}
