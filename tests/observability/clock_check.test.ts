import assert from "node:assert/strict";
import { configure, type LogRecord } from "@logtape/logtape";
import { ClockCheck } from "../../src/observability/clock_check.ts";
import { TrustedClock } from "../../src/time/trusted_clock.ts";
import { DAY_MS, MINUTE_MS } from "../../src/time/units.ts";

/** A check of a machine whose clock can be wrong. Time passes only on request. */
async function checkOf(postgres_ahead_ms = 0) {
  const records: LogRecord[] = [];
  await configure({
    reset: true,
    sinks: { records: (record) => void records.push(record) },
    loggers: [
      { category: ["poli-credits"], sinks: ["records"] },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  const machine = { true_ms: Date.UTC(2026, 10, 29, 12), ahead_ms: 0 };
  const monotonic_ms = () => machine.true_ms;
  const clock = new TrustedClock({ wall_ms: () => machine.true_ms + machine.ahead_ms, monotonic_ms });
  const readPostgres = () => Promise.resolve(machine.true_ms + postgres_ahead_ms);
  return { machine, records, check: new ClockCheck(clock, readPostgres, monotonic_ms) };
}

Deno.test("a jump of 45 days is an ERROR once a minute while it lasts, and a WARN when the clocks agree again", async () => {
  const { machine, records, check } = await checkOf();
  await check.run();
  assert.deepEqual([check.status, check.disagreement_s, records.length], ["ok", 0, 0]);
  machine.ahead_ms = 45 * DAY_MS;
  for (let seconds = 0; seconds < 75; seconds += 15) {
    await check.run();
    machine.true_ms += MINUTE_MS / 4;
  }
  assert.equal(check.disagreement_s, 3_888_000);
  assert.match(
    check.status,
    /^no day is closed: .* 3888000 s ahead of monotonic time and 3888000 s ahead of Postgres$/,
  );
  machine.ahead_ms = 0;
  await check.run();
  await check.run();
  assert.deepEqual(records.map(({ level }) => level), ["error", "error", "warning"]);
  assert.equal(records[0]!.properties.time, "2026-11-29T12:00:00.000Z");
});

Deno.test("a Postgres whose clock is wrong is named with its difference, and both clocks with the remedy", async () => {
  const { records, check } = await checkOf(-3_600_000);
  await check.run();
  assert.equal(check.status, "no day is closed: the machine's clock is 3600 s ahead of Postgres");
  assert.equal(check.disagreement_s, 3_600);
  assert.match(records[0]!.message.join(""), /Correct the wrong clock, of this machine or of Postgres's/);
});

Deno.test("the check knows whether Postgres answered last", async () => {
  const { machine } = await checkOf();
  const postgres = { answers: true };
  const monotonic_ms = () => machine.true_ms;
  const clock = new TrustedClock({ wall_ms: monotonic_ms, monotonic_ms });
  const check = new ClockCheck(
    clock,
    () => postgres.answers ? Promise.resolve(machine.true_ms) : Promise.reject(new Error("no answer")),
    monotonic_ms,
  );
  assert.equal(check.postgres_answers, false);
  await check.run();
  assert.equal(check.postgres_answers, true);
  postgres.answers = false;
  await assert.rejects(check.run(), /no answer/);
  assert.equal(check.postgres_answers, false);
});

Deno.test("before the first comparison the check says so", async () => {
  const { check } = await checkOf();
  assert.equal(check.status, "no day is closed: the clocks are not compared yet");
});
