import assert from "node:assert/strict";
import { creditsPage } from "../../src/web/report/page.tsx";
import type { PageView, Receipt } from "../../src/web/report/view.ts";
import { en } from "../../src/web/strings/en.ts";
import { pt } from "../../src/web/strings/pt.ts";
import { entry, history, receipt, statement, textOf, view } from "./page_views.ts";

Deno.test("a removed contact is shown as removed, with the possible reasons", () => {
  const window = { ...entry().window!, contact: null };
  const open = { ...view().open_windows!.data[0]!, contact: null };
  for (const [language, { history: texts }] of [["pt-BR", pt], ["en", en]] as const) {
    const html = creditsPage(view({
      language,
      open_windows: { data: [open], next_cursor: null },
      history: history(entry({ window })),
    }));
    const removed = html.split(
      `<abbr title="${texts.contact_removed_reason}">${texts.contact_removed}</abbr>`,
    );
    assert.equal(removed.length - 1, 2, language);
  }
});

Deno.test("a phone that the reader sees in full is written as a masked one is, and a BSUID as it is", () => {
  const shown = (contact: string) => {
    const html = creditsPage(view({ history: history(entry({ window: { ...entry().window!, contact } })) }));
    return textOf(html.match(/<td[^>]* class="contact">.*?<\/td>/g)!.at(-1)!).trim();
  };
  assert.deepEqual(
    ["5511987654321", "551130000001", "351912345678", "BR.1001", "+55 11 •••••-4321"].map(shown),
    ["+55 11 98765-4321", "+55 11 3000-0001", "+351912345678", "BR.1001", "+55 11 •••••-4321"],
  );
});

Deno.test("the history has a search for a reader who sees contacts only", () => {
  const field = (changed: Partial<PageView>) =>
    creditsPage(view(changed)).match(/<label class="search">.*?<\/label>/s)?.[0];
  assert.equal(field({}), undefined);
  assert.equal(textOf(field({ sees_contacts: true })!).trim(), pt.history.search);
  assert.equal(textOf(field({ sees_contacts: true, language: "en" })!).trim(), en.history.search);
  const search = { by: "contact", error: null } as const;
  const parameters = { search: `"><script>` };
  assert.match(field({ sees_contacts: true, search, parameters })!, / value="&quot;&gt;&lt;script&gt;"/);
});

Deno.test("only the receipt of a removed contact says why the contact is missing", () => {
  const { contact: term, contact_removed_reason } = pt.history;
  const opened = (changed: Partial<PageView["receipt"] & object>) =>
    textOf(creditsPage(view({ receipt: receipt(changed) })));
  const gone = opened({ window: { ...entry().window!, contact: null } });
  assert.ok(gone.includes(`${term} ${contact_removed_reason}`));
  assert.ok(!opened({}).includes(contact_removed_reason));
  assert.ok(!opened({ window: null }).includes(contact_removed_reason));
});

Deno.test("a late entry is marked as late, and a reversal has a plus sign", () => {
  const late = entry({ seq: 9, type: "reversal", credits: 3, late: true, excess_after: 4 });
  const html = creditsPage(view({ history: history(late) }));
  assert.match(textOf(html), /Devolução · Conversa recebida atrasado \+55 11 •••••-7777 \+3 4 exc\./);
});

Deno.test("an entry that was recorded after its month was closed has a mark of its own", () => {
  for (const [language, { history: texts }] of [["pt-BR", pt], ["en", en]] as const) {
    const late = entry({ type: "reversal", credits: 1, late: true, after_close: true });
    const html = creditsPage(view({ language, history: history(late) }));
    const marks = [...html.matchAll(/<abbr class="late" title="(.*?)">(.*?)<\/abbr>/g)];
    assert.deepEqual(marks.map(([, title, text]) => [title, text]), [[
      texts.after_close_long.replaceAll("'", "&#39;"),
      texts.after_close.replaceAll("'", "&#39;"),
    ]]);
  }
});

