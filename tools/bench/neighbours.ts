/**
 * `deno run -A tools/bench/neighbours.ts`: measures how long webhooks of one company take while a key of another company
 * sends the most expensive bodies that its calls accept or refuse. Runs several rounds, each of which measures alone and
 * beside every kind of body, and prints the medians: other work on the machine makes a single phase slow. The first row
 * is of bodies that a wrong key makes the service refuse unread: it shows what the senders' own work costs.
 */

import { seconds, ServiceProcess } from "../../tests/support/service.ts";
import { businessNumber, customerWrote, signedBody, wamid, webhookOf } from "../../tests/support/payloads.ts";
import { SECRETS } from "../../tests/support/service.ts";
import { sleep } from "../../src/time/sleep.ts";
import { type AttackOrder, PHASE_MS } from "./neighbours_attack.ts";

const FOLDER = "./data/neighbours";
/** A webhook is sent this long after the answer to the one before. */
const PAUSE_MS = 10;
const ROUNDS = 5;

const LINE = businessNumber(1);
const OTHER = businessNumber(2);
let sent = 0;

interface Attack {
  readonly path: "quotes" | "usage";
  readonly body: string;
  /** By default the other company's key. */
  readonly key?: string;
}

/** The bodies of the other company's key, by name, with the path below the company. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  "2 MB with a wrong key": {
    path: "quotes",
    body: `{"recipients":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`,
    key: "wrong",
  },
  "2 MB of nested lists": {
    path: "quotes",
    body: `{"recipients":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`,
  },
  "4 MB of short lists": { path: "quotes", body: `{"recipients":[${"[[]],".repeat(800_000)}[]]}` },
  "10,000 invalid recipients": { path: "quotes", body: `{"recipients":[${"[],".repeat(9_999)}[]]}` },
  "10,000 recipients": {
    path: "quotes",
    body: JSON.stringify({ recipients: Array.from({ length: 10_000 }, (_, n) => `55119${70_000_000 + n}`) }),
  },
  "250,000 labels": {
    path: "usage",
    body: JSON.stringify({
      id: "u",
      feature: "f",
      quantity: 1,
      attributes: Object.fromEntries(Array.from({ length: 250_000 }, (_, n) => [`n${n}`, "x"])),
    }),
  },
  "1,000 usages with 20 labels": {
    path: "usage",
    body: JSON.stringify(Array.from({ length: 1_000 }, (_, n) => ({
      id: `u${n}`,
      feature: "no.such.feature",
      quantity: 1,
      attributes: Object.fromEntries(
        Array.from({ length: 20 }, (_, label) => [`label ${label}`, "a value ".repeat(20)]),
      ),
    }))),
  },
};

interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

async function main(): Promise<void> {
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using service = await ServiceProcess.start({ DATA_DIR: FOLDER, TEST_CLOCK: "0" });
  await service.client.createCompany({ phone_number_ids: [LINE.phone_number_id] });
  const profile = {
    name: "Other",
    time_zone: "America/Sao_Paulo",
    phone_number_ids: [OTHER.phone_number_id],
  };
  await service.client.ok("PUT", "/v1/companies/other", profile);
  const keyOf = async (scope: string) =>
    (await service.client.ok("POST", "/v1/keys", { name: scope, scope, company: "other" })).key as string;
  const keys = { quotes: await keyOf("read"), usage: await keyOf("ingest") };
  // The first phase warms up.
  await measure(service.url);
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS) {
    const alone = await measure(service.url);
    const beside = new Map<string, Latencies>();
    for (const [name, { path, body, key = keys[path] }] of Object.entries(ATTACKS)) {
      const statuses = attack({ url: `${service.url}/v1/companies/other/${path}`, key, body });
      beside.set(name, await measure(service.url));
      const answers = [...await statuses].map(([status, count]) => `${count} × ${status}`).join(", ");
      console.error(`round ${rounds.length + 1}, ${name}: ${answers}`);
    }
    rounds.push({ alone, beside });
  }
  print(rounds);
}

/** The phases of one round. */
interface Round {
  readonly alone: Latencies;
  readonly beside: ReadonlyMap<string, Latencies>;
}

/** Prints the medians of all rounds, and the largest difference of a round. */
function print(rounds: readonly Round[]): void {
  console.log("| body | p50 ms | p99 ms | longest ms | more than alone ms | largest of a round |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  const medianOf = (read: (round: Round) => number) =>
    rounds.map(read).sort((a, b) => a - b)[Math.floor(rounds.length / 2)]!;
  const cells = (phase: (round: Round) => Latencies) =>
    (["p50", "p99", "longest"] as const).map((name) => medianOf((round) => phase(round)[name])).join(" | ");
  console.log(`| none | ${cells(({ alone }) => alone)} | | |`);
  for (const name of Object.keys(ATTACKS)) {
    const phase = ({ beside }: Round) => beside.get(name)!;
    const more = (round: Round) => phase(round).longest - round.alone.longest;
    console.log(`| ${name} | ${cells(phase)} | ${medianOf(more)} | ${Math.max(...rounds.map(more))} |`);
  }
}

/** Sends an order in a thread of its own, so that it does not delay the measured client. Returns the counted statuses. */
async function attack(order: AttackOrder): Promise<ReadonlyMap<number, number>> {
  const worker = new Worker(new URL("neighbours_attack.ts", import.meta.url), { type: "module" });
  const { promise, resolve } = Promise.withResolvers<ReadonlyMap<number, number>>();
  worker.onmessage = ({ data }) => data === "ready" ? worker.postMessage(order) : resolve(data);
  const statuses = await promise;
  worker.terminate();
  return statuses;
}

/** Sends webhooks one after the other and measures each. */
async function measure(url: string): Promise<Latencies> {
  const until_ms = performance.now() + PHASE_MS;
  const took_ms: number[] = [];
  while (performance.now() < until_ms) {
    const customer = { phone: `55119${80_000_000 + sent++}` };
    const at_s = seconds(Temporal.Now.instant());
    const message = customerWrote(LINE, customer, { id: wamid(`neighbour-${sent}`), at_s });
    const { body, signature } = signedBody(webhookOf(message), SECRETS.META_APP_SECRET);
    const headers = { "content-type": "application/json", "x-hub-signature-256": signature };
    const started_ms = performance.now();
    const response = await fetch(`${url}/webhooks/whatsapp`, { method: "POST", headers, body });
    await response.body?.cancel();
    if (response.status !== 200) throw new Error(`a webhook was answered ${response.status}`);
    took_ms.push(performance.now() - started_ms);
    await sleep(PAUSE_MS);
  }
  took_ms.sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(took_ms[Math.min(took_ms.length - 1, Math.floor(took_ms.length * share))]!);
  return { p50: at(0.5), p99: at(0.99), longest: at(1) };
}

if (import.meta.main) await main();
