import assert from "node:assert/strict";
import { type BodyTurn, LargeBodies } from "../../../src/http/kit/large_bodies.ts";
import { Problem } from "../../../src/http/kit/problems.ts";
import { quiesce } from "../../support/quiesce.ts";

const LARGE = 100_000;

/** Turns on a clock that the test moves; waiting moves it too. */
function turns() {
  const clock = { now_ms: 0, waits: [] as number[] };
  const bodies = new LargeBodies(() => clock.now_ms, (duration_ms) => {
    clock.waits.push(duration_ms);
    clock.now_ms += duration_ms;
    return Promise.resolve();
  });
  const enter = async (id: string, bytes = LARGE): Promise<BodyTurn> => {
    const turn = await bodies.enter({ id }, bytes);
    assert.ok(!(turn instanceof Problem));
    return turn;
  };
  return { clock, bodies, enter };
}

Deno.test("LARGE-1: the next request begins after a pause as long as the last one took", async () => {
  const { clock, enter } = turns();
  const first = await enter("a");
  const entered: string[] = [];
  const second = enter("b").then((turn) => (entered.push("second"), turn));
  clock.now_ms += 30;
  await quiesce();
  assert.deepEqual(entered, []);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  assert.deepEqual(clock.waits, [30]);
});

Deno.test("LARGE-2: a turn pauses for as long as its last step took", async () => {
  const { clock, enter } = turns();
  using turn = await enter("a");
  clock.now_ms += 7;
  await turn.pause();
  clock.now_ms += 5;
  await turn.pause();
  assert.deepEqual(clock.waits, [7, 5]);
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
