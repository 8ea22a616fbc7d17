import assert from "node:assert/strict";
import { type Panel, readDashboard } from "./monitoring_files.ts";

const dashboard = await readDashboard();
const charts = dashboard.panels.filter(({ type }) => type !== "row");

Deno.test("the dashboard reads from the data source that is chosen, and can be imported as it is", () => {
  assert.deepEqual(dashboard.templating.list.map(({ name, type }) => [name, type]), [
    ["datasource", "datasource"],
    ["instance", "query"],
  ]);
  const sources = charts.flatMap(({ datasource, targets = [] }) => [
    datasource,
    ...targets.map((target) => target.datasource),
  ]);
  assert.deepEqual([...new Set(sources.map((source) => source?.uid))], ["${datasource}"]);
  assert.match(dashboard.uid, /^[\w-]{1,40}$/);
});

Deno.test("each panel has a title of its own, a unit, a description and names for its lines", () => {
  assert.ok(charts.length > 20, `only ${charts.length} panels`);
  for (const { title, description, fieldConfig, targets = [] } of charts) {
    assert.ok(fieldConfig?.defaults.unit, `${title} has no unit`);
    assert.ok(description, `${title} has no description`);
    assert.ok(targets.length > 0 && targets.every(({ legendFormat }) => legendFormat !== ""), title);
  }
  assert.equal(new Set(dashboard.panels.map(({ title }) => title)).size, dashboard.panels.length);
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
});

Deno.test("no two panels overlap, and none is wider than the page", () => {
  const overlap = (a: Panel["gridPos"], b: Panel["gridPos"]) =>
    a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  dashboard.panels.forEach(({ title, gridPos }, i) => {
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    const others = dashboard.panels.slice(i + 1).filter((other) => overlap(gridPos, other.gridPos));
    assert.deepEqual(others.map((other) => `${title} and ${other.title}`), []);
  });
});
