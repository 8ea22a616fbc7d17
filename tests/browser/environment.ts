/** What the tests of one file share: one Chromium, and one service on a database of its own. */

import type { Browser } from "playwright-core";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { type Client, ServiceProcess } from "../support/service.ts";
import { findChromium, REMEDY, startChromium } from "./chromium.ts";
import { type Eyes, Viewer } from "./viewer.ts";

/** A browser and a service, ready. */
export class Stage implements AsyncDisposable {
  readonly browser: Browser;
  readonly service: ServiceProcess;
  readonly #database: TestDatabase & AsyncDisposable;

  private constructor(browser: Browser, service: ServiceProcess, database: TestDatabase & AsyncDisposable) {
    this.browser = browser;
    this.service = service;
    this.#database = database;
  }

  static async set(): Promise<Stage> {
    const browser = await startChromium();
    const database = await createDatabase();
    const service = await ServiceProcess.start({ DATABASE_URL: database.url });
    return new Stage(browser, service, database);
  }

  get client(): Client {
    return this.service.client;
  }

  /** Opens the page of a company through a link, lets the work be done, and holds the page to V1 to V3. */
  async watch(company: string, eyes: Eyes, work: (viewer: Viewer) => Promise<void>): Promise<void> {
    await using viewer = await Viewer.open(this.browser, eyes.origin ?? this.service.url, eyes);
    await viewer.page.goto(await this.link(company));
    await work(viewer);
    await viewer.assertSound();
  }

  /** The path of a link that opens the page of a company, once. */
  async link(company: string, ttl_seconds = 3_600): Promise<string> {
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
export type StageTest = (name: string, test: (stage: Stage) => Promise<void>) => void;

/**
 * Sets a stage for the tests of a file, and takes it down after the last of them. Where there is no Chromium they
 * are skipped, and their names say why; under `CI` it is a fault that there is none.
 *
 * @param prepare what all tests of the file begin with
 */
export function onStage(prepare: (stage: Stage) => Promise<void> = async () => {}): StageTest {
  const ignore = findChromium() === undefined && Deno.env.get("CI") === undefined;
  let stage: Stage | undefined;
  if (!ignore) {
    Deno.test.beforeAll(async () => {
      stage = await Stage.set();
      await prepare(stage);
    });
    Deno.test.afterAll(async () => await stage?.[Symbol.asyncDispose]());
  }
  return (name, test) => {
    const shown = ignore ? `${name} (skipped, for it needs Chromium: ${REMEDY})` : name;
    // What the service says and what Chromium tells is read from before a test until after it.
    const shared = { sanitizeOps: false, sanitizeResources: false };
    Deno.test(shown, { ignore, ...shared }, async () => await test(stage!));
  };
}
