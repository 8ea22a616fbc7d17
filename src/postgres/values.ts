/** Numbers on their way out of Postgres, without a float that is not whole. */

import type { Credits } from "../domain/types.ts";
import { credits } from "../domain/types.ts";

/** SQL for an instant as milliseconds since 1970 UTC; `extract` is exact, for it gives a numeric. */
export function epochMs(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::int8`;
}

/** An instant as Postgres reads it exactly. */
export function instantText(at_ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
}

/**
 * A whole number that Postgres holds as bigint.
 *
 * @throws {RangeError} when a float64 does not hold it exactly
 */
export function safeInteger(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is too large to be held exactly`);
  return number;
}

/** As {@link safeInteger}, for what may be missing. */
export function safeIntegerOrNull(value: bigint | null): number | null {
  return value === null ? null : safeInteger(value);
}

/** As {@link safeInteger}, for what may be missing, where the value it becomes is optional. */
export function safeIntegerOrUndefined(value: bigint | null): number | undefined {
  return value === null ? undefined : safeInteger(value);
}

/** Credits that Postgres holds as bigint. */
export function toCredits(value: bigint | number | string): Credits {
  return credits(Number(value));
}
