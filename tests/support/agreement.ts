/** Checks that usage report, ledger, statements and balance of a company agree, as JSON and as CSV. */

import assert from "node:assert/strict";
import { rowsOfCsv } from "./csv.ts";

/** Reads reports of a service. */
export interface ReportReader {
  // deno-lint-ignore no-explicit-any
  json(path: string): Promise<any>;
  csv(path: string): Promise<string>;
}

interface Amounts {
  readonly units: number;
  readonly credits: number;
}

interface Entry {
  readonly seq: number;
  readonly type: string;
  readonly credits: number;
  readonly excess: number;
  readonly local_date: string;
  readonly after_close: boolean;
}

/**
 * Compares the reports month by month.
 *
 * @throws {assert.AssertionError} that names the difference
 */
export async function assertReportsAgree(reader: ReportReader, company: string): Promise<void> {
  const path = `/v1/companies/${company}`;
  const balance = await reader.json(`${path}/balance`);
  const { data: statements } = await reader.json(`${path}/statements`);
  const sheet = rowsOfCsv(await reader.csv(`${path}/statements`));
  assert.equal(sheet.length, statements.length);
  for (const [i, statement] of statements.entries()) {
    for (const [name, cell] of Object.entries(sheet[i]!)) {
      const value = name.split(".").reduce((part, key) => part?.[key], statement);
      assert.equal(
        cell,
        value === null || value === undefined ? "" : String(value),
        `${statement.period} ${name}`,
      );
    }
    await assertMonth(reader, path, statement);
  }
  const { granted, consumed, excess } = statements[0];
  assert.deepEqual({ granted, consumed, excess }, {
    granted: balance.granted,
    consumed: balance.consumed,
    excess: balance.excess,
  });
}

// deno-lint-ignore no-explicit-any
async function assertMonth(reader: ReportReader, path: string, statement: any): Promise<void> {
  const { period, status, granted, consumed, prepaid_used, expired, excess } = statement;
  const dates = `from=${period}-01&to=${lastDate(period)}`;
  const entries = await wholeLedger(reader, path, dates);
  const sheet = rowsOfCsv(await reader.csv(`${path}/ledger?${dates}`));
  assert.deepEqual(
    sheet.map(({ seq, credits }) => [seq, credits]),
    entries.map((e) => [`${e.seq}`, `${e.credits}`]),
  );
  const sum = (...types: string[]) =>
    entries.filter(({ type }) => types.includes(type)).reduce((total, { credits }) => total + credits, 0);
  assert.equal(sum("grant"), granted, `${period}: grants of the ledger`);
  assert.equal(0 - sum("consumption", "reversal"), consumed, `${period}: consumption of the ledger`);
  const available = status === "open" ? Math.max(0, granted - consumed) : 0;
  assert.equal(entries.reduce((total, { credits }) => total + credits, 0), available - excess);
  if (status !== "open") {
    assert.equal(0 - sum("expiry", "adjustment"), expired, `${period}: expiry of the ledger`);
    assert.equal(prepaid_used + expired, granted);
    for (const name of ["granted", "consumed", "prepaid_used", "expired", "excess"]) {
      assert.equal(
        statement.at_close[name] + statement.late_entries[name],
        statement[name],
        `${period} ${name}`,
      );
    }
  }
  await assertLateEntries(reader, path, dates, statement, entries);
  assert.equal(
    await assertReports(reader, `${path}/usage?${dates}`),
    consumed,
    `${period}: the usage report`,
  );
}

/** Compares the change of a statement since the closing with the entries that were recorded since then. */
async function assertLateEntries(
  reader: ReportReader,
  path: string,
  dates: string,
  // deno-lint-ignore no-explicit-any
  { period, late_entries }: any,
  entries: readonly Entry[],
): Promise<void> {
  const found = await wholeLedger(reader, path, `${dates}&after_close=true`);
  assert.deepEqual(
    found,
    entries.filter(({ after_close }) => after_close),
    `${period}: entries after closing`,
  );
  const others = await wholeLedger(reader, path, `${dates}&after_close=false`);
  assert.equal(found.length + others.length, entries.length, `${period}: entries before and after closing`);
  const sum = (...types: string[]) =>
    found.filter(({ type }) => types.includes(type)).reduce((total, { credits }) => total + credits, 0);
  const excess = found.reduce((total, entry) => total + entry.excess, 0);
  const change = {
    consumed: 0 - sum("consumption", "reversal"),
    expired: 0 - sum("adjustment"),
    excess: 0 - excess,
  };
  const { consumed, expired, excess: in_statement } = late_entries ?? { consumed: 0, expired: 0, excess: 0 };
  assert.deepEqual(change, { consumed, expired, excess: in_statement }, `${period}: entries after closing`);
}

const GROUPS = [
  "feature",
  "direction",
  "phone_number_id",
  "attribute:team",
  "feature,attribute:team,phone_number_id",
];

/**
 * Compares the usage reports of some dates.
 *
 * @returns their total credits
 */
async function assertReports(reader: ReportReader, path: string): Promise<number> {
  for (const as_of of ["close", "now"]) {
    const { data } = await reader.json(`${path}&as_of=${as_of}`);
    const total = summed(data);
    for (const groups of GROUPS) {
      const grouped = await reader.json(`${path}&as_of=${as_of}&group_by=${groups}`);
      assert.deepEqual(summed(grouped.data), total, `by ${groups} as of ${as_of}`);
    }
    // Labels split the rows of the unlabelled report; their sums equal it.
    const labelled = await reader.json(
      `${path}&as_of=${as_of}&group_by=day,feature,direction,attribute:team,phone_number_id`,
    );
    assert.deepEqual(joined(labelled.data), joined(data), `the labels of each row as of ${as_of}`);
    for (const row of labelled.data) {
      assert.ok(row.units >= 0 && row.credits >= 0, `a label has negative usage: ${JSON.stringify(row)}`);
    }
    const sheet = rowsOfCsv(await reader.csv(`${path}&as_of=${as_of}`));
    assert.deepEqual(
      summed(sheet.map(({ units, credits }) => ({ units: Number(units), credits: Number(credits) }))),
      total,
    );
    if (as_of === "now") return total.credits;
  }
  return 0;
}

async function wholeLedger(reader: ReportReader, path: string, dates: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let cursor = "";;) {
    const { data, next_cursor } = await reader.json(`${path}/ledger?${dates}&limit=7${cursor}`);
    entries.push(...data);
    if (next_cursor === null) return entries;
    cursor = `&cursor=${next_cursor}`;
  }
}

function summed(rows: readonly Amounts[]): Amounts {
  return rows.reduce(
    (sum, { units, credits }) => ({ units: sum.units + units, credits: sum.credits + credits }),
    {
      units: 0,
      credits: 0,
    },
  );
}

function joined(rows: readonly (Amounts & Record<string, unknown>)[]): Record<string, Amounts> {
  const keys = Map.groupBy(rows, ({ day, feature, direction }) => `${day} ${feature} ${direction}`);
  return Object.fromEntries([...keys].map(([key, of_key]) => [key, summed(of_key)]));
}

function lastDate(month: string): string {
  const { daysInMonth } = Temporal.PlainYearMonth.from(month);
  return `${month}-${daysInMonth}`;
}
