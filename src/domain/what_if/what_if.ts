import { lastDateOf, monthOf, nextDate } from "../calendar.ts";
import type { ClosedFigures } from "../company/event.ts";
import { totalKey } from "../company/state.ts";
import type { ContactDay } from "../contact_day.ts";
import type { ContractVersion } from "../contract.ts";
import { grantedBy } from "../contract.ts";
import type { Micros } from "../money.ts";
import { newPeriod } from "../period.ts";
import type { DatedTotal } from "../reports.ts";
import type { Statement } from "../statement.ts";
import { statementOf } from "../statement.ts";
import type { Credits, Direction, FeatureCode } from "../types.ts";
import { credits, INBOUND, NO_CREDITS, OUTBOUND, SERVICE_MESSAGE } from "../types.ts";
import { calendarFrom, chargeUnder, daysOf } from "./charges.ts";
import { daysWhenFinal } from "./final_contacts.ts";
import type { MonthContact, MonthRows } from "./month_rows.ts";
import type { ChargeRules, OtherTerms } from "./terms.ts";
import { otherContract, otherRules, realRules } from "./terms.ts";

/** A month as it really is, and as it would be under other terms. */
export interface WhatIf {
  readonly real: Bill;
  readonly what_if: Bill;
  /** `what_if` minus `real`. */
  readonly difference: BillDifference;
  /**
   * What the real month has beyond the charges of its facts under its own terms: none, unless rows are missing or were
   * changed. The difference includes it, with the opposite sign.
   */
  readonly remainder: readonly DatedTotal[];
  /** The contacts with facts in the month. */
  readonly contacts: number;
}

/** The statement of a month, with its use by feature. */
export interface Bill {
  readonly statement: Statement;
  /** In order of feature. */
  readonly usage: readonly FeatureTotal[];
}

/** The use of one feature in a month. */
export interface FeatureTotal {
  readonly feature: FeatureCode;
  readonly direction: Direction;
  readonly units: number;
  readonly credits: Credits;
}

/** A difference of two bills. */
export interface BillDifference {
  readonly figures: ClosedFigures;
  /** Null if one of the amounts is not known, or the currencies differ. */
  readonly excess_amount: Micros | null;
  readonly total: Micros | null;
}

/**
 * Computes a month under other terms from its facts, beside the real month. It is exact because a charge is a function of
 * the facts, the prices and the policy (rulebook, "Charge"). The terms must be valid: see `refuseTerms`.
 *
 * @param contacts every contact with facts in the month, once
 */
export async function whatIf(
  rows: MonthRows,
  contacts: AsyncIterable<readonly MonthContact[]>,
  terms: OtherTerms,
): Promise<WhatIf> {
  const real = realRules(rows);
  const other = otherRules(real, rows, terms);
  const days = daysOf(rows.month, calendarFrom(rows));
  const by_facts = { real: new Totals(), other: new Totals() };
  let count = 0;
  for await (const batch of contacts) {
    count += batch.length;
    for (const contact of batch) {
      for (const day of daysWhenFinal(contact, rows, days, real).flat()) {
        by_facts.real.addWindows(day, real);
        by_facts.other.addWindows(day, other);
      }
    }
  }
  addUsage(by_facts.real, rows, []);
  addUsage(by_facts.other, rows, terms.rates ?? []);
  const stored = new Totals();
  for (const total of rows.totals) stored.add(total);
  return {
    ...compareBills(realBill(rows, stored), otherBill(rows, by_facts.other, terms)),
    remainder: stored.minus(by_facts.real),
    contacts: count,
  };
}

/**
 * Adds the usage of all features but windows: each unit of it costs its price. Free replies have no units, so with
 * another price the counts of Meta's costs tell how many there are.
 */
function addUsage(totals: Totals, rows: MonthRows, rates: NonNullable<OtherTerms["rates"]>) {
  for (const total of rows.totals) {
    if (total.feature === INBOUND || total.feature === OUTBOUND) continue;
    const rate = rates.find(({ feature }) => feature === total.feature);
    if (rate === undefined) totals.add(total);
    else if (total.feature !== SERVICE_MESSAGE) {
      totals.add({ ...total, credits: credits(total.units * rate.credits) });
    }
  }
  const reply = rates.find(({ feature }) => feature === SERVICE_MESSAGE);
  if (reply === undefined || reply.credits === 0) return;
  for (const { local_date, messages } of rows.replies) {
    totals.add({
      local_date,
      ...REPLY_TOTAL,
      units: messages,
      credits: credits(messages * reply.credits),
    });
  }
}

