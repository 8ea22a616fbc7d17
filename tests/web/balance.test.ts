import assert from "node:assert/strict";
import { creditsPage } from "../../src/web/report/page.tsx";
import { statement, textOf, view } from "./page_views.ts";

Deno.test("a month that used more than its package shows more than 100 %", () => {
  const shown = (consumed: number) =>
    textOf(creditsPage(view({
      statement: statement({ granted: 1_500, consumed, prepaid_used: 1_500, excess: consumed - 1_500 }),
    })));
  assert.match(shown(1_897), /126% do pacote de 1\.500 créditos usado/);
  assert.match(shown(1_501), /101% do pacote/);
  assert.match(shown(1_500), /100% do pacote/);
  assert.match(shown(1_499), /99% do pacote/);
});
