/**
 * `deno task herd`: many companies of one zone, with windows open, cross a midnight and a month's end while webhooks
 * go on. How long it takes until all are closed and renewed, and what it does to the webhooks.
 *
 *     deno task herd [--companies=10000] [--rounds=3] [--rate=200] [--seconds=10] [--awake]
 *
 * All sleep when midnight comes, but for those that webhooks are about: the service was just started. With `--awake`
 * it was not, and nobody sleeps.
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { MonthEndCompanies, type ServiceAccess } from "./month_end/companies.ts";
import { type PacedLoad, startPacedLoad } from "./month_end/paced_load.ts";
import { cpuTimeOf, familyCpuTimeOf, type ServerProcess, startServer } from "./processes.ts";
import { median } from "./report.ts";
import { sleep } from "../../src/time/sleep.ts";

const FOLDER = "./data/herd";
/** Companies that webhooks are about all the time. */
const BUSY = 200;
const CONNECTIONS = 64;
const WARM_UP_MS = 4_000;

/** What one midnight came to. */
interface Crossing {
  readonly took_ms: number;
  /** Processor time used meanwhile, for the webhooks too; undefined where the system does not tell. */
  readonly server_cpu_ms: number | undefined;
  readonly postgres_cpu_ms: number | undefined;
  readonly before: Latencies;
  readonly during: Latencies;
  readonly after: Latencies;
}

interface Latencies {
  readonly answered: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly most_ms: number;
}

if (import.meta.main) {
  // Ctrl-C ends the service, and with it what is under way; what was started is then stopped in order.
  Deno.addSignalListener("SIGINT", () => {});
  await run(optionsFrom(Deno.args));
  Deno.exit(0);
}

interface Options {
  readonly companies: number;
  readonly rounds: number;
  readonly per_s: number;
  readonly span_ms: number;
  readonly awake: boolean;
}

