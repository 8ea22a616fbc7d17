import assert from "node:assert/strict";
import { AGREEMENT_MS_MAX, CONFIRMED_AFTER_MS, TrustedClock } from "../../src/time/trusted_clock.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/time/units.ts";

const START_MS = Date.UTC(2026, 10, 29, 12);

/** A machine and a Postgres whose clocks can be wrong. */
class Machine {
  true_ms = START_MS;
  ahead_ms = 0;
  postgres_ahead_ms = 0;
  /** How long Postgres's answer takes. */
  answer_ms = 0;
  readonly clock = new TrustedClock({
    wall_ms: () => this.true_ms + this.ahead_ms,
    monotonic_ms: () => this.true_ms - START_MS + 1_234,
  });

  compare(): Promise<void> {
    return this.clock.compare(() => {
      this.true_ms += this.answer_ms;
      return Promise.resolve(this.true_ms + this.postgres_ahead_ms);
    });
  }
}

Deno.test("a clock is uncertain until it was compared with Postgres's, and certain once both agree", async () => {
  const machine = new Machine();
  assert.equal(machine.clock.is_certain, false);
  await machine.compare();
  assert.equal(machine.clock.is_certain, true);
  machine.true_ms += 40 * DAY_MS;
  assert.equal(machine.clock.is_certain, true);
  assert.equal(machine.clock.now_ms(), machine.true_ms);
});

for (const days of [45, -45]) {
  Deno.test(`a jump of ${days} days is noticed at once, and changes no time that is read`, async () => {
    const machine = new Machine();
    await machine.compare();
    machine.ahead_ms = days * DAY_MS;
    machine.true_ms += MINUTE_MS;
    assert.equal(machine.clock.is_certain, false);
    assert.equal(machine.clock.now_ms(), machine.true_ms);
    await machine.compare();
    assert.equal(machine.clock.is_certain, false);
    assert.deepEqual(machine.clock.differences, {
      from_monotonic_ms: days * DAY_MS,
      from_postgres_ms: days * DAY_MS,
    });
    machine.ahead_ms = 0;
    assert.equal(machine.clock.is_certain, true);
    assert.equal(machine.clock.now_ms(), machine.true_ms);
  });
}

Deno.test("a difference of five minutes is agreement, and one millisecond more is not", async () => {
  const machine = new Machine();
  await machine.compare();
  machine.ahead_ms = AGREEMENT_MS_MAX;
  assert.equal(machine.clock.is_certain, true);
  assert.equal(machine.clock.now_ms(), machine.true_ms + AGREEMENT_MS_MAX);
  machine.ahead_ms = AGREEMENT_MS_MAX + 1;
  assert.equal(machine.clock.is_certain, false);
  assert.equal(machine.clock.now_ms(), machine.true_ms);
});

Deno.test("small corrections add up to any difference, because each comparison accepts the wall clock again", async () => {
  const machine = new Machine();
  machine.ahead_ms = -4 * MINUTE_MS;
  await machine.compare();
  machine.ahead_ms = 0;
  await machine.compare();
  machine.ahead_ms = 4 * MINUTE_MS;
  assert.equal(machine.clock.is_certain, true);
});

Deno.test("the machine against Postgres: the clock is uncertain, and the machine's time holds", async () => {
  const machine = new Machine();
  await machine.compare();
  machine.postgres_ahead_ms = -2 * DAY_MS;
  await machine.compare();
  assert.equal(machine.clock.is_certain, false);
  assert.equal(machine.clock.now_ms(), machine.true_ms);
  assert.deepEqual(machine.clock.differences, { from_monotonic_ms: 0, from_postgres_ms: 2 * DAY_MS });
});

