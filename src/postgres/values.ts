import type { Credits } from "../domain/types.ts";
import { credits } from "../domain/types.ts";

/** Returns SQL for a column's instant as milliseconds since 1970 UTC. It is exact: `extract` returns a numeric. */
export function epochMs(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::int8`;
}

/** Formats an instant as text that Postgres reads exactly. */
export function instantText(at_ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
}

/**
 * Converts a Postgres bigint to a number.
 *
 * @throws {RangeError} when it is no safe integer
 */
export function safeInteger(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is not a safe integer`);
  return number;
}

/** Converts as {@link safeInteger} does, and null to null. */
export function safeIntegerOrNull(value: bigint | null): number | null {
  return value === null ? null : safeInteger(value);
}

/** Converts as {@link safeInteger} does, and null to undefined. */
export function safeIntegerOrUndefined(value: bigint | null): number | undefined {
  return value === null ? undefined : safeInteger(value);
}

/** Converts a Postgres bigint or numeric to credits. */
export function toCredits(value: bigint | number | string): Credits {
  return credits(Number(value));
}
