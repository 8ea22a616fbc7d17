import assert from "node:assert/strict";
import type { CompanyId } from "../../src/domain/types.ts";
import { companyKey } from "../../src/postgres/company_key.ts";
import { hashOfKey, readShards, type Shard, shardIndexOf, workerUrl } from "../../src/postgres/shard_map.ts";
import { PLACEMENTS } from "../../tools/distribute/placements.ts";
import { openPostgresStore } from "./test_store.ts";

const SHARD = { suffix: "", nameOf: (table: string) => table, host: "10.0.0.7", port: 5433 };

function shardsUpTo(...last_hashes: number[]): Shard[] {
  return last_hashes.map((last_hash, i) => ({
    ...SHARD,
    first_hash: i === 0 ? -(2 ** 31) : last_hashes[i - 1]! + 1,
    last_hash,
  }));
}

Deno.test("the service and Postgres compute the same hash of a key", async () => {
  await using subject = await openPostgresStore();
  const keys = [0n, 1n, -1n, 42n, -42n, 2n ** 31n, -(2n ** 31n), 2n ** 32n, 2n ** 63n - 1n, -(2n ** 63n)];
  for (let i = 0; i < 200; i++) keys.push(companyKey(`company-${i}` as CompanyId));
  const { rows } = await subject.pool.query<{ hash: number }>(
    "select hashint8(key) as hash from unnest($1::bigint[]) with ordinality as k(key, n) order by n",
    [keys],
  );
  assert.deepEqual(keys.map(hashOfKey), rows.map(({ hash }) => hash));
});

Deno.test("a company is in the shard whose range has its hash, the ends of the range too", () => {
  const company = "acme" as CompanyId;
  const hash = hashOfKey(companyKey(company));
  assert.equal(shardIndexOf(company, shardsUpTo(hash - 1, hash, 2 ** 31 - 1)), 1);
  assert.equal(shardIndexOf(company, shardsUpTo(hash, 2 ** 31 - 1)), 0);
  assert.equal(shardIndexOf(company, shardsUpTo(hash - 1, 2 ** 31 - 1)), 1);
});

Deno.test("a database that is not distributed has no shards", async () => {
  await using subject = await openPostgresStore();
  assert.deepEqual(await readShards(({ text }) => subject.pool.query(text)), []);
});

/** Answers the statements of `readShards` as a coordinator with these shards would. */
function coordinator(shards: readonly object[], has_function = true) {
  const answers = [[{ has_citus: true, has_function }], shards];
  return <Row>() => Promise.resolve({ rows: answers.shift() as Row[] });
}

/** A shard with a part of every table except these. */
function partsWithout(...missing: readonly string[]) {
  const tables = Object.keys(PLACEMENTS).filter((name) => !missing.includes(name));
  const names = Object.fromEntries(tables.map((name) => [name, `${name}_7`]));
  return { id: 7n, first_hash: -(2 ** 31), last_hash: 2 ** 31 - 1, host: "10.0.0.7", port: 5433, names };
}

Deno.test("a shard has its own tables, and is held by its id", async () => {
  const [shard, ...others] = await readShards(coordinator([partsWithout()]));
  assert.deepEqual(others, []);
  assert.deepEqual([shard!.nameOf("facts"), shard!.guard], ["facts_7", "select hold_shard(7)"]);
});

Deno.test("a database that is distributed in part is refused, and the message names what is missing and the tool", async () => {
  await assert.rejects(
    readShards(coordinator([partsWithout("facts", "windows")])),
    /without facts, windows: .*`deno task distribute`/,
  );
  await assert.rejects(readShards(coordinator([partsWithout()], false)), /without the function hold_shard/);
});

Deno.test("shards with several copies are refused", async () => {
  await assert.rejects(
    readShards(coordinator([partsWithout(), partsWithout()])),
    /the shards have several copies/,
  );
});

Deno.test("a worker is reached with the login, the database and the settings of the coordinator", () => {
  const [shard] = shardsUpTo(2 ** 31 - 1);
  const url = new URL(
    workerUrl("postgres://app:secret@coordinator:5432/credits?options=-c%20role%3Dservice&host=/tmp", shard!),
  );
  assert.equal(url.host, "10.0.0.7:5433");
  assert.equal(url.searchParams.has("host"), false);
  assert.deepEqual([url.username, url.password, url.pathname], ["app", "secret", "/credits"]);
  assert.match(url.searchParams.get("options")!, /^-c role=service -c plan_cache_mode=force_generic_plan /);
});
