import assert from "node:assert/strict";
import { daysOf } from "../../src/web/charts/days.ts";
import { seriesKeyOf, seriesOf } from "../../src/web/charts/series.ts";
import { creditsPage } from "../../src/web/report/page.tsx";
import type { UsageRow } from "../../src/web/report/view.ts";
import { forecast, statement, textOf, view } from "./page_views.ts";

const used = (feature: string, credits: number, direction: UsageRow["direction"] = "none"): UsageRow => {
  return { day: "2026-11-01", feature, direction, units: credits, credits };
};

Deno.test("each day up to today has its use and the balance at its end", () => {
  const days = daysOf(view());
  assert.deepEqual(days.map(({ date, consumed, available_after }) => [date, consumed, available_after]), [
    ["2026-11-01", 10, 90],
    ["2026-11-02", 12, 78],
    ["2026-11-03", 8, 70],
  ]);
  assert.equal(days.at(-1)!.available_after, view().balance.available);
  // The even pace is a thirtieth of the package a day. At 09:00, nine hours of today have passed.
  assert.ok(Math.abs(days[2]!.even_pace - 90) < 1e-9);
  assert.equal(days[2]!.ends_at, 2 + 9 / 24);
});

Deno.test("use beyond the package is excess, and the available credits are never negative", () => {
  const days = daysOf(view({ usage: [used("sms.sent", 130)] }));
  assert.deepEqual([days[0]!.available_after, days[0]!.excess_after], [0, 30]);
});

Deno.test("an upgrade within the month adds its grant on its own date", () => {
  const grants = [{ local_date: "2026-11-01", credits: 100 }, { local_date: "2026-11-03", credits: 50 }];
  assert.deepEqual(daysOf(view({ grants })).map(({ available_after }) => available_after), [90, 78, 120]);
});

Deno.test("conversations come first, inbound below outbound, then the others by size", () => {
  const series = seriesOf([
    used("small", 1),
    used("large", 9),
    used("whatsapp.outbound", 2, "outbound"),
    used("whatsapp.inbound", 1, "inbound"),
  ]);
  assert.deepEqual(series.map(({ feature, pattern }) => [feature, pattern]), [
    ["whatsapp.inbound", "inbound"],
    ["whatsapp.outbound", "outbound"],
    ["large", "dots"],
    ["small", "bars"],
  ]);
});

Deno.test("features beyond the fourth are combined into one series", () => {
  const usage = Array.from({ length: 7 }, (_, i) => used(`f${i}`, 10 - i));
  const series = seriesOf(usage);
  assert.deepEqual(series.map(({ feature, credits }) => [feature, credits]), [
    ["f0", 10],
    ["f1", 9],
    ["f2", 8],
    [undefined, 7 + 6 + 5 + 4],
  ]);
  assert.equal(seriesKeyOf(usage[6]!, series), series[3]!.key);
  assert.equal(new Set(series.map(({ pattern }) => pattern)).size, 4);
});

Deno.test("a feature whose credits were all returned has no series", () => {
  assert.deepEqual(seriesOf([{ ...used("sms.sent", 0), units: 0 }]), []);
});

Deno.test("each chart has a table with the same numbers and the same links", () => {
  const html = creditsPage(view());
  const table = (id: string) => html.slice(html.indexOf(`id="${id}"`)).split("</table>")[0]!;
  assert.match(
    textOf(table("month-table")),
    /1 de nov\. 10 90 97 0 2 de nov\. 12 78 93 0 3 de nov\. 8 70 90 0/,
  );
  assert.match(textOf(table("daily-table")), /1 de nov\. 10 0 0 10 2 de nov\. 0 12 0 12 3 de nov\. 0 0 8 8/);
  for (const date of ["2026-11-01", "2026-11-02", "2026-11-03"]) {
    const href = `?from=${date}&amp;to=${date}#history`;
    assert.ok(table("daily-table").includes(`href="${href}"`), date);
    assert.ok(html.split(`href="${href}"`).length > 2, `no bar links to ${date}`);
  }
});

Deno.test("an axis shows its unit, and the keyboard reaches the table instead of the chart", () => {
  const html = creditsPage(view());
  const charts = [...html.matchAll(/<div class="plot".*?<\/div>(?=<details)/gs)].map(([chart]) => chart);
  assert.equal(charts.length, 2);
  for (const chart of charts) {
    assert.match(chart, /aria-hidden="true"/);
    assert.match(chart, />créditos<\/text>/);
    assert.equal(chart.split("<a ").length, chart.split('tabindex="-1"').length);
  }
});

Deno.test("an axis of millions uses short numbers", () => {
  const granted = 2_000_000_000_000;
  const page = view({
    statement: statement({ granted }),
    grants: [{ local_date: "2026-11-01", credits: granted }],
  });
  assert.match(creditsPage(page), />1\stri<\/text>.*>2\stri<\/text>/);
  assert.doesNotMatch(creditsPage(page), />2\.000\.000\.000\.000<\/text>/);
});

Deno.test("no forecast is drawn for a package that has not begun", () => {
  const post_paid = statement({ granted: 0 });
  const shown = (changed: Parameters<typeof forecast>[0]) =>
    creditsPage({ ...view(), grants: [], statement: post_paid, forecast: forecast(changed) });
  const none_to_begin = { runs_out_on: null, runs_out_between: [null, null], expected_excess: 300 } as const;
  assert.match(shown(none_to_begin), /class="ahead"/);
  assert.doesNotMatch(shown({ expected_excess: 200 }), /class="ahead"/);
  assert.doesNotMatch(
    shown({ ...none_to_begin, expected_excess: 0, expected_left: 40 }),
    /class="ahead"/,
  );
});

Deno.test("a month without use has a text instead of bars", () => {
  const html = creditsPage(view({ usage: [], statement: statement({ consumed: 0, prepaid_used: 0 }) }));
  assert.match(textOf(html), /Consumo por dia Nada foi consumido neste mês\./);
});
