/** Reads `Retry-After`, in seconds or as a date. Undefined without a valid one. */
export function retryAfterMs(headers: Headers | undefined): number | undefined {
  const header = headers?.get("retry-after")?.trim();
  if (header === undefined) return undefined;
  const wait_ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait_ms) ? undefined : Math.max(0, wait_ms);
}

/** Returns a wait with jitter, which doubles with each attempt up to a maximum. */
export function backoffMs(first_ms: number, attempt: number, max_ms: number): number {
  return Math.min(max_ms, first_ms * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}
