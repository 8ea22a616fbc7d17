/**
 * Shows that a page of history and a month's report stay index reads in a long ledger: writes one of ten million
 * entries of one company (or as many as told), asks all that can be asked of it, and prints for each the rows that were
 * examined, the pages of 8 kB that were touched, the time to that of a plain page, and the indexes.
 *
 *     deno run -A tools/bench/ledger_rows.ts [ENTRIES]
 *
 * Needs some 8 GB under the temporary folder, and some minutes. It starts a Postgres of its own, and removes it.
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
/** What is looked at is how it reads: nothing of it has to outlive a fault of the machine. */
const SETTINGS = { fsync: "off", full_page_writes: "off", max_wal_size: "8GB", autovacuum: "off" };
/** Two years. */
const DAYS = 731;
/** Times each question is looked at. */
const LOOKS = 7;

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
      await show(pool, size);
      await pool.end();
    } finally {
      await postgres.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function show(pool: Pool, size: LedgerSize): Promise<void> {
  console.log(`writing ${size.entries} entries over ${size.days} days`);
  await writeLedger(pool, size);
  for (const { name, kb } of await sizesOf(pool)) console.log(`${name}: ${kb} kB`);
  const questions = [...pageQueries(size), ...monthlyReportQueries(size)];
  const answers = [];
  for (const question of questions) answers.push({ question, ...await answered(pool, question) });
  const plain_ms = answers[0]!.duration_ms;
  console.log("\n| what is asked for | rows | pages | time | read by |\n| --- | --- | --- | --- | --- |");
  for (const { question, plans, duration_ms } of answers) {
    const sum = (amount: (plan: QueryPlan) => number) =>
      Math.round(plans.reduce((total, plan) => total + amount(plan), 0));
    const rows = sum(({ rows_examined }) => rows_examined);
    const pages = sum(({ pages_touched }) => pages_touched);
    const reads = [...new Set(plans.flatMap(({ reads }) => reads))].join(", ");
    console.log(`| ${question.name} | ${rows} | ${pages} | ${ratio(duration_ms / plain_ms)} | ${reads} |`);
  }
  console.log(`\ntimes are to that of a page with no filter, which took ${plain_ms.toFixed(2)} ms`);
  for (const { question, plans } of answers) {
    if (!SHOWN_WHOLE.has(question.name)) continue;
    for (const { text } of plans) console.log(`\n${question.name}\n\n${text}`);
  }
}

/** Plans that are printed as Postgres tells them. */
const SHOWN_WHOLE = new Set([
  "no filter, from the middle on",
  "an old month",
  "a month's report by day, feature and direction",
  "a month's report by department",
]);

/** A question's plans, and the middle time of several. */
async function answered(pool: Pool, question: LedgerBenchQuery) {
  // Once to fetch what is not in memory.
  await plansOf(pool, question);
  const looks = [];
  for (let i = 0; i < LOOKS; i++) looks.push(await plansOf(pool, question));
  const timeOf = (plans: readonly QueryPlan[]) => plans.reduce((total, plan) => total + plan.duration_ms, 0);
  const plans = looks.sort((a, b) => timeOf(a) - timeOf(b))[Math.floor(LOOKS / 2)]!;
  return { plans, duration_ms: timeOf(plans) };
}

function ratio(times: number): string {
  return times < 10 ? times.toFixed(1) : String(Math.round(times));
}

async function plansOf(pool: Pool, question: LedgerBenchQuery): Promise<readonly QueryPlan[]> {
  const explained = explainingPool(pool);
  await question.execute(new PostgresReports(explained.pool));
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
