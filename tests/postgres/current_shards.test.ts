import assert from "node:assert/strict";
import { CurrentShards } from "../../src/postgres/current_shards.ts";
import type { Shard } from "../../src/postgres/shard_map.ts";

const SHARD: Shard = {
  suffix: "_7",
  nameOf: (table) => `${table}_7`,
  guard: "select hold_shard(7)",
  first_hash: -(2 ** 31),
  last_hash: 2 ** 31 - 1,
  host: "10.0.0.7",
  port: 5432,
};
const WORKER_DOWN = new Error("the connection was refused");
const ELSEWHERE = Object.assign(new Error("shard 7 is on another server"), {
  severity: "ERROR",
  code: "55000",
});
const NO_TABLES = new Error("the tables are gone", {
  cause: Object.assign(new Error(), { severity: "ERROR", code: "42P01" }),
});

/** The places of one shard, whose readings a test answers. */
class Places {
  now_ms = 0;
  readonly readings: PromiseWithResolvers<readonly Shard[]>[] = [];
  readonly current = new CurrentShards(
    [SHARD],
    () => {
      this.readings.push(Promise.withResolvers());
      return this.readings.at(-1)!.promise;
    },
    () => this.now_ms,
  );

  /** Fails a statement that went by the places of now. @returns how many readings there were so far */
  fail(error: Error): number {
    this.current.noteFailure(this.current.get(), error);
    void this.current.get();
    return this.readings.length;
  }

  /** Answers the reading under way. */
  async answer(...shards: Shard[]): Promise<void> {
    this.readings.at(-1)!.resolve(shards);
    assert.deepEqual(await this.current.get(), shards);
  }
}

Deno.test("SHARDS-2: while a server is down, the places of the shards are read once a second", async () => {
  const places = new Places();
  assert.equal(places.fail(WORKER_DOWN), 1, "the first failure reads at once");
  await places.answer(SHARD);
  for (places.now_ms = 0; places.now_ms < 1_000; places.now_ms += 100) {
    assert.equal(places.fail(WORKER_DOWN), 1);
  }
  assert.equal(places.fail(WORKER_DOWN), 2);
});

Deno.test("SHARDS-2: after a statement that did not find its shard, the places are read at once", async () => {
  for (const error of [ELSEWHERE, NO_TABLES]) {
    const places = new Places();
    places.fail(WORKER_DOWN);
    await places.answer(SHARD);
    assert.equal(places.fail(error), 2);
    await places.answer({ ...SHARD, port: 5433 });
  }
});

Deno.test("SHARDS-2: lanes that fail together share one reading, and none ends it for the others", async () => {
  const places = new Places();
  const used = places.current.get();
  for (let lane = 0; lane < 3; lane++) {
    places.current.noteFailure(used, ELSEWHERE);
    void places.current.get();
  }
  assert.equal(places.readings.length, 1);
  await places.answer(SHARD);
  places.current.noteFailure(used, ELSEWHERE);
  assert.deepEqual(await places.current.get(), [SHARD]);
  assert.equal(places.readings.length, 1, "its statement went by older places");
});

Deno.test("SHARDS-2: places that could not be read are read again at the next write", async () => {
  const places = new Places();
  places.fail(WORKER_DOWN);
  const reading = places.current.get();
  places.readings[0]!.reject(new Error("the coordinator is down"));
  await assert.rejects(reading, /coordinator/);
  void places.current.get();
  assert.equal(places.readings.length, 2);
});
