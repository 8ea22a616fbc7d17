/** The shared environment of a test file: one Chromium, and one service with its own database. */

import type { Browser } from "playwright-core";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { type Client, ServiceProcess } from "../support/service.ts";
import { findChromium, INSTALL_HINT, startChromium } from "./chromium.ts";
import { Viewer, type ViewerOptions } from "./viewer.ts";

/** A running browser and service. */
export class BrowserEnvironment implements AsyncDisposable {
  readonly browser: Browser;
  readonly service: ServiceProcess;
  readonly #database: TestDatabase & AsyncDisposable;

  private constructor(browser: Browser, service: ServiceProcess, database: TestDatabase & AsyncDisposable) {
    this.browser = browser;
    this.service = service;
    this.#database = database;
  }

  /** Starts the browser and the service. */
  static async create(): Promise<BrowserEnvironment> {
    const browser = await startChromium();
    const database = await createDatabase();
    const service = await ServiceProcess.start({ DATABASE_URL: database.url });
    return new BrowserEnvironment(browser, service, database);
  }

  /** The client of the API, with the admin key. */
  get client(): Client {
    return this.service.client;
  }

  /** Opens a company's page through a link, runs the work and asserts VIEW-1 to VIEW-3. Contacts are masked by default. */
  async withViewer(
    company: string,
    options: ViewerOptions,
    work: (viewer: Viewer) => Promise<void>,
  ): Promise<void> {
    await using viewer = await Viewer.open(this.browser, options.origin ?? this.service.url, options);
    await viewer.page.goto(await this.createLink(company, { sees_contacts: options.sees_contacts ?? false }));
    await work(viewer);
    await viewer.assertNoFaults();
  }

  /** Creates a one-time link to a company's page, and returns its path. */
  async createLink(company: string, { sees_contacts = false } = {}): Promise<string> {
    const body = { ttl_seconds: 3_600, sees_contacts };
    const session = await this.client.ok("POST", `/v1/companies/${company}/viewer_sessions`, body);
    const { pathname, search } = new URL(session.url);
    return pathname + search;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.service[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
  }
}

/** Declares a test that receives the environment of its file. */
export type BrowserTest = (name: string, test: (environment: BrowserEnvironment) => Promise<void>) => void;

/**
 * Creates an environment for the tests of a file and disposes it after the last one. Without Chromium the tests are
 * skipped, with the reason in their names; under `CI` they fail.
 *
 * @param prepare sets up the data of the file's tests
 */
export function browserTests(
  prepare: (environment: BrowserEnvironment) => Promise<void> = async () => {},
): BrowserTest {
  const ignore = findChromium() === undefined && Deno.env.get("CI") === undefined;
  let environment: BrowserEnvironment | undefined;
  if (!ignore) {
    Deno.test.beforeAll(async () => {
      environment = await BrowserEnvironment.create();
      await prepare(environment);
    });
    Deno.test.afterAll(async () => await environment?.[Symbol.asyncDispose]());
  }
  return (name, test) => {
    const title = ignore ? `${name} (skipped without Chromium: ${INSTALL_HINT})` : name;
    // The output of the service and of Chromium is read across tests.
    const shared = { sanitizeOps: false, sanitizeResources: false };
    Deno.test(title, { ignore, ...shared }, async () => await test(environment!));
  };
}
