/** The price of a ledger entry's excess. */

import { lastDateOf } from "../../domain/calendar.ts";
import { type ContractVersion, termsOn } from "../../domain/contract.ts";
import type { Micros } from "../../domain/money.ts";
import type { Month } from "../../domain/types.ts";

/** What an entry's excess costs. */
export interface ExcessPrice {
  /** Positive if it is owed, negative if it was given back. Exact, not rounded. */
  readonly amount: Micros;
  readonly credit_price: Micros;
  readonly currency: string;
}

/**
 * Returns the price of an entry's excess: at the excess price at the end of the entry's month, as on its statement, but
 * not rounded. The amounts of a month add up to the statement's excess amount, which is rounded once.
 *
 * @returns undefined without excess, or without a price
 */
export function excessPriceOf(
  { excess, period }: { readonly excess: number; readonly period: string },
  contract: readonly ContractVersion[],
): ExcessPrice | undefined {
  const terms = termsOn(contract, lastDateOf(period as Month));
  if (excess === 0 || terms === undefined || terms.excess_credit_price === null) return undefined;
  const { excess_credit_price: credit_price, currency } = terms;
  return { amount: BigInt(-excess) * credit_price as Micros, credit_price, currency };
}
