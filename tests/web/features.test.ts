import assert from "node:assert/strict";
import { creditsPage } from "../../src/web/report/page.tsx";
import { formatsIn } from "../../src/web/format.ts";
import { changeText } from "../../src/web/report/change.ts";
import { sumOfMoney } from "../../src/web/report/usage_table.tsx";
import type { FeatureUsage, PageView } from "../../src/web/report/view.ts";
import { statement, textOf, used, view } from "./page_views.ts";

/** Returns the texts of the cells of each row of the tables of usage: rows, others, total, and the opened others. */
function tablesOf(html: string): string[][][] {
  const section = html.split('id="features"')[1]!.split("</section>")[0]!;
  return section.split("<table").slice(1).map((table) =>
    [...table.split("</table>")[0]!.matchAll(/<tr.*?<\/tr>/gs)].slice(1).map(([row]) =>
      [...row.matchAll(/<t[hd].*?<\/t[hd]>/gs)].map(([cell]) => textOf(cell).trim())
    )
  );
}

/** Ten features of 100, 90 … 10 credits, with amounts that add up to 55.00. */
const TEN = Array.from({ length: 10 }, (_, i): FeatureUsage => ({
  ...used(`feature-${i}`, "none", i + 1, 100 - 10 * i),
  amount: `${10 - i}.00`,
}));

function withFeatures(rows: readonly FeatureUsage[], changed: Partial<PageView> = {}): PageView {
  return view({ statement: statement({ total: "55.00" }), by_feature: { rows, compared: null }, ...changed });
}

Deno.test("all features are listed, the largest first, with their amounts, and a total", () => {
  const rows = tablesOf(creditsPage(withFeatures(TEN.slice(0, 7))));
  assert.equal(rows.length, 1);
  assert.deepEqual(rows[0]![0], ["feature-0", "1", "100", "20%", "R$ 10,00"]);
  assert.deepEqual(rows[0]!.at(-1), ["Total", "", "490", "100%", "R$ 49,00"]);
  assert.equal(rows[0]!.length, 8);
  assert.deepEqual(rows[0]!.slice(1, -1).map(([, , , share]) => share), [
    "18%",
    "16%",
    "14%",
    "12%",
    "10%",
    "8%",
  ]);
});

Deno.test("the smallest features are summed up in one row, and listed in a part that opens", () => {
  const html = creditsPage(withFeatures(TEN));
  const [shown, others] = tablesOf(html);
  assert.deepEqual(shown!.map(([name]) => name), [
    ...TEN.slice(0, 6).map(({ feature }) => feature),
    "Outros",
    "Total",
  ]);
  assert.deepEqual(shown!.at(-2), ["Outros", "", "100", "18%", "R$ 10,00"]);
  assert.deepEqual(shown!.at(-1), ["Total", "", "550", "100%", "R$ 55,00"]);
  assert.deepEqual(others, [
    ["feature-6", "7", "40", "7%", "R$ 4,00"],
    ["feature-7", "8", "30", "5%", "R$ 3,00"],
    ["feature-8", "9", "20", "4%", "R$ 2,00"],
    ["feature-9", "10", "10", "2%", "R$ 1,00"],
  ]);
  assert.match(html, /<details id="features-others" class="others"><summary[^>]*>Ver os 4 outros<\/summary>/);
  assert.match(textOf(html), /Valor: o total do mês \(R\$ 55,00\) repartido na proporção dos créditos/);
});

Deno.test("the change of each feature, of the others and of the total is against the month before", () => {
  const compared = (credits: number, before: number) => ({ compared: { credits, before } });
  const rows = [
    { ...used("a", "none", 9, 90), amount: "9.00", ...compared(80, 40) },
    { ...used("b", "none", 1, 10), amount: "1.00", ...compared(10, 0) },
    { ...used("gone", "none", 0, 0), amount: "0.00", ...compared(0, 60) },
  ];
  const html = creditsPage(withFeatures(rows, {
    by_feature: { rows, compared: { from: "2026-10-01", to: "2026-10-02" } },
  }));
  const [table] = tablesOf(html);
  assert.deepEqual(table!.map((cells) => [cells[0], cells.at(-1)]), [
    ["a", "+100%"],
    ["b", "novo"],
    ["gone", "-100%"],
    ["Total", "-10%"],
  ]);
  assert.match(textOf(html), /Contra outubro/);
  assert.match(
    textOf(html),
    /dos dias já fechados com os mesmos dias do mês anterior, de 1 de outubro a 2 de outubro\./,
  );
});