function optionsFrom(args: readonly string[]): Options {
  const given = new Map(args.map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
  const number = (name: string, otherwise: number) => {
    const value = Number(given.get(name) ?? otherwise);
    if (value > 0) return value;
    throw new Error(`--${name} must be a number greater than 0`);
  };
  return {
    companies: number("companies", 10_000),
    rounds: number("rounds", 3),
    per_s: number("rate", 200),
    span_ms: number("seconds", 10) * 1000,
    awake: given.has("awake"),
  };
}

async function run(options: Options): Promise<void> {
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const secrets = { admin_key: crypto.randomUUID(), app_secret: crypto.randomUUID() };
  const place = { ...secrets, database_url: postgres.url };
  let service = await start(place);
  try {
    const herd = new MonthEndCompanies(options.companies, { ...place, url: urlOf(service) });
    await herd.create();
    say(`${options.companies} companies made`);
    const crossings: Crossing[] = [];
    for (let round = 1; round <= options.rounds; round++) {
      const today = await herd.today();
      const last_day = today.with({ day: today.daysInMonth });
      await herd.moveTo(last_day.toPlainDateTime("23:50"));
      await herd.openWindows();
      if (!options.awake) {
        await service[Symbol.asyncDispose]();
        service = await start(place);
        herd.useService({ ...place, url: urlOf(service) });
      }
      const crossing = await cross(herd, service, postgres.pid!, last_day, options);
      crossings.push(crossing);
      say(`midnight ${round} of ${options.rounds}: ${lineOf(crossing)}`);
    }
    say(`\n${tableOf(crossings, options)}`);
  } finally {
    await service[Symbol.asyncDispose]();
  }
}

/** @throws {Error} when a webhook was answered anything but 200, or somebody was not closed or not renewed */
async function cross(
  herd: MonthEndCompanies,
  service: ServerProcess,
  postgres_pid: number,
  last_day: Temporal.PlainDate,
  { per_s, span_ms }: Options,
): Promise<Crossing> {
  const next = () => herd.nextWebhook(Math.min(BUSY, herd.size));
  const load = await startPacedLoad(service.target, next, { per_s, connections: CONNECTIONS });
  try {
    await sleep(WARM_UP_MS);
    load.takeLatencies();
    await sleep(span_ms);
    const before = latenciesOf(load);
    const begun_ms = performance.now();
    const used = () => [cpuTimeOf(service.pid), familyCpuTimeOf(postgres_pid)] as const;
    const used_before = used();
    await herd.moveTo(last_day.add({ days: 1 }).toPlainDateTime());
    const took_ms = performance.now() - begun_ms;
    const [server_cpu_ms, postgres_cpu_ms] = used().map((ms, i) => ms! - used_before[i]!);
    const during = latenciesOf(load);
    await sleep(span_ms);
    const after = latenciesOf(load);
    const unclosed = await herd.unclosed(last_day);
    if (unclosed.length > 0) {
      throw new Error(`not all of the herd is closed and renewed: ${unclosed.join("; ")}`);
    }
    return { took_ms, server_cpu_ms, postgres_cpu_ms, before, during, after };
  } finally {
    await load.stop();
  }
}

function latenciesOf(load: PacedLoad): Latencies {
  const sorted = load.takeLatencies();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { answered: sorted.length, p50_ms: at(0.5), p99_ms: at(0.99), most_ms: at(1) };
}

function start(place: Omit<ServiceAccess, "url">): Promise<ServerProcess> {
  return startServer(new URL("../../main.ts", import.meta.url), {
    META_APP_SECRET: place.app_secret,
    META_VERIFY_TOKEN: crypto.randomUUID(),
    ADMIN_KEY: place.admin_key,
    DATABASE_URL: place.database_url,
    HOST: "127.0.0.1",
    TEST_CLOCK: "1",
    LOG_LEVEL: "warning",
  }, "/readyz");
}

function urlOf({ target }: ServerProcess): string {
  return `http://${target.hostname}:${target.port}`;
}

function lineOf({ took_ms, server_cpu_ms, postgres_cpu_ms, before, during, after }: Crossing): string {
  const shown = ({ answered, p50_ms, p99_ms, most_ms }: Latencies) =>
    `${answered} webhooks, p50 ${p50_ms.toFixed(1)}, p99 ${p99_ms.toFixed(1)}, at most ${
      most_ms.toFixed(1)
    } ms`;
  return `all closed and renewed in ${(took_ms / 1000).toFixed(1)} s ` +
    `(processor: server ${inSeconds(server_cpu_ms)}, Postgres ${inSeconds(postgres_cpu_ms)})\n  before: ${
      shown(before)
    }\n` +
    `  during: ${shown(during)}\n  after:  ${shown(after)}\n` +
    `  p99 during is ${(during.p99_ms / before.p99_ms).toFixed(1)} times that before`;
}

function tableOf(crossings: readonly Crossing[], { companies, per_s, awake }: Options): string {
  const middle = (figure: (crossing: Crossing) => number) => median(crossings.map(figure));
  const all = (figure: (crossing: Crossing) => number) =>
    `${Math.min(...crossings.map(figure)).toFixed(1)} to ${Math.max(...crossings.map(figure)).toFixed(1)}`;
  const row = (name: string, figure: (crossing: Crossing) => number) =>
    `| ${name} | ${middle(figure).toFixed(1)} | ${all(figure)} |`;
  return [
    `${companies} companies, ${
      awake ? "awake" : "asleep"
    }; ${per_s} webhooks a second; ${crossings.length} midnights`,
    "",
    "| | median | least to most |",
    "| --- | --- | --- |",
    row("all closed and renewed, s", ({ took_ms }) => took_ms / 1000),
    row("p99 of webhooks before, ms", ({ before }) => before.p99_ms),
    row("p99 of webhooks meanwhile, ms", ({ during }) => during.p99_ms),
    row("p99 of webhooks after, ms", ({ after }) => after.p99_ms),
    row("p99 meanwhile, as a multiple of before", ({ before, during }) => during.p99_ms / before.p99_ms),
    "",
    "Every webhook was answered 200.",
  ].join("\n");
}

function inSeconds(duration_ms: number | undefined): string {
  return duration_ms === undefined || Number.isNaN(duration_ms)
    ? "?"
    : `${(duration_ms / 1000).toFixed(1)} s`;
}

function say(text: string): void {
  console.log(text);
}
