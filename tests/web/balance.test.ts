import assert from "node:assert/strict";
import { creditsPage } from "../../src/web/report/page.tsx";
import { balance, forecast, statement, textOf, view } from "./page_views.ts";

Deno.test("a month that used more than its package shows more than 100 %", () => {
  const shown = (consumed: number) =>
    textOf(creditsPage(view({
      statement: statement({ granted: 1_500, consumed, prepaid_used: 1_500, excess: consumed - 1_500 }),
    })));
  assert.match(shown(1_897), /126% do pacote de 1\.500 créditos usado/);
  assert.match(shown(1_503), / 100,2% do pacote/);
  assert.match(shown(1_501), / 100,1% do pacote/);
  assert.match(shown(1_500), / 100% do pacote/);
  assert.match(shown(1_499), / 99,9% do pacote/);
});

Deno.test("the expected bill and the excess so far are right below the main number", () => {
  const page = view({
    balance: balance({ consumed: 970, granted: 100, available: 0, excess: 870, excess_amount: "104.40" }),
    statement: statement({ consumed: 970, prepaid_used: 100, excess: 870, excess_amount: "104.40" }),
    forecast: forecast({ runs_out_on: "2026-11-02", expected_excess: 1_000, expected_total: "255.00" }),
  });
  assert.match(
    textOf(creditsPage(page)),
    /0 créditos disponíveis 870 de excedente · R\$ 104,40 Fatura prevista R\$ 255,00 pacote e excedente até o fim/,
  );
  assert.doesNotMatch(
    creditsPage(view({ forecast: { insufficient_data: true, closed_days_missing: 2 } })),
    /Fatura prevista/,
  );
  const unpriced = view({ forecast: forecast({ expected_total: null }) });
  assert.doesNotMatch(creditsPage(unpriced), /Fatura prevista/);
});

Deno.test("a package is amber from 80 % on and red in excess", () => {
  const riskWith = (consumed: number) =>
    creditsPage(view({ statement: statement({ consumed }) })).match(/id="balance" class="([^"]*)"/)![1];
  assert.deepEqual([79, 80, 100, 101].map(riskWith), [
    "risk-calm",
    "risk-nearly_used",
    "risk-nearly_used",
    "risk-excess",
  ]);
});

Deno.test("a day far above the usual says so, with the feature that grew most", () => {
  const reason = { feature: "sms.sent", direction: "none", consumed: 650, usual: 10 } as const;
  const today = { consumed: 700, usual: 50, times: 14, is_unusual: true, reason };
  const shown = (language: "pt-BR" | "en") =>
    textOf(creditsPage(view({ language, forecast: forecast({ today }) })));
  assert.match(shown("pt-BR"), /Hoje: 14× o normal\. SMS enviado: 650 hoje, normalmente 10 por dia\./);
  assert.match(shown("en"), /Today: 14× the usual\. SMS enviado: 650 today, usually 10 a day\./);
  assert.doesNotMatch(textOf(creditsPage(view({ forecast: forecast() }))), /o normal/);
});

Deno.test("use is compared with the month before at the same day", () => {
  const shown = (consumed: number) => {
    const last_month = { period: "2026-10", through: "2026-10-03", consumed };
    return textOf(creditsPage(view({ forecast: forecast({ last_month }) })));
  };
  assert.match(shown(20), /50% a mais que até 3 de outubro\./);
  assert.match(shown(40), /25% a menos que até 3 de outubro\./);
  assert.match(shown(30), /Igual ao usado até 3 de outubro\./);
});

Deno.test("a package that begins later this month is in the bill, and is not missing", () => {
  const page = view({
    balance: balance({ granted: 0, consumed: 55, available: 0, excess: 55, total: "77.50" }),
    statement: statement({ granted: 0, consumed: 55, excess: 55, excess_amount: "27.50", total: "77.50" }),
    forecast: forecast({ runs_out_on: "2026-11-22", expected_excess: 48, expected_total: "74.00" }),
    scheduled_grant: { on: "2026-11-20", granted: 100 },
    grants: [],
  });
  const html = creditsPage(page);
  const text = textOf(html);
  assert.doesNotMatch(text, /Sem pacote/);
  assert.match(
    text,
    /Fatura prevista R\$ 74,00 pacote de 100 créditos a partir de 20 de novembro, e excedente/,
  );
  assert.match(text, /Total do mês R\$ 77,50 já com R\$ 50,00 do pacote de 20 de novembro/);
  assert.match(text, /Neste ritmo, o pacote acaba em 22 de novembro/);
  assert.match(text, /entram em 20 de novembro cobrem primeiro o excedente/);
  assert.match(text, /Pacote do mês \(100 créditos a partir de 20 de novembro\) 0 R\$ 50,00/);
  // The total so far is above the expected bill, so it is no sign that the forecast is old.
  assert.doesNotMatch(html, /data-expected-total/);
  assert.match(creditsPage(view({ forecast: forecast() })), /data-expected-total="50\.00"/);
});

Deno.test("a used up package that grows later this month has not ended, and its new price is for its new credits", () => {
  const page = view({
    balance: balance({ consumed: 154, available: 0, excess: 54 }),
    statement: statement({ consumed: 154, excess: 54, package_price: "120.00", total: "160.50" }),
    forecast: forecast({ runs_out_on: "2026-11-22" }),
    scheduled_grant: { on: "2026-11-20", granted: 300 },
  });
  const text = textOf(creditsPage(page));
  assert.doesNotMatch(text, /pacote acabou/);
  assert.match(text, /Neste ritmo, o pacote acaba em 22 de novembro/);
  assert.match(text, /Pacote 100 R\$ 120,00 por 300 créditos, a partir de 20 de novembro/);
  const past = view({
    ...page,
    statement: statement({ period: "2026-10", status: "closed" }),
    forecast: null,
  });
  assert.match(textOf(creditsPage(past)), /Pacote 100 R\$ 50,00 Usado/);
  const ended = view({ ...page, forecast: forecast({ runs_out_on: "2026-11-02" }), scheduled_grant: null });
  assert.match(textOf(creditsPage(ended)), /O pacote acabou em 2 de novembro/);
});
