import { addDays, lastDateOf } from "./calendar.ts";
import type { ClosedFigures } from "./company/event.ts";
import type { ContractVersion } from "./contract.ts";
import { packagePriceOf, termsOn } from "./contract.ts";
import type { Micros } from "./money.ts";
import { lineAmount } from "./money.ts";
import type { Credits, LocalDate, Month } from "./names.ts";
import { credits } from "./names.ts";
import type { Period } from "./period.ts";
import { excessIn, expiredIn, prepaidUsedIn } from "./period.ts";

/** Days past a month's end after which no fact of it can be accepted: the lateness limit. */
export const LATENESS_LIMIT_DAYS = 8;

/** Open: the month goes on. Closed: late facts may still change it. Final: nothing changes it any more. */
export type StatementStatus = "open" | "closed" | "final";

/** What a month came to: today's truth, what its closing said, and the difference that came late. */
export interface Statement {
  readonly period: Month;
  readonly status: StatementStatus;
  readonly figures: ClosedFigures;
  /** The month's package; null without one, or while nobody has said its price. */
  readonly package_price: Micros | null;
  readonly excess_credit_price: Micros | null;
  /** Null while there is excess and no price for it. */
  readonly excess_amount: Micros | null;
  readonly total: Micros | null;
  readonly currency: string | null;
  readonly at_close: ClosedFigures | null;
  /** Today's truth less that of the closing; null while the month is open. */
  readonly late_entries: ClosedFigures | null;
}

/** The last local date on which facts of a month may still be accepted. */
export function finalAfter(month: Month): LocalDate {
  return addDays(lastDateOf(month), LATENESS_LIMIT_DAYS);
}

/** @param today the company's current local date */
export function statementOf(
  period: Period,
  at_close: ClosedFigures | null,
  contract: readonly ContractVersion[],
  today: LocalDate,
): Statement {
  const figures: ClosedFigures = {
    granted: period.granted,
    consumed: period.consumed,
    prepaid_used: prepaidUsedIn(period),
    expired: expiredIn(period),
    excess: excessIn(period),
  };
  const terms = termsOn(contract, lastDateOf(period.month));
  const package_price = packagePriceOf(contract, period.month);
  const excess_credit_price = terms?.excess_credit_price ?? null;
  const excess_amount = excessAmount(figures.excess, excess_credit_price, terms !== undefined);
  const price_missing = terms?.package != null && package_price === null;
  return {
    period: period.month,
    status: !period.closed ? "open" : today > finalAfter(period.month) ? "final" : "closed",
    figures,
    package_price,
    excess_credit_price,
    excess_amount,
    total: excess_amount === null || price_missing ? null : ((package_price ?? 0n) + excess_amount) as Micros,
    currency: terms?.currency ?? null,
    at_close,
    late_entries: at_close === null ? null : difference(figures, at_close),
  };
}

function excessAmount(excess: Credits, price: Micros | null, agreed: boolean): Micros | null {
  if (price !== null) return lineAmount(excess, price);
  return agreed && excess === 0 ? 0n as Micros : null;
}

function difference(now: ClosedFigures, then: ClosedFigures): ClosedFigures {
  return {
    granted: credits(now.granted - then.granted),
    consumed: credits(now.consumed - then.consumed),
    prepaid_used: credits(now.prepaid_used - then.prepaid_used),
    expired: credits(now.expired - then.expired),
    excess: credits(now.excess - then.excess),
  };
}
