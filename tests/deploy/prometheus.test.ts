import assert from "node:assert/strict";
import { readSource } from "../support/source_files.ts";
import { ALERT_CASES } from "./alert_cases.ts";
import { expressionsOf, metricsIn, readDashboard, RULES_FILE, RULES_PATH } from "./monitoring_files.ts";
import { promtool, promtoolTest } from "./promtool.ts";

const rules = await readSource(RULES_PATH);
const alerts = [...rules.matchAll(/- alert: (\w+)\n/g)].map(([, name]) => name!);
const operations = await readSource("docs/operations.md");

Deno.test("each alert has a runbook, a section of docs/operations.md, and each such section an alert", () => {
  const runbooks = [...rules.matchAll(/runbook: (\S+)\n/g)].map(([, link]) => link);
  assert.deepEqual(runbooks, alerts.map((name) => `docs/operations.md#${name.toLowerCase()}`));
  const sections = [...operations.matchAll(/^### (Poli\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(sections, alerts);
  assert.equal(new Set(alerts).size, alerts.length);
});

Deno.test("each alert has a severity and a summary", () => {
  for (const rule of rules.split("- alert: ").slice(1)) {
    assert.match(rule, /severity: (critical|warning)\n/, rule);
    assert.match(rule, /summary: ./, rule);
  }
});

promtoolTest("Prometheus accepts the alert rules", async () => {
  assert.match(await promtool(["check", "rules", RULES_FILE]), new RegExp(`${alerts.length} rules found`));
});

promtoolTest(
  "Prometheus accepts the configuration of docs/operations.md, which scrapes by the name of the rules",
  async () => {
    const [, block = ""] = /```yaml\n(scrape_configs:\n.*?)```/s.exec(operations) ?? [];
    assert.ok(block.includes("job_name: poli-credits\n"), "the rules name the job poli-credits");
    await using file = await temporaryFile(block.replace(/- .*alerts\.yaml/, `- ${RULES_FILE}`));
    assert.match(await promtool(["check", "config", file.path]), new RegExp(`${alerts.length} rules found`));
  },
);

promtoolTest("each alert is quiet, and fires when its fault begins", async () => {
  assert.deepEqual(ALERT_CASES.map(({ alert }) => alert), alerts);
  const firing = (alert: string, minute: number, count: number) => ({
    expr: `count(ALERTS{alertname="${alert}",alertstate="firing"})`,
    eval_time: `${minute}m`,
    exp_samples: count === 0 ? [] : [{ labels: "{}", value: count }],
  });
  await testRules(ALERT_CASES.map(({ alert, series, quiet_at, fires_at }) => ({
    interval: "1m",
    name: alert,
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [firing(alert, quiet_at, 0), firing(alert, fires_at, 1)],
  })));
});

promtoolTest("no alert fires while nothing is wrong", async () => {
  const series = [
    ['up{job="poli-credits"}', "1x120"],
    ["poli_database_answers", "1x120"],
    ['poli_webhooks_total{outcome="durable"}', "0+600x120"],
    ['poli_webhooks_total{outcome="unavailable"}', "0x120"],
    ['poli_webhooks_total{outcome="bad_signature"}', "0+1x120"],
    ['poli_http_request_duration_seconds_count{route="/a",status="200"}', "0+60x120"],
    ["poli_scheduler_lag_seconds", "0x60 30 0x60"],
    ["poli_clock_disagreement_seconds", "0.2x120"],
    ['poli_quarantine_backlog{reason="too_old"}', "12x120"],
    ['poli_quarantine_backlog{reason="unknown_phone_number"}', "0x20 1x9 0x90"],
    ["poli_heap_used_bytes", "20+30x2 20+30x2 20x110"],
    ["poli_heap_limit_bytes", "100x120"],
    ["poli_journal_fenced_changes_total", "0x20 4x100"],
  ] as const;
  await testRules([{
    interval: "1m",
    input_series: series.map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [10, 30, 70, 110].map((minute) => ({
      expr: 'count(ALERTS{alertstate="firing"})',
      eval_time: `${minute}m`,
      exp_samples: [],
    })),
  }]);
});

promtoolTest("each expression of the dashboard is one that Prometheus can parse", async () => {
  const expressions = expressionsOf(await readDashboard());
  assert.ok(expressions.length > 30, `only ${expressions.length} were read`);
  // A recording rule is parsed as a query is.
  const recorded = expressions.map((expr, i) => ({ record: `panel:${i}`, expr }));
  await using file = await temporaryFile(JSON.stringify({ groups: [{ name: "panels", rules: recorded }] }));
  assert.match(await promtool(["check", "rules", file.path]), new RegExp(`${recorded.length} rules found`));
  await using broken = await temporaryFile(
    JSON.stringify({ groups: [{ name: "panels", rules: [{ record: "panel", expr: "sum(rate(x[5m])" }] }] }),
  );
  await assert.rejects(promtool(["check", "rules", broken.path]), /unclosed left parenthesis/);
});

Deno.test("the rules and the dashboard together use most metrics, each by a name of docs/reference.md", async () => {
  const listed = metricsIn(await readSource("docs/reference.md"));
  const used = new Set(
    [...metricsIn(rules), ...metricsIn(expressionsOf(await readDashboard()).join("\n"))].map((name) =>
      listed.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "")
    ),
  );
  assert.deepEqual([...used].filter((name) => !listed.has(name)), []);
  assert.ok(used.size > 30, `only ${used.size} are used`);
});

/** Runs tests of the alert rules. */
async function testRules(tests: readonly object[]): Promise<void> {
  // JSON is YAML.
  const content = { rule_files: [RULES_FILE], evaluation_interval: "1m", tests };
  await using file = await temporaryFile(JSON.stringify(content));
  assert.match(await promtool(["test", "rules", file.path]), /SUCCESS/);
}

async function temporaryFile(content: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempFile({ prefix: "poli-credits-prometheus-", suffix: ".yaml" });
  await Deno.writeTextFile(path, content);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}
