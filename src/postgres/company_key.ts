import { createHash } from "node:crypto";
import type { CompanyId } from "../domain/types.ts";

const known_keys = new Map<CompanyId, bigint>();
const KNOWN_MAX = 100_000;

/**
 * Returns a company's key, a 64-bit integer: the first eight bytes of the SHA-256 of its id. Rows that grow with traffic
 * name their company by it, because every row and index entry has it and an id has up to 64 characters. The key is unique
 * in `companies`.
 */
export function companyKey(company: CompanyId): bigint {
  let key = known_keys.get(company);
  if (key === undefined) {
    key = createHash("sha256").update(company).digest().readBigInt64BE();
    if (known_keys.size === KNOWN_MAX) known_keys.clear();
    known_keys.set(company, key);
  }
  return key;
}
