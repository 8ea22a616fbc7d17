import assert from "node:assert/strict";
import fc from "fast-check";
import { addDays } from "../../src/domain/calendar.ts";
import type { DatedEntryCursor, DatedLedgerFilter, LedgerFilter } from "../../src/domain/reports.ts";
import type { CompanyId, ContactId, LocalDate, MessageKey } from "../../src/domain/types.ts";
import { companyKey } from "../../src/postgres/company_key.ts";
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
          companyKey(company),
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

Deno.test("entries are found by any contact that a person was, or by the message, and those of an erased person are not", async () => {
  await using subject = await openPostgresStore();
  const company = "acme" as CompanyId;
  for (const other of [company, "bravo" as CompanyId]) {
    await subject.pool.query(CONTACTS, [
      companyKey(other),
      [key(1), key(2), key(3), key(4)],
      [key(1), key(1), key(3), key(4)],
      [null, "BR.1", "5511900000003", null],
    ]);
    await subject.pool.query(CHARGED, [
      companyKey(other),
      [key(1), key(2), key(3), key(4), null],
      [key(11), key(12), key(11), key(14), null],
    ]);
  }
  const found = async (filter: Omit<DatedLedgerFilter, "company">) => {
    const entries = await readLedgerByDate(subject.pool, { company, ...filter, limit: 10 });
    const days = await readLedgerDays(subject.pool, { company, ...filter });
    assert.equal(days.reduce((sum, day) => sum + day.entries, 0), entries.length);
    return entries.map(({ seq }) => seq);
  };
  const contact = (n: number) => ({ contact: key(n) as ContactId });
  const message = (n: number) => ({ message: key(n) as MessageKey });
  assert.deepEqual(await found({}), [5, 4, 3, 2, 1]);
  assert.deepEqual(await found(contact(1)), [2, 1]);
  assert.deepEqual(await found(contact(2)), [2, 1]);
  assert.deepEqual(await found(contact(3)), [3]);
  assert.deepEqual(await found({ ...contact(1), to: addDays(FIRST, 1) }), [1]);
  assert.deepEqual(await found(message(11)), [3, 1]);
  assert.deepEqual(await found({ ...contact(3), ...message(11) }), [3]);
  // Erased: no identifier of the person is stored.
  assert.deepEqual([await found(contact(4)), await found(message(14))], [[], []]);
  assert.deepEqual([await found(contact(9)), await found(message(19))], [[], []]);
});

function key(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

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
  insert into ledger (company, seq, type, local_date, direction, credits, prepaid, available_after, excess_after,
    late, occurred_at, recorded_at)
  select $1, seq, 'consumption', local_date, 'inbound', credits, 0, 0, seq, late, local_date, local_date
  from unnest($2::bigint[], $3::date[], $4::boolean[], $5::bigint[]) as entries(seq, local_date, late, credits)`;

const CONTACTS = `
  insert into contacts (company, key, contact_id, by_phone, identifier)
  select $1, key, nullif(contact_id, key), true, identifier
  from unnest($2::uuid[], $3::uuid[], $4::text[]) as contacts(key, contact_id, identifier)`;

/** One entry a day. */
const CHARGED = `
  insert into ledger (company, seq, type, local_date, direction, credits, prepaid, available_after, excess_after,
    late, occurred_at, recorded_at, contact, message)
  select $1, n, 'consumption', '2026-10-20'::date + n::int, 'inbound', -1, 0, 0, n, false,
    '2026-10-20'::date + n::int, '2026-10-20'::date + n::int, contact, message
  from unnest($2::uuid[], $3::uuid[]) with ordinality as charged(contact, message, n)`;
