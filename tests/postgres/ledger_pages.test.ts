import assert from "node:assert/strict";
import fc from "fast-check";
import { addDays, monthOf } from "../../src/domain/calendar.ts";
import { finalAfter } from "../../src/domain/lateness.ts";
import type { CompanyId, LocalDate } from "../../src/domain/types.ts";
import { companyKey } from "../../src/postgres/company_key.ts";
import { readLedgerPage } from "../../src/postgres/ledger_pages.ts";
import { openPostgresStore } from "./test_store.ts";

const FIRST = "2026-10-20" as LocalDate;

/** A posting on a date: for that date, for the next (a clock that runs ahead), or a number of days late. */
type Posting = { readonly days_on: number; readonly of: "today" | "tomorrow" | number };

interface Entry {
  readonly seq: number;
  readonly local_date: LocalDate;
  readonly late: boolean;
}

const postings = fc.array(
  fc.record({
    days_on: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 12 })),
    of: fc.oneof(
      fc.constant("today" as const),
      fc.constant("tomorrow" as const),
      fc.integer({ min: 1, max: 40 }),
    ),
  }),
  { maxLength: 40, size: "max" },
);

Deno.test("a page by dates has every entry of them: on time, late, and by a clock that runs ahead", async () => {
  await using subject = await openPostgresStore();
  let companies = 0;
  const offset = fc.integer({ min: -3, max: 70 });
  await fc.assert(
    fc.asyncProperty(
      postings,
      fc.array(fc.tuple(offset, offset), { maxLength: 6 }),
      async (posted, ranges) => {
        const company = `company-${companies++}` as CompanyId;
        const entries = entriesOf(posted);
        await subject.pool.query(INSERT, [
          companyKey(company),
          entries.map(({ seq }) => seq),
          entries.map(({ local_date }) => local_date),
          entries.map(({ late }) => late),
        ]);
        const filters = ranges.flatMap(([a, b]) => {
          const [from, to] = [addDays(FIRST, a), addDays(FIRST, b)];
          return [{ from, to }, { from }, { to }, { from, to, late: true }, { to, late: false }];
        });
        for (const filter of filters) {
          const page = await readLedgerPage(subject.pool, { company, ...filter, limit: 15 });
          const expected = entries.filter(({ local_date, late }) =>
            local_date >= (filter.from ?? "") && local_date <= (filter.to ?? "9") &&
            late === (("late" in filter) ? filter.late : late)
          ).reverse().slice(0, 15);
          assert.deepEqual(
            page.map(({ seq }) => seq),
            expected.map(({ seq }) => seq),
            JSON.stringify(filter),
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a page up to the last possible date has every entry", async () => {
  await using subject = await openPostgresStore();
  const company = "acme" as CompanyId;
  await subject.pool.query(INSERT, [companyKey(company), [1, 2], [FIRST, FIRST], [false, true]]);
  for (const to of ["9999-12-31", "9999-11-30", "2026-10-20"] as LocalDate[]) {
    const page = await readLedgerPage(subject.pool, { company, to, limit: 15 });
    assert.deepEqual(page.map(({ seq }) => seq), [2, 1], to);
  }
});

Deno.test("a page by dates of a company that was reopened has every entry, although their dates went back", async () => {
  await using subject = await openPostgresStore();
  const company = "acme" as CompanyId;
  const dates = ["2026-11-28", "2026-12-01", "2027-01-01", "2026-11-29", "2026-11-30", "2026-12-20"];
  await subject.pool.query(INSERT, [companyKey(company), [1, 2, 3, 4, 5, 6], dates, Array(6).fill(false)]);
  await subject.pool.query(
    `insert into reopenings (company, company_id, ledger_seq, closed_through, closed_before, reopened_at, reopened_by)
      values (company_key($1), $1, 3, '2026-11-28', '2027-01-12', now(), 'ops')`,
    [company],
  );
  const page = async (filter: Record<string, string>) =>
    (await readLedgerPage(subject.pool, { company, ...filter, limit: 15 })).map(({ seq }) => seq);
  assert.deepEqual(await page({ from: "2026-12-10" }), [6, 3]);
  assert.deepEqual(await page({ to: "2026-12-05" }), [5, 4, 2, 1]);
  assert.deepEqual(await page({ from: "2026-11-29", to: "2026-12-01" }), [5, 4, 2]);
});

/** The entries of these postings. Late ones are posted until their month is final. */
function entriesOf(posted: readonly Posting[]): Entry[] {
  const entries: Entry[] = [];
  let today = FIRST;
  for (const { days_on, of } of posted) {
    today = addDays(today, days_on);
    const local_date = of === "today" ? today : addDays(today, of === "tomorrow" ? 1 : -of);
    if (today > finalAfter(monthOf(local_date))) continue;
    entries.push({ seq: entries.length + 1, local_date, late: local_date < today });
  }
  return entries;
}

const INSERT = `
  insert into ledger (company, seq, type, local_date, direction, credits, prepaid, available_after, excess_after,
    late, occurred_at, recorded_at)
  select $1, seq, 'consumption', local_date, 'inbound', -1, 0, 0, seq, late, local_date, local_date
  from unnest($2::bigint[], $3::date[], $4::boolean[]) as entries(seq, local_date, late)`;
