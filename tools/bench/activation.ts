/**
 * Measures how long the first query of a company takes that is not in memory, by the number of its open windows: opens
 * them by webhooks, restarts the service, and asks for the balance.
 *
 *     deno run -A tools/bench/activation.ts [ROUNDS]
 *
 * Each round restarts the service once and asks all companies in turn. It takes about two minutes.
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import {
  businessNumber,
  customerWrote,
  numberedCustomer,
  signedBody,
  wamid,
  webhookOf,
} from "../../tests/support/payloads.ts";
import { callHead } from "./calls.ts";
import { applyLoad, HttpConnection } from "./load.ts";
import type { MixedCompany } from "./mixes.ts";
import { median } from "./report.ts";
import { requestBytes } from "./requests.ts";
import { type BenchSetup, newSetup, startService } from "./servers.ts";

const FOLDER = "./data/activation";
const ROUNDS = 7;
const WINDOWS = [10, 10_000, 100_000] as const;
const MESSAGES_EACH = 50;
const CONNECTIONS = 16;

/** The companies by the number of their windows, and one that warms the service up. */
const COMPANIES = ["warm-up", ...WINDOWS].map((windows, i): MixedCompany & { readonly windows: number } => ({
  company: `with-${windows}`,
  line: businessNumber(900 + i),
  windows: typeof windows === "number" ? windows : 10,
}));

async function main(): Promise<void> {
  const rounds = Number(Deno.args[0] ?? ROUNDS);
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const setup = newSetup(postgres, COMPANIES);
  await openWindows(setup);
  const times = new Map(COMPANIES.map(({ company }): [string, number[]] => [company, []]));
  for (let round = 0; round < rounds; round++) {
    await using service = await startService({ ...setup, companies: [] });
    const line = await HttpConnection.open(service.targets[0]!);
    for (const { company } of COMPANIES) {
      const query = new TextEncoder().encode(
        callHead("GET", `/v1/companies/${company}/balance`, setup.admin_key),
      );
      const asked_ms = performance.now();
      await line.execute(query);
      times.get(company)!.push(performance.now() - asked_ms);
    }
    line.close();
    const consumed = await service.consumed(COMPANIES);
    for (const { company, windows } of COMPANIES) {
      if (consumed?.get(company) !== windows) {
        throw new Error(`${company} has ${consumed?.get(company)} windows`);
      }
    }
    console.log(`round ${round + 1} of ${rounds}`);
  }
  const [, ...measured] = COMPANIES;
  const fewest_ms = median(times.get(measured[0]!.company)!);
  console.log("\n| open windows | first query, ms | times that of the fewest |\n| ---: | ---: | ---: |");
  for (const { company, windows } of measured) {
    const took_ms = median(times.get(company)!);
    console.log(
      `| ${windows.toLocaleString("en")} | ${took_ms.toFixed(1)} | ${(took_ms / fewest_ms).toFixed(1)} |`,
    );
  }
}

/** Opens the windows of each company by signed webhooks. */
async function openWindows(setup: BenchSetup): Promise<void> {
  await using service = await startService(setup);
  for (const { line, windows, company } of COMPANIES) {
    let opened = 0;
    const take = () => {
      if (opened === windows) return undefined;
      const at_s = Math.floor(Date.now() / 1000);
      const changes = Array.from({ length: Math.min(MESSAGES_EACH, windows - opened) }, () => {
        const number = opened++;
        return customerWrote(line, numberedCustomer(number), { id: wamid(`${company} ${number}`), at_s });
      });
      return requestBytes(signedBody(webhookOf(...changes), setup.app_secret));
    };
    await applyLoad(service.targets, take, { connections: CONNECTIONS, duration_ms: 600_000 });
    console.log(`${company}: ${windows.toLocaleString("en")} windows are open`);
  }
}

if (import.meta.main) await main();
