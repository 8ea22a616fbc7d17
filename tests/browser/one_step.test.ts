/** One message of the stream moves every number that depends on the balance in one step. */

import assert from "node:assert/strict";
import { createCompany, moveClockTo, receiveMessages, reportUsage, setPackage } from "./scenes.ts";
import { browserTests } from "./environment.ts";

const test = browserTests(({ client }) => moveClockTo(client, "2031-03-10T10:00"));

/** Records the numbers of the page whenever any of them has changed. */
const RECORD = `(() => {
  const textOf = (selector) => document.querySelector(selector)?.textContent ?? "";
  const numbers = () => ({
    excess: textOf(".facts [data-figure=excess]"),
    legend: textOf("#month .key [data-figure=excess]"),
    amount: textOf(".facts [data-figure=excess_amount]"),
    total: textOf(".facts [data-figure=total]"),
    used: textOf(".facts [data-figure=consumed]"),
    share: textOf(".share-text [data-figure=share]"),
    row: textOf("#month-table tbody tr:last-child td:last-child"),
    month: [...document.querySelectorAll(".months tbody tr:first-child [data-figure]")].map((one) => one.textContent),
    mark: document.querySelector("#month .now").getAttribute("cy"),
    line: document.querySelector("#month [data-line=excess]").getAttribute("d").replace(/.*,/, ""),
  });
  window.recorded = [numbers()];
  new MutationObserver(() => {
    const now = numbers();
    if (JSON.stringify(now) !== JSON.stringify(window.recorded.at(-1))) window.recorded.push(now);
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
})()`;

/** Rounds thousandths to whole per cent, a half to even. */
function wholePerCent(thousandths: number): number {
  const [below, rest] = [Math.floor(thousandths / 10), thousandths % 10];
  return rest > 5 || (rest === 5 && below % 2 === 1) ? below + 1 : below;
}

interface Recorded {
  readonly excess: string;
  readonly legend: string;
  readonly amount: string;
  readonly total: string;
  readonly used: string;
  readonly share: string;
  readonly row: string;
  readonly month: readonly string[];
  readonly mark: string;
  readonly line: string;
}

test("credits, legend, money, share, chart and totals move together while traffic runs", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "um-passo");
  await setPackage(client, company, 1_000);
  await reportUsage(client, company, "run", 1_850);
  await environment.withViewer(company.company, {}, async (viewer) => {
    const { page } = viewer;
    await viewer.waitForMark(/^ao vivo$/);
    await page.evaluate(RECORD);
    for (let number = 1; number <= 20; number++) {
      await receiveMessages(client, company, number);
      // A slow browser draws several messages in one step: every second one is waited for.
      if (number % 2 === 0) {
        await page.locator(".facts [data-figure=excess]", { hasText: `${850 + number}` }).waitFor();
      }
    }
    await page.locator("tr[id^=entry-]", { hasText: "•" }).nth(19).waitFor();
    const recorded = await page.evaluate<Recorded[]>("window.recorded");
    assert.ok(recorded.length > 5, `only ${recorded.length} steps`);
    const seen: number[] = [];
    for (const step of recorded) {
      const excess = Number(step.excess);
      seen.push(excess);
      const money = (amount: number) =>
        new Intl.NumberFormat("pt-BR", { style: "currency", currency: "BRL" }).format(amount);
      const amount = money(excess * 0.12);
      const total = money(135 + excess * 0.12);
      const used = new Intl.NumberFormat("pt-BR").format(1_000 + excess);
      assert.deepEqual(step, {
        excess: step.excess,
        legend: step.excess,
        amount,
        total,
        used,
        share: `${wholePerCent(1_000 + excess)}%`,
        row: step.excess,
        month: [used, step.excess, amount, total],
        mark: step.line,
        line: step.line,
      });
    }
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b), "a number went back");
    assert.equal(recorded.at(-1)!.amount.replaceAll(/\s/g, " "), "R$ 104,40");
  });
});

test("a package that runs out on an open page turns to excess in one step", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "virada");
  await setPackage(client, company, 100);
  await reportUsage(client, company, "run", 99);
  await environment.withViewer(company.company, {}, async (viewer) => {
    const { page } = viewer;
    await viewer.waitForMark(/^ao vivo$/);
    await page.evaluate(`(() => {
      const textOf = (selector) => document.querySelector(selector)?.textContent ?? "";
      const state = () => [
        textOf("#balance .number strong"), textOf(".facts [data-figure=excess]"), textOf(".share-text [data-figure=share]"),
        textOf("#month .key [data-figure=excess]"), textOf(".facts [data-figure=total]"),
      ].join(" ").replaceAll(/\\s+/g, " ").trim();
      window.states = [state()];
      new MutationObserver(() => state() === window.states.at(-1) || window.states.push(state()))
        .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    })()`);
    await reportUsage(client, company, "more", 3);
    await page.locator("#month .key [data-figure=excess]", { hasText: "2" }).waitFor();
    const states = await page.evaluate<string[]>("window.states");
    assert.equal(states.at(0), "1 0 99% R$ 135,00");
    assert.equal(states.at(-1), "0 2 102% 2 R$ 135,24");
    const possible = /^(1 0 99% R\$ 135,00|0 0 100% R\$ 135,00|0 1 101% 1 R\$ 135,12|0 2 102% 2 R\$ 135,24)$/;
    for (const state of states) assert.match(state, possible);
  });
});

