/** `deno task soak`: loads the service for a long time with ever new people, and shows whether its memory stays level. */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { sleep } from "../../src/time/sleep.ts";
import { applyLoad } from "../bench/load.ts";
import { type PacedLoad, startPacedLoad } from "../bench/paced_load.ts";
import { type ServerProcess, startServer } from "../bench/processes.ts";
import { zoneAtNoon } from "../bench/zone_at_noon.ts";
import { positiveNumber, runTool, type Values } from "../command_line.ts";
import { residentBytes } from "../resident_memory.ts";
import { People } from "./people.ts";
import { meanOf, type Sample, thirdsOf } from "./samples.ts";

const CONNECTIONS = 64;
const SAMPLE_MS = 1_000;
/** The span that measures the full load, and the people in it. */
const FULL_LOAD_MS = 20_000;
const FULL_LOAD_PEOPLE = 1_000;
const MB = 1024 * 1024;
/** The exit code after Ctrl-C. */
const INTERRUPTED = 130;

const USAGE = `deno task soak [--minutes N] [--people N] [--rate N] [--heap MB] [--folder PATH]

  --minutes N    the minutes of load (default 30)
  --people N     people who write for the first time, evenly over these minutes (default 300000)
  --rate N       webhooks per second (default: half of what the service answers in ${FULL_LOAD_MS / 1000} s)
  --heap MB      the limit of the service's heap (default 200: it is full of people within the first minutes)
  --folder PATH  the folder of all data (default ./data/soak); it is emptied
  --help         print this text

Prints a line each minute. Ctrl-C stops it, and prints what was measured so far.

Exit codes: 0 resident memory stayed level, every webhook was answered 200, and all were counted; 1 not so; 2 the
command line does not fit; 130 it was stopped.`;

const OPTIONS = {
  minutes: { type: "string" },
  people: { type: "string" },
  rate: { type: "string" },
  heap: { type: "string" },
  folder: { type: "string" },
} as const;

