import { shardOf } from "../../actors/placement/shards.ts";
import type { CompanyId } from "../../src/domain/types.ts";

/** Returns whether a company is of one of the shards; undefined: of all. What belongs to no company has the empty id. */
export function isOneOf(
  shards: readonly number[] | undefined,
  company: CompanyId | null | undefined,
): boolean {
  return shards?.includes(shardOf(company ?? "" as CompanyId)) ?? true;
}
