import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { ASSETS } from "../../src/web/assets.ts";
import { creditsPage } from "../../src/web/report/page.tsx";
import { en } from "../../src/web/strings/en.ts";
import { pt } from "../../src/web/strings/pt.ts";
import type { PageView } from "../../src/web/report/view.ts";
import {
  ALERTS,
  balance,
  dayBalances,
  entry,
  forecast,
  granted,
  history,
  postPaid,
  receipt,
  statement,
  textOf,
  view,
} from "./page_views.ts";

const EVERY_STATE: Readonly<Record<string, PageView>> = {
  usual: view(),
  english: view({ language: "en" }),
  forecast: view({ forecast: forecast() }),
  lasting: view({
    forecast: forecast({ runs_out_on: null, runs_out_between: [null, null], expected_left: 9 }),
  }),
  "all used": view({
    balance: balance({ consumed: 130, available: 0, excess: 30 }),
    statement: statement({
      consumed: 130,
      prepaid_used: 100,
      excess: 30,
      excess_amount: "22.50",
      total: "72.50",
    }),
    day_balances: dayBalances("2026-11", [90, 78, -30]),
  }),
  "no package": postPaid(),
  nothing: view({
    balance: balance({ granted: 0, consumed: 0, available: 0 }),
    contract: null,
    statements: [statement({ granted: 0, consumed: 0 })],
    usage: [],
    grants: [],
    day_balances: dayBalances("2026-11", [0, 0, 0]),
    history: history(),
  }),
  "closed month": view({ statement: statement({ period: "2026-10", status: "closed" }), open_windows: null }),
  receipt: view({ receipt: receipt() }),
  alerts: view({ alerts: ALERTS }),
  "alerts in english": view({ language: "en", alerts: ALERTS }),
};

