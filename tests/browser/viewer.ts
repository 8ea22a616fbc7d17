/**
 * Somebody who watches the page in a browser of their own. Whatever a test looks at, a viewer is held to what must
 * be true of every page:
 *
 * - V1 the console has no error, and nothing throws;
 * - V2 nothing is asked of another origin;
 * - V3 the page is never wider than its window.
 */

import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { sleep } from "../../src/time/sleep.ts";

/** The page, by its address. */
export const REPORT_PATH = "/reports/credits";

/** How somebody looks at the page. */
export interface ViewerOptions {
  /** Asked for by `Accept-Language`. Default: `pt-BR`. */
  readonly language?: "pt-BR" | "en";
  /** Of the window, in CSS pixels. Default: 1440. */
  readonly width?: number;
  readonly colours?: "light" | "dark";
  /** Default: true. */
  readonly script?: boolean;
  /** Where the service is reached, when it is through something else. */
  readonly origin?: string;
  /** Errors of the console that the test itself brings about, such as those of a connection it cuts. */
  readonly expected?: RegExp;
}

/** How long anything may take that must come in the end: no test passes by being fast. */
const TIMEOUT_MS = 20_000;

export class Viewer implements AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly origin: string;
  /** What broke V1 or V2 so far. */
  readonly faults: string[] = [];
  readonly #expected: RegExp | undefined;
  #documents = 0;

  private constructor(context: BrowserContext, page: Page, origin: string, eyes: ViewerOptions) {
    this.context = context;
    this.page = page;
    this.origin = origin;
    this.#expected = eyes.expected;
    this.#listen(page);
  }

  static async open(browser: Browser, origin: string, eyes: ViewerOptions): Promise<Viewer> {
    const context = await browser.newContext({
      baseURL: origin,
      locale: eyes.language ?? "pt-BR",
      viewport: { width: eyes.width ?? 1_440, height: 900 },
      colorScheme: eyes.colours ?? "light",
      javaScriptEnabled: eyes.script ?? true,
      // A machine far away from the company's zone: nothing on the page may be told by the browser's own clock.
      timezoneId: "Asia/Kathmandu",
    });
    context.setDefaultTimeout(TIMEOUT_MS);
    return new Viewer(context, await context.newPage(), origin, eyes);
  }

  /** How many documents were loaded: it stays what it is while the page moves by itself. */
  get documents(): number {
    return this.#documents;
  }

  /** Another tab of the same browser, held to the same. */
  async openTab(path = REPORT_PATH): Promise<Page> {
    const tab = await this.context.newPage();
    this.#listen(tab);
    await tab.goto(path);
    return tab;
  }

  /** The number that leads the page, as it is read. */
  async leadNumber(page: Page = this.page): Promise<string> {
    return (await page.locator("#balance .number strong").textContent())!;
  }

  /** Waits until the leading number reads so. */
  async waitForLead(text: string, page: Page = this.page): Promise<void> {
    await page.locator("#balance .number strong", { hasText: exactly(text) }).waitFor();
  }

  /** Waits until the connection mark reads so, and nothing else. */
  async waitForMark(text: RegExp, page: Page = this.page): Promise<void> {
    const mark = page.getByRole("status");
    for (const begun = performance.now(); performance.now() - begun < TIMEOUT_MS;) {
      if (text.test(await mark.innerText())) return;
      await sleep(20);
    }
    assert.match(await mark.innerText(), text);
  }

  /** @throws {assert.AssertionError} that names what was broken */
  async assertNoFaults(): Promise<void> {
    assert.deepEqual(this.faults, []);
    await assertNoSidewaysScroll(this.page);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }

  #listen(page: Page): void {
    const fault = (text: string) => {
      if (this.#expected?.test(text) !== true) this.faults.push(text);
    };
    page.on("console", (message) => {
      if (message.type() === "error") fault(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => fault(`thrown: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.origin !== this.origin) this.faults.push(`elsewhere: ${url}`);
    });
    page.on("domcontentloaded", () => void this.#documents++);
  }
}

/** @throws {assert.AssertionError} that names the width and the elements that stick out */
export async function assertNoSidewaysScroll(page: Page): Promise<void> {
  const found = await page.evaluate<{ width: number; content: number; wide: string[] }>(`(() => {
    const { clientWidth: width, scrollWidth: content } = document.documentElement;
    const wide = content <= width ? [] : [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => element.outerHTML.slice(0, 120)).slice(0, 5);
    return { width, content, wide };
  })()`).catch(() => undefined);
  // Without script there is nothing to measure with.
  if (found === undefined) return;
  assert.ok(found.content <= found.width, `wider than ${found.width} px: ${JSON.stringify(found)}`);
}

/** Matches a text that is this and nothing else. */
function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
}
