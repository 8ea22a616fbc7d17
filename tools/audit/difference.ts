/** One thing that is not as it must be. */
export interface Difference {
  readonly company: string;
  /** In plain words: `day total of 2026-11-03, whatsapp.inbound (inbound)`. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** Units and credits, as they are added up. */
export interface Amount {
  readonly units: bigint;
  readonly credits: bigint;
}

export const ZERO_AMOUNT: Amount = { units: 0n, credits: 0n };

/** Sums by local date, feature and direction. */
export class Sums {
  readonly #amounts = new Map<string, Amount>();

  add(key: string, units: bigint, credits: bigint): void {
    const before = this.get(key);
    this.#amounts.set(key, { units: before.units + units, credits: before.credits + credits });
  }

  get(key: string): Amount {
    return this.#amounts.get(key) ?? ZERO_AMOUNT;
  }

  keys(): Iterable<string> {
    return this.#amounts.keys();
  }
}

/** The key of a sum. Begins with the local date, so that keys sort by it. */
export function sumKey(local_date: string, feature: string | null, direction: string): string {
  return `${local_date} ${feature ?? "-"} ${direction}`;
}

export function dateOfKey(key: string): string {
  return key.slice(0, 10);
}

/** A key for people: `2026-11-03, whatsapp.inbound (inbound)`. */
export function formatKey(key: string): string {
  const [local_date, feature, direction] = key.split(" ");
  return direction === "none" ? `${local_date}, ${feature}` : `${local_date}, ${feature} (${direction})`;
}

export function formatAmount({ units, credits }: Amount): string {
  return `${formatCount(units, "unit")}, ${formatCount(credits, "credit")}`;
}

/** `1 credit`, `2 credits`. */
export function formatCount(amount: bigint | number, thing: string): string {
  const one = BigInt(amount) === 1n;
  const plural = thing.endsWith("y") ? `${thing.slice(0, -1)}ies` : `${thing}s`;
  return `${amount} ${one ? thing : plural}`;
}

/** An instant as people read it, in UTC. */
export function formatInstant(at_ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
}
