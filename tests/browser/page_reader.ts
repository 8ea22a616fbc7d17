/** Reads numbers and texts from the visible page. */

import type { Page } from "playwright-core";

/** Reads numbers, and writes dates, in the format of a locale. */
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

  /** Formats a date. */
  date(date: string, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.locale, { ...options, timeZone: "UTC" }).format(Date.parse(date));
  }
}

/** Returns the text of the first element that matches. */
export async function textOf(page: Page, selector: string): Promise<string> {
  return collapsed(await page.locator(selector).first().textContent() ?? "");
}

/** Returns the texts of the cells of each row, even in a closed table. */
export async function cellsOf(page: Page, rows: string): Promise<string[][]> {
  const cells = await page.locator(rows).evaluateAll((all) =>
    all.map((row) => [...row.children].map(({ textContent }) => textContent ?? ""))
  );
  return cells.map((row) => row.map(collapsed));
}

/** Returns the terms of a description list, each with the main part of its description. */
export async function factsOf(page: Page, list: string): Promise<Map<string, string>> {
  const facts = await page.locator(`${list} > div`).evaluateAll((all) =>
    all.map((item) => [
      item.querySelector("dt")?.textContent ?? "",
      [...item.querySelector("dd")?.childNodes ?? []].filter(({ nodeName }) => nodeName !== "SMALL")
        .map(({ textContent }) => textContent).join(""),
    ])
  );
  return new Map(facts.map(([term, text]) => [collapsed(term!), collapsed(text!)]));
}

/** Collapses white space as the browser shows it. */
function collapsed(text: string): string {
  return text.replaceAll(/[ \t\r\n]+/g, " ").trim();
}
