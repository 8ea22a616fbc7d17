/** Refusals of prices that could never be charged. */

import { closestTo } from "./closest.ts";
import type { Refused } from "./company/command.ts";
import { refused } from "./company/command.ts";
import { UNIT_CREDITS_MAX, WHATSAPP_FEATURES } from "./rates.ts";
import type { FeatureCode } from "./types.ts";

/** The most features that a message lists. */
const LISTED_MAX = 12;

/** Refuses a price for the rate card whose feature or amount can never be charged; undefined when it can. */
export function uncharged(feature: FeatureCode, credits: number): Refused | undefined {
  if (isReserved(feature) && !WHATSAPP_FEATURES.includes(feature)) {
    const reason = `${named(feature, WHATSAPP_FEATURES)} Names under "whatsapp." are reserved`;
    return refused("unknown_feature", `${reason}: use ${WHATSAPP_FEATURES.join(", ")}`, ["code"]);
  }
  if (Number.isInteger(credits) && credits >= 0 && credits <= UNIT_CREDITS_MAX) return undefined;
  return refused("invalid_request", `must be a whole number from 0 to ${UNIT_CREDITS_MAX}`, ["credits"]);
}

/**
 * Refuses a company's own price that can never be charged; undefined when it can.
 *
 * @param known the features of the rate card, and those the company has a price of already
 */
export function unchargedByCompany(
  feature: FeatureCode,
  credits: number,
  known: ReadonlySet<FeatureCode>,
): Refused | undefined {
  const refusal = uncharged(feature, credits);
  if (refusal !== undefined || known.has(feature) || isReserved(feature)) return refusal;
  const listed = known.size > LISTED_MAX ? "listed by GET /v1/features" : [...known].sort().join(", ");
  const remedy =
    `Use a feature of the rate card (${listed}), or add it there first: PUT /v1/features/${feature}`;
  return refused("unknown_feature", `${named(feature, known)} ${remedy}`, ["code"]);
}

/** Says that a feature does not exist, and which one was probably meant. */
function named(feature: FeatureCode, known: Iterable<FeatureCode>): string {
  const closest = closestTo(feature, known);
  return `No feature "${feature}" exists${closest === undefined ? "." : `: did you mean "${closest}"?`}`;
}

/** Whether a code belongs to WhatsApp. `WhatsApp.outbound` is a misspelling of one. */
function isReserved(feature: FeatureCode): boolean {
  return /^whatsapp(\.|$)/i.test(feature);
}
