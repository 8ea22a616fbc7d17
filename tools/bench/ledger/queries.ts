import type { FeatureCode, LocalDate, Month } from "../../../src/domain/types.ts";
import { addDays, firstDateOf, lastDateOf, monthOf } from "../../../src/domain/calendar.ts";
import type { LedgerQuery } from "../../../src/domain/reports.ts";
import type { PostgresReports } from "../../../src/postgres/reports.ts";
import { COMPANY, FIRST_DATE, type LedgerSize } from "./entries.ts";

/** The rows of a page as the HTTP layer reads it: one more than it returns, to detect a next page. */
export const PAGE_ROWS = 201;

/** A query of a ledger. */
export interface LedgerBenchQuery {
  readonly name: string;
  execute(reports: PostgresReports): Promise<readonly unknown[]>;
}

/** Returns queries of ledger pages, by each filter and by combinations, for new and old dates. */
export function pageQueries({ entries, days }: LedgerSize): LedgerBenchQuery[] {
  const company = COMPANY;
  const day = (number: number) => addDays(FIRST_DATE as LocalDate, number);
  const old = { from: day(Math.floor(days / 3)), to: day(Math.floor(days / 3) + 30) };
  const one_old_day = { from: old.from, to: old.from };
  const common = { feature: "whatsapp.outbound" as FeatureCode };
  const rare = { feature: "sms.sent" as FeatureCode };
  const middle = { before_seq: Math.floor(entries / 2) };
  const filters: Readonly<Record<string, Omit<LedgerQuery, "company" | "limit">>> = {
    "no filter": {},
    "no filter, from the middle on": middle,
    "from an old date on": { from: old.from },
    "up to an old date": { to: old.to },
    "an old month": old,
    "an old month, from its middle on": { ...old, before_seq: Math.floor(entries / 3 + entries / days * 15) },
    "an old day": one_old_day,
    "the newest month": { from: day(days - 30) },
    "a date before all entries": { to: day(-30) },
    "a common feature": common,
    "a common feature, an old month": { ...common, ...old },
    "a rare feature": rare,
    "a rare feature, from the middle on": { ...rare, ...middle },
    "a rare feature, an old month": { ...rare, ...old },
    "consumption": { type: "consumption" },
    "reversals": { type: "reversal" },
    "grants": { type: "grant" },
    "grants, an old month": { type: "grant", ...old },
    "expiries, which do not exist": { type: "expiry" },
    "inbound": { direction: "inbound" },
    "outbound, an old month": { direction: "outbound", ...old },
    "no direction": { direction: "none" },
    "no direction, an old month": { direction: "none", ...old },
    "late": { late: true },
    "late, an old month": { late: true, ...old },
    "in time": { late: false },
    "after the close of their month": { after_close: true },
    "after the close of an old month": { after_close: true, ...old },
    "before the close of their month": { after_close: false },
    "reversals of a common feature, an old month": { type: "reversal", ...common, ...old },
    "late reversals, outbound, an old month": { type: "reversal", direction: "outbound", late: true, ...old },
  };
  return Object.entries(filters).map(([name, filter]) => ({
    name,
    execute: (reports) => reports.ledger({ company, ...filter, limit: PAGE_ROWS }),
  }));
}

/** Returns queries of monthly reports, by day and by label. */
export function monthlyReportQueries({ days }: LedgerSize): LedgerBenchQuery[] {
  const company = COMPANY;
  const month = monthOf(addDays(FIRST_DATE as LocalDate, Math.floor(days / 3))) as Month;
  const span = { company, from: firstDateOf(month), to: lastDateOf(month) };
  const labelled = { ...span, as_of: "now", by_phone_number_id: false, limit: 10_000 } as const;
  const rows = { ...span, limit: PAGE_ROWS };
  const middle = { local_date: addDays(span.from, 15), late: false, seq: 1 };
  return [
    { name: "a month's entries by date", execute: (reports) => reports.ledgerByDate(rows) },
    {
      name: "a month's entries by date, from its middle on",
      execute: (reports) => reports.ledgerByDate({ ...rows, before: middle }),
    },
    {
      name: "a month's late entries of a rare feature, by date",
      execute: (reports) => reports.ledgerByDate({ ...rows, late: true, feature: "sms.sent" as FeatureCode }),
    },
    {
      name: "a month's entries after its close, by date",
      execute: (reports) => reports.ledgerByDate({ ...rows, after_close: true }),
    },
    { name: "the sums of a month's dates", execute: (reports) => reports.ledgerDays(span) },
    {
      name: "a month's report by day, feature and direction",
      execute: (reports) => reports.dayTotals(company, span.from, span.to),
    },
    {
      name: "a month's report by department",
      execute: (reports) =>
        reports.labelledUsage({ ...labelled, groups: new Set(), attributes: ["department"] }),
    },
  ];
}
