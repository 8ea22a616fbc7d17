import assert from "node:assert/strict";
import type { Command } from "../../src/domain/company/command.ts";
import type { FeatureCode } from "../../src/domain/types.ts";
import { DAY_MS } from "../../src/time/units.ts";
import { ACME, balanceIn, MORNING_MS, TestActors } from "../support/actors.ts";
import { ANA, identifiersOf } from "../support/fixtures.ts";

const UNCERTAIN = { type: "unavailable", reason: "clock_uncertain", retry_after_s: 1 };

function sendAt(sent_at_ms: number | undefined): Command {
  return {
    type: "report_send",
    send: {
      message_id: "campaign-1",
      to: identifiersOf(ANA),
      kind: "template",
      category: "marketing",
      sent_at_ms,
      attribution: undefined,
    },
  };
}

function usageAt(occurred_at_ms: number | undefined): Command {
  const feature = "automation.run" as FeatureCode;
  return {
    type: "report_usage",
    usages: [
      { id: "u1", feature, quantity: 1, occurred_at_ms: undefined, attributes: undefined },
      { id: "u2", feature, quantity: 1, occurred_at_ms, attributes: undefined },
    ],
  };
}

const failureAt = (failed_at_ms: number | undefined): Command => ({
  type: "report_send_failure",
  failure: { message_id: "campaign-1", failed_at_ms, error_code: undefined },
});

Deno.test("ACTOR-2: while the time is uncertain, reports that seem to be of the future must be retried", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  assert.equal((await actor.execute(sendAt(MORNING_MS))).type, "send_allowed");
  // The service starts with a clock that is 45 days behind.
  actors.clock.at_ms -= 45 * DAY_MS;
  const reports = [usageAt(MORNING_MS), failureAt(MORNING_MS), { ...sendAt(MORNING_MS) }];
  actors.clock.is_certain = false;
  const [usage, failure, repeated] = await Promise.all(reports.map((report) => actor.execute(report)));
  assert.deepEqual([usage, failure], [UNCERTAIN, UNCERTAIN]);
  // What is recorded already keeps its answer.
  assert.equal(repeated!.type, "send_allowed");
  assert.equal(balanceIn(await actor.execute({ type: "read_balance" })).consumed, 1);
});

Deno.test("with a certain clock a report of the future is refused, and so is an invalid one of the past with an uncertain clock", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  const future = await actor.execute(sendAt(MORNING_MS + DAY_MS));
  assert.ok(future.type === "refused" && future.code === "invalid_request");
  actors.clock.is_certain = false;
  const past = await actor.execute(sendAt(MORNING_MS - 9 * DAY_MS));
  assert.ok(past.type === "refused" && past.code === "invalid_request");
});

Deno.test("while nothing confirms our time, reports without their own time must be retried, and are dated right then", async () => {
  const actors = new TestActors();
  await actors.create();
  const actor = actors.actor();
  assert.equal((await actor.execute(sendAt(MORNING_MS))).type, "send_allowed");
  // The service starts with a clock that is a day behind.
  actors.clock.at_ms -= DAY_MS;
  actors.clock.is_certain = actors.clock.is_confirmed = false;
  const reports = [usageAt(undefined), failureAt(undefined), usageAt(MORNING_MS - DAY_MS)];
  const answers = await Promise.all(reports.map((report) => actor.execute(report)));
  // A call is not divided: one of the usages of the last one has no time.
  assert.deepEqual(answers, [UNCERTAIN, UNCERTAIN, UNCERTAIN]);
  assert.deepEqual(await actor.execute(sendAt(undefined)), UNCERTAIN);
  assert.equal(balanceIn(await actor.execute({ type: "read_balance" })).consumed, 1);
  // Reports with their own times need no clock of ours.
  assert.equal((await actor.execute(sendAt(MORNING_MS))).type, "send_allowed");
  actors.clock.at_ms += DAY_MS;
  actors.clock.is_certain = actors.clock.is_confirmed = true;
  const failed = await actor.execute(failureAt(undefined));
  assert.ok(failed.type === "send_failure_recorded" && failed.outcome === "failed");
  const dates = actors.store.stored(ACME)!.ledger.map(({ local_date }) => local_date);
  assert.deepEqual(new Set(dates), new Set(["2026-11-23"]));
});

Deno.test("while a second source confirms our time, reports without their own time are dated although the clocks disagree", async () => {
  const actors = new TestActors();
  await actors.create();
  actors.clock.is_certain = false;
  assert.equal((await actors.actor().execute(sendAt(undefined))).type, "send_allowed");
});