async function run(values: Values<typeof OPTIONS>): Promise<number> {
  const minutes = positiveNumber("minutes", values.minutes, 30);
  const people_wanted = positiveNumber("people", values.people, 300_000);
  const rate = values.rate === undefined ? undefined : positiveNumber("rate", values.rate, 1);
  const heap_mb = positiveNumber("heap", values.heap, 200);
  const folder = values.folder ?? "./data/soak";
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  Deno.addSignalListener("SIGINT", stop);
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  try {
    await using postgres = await startEmbeddedPostgres({ data_dir: folder });
    await using soak = await Soak.start(postgres.url, heap_mb);
    const per_s = rate ?? await soak.halfLoad();
    console.log(
      `${minutes} minutes, ${per_s} webhooks a second of one message, ${people_wanted} new people, ` +
        `${soak.people.companies.length} companies; a heap of ${heap_mb} MB`,
    );
    await soak.load({ minutes, people_wanted, per_s }, stopping.signal);
    soak.printMemory();
    if (stopping.signal.aborted) return INTERRUPTED;
    const differences = await soak.findDifferences();
    for (const difference of differences) console.log(`- ${difference}`);
    if (differences.length === 0) {
      console.log("Every webhook was answered 200, and every window counted once.");
    }
    return differences.length === 0 && soak.is_level ? 0 : 1;
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/** A service under load, and the samples of its memory. */
class Soak implements AsyncDisposable {
  readonly people: People;
  readonly #service: ServerProcess;
  readonly #admin_key: string;
  readonly #samples: Sample[] = [];

  private constructor(
    service: ServerProcess,
    secrets: { readonly app_secret: string; readonly admin_key: string },
  ) {
    this.#service = service;
    this.#admin_key = secrets.admin_key;
    this.people = new People(secrets.app_secret, () => Math.floor(Date.now() / 1000));
  }

  /** Starts the service and creates the companies, in a zone where no midnight passes meanwhile. */
  static async start(database_url: string, heap_mb: number): Promise<Soak> {
    const secrets = { app_secret: crypto.randomUUID(), admin_key: crypto.randomUUID() };
    const service = await startServer(new URL("../../main.ts", import.meta.url), {
      META_APP_SECRET: secrets.app_secret,
      META_VERIFY_TOKEN: crypto.randomUUID(),
      ADMIN_KEY: secrets.admin_key,
      DATABASE_URL: database_url,
      HOST: "127.0.0.1",
      LOG_LEVEL: "warning",
      DENO_V8_FLAGS: `--max-old-space-size=${heap_mb}`,
    }, "/readyz");
    const soak = new Soak(service, secrets);
    const time_zone = zoneAtNoon();
    for (const { id, line } of soak.people.companies) {
      const profile = { name: id, time_zone, phone_number_ids: [line.phone_number_id] };
      await soak.#call("PUT", `/v1/companies/${id}`, profile);
    }
    return soak;
  }

  /** Returns half of the webhooks that the service answers in a second, at least 1. */
  async halfLoad(): Promise<number> {
    const take = () => this.people.nextWebhook(FULL_LOAD_PEOPLE);
    const options = { connections: CONNECTIONS, duration_ms: FULL_LOAD_MS };
    const { answered, elapsed_ms } = await applyLoad(this.#service.target, take, options);
    return Math.max(1, Math.floor(answered / (elapsed_ms / 1000) / 2));
  }

  /**
   * Loads the service until the time is up or the signal aborts.
   *
   * @throws {UnexpectedStatus} when a webhook was not answered 200
   */
  async load(
    { minutes, people_wanted, per_s }: { minutes: number; people_wanted: number; per_s: number },
    signal: AbortSignal,
  ): Promise<void> {
    const started_ms = performance.now();
    const duration_ms = minutes * 60_000;
    const until_ms = started_ms + duration_ms;
    const people_before = this.people.count;
    const next = () => {
      const part = Math.min(1, (performance.now() - started_ms) / duration_ms);
      return this.people.nextWebhook(people_before + Math.ceil(part * people_wanted));
    };
    const load = await startPacedLoad(this.#service.target, next, { per_s, connections: CONNECTIONS });
    console.log(
      "| minute | webhooks a second | p99 ms | people | resident MB | heap used MB | items in memory |",
    );
    console.log("| --- | --- | --- | --- | --- | --- | --- |");
    try {
      for (let minute = 1; performance.now() < until_ms && !signal.aborted; minute++) {
        const since_ms = performance.now();
        await this.#sampleUntil(Math.min(until_ms, started_ms + minute * 60_000), signal);
        if (!signal.aborted) console.log(await this.#minuteRow(minute, since_ms, load));
      }
    } finally {
      // Ctrl-C in a terminal ends the service too, and with it the requests under way.
      await load.stop().catch((error) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  /** Prints the first and the last third of resident memory. */
  printMemory(): void {
    if (this.#samples.length < 3) return console.log("Too short to compare.");
    const { first_bytes, last_bytes, is_level } = thirdsOf(this.#samples);
    const most_bytes = this.#samples.reduce((most, { resident_bytes }) => Math.max(most, resident_bytes), 0);
    console.log(
      `\nResident memory: ${inMegabytes(first_bytes)} MB in the first third, ${
        inMegabytes(last_bytes)
      } MB in the ` +
        `last (${(last_bytes / first_bytes).toFixed(2)} times), ${inMegabytes(most_bytes)} MB at most: ` +
        `${is_level ? "level" : "NOT LEVEL"}.`,
    );
  }

  get is_level(): boolean {
    return thirdsOf(this.#samples).is_level;
  }

  /** Compares the credits of each company with its people. Returns differences in plain words. */
  async findDifferences(): Promise<string[]> {
    const differences: string[] = [];
    for (const [id, expected] of this.people.expectedCredits()) {
      const { consumed } = await this.#call("GET", `/v1/companies/${id}/balance`);
      if (consumed !== expected) {
        differences.push(`${id} consumed ${consumed} credits instead of ${expected}`);
      }
    }
    return differences;
  }

  async #sampleUntil(until_ms: number, signal: AbortSignal): Promise<void> {
    while (performance.now() < until_ms && !signal.aborted) {
      await sleep(Math.min(SAMPLE_MS, Math.max(0, until_ms - performance.now())), signal);
      const resident_bytes = residentBytes(this.#service.pid);
      if (resident_bytes !== undefined) this.#samples.push({ at_ms: performance.now(), resident_bytes });
    }
  }

  async #minuteRow(minute: number, since_ms: number, load: PacedLoad): Promise<string> {
    const latencies_ms = load.takeLatencies();
    const seconds = (performance.now() - since_ms) / 1000;
    const resident_bytes = meanOf(this.#samples.filter(({ at_ms }) => at_ms > since_ms));
    const response = await fetch(`${this.#url}/metrics`);
    const metrics = await response.text();
    const metric = (name: string) => Number(metrics.match(new RegExp(`^${name} (\\S+)`, "m"))?.[1]);
    const p99_ms = latencies_ms[Math.floor(latencies_ms.length * 0.99)] ?? NaN;
    return `| ${
      [
        minute,
        Math.round(latencies_ms.length / seconds),
        Math.round(p99_ms),
        this.people.count,
        inMegabytes(resident_bytes),
        inMegabytes(metric("poli_heap_used_bytes")),
        metric("poli_items_in_memory"),
      ].join(" | ")
    } |`;
  }

  // deno-lint-ignore no-explicit-any
  async #call(method: string, path: string, body?: unknown): Promise<any> {
    const headers = { authorization: `Bearer ${this.#admin_key}`, "content-type": "application/json" };
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers,
      ...body === undefined ? {} : { body: JSON.stringify(body) },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }

  get #url(): string {
    const { hostname, port } = this.#service.target;
    return `http://${hostname}:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service[Symbol.asyncDispose]();
  }
}

function inMegabytes(bytes: number): string {
  return (bytes / MB).toFixed(0);
}

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));
