import type { ContractRow } from "../../audit/examination.ts";
import type { RateRow } from "../../audit/prices.ts";
import type { ContractVersion } from "../../../src/domain/contract.ts";
import type { RateVersion } from "../../../src/domain/rates.ts";

/** Converts a contract version to the audit's row. */
export function contractRow(
  { version, effective_from, terms, withdraws, reason }: ContractVersion,
): ContractRow {
  const { package: bought, starts_on, first_month } = terms;
  const package_credits = bought === null ? null : BigInt(bought.credits);
  return { version, effective_from, package_credits, starts_on, first_month, withdraws, reason };
}

/** Converts a price version to the audit's row. */
export function rateRow(rate: RateVersion): RateRow {
  const { company, feature, version, credits, effective_from, from_ms, recorded_at_ms } = rate;
  return {
    company_id: company ?? "",
    feature,
    version,
    credits: BigInt(credits),
    effective_from,
    from_ms: from_ms === null ? null : BigInt(from_ms),
    recorded_ms: BigInt(recorded_at_ms),
  };
}