Deno.test("the note about what came after the month's close links to exactly these entries, without other filters", () => {
  const late_entries = { ...statement(), consumed: -1, excess: -1, excess_amount: "-0.75", total: "-0.75" };
  const october = statement({ period: "2026-10", status: "closed", late_entries });
  const parameters = { month: "2026-10", from: "2026-10-05", type: "grant", by: "number", lang: "en" };
  const html = creditsPage(view({ language: "en", statement: october, statements: [october], parameters }));
  const href = "?lang=en&amp;month=2026-10&amp;after_close=true#history";
  assert.equal(html.split(`href="${href}"`).length - 1, 2, "from the statement and from the table of months");
  assert.match(textOf(html), /after the month's close: -1 credits used, -R\$0\.75\. See these entries/);
});

Deno.test("an entry has its time, with the date if it occurred on another one", () => {
  const when = (changed: Parameters<typeof entry>[0]) => {
    const html = creditsPage(view({ history: history(entry(changed)) }));
    return textOf(html.match(/<td[^>]* class="when">.*?<\/td>/)![0]).trim();
  };
  // In São Paulo 02:59:59 UTC is 23:59 of the day before.
  const late_evening = { local_date: "2026-11-30", occurred_at: "2026-12-01T02:59:59Z" };
  assert.equal(when(late_evening), "23:59");
  const expiry = { type: "expiry", local_date: "2026-11-30", occurred_at: "2026-12-01T03:00:00Z" } as const;
  assert.equal(when(expiry), "1 de dez., 00:00");
  const failed_next_day = {
    type: "reversal",
    local_date: "2026-11-02",
    occurred_at: "2026-11-03T04:30:00Z",
  } as const;
  assert.equal(when(failed_next_day), "3 de nov., 01:30");
});

Deno.test("each date of the history has its number of entries and their sum", () => {
  const shown = (days: PageView["history"]["days"], language: "pt-BR" | "en" = "pt-BR") => {
    const data = [entry({ seq: 4 }), entry({ seq: 3 }), entry({ seq: 2, local_date: "2026-11-02" })];
    const html = creditsPage(view({ language, history: { data, days, next_cursor: null } }));
    return [...html.matchAll(/<tr role="row" class="day".*?<\/tr>/g)].map(([row]) => textOf(row).trim());
  };
  const whole = [
    { local_date: "2026-11-03", entries: 2, credits: -2 },
    { local_date: "2026-11-02", entries: 1, credits: -1 },
  ];
  assert.deepEqual(shown(whole), ["3 de nov. 2 lançamentos -2", "2 de nov. 1 lançamento -1"]);
  assert.deepEqual(shown(whole, "en"), ["Nov 3 2 entries -2", "Nov 2 1 entry -1"]);
  const of_many_pages = [{ local_date: "2026-11-03", entries: 1_200, credits: 800 }];
  assert.deepEqual(shown(of_many_pages), ["3 de nov. 2 de 1.200 lançamentos nesta página +800"]);
});

Deno.test("a receipt is shown even if its entry is on another page of the history", () => {
  const html = creditsPage(view({ receipt: receipt({ seq: 4_000 }) }));
  // The number has no separators, as in the API and the CSV.
  assert.match(textOf(html), /Recibo nº 4000 Fechar o recibo Cobramos 1 crédito porque o cliente escreveu\./);
});

Deno.test("a receipt says what its credits cost in money, or that the package has paid for them", () => {
  const amount = (changed: Partial<Receipt>, language: "pt-BR" | "en" = "pt-BR") => {
    const html = creditsPage(view({ language, receipt: receipt(changed) }));
    const term = language === "en" ? en.receipt.amount : pt.receipt.amount;
    return textOf(html.match(new RegExp(`<dt>${term}</dt><dd>(.*?)</dd>`))?.[1] ?? "").replaceAll(
      "\u00a0",
      " ",
    );
  };
  const price = { excess_amount: "0.12", excess_credit_price: "0.12", currency: "BRL" };
  assert.equal(amount({}), "nada a mais: créditos do pacote, já pago");
  assert.equal(
    amount({ prepaid: 0, excess: -1, ...price }),
    "R$ 0,12: 1 de excedente a R$ 0,12 por crédito",
  );
  assert.equal(
    amount({ credits: -3, prepaid: -2, excess: -1, ...price }, "en"),
    "R$0.12: 1 of excess at R$0.12 per credit; the rest is of the package, which is paid for",
  );
  assert.equal(
    amount({ credits: 1, prepaid: 0, excess: 1, ...price, excess_amount: "-0.12" }),
    "-R$ 0,12: 1 de excedente a R$ 0,12 por crédito",
  );
  assert.equal(amount({ prepaid: 0, excess: -1 }), "excedente sem preço combinado");
  assert.equal(amount({ feature: null, type: "grant", prepaid: 100 }), "");
});

Deno.test("the receipt of an entry after the month's close says that it is in the statement's correction", () => {
  const of = (changed: Partial<Receipt>) => textOf(creditsPage(view({ receipt: receipt(changed) })));
  const line = `${pt.statement.heading} ${pt.receipt.after_close}`;
  assert.ok(of({ late: true, after_close: true }).includes(line));
  assert.ok(!of({ late: true }).includes(line));
});

Deno.test("the receipt of a use has the source of its credits, and that of a grant has not", () => {
  const of = (changed: Partial<Receipt>) => textOf(creditsPage(view({ receipt: receipt(changed) })));
  assert.match(of({}), /De onde 1 do pacote/);
  assert.doesNotMatch(of({ type: "grant", feature: null, direction: "none", prepaid: 100 }), /De onde/);
});
