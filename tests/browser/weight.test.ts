/** The weight of the page: bytes, first paint, growth and motion. */

import assert from "node:assert/strict";
import type { Route } from "playwright-core";
import {
  type Company,
  createCompany,
  moveClockTo,
  receiveMessages,
  reportUsage,
  setPackage,
} from "./scenes.ts";
import { reportPath } from "../../src/web/report/href.ts";
import { browserTests } from "./environment.ts";
import { Viewer } from "./viewer.ts";

const COMPANY = "longa";
const ENTRIES = 10_000;
const BYTES_MAX = 60_000;

let company: Company;

const test = browserTests(async ({ client }) => {
  await moveClockTo(client, "2031-03-10T10:00");
  company = await createCompany(client, COMPANY);
  await setPackage(client, company, 9_000);
  await reportUsage(client, company, "run", ENTRIES);
});

test("HTML, style and script together are at most 60 kB compressed", async (environment) => {
  await using viewer = await Viewer.open(environment.browser, environment.service.url, {});
  const sizes = new Map<string, number>();
  const client = await viewer.context.newCDPSession(viewer.page);
  await client.send("Network.enable");
  const paths = new Map<string, string>();
  client.on("Network.responseReceived", ({ requestId, response }) => {
    paths.set(requestId, new URL(response.url).pathname);
  });
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const path = paths.get(requestId);
    if (path?.startsWith("/reports/")) sizes.set(path, encodedDataLength);
  });
  await viewer.page.goto(await environment.createLink(COMPANY), { waitUntil: "load" });
  await viewer.waitForMark(/^ao vivo$/);
  const kinds = ["", ".css", ".js"].map((ending) => [...sizes.keys()].find((path) => path.endsWith(ending)));
  assert.ok(kinds.every((path) => path !== undefined), `loaded only: ${[...sizes.keys()]}`);
  const sum = sizes.values().reduce((total, size) => total + size, 0);
  assert.ok(sum <= BYTES_MAX, `${sum} bytes: ${JSON.stringify([...sizes])}`);
});

test("the first paint has the main number, and does not wait for the script", async (environment) => {
  await using viewer = await Viewer.open(environment.browser, environment.service.url, {});
  const { page } = viewer;
  const blocked: Route[] = [];
  await page.route("**/*.js", (route) => void blocked.push(route));
  await page.goto(await environment.createLink(COMPANY), { waitUntil: "commit" });
  await page.locator("#balance .number strong").waitFor();
  await page.waitForFunction("performance.getEntriesByName('first-contentful-paint').length === 1");
  assert.equal(blocked.length, 1, "the script was not requested while it was blocked");
  assert.match(await page.getByRole("status").innerText(), /^dados de 10 de mar\., 10:\d\d/);
  for (const route of blocked) await route.continue();
  await viewer.waitForMark(/^ao vivo$/);
  await viewer.assertNoFaults();
});

test("10,000 entries are shown page by page, and the page does not grow", async (environment) => {
  await environment.withViewer(COMPANY, {}, async ({ page }) => {
    const rows = page.locator("tr[id^=entry-]");
    const seen: number[] = [];
    const elements: number[] = [];
    for (let turned = 0; turned < 20; turned++) {
      const ids = await rows.evaluateAll((all) => all.map(({ id }) => Number(id.slice("entry-".length))));
      seen.push(...ids);
      elements.push(await page.evaluate<number>("document.querySelectorAll('*').length"));
      await page.getByRole("link", { name: "Mais antigos" }).click();
      await page.locator(`#entry-${seen.at(-1)! - 1}`).waitFor();
    }
    // The grant is the first entry. Each use has its own entry.
    assert.deepEqual(seen, Array.from({ length: seen.length }, (_, i) => ENTRIES + 1 - i));
    assert.ok(seen.length >= 1_000, `${seen.length} entries on 20 pages`);
    const [, second] = elements;
    const grown = elements.slice(2).filter((count) => count > second! + 20);
    assert.deepEqual(grown, [], `elements: ${elements}`);
  });
});

test("the oldest of 10,000 entries is one filter away", async (environment) => {
  const { data } = await environment.client.ok(
    "GET",
    `/v1/companies/${COMPANY}/ledger?to=2031-03-10&type=grant`,
  );
  await environment.withViewer(COMPANY, {}, async ({ page }) => {
    await page.goto(`${reportPath(COMPANY)}?type=grant`);
    await page.locator(`#entry-${data[0].seq}`).waitFor();
    assert.equal(await page.locator("tr[id^=entry-]").count(), 1);
  });
});

test("a changed number is animated, but not under prefers-reduced-motion", async (environment) => {
  for (const [reducedMotion, moves] of [["no-preference", true], ["reduce", false]] as const) {
    await environment.withViewer(COMPANY, {}, async (viewer) => {
      const { page } = viewer;
      await page.emulateMedia({ reducedMotion });
      await viewer.waitForMark(/^ao vivo$/);
      await page.evaluate(`for (const motion of ["animationstart", "transitionrun"]) {
        addEventListener(motion, () => document.documentElement.classList.add("seen-to-move"));
      }`);
      await receiveMessages(environment.client, company, moves ? 1 : 2);
      await page.locator("#open .counts", { hasText: moves ? /^1 / : /^2 / }).waitFor();
      await page.locator("tr[id^=entry-]", { hasText: "•" }).nth(moves ? 0 : 1).waitFor();
      assert.equal(await page.locator("html.seen-to-move").count() > 0, moves, reducedMotion);
    });
  }
});
