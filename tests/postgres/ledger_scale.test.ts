import assert from "node:assert/strict";
import { COMPANY, writeLedger } from "../../tools/bench/ledger/entries.ts";
import { explainingPool, type QueryPlan } from "../../tools/bench/ledger/plans.ts";
import {
  type LedgerBenchQuery,
  monthlyReportQueries,
  PAGE_ROWS,
  pageQueries,
} from "../../tools/bench/ledger/queries.ts";
import type { CompanyId, ContactId } from "../../src/domain/types.ts";
import { companyKey } from "../../src/postgres/company_key.ts";
import { PostgresCompanyStore } from "../../src/postgres/companies.ts";
import { FEATURE } from "../../src/postgres/ledger_columns.ts";
import { PostgresQuarantine } from "../../src/postgres/quarantine.ts";
import { PostgresReports } from "../../src/postgres/reports.ts";
import type { Pool } from "../../src/postgres/connection.ts";
import { openPostgresStore } from "./test_store.ts";

const SIZE = { entries: 150_000, days: 600 };

Deno.test("pages of the ledger and monthly reports are index reads with every filter", async (t) => {
  await using subject = await openPostgresStore();
  // Autovacuum would change the statistics, and with them the plans, while the test reads.
  for (const table of ["ledger", "periods", "day_totals", "label_sets", "companies"]) {
    await subject.pool.query(`alter table ${table} set (autovacuum_enabled = off)`);
  }
  await writeLedger(subject.pool, SIZE);
  for (const question of pageQueries(SIZE)) {
    await t.step(`a page of ${question.name}`, async () => {
      const plans = await plansOf(subject.pool, question);
      assertIndexed(plans);
      const examined = sum(plans, ({ rows_examined }) => rows_examined);
      assert.ok(examined <= 10 * PAGE_ROWS, `${examined} rows examined:\n${described(plans)}`);
      const touched = sum(plans, ({ pages_touched }) => pages_touched);
      assert.ok(touched <= 10 * PAGE_ROWS, `${touched} pages touched:\n${described(plans)}`);
    });
  }
  for (const question of monthlyReportQueries(SIZE)) {
    await t.step(question.name, async () => {
      const plans = await plansOf(subject.pool, question);
      assertIndexed(plans);
      const examined = sum(plans, ({ rows_examined }) => rows_examined);
      const of_a_month = SIZE.entries / SIZE.days * 31;
      assert.ok(examined <= 1.1 * of_a_month, `${examined} rows examined:\n${described(plans)}`);
    });
  }
  await t.step("pages are complete with every filter", () => assertComplete(subject.pool));
});

Deno.test("pages of the quarantine with every filter, and single events, are index reads", async () => {
  await using subject = await openPostgresStore();
  await subject.pool.query(QUARANTINED);
  await subject.pool.query(CLAIMED);
  await subject.pool.query("vacuum (analyze) quarantine");
  const { pool, plans } = explainingPool(subject.pool);
  const quarantine = new PostgresQuarantine(pool);
  const before = { received_at_ms: 1_800_000_000_000, id: "ffffffff-0000-4000-8000-000000000000" };
  const limit = PAGE_ROWS;
  await quarantine.list({ limit });
  await quarantine.list({ before, limit });
  await quarantine.list({ company: "acme" as CompanyId, before, limit });
  await quarantine.list({ reason: "month_final", limit });
  await quarantine.list({ phone_number_id: "106540000007", limit });
  await quarantine.get("00000000-0000-4000-8000-000000000000");
  await quarantine.waitingFor("106540000007", limit);
  await quarantine.waitingFor("106549999999", limit);
  const at_ms = Date.UTC(2026, 0, 1);
  await quarantine.waitingForTheirTime(at_ms, limit);
  await quarantine.waitingForTheirTime(at_ms, limit, { at_ms: at_ms - 1, id: before.id });
  assertIndexed(plans);
  for (const plan of plans) {
    assert.ok(
      plan.rows_examined <= 2 * PAGE_ROWS,
      `${plan.rows_examined} rows examined:\n${described([plan])}`,
    );
  }
});

Deno.test("the backlog of the quarantine is counted in an index by reason, without events that were replayed", async () => {
  await using subject = await openPostgresStore();
  await subject.pool.query(QUARANTINED);
  await subject.pool.query("vacuum (analyze) quarantine");
  const { pool, plans } = explainingPool(subject.pool);
  const counts = await new PostgresQuarantine(pool).backlog();
  const { rows } = await subject.pool.query<{ reason: string; count: bigint }>(
    "select reason, count(*) from quarantine where replayed_at is null group by reason",
  );
  assert.deepEqual(
    [...counts].filter(([, count]) => count > 0).toSorted(),
    rows.map(({ reason, count }) => [reason, Number(count)]).toSorted(),
  );
  assert.equal(counts.get("erased"), 0);
  assertIndexed(plans);
  assert.match(described(plans), /quarantine_backlog/);
});

