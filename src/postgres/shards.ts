/** SQL for the shard of a company: the first byte of the SHA-256 of its id, and so of its key. */

/** Returns SQL for the shard of the company with a key. */
export function shardOfKey(key: string): string {
  return `(${key} >> 56) & 255`;
}

/** Returns SQL for the shard of the company with an id. What belongs to no company has the shard of the empty id. */
export function shardOfId(id: string): string {
  return `get_byte(sha256(convert_to(${id}, 'UTF8')), 0)`;
}

/** Returns SQL for whether a shard is one of those of a parameter; null: all are. */
export function isOneOf(shard: string, shards: string): string {
  return `(${shards}::bigint[] is null or (${shard}) = any (${shards}::bigint[]))`;
}
