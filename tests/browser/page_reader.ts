/** Reads numbers and texts from the visible page, and knows which numbers no test has read. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** Reads numbers, and writes numbers and dates, in the format of a locale. */
export class NumberReader {
  readonly #group: string;
  readonly #decimal: string;
  readonly locale: string;

  constructor(locale: string) {
    this.locale = locale;
    const parts = new Intl.NumberFormat(locale).formatToParts(12345.6);
    const sign = (type: string) => parts.find((part) => part.type === type)!.value;
    this.#group = sign("group");
    this.#decimal = sign("decimal");
  }

  /** Returns the number in a text such as `−1.234 créditos` or `R$ 37,32`, or null without one. */
  number(text: string): number | null {
    const plain = text.replaceAll(this.#group, "").replace(this.#decimal, ".").replaceAll(/[−‑–]/g, "-");
    const found = plain.match(/(-?)[^\d-]*(\d+(?:\.\d+)?)/);
    return found === null ? null : Number(`${found[1]}${found[2]}`);
  }

  /** Formats a whole number, with a sign if `signed`. */
  credits(amount: number, sign: "plain" | "signed" = "plain"): string {
    return this.#format(amount, { signDisplay: sign === "signed" ? "exceptZero" : "auto" });
  }

  /** Formats money from a decimal string. */
  money(amount: string, currency: string, sign: "plain" | "signed" = "plain"): string {
    const signDisplay = sign === "signed" ? "exceptZero" : "auto";
    return this.#format(amount, { style: "currency", currency, maximumFractionDigits: 6, signDisplay });
  }

  /** Formats a date. */
  date(date: string, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.locale, { ...options, timeZone: "UTC" }).format(Date.parse(date));
  }

  /** Formats a date as the page's sentences do, such as `25 de novembro`. */
  day(date: string): string {
    return this.date(date, { day: "numeric", month: "long" });
  }

  /** Formats a month, such as `novembro de 2026`. */
  month(month: string): string {
    return this.date(`${month}-01`, { month: "long", year: "numeric" });
  }

  #format(amount: number | string, options: Intl.NumberFormatOptions): string {
    const format = new Intl.NumberFormat(this.locale, options);
    return collapsed(format.format(amount as Intl.StringNumericLiteral));
  }
}

/**
 * Asserts that a text has these values, in this order, and no other number.
 *
 * @throws {assert.AssertionError} with the text
 */
export function assertValues(text: string, values: readonly string[], what: string): void {
  let rest = text;
  for (const value of values) {
    const at = rest.indexOf(value);
    const is_next = at >= 0 && !/\d/.test(rest.slice(0, at));
    assert.ok(is_next, `${what}: "${value}" is not the next value of "${text}"`);
    rest = rest.slice(at + value.length);
  }
  assert.doesNotMatch(rest, /\d/, `${what}: "${text}" has more than ${JSON.stringify(values)}`);
}

/** Asserts that a text is a percentage that differs from an exact share by less than one. */
export function assertPercent(reader: NumberReader, text: string, exact: number, what: string): void {
  const found = reader.number(text);
  assert.ok(found !== null && text.includes("%"), `${what}: "${text}" is no percentage`);
  assert.ok(Math.abs(found - exact) <= 1, `${what}: "${text}" of ${exact} %`);
}

/** The selectors that were read on a page, and whether only the first element was. */
const READ = new WeakMap<Page, Map<string, "first" | "all">>();

function noteRead(page: Page, selector: string, which: "first" | "all"): void {
  const selectors = READ.get(page) ?? READ.set(page, new Map()).get(page)!;
  if (selectors.get(selector) !== "all") selectors.set(selector, which);
}

/** Forgets what was read on a page. */
export function beginReading(page: Page): void {
  READ.delete(page);
}

/** The scale of a chart, the filters, the time that is left of the day, and as of when a part is. */
const NO_FIGURES = [".plot", ".filters", "[data-countdown]", ".as-of"];

/** Returns the texts of the page with a digit that were not read. */
export async function numbersNotRead(page: Page): Promise<string[]> {
  const read = [...READ.get(page) ?? [], ...NO_FIGURES.map((selector) => [selector, "all"])];
  const found = page.evaluate<string[]>(`(() => {
    const read = new Set(${JSON.stringify(read)}.flatMap(([selector, which]) => {
      const all = [...document.querySelectorAll(selector)];
      return which === "first" ? all.slice(0, 1) : all;
    }));
    const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const missing = [];
    while (texts.nextNode()) {
      const { data, parentElement } = texts.currentNode;
      let above = parentElement;
      while (above !== null && !read.has(above)) above = above.parentElement;
      if (/\\d/.test(data) && above === null) missing.push(parentElement.localName + ": " + data);
    }
    return missing;
  })()`);
  // Without script the page cannot be searched.
  return await found.catch(() => []);
}

/** Returns the text of the first element that matches. */
export async function textOf(page: Page, selector: string): Promise<string> {
  noteRead(page, selector, "first");
  return (await readTexts(page, selector))[0] ?? "";
}

/** Returns the texts of all elements that match. */
export async function textsOf(page: Page, selector: string): Promise<string[]> {
  noteRead(page, selector, "all");
  return await readTexts(page, selector);
}

/** Reads texts without the time as of which a part is. */
async function readTexts(page: Page, selector: string): Promise<string[]> {
  const texts = await page.locator(selector).evaluateAll((all) =>
    all.map((element) => {
      const copy = element.cloneNode(true) as typeof element;
      for (const time of copy.querySelectorAll(".as-of")) time.remove();
      return copy.textContent ?? "";
    })
  );
  return texts.map(collapsed);
}

/** Returns the texts of the cells of each row, even in a closed table. */
export async function cellsOf(page: Page, rows: string): Promise<string[][]> {
  noteRead(page, rows, "all");
  const cells = await page.locator(rows).evaluateAll((all) =>
    all.map((row) => [...row.children].map(({ textContent }) => textContent ?? ""))
  );
  return cells.map((row) => row.map(collapsed));
}

/** Returns the terms of a description list, each with its description. */
export async function factsOf(page: Page, list: string): Promise<Map<string, string>> {
  noteRead(page, list, "all");
  const facts = await page.locator(`${list} > div`).evaluateAll((all) =>
    all.map((item) => ["dt", "dd"].map((part) => item.querySelector(part)?.textContent ?? ""))
  );
  return new Map(facts.map(([term, text]) => [collapsed(term!), collapsed(text!)]));
}

/** Collapses white space as the browser shows it, also in formatted amounts. */
export function collapsed(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
