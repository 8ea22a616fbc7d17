/** Reads the tables of a month's usage: by feature, and by label. */

import { addMonths, firstDateOf, lastDateOf } from "../../domain/calendar.ts";
import { apportion, showMoney } from "../../domain/money.ts";
import type { DatedTotal } from "../../domain/reports.ts";
import type { Statement } from "../../domain/statement.ts";
import type { CompanyId, LocalDate, Month } from "../../domain/types.ts";
import type { FeatureUsage, LabelRow, PageView, UsageTab } from "../../web/report/view.ts";
import { Problem } from "../kit/problems.ts";
import type { LabelledReports } from "../resources/labelled_reports.ts";
import type { Reports } from "../../ports/reports.ts";

/** The month of the tables. */
export interface UsageMonth {
  readonly statement: Statement;
  /** The first stored month: there is nothing to compare it with. */
  readonly first_month: Month;
  readonly closed_through: LocalDate;
  /** The version of the company that the page shows. */
  readonly version: number;
}

/**
 * Reads the usage of each feature, largest first. Usage is compared with that of the month before on the same closed
 * dates, so that the current day, which has not ended, changes nothing.
 */
export async function readFeatures(
  reports: Reports,
  company: CompanyId,
  usage: PageView["usage"],
  month: UsageMonth,
): Promise<PageView["by_feature"]> {
  const compared = comparedDates(month);
  const before = compared === undefined
    ? []
    : await reports.dayTotals(company, compared.before.from, compared.before.to);
  const now = usage.filter(({ day }) => compared !== undefined && day <= compared.to);
  const keys = new Map([...before, ...usage].map((row) => [keyOf(row), row]));
  const rows = [...keys].map(([key, { feature, direction }]) => {
    const of_month = usage.filter((row) => keyOf(row) === key);
    return {
      feature,
      direction,
      units: sumOf(of_month, "units"),
      credits: sumOf(of_month, "credits"),
      compared: compared === undefined ? null : {
        credits: sumOf(now.filter((row) => keyOf(row) === key), "credits"),
        before: sumOf(before.filter((row) => keyOf(row) === key), "credits"),
      },
    };
  }).filter(({ units, credits, compared }) => units > 0 || credits > 0 || (compared?.before ?? 0) > 0);
  rows.sort((a, b) => b.credits - a.credits || b.units - a.units || (a.feature < b.feature ? -1 : 1));
  return {
    rows: withAmounts(rows, month.statement),
    compared: compared === undefined ? null : compared.before,
  };
}

/** Reads the usage of each value of a label, largest first. */
export async function readLabels(
  labelled: LabelledReports,
  company: CompanyId,
  by: UsageTab,
  { statement, version }: UsageMonth,
): Promise<PageView["by_label"]> {
  const span = {
    company,
    from: firstDateOf(statement.period),
    to: lastDateOf(statement.period),
    as_of: "now",
  } as const;
  const rows = await labelled.join(span, {
    groups: new Set(),
    by_phone_number_id: by === "number",
    attributes: by === "number" ? [] : [by],
  }, version);
  if (rows instanceof Problem) return { by, rows: null };
  const labels = rows.map(({ phone_number_id, attributes, credits }) => ({
    label: (by === "number" ? phone_number_id : attributes?.[by]) ?? null,
    credits,
  })).filter(({ credits }) => credits > 0).sort((a, b) => b.credits - a.credits || compareLabels(a, b));
  return { by, rows: withAmounts(labels, statement) };
}

/**
 * Adds the amounts of rows: the total of the month in proportion to their credits. Null while the total is unknown.
 *
 * Amounts are money, so they add up to the total to the centavo, and equal rows may differ by one: 0.05 cannot be divided
 * into two equal amounts. The page then says so. Shares are no money, so they do the opposite: see `sharesOf`.
 */
function withAmounts<Row extends { readonly credits: number }>(
  rows: readonly Row[],
  { total }: Statement,
): (Row & { readonly amount: string | null })[] {
  const is_used = rows.some(({ credits }) => credits > 0);
  const amounts = total === null || !is_used
    ? undefined
    : apportion(total, rows.map(({ credits }) => credits));
  return rows.map((row, i) => ({ ...row, amount: amounts === undefined ? null : showMoney(amounts[i]!) }));
}

interface ComparedDates {
  /** The last compared date of the month. */
  readonly to: LocalDate;
  readonly before: { readonly from: LocalDate; readonly to: LocalDate };
}

/** Returns the compared dates: both months whole, or for an open month the days of both up to its last closed date. */
function comparedDates({ statement, first_month, closed_through }: UsageMonth): ComparedDates | undefined {
  const { period, status } = statement;
  const before = addMonths(period, -1);
  if (before < first_month) return undefined;
  const whole = { from: firstDateOf(before), to: lastDateOf(before) };
  if (status !== "open") return { to: lastDateOf(period), before: whole };
  if (closed_through < firstDateOf(period)) return undefined;
  const day = [closed_through, whole.to].map((date) => date.slice(8)).sort()[0]!;
  return { to: `${period}-${day}` as LocalDate, before: { ...whole, to: `${before}-${day}` as LocalDate } };
}

function keyOf({ feature, direction }: Pick<DatedTotal | FeatureUsage, "feature" | "direction">): string {
  return `${feature} ${direction}`;
}

function sumOf(
  rows: readonly { readonly units: number; readonly credits: number }[],
  name: "units" | "credits",
): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}

function compareLabels(a: Pick<LabelRow, "label">, b: Pick<LabelRow, "label">): number {
  return (a.label ?? "") < (b.label ?? "") ? -1 : 1;
}
