/**
 * Measures latency at half load: webhooks of the conversation mix come at a fixed rate, half of what the service answered
 * just before, and each is timed from the moment it was due. Meanwhile a viewer follows the balance of a company, and
 * windows are opened there one at a time: the time from the webhook to the viewer's event.
 *
 *     deno run -A tools/bench/latency.ts [ROUNDS] [SECONDS]
 *
 * Each round measures the service and bare Hono at the same rate. It takes about five minutes.
 */

import { PoliCredits } from "../../client/mod.ts";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { sleep } from "../../src/time/sleep.ts";
import {
  businessNumber,
  customerWrote,
  numberedCustomer,
  signedBody,
  wamid,
  webhookOf,
} from "../../tests/support/payloads.ts";
import { type Case, CASES } from "./cases.ts";
import { applyLoad, HttpConnection } from "./load.ts";
import type { MixedCompany } from "./mixes.ts";
import { startPacedLoad } from "./paced_load.ts";
import { median } from "./report.ts";
import { requestBytes, type RequestSource } from "./requests.ts";
import { type BenchSetup, type Contender, newSetup, startBareHono, startService } from "./servers.ts";

const FOLDER = "./data/latency";
const ROUNDS = 5;
const SPAN_S = 20;
const CLOSED_LOOP_MS = 4_000;
const CONNECTIONS = 256;
/** The pause between the windows that are opened for the viewer. */
const PROBE_PAUSE_MS = 25;
const PROBE: MixedCompany = { company: "probe", line: businessNumber(999) };
const PERCENTILES = [0.5, 0.99, 0.999] as const;

/** Latencies at the shares of `PERCENTILES`, in ms. */
type Latencies = readonly number[];

interface Round {
  readonly bare_hono: Latencies;
  readonly service: Latencies;
  readonly viewer: Latencies;
}

async function main(): Promise<void> {
  const [rounds = ROUNDS, span_s = SPAN_S] = Deno.args.map(Number);
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const mix = CASES.find(({ name }) => name === "conversation/1")!;
  const setup = newSetup(postgres, [...mix.companies, PROBE]);
  await using bare_hono = await startBareHono(setup);
  await using service = await startService(setup);
  const viewer = new Viewer(service, setup);
  const measured: Round[] = [];
  const sources = { service: mix.requests(setup), bare_hono: mix.requests(setup) };
  for (let round = 0; round < rounds; round++) {
    const per_s = await rateOf(service, sources.service, mix) / 2;
    const of_service = paced(service, sources.service, { per_s, span_s });
    const of_viewer = await viewer.measure(span_s);
    measured.push({
      service: await of_service,
      viewer: of_viewer,
      bare_hono: await paced(bare_hono, sources.bare_hono, { per_s, span_s }),
    });
    console.log(`round ${round + 1} of ${rounds}: ${Math.round(per_s)} webhooks a second`);
  }
  print(measured);
}

/** Returns the rate that a server answers when every connection sends as fast as it can. */
async function rateOf(
  { targets: [target] }: Contender,
  source: RequestSource,
  { first_rate }: Case,
): Promise<number> {
  source.prepare(first_rate * 4 * CLOSED_LOOP_MS / 1000);
  const load = { connections: CONNECTIONS, duration_ms: CLOSED_LOOP_MS };
  const { answered, elapsed_ms } = await applyLoad(target!, () => source.take(), load);
  return answered / (elapsed_ms / 1000);
}

async function paced(
  { targets: [target] }: Contender,
  source: RequestSource,
  { per_s, span_s }: { readonly per_s: number; readonly span_s: number },
): Promise<Latencies> {
  source.prepare(Math.ceil(per_s * (span_s + 2)));
  const next = () => source.take() ?? fail("the prepared requests did not last");
  const load = await startPacedLoad(target!, next, { per_s, connections: CONNECTIONS });
  await sleep(span_s * 1000);
  await load.stop();
  return percentilesOf(load.takeLatencies());
}

/** A viewer of the probe's balance, and the webhooks that change it. */
class Viewer {
  readonly #client: PoliCredits;
  readonly #service: Contender;
  readonly #app_secret: string;
  #sent = 0;

  constructor(service: Contender, { admin_key, app_secret }: BenchSetup) {
    const { hostname, port } = service.targets[0]!;
    this.#client = new PoliCredits({ url: `http://${hostname}:${port}`, key: admin_key });
    this.#service = service;
    this.#app_secret = app_secret;
  }

  /** Opens one window after the other, and times each from its webhook to the event that counts it. */
  async measure(span_s: number): Promise<Latencies> {
    const line = await HttpConnection.open(this.#service.targets[0]!);
    const leaving = new AbortController();
    const balances = this.#client.streamBalance(PROBE.company, { signal: leaving.signal });
    const latencies_ms: number[] = [];
    const until_ms = performance.now() + span_s * 1000;
    try {
      let consumed = (await balances.next()).value!.consumed;
      while (performance.now() < until_ms) {
        const request = this.#webhook();
        const sent_ms = performance.now();
        const answered = line.execute(request);
        const expected = consumed + 1;
        while (consumed < expected) consumed = (await balances.next()).value!.consumed;
        latencies_ms.push(performance.now() - sent_ms);
        await answered;
        await sleep(PROBE_PAUSE_MS);
      }
    } finally {
      leaving.abort();
      line.close();
    }
    return percentilesOf(Float64Array.from(latencies_ms).sort());
  }

  #webhook(): Uint8Array {
    const number = this.#sent++;
    const at_s = Math.floor(Date.now() / 1000);
    const change = customerWrote(PROBE.line, numberedCustomer(number), {
      id: wamid(`probe ${number}`),
      at_s,
    });
    return requestBytes(signedBody(webhookOf(change), this.#app_secret));
  }
}

function percentilesOf(sorted_ms: Float64Array): Latencies {
  return PERCENTILES.map((share) => sorted_ms[Math.floor((sorted_ms.length - 1) * share)] ?? NaN);
}

/** Prints the medians of all rounds, and the service's latency as multiples of bare Hono's within each round. */
function print(rounds: readonly Round[]): void {
  const row = (name: string, read: (round: Round) => Latencies) => {
    const cells = PERCENTILES.map((_, at) => median(rounds.map((round) => read(round)[at]!)).toFixed(1));
    console.log(`| ${[name, ...cells].join(" | ")} |`);
  };
  console.log(
    `\n| latency at half load, ms | ${PERCENTILES.map((share) => `p${100 * share}`).join(" | ")} |`,
  );
  console.log(`| --- | ${PERCENTILES.map(() => "---:").join(" | ")} |`);
  row("bare Hono, webhook", ({ bare_hono }) => bare_hono);
  row("service, webhook", ({ service }) => service);
  row("service, times bare Hono", ({ service, bare_hono }) => service.map((ms, at) => ms / bare_hono[at]!));
  row("webhook to the viewer's event", ({ viewer }) => viewer);
}

function fail(message: string): never {
  throw new Error(message);
}

if (import.meta.main) await main();
