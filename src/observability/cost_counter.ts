import type { CountedCost } from "../domain/meta_costs/counted_costs.ts";
import { PRICING_TYPES, type PricingType } from "../domain/meta_costs/types.ts";

/** Counts delivered messages by what Meta charges for them, since the start. */
export class CostCounter {
  readonly #counts = new Map<PricingType, number>(PRICING_TYPES.map((type) => [type, 0]));
  #without_price = 0;

  /** Messages by pricing type, for every type. A message that moves to another group counts once more. */
  get counts(): ReadonlyMap<PricingType, number> {
    return this.#counts;
  }

  /** Messages that were counted while no status had given a price. */
  get without_price(): number {
    return this.#without_price;
  }

  /** Counts messages that were added to a group. */
  count({ group: { category, pricing_type }, messages }: CountedCost): void {
    if (messages <= 0) return;
    this.#counts.set(pricing_type, this.#counts.get(pricing_type)! + messages);
    if (category === "unknown" && pricing_type === "unknown") this.#without_price += messages;
  }
}
