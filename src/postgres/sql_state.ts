/** Returns the SQLSTATE of an error that Postgres reported, such as `23505`; undefined for other errors. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === "string" && typeof severity === "string" ? code : undefined;
}

/**
 * Returns whether Postgres rejected a statement for its content, and would reject it again: data exceptions, violated
 * constraints, syntax and access errors, program limits. The statement had no effect.
 */
export function isContentError(error: unknown): boolean {
  const state = sqlState(error) ?? "";
  // Citus gives the errors of rows that it copies to a worker the state XX000.
  if (state === "XX000") {
    return /violates (unique|check|not-null|foreign key) constraint/.test((error as Error).message);
  }
  return /^(21|22|23|42|54)/.test(state);
}
