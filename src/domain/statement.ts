import { addMonths, lastDateOf, monthOf } from "./calendar.ts";
import type { ClosedFigures } from "./company/event.ts";
import type { ContractVersion, Terms } from "./contract.ts";
import { packagePriceOf, termsOn } from "./contract.ts";
import { finalAfter } from "./lateness.ts";
import type { Micros } from "./money.ts";
import { lineAmount } from "./money.ts";
import type { Credits, LocalDate, Month } from "./types.ts";
import { credits } from "./types.ts";
import type { Period } from "./period.ts";
import { excessIn, expiredIn, newPeriod, prepaidUsedIn } from "./period.ts";

/** Open: the month has not ended. Closed: late facts can still change it. Final: nothing changes it. */
export type StatementStatus = "open" | "closed" | "final";

/** The cost of the excess, and the total of the month; null while a needed price is not set. */
export interface Amounts {
  readonly excess_amount: Micros | null;
  readonly total: Micros | null;
}

/** A month's statement: the current figures, those at its close, and the difference from late entries. */
export interface Statement extends Amounts {
  readonly period: Month;
  readonly status: StatementStatus;
  readonly figures: ClosedFigures;
  /**
   * The price of the package in this month, in whole centavos as a line of the statement has it; null without a package,
   * or while its price is not set.
   */
  readonly package_price: Micros | null;
  readonly excess_credit_price: Micros | null;
  readonly currency: string | null;
  /** The figures at the close of the month; null while it is open. */
  readonly at_close: ClosedFigures | null;
  /** The amounts at the close, at today's prices: those of a closed month do not change. */
  readonly amounts_at_close: Amounts | null;
  /** The current figures minus those at the close; null while the month is open. */
  readonly late_entries: ClosedFigures | null;
  readonly late_amounts: Amounts | null;
}

/** A stored month: its current state, and its figures at the close. */
export interface StoredPeriod {
  readonly period: Period;
  readonly at_close: ClosedFigures | undefined;
}

/**
 * Returns the statements from the first stored month to the current one, newest first. Months without activity are
 * included.
 *
 * @param stored the stored months, in any order
 * @param today the company's current local date
 */
export function statementsOf(
  stored: readonly StoredPeriod[],
  contract: readonly ContractVersion[],
  today: LocalDate,
): Statement[] {
  const current = monthOf(today);
  const by_month = new Map(stored.map((entry) => [entry.period.month, entry]));
  const first = [...by_month.keys()].reduce((least, month) => month < least ? month : least, current);
  const statements: Statement[] = [];
  for (let month = current; month >= first; month = addMonths(month, -1)) {
    const { period, at_close } = by_month.get(month) ??
      { period: newPeriod(month, month < current), at_close: undefined };
    statements.push(statementOf(period, at_close ?? null, contract, today));
  }
  return statements;
}

/**
 * Computes a month's statement.
 *
 * @param at_close the figures at its close; null for a closed month that ended before its first fact
 * @param today the company's current local date
 */
export function statementOf(
  period: Period,
  at_close: ClosedFigures | null,
  contract: readonly ContractVersion[],
  today: LocalDate,
): Statement {
  const figures = figuresOf(period);
  const closing = period.closed ? at_close ?? figuresOf(newPeriod(period.month, true)) : null;
  const terms = termsOn(contract, lastDateOf(period.month));
  const package_price = packagePriceOf(contract, period.month);
  const amounts = amountsOf(figures.excess, package_price, terms);
  const amounts_at_close = closing && amountsOf(closing.excess, package_price, terms);
  return {
    period: period.month,
    status: !period.closed ? "open" : today > finalAfter(period.month) ? "final" : "closed",
    figures,
    package_price: packageAmountOf(package_price),
    excess_credit_price: terms?.excess_credit_price ?? null,
    ...amounts,
    currency: terms?.currency ?? null,
    at_close: closing,
    amounts_at_close,
    late_entries: closing && difference(figures, closing),
    late_amounts: amounts_at_close && {
      excess_amount: less(amounts.excess_amount, amounts_at_close.excess_amount),
      total: less(amounts.total, amounts_at_close.total),
    },
  };
}

/** Computes what a month costs with an expected excess: the package in force at its end, and the excess. */
export function expectedAmounts(
  month: Month,
  excess: Credits,
  contract: readonly ContractVersion[],
): Amounts {
  return amountsOf(excess, packagePriceOf(contract, month), termsOn(contract, lastDateOf(month)));
}

/** Computes what a month costs so far, and its currency; null without a contract. */
export function amountsIn(
  period: Period,
  contract: readonly ContractVersion[],
): Amounts & { readonly currency: string | null } {
  const terms = termsOn(contract, lastDateOf(period.month));
  const amounts = amountsOf(excessIn(period), packagePriceOf(contract, period.month), terms);
  return { ...amounts, currency: terms?.currency ?? null };
}

/**
 * Computes the cost of the excess: one line, rounded once. Null while its price is not set, except that under a
 * contract no excess costs zero.
 */
export function excessAmountOf(excess: Credits, terms: Terms | undefined): Micros | null {
  const price = terms?.excess_credit_price ?? null;
  if (price !== null) return lineAmount(excess, price);
  return terms !== undefined && excess === 0 ? 0n as Micros : null;
}

function amountsOf(excess: Credits, package_price: Micros | null, terms: Terms | undefined): Amounts {
  const excess_amount = excessAmountOf(excess, terms);
  const price_missing = terms?.package != null && package_price === null;
  if (excess_amount === null || price_missing) return { excess_amount, total: null };
  return { excess_amount, total: ((packageAmountOf(package_price) ?? 0n) + excess_amount) as Micros };
}

/** Computes the cost of the package: a line of its own with one unit. */
function packageAmountOf(package_price: Micros | null): Micros | null {
  return package_price === null ? null : lineAmount(1, package_price);
}

/** Returns the current figures of a month; its close stores them. */
export function figuresOf(period: Period): ClosedFigures {
  return {
    granted: period.granted,
    consumed: period.consumed,
    prepaid_used: prepaidUsedIn(period),
    expired: expiredIn(period),
    excess: excessIn(period),
  };
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

function less(now: Micros | null, then: Micros | null): Micros | null {
  return now === null || then === null ? null : (now - then) as Micros;
}
