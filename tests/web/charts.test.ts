import assert from "node:assert/strict";
import { daysOf, evenPaceLine } from "../../src/web/charts/days.ts";
import { availableLine, excessLine } from "../../src/web/charts/month_lines.ts";
import { scaleTo } from "../../src/web/charts/plot.tsx";
import { seriesKeyOf, seriesOf } from "../../src/web/charts/series.ts";
import { creditsPage } from "../../src/web/report/page.tsx";
import type { PageView, UsageRow } from "../../src/web/report/view.ts";
import { dayBalances, forecast, granted, statement, textOf, view } from "./page_views.ts";

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
  assert.ok(Math.abs(days[2]!.even_pace! - 90) < 1e-9);
  assert.equal(days[2]!.ends_at, 2 + 9 / 24);
});

Deno.test("a package of today covers earlier use that is reported after it: nothing is excess", () => {
  const grants = [granted("2026-11-06", 1_000, 1_000)];
  const usage = ["2026-11-01", "2026-11-03"].map((day) => ({ ...used("sms.sent", 150), day }));
  const day_balances = dayBalances("2026-11", [0, 0, 0, 0, 0, 700]);
  const company = { ...view().company, today: "2026-11-06" };
  const page = view({
    company,
    grants,
    usage,
    day_balances,
    statement: statement({ granted: 1_000, consumed: 300, prepaid_used: 300 }),
  });
  const days = daysOf(page);
  assert.deepEqual(days.map(({ excess_after }) => excess_after), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual([days[5]!.available_after, days[5]!.posted, days[0]!.consumed], [700, 300, 150]);
  const html = creditsPage(page);
  assert.match(textOf(html), /6 de nov\. 0 700 960 0 O uso conta na sua data\./);
  assert.doesNotMatch(html, /class="excess-(line|area)"/);
  // The package and the even pace begin on the sixth day.
  assert.deepEqual(availableLine(days).map(([day, credits]) => [Math.floor(day), credits]), [[5, 1_000], [
    5,
    700,
  ]]);
  assert.deepEqual(evenPaceLine(page), [[5, 1_000], [30, 0]]);
  assert.deepEqual(days.map(({ even_pace }) => even_pace), [
    ...Array(5).fill(undefined),
    960,
  ]);
});

Deno.test("a grant covers excess first, and both lines move to the balance after it", () => {
  // Five credits of six in excess are covered on the third.
  const page = view({
    grants: [granted("2026-11-03", 5, 0, 1)],
    day_balances: dayBalances("2026-11", [-2, -6, -4]),
    statement: statement({ granted: 5, consumed: 9, excess: 4 }),
  });
  const days = daysOf(page);
  assert.deepEqual(days.map(({ posted }) => posted), [2, 4, 3]);
  const now = 2 + 9 / 24;
  assert.deepEqual(availableLine(days), [[2, 0], [now, 0]]);
  assert.deepEqual(excessLine(days), [[0, 0], [1, 2], [2, 6], [2, 1], [now, 4]]);
});

Deno.test("an upgrade within the month adds its grant and its even pace on its own date", () => {
  const page = view({
    grants: [granted("2026-11-03", 50, 128), granted("2026-11-01", 100, 100)],
    day_balances: dayBalances("2026-11", [90, 78, 120]),
  });
  assert.deepEqual(availableLine(daysOf(page)).map(([, credits]) => credits), [100, 90, 78, 128, 120]);
  const line = evenPaceLine(page).map(([day, credits]) => [day, Math.round(10 * credits) / 10]);
  assert.deepEqual(line, [[0, 100], [2, 93.3], [2, 143.3], [30, 0]]);
});

Deno.test("entries after the closing of a month move the ends of its lines and have a row of their own", () => {
  const page = view({
    statement: statement({ period: "2026-10", status: "closed", consumed: 103, expired: 0, excess: 3 }),
    usage: [{ ...used("sms.sent", 103), day: "2026-10-31" }],
    grants: [granted("2026-10-01", 100, 100)],
    day_balances: dayBalances("2026-10", [...Array(30).fill(100), 3]),
    open_windows: null,
    forecast: null,
  });
  assert.match(textOf(creditsPage(page)), /31 de out\. 103 3 0 0 Depois do fechamento – 0 – 3 /);
  const unchanged = { ...page, statement: { ...page.statement, consumed: 97, expired: 3, excess: 0 } };
  assert.doesNotMatch(creditsPage(unchanged), /Depois do fechamento/);
});

Deno.test("the largest series is at the bottom, each with a fixed pattern", () => {
  const series = seriesOf([
    used("small", 1),
    used("large", 9),
    used("whatsapp.outbound", 3, "outbound"),
    used("whatsapp.inbound", 2, "inbound"),
  ]);
  assert.deepEqual(series.map(({ feature, pattern }) => [feature, pattern]), [
    ["large", "dots"],
    ["whatsapp.outbound", "outbound"],
    ["whatsapp.inbound", "inbound"],
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
  assert.match(textOf(table("daily-table")), /1 de nov\. 0 10 0 10 2 de nov\. 12 0 0 12 3 de nov\. 0 0 8 8/);
  for (const date of ["2026-11-01", "2026-11-02", "2026-11-03"]) {
    const href = `?from=${date}&amp;to=${date}#history`;
    assert.ok(table("daily-table").includes(`href="${href}"`), date);
    assert.ok(html.split(`href="${href}"`).length > 2, `no bar links to ${date}`);
  }
});

Deno.test("a chart is a slider over its days, with its unit and its table, and its links are those of the table", () => {
  const html = creditsPage(view());
  const charts = [...html.matchAll(/<div class="plot".*?<\/div>(?=<details)/gs)].map(([chart]) => chart);
  assert.equal(charts.length, 2);
  for (const chart of charts) {
    assert.match(
      chart,
      /role="slider" tabindex="0" .*aria-valuemax="3" aria-valuenow="3" aria-valuetext="3 de nov/,
    );
    assert.match(chart, />créditos<\/text>/);
    assert.equal(chart.split("<a ").length, chart.split('tabindex="-1"').length);
    assert.doesNotMatch(chart, /<title>/);
  }
});

Deno.test("an axis ends at a round number, or close above the highest value", () => {
  assert.equal(scaleTo(1_000, 290).domain()[1], 1_000);
  assert.equal(scaleTo(960, 290).domain()[1], 1_000);
  const uneven = scaleTo(1_110, 290).domain()[1]!;
  assert.ok(uneven > 1_110 && uneven < 1_200, String(uneven));
});

Deno.test("an axis of millions uses short numbers", () => {
  const millions = 2_000_000_000_000;
  const page = view({
    statement: statement({ granted: millions }),
    grants: [granted("2026-11-01", millions, millions)],
  });
  assert.match(creditsPage(page), />1\stri<\/text>.*>2\stri<\/text>/);
  assert.doesNotMatch(creditsPage(page), />2\.000\.000\.000\.000<\/text>/);
});

Deno.test("no forecast is drawn for a package that begins or grows later", () => {
  const post_paid = statement({ granted: 0 });
  const none = { runs_out_on: null, runs_out_between: [null, null], expected_excess: 300 } as const;
  const shown = (scheduled_grant: PageView["scheduled_grant"], granted: number) => {
    const month = granted === 0 ? post_paid : statement();
    return creditsPage({ ...view(), statement: month, forecast: forecast(none), scheduled_grant });
  };
  for (const granted of [0, 100]) {
    assert.match(shown(null, granted), /class="ahead"/);
    assert.doesNotMatch(shown({ on: "2026-11-20", granted: 300 }, granted), /class="ahead"/);
  }
});

Deno.test("a month without use has a text instead of bars", () => {
  const html = creditsPage(view({ usage: [], statement: statement({ consumed: 0, prepaid_used: 0 }) }));
  assert.match(textOf(html), /Consumo por dia Nada foi consumido neste mês\./);
});
