import assert from "node:assert/strict";
import { type BodyTurn, LargeBodies } from "../../../src/http/kit/large_bodies.ts";
import { Problem } from "../../../src/http/kit/problems.ts";
import { quiesce } from "../../support/quiesce.ts";

const LARGE = 100_000;

/** Turns on clocks that the test moves; waiting moves that of time too. */
function turns() {
  const clock = { now_ms: 0, busy_ms: 0, waits: [] as number[] };
  const clocks = { now_ms: () => clock.now_ms, busy_ms: () => clock.busy_ms };
  const bodies = new LargeBodies(clocks, (duration_ms) => {
    clock.waits.push(duration_ms);
    clock.now_ms += duration_ms;
    return Promise.resolve();
  });
  const enter = async (id: string, bytes = LARGE): Promise<BodyTurn> => {
    const turn = await bodies.enter({ id }, bytes);
    assert.ok(!(turn instanceof Problem));
    return turn;
  };
  const work = (duration_ms: number) => {
    clock.now_ms += duration_ms;
    clock.busy_ms += duration_ms;
  };
  return { clock, bodies, enter, work };
}

Deno.test("LARGE-1: the next request begins after a pause as long as the processor was busy", async () => {
  const { clock, enter, work } = turns();
  const first = await enter("a");
  const entered: string[] = [];
  const second = enter("b").then((turn) => (entered.push("second"), turn));
  work(30);
  await quiesce();
  assert.deepEqual(entered, []);
  // The write to Postgres.
  clock.now_ms += 100;
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  assert.deepEqual(clock.waits, [30]);
});

Deno.test("LARGE-2: a turn pauses once the processor was busy for 4 ms, for as long", async () => {
  const { clock, enter, work } = turns();
  using turn = await enter("a");
  for (const step_ms of [7, 1, 2, 2, 1]) {
    work(step_ms);
    await turn.pause();
  }
  assert.deepEqual(clock.waits, [7, 5]);
});

Deno.test("a turn pauses no longer than it took, however many threads ran or however the clock jumps", async () => {
  const { clock, enter } = turns();
  const first = await enter("a");
  clock.now_ms += 10;
  clock.busy_ms += 3_600_000;
  await first.pause();
  clock.now_ms += 10;
  clock.busy_ms = 0;
  first[Symbol.dispose]();
  (await enter("a"))[Symbol.dispose]();
  assert.deepEqual(clock.waits, [10]);
});

Deno.test("a turn that works pauses, by the processor time of the process", async () => {
  const waits: number[] = [];
  const bodies = new LargeBodies(undefined, (duration_ms) => (waits.push(duration_ms), Promise.resolve()));
  const turn = await bodies.enter({ id: "a" }, LARGE);
  assert.ok(!(turn instanceof Problem));
  for (const until_ms = performance.now() + 30_000; performance.now() < until_ms && waits.length === 0;) {
    await turn.pause();
  }
  assert.equal(waits.length, 1);
});

Deno.test("LARGE-3: requests of one caller that wait are limited, and do not limit others", async () => {
  const { bodies, enter } = turns();
  const first = await enter("a");
  const waiting = Array.from({ length: 7 }, () => enter("a"));
  const refused = await bodies.enter({ id: "a" }, LARGE);
  assert.ok(refused instanceof Problem);
  assert.deepEqual([refused.status, refused.code], [429, "too_many_large_bodies"]);
  const others = Array.from({ length: 56 }, (_, number) => enter(`b${number}`));
  const full = await bodies.enter({ id: "c" }, LARGE);
  assert.ok(full instanceof Problem);
  assert.deepEqual([full.status, full.code], [503, "unavailable"]);
  first[Symbol.dispose]();
  for (const turn of [...waiting, ...others]) (await turn)[Symbol.dispose]();
  (await enter("a"))[Symbol.dispose]();
});

Deno.test("small bodies take no turns", async () => {
  const { enter } = turns();
  using _first = await enter("a");
  using _second = await enter("a", 16 * 1024);
});
