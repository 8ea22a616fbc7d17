import type { CompanyId, Credits, FeatureCode, LocalDate, TemplateCategory } from "./types.ts";
import { INBOUND, OUTBOUND, SERVICE_MESSAGE } from "./types.ts";

/**
 * One version of the price of a feature, in credits a unit. A company's override wins over the rate card; among the
 * versions in force on a date, the one recorded last wins. A new version never reprices charged usage: it begins on a
 * local date that has not begun, and a first override set after usage applies only from that instant.
 */
export interface RateVersion {
  /** `null` on the rate card; the company of an override. */
  readonly company: CompanyId | null;
  readonly feature: FeatureCode;
  /** 1, 2, 3 … within the feature, on the rate card or among the company's overrides. */
  readonly version: number;
  readonly credits: Credits;
  /** The first local date in force; `null`: no start. */
  readonly effective_from: LocalDate | null;
  /** The first instant in force on that date; `null`: the whole date. */
  readonly from_ms: number | null;
  readonly recorded_at_ms: number;
  readonly recorded_by: string;
}

/**
 * The highest price of one unit. At it a month can hold thousands of millions of windows and still be exact: a window
 * cannot be refused, so its price is bounded instead.
 */
export const UNIT_CREDITS_MAX = 1_000_000;

/** The name of a feature, by language. */
export interface FeatureName {
  readonly "pt-BR": string;
  readonly en: string;
}

/** A feature of the rate card, with its versions oldest first. */
export interface RateCardFeature {
  readonly feature: FeatureCode;
  readonly name: FeatureName;
  readonly versions: readonly RateVersion[];
}

/** A new price for the rate card. */
export interface RateRequest {
  readonly feature: FeatureCode;
  /** Undefined keeps the name; a new feature is then named by its code. */
  readonly name: FeatureName | undefined;
  readonly credits: Credits;
  readonly effective_from: LocalDate | undefined;
}

/** The versions of each feature, oldest first. */
export type RateHistory = ReadonlyMap<FeatureCode, readonly RateVersion[]>;

/** The prices of one company: the rate card and the company's overrides. */
export interface CompanyRates {
  readonly rate_card: RateHistory;
  readonly overrides: RateHistory;
}

/**
 * Returns the price in force on a local date, at an instant of it.
 *
 * @returns undefined when no version of the feature is in force: the feature is unknown
 */
export function rateOf(
  card: CompanyRates,
  feature: FeatureCode,
  date: LocalDate,
  at_ms: number,
): RateVersion | undefined {
  return inForce(card.overrides.get(feature), date, at_ms) ??
    inForce(card.rate_card.get(feature), date, at_ms);
}

/**
 * Returns the price of an outbound window: that of the template's category, if set (`whatsapp.outbound.marketing`),
 * else that of `whatsapp.outbound`. A company's override of either wins over the rate card.
 */
export function outboundRate(
  card: CompanyRates,
  category: TemplateCategory | undefined,
  date: LocalDate,
  at_ms: number,
): RateVersion | undefined {
  if (category === undefined) return rateOf(card, OUTBOUND, date, at_ms);
  const of_category = outboundOf(category);
  return inForce(card.overrides.get(of_category), date, at_ms) ??
    inForce(card.overrides.get(OUTBOUND), date, at_ms) ??
    inForce(card.rate_card.get(of_category), date, at_ms) ??
    inForce(card.rate_card.get(OUTBOUND), date, at_ms);
}

/** Returns the feature code for the price of a template category. */
export function outboundOf(category: TemplateCategory): FeatureCode {
  return OUTBOUND_OF[category];
}

const OUTBOUND_OF: Record<TemplateCategory, FeatureCode> = {
  marketing: `${OUTBOUND}.marketing` as FeatureCode,
  utility: `${OUTBOUND}.utility` as FeatureCode,
  authentication: `${OUTBOUND}.authentication` as FeatureCode,
};

/** The features metered from Meta's webhooks. No other code under `whatsapp.` exists. */
export const WHATSAPP_FEATURES: readonly FeatureCode[] = [
  INBOUND,
  OUTBOUND,
  ...Object.values(OUTBOUND_OF),
  SERVICE_MESSAGE,
];

/** Whether a unit of a feature costs credits by any version, whichever date it is of. */
export function isEverCharged({ rate_card, overrides }: CompanyRates, feature: FeatureCode): boolean {
  const costs = ({ credits }: RateVersion) => credits > 0;
  return (rate_card.get(feature)?.some(costs) ?? false) || (overrides.get(feature)?.some(costs) ?? false);
}

function inForce(
  versions: readonly RateVersion[] | undefined,
  date: LocalDate,
  at_ms: number,
): RateVersion | undefined {
  if (versions === undefined) return undefined;
  for (let i = versions.length - 1; i >= 0; i--) {
    const { effective_from, from_ms } = versions[i]!;
    const holds = (effective_from === null || effective_from <= date) &&
      (from_ms === null || from_ms <= at_ms);
    if (holds) return versions[i];
  }
  return undefined;
}

/** Whether a feature is metered from Meta's webhooks; usage reports cannot use it. */
export function isWhatsAppFeature(feature: FeatureCode): boolean {
  return feature.startsWith("whatsapp.");
}
