/** The packed client in a page of the service's origin, with the cookie of a viewer session. */

import { InstalledPackage, NOT_INSTALLABLE } from "../client/installed_package.ts";
import { createCompany, moveClockTo, receiveMessages, setPackage } from "./scenes.ts";
import { browserTests } from "./environment.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

/** The address of the page, and of the installed files. */
const PAGE = "/client-test/";

/** A page that shows the balance as the client gets it. */
const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Client</title>
<link rel="icon" href="data:,">
<script type="importmap">{ "imports": {
  "@poli-credits/client": "${PAGE}@poli-credits/client/mod.js",
  "openapi-fetch": "${PAGE}openapi-fetch/dist/index.mjs"
} }</script>
<p id="available"></p>
<p id="connection"></p>
<script type="module">
import { PoliCredits } from "@poli-credits/client";
const credits = new PoliCredits({ url: location.origin });
const onConnection = (state) => connection.textContent = state;
for await (const balance of credits.streamBalance(location.hash.slice(1), { onConnection, reconnect_ms: 50 })) {
  available.textContent = balance.available;
}
</script>`;

const test = browserTests(({ client }) => moveClockTo(client, "2031-03-10T10:00"));

if (NOT_INSTALLABLE === undefined) {
  test("the packed client follows a balance in a browser, across a lost connection", async (environment) => {
    await using installed = await InstalledPackage.create();
    const company = await createCompany(environment.client, "cliente");
    await setPackage(environment.client, company, 100);
    await using proxy = new TcpProxy({
      hostname: "127.0.0.1",
      port: Number(new URL(environment.service.url).port),
    });
    const origin = `http://localhost:${proxy.port}`;
    await environment.withViewer(company.company, { origin, expected: /net::ERR_/ }, async ({ page }) => {
      await page.route(`**${PAGE}**`, async (route) => {
        const path = new URL(route.request().url()).pathname.slice(PAGE.length);
        if (path === "") return await route.fulfill({ contentType: "text/html", body: HTML });
        await route.fulfill({ contentType: "text/javascript", body: await installed.read(path) });
      });
      await page.goto(`${PAGE}#${company.company}`);
      await page.locator("#available", { hasText: /^100$/ }).waitFor();
      proxy.cut();
      await page.locator("#connection", { hasText: "lost" }).waitFor();
      await receiveMessages(environment.client, company, 1);
      proxy.restore();
      await page.locator("#available", { hasText: /^99$/ }).waitFor();
    });
  });
}
