import type { Delivery } from "./delivery.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";

const DUPLICATES = 0.04;
const LATE_A_DAY = 2;
const HOUR_S = 3_600;

/**
 * What the network and Meta make of a day: some webhooks come twice, within seconds or hours, and a few come
 * a day late, when their day is closed: two of any kind, and the failure of a template.
 */
export function withDeliveryFaults(dice: SeededRandom, told: readonly Delivery[]): Delivery[] {
  const late = new Set(dice.pickSome(told, LATE_A_DAY));
  const failure = told.findLast(({ kind }) => kind === "failed_template");
  if (failure !== undefined) late.add(failure);
  const delivered = told.map((delivery): Delivery => {
    if (!late.has(delivery)) return delivery;
    return {
      ...delivery,
      kind: "a_day_late",
      at_s: delivery.at_s + 24 * HOUR_S + dice.between(0, 6 * HOUR_S),
    };
  });
  const again = delivered.filter((_, i) => i === 0 || dice.chance(DUPLICATES)).map((delivery): Delivery => ({
    ...delivery,
    kind: "duplicate",
    at_s: delivery.at_s + (dice.chance(0.7) ? dice.between(5, 60) : dice.between(1, 5) * HOUR_S),
  }));
  return [...delivered, ...again];
}