/** A state of the page: numbers that mean the same, and whether its tables say as of when they are. */
interface Tables {
  readonly used: string;
  readonly today: string;
  readonly by_feature: string;
  readonly by_day: string;
  readonly parts: readonly string[];
  readonly tip: string;
  readonly as_of: readonly string[];
}

test("the tables show the balance, or say as of when they are, and a shown tooltip moves with its table", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "mesma-versao");
  await setPackage(client, company, 1_000);
  await reportUsage(client, company, "run", 10);
  await receiveMessages(client, company, 100, 101);
  await environment.withViewer(company.company, {}, async (viewer) => {
    const { page } = viewer;
    await viewer.waitForMark(/^ao vivo$/);
    await page.locator("#daily .cursor").focus();
    await page.keyboard.press("End");
    await page.evaluate(`(() => {
      const textOf = (selector) => document.querySelector(selector).textContent;
      const cells = () => [...document.querySelector("#daily-table tbody tr:last-child").cells].slice(1);
      const seen = () => [...document.querySelectorAll(".as-of")]
        .filter((note) => getComputedStyle(note, "::before").visibility === "visible").map((note) => note.dataset.text);
      const state = () => ({
        used: textOf(".facts [data-figure=consumed]"),
        today: textOf("#month-table tbody tr:last-child td"),
        by_feature: textOf(".features tfoot td:nth-of-type(2)"),
        by_day: cells().at(-1).textContent,
        parts: cells().slice(0, -1).map((cell) => cell.textContent),
        tip: document.querySelector("#daily .tip b:last-of-type").textContent,
        as_of: seen(),
      });
      window.states = [state()];
      new MutationObserver(() => window.states.push(state()))
        .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    })()`);
    for (let number = 1; number <= 20; number++) await receiveMessages(client, company, number);
    await page.locator(".features tfoot td", { hasText: /^32$/ }).waitFor();
    const states = await page.evaluate<Tables[]>("window.states");
    for (const { used, today, by_feature, by_day, parts, tip, as_of } of states) {
      const text = JSON.stringify({ used, today, by_feature, by_day, parts, tip, as_of });
      assert.equal(parts.reduce((sum, part) => sum + Number(part), 0), Number(by_day), text);
      assert.equal(by_feature, by_day, text);
      assert.equal(tip, by_day, text);
      assert.equal(today, used, text);
      if (as_of.length === 0) assert.equal(by_feature, used, text);
      else assert.ok(as_of.length >= 3 && as_of.every((each) => /^até 10:\d\d:\d\d$/.test(each)), text);
    }
    assert.ok(states.some(({ as_of }) => as_of.length > 0), "no balance came between two renderings");
    assert.equal(states.at(-1)!.as_of.length, 0);
  });
});

test("on a quiet page the whole page moves with the balance, in one step", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "quieta");
  await setPackage(client, company, 1_000);
  await reportUsage(client, company, "run", 10);
  await environment.withViewer(company.company, {}, async (viewer) => {
    const { page } = viewer;
    await viewer.waitForMark(/^ao vivo$/);
    await page.evaluate(`(() => {
      const textOf = (selector) => document.querySelector(selector).textContent;
      const state = () => [textOf(".facts [data-figure=consumed]"), textOf(".features tfoot td:nth-of-type(2)")].join();
      window.states = [state()];
      new MutationObserver(() => state() === window.states.at(-1) || window.states.push(state()))
        .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      // A rendering takes as long as the machine lets it: the balance waits for this one.
      const now = window.setTimeout;
      window.setTimeout = (run, ms, ...rest) => now(run, ms === 250 ? 15000 : ms, ...rest);
    })()`);
    await reportUsage(client, company, "more", 3);
    await page.locator(".features tfoot td", { hasText: /^13$/ }).waitFor();
    assert.deepEqual(await page.evaluate<string[]>("window.states"), ["10,10", "13,13"]);
  });
});

test("after midnight no use of the new day is written into the row of the day before", async (environment) => {
  const { client } = environment;
  const company = await createCompany(client, "meia-noite");
  await setPackage(client, company, 1_000);
  await moveClockTo(client, "2031-03-12T23:59");
  await reportUsage(client, company, "run", 50);
  await environment.withViewer(company.company, {}, async (viewer) => {
    const { page } = viewer;
    await viewer.waitForMark(/^ao vivo$/);
    const rendering = Promise.withResolvers<void>();
    await page.route(/\/meia-noite$/, async (route) => {
      await rendering.promise;
      await route.continue();
    });
    await page.evaluate(`(() => {
      const rows = () => [...document.querySelectorAll("#month-table tbody tr")];
      const state = () => rows().map((row) => [row.cells[0], row.cells[1], row.cells[2]].map((cell) => cell.textContent).join(" "));
      window.states = [state()];
      new MutationObserver(() => window.states.push(state()))
        .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    })()`);
    const requested = page.waitForRequest(/\/meia-noite$/);
    await moveClockTo(client, "2031-03-13T00:01");
    await reportUsage(client, company, "next", 3);
    await requested;
    await reportUsage(client, company, "more", 4);
    await page.locator("body[data-behind]").waitFor();
    rendering.resolve();
    await page.locator("#month-table tbody tr").nth(12).waitFor({ state: "attached" });
    await viewer.waitForLead("943");
    const states = await page.evaluate<string[][]>("window.states");
    assert.deepEqual([...new Set(states.map((rows) => rows[11]))], ["12 de mar. 50 950"]);
    assert.equal(states.at(-1)![12], "13 de mar. 7 943");
  });
});
