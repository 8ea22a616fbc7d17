import type { CompanyId, LocalDate } from "../types.ts";

/**
 * What Meta's price of a message depends on by kind. `unknown`: a category that this version does not know; it has no
 * price, and is shown as one that is missing. Source: Meta, Graph API, `pricing_analytics`, `PRICING_CATEGORY`.
 */
export type MetaCategory = typeof META_CATEGORIES[number];

/** Every category, in the order in which one of two differing statuses wins. */
export const META_CATEGORIES = [
  "marketing",
  "authentication_international",
  "authentication",
  "utility",
  "service",
  "unknown",
] as const;

/**
 * Why a message costs something or nothing. Source: Meta, Cloud API, "Status messages webhook reference",
 * `pricing.type`.
 */
export type PricingType = typeof PRICING_TYPES[number];

/** Every pricing type, in the order in which one of two differing statuses wins. */
export const PRICING_TYPES = [
  "regular",
  "free_customer_service",
  "free_entry_point",
  "free_group_customer_service",
  "unknown",
] as const;

/** ISO 3166-1 alpha-2: the country of a recipient's phone number. A rate card maps it to one of Meta's markets. */
export type CountryCode = string;

/** What the messages of one aggregate have in common. */
export interface CostGroup {
  /** The company's local date on which the messages were delivered. */
  readonly local_date: LocalDate;
  /** The date in the zone of Meta's account on which they were delivered: Meta's month is the account's. */
  readonly account_date: LocalDate;
  /** The company's number that sent them. */
  readonly phone_number_id: string;
  /** The country of the recipients; undefined where their calling code is of no country. */
  readonly country: CountryCode | undefined;
  readonly category: MetaCategory;
  readonly pricing_type: PricingType;
  /** Whether Meta calls the messages billable. */
  readonly billable: boolean;
}

/** Delivered messages that Meta prices alike, counted. */
export interface CostDay extends CostGroup {
  readonly company: CompanyId;
  readonly messages: number;
}
