import { sqlState } from "./resilient_connection.ts";

/**
 * Whether an error means that Postgres cannot be reached, is starting or is stopping: trying again later can
 * help. A statement it refused is none.
 */
export function isTransientError(error: unknown): boolean {
  const state = sqlState(error);
  // 08 connection, 53 out of a resource, 57 operator (shutdown, cancelled), 58 its system, 25006 read-only.
  if (state !== undefined) return /^(08|53|57|58|25006)/.test(state);
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === "string" && /^(ECONN|EPIPE|ENOTFOUND|EHOST|ENET|ETIMEDOUT)/.test(code)) return true;
  return typeof message === "string" && /connection|timeout|not queryable|closed/i.test(message);
}
