/** The browser's own EventSource on the balance stream, across restarts of the service under traffic. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { sleep } from "../../src/time/sleep.ts";
import { freePort } from "../../tools/free_port.ts";
import { createDatabase } from "../support/database.ts";
import { type Client, ServiceProcess } from "../support/service.ts";
import { browserTests } from "./environment.ts";
import { type Company, createCompany, messageAt, serviceTime, setPackage } from "./scenes.ts";
import { Viewer } from "./viewer.ts";

/** A page of the service's origin that only follows the balance. */
const PATH = "/event-source-test";
const HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>EventSource</title>
<link rel="icon" href="data:,">
<script>
globalThis.received = [];
const source = new EventSource("/v1/companies/padaria/balance/stream");
source.addEventListener("open", () => received.push("open"));
source.addEventListener("balance", ({ data }) => received.push(JSON.parse(data)));
</script>`;

/** What the page got: connections that opened, and balances. */
type Received = "open" | { readonly version: number; readonly consumed: number };

const test = browserTests();

test("the browser's EventSource follows a balance across restarts under traffic, without a gap", async ({ browser }) => {
  await using database = await createDatabase();
  const env = { DATABASE_URL: database.url, PORT: String(freePort()) };
  let service = await ServiceProcess.start(env);
  try {
    const { client } = service;
    const company = await createCompany(client, "padaria");
    await setPackage(client, company, 1_000);
    const { url } = await client.ok("POST", `${company.path}/viewer_sessions`, { ttl_seconds: 3_600 });
    await using viewer = await Viewer.open(browser, service.url, { expected: /net::ERR_/ });
    await viewer.page.goto(new URL(url).pathname);
    await viewer.page.route(`**${PATH}`, (route) => route.fulfill({ contentType: "text/html", body: HTML }));
    await viewer.page.goto(PATH);
    await using traffic = new Traffic(client, company, await serviceTime(client, company));

    const acknowledged_before: number[] = [];
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      await traffic.more(3);
      await untilReceived(viewer.page, (received) => received.at(-1) !== "open");
      const opened = opensIn(await receivedBy(viewer.page)).length;
      await service.end(signal);
      acknowledged_before.push(traffic.acknowledged);
      service = await ServiceProcess.start(env);
      await traffic.more(3);
      await untilReceived(viewer.page, (received) => opensIn(received).length > opened);
    }
    await traffic.stop();

    const { version, consumed } = await client.balance();
    assert.equal(consumed, traffic.acknowledged);
    await untilReceived(viewer.page, (received) => balancesIn(received).at(-1)?.version === version);
    const received = await receivedBy(viewer.page);
    assert.equal(balancesIn(received).at(-1)!.consumed, consumed);
    // Each connection begins with what was acknowledged before the restart, so nothing in between is missing.
    const snapshots = opensIn(received).slice(1).map((at) => received[at + 1] as { consumed: number });
    assert.equal(snapshots.length, acknowledged_before.length);
    for (const [index, snapshot] of snapshots.entries()) {
      assert.ok(snapshot.consumed >= acknowledged_before[index]!, JSON.stringify(received));
    }
    const versions = balancesIn(received).map(({ version }) => version);
    assert.deepEqual(versions, versions.toSorted((a, b) => a - b));
    await viewer.assertNoFaults();
  } finally {
    await service[Symbol.asyncDispose]();
  }
});

/** Delivers one message of a new customer after the other, each until it is answered 200. */
class Traffic implements AsyncDisposable {
  acknowledged = 0;
  #stopped = false;
  readonly #ended: Promise<void>;

  constructor(client: Client, company: Company, at_s: number) {
    this.#ended = this.#run(client, company, at_s);
  }

  async #run(client: Client, company: Company, at_s: number): Promise<void> {
    while (!this.#stopped) {
      const delivered = await client.deliver(messageAt(company, this.acknowledged + 1, at_s));
      if (delivered === 200) this.acknowledged++;
      else await sleep(20);
    }
  }

  /** Waits until so many more messages are acknowledged. */
  async more(count: number): Promise<void> {
    const target = this.acknowledged + count;
    while (this.acknowledged < target) await sleep(5);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function receivedBy(page: Page): Promise<Received[]> {
  return page.evaluate<Received[]>("received");
}

async function untilReceived(
  page: Page,
  condition: (received: readonly Received[]) => boolean,
): Promise<void> {
  while (!condition(await receivedBy(page))) await sleep(20);
}

/** The places at which a connection opened. */
function opensIn(received: readonly Received[]): number[] {
  return received.flatMap((item, index) => item === "open" ? [index] : []);
}

function balancesIn(received: readonly Received[]) {
  return received.filter((item) => item !== "open");
}