function realBill(rows: MonthRows, totals: Totals): Bill {
  const { period, at_close, contract } = rows;
  const today = nextDate(rows.closed_through);
  const statement = statementOf(period ?? emptyPeriod(rows), at_close ?? null, contract, today);
  return { statement, usage: totals.byFeature() };
}

function otherBill(rows: MonthRows, totals: Totals, terms: OtherTerms): Bill {
  const today = nextDate(rows.closed_through);
  const contract = otherContract(rows, terms);
  const period = rows.period ?? emptyPeriod(rows);
  const granted = terms.contract === undefined ? period.granted : grantedIn(rows, contract);
  const usage = totals.byFeature();
  const consumed = usage.reduce((sum, total) => sum + total.credits, 0);
  const other = { ...period, granted, consumed: credits(consumed) };
  return { statement: statementOf(other, null, contract, today), usage };
}

function grantedIn({ month, closed_through }: MonthRows, contract: readonly ContractVersion[]): Credits {
  const [last, today] = [lastDateOf(month), nextDate(closed_through)];
  return grantedBy(contract, month, last < today ? last : today);
}

function emptyPeriod({ month, closed_through }: MonthRows) {
  return newPeriod(month, month < monthOf(nextDate(closed_through)));
}

function compareBills(real: Bill, what_if: Bill): Pick<WhatIf, "real" | "what_if" | "difference"> {
  const [before, after] = [real.statement, what_if.statement];
  const minus = (name: keyof ClosedFigures) => credits(after.figures[name] - before.figures[name]);
  const money = (name: "excess_amount" | "total") => {
    const [a, b] = [after[name], before[name]];
    return a === null || b === null || after.currency !== before.currency ? null : (a - b) as Micros;
  };
  const figures = {
    granted: minus("granted"),
    consumed: minus("consumed"),
    prepaid_used: minus("prepaid_used"),
    expired: minus("expired"),
    excess: minus("excess"),
  };
  return {
    real,
    what_if,
    difference: { figures, excess_amount: money("excess_amount"), total: money("total") },
  };
}

/** Units and credits by date, feature and direction. */
class Totals {
  readonly #totals = new Map<string, DatedTotal>();

  add({ local_date, feature, direction, units, credits: amount }: DatedTotal): void {
    const key = `${local_date} ${totalKey(feature, direction)}`;
    const known = this.#totals.get(key) ?? { units: 0, credits: NO_CREDITS };
    const sum = { units: known.units + units, credits: credits(known.credits + amount) };
    this.#totals.set(key, { local_date, feature, direction, ...sum });
  }

  addWindows(day: ContactDay, rules: ChargeRules): void {
    const { inbound, outbound } = chargeUnder(rules, day);
    const { date: local_date } = day;
    if (inbound !== undefined) this.add({ local_date, ...INBOUND_TOTAL, units: 1, credits: inbound.credits });
    if (outbound !== undefined) {
      this.add({ local_date, ...OUTBOUND_TOTAL, units: 1, credits: outbound.credits });
    }
  }

  /** Returns the totals that differ from others, as differences. */
  minus(others: Totals): DatedTotal[] {
    const difference = new Totals();
    for (const total of this.#totals.values()) difference.add(total);
    for (const total of others.#totals.values()) {
      difference.add({ ...total, units: -total.units, credits: credits(-total.credits) });
    }
    return [...difference.#totals].filter(([, { units, credits }]) => units !== 0 || credits !== 0)
      .sort(([a], [b]) => a < b ? -1 : 1).map(([, total]) => total);
  }

  /** Returns the totals of the month by feature, of those with units. */
  byFeature(): FeatureTotal[] {
    const sums = new Map<string, FeatureTotal>();
    for (const { feature, direction, units, credits: amount } of this.#totals.values()) {
      const key = totalKey(feature, direction);
      const known = sums.get(key) ?? { units: 0, credits: NO_CREDITS };
      const sum = { units: known.units + units, credits: credits(known.credits + amount) };
      sums.set(key, { feature, direction, ...sum });
    }
    return [...sums].filter(([, { units, credits }]) => units !== 0 || credits !== 0)
      .sort(([a], [b]) => a < b ? -1 : 1).map(([, sum]) => sum);
  }
}

const INBOUND_TOTAL = { feature: INBOUND, direction: "inbound" } as const;
const OUTBOUND_TOTAL = { feature: OUTBOUND, direction: "outbound" } as const;
const REPLY_TOTAL = { feature: SERVICE_MESSAGE, direction: "none" } as const;
