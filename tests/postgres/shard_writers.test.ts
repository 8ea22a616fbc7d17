import assert from "node:assert/strict";
import { connect, disconnect } from "../../src/postgres/connection.ts";
import { LabelSetIds } from "../../src/postgres/label_sets.ts";
import type { Shard } from "../../src/postgres/shard_map.ts";
import { ShardWriters } from "../../src/postgres/shard_writers.ts";
import { rowsOf } from "../../src/postgres/write_rows.ts";
import { writeStatement } from "../../src/postgres/write_statement.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import { emptyCitusDatabase, testOnCitus } from "../support/citus.ts";
import { createOwner, HISTORY } from "./company_history.ts";
import { at, CompanyOwner, newCompany, record, wrote } from "./owner.ts";
import { openPostgresStore, type PostgresStoreUnderTest } from "./test_store.ts";

const NOON = at("2026-11-23T12:00:00Z");
const ACME = "acme" as CompanyId;
const COMPANIES = Array.from({ length: 12 }, (_, i) => `company-${i}` as CompanyId);

/** Two shards of all hashes, both in the tables of a database that is not distributed. */
function shardsOf(url: string, guard = "select true"): Shard[] {
  const { hostname: host, port } = new URL(url);
  const tables = { suffix: "_part", nameOf: (table: string) => table, guard, host, port: Number(port) };
  return [
    { ...tables, first_hash: -(2 ** 31), last_hash: -1 },
    { ...tables, first_hash: 0, last_hash: 2 ** 31 - 1 },
  ];
}

async function ownersOf(subject: PostgresStoreUnderTest): Promise<CompanyOwner[]> {
  return await Promise.all(COMPANIES.map(async (company) => {
    await subject.store.create(company, newCompany(company, NOON));
    return await CompanyOwner.of(subject.store, company);
  }));
}

Deno.test("each lane writes the companies of its shard", async () => {
  await using subject = await openPostgresStore();
  const writers = new ShardWriters(subject.url, shardsOf(subject.url));
  try {
    const owners = await ownersOf(subject);
    const lanes = new Set<number>();
    for (const [i, owner] of owners.entries()) {
      const { change } = await owner.decide(NOON, record(wrote("5511988887777", NOON)));
      const lane = writers.laneOf(COMPANIES[i]!);
      assert.deepEqual([...await writers.lanes[lane]!.write([change])], [COMPANIES[i]]);
      assert.deepEqual([...await writers.lanes[lane]!.write([change])], [], "a change is written once");
      lanes.add(lane);
    }
    assert.equal(lanes.size, 2);
    const { rows } = await subject.pool.query<{ count: number }>("select count(*)::int as count from ledger");
    assert.equal(rows[0]!.count, COMPANIES.length);
  } finally {
    await writers.close();
  }
});

Deno.test("SHARDS-1: a statement whose guard fails writes nothing", async () => {
  await using subject = await openPostgresStore();
  const owner = await createOwner(subject.store);
  const before = await subject.storedRows(ACME);
  const [tables] = shardsOf(subject.url, "select 1 / (random() * 0)::int");
  const rows = rowsOf([await HISTORY[0]!(owner)], new LabelSetIds(new Uint8Array(32)));
  const client = await connect(subject.url, { application_name: "tests" });
  try {
    await assert.rejects(client.query(writeStatement(rows, tables) as never), /division by zero/);
  } finally {
    await disconnect(client);
  }
  assert.deepEqual(await subject.storedRows(ACME), before);
});

testOnCitus(
  "on Citus: SHARDS-1: while its shard moves between servers, every change of a company is written once",
  async () => {
    await using subject = await openPostgresStore(emptyCitusDatabase());
    const owners = await ownersOf(subject);
    const written = new Map<CompanyId, number>();
    let is_moving = true;
    const writing = owners.map(async (first, i) => {
      let owner = first;
      for (let n = 1; is_moving || n < 5; n++) {
        const { change } = await owner.decide(NOON + n, record(wrote(`55119${10_000_000 + n}`, NOON + n)));
        const outcome = await subject.writer.write([change]).catch(() => undefined);
        if (outcome?.size === 1) written.set(COMPANIES[i]!, (written.get(COMPANIES[i]!) ?? 0) + 1);
        // The change was not written: its shard had moved. The next owner reads what is stored.
        else owner = await CompanyOwner.of(subject.store, COMPANIES[i]!);
      }
    });
    const moves = await moveEveryShard(subject);
    is_moving = false;
    await Promise.all(writing);
    assert.ok(moves > 0);
    for (const company of COMPANIES) {
      const { rows } = await subject.pool.query<{ entries: number; consumed: bigint }>(
        `select (select count(*)::int from ledger where company = company_key($1)) as entries,
          (select sum(consumed)::int8 from periods where company = company_key($1)) as consumed`,
        [company],
      );
      const count = written.get(company)!;
      assert.deepEqual(rows[0], { entries: count, consumed: BigInt(count) }, company);
    }
  },
);

/** Moves every shard of the companies to the next worker, one after another. Returns the number of moves. */
async function moveEveryShard(subject: PostgresStoreUnderTest): Promise<number> {
  const { rows: workers } = await subject.pool.query<{ host: string; port: number }>(
    "select node_name as host, node_port::int as port from citus_get_active_worker_nodes() order by 1, 2",
  );
  const { rows: shards } = await subject.pool.query<{ shard: bigint; host: string; port: number }>(
    `select shardid as shard, nodename as host, nodeport as port
    from pg_dist_shard join pg_dist_placement using (shardid) join pg_dist_node using (groupid)
    where logicalrelid = 'companies'::regclass order by 1`,
  );
  const mover = await connect(subject.url, { application_name: "tests", statement_timeout_ms: 0 });
  try {
    for (const { shard, host, port } of shards) {
      const at = workers.findIndex((worker) => worker.host === host && worker.port === port);
      const to = workers[(at + 1) % workers.length]!;
      await mover.query("select citus_move_shard_placement($1, $2, $3, $4, $5, 'block_writes')", [
        shard,
        host,
        port,
        to.host,
        to.port,
      ]);
    }
  } finally {
    await disconnect(mover);
  }
  return shards.length;
}
