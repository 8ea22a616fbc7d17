import assert from "node:assert/strict";
import { expressionsOf, metricsIn, readDashboard, RULES_PATH } from "../deploy/monitoring_files.ts";
import { promtool, promtoolTest } from "../deploy/promtool.ts";
import { readSource } from "../support/source_files.ts";
import { businessNumber, customerWrote, wamid } from "../support/payloads.ts";
import { withDatabase } from "../support/database.ts";
import { LINE, seconds, ServiceProcess } from "../support/service.ts";

const ANA = { phone: "5511987650001" };
/** No company owns it. */
const UNCLAIMED = businessNumber(7);

/** Starts the service twice, with a metered and a quarantined message in between, and reads the metrics of both. */
async function scrapes(): Promise<readonly [first: string, second: string]> {
  return await withDatabase(async ({ url }) => {
    const texts: string[] = [];
    for (let start = 0; start < 2; start++) {
      await using service = await ServiceProcess.start({ DATABASE_URL: url });
      const { client } = service;
      if (start === 0) {
        await client.createCompany();
        const at_s = seconds(Temporal.Instant.from((await client.balance()).as_of));
        for (const line of [LINE, UNCLAIMED]) {
          const message = customerWrote(line, ANA, { id: wamid(line.phone_number_id), at_s });
          assert.equal(await client.deliver(message), 200);
        }
      }
      texts.push(await (await fetch(`${service.url}/metrics`)).text());
    }
    return [texts[0]!, texts[1]!];
  });
}

function valueOf(metrics: string, name: string): number {
  const line = metrics.split("\n").find((text) => text.startsWith(`${name} `));
  assert.ok(line !== undefined, `${name} is not among:\n${metrics}`);
  return Number(line.slice(name.length + 1));
}

Deno.test("batches, commits, webhooks and the backlog of the quarantine are measured", async () => {
  const [first, second] = await scrapes();
  assert.ok(valueOf(first, "poli_journal_batch_companies_count") >= 1);
  assert.ok(valueOf(first, "poli_journal_batch_events_sum") >= 1);
  assert.ok(valueOf(first, "poli_journal_commit_duration_seconds_sum") > 0);
  assert.equal(valueOf(first, "poli_webhook_commit_duration_seconds_count"), 2);
  assert.equal(valueOf(first, "poli_database_answers"), 1);
  assert.ok(valueOf(first, "poli_resident_memory_bytes") > valueOf(first, "poli_heap_used_bytes"));
  assert.equal(valueOf(first, "poli_scheduler_lag_seconds"), 0);
  const backlog = (reason: string) => valueOf(second, `poli_quarantine_backlog{reason="${reason}"}`);
  assert.equal(backlog("unknown_phone_number"), 1);
  assert.equal(backlog("too_old"), 0);
});

promtoolTest(
  "Prometheus's own parser reads the metrics, and finds no fault in their names and types",
  async () => {
    for (const metrics of await scrapes()) {
      assert.ok(valueOf(metrics, "poli_live_keys") >= 0);
      assert.equal(await promtool(["check", "metrics"], metrics), "");
    }
  },
);

promtoolTest("Prometheus's own parser refuses metrics that are damaged", async () => {
  await assert.rejects(promtool(["check", "metrics"], "poli_live_keys{ 1\n"), /promtool check metrics/);
});

Deno.test("the dashboard and the alert rules read series that the service exports", async () => {
  const [metrics] = await scrapes();
  const series = new Set(
    [...metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name, type]) =>
      type === "histogram" ? ["bucket", "sum", "count"].map((end) => `${name}_${end}`) : [name]
    ),
  );
  const read = [...expressionsOf(await readDashboard()), await readSource(RULES_PATH)].join("\n");
  assert.deepEqual([...metricsIn(read)].filter((name) => !series.has(name)), []);
});
