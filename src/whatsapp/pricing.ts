import { type MessagePricing, NO_PRICING } from "../domain/meta_costs/fact_pricing.ts";
import { metaCategoryOf, pricingTypeOf } from "../domain/meta_costs/meta_names.ts";
import {
  META_CATEGORIES,
  type MetaCategory,
  PRICING_TYPES,
  type PricingType,
} from "../domain/meta_costs/types.ts";
import { isFields } from "./fields.ts";

/**
 * Reads `pricing` of a status. `pricing_model` is not read: a status of 2023 (`CBP`, one price a conversation) has no
 * `type`, and its `billable` tells it. Source: Meta, Cloud API, "Status messages webhook reference"; Graph API,
 * `pricing_analytics`, `PRICING_CATEGORY`.
 *
 * @returns one of a few shared objects; {@link NO_PRICING} when Meta gives none
 */
export function readPricing(pricing: unknown): MessagePricing {
  if (!isFields(pricing)) return NO_PRICING;
  const category = typeof pricing.category === "string" ? metaCategoryOf(pricing.category) : "unknown";
  const type = pricingType(pricing.type, pricing.category, pricing.billable);
  const billable = typeof pricing.billable === "boolean" ? pricing.billable : type === "regular";
  return PRICINGS.get(category)!.get(type)![billable ? 1 : 0]!;
}

function pricingType(type: unknown, category: unknown, billable: unknown): PricingType {
  switch (type) {
    case "regular":
    case "free_customer_service":
    case "free_entry_point":
    case "free_group_customer_service":
      return type;
    case undefined:
    case null:
      // The conversation of a click on an advertisement.
      if (category === "referral_conversion") return "free_entry_point";
      return billable === true ? "regular" : "unknown";
    default:
      return pricingTypeOf(String(type));
  }
}

/** Every price that a status can have: not billable, then billable. Shared, because each status has one. */
const PRICINGS: ReadonlyMap<MetaCategory, ReadonlyMap<PricingType, readonly MessagePricing[]>> = new Map(
  META_CATEGORIES.map((category) => [
    category,
    new Map(PRICING_TYPES.map((type) => [
      type,
      [false, true].map((billable): MessagePricing => Object.freeze({ category, type, billable })),
    ])),
  ]),
);
