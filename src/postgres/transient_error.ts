import { DatabaseError } from "./database_error.ts";
import { sqlState } from "./sql_state.ts";

/**
 * Returns whether an error means that Postgres cannot be reached or used, is starting or is stopping, so that a later
 * retry can succeed. A rejected statement is not transient.
 */
export function isTransientError(error: unknown): boolean {
  if (error instanceof DatabaseError) return true;
  const state = sqlState(error);
  // 08 connection, 53 insufficient resources, 57 operator (shutdown, cancel), 58 system error, 25006 read-only.
  if (state !== undefined) return /^(08|53|57|58|25006)/.test(state);
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === "string" && /^(ECONN|EPIPE|ENOTFOUND|EHOST|ENET|ETIMEDOUT)/.test(code)) return true;
  return typeof message === "string" && /connection|timeout|not queryable|closed/i.test(message);
}
