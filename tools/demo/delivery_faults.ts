import type { Delivery } from "./delivery.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";

/** The probability of a duplicate. */
const DUPLICATES = 0.04;
const LATE_PER_DAY = 2;
const HOUR_S = 3_600;

/**
 * Adds delivery faults to a day. Some webhooks arrive twice, within seconds or hours. Two webhooks and one template
 * failure arrive a day late, after their day is closed.
 */
export function withDeliveryFaults(random: SeededRandom, deliveries: readonly Delivery[]): Delivery[] {
  const late = new Set(random.pickSome(deliveries, LATE_PER_DAY));
  const failure = deliveries.findLast(({ kind }) => kind === "failed_template");
  if (failure !== undefined) late.add(failure);
  const delivered = deliveries.map((delivery): Delivery => {
    if (!late.has(delivery)) return delivery;
    return {
      ...delivery,
      kind: "a_day_late",
      at_s: delivery.at_s + 24 * HOUR_S + random.between(0, 6 * HOUR_S),
    };
  });
  const again = delivered.filter((_, i) => i === 0 || random.chance(DUPLICATES)).map((
    delivery,
  ): Delivery => ({
    ...delivery,
    kind: "duplicate",
    at_s: delivery.at_s + (random.chance(0.7) ? random.between(5, 60) : random.between(1, 5) * HOUR_S),
  }));
  return [...delivered, ...again];
}
