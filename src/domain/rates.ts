import type { CompanyId, Credits, FeatureCode, LocalDate, TemplateCategory } from "./types.ts";
import { OUTBOUND } from "./types.ts";

/**
 * The rate card: what one unit of a feature costs in credits, in versions. A company's own price goes
 * over the general one; among versions that hold on a date, the one recorded last wins. Nothing already
 * charged is charged anew: a later version begins on a local date that has not begun, and a first one that
 * comes after use holds only for what happens from then on.
 */
export interface RateVersion {
  /** `null` for the general card. */
  readonly company: CompanyId | null;
  readonly feature: FeatureCode;
  /** 1, 2, 3 … within the company (or the general card) and feature. */
  readonly version: number;
  readonly credits: Credits;
  /** The first local date it holds on; `null`: from always. */
  readonly effective_from: LocalDate | null;
  /** The first instant it holds from on that date; `null`: the whole date. */
  readonly from_ms: number | null;
  readonly recorded_at_ms: number;
  readonly recorded_by: string;
}

/**
 * What one unit may cost. A window cannot be refused for what it costs, so its price is bounded: a month holds
 * thousands of millions of windows at it, exactly.
 */
export const UNIT_CREDITS_MAX = 1_000_000;

/** What a feature is called, by language. */
export interface FeatureName {
  readonly "pt-BR": string;
  readonly en: string;
}

/** A feature on the general card, its versions oldest first. */
export interface RateCardFeature {
  readonly feature: FeatureCode;
  readonly name: FeatureName;
  readonly versions: readonly RateVersion[];
}

/** A general price as it is asked for. */
export interface RateRequest {
  readonly feature: FeatureCode;
  /** Undefined keeps the name; a new feature is then called by its code. */
  readonly name: FeatureName | undefined;
  readonly credits: Credits;
  readonly effective_from: LocalDate | undefined;
}

/** The versions of one feature on one card, oldest first. */
export type RateHistory = ReadonlyMap<FeatureCode, readonly RateVersion[]>;

/** The prices that hold for one company. */
export interface CompanyRates {
  readonly rate_card: RateHistory;
  readonly overrides: RateHistory;
}

/**
 * The price in force on a local date for something that happened at an instant.
 *
 * @returns undefined when no version of the feature holds: the feature is unknown
 */
export function rateOf(
  card: CompanyRates,
  feature: FeatureCode,
  date: LocalDate,
  at_ms: number,
): RateVersion | undefined {
  return holding(card.overrides.get(feature), date, at_ms) ??
    holding(card.rate_card.get(feature), date, at_ms);
}

/**
 * The price of an outbound window: that of the category of the template that opened it, where one is set
 * (`whatsapp.outbound.marketing`), else that of the feature. A company's own price of either goes over
 * the general price of either.
 */
export function outboundRate(
  card: CompanyRates,
  category: TemplateCategory | undefined,
  date: LocalDate,
  at_ms: number,
): RateVersion | undefined {
  if (category === undefined) return rateOf(card, OUTBOUND, date, at_ms);
  const of_category = outboundOf(category);
  return holding(card.overrides.get(of_category), date, at_ms) ??
    holding(card.overrides.get(OUTBOUND), date, at_ms) ??
    holding(card.rate_card.get(of_category), date, at_ms) ??
    holding(card.rate_card.get(OUTBOUND), date, at_ms);
}

/** The code under which a template category can have a price of its own. */
export function outboundOf(category: TemplateCategory): FeatureCode {
  return OUTBOUND_OF[category];
}

const OUTBOUND_OF: Record<TemplateCategory, FeatureCode> = {
  marketing: `${OUTBOUND}.marketing` as FeatureCode,
  utility: `${OUTBOUND}.utility` as FeatureCode,
  authentication: `${OUTBOUND}.authentication` as FeatureCode,
};

function holding(
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

/** Whether a feature is metered from Meta's webhooks, not from reports of usage. */
export function isWhatsAppFeature(feature: FeatureCode): boolean {
  return feature.startsWith("whatsapp.");
}
