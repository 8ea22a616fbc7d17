/**
 * Shows that a page of history and a month's report stay index reads in a long ledger: writes one of ten million
 * entries of one company (or as many as told), asks all that can be asked of it, and prints for each the rows that were
 * examined, the pages of 8 kB that were touched, the time and the indexes.
 *
 *     deno run -A bench/ledger_rows.ts [ENTRIES]
 *
 * Needs some 8 GB under the temporary folder, and some minutes. It starts a Postgres of its own, and removes it.
 */

import { pool as connect } from "../src/store/connection.ts";
import type { Pool } from "../src/store/connection.ts";
import { startEmbeddedPostgres } from "../src/store/embedded.ts";
import { migrate } from "../src/store/migrations.ts";
import { Reports } from "../src/store/postgres/reports.ts";
import { type LedgerSize, writeLedger } from "./ledger/entries.ts";
import { explaining, type Plan } from "./ledger/plans.ts";
import { monthlyReports, pages, type Question } from "./ledger/questions.ts";

const ENTRIES = 10_000_000;
/** What is looked at is how it reads: nothing of it has to outlive a fault of the machine. */
const SETTINGS = { fsync: "off", full_page_writes: "off", max_wal_size: "8GB", autovacuum: "off" };
/** Two years. */
const DAYS = 731;

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
  for (const question of [...pages(size), ...monthlyReports(size)]) {
    // Once to fetch what is not in memory, once to look.
    await plansOf(pool, question);
    const plans = await plansOf(pool, question);
    const sum = (amount: (plan: Plan) => number) => plans.reduce((total, plan) => total + amount(plan), 0);
    const reads = new Set(plans.flatMap(({ reads }) => reads));
    console.log([
      question.name,
      `${sum(({ rows_examined }) => rows_examined)} rows`,
      `${sum(({ pages_touched }) => pages_touched)} pages`,
      `${sum(({ duration_ms }) => duration_ms).toFixed(1)} ms`,
      [...reads].join(" + "),
    ].join(" | "));
  }
}

async function plansOf(pool: Pool, question: Question): Promise<readonly Plan[]> {
  const explained = explaining(pool);
  await question.ask(new Reports(explained.pool));
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
