/** The messages of companies by price, with what reports of costs and margins need beside them. */

import { AccountsByDate } from "../../domain/meta_costs/counting.ts";
import type { CompanyMessages } from "../../domain/meta_costs/cost_messages.ts";
import type { ExchangeRates } from "../../domain/meta_costs/exchange_rates.ts";
import { accountSpan } from "../../domain/meta_costs/cost_messages.ts";
import type { MetaRateCard } from "../../domain/meta_costs/rate_card.ts";
import { daysBetween } from "../../domain/calendar.ts";
import type { CompanyId, LocalDate } from "../../domain/types.ts";
import type { CostReports } from "../../ports/meta_costs.ts";
import type { MetaPrices } from "../../ports/prices.ts";
import { invalidRequest, type Problem } from "../kit/problems.ts";

/** Maximum days per report: one leap year. */
export const DAYS_MAX = 366;

/** The dates of reports: in `[FIRST_DATE, END_DATE)`. */
const FIRST_DATE = "1970-01-01";
const END_DATE = "3000-01-01";

/** The ports of reports of costs. */
export interface CostPorts {
  readonly cost_reports: CostReports;
  readonly meta_pricing: MetaPrices;
}

/** The companies and local dates of a report, both dates inclusive. */
export interface CostSpan {
  readonly companies: readonly CompanyId[];
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly by: "day" | "month";
}

/** Messages by price, and the rates that price them. */
export interface PricedMessages {
  readonly messages: readonly CompanyMessages[];
  readonly card: MetaRateCard;
  readonly exchange_rates: ExchangeRates;
}

/**
 * Reads the messages of a report, each sum at one price and one exchange rate.
 *
 * @param cardOf returns the rate card that prices them; by default the stored one
 */
export async function readMessages(
  { cost_reports, meta_pricing }: CostPorts,
  span: CostSpan,
  cardOf = (stored: MetaRateCard): MetaRateCard => stored,
): Promise<PricedMessages> {
  const [stored, exchange_rates, accounts] = await Promise.all([
    meta_pricing.rateCard(),
    meta_pricing.exchangeRates(),
    cost_reports.accountsAround(span.companies),
  ]);
  const { from, to } = accountSpan(span);
  const card = cardOf(stored);
  const messages = await cost_reports.messages({
    ...span,
    accounts: new AccountsByDate(accounts),
    card,
    more_dates: exchange_rates.changes(from, to),
  });
  return { messages, card, exchange_rates };
}

/** Returns a problem when dates are out of order, too many, or of years that account dates near them would leave. */
export function spanProblem(from: LocalDate, to: LocalDate): Problem | undefined {
  for (const [path, date] of Object.entries({ to, from })) {
    if (date >= FIRST_DATE && date < END_DATE) continue;
    return invalidRequest([{ path, message: `${path} must be of the years 1970 to 2999: check it` }]);
  }
  if (from > to) return invalidRequest([{ path: "from", message: `from must not be after to (${to})` }]);
  if (daysBetween(from, to) < DAYS_MAX) return undefined;
  const message = `to must be less than ${DAYS_MAX} days after from: split the request`;
  return invalidRequest([{ path: "to", message }]);
}
