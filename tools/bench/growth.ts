/**
 * Measures what growth costs: openings and conversations on an empty store, and on one that holds many contacts, facts,
 * windows and ledger entries of the same companies, and many other companies. Both are in one Postgres, in one run.
 *
 *     deno run -A tools/bench/growth.ts [ROWS] [COMPANIES] [ROUNDS]
 *
 * By default 20,000,000 rows in each of the four tables and 100,000 companies: filling takes about half an hour and 20 GB
 * in `data/growth`. The rows are of the last two months; keys are random, as those of contacts and messages are.
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { companyKey } from "../../src/postgres/company_key.ts";
import { type Client, connect, disconnect } from "../../src/postgres/connection.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { CASES } from "./cases.ts";
import { copyCompany } from "./company_copies.ts";
import { businessNumber } from "../../tests/support/payloads.ts";
import type { MixedCompany } from "./mixes.ts";
import { formatCase } from "./report.ts";
import { roundsOf } from "./rounds.ts";
import { newSetup, startService, startSmallStore } from "./servers.ts";

const FOLDER = "./data/growth";
const ROWS = 20_000_000;
const COMPANIES = 100_000;
const ROUNDS = 5;
const SPAN_MS = 6_000;
const BATCH = 500_000;
const MEASURED = ["conversation/1", "opening/1"];
/** The company that the other companies are copies of. Its numbers follow those of all cases. */
const ORIGINAL: MixedCompany = { company: "other-0", line: businessNumber(1_000_000) };

async function main(): Promise<void> {
  const [rows = ROWS, companies = COMPANIES, rounds = ROUNDS] = Deno.args.map(Number);
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const cases = CASES.filter(({ name }) => MEASURED.includes(name));
  const setup = newSetup(postgres, [...cases.flatMap(({ companies }) => companies), ORIGINAL]);
  // The service creates the companies, and starts again on the filled store.
  await (await startService(setup))[Symbol.asyncDispose]();
  await fill(postgres.url, setup.companies, { rows, companies });
  await using small = await startSmallStore(setup);
  await using grown = await startService(setup);
  const plan = { rounds, span_ms: SPAN_MS };
  const tables: string[] = [];
  for (const bench_case of cases) {
    tables.push(formatCase(bench_case, await roundsOf(bench_case, [small, grown], setup, plan)));
  }
  console.log(`\n${tables.join("\n")}`);
}

interface Growth {
  readonly rows: number;
  readonly companies: number;
}

/** Writes the rows of the past and the other companies. */
async function fill(
  url: string,
  companies: readonly MixedCompany[],
  growth: Growth,
): Promise<void> {
  const client = await connect(url, { application_name: "growth", statement_timeout_ms: 0 });
  try {
    await copyCompany(client, ORIGINAL.company, { prefix: "other-", count: growth.companies });
    console.log(`${growth.companies.toLocaleString("en")} companies were copied`);
    await client.query(PARTITIONS);
    const keys = companies.map(({ company }) => companyKey(company as CompanyId));
    for (let first = 0; first < growth.rows; first += BATCH) {
      const last = Math.min(first + BATCH, growth.rows) - 1;
      for (const statement of PAST_ROWS) await client.query(statement, [keys, first, last]);
      console.log(`${(last + 1).toLocaleString("en")} of ${growth.rows.toLocaleString("en")} rows a table`);
    }
    await client.query("vacuum (analyze)");
    await printSizes(client);
  } finally {
    await disconnect(client);
  }
}

const PARTITIONS = `
  select create_facts_partition(date_trunc('month', now() - make_interval(months => ago))::date)
  from generate_series(0, 2) as ago`;

/** The past of row $2 to $3 of the companies $1: one contact, fact, window and ledger entry for each number. */
const PAST = `
  with past as (
    select number, ($1::bigint[])[1 + number % cardinality($1::bigint[])] as company,
      md5('contact ' || number)::uuid as contact, md5('message ' || number)::uuid as message,
      now() - make_interval(days => 1, secs => (number * 7919 % 5000000)) as at
    from generate_series($2::bigint, $3::bigint) as number
  )`;

const PAST_ROWS = [
  `${PAST} insert into contacts (company, key, by_phone, identifier, known_since)
    select company, contact, true, '55118' || (10000000 + number), at from past`,
  `${PAST} insert into facts (company, occurred_at, recorded_at, id, kind, template, by_message, contact, message,
      phone_number_id)
    select company, at, at, number, 'wrote', false, true, contact, message, '106540000000001' from past`,
  `${PAST} insert into windows (company, opened_at, credits, local_date, direction, contact, message)
    select company, at, 1, at::date, 'inbound', contact, message from past`,
  // Entries before the first one: the companies' own entries begin with 1.
  `${PAST} insert into ledger (company, seq, type, local_date, direction, credits, prepaid, available_after,
      excess_after, late, occurred_at, recorded_at, units, rate_version, own_rate, contact, message,
      phone_number_id, fact_kind)
    select company, number - 1000000000, 'consumption', at::date, 'inbound', -1, -1, 0, 0, false, at, at, 1, 1,
      false, contact, message, '106540000000001', 'wrote' from past`,
];

async function printSizes(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string; mb: bigint }>(
    `select relname as name, pg_total_relation_size(oid) / 1048576 as mb from pg_class
      where relnamespace = current_schema()::regnamespace and relkind = 'r'
      order by 2 desc limit 6`,
  );
  for (const { name, mb } of rows) console.log(`  ${name}: ${mb} MB`);
}

if (import.meta.main) await main();