Deno.test("a page of today's windows is an index read on a day without planner statistics", async () => {
  await using subject = await openPostgresStore();
  // Autovacuum refreshes statistics only when a tenth of a table has changed, which takes days.
  await subject.pool.query("alter table windows set (autovacuum_enabled = off)");
  await subject.pool.query(OPENED, [1, 300_000, 3_000]);
  await subject.pool.query("vacuum (analyze) windows");
  await subject.pool.query(OPENED, [300_001, 320_000, 20_000]);
  const { pool, plans } = explainingPool(subject.pool);
  const day = { opened_from_ms: Date.UTC(2026, 3, 11), opened_before_ms: Date.UTC(2026, 3, 12) };
  const found = await new PostgresReports(pool).windows({
    company: COMPANY,
    ...day,
    limit: PAGE_ROWS,
  });
  assert.equal(found.length, PAGE_ROWS);
  assertIndexed(plans);
  const examined = sum(plans, ({ rows_examined }) => rows_examined);
  assert.ok(examined <= 2 * PAGE_ROWS, `${examined} rows examined:\n${described(plans)}`);
});

Deno.test("the identifiers of one contact, and of a page's contacts, are index reads", async () => {
  await using subject = await openPostgresStore();
  await subject.pool.query(CONTACTS);
  await subject.pool.query("vacuum (analyze) contacts");
  const { pool, plans } = explainingPool(subject.pool);
  const contacts = Array.from({ length: PAGE_ROWS }, (_, n) => contactNumbered(n)) as ContactId[];
  const found = await new PostgresReports(pool).identifiersOf(COMPANY, contacts);
  assert.equal(found.size, PAGE_ROWS);
  const store = new PostgresCompanyStore(pool, subject.url);
  assert.equal((await store.identifiersOf(COMPANY, contacts[0]!)).length, 2);
  assertIndexed(plans);
  const examined = sum(plans, ({ rows_examined }) => rows_examined);
  assert.ok(examined <= 3 * PAGE_ROWS, `${examined} rows examined:\n${described(plans)}`);
});

