/** A stored value that differs from the recomputed one. */
export interface Difference {
  readonly company: string;
  /** The name of the value, such as `day total of 2026-11-03, whatsapp.inbound (inbound)`. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** A sum of units and credits. */
export interface Amount {
  readonly units: bigint;
  readonly credits: bigint;
}

/** A sum of nothing. */
export const ZERO_AMOUNT: Amount = { units: 0n, credits: 0n };

/** Sums by local date, feature and direction. */
export class Sums {
  readonly #amounts = new Map<string, Amount>();

  /** Adds to the sum of a key. */
  add(key: string, units: bigint, credits: bigint): void {
    const before = this.get(key);
    this.#amounts.set(key, { units: before.units + units, credits: before.credits + credits });
  }

  /** Returns the sum of a key, at first 0. */
  get(key: string): Amount {
    return this.#amounts.get(key) ?? ZERO_AMOUNT;
  }

  /** Returns the keys with a sum. */
  keys(): Iterable<string> {
    return this.#amounts.keys();
  }
}

/** Returns the key of a sum. It starts with the local date, so that keys sort by date. */
export function sumKey(local_date: string, feature: string | null, direction: string): string {
  return `${local_date} ${feature ?? "-"} ${direction}`;
}

/** Returns the local date of a key. */
export function dateOfKey(key: string): string {
  return key.slice(0, 10);
}

/** Formats a key: `2026-11-03, whatsapp.inbound (inbound)`. */
export function formatKey(key: string): string {
  const [local_date, feature, direction] = key.split(" ");
  return direction === "none" ? `${local_date}, ${feature}` : `${local_date}, ${feature} (${direction})`;
}

/** Formats a sum: `2 units, 3 credits`. */
export function formatAmount({ units, credits }: Amount): string {
  return `${formatCount(units, "unit")}, ${formatCount(credits, "credit")}`;
}

/** Formats a count: `1 credit`, `2 credits`. */
export function formatCount(amount: bigint | number, thing: string): string {
  const one = BigInt(amount) === 1n;
  const plural = thing.endsWith("y") ? `${thing.slice(0, -1)}ies` : `${thing}s`;
  return `${amount} ${one ? thing : plural}`;
}

/** Formats an instant in UTC, ISO 8601. */
export function formatInstant(at_ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
}
