/** The report in a frame of another site, as docs/guides/report_page.md builds it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { freePort } from "../../tools/free_port.ts";
import { blocksOf } from "../docs/blocks.ts";
import { createDatabase } from "../support/database.ts";
import { readLines, ServiceProcess } from "../support/service.ts";
import { browserTests } from "./environment.ts";
import { createCompany, receiveMessages, setPackage } from "./scenes.ts";

const test = browserTests();

test("the product of the guide shows the report in its frame on another site, and its balance changes", async ({ browser }) => {
  const port = freePort();
  // Another host than the service's: the browser takes the frame for a third party's.
  const origin = `http://127.0.0.1:${port}`;
  await using database = await createDatabase();
  await using service = await ServiceProcess.start({ DATABASE_URL: database.url, FRAME_ANCESTORS: origin });
  const { client } = service;
  const company = await createCompany(client, "padaria");
  await setPackage(client, company, 100);
  const { key } = await client.ok("POST", "/v1/keys", { name: "reports", scope: "read", company: "padaria" });
  await using _product = await Product.start(port, new URL(service.url).port, key);

  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", ({ message }) => faults.push(message));
  await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
  await page.goto(origin);
  const balance = page.frameLocator("iframe").locator("#balance .number strong");
  await balance.filter({ hasText: /^\s*100\s*$/ }).waitFor();
  await receiveMessages(client, company, 1);
  await balance.filter({ hasText: /^\s*99\s*$/ }).waitFor();
  assert.deepEqual(faults, []);
  await page.close();
});

/** The product of the guide, on a port of its own. */
class Product implements AsyncDisposable {
  private constructor(readonly folder: string, readonly child: Deno.ChildProcess) {}

  static async start(port: number, service_port: string, key: string): Promise<Product> {
    const blocks = await blocksOf("docs/guides/report_page.md");
    const { code } = blocks.find(({ file }) => file === "product.mjs")!;
    const folder = await Deno.makeTempDir();
    const file = join(folder, "product.mjs");
    const text = code.replace("localhost:8000", `localhost:${service_port}`)
      .replace(".listen(9000)", `.listen(${port}, () => console.log("listening"))`);
    await Deno.writeTextFile(file, text);
    const args = ["run", "--quiet", "--allow-net", "--allow-env", file];
    const env = { REPORT_KEY: key };
    const child = new Deno.Command(Deno.execPath(), { args, env, stdout: "piped" }).spawn();
    const listening = Promise.withResolvers<void>();
    void readLines(child.stdout, () => listening.resolve());
    await listening.promise;
    return new Product(folder, child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.status;
    await Deno.remove(this.folder, { recursive: true });
  }
}
