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
  return /^(21|22|23|42|54)/.test(sqlState(error) ?? "");
}
