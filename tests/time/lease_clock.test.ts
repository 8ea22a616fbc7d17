import assert from "node:assert/strict";
import { LeaseClock } from "../../src/time/lease_clock.ts";

Deno.test("a lease's clock passes while the machine sleeps, and never runs back", () => {
  const machine = { wall: 1_000_000, monotonic: 50 };
  const clock = new LeaseClock({ wall_ms: () => machine.wall, monotonic_ms: () => machine.monotonic });
  const pass = (wall: number, monotonic: number) => {
    machine.wall += wall;
    machine.monotonic += monotonic;
    return clock.now_ms();
  };
  assert.equal(pass(100, 100), 100);
  assert.equal(pass(60_000, 0), 60_100, "asleep: monotonic time stood still");
  assert.equal(pass(-3_600_000, 10), 60_110, "the wall clock was set back");
  assert.equal(pass(10, 10), 60_120);
});
