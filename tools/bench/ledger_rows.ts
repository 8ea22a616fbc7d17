/**
 * Shows what is read for a page of ledger entries and for a month's reports in a long ledger: writes a ledger of ten
 * million entries of one company, runs all queries, and prints for each the rows examined, the 8 kB pages touched, the
 * time relative to an unfiltered page, and the indexes used.
 *
 *     deno run -A tools/bench/ledger_rows.ts [ENTRIES]
 *
 * Needs about 4 GB in the temporary folder, and some minutes. It starts a Postgres of its own and removes it.
 */

import { createPool as connect } from "../../src/postgres/connection.ts";
import type { Pool } from "../../src/postgres/connection.ts";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { migrate } from "../../src/postgres/migrations.ts";
import { PostgresReports } from "../../src/postgres/reports.ts";
import { type LedgerSize, writeLedger } from "./ledger/entries.ts";
import { explainingPool, type QueryPlan } from "./ledger/plans.ts";
import { type LedgerBenchQuery, monthlyReportQueries, pageQueries } from "./ledger/queries.ts";

const ENTRIES = 10_000_000;
/** Settings for fast writes: only reads are measured, so durability is not needed. */
const SETTINGS = { fsync: "off", full_page_writes: "off", max_wal_size: "8GB", autovacuum: "off" };
/** The days of the ledger: two years. */
const DAYS = 731;
/** Runs of each query. */
const RUNS = 7;

async function main(): Promise<void> {
  const size = { entries: Number(Deno.args[0] ?? ENTRIES), days: DAYS };
  const folder = await Deno.makeTempDir({ prefix: "poli-credits-ledger-" });
  try {
    await Deno.chmod(folder, 0o711);
    const postgres = await startEmbeddedPostgres({ data_dir: `${folder}/postgres`, settings: SETTINGS });
    try {
      await migrate({ url: postgres.url });
      const pool = connect(postgres.url, {
        application_name: "ledger rows",
        max: 1,
        statement_timeout_ms: 0,
      });
      await printPlans(pool, size);
      await pool.end();
    } finally {
      await postgres.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function printPlans(pool: Pool, size: LedgerSize): Promise<void> {
  console.log(`writing ${size.entries} entries over ${size.days} days`);
  await writeLedger(pool, size);
  for (const { name, kb } of await sizesOf(pool)) console.log(`${name}: ${kb} kB`);
  const queries = [...pageQueries(size), ...monthlyReportQueries(size)];
  const measurements = [];
  for (const query of queries) measurements.push({ query, ...await measured(pool, query) });
  const reference_ms = measurements[0]!.duration_ms;
  console.log("\n| query | rows | pages | time | read by |\n| --- | --- | --- | --- | --- |");
  for (const { query, plans, duration_ms } of measurements) {
    const sum = (amount: (plan: QueryPlan) => number) =>
      Math.round(plans.reduce((total, plan) => total + amount(plan), 0));
    const rows = sum(({ rows_examined }) => rows_examined);
    const pages = sum(({ pages_touched }) => pages_touched);
    const reads = [...new Set(plans.flatMap(({ reads }) => reads))].join(", ");
    console.log(`| ${query.name} | ${rows} | ${pages} | ${ratio(duration_ms / reference_ms)} | ${reads} |`);
  }
  console.log(`\ntimes are relative to an unfiltered page, which took ${reference_ms.toFixed(2)} ms`);
  for (const { query, plans } of measurements) {
    if (!PRINTED_PLANS.has(query.name)) continue;
    for (const { text } of plans) console.log(`\n${query.name}\n\n${text}`);
  }
}

/** The queries whose plans are printed completely. */
const PRINTED_PLANS = new Set([
  "no filter, from the middle on",
  "an old month",
  "a month's report by day, feature and direction",
  "a month's report by department",
]);

/** Runs a query several times and returns the plans of the run with the median time. */
async function measured(pool: Pool, query: LedgerBenchQuery) {
  // The first run loads the pages into memory.
  await plansOf(pool, query);
  const runs = [];
  for (let i = 0; i < RUNS; i++) runs.push(await plansOf(pool, query));
  const timeOf = (plans: readonly QueryPlan[]) => plans.reduce((total, plan) => total + plan.duration_ms, 0);
  const plans = runs.sort((a, b) => timeOf(a) - timeOf(b))[Math.floor(RUNS / 2)]!;
  return { plans, duration_ms: timeOf(plans) };
}

function ratio(times: number): string {
  return times < 10 ? times.toFixed(1) : String(Math.round(times));
}

async function plansOf(pool: Pool, query: LedgerBenchQuery): Promise<readonly QueryPlan[]> {
  const explained = explainingPool(pool);
  await query.execute(new PostgresReports(explained.pool));
  return explained.plans;
}

async function sizesOf(pool: Pool): Promise<{ readonly name: string; readonly kb: bigint }[]> {
  const { rows } = await pool.query<{ name: string; kb: bigint }>(
    `select relname as name, pg_relation_size(oid) / 1024 as kb from pg_class
      where relname = 'ledger' or relname like 'ledger\\_%' order by relname`,
  );
  return rows;
}

if (import.meta.main) await main();
