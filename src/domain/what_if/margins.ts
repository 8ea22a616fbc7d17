import type { CompanyMessages } from "../meta_costs/cost_messages.ts";
import { costOf } from "../meta_costs/costs.ts";
import type { ExchangeRates } from "../meta_costs/exchange_rates.ts";
import { type Margin, marginOf } from "../meta_costs/margin.ts";
import type { MetaRateCard } from "../meta_costs/rate_card.ts";
import type { Micros } from "../money.ts";
import { NO_CREDITS } from "../types.ts";
import type { ContractVersion } from "../contract.ts";
import type { Bill } from "./what_if.ts";

/** The messages of a company's month, at the prices of a rate card. */
export interface MonthMessages {
  readonly messages: readonly CompanyMessages[];
  readonly card: MetaRateCard;
  readonly exchange_rates: ExchangeRates;
}

/** A difference of two margins. An amount is null if one of the two is missing, or the currencies differ. */
export interface MarginDifference {
  readonly meta_cost: Micros | null;
  readonly revenue: Micros | null;
  readonly margin: Micros | null;
}

/** Computes what a month earns by a bill, and what is left of it after Meta's costs: as `marginOf` does. */
export function marginUnder(
  { statement: { period, figures: { granted, consumed } } }: Bill,
  contract: readonly ContractVersion[],
  { messages, card, exchange_rates }: MonthMessages,
): Margin {
  const use = { month: period, granted, consumed_before: NO_CREDITS, consumed_through: consumed };
  const costs = messages.map((part) => ({ ...part, cost: costOf(part, card) }));
  return marginOf(contract, use, costs, exchange_rates);
}

/** Subtracts a margin from another one. */
export function compareMargins(real: Margin, what_if: Margin): MarginDifference {
  const minus = (name: keyof MarginDifference) => {
    const [after, before] = [what_if[name], real[name]];
    const is_known = after !== undefined && before !== undefined && what_if.currency === real.currency;
    return is_known ? (after - before) as Micros : null;
  };
  return { meta_cost: minus("meta_cost"), revenue: minus("revenue"), margin: minus("margin") };
}
