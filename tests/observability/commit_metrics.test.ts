import assert from "node:assert/strict";
import { Registry } from "prom-client";
import type { Writer } from "../../src/journal/journal.ts";
import { CommitMetrics } from "../../src/observability/commit_metrics.ts";
import { change, ScriptedWriter, turn } from "../journal/scripted_writer.ts";

/** A measured writer, on a clock that moves by request. */
function measured() {
  const clock = { now_ms: 5_000 };
  const metrics = new CommitMetrics(() => clock.now_ms);
  const registry = new Registry();
  metrics.register(registry);
  const scripted = new ScriptedWriter();
  const value = async (name: string) =>
    (await registry.metrics()).match(new RegExp(`^${name.replaceAll(/[{}]/g, "\\$&")} (.+)$`, "m"))?.[1];
  return { clock, scripted, writer: metrics.measure(scripted), value };
}

Deno.test("a batch is measured by its companies, its events and the time until its outcome", async () => {
  const { clock, scripted, writer, value } = measured();
  const writing = writer.write([change("a", 1, { events: 4 }), change("b", 1, { events: 2 })]);
  clock.now_ms += 30;
  scripted.answer();
  assert.deepEqual(await writing, new Set(["a", "b"]));
  assert.equal(await value('poli_journal_batch_companies_bucket{le="1"}'), "0");
  assert.equal(await value('poli_journal_batch_companies_bucket{le="2"}'), "1");
  assert.equal(await value("poli_journal_batch_events_sum"), "6");
  assert.equal(await value('poli_journal_commit_duration_seconds_bucket{le="0.025"}'), "0");
  assert.equal(await value("poli_journal_commit_duration_seconds_sum"), "0.03");
});

Deno.test("a batch that fails is measured too, and its error passes through", async () => {
  const { clock, scripted, writer, value } = measured();
  const writing: ReturnType<Writer["write"]> = writer.write([change("a", 1)]);
  const failed = assert.rejects(writing, /the connection died/);
  await turn();
  clock.now_ms += 10_000;
  scripted.fail(new Error("the connection died"));
  await failed;
  assert.equal(await value("poli_journal_commit_duration_seconds_count"), "1");
  assert.equal(await value("poli_journal_commit_duration_seconds_sum"), "10");
});