Deno.test("at a start with a wrong clock the earlier time counts, until both agree", async () => {
  const ahead = new Machine();
  ahead.ahead_ms = 45 * DAY_MS;
  await ahead.compare();
  assert.equal(ahead.clock.is_certain, false);
  assert.equal(ahead.clock.now_ms(), ahead.true_ms);
  ahead.ahead_ms = 0;
  await ahead.compare();
  assert.equal(ahead.clock.is_certain, true);

  const behind = new Machine();
  behind.ahead_ms = -45 * DAY_MS;
  await behind.compare();
  assert.equal(behind.clock.is_certain, false);
  assert.equal(behind.clock.now_ms(), behind.true_ms - 45 * DAY_MS);
});

Deno.test("a jump that Postgres confirms is accepted after a quarter of an hour, and not when it ended sooner", async () => {
  const machine = new Machine();
  await machine.compare();
  // Postgres on the same machine: its clock jumps too.
  machine.ahead_ms = machine.postgres_ahead_ms = HOUR_MS;
  await machine.compare();
  machine.true_ms += CONFIRMED_AFTER_MS - 1;
  await machine.compare();
  assert.equal(machine.clock.is_certain, false);
  assert.equal(machine.clock.now_ms(), machine.true_ms);
  machine.true_ms += 1;
  await machine.compare();
  assert.equal(machine.clock.is_certain, true);
  assert.equal(machine.clock.now_ms(), machine.true_ms + HOUR_MS);

  // The second jump is counted from its own begin.
  machine.ahead_ms = machine.postgres_ahead_ms = 46 * DAY_MS;
  await machine.compare();
  machine.true_ms += MINUTE_MS;
  machine.ahead_ms = machine.postgres_ahead_ms = HOUR_MS;
  await machine.compare();
  machine.true_ms += CONFIRMED_AFTER_MS;
  machine.ahead_ms = machine.postgres_ahead_ms = 46 * DAY_MS;
  await machine.compare();
  assert.equal(machine.clock.is_certain, false);
});

Deno.test("half of the time that Postgres's answer takes counts, and a slow answer is no comparison", async () => {
  const machine = new Machine();
  machine.answer_ms = 10_000;
  await machine.compare();
  assert.equal(machine.clock.differences.from_postgres_ms, -5_000);
  machine.answer_ms = MINUTE_MS + 1;
  await assert.rejects(machine.compare(), /too long/);
  assert.equal(machine.clock.differences.from_postgres_ms, -5_000);
  await assert.rejects(machine.clock.compare(() => Promise.reject(new Error("gone"))), /gone/);
  assert.equal(machine.clock.is_certain, true);
});

Deno.test("CLOCK-5: the time is confirmed by two sources of three, and not before all have agreed once", async () => {
  const machine = new Machine();
  assert.equal(machine.clock.is_confirmed, false);
  machine.postgres_ahead_ms = DAY_MS;
  await machine.compare();
  assert.equal(machine.clock.is_confirmed, false);
  machine.postgres_ahead_ms = 0;
  await machine.compare();
  assert.equal(machine.clock.is_confirmed, true);
  // The wall clock alone is wrong: Postgres confirms the time before its jump.
  machine.ahead_ms = 45 * DAY_MS;
  assert.deepEqual([machine.clock.is_certain, machine.clock.is_confirmed], [false, true]);
  // Postgres alone is wrong: the wall clock confirms the time.
  machine.ahead_ms = 0;
  machine.postgres_ahead_ms = -2 * DAY_MS;
  await machine.compare();
  assert.deepEqual([machine.clock.is_certain, machine.clock.is_confirmed], [false, true]);
  // All three differ.
  machine.ahead_ms = DAY_MS;
  assert.equal(machine.clock.is_confirmed, false);
});

Deno.test("CLOCK-5: after a pause of the machine the time is confirmed once the jump is accepted", async () => {
  const machine = new Machine();
  await machine.compare();
  machine.ahead_ms = machine.postgres_ahead_ms = 8 * HOUR_MS;
  await machine.compare();
  assert.equal(machine.clock.is_confirmed, false);
  machine.true_ms += CONFIRMED_AFTER_MS;
  await machine.compare();
  assert.deepEqual([machine.clock.is_confirmed, machine.clock.is_certain], [true, true]);
});