Deno.test("without a total of the month there are no amounts", () => {
  const rows = [used("a", "none", 9, 90)];
  const html = creditsPage(withFeatures(rows, { statement: statement({ total: null }) }));
  assert.deepEqual(tablesOf(html)[0]![0], ["a", "9", "90", "100%"]);
  assert.doesNotMatch(textOf(html), /repartido na proporção/);
});

Deno.test("a tab shows usage by label, and says what has no label", () => {
  const rows = [
    { label: "Vendas", credits: 20, amount: "36.67" },
    { label: null, credits: 10, amount: "18.33" },
  ];
  const html = creditsPage(
    withFeatures(TEN, { by_label: { by: "department", rows }, parameters: { lang: "pt-BR" } }),
  );
  assert.deepEqual(tablesOf(html), [[
    ["Vendas", "20", "67%", "R$ 36,67"],
    ["Sem departamento", "10", "33%", "R$ 18,33"],
    ["Total", "30", "100%", "R$ 55,00"],
  ]]);
  assert.match(html, /id="by-department" href="[^"]*" aria-current="true">Departamento/);
  assert.match(html, /id="by-feature" href="\?lang=pt-BR#features"[^>]*>Recurso/);
  assert.match(html, /id="by-number" href="\?lang=pt-BR&amp;by=number#features"/);
});

Deno.test("a label with many values lists 200 of the others and sums up the rest", () => {
  const rows = Array.from({ length: 300 }, (_, i) => ({ label: `c${i}`, credits: 1, amount: "0.01" }));
  const [shown, others] = tablesOf(creditsPage(withFeatures(TEN, { by_label: { by: "campaign", rows } })));
  assert.deepEqual(shown!.at(-2)!.slice(0, 2), ["Outros", "294"]);
  assert.deepEqual(others!.length, 201);
  assert.deepEqual(others!.at(-1)!.slice(0, 2), ["Outros", "94"]);
});

Deno.test("a number has its name with Meta's id beside it, and an id without a name stays as it is", () => {
  const rows = [
    { label: "106540000000001", credits: 20, amount: "36.67" },
    { label: "106540000000002", credits: 10, amount: "18.33" },
  ];
  const number_names = new Map([["106540000000001", "+55 11 3000-0001 <Balcão>"]]);
  const html = creditsPage(withFeatures(TEN, { by_label: { by: "number", rows }, number_names }));
  assert.deepEqual(tablesOf(html)[0]!.map(([name]) => name), [
    "+55 11 3000-0001 &lt;Balcão&gt; 106540000000001",
    "106540000000002",
    "Total",
  ]);
  // A department that has the digits of a number is no number.
  const by_label = { by: "department", rows } as const;
  const departments = tablesOf(creditsPage(withFeatures(TEN, { by_label, number_names })));
  assert.equal(departments[0]![0]![0], "106540000000001");
});

Deno.test("a label that cannot be read now is explained in its place", () => {
  const html = creditsPage(withFeatures(TEN, { by_label: { by: "number", rows: null } }));
  assert.match(textOf(html), /Por número .*Outra consulta está em andamento/);
});

Deno.test("a change is rounded as a share, and no change and no usage have signs of their own", () => {
  const changes = [[112, 100], [100, 100], [0, 100], [5, 0], [0, 0], [1, 999], [1_004, 1_000], [
    2_001,
    1_000,
  ]];
  assert.deepEqual(changes.map(([now, before]) => changeText(now!, before!, formatsIn("en"), "new")), [
    "+12%",
    "=",
    "-100%",
    "new",
    "–",
    "-99.9%",
    "+0.4%",
    "+100.1%",
  ]);
});

Deno.test("the page says when shares are rounded, and when equal rows have different amounts", () => {
  const notesOf = (credits: readonly number[], amounts: readonly string[]) => {
    const rows = credits.map((each, i) => ({ ...used(`f${i}`, "none", 1, each), amount: amounts[i]! }));
    const text = textOf(creditsPage(withFeatures(rows)));
    return [/Cada parte é arredondada/, /podem diferir em um centavo/].map((note) => note.test(text));
  };
  assert.deepEqual(notesOf([5, 5, 5], ["18.34", "18.33", "18.33"]), [true, true]);
  assert.deepEqual(notesOf([5, 5], ["27.50", "27.50"]), [false, false]);
  assert.deepEqual(notesOf([2, 1], ["36.67", "18.33"]), [false, false]);
});

Deno.test("amounts are added exactly", () => {
  assert.equal(sumOfMoney(["0.01", "0.02"]), "0.03");
  assert.equal(sumOfMoney(["99999999999999999.99", "0.01"]), "100000000000000000.00");
  assert.equal(sumOfMoney([]), "0.00");
});
