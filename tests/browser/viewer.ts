/**
 * A viewer with their own browser context. Every viewer checks what must be true of every page:
 *
 * - VIEW-1 the console has no error, and nothing throws;
 * - VIEW-2 the page makes no request to another origin;
 * - VIEW-3 the page is never wider than its window.
 */

import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { sleep } from "../../src/time/sleep.ts";

/** The settings of a viewer's browser. */
export interface ViewerOptions {
  /** The language in `Accept-Language`. Default: `pt-BR`. */
  readonly language?: "pt-BR" | "en";
  /** The width of the window in CSS pixels. Default: 1440. */
  readonly width?: number;
  readonly colours?: "light" | "dark";
  /** Whether the screen is one for fingers. Default: false. */
  readonly touch?: boolean;
  /** Whether scripts run. Default: true. */
  readonly script?: boolean;
  /** Whether the session sees contacts in full. Default: false. */
  readonly sees_contacts?: boolean;
  /** The origin of a proxy in front of the service. */
  readonly origin?: string;
  /** Console errors that the test causes, such as those of a connection it cuts. */
  readonly expected?: RegExp;
}

/** The time limit for everything that a test waits for: long, because the first page on a busy machine takes 20 s. */
export const TIMEOUT_MS = 60_000;

/** A browser context with one page, checked for VIEW-1 to VIEW-3. */
export class Viewer implements AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly origin: string;
  /** The violations of VIEW-1 and VIEW-2 so far. */
  readonly faults: string[] = [];
  readonly #expected: RegExp | undefined;
  #documents = 0;

  private constructor(context: BrowserContext, page: Page, origin: string, options: ViewerOptions) {
    this.context = context;
    this.page = page;
    this.origin = origin;
    this.#expected = options.expected;
    this.#listen(page);
  }

  /** Opens a browser context for a viewer. */
  static async open(browser: Browser, origin: string, options: ViewerOptions): Promise<Viewer> {
    const context = await browser.newContext({
      baseURL: origin,
      locale: options.language ?? "pt-BR",
      viewport: { width: options.width ?? 1_440, height: 900 },
      colorScheme: options.colours ?? "light",
      hasTouch: options.touch ?? false,
      javaScriptEnabled: options.script ?? true,
      // Another time zone than the company's: no time on the page may depend on the browser's zone.
      timezoneId: "Asia/Kathmandu",
    });
    context.setDefaultTimeout(TIMEOUT_MS);
    return new Viewer(context, await context.newPage(), origin, options);
  }

  /** The number of loaded documents. Updates in place do not change it. */
  get documents(): number {
    return this.#documents;
  }

  /** Opens another tab in the same context, with the same checks. By default it shows the same page. */
  async openTab(path = new URL(this.page.url()).pathname): Promise<Page> {
    const tab = await this.context.newPage();
    this.#listen(tab);
    await tab.goto(path);
    return tab;
  }

  /** Returns the main number of the page as text. */
  async leadNumber(page: Page = this.page): Promise<string> {
    return (await page.locator("#balance .number strong").textContent())!;
  }

  /** Waits until the main number has a text. */
  async waitForLead(text: string, page: Page = this.page): Promise<void> {
    await page.locator("#balance .number strong", { hasText: exactly(text) }).waitFor();
  }

  /** Waits until the visible text of the connection mark matches. */
  async waitForMark(text: RegExp, page: Page = this.page): Promise<void> {
    const mark = page.getByRole("status");
    for (const begun = performance.now(); performance.now() - begun < TIMEOUT_MS;) {
      if (text.test(await mark.innerText())) return;
      await sleep(20);
    }
    assert.match(await mark.innerText(), text);
  }

  /**
   * Asserts VIEW-1 to VIEW-3.
   *
   * @throws {assert.AssertionError} with the violations
   */
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
    page.on("pageerror", (error) => fault(`exception: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol !== "data:" && url.origin !== this.origin) {
        this.faults.push(`request to another origin: ${url}`);
      }
    });
    page.on("domcontentloaded", () => void this.#documents++);
  }
}

/**
 * Asserts VIEW-3.
 *
 * @throws {assert.AssertionError} with the width and the elements that are too wide
 */
export async function assertNoSidewaysScroll(page: Page): Promise<void> {
  const found = await page.evaluate<{ width: number; content: number; wide: string[] }>(`(() => {
    const { clientWidth: width, scrollWidth: content } = document.documentElement;
    const wide = content <= width ? [] : [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => element.outerHTML.slice(0, 120)).slice(0, 5);
    return { width, content, wide };
  })()`).catch(() => undefined);
  // The page cannot be measured without script.
  if (found === undefined) return;
  assert.ok(found.content <= found.width, `wider than ${found.width} px: ${JSON.stringify(found)}`);
}

/** Returns an expression that matches exactly this text. */
function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
}