/** Returns the id of a contact of {@link CONTACTS}. */
function contactNumbered(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

/** 30,000 contacts of one company, each with a phone and a BSUID. */
const CONTACTS = `
  insert into contacts (company, key, contact_id, by_phone, identifier)
  select ${companyKey(COMPANY)}, key, contact_id, contact_id is null, 'identifier ' || n
  from generate_series(0, 29999) n, lateral (
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid as id) phone,
    lateral (values (id, null), (md5('b' || n)::uuid, id)) as keys(key, contact_id)`;

Deno.test("due companies are an index read, however many are due at once", async () => {
  await using subject = await openPostgresStore();
  await subject.pool.query(DUE_AT_ONCE);
  await subject.pool.query("vacuum (analyze) companies");
  const { pool, plans } = explainingPool(subject.pool);
  const store = new PostgresCompanyStore(pool, subject.url);
  const due = await store.dueCompanies(Date.UTC(2026, 10, 29, 4), PAGE_ROWS);
  assert.equal(due.length, PAGE_ROWS);
  assert.equal(await store.firstDue(), Date.UTC(2026, 10, 29, 3));
  assertIndexed(plans);
  assert.ok(plans[0]!.rows_examined <= 2 * PAGE_ROWS, described(plans));
  assert.ok(plans[1]!.rows_examined <= 2, described(plans));
});

/** 20,000 companies of one time zone, due at once. */
const DUE_AT_ONCE = `
  insert into companies (key, company_id, name, locale, contact_secret, epoch, version, ledger_seq, closed_through, due_at,
    created_at)
  select company_key('company-' || n), 'company-' || n, 'One', 'pt-BR', '', 0, 0, 0, '2026-11-27', timestamptz '2026-11-29 03:00+00', now()
  from generate_series(1, 20000) n`;

/** Windows $1 to $2 of one company, $3 per day. */
const OPENED = `
  insert into windows (company, local_date, contact, direction, opened_at, credits)
  select ${
  companyKey(COMPANY)
}, date '2026-01-01' + least((n - 1) / 3000, 100), md5('w' || n)::uuid, 'inbound',
    timestamptz '2026-01-01 12:00+00' + least((n - 1) / 3000, 100) * interval '1 day' + n % $3 * interval '1 second', 1
  from generate_series($1::int, $2::int) n`;

Deno.test("the claimed numbers are found by one lookup per number, however many events wait", async () => {
  await using subject = await openPostgresStore();
  await subject.pool.query(QUARANTINED);
  await subject.pool.query(CLAIMED);
  await subject.pool.query("vacuum (analyze) quarantine, phone_numbers");
  const { pool, plans } = explainingPool(subject.pool);
  assert.deepEqual(await new PostgresQuarantine(pool).claimedNumbers(), ["106540000007", "106549999999"]);
  const numbers = 1_001;
  assert.ok(plans[0]!.rows_examined <= 3 * numbers, described(plans));
});

/** The claims of two numbers that events wait for. */
const CLAIMED = `
  insert into phone_numbers (phone_number_id, claim, company_id, claimed_at)
  values ('106540000007', 1, 'acme', now()), ('106549999999', 1, 'beta', now())`;

/** 100,000 events of many numbers and 50,000 of one; one reason is rare, and most of the latter were replayed. */
const QUARANTINED = `
  insert into quarantine (company, company_id, id, reason, phone_number_id, event, received_at, replayed_at, claimed_by)
  select company_key(case when n % 4 = 0 then 'acme' else '' end), case when n % 4 = 0 then 'acme' else '' end, md5('q' || n)::uuid,
    case when n % 400 = 0 then 'month_final' when n % 40 = 1 then 'in_the_future' when n % 4 = 0 then 'too_old' else 'unknown_phone_number' end,
    case when n > 100000 then '106549999999' else '10654000' || lpad((n % 1000)::text, 4, '0') end,
    jsonb_build_object('at_ms', n * 60000::bigint), timestamptz 'epoch' + n * interval '1 minute',
    case when n between 100001 and 149000 then timestamptz 'epoch' + interval '1 year' end,
    case when n between 100001 and 149000 and n % 4 <> 0 then 'beta' end
  from generate_series(1, 150000) n`;

async function plansOf(pool: Pool, question: LedgerBenchQuery): Promise<readonly QueryPlan[]> {
  const explained = explainingPool(pool);
  await question.execute(new PostgresReports(explained.pool));
  return explained.plans;
}

function assertIndexed(plans: readonly QueryPlan[]): void {
  assert.ok(plans.length > 0);
  // No company was reopened: the planner scans that table because it is empty.
  const isScan = (read: string) => read.startsWith("Seq Scan") && read !== "Seq Scan on reopenings";
  assert.ok(plans.every(({ reads }) => !reads.some(isScan)), described(plans));
}

/** Asserts that the pages of each filter equal a scan of the whole ledger. */
async function assertComplete(pool: Pool): Promise<void> {
  for (const question of pageQueries(SIZE)) {
    const found: unknown[] = [];
    const checking = new Proxy(new PostgresReports(pool), {
      get: (reports, name) =>
        name === "ledger"
          ? async (page: Parameters<PostgresReports["ledger"]>[0]) => {
            found.push(...(await reports.ledger(page)).map(({ seq }) => seq));
            const { company: _, limit, before_seq, from, to, feature, type, direction, late, after_close } =
              page;
            const { rows } = await pool.query<{ seq: bigint }>(LEDGER_SCAN, [
              companyKey(COMPANY),
              from ?? null,
              to ?? null,
              feature ?? null,
              type ?? null,
              direction ?? null,
              late ?? null,
              before_seq ?? null,
              limit,
              after_close ?? null,
            ]);
            assert.deepEqual(found, rows.map(({ seq }) => Number(seq)), question.name);
            return [];
          }
          : undefined,
    });
    await question.execute(checking);
  }
}

const LEDGER_SCAN = `
  select seq from ledger where company = $1
    and ($2::date is null or local_date >= $2) and ($3::date is null or local_date <= $3)
    and ($4::text is null or ${FEATURE} = $4) and ($5::text is null or type = $5::entry_type)
    and ($6::text is null or direction = $6::direction) and ($7::boolean is null or late = $7)
    and ($8::bigint is null or seq < $8)
    and ($10::boolean is null or $10 = coalesce(late and seq > (select closed_seq from periods p
      where p.company_id = '${COMPANY}' and p.month = to_char(ledger.local_date, 'YYYY-MM') and p.closed), false))
  order by seq desc limit $9`;

function sum(plans: readonly QueryPlan[], amount: (plan: QueryPlan) => number): number {
  return plans.reduce((total, plan) => total + amount(plan), 0);
}

function described(plans: readonly QueryPlan[]): string {
  return plans.map((plan) => JSON.stringify(plan)).join("\n");
}
