/** Meta's names of categories and pricing types, as its statuses and its reports write them. */

import { type MetaCategory, PRICING_TYPES, type PricingType } from "./types.ts";

/** The longest name that is read. */
const NAME_LENGTH_MAX = 40;

/** The families of categories, the more specific ones first. */
const FAMILIES = [
  "authentication_international",
  "authentication",
  "marketing",
  "utility",
  "service",
] as const;

/** Returns the category of a name: `MARKETING`, `marketing_lite` and `group_marketing` are marketing. */
export function metaCategoryOf(name: string): MetaCategory {
  if (name.length > NAME_LENGTH_MAX) return "unknown";
  return exactCategory(name) ?? categoryOfFamily(plainSpelling(name));
}

/** Returns the pricing type of a name; `unknown` for a new one. */
export function pricingTypeOf(name: string): PricingType {
  const type = plainSpelling(name.slice(0, NAME_LENGTH_MAX));
  return PRICING_TYPES.find((known) => known === type) ?? "unknown";
}

/** Whether names are of messages to a WhatsApp group: `GROUP_MARKETING`, or `FREE_GROUP_CUSTOMER_SERVICE`. */
export function isOfGroup(category: string, type: string): boolean {
  return plainSpelling(category).startsWith("group_") ||
    pricingTypeOf(type) === "free_group_customer_service";
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

function categoryOfFamily(name: string): MetaCategory {
  if (name === "user_initiated") return "service";
  const own_name = name.startsWith("group_") ? name.slice("group_".length) : name;
  return FAMILIES.find((family) => own_name === family || own_name.startsWith(`${family}_`)) ?? "unknown";
}

/** Meta writes `authentication_international` in one place and `authentication-international` in another. */
function plainSpelling(name: string): string {
  return name.toLowerCase().replaceAll("-", "_").replaceAll(" ", "_");
}
