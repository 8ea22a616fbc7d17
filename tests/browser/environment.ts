/** What the tests of one file share: one Chromium, and one service on a database of its own. */

import type { Browser } from "playwright-core";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { type Client, ServiceProcess } from "../support/service.ts";
import { findChromium, INSTALL_HINT, startChromium } from "./chromium.ts";
import { Viewer, type ViewerOptions } from "./viewer.ts";

/** A browser and a service, ready. */
export class BrowserEnvironment implements AsyncDisposable {
  readonly browser: Browser;
  readonly service: ServiceProcess;
  readonly #database: TestDatabase & AsyncDisposable;

  private constructor(browser: Browser, service: ServiceProcess, database: TestDatabase & AsyncDisposable) {
    this.browser = browser;
    this.service = service;
    this.#database = database;
  }

  static async create(): Promise<BrowserEnvironment> {
    const browser = await startChromium();
    const database = await createDatabase();
    const service = await ServiceProcess.start({ DATABASE_URL: database.url });
    return new BrowserEnvironment(browser, service, database);
  }

  get client(): Client {
    return this.service.client;
  }

  /** Opens the page of a company through a link, lets the work be done, and holds the page to V1 to V3. */
  async withViewer(
    company: string,
    eyes: ViewerOptions,
    work: (viewer: Viewer) => Promise<void>,
  ): Promise<void> {
    await using viewer = await Viewer.open(this.browser, eyes.origin ?? this.service.url, eyes);
    await viewer.page.goto(await this.createLink(company));
    await work(viewer);
    await viewer.assertNoFaults();
  }

  /** The path of a link that opens the page of a company, once. */
  async createLink(company: string, ttl_seconds = 3_600): Promise<string> {
    const made = await this.client.ok("POST", `/v1/companies/${company}/viewer_sessions`, { ttl_seconds });
    const { pathname, search } = new URL(made.url);
    return pathname + search;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.service[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
  }
}

/** A test that is given the stage of its file. */
export type BrowserTest = (name: string, test: (stage: BrowserEnvironment) => Promise<void>) => void;

/**
 * Sets a stage for the tests of a file, and takes it down after the last of them. Where there is no Chromium they
 * are skipped, and their names say why; under `CI` it is a fault that there is none.
 *
 * @param prepare what all tests of the file begin with
 */
export function browserTests(
  prepare: (stage: BrowserEnvironment) => Promise<void> = async () => {},
): BrowserTest {
  const ignore = findChromium() === undefined && Deno.env.get("CI") === undefined;
  let stage: BrowserEnvironment | undefined;
  if (!ignore) {
    Deno.test.beforeAll(async () => {
      stage = await BrowserEnvironment.create();
      await prepare(stage);
    });
    Deno.test.afterAll(async () => await stage?.[Symbol.asyncDispose]());
  }
  return (name, test) => {
    const shown = ignore ? `${name} (skipped, for it needs Chromium: ${INSTALL_HINT})` : name;
    // What the service says and what Chromium tells is read from before a test until after it.
    const shared = { sanitizeOps: false, sanitizeResources: false };
    Deno.test(shown, { ignore, ...shared }, async () => await test(stage!));
  };
}
