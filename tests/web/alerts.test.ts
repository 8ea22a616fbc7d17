import assert from "node:assert/strict";
import { creditsPage } from "../../src/web/report/page.tsx";
import { ALERTS, statement, textOf, view } from "./page_views.ts";

/** Returns the lines of the list of alerts. */
function linesOf(html: string): string[] {
  const section = html.match(/<section id="alerts".*?<\/section>/s)?.[0] ?? "";
  return [...section.matchAll(/<li.*?<\/li>/gs)].map(([line]) => textOf(line).trim());
}

Deno.test("the page lists alerts with their times, in Portuguese", () => {
  assert.deepEqual(linesOf(creditsPage(view({ alerts: ALERTS }))), [
    "3 de nov., 08:59 Pacote de 1.000 créditos usado por inteiro.",
    "3 de nov., 08:30 Restavam 50 créditos do pacote.",
    "2 de nov., 12:00 80% do pacote de 1.000 créditos usado.",
    "2 de nov., 11:00 Uso muito acima do normal em 2 de novembro: 1.640 créditos, normalmente 41 por dia.",
    "2 de nov., 00:00 Previsão: o pacote acaba em 9 de novembro.",
    "1 de nov., 00:00 A fidelidade termina em 30 de novembro.",
  ]);
});

Deno.test("the page lists alerts in English", () => {
  const lines = linesOf(creditsPage(view({ language: "en", alerts: ALERTS })));
  assert.deepEqual(lines.map((line) => line.replace(/^.*?\d\d:\d\d /, "")), [
    "The package of 1,000 credits was used up.",
    "50 credits of the package were left.",
    "80% of the package of 1,000 credits used.",
    "Use far above the usual on November 2: 1,640 credits, usually 41 a day.",
    "Forecast: the package runs out on November 9.",
    "The commitment ends on November 30.",
  ]);
});

Deno.test("a page without alerts, or of a past month, has no list of them", () => {
  assert.doesNotMatch(creditsPage(view()), /id="alerts"/);
  const past = view({ alerts: ALERTS, statement: statement({ period: "2026-10", status: "closed" }) });
  assert.doesNotMatch(creditsPage(past), /id="alerts"/);
});
