import { firstDateOf, lastDateOf } from "../calendar.ts";
import type { TemplatePolicy } from "../charge.ts";
import { rateHistory } from "../company/activation.ts";
import type { Refused } from "../company/command.ts";
import { refused } from "../company/command.ts";
import { settingsOn } from "../company/state.ts";
import type { ContractVersion } from "../contract.ts";
import type { Offer } from "../contract_changes.ts";
import { unchargedByCompany } from "../features.ts";
import type { CompanyRates, RateHistory, RateVersion } from "../rates.ts";
import type { Credits, FeatureCode, LocalDate } from "../types.ts";
import type { MonthRows } from "./month_rows.ts";

/** Terms to compute a month under, instead of the real ones. An absent part stays as it really is. */
export interface OtherTerms {
  /** The only contract of the month. It starts on the first of the month by default. */
  readonly contract?: Offer | undefined;
  /** The company's own prices of these features, on every date of the month. */
  readonly rates?: readonly OtherRate[] | undefined;
  /** The policy on every date of the month. */
  readonly template_in_open_window?: TemplatePolicy | undefined;
}

/** A price of one unit of a feature. */
export interface OtherRate {
  readonly feature: FeatureCode;
  readonly credits: Credits;
}

/** What decides the charges of a month beside its facts. */
export interface ChargeRules {
  readonly rates: CompanyRates;
  policyOn(date: LocalDate): TemplatePolicy;
}

/** Returns the rules that the month was charged by. */
export function realRules({ settings, own_rates, rate_card, final_from_ms }: MonthRows): ChargeRules {
  // A first price without a beginning does not reach months that were final when it was set.
  const isInTime = ({ recorded_at_ms }: RateVersion) => recorded_at_ms < (final_from_ms ?? Infinity);
  const in_time = new Map([...rate_card].map(([feature, versions]) => [feature, versions.filter(isInTime)]));
  return {
    rates: { rate_card: in_time, overrides: rateHistory(own_rates.filter(isInTime)) },
    policyOn: (date) => settingsOn(settings, date).template_in_open_window,
  };
}

/** Returns the rules under other terms. */
export function otherRules(real: ChargeRules, rows: MonthRows, terms: OtherTerms): ChargeRules {
  const { rates = [], template_in_open_window: policy } = terms;
  return {
    rates: { rate_card: real.rates.rate_card, overrides: withRates(real.rates.overrides, rows, rates) },
    policyOn: policy === undefined ? real.policyOn : () => policy,
  };
}

/** Returns the contract under other terms: one version, or the real ones. */
export function otherContract(
  { month, contract }: MonthRows,
  { contract: offer }: OtherTerms,
): readonly ContractVersion[] {
  if (offer === undefined) return contract;
  const { package: offered, excess_credit_price, currency, first_month = "full" } = offer;
  const starts_on = offer.starts_on ?? firstDateOf(month);
  return [{
    version: 1,
    effective_from: starts_on,
    terms: { package: offered, excess_credit_price, currency, starts_on, first_month },
    withdraws: [],
    reason: "agreed",
    recorded_at_ms: 0,
    recorded_by: "",
  }];
}

/** Refuses terms that could never be in force in the month; undefined when they can. */
export function refuseTerms(rows: MonthRows, { contract, rates = [] }: OtherTerms): Refused | undefined {
  const last = lastDateOf(rows.month);
  if (contract?.starts_on !== undefined && contract.starts_on > last) {
    return refused("invalid_request", `must be ${last} or earlier, so that it starts in the month`, [
      "contract",
      "starts_on",
    ]);
  }
  const known = new Set([...rows.rate_card.keys(), ...rows.own_rates.map(({ feature }) => feature)]);
  for (const [index, { feature, credits }] of rates.entries()) {
    const refusal = unchargedByCompany(feature, credits, known);
    const path = ["rates", String(index)];
    if (refusal !== undefined) {
      return { ...refusal, path: [...path, refusal.path[0] === "code" ? "feature" : "credits"] };
    }
    if (rates.findIndex((rate) => rate.feature === feature) < index) {
      return refused("invalid_request", "must not be repeated: give one price for each feature", [
        ...path,
        "feature",
      ]);
    }
  }
  return undefined;
}

/** Adds prices after all versions of their features: of the versions in force, the last one counts. */
function withRates(
  overrides: RateHistory,
  { company }: MonthRows,
  rates: readonly OtherRate[],
): RateHistory {
  const history = new Map(overrides);
  for (const { feature, credits } of rates) {
    const versions = history.get(feature) ?? [];
    const version = { version: versions.length + 1, effective_from: null, from_ms: null };
    const recorded = { recorded_at_ms: 0, recorded_by: "" };
    history.set(feature, [...versions, { company, feature, credits, ...version, ...recorded }]);
  }
  return history;
}
