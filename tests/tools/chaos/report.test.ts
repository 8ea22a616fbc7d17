import assert from "node:assert/strict";
import { CLUSTER_FAULTS } from "../../../tools/chaos/cluster_faults.ts";
import type { RoundReport } from "../../../tools/chaos/checks.ts";
import { asJson, formatReports } from "../../../tools/chaos/report.ts";

/** A round in which companies had no owner for some time. */
function round(gaps_ms: readonly number[]): RoundReport {
  return {
    companies: ["one", "two", "three"],
    answers: { durable: 100, unavailable: 3, none: 0 },
    deliveries: 101,
    unanswered: 1,
    windows: 200,
    balances_seen: 90,
    elapsed_ms: 4_000,
    ownership: { gaps_ms, slowest_ms: 512, answers: { ok: 1_000, unavailable: 20, late: 1, none: 0 } },
    violations: [],
  };
}

Deno.test("the table has the median and the worst time without an owner of all rounds together", () => {
  const [fault, other] = CLUSTER_FAULTS;
  const text = formatReports([
    { fault: fault!, rounds: [round([400, 4_900]), round([300])], violations: [] },
    { fault: other!, rounds: [round([])], violations: [] },
  ]);
  assert.ok(
    text.includes(`| ${fault!.description} | 2 | 3 of 6 | 0.40 | 4.90 | 2,000 | 40 | 2 | 0.51 |`),
    text,
  );
  assert.ok(
    text.includes(`| ${other!.description} | 1 | 0 of 3 | none | none | 1,000 | 20 | 1 | 0.51 |`),
    text,
  );
});

Deno.test("the JSON names the seed, and has every round", () => {
  const report = { fault: CLUSTER_FAULTS[0]!, rounds: [round([250])], violations: ["a violation"] };
  const { seed, faults } = JSON.parse(asJson("a seed", [report]));
  assert.equal(seed, "a seed");
  assert.deepEqual([faults[0].name, faults[0].violations], ["node_killed", ["a violation"]]);
  assert.deepEqual(faults[0].rounds[0].ownership.gaps_ms, [250]);
});
