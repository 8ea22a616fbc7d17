import { type MessagePricing, NO_PRICING } from "../domain/meta_costs/fact_pricing.ts";
import {
  META_CATEGORIES,
  type MetaCategory,
  PRICING_TYPES,
  type PricingType,
} from "../domain/meta_costs/types.ts";
import { isFields } from "./fields.ts";

/** The longest name of a category that is read. */
const NAME_LENGTH_MAX = 40;

/**
 * Reads `pricing` of a status. `pricing_model` is not read: a status of 2023 (`CBP`, one price a conversation) has no
 * `type`, and its `billable` tells it. Source: Meta, Cloud API, "Status messages webhook reference"; Graph API,
 * `pricing_analytics`, `PRICING_CATEGORY`.
 *
 * @returns one of a few shared objects; {@link NO_PRICING} when Meta gives none
 */
export function readPricing(pricing: unknown): MessagePricing {
  if (!isFields(pricing)) return NO_PRICING;
  const category = metaCategory(pricing.category);
  const type = pricingType(pricing.type, pricing.category, pricing.billable);
  const billable = typeof pricing.billable === "boolean" ? pricing.billable : type === "regular";
  return PRICINGS.get(category)!.get(type)![billable ? 1 : 0]!;
}

/** Meta's category of a name: `marketing_lite` and `group_marketing` are marketing. */
function metaCategory(name: unknown): MetaCategory {
  if (typeof name !== "string" || name.length > NAME_LENGTH_MAX) return "unknown";
  return exactCategory(name) ?? categoryOfFamily(plainSpelling(name));
}

/** Fast path: the names of nearly every status. */
function exactCategory(name: string): MetaCategory | undefined {
  switch (name) {
    case "marketing":
    case "utility":
    case "authentication":
    case "service":
      return name;
    default:
      return undefined;
  }
}

/** The families, the more specific ones first. */
const FAMILIES = [
  "authentication_international",
  "authentication",
  "marketing",
  "utility",
  "service",
] as const;

function categoryOfFamily(name: string): MetaCategory {
  if (name === "user_initiated") return "service";
  const own_name = name.startsWith("group_") ? name.slice("group_".length) : name;
  return FAMILIES.find((family) => own_name === family || own_name.startsWith(`${family}_`)) ?? "unknown";
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
      return PRICING_TYPES.find((known) => known === plainSpelling(String(type).slice(0, NAME_LENGTH_MAX))) ??
        "unknown";
  }
}

/** Meta writes `authentication_international` in one place and `authentication-international` in another. */
function plainSpelling(name: string): string {
  return name.toLowerCase().replaceAll("-", "_").replaceAll(" ", "_");
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
