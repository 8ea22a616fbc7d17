import assert from "node:assert/strict";
import fc from "fast-check";
import { addDays } from "../../src/domain/calendar.ts";
import type { DatedEntryCursor, LedgerFilter } from "../../src/domain/reports.ts";
import type { CompanyId, LocalDate } from "../../src/domain/types.ts";
import { readLedgerByDate, readLedgerDays } from "../../src/postgres/ledger_by_date.ts";
import type { Pool } from "../../src/postgres/connection.ts";
import { openPostgresStore } from "./test_store.ts";

const FIRST = "2026-10-20" as LocalDate;

interface Entry extends DatedEntryCursor {
  readonly credits: number;
}

const postings = fc.array(
  fc.record({
    day: fc.integer({ min: 0, max: 6 }),
    late: fc.boolean(),
    credits: fc.integer({ min: -9, max: 9 }),
  }),
  { maxLength: 30, size: "max" },
);

Deno.test("pages by date have each entry once, the newest date first, and dates have the sums of all their entries", async () => {
  await using subject = await openPostgresStore();
  let companies = 0;
  const offset = fc.integer({ min: -1, max: 7 });
  await fc.assert(
    fc.asyncProperty(
      postings,
      offset,
      offset,
      fc.integer({ min: 1, max: 7 }),
      async (posted, a, b, limit) => {
        const company = `company-${companies++}` as CompanyId;
        const entries = posted.map(({ day, late, credits }, i): Entry => ({
          seq: i + 1,
          local_date: addDays(FIRST, day),
          late,
          credits,
        }));
        await subject.pool.query(INSERT, [
          company,
          entries.map(({ seq }) => seq),
          entries.map(({ local_date }) => local_date),
          entries.map(({ late }) => late),
          entries.map(({ credits }) => credits),
        ]);
        const [from, to] = [addDays(FIRST, Math.min(a, b)), addDays(FIRST, Math.max(a, b))];
        const filters: Omit<LedgerFilter, "company">[] = [{}, { from }, { from, to }, { to, late: true }];
        for (const filter of filters) {
          const expected = entries.filter(({ local_date, late }) =>
            local_date >= (filter.from ?? "") && local_date <= (filter.to ?? "9") &&
            late === (filter.late ?? late)
          ).sort(inOrder);
          const found = await readPages(subject.pool, { company, ...filter }, limit);
          assert.deepEqual(found, expected.map(({ seq }) => seq), JSON.stringify(filter));
          assert.deepEqual(await readLedgerDays(subject.pool, { company, ...filter }), daysOf(expected));
        }
      },
    ),
    { numRuns: 40 },
  );
});

async function readPages(pool: Pool, filter: LedgerFilter, limit: number): Promise<number[]> {
  const found: number[] = [];
  let before: DatedEntryCursor | undefined;
  for (;;) {
    const page = await readLedgerByDate(pool, { ...filter, before, limit });
    found.push(...page.map(({ seq }) => seq));
    if (page.length < limit) return found;
    before = page.at(-1);
  }
}

/** Orders entries by date, newest first; within a date the late ones first, then the last recorded ones. */
function inOrder(a: Entry, b: Entry): number {
  if (a.local_date !== b.local_date) return a.local_date < b.local_date ? 1 : -1;
  return Number(b.late) - Number(a.late) || b.seq - a.seq;
}

function daysOf(entries: readonly Entry[]) {
  return [...Map.groupBy(entries, ({ local_date }) => local_date)].map(([local_date, of_date]) => ({
    local_date,
    entries: of_date.length,
    credits: of_date.reduce((sum, { credits }) => sum + credits, 0),
  }));
}

const INSERT = `
  insert into ledger (company_id, seq, type, period, local_date, feature, direction, credits, prepaid, excess,
    available_after, excess_after, late, occurred_at, recorded_at)
  select $1, seq, 'consumption', to_char(local_date, 'YYYY-MM'), local_date, 'whatsapp.inbound', 'inbound', credits, 0,
    credits, 0, seq, late, local_date, local_date
  from unnest($2::bigint[], $3::date[], $4::boolean[], $5::bigint[]) as entries(seq, local_date, late, credits)`;