Deno.test("no state of the page has inline script or style, or loads anything from another origin", () => {
  for (const [state, shown] of Object.entries(EVERY_STATE)) {
    const html = creditsPage(shown);
    assert.doesNotMatch(html, /\sstyle=|\son[a-z]+=|javascript:/, state);
    assert.doesNotMatch(html, /<style|<script(?![^>]* src="\/reports\/assets\/)/, state);
    const addresses = [...html.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, address]) => address!);
    assert.deepEqual(addresses.filter((address) => !/^([?#]|\/(?!\/))/.test(address)), [], state);
  }
});

Deno.test("no state of the page shows undefined, NaN, null or an invalid date", () => {
  for (const [state, shown] of Object.entries(EVERY_STATE)) {
    assert.doesNotMatch(creditsPage(shown), /undefined|NaN|>null<|Invalid Date|\[object/, state);
  }
});

Deno.test("ids are unique on a page, and every reference has its target", () => {
  for (const [state, shown] of Object.entries(EVERY_STATE)) {
    const html = creditsPage(shown);
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!);
    assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), [], state);
    const references = [...html.matchAll(/aria-labelledby="([^"]+)"|url\(#([^)]+)\)/g)];
    for (const [, labelled, painted] of references) {
      for (const id of (labelled ?? painted!).split(" ")) assert.ok(ids.includes(id), `${state}: ${id}`);
    }
  }
});

Deno.test("the balance shows available credits, the share of the package, renewal and commitment", () => {
  const text = textOf(creditsPage(view()));
  assert.match(text, /70 créditos disponíveis/);
  assert.match(text, /30% do pacote de 100 créditos usado/);
  assert.match(text, /Renova em 1 de dezembro/);
  assert.match(text, /Fidelidade até 31 de jan\. de 2027/);
});

Deno.test("a commitment is shown up to its last day", () => {
  const shown = (today: string) =>
    textOf(creditsPage(view({
      company: { ...view().company, today },
      balance: balance({ commitment_ends_on: "2026-11-30" }),
    })));
  assert.match(shown("2026-11-30"), /Fidelidade até 30 de nov\. de 2026/);
  assert.doesNotMatch(shown("2026-12-01"), /Fidelidade/);
});

Deno.test("a date in another year is shown with its year", () => {
  const terms = { package: null, excess_credit_price: null, currency: "BRL" };
  const from = (effective_from: string) => ({ ...view().contract!, scheduled: { ...terms, effective_from } });
  const shown = (changed: Partial<PageView>) => textOf(creditsPage(view(changed)));
  assert.match(shown({ contract: from("2026-12-01") }), /A partir de 1 de dezembro: sem pacote/);
  assert.match(shown({ contract: from("2999-12-31") }), /A partir de 31 de dezembro de 2999: sem pacote/);
  assert.match(
    shown({ contract: { ...view().contract!, cancels_on: "2027-01-31" } }),
    /vale até 31 de janeiro de 2027\./,
  );
  assert.match(shown({ balance: balance({ renews_on: "2027-01-01" }) }), /Renova em 1 de janeiro de 2027/);
  const old = entry({ local_date: "2025-11-03", occurred_at: "2025-11-03T12:00:00Z" });
  assert.match(shown({ history: history(old) }), /3 de nov\. de 2025 1 lançamento/);
});

Deno.test("excess is shown in credits and money, and no balance is negative", () => {
  const text = textOf(creditsPage(EVERY_STATE["all used"]!));
  assert.match(text, /0 créditos disponíveis/);
  assert.match(text, /Excedente 30 R\$ 22,50/);
  assert.match(text, /Total do mês R\$ 72,50/);
  assert.doesNotMatch(text, /-\d+ (créditos )?disponíve/);
});

Deno.test("without a package the main number is the used credits, and all are excess", () => {
  const text = textOf(creditsPage(postPaid()));
  assert.match(text, /30 créditos usados neste mês/);
  assert.match(text, /Sem pacote/);
  assert.doesNotMatch(text, /do pacote de/);
});

Deno.test("the used credits always include the excess", () => {
  for (
    const [language, used, excess] of [["pt-BR", "Usado", "Excedente"], ["en", "Used", "Excess"]] as const
  ) {
    const html = creditsPage({
      ...EVERY_STATE["all used"]!,
      language,
      statements: [EVERY_STATE["all used"]!.statement],
    });
    assert.match(textOf(html), new RegExp(`${used} 130 ${excess} 30`));
    assert.match(
      html,
      new RegExp(`data-label="${used}s?">(<[^>]+>)?130<.*data-label="${excess}">(<[^>]+>)?30<`),
    );
    const without = creditsPage({ ...postPaid(), language, statements: [postPaid().statement] });
    assert.match(
      without,
      new RegExp(`data-label="${used}s?">(<[^>]+>)?30<.*data-label="${excess}">(<[^>]+>)?30<`),
    );
  }
});

Deno.test("a company without credits sees the first steps, and which are done", () => {
  const html = creditsPage(EVERY_STATE.nothing!);
  assert.match(textOf(html), /Nada por aqui ainda.*O número do WhatsApp está conectado.*Combine um pacote/);
  assert.match(html, /<li class="done">O número/);
});

Deno.test("a past month shows its used credits, but no open windows and no forecast", () => {
  const shown = { ...EVERY_STATE["closed month"]!, forecast: null };
  const html = creditsPage(shown);
  assert.match(textOf(html), /30 créditos usados em outubro de 2026/);
  assert.match(textOf(html), /Mês fechado/);
  assert.doesNotMatch(html, /id="open"/);
});

Deno.test("the balance moves nothing on the page of a past month but the row of its own month", () => {
  const months = /<table class="months".*?<\/table>/s;
  const html = creditsPage({ ...EVERY_STATE["closed month"]!, forecast: null });
  assert.doesNotMatch(html.replace(months, ""), /data-(figure|bar|highest)/);
  const current = creditsPage(view());
  for (const name of ["figure", "bar", "highest"]) {
    assert.match(current.replace(months, ""), new RegExp(`data-${name}`));
  }
});

Deno.test("the key of a past month says how many credits expired, if any", () => {
  const keyOf = (language: "pt-BR" | "en", status: "open" | "closed" | "final", used: number) => {
    const figures = { consumed: used, prepaid_used: used, expired: status === "open" ? 0 : 100 - used };
    const html = creditsPage(view({
      language,
      statement: statement({ period: "2026-10", status, ...figures }),
      usage: [{ ...view().usage[0]!, day: "2026-10-01", credits: used }],
      grants: [granted("2026-10-01", 100, 100)],
      day_balances: dayBalances("2026-10", Array(31).fill(100 - used)),
    }));
    return textOf(html.split('<p class="key" aria-hidden="true">')[1]!.split("</strong>")[0]!).trim();
  };
  assert.equal(keyOf("pt-BR", "open", 30), "restam 70");
  assert.equal(keyOf("pt-BR", "closed", 30), "sobraram 70, que expiraram");
  assert.equal(keyOf("pt-BR", "final", 99), "sobrou 1, que expirou");
  assert.equal(keyOf("pt-BR", "closed", 100), "pacote usado por inteiro");
  assert.equal(keyOf("en", "closed", 30), "70 expired unused");
  assert.equal(keyOf("en", "final", 99), "1 expired unused");
  assert.equal(keyOf("en", "closed", 100), "package fully used");
});

Deno.test("a forecast says when the package runs out, in which range, and on which basis", () => {
  const textWith = (changed: Partial<ReturnType<typeof forecast>>) =>
    textOf(creditsPage(view({ forecast: forecast(changed) })));
  assert.match(
    textWith({}),
    /Neste ritmo, o pacote acaba em 10 de novembro \(entre 9 de novembro e 12 de novembro\)\. Pelo ritmo dos últimos 28 dias/,
  );
  assert.match(
    textWith({ runs_out_on: null, runs_out_between: [null, null], expected_left: 9 }),
    /sobram 9 créditos/,
  );
  assert.match(
    textWith({ expected_excess: 12, expected_excess_amount: "9.00" }),
    /12 créditos de excedente \(R\$ 9,00\)/,
  );
  assert.match(textOf(creditsPage(view())), /depois de mais 5 dias fechados/);
});

Deno.test("names and labels are text, never markup", () => {
  const name = '<img src=x onerror="alert(1)">';
  const html = creditsPage(view({
    company: { ...view().company, name },
    features: new Map([["whatsapp.inbound", name]]),
    receipt: receipt({ sentence: name, fact: { kind: "wrote", attribution: { [name]: name } } }),
    parameters: { feature: name },
  }));
  assert.ok(html.includes("&lt;img"));
  assert.doesNotMatch(html, /<img/);
});

Deno.test("the previous and next month are linked from the heading, and the current month has no parameter", () => {
  const statements = ["2026-11", "2026-10", "2026-09"].map((period) => statement({ period }));
  const nearby = (period: string) => {
    const html = creditsPage(
      view({ statement: statement({ period }), statements, parameters: { lang: "pt-BR" } }),
    );
    return html.match(/<nav class="nearby".*?<\/nav>/s)![0];
  };
  assert.match(textOf(nearby("2026-11")), /^ ← outubro de 2026 todos os meses $/);
  assert.match(textOf(nearby("2026-10")), /^ ← setembro de 2026 novembro de 2026 → todos os meses $/);
  assert.match(nearby("2026-10"), /href="\?lang=pt-BR&amp;month=2026-09" rel="prev"/);
  assert.match(nearby("2026-10"), /href="\?lang=pt-BR" rel="next"/);
  assert.match(textOf(nearby("2026-09")), /^ outubro de 2026 → todos os meses $/);
  assert.doesNotMatch(creditsPage(view()), /class="nearby"/);
});

Deno.test("the age of the data includes the date", () => {
  assert.match(textOf(creditsPage(view())), /dados de 3 de nov\., 09:00/);
  assert.match(textOf(creditsPage(view({ language: "en" }))), /data as of Nov 3, 09:00/);
});

Deno.test("every table has a name", () => {
  for (const [state, shown] of Object.entries(EVERY_STATE)) {
    for (const [table] of creditsPage(shown).matchAll(/<table[^>]*>/g)) {
      assert.match(table, /aria-labelledby=/, `${state}: ${table}`);
    }
  }
});

Deno.test("a closed month's late adjustments have a row of their own, with signs", () => {
  const late_entries = { ...statement(), granted: 0, consumed: 3, prepaid_used: 2, expired: -2, excess: 1 };
  const of_month = statement({
    period: "2026-10",
    status: "closed",
    late_entries: { ...late_entries, excess_amount: "0.75", total: "0.75" },
  });
  const text = textOf(creditsPage(view({ statements: [statement(), of_month] })));
  assert.match(
    text,
    /Ajustes que chegaram depois do fechamento do mês, já incluídos acima 0 \+3 -2 \+1 \+R\$ 0,75 \+R\$ 0,75/,
  );
});

Deno.test("amounts of any length are shown exactly", () => {
  const shown = view({ statement: statement({ total: "999999999.999999", excess: 1_000_000_000_000 }) });
  assert.match(textOf(creditsPage(shown)), /R\$ 999\.999\.999,999999/);
  assert.match(textOf(creditsPage(shown)), /1\.000\.000\.000\.000/);
});

Deno.test("an English page has English texts and numbers for every company locale", () => {
  const html = creditsPage(view({ language: "en", balance: balance({ available: 1_234 }) }));
  assert.match(html, /^<!doctype html><html lang="en">/);
  assert.match(textOf(html), /1,234 credits available/);
  assert.doesNotMatch(textOf(html), /[çãõ]/);
});

Deno.test("both languages have the same texts", () => {
  const keysOf = (strings: object): string[] =>
    Object.entries(strings).flatMap(([key, value]) =>
      typeof value === "object"
        ? keysOf(value).map((inner) => `${key}.${inner}`)
        : [`${key}: ${typeof value}`]
    );
  assert.deepEqual(keysOf(pt), keysOf(en));
});

Deno.test("page, style and script together are at most 60 kB compressed", () => {
  const rows = Array.from({ length: 50 }, (_, i) => entry({ seq: 1_000 - i, credits: -1 - i }));
  const usage = Array.from(
    { length: 30 },
    (_, i) =>
      ["whatsapp.inbound", "sms.sent", "a", "b", "c"].map((feature, j) => ({
        day: `2026-11-${String(i + 1).padStart(2, "0")}`,
        feature,
        direction: j === 0 ? "inbound" as const : "none" as const,
        units: i + j,
        credits: 7 * i + j,
      })),
  ).flat();
  const company = { ...view().company, today: "2026-11-30" };
  const html = creditsPage(view({ usage, company, history: { ...history(...rows), next_cursor: "x" } }));
  const texts = [html, ASSETS.style.text, ASSETS.script.text];
  const bytes = texts.map((text) => gzipSync(text).length);
  assert.ok(bytes.reduce((sum, size) => sum + size, 0) < 60_000, `${bytes}`);
});

Deno.test("parts of the open month say as of when they are, and those of a past month do not", () => {
  const timesIn = (page: PageView) => creditsPage(page).match(/class="as-of" data-text="[^"]*"/g) ?? [];
  assert.equal(timesIn(view())[0], 'class="as-of" data-text="até 09:00:00"');
  assert.equal(timesIn(view({ language: "en" }))[0], 'class="as-of" data-text="as of 09:00:00"');
  assert.ok(timesIn(view()).length >= 3);
  const past = view({ statement: statement({ period: "2026-10", status: "closed" }), open_windows: null });
  assert.deepEqual(timesIn(past), []);
});
