/**
 * `deno task load:month-end`: many companies of one zone, with open windows, cross a midnight and a month's end under
 * webhook load. Measures how long all take to close and renew, and the latency of the webhooks meanwhile.
 */

import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { positiveNumber, runTool, type Values } from "../command_line.ts";
import { MonthEndCompanies, type ServiceAccess } from "./month_end/companies.ts";
import { type PacedLoad, startPacedLoad } from "./paced_load.ts";
import { cpuTimeOf, familyCpuTimeOf, type ServerProcess, startServer } from "./processes.ts";
import { median } from "./report.ts";
import { sleep } from "../../src/time/sleep.ts";

const FOLDER = "./data/month-end";
/** The companies that webhooks address throughout. */
const BUSY = 200;
const CONNECTIONS = 64;
const WARM_UP_MS = 4_000;

/** The measurements of one midnight. */
interface Crossing {
  readonly took_ms: number;
  /** Processor time of all work until everything is closed; undefined where the system does not report it. */
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

const USAGE = `deno task load:month-end [--companies N] [--rounds N] [--rate N] [--seconds S] [--active]

  --companies N   the number of companies (default 10,000)
  --rounds N      the number of midnights (default 3)
  --rate N        webhooks per second (default 200)
  --seconds S     seconds of load before and after midnight (default 10)
  --active        keep every company active; by default the service restarts before midnight, so that only the
                  companies that webhooks address are active
  --help          print this text

Exit codes: 0 every company was closed and renewed, and every webhook answered 200; 1 not so; 2 the command line does
not fit.`;

const OPTIONS = {
  companies: { type: "string" },
  rounds: { type: "string" },
  rate: { type: "string" },
  seconds: { type: "string" },
  active: { type: "boolean" },
} as const;

interface Settings {
  readonly companies: number;
  readonly rounds: number;
  readonly per_s: number;
  readonly span_ms: number;
  readonly active: boolean;
}

function settingsFrom({ companies, rounds, rate, seconds, active }: Values<typeof OPTIONS>): Settings {
  return {
    companies: positiveNumber("companies", companies, 10_000),
    rounds: positiveNumber("rounds", rounds, 3),
    per_s: positiveNumber("rate", rate, 200),
    span_ms: positiveNumber("seconds", seconds, 10) * 1000,
    active: active === true,
  };
}

async function main(values: Values<typeof OPTIONS>): Promise<number> {
  const settings = settingsFrom(values);
  // Ctrl-C ends the service and with it the current step; everything is then stopped in order.
  Deno.addSignalListener("SIGINT", () => {});
  await run(settings);
  return 0;
}

async function run(settings: Settings): Promise<void> {
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const secrets = { admin_key: crypto.randomUUID(), app_secret: crypto.randomUUID() };
  const access = { ...secrets, database_url: postgres.url };
  let service = await start(access);
  try {
    const companies = new MonthEndCompanies(settings.companies, { ...access, url: urlOf(service) });
    await companies.create();
    print(`${settings.companies} companies created`);
    const crossings: Crossing[] = [];
    for (let round = 1; round <= settings.rounds; round++) {
      const today = await companies.today();
      const last_day = today.with({ day: today.daysInMonth });
      await companies.moveTo(last_day.toPlainDateTime("23:50"));
      await companies.openWindows();
      if (!settings.active) {
        await service[Symbol.asyncDispose]();
        service = await start(access);
        companies.useService({ ...access, url: urlOf(service) });
      }
      const crossing = await cross(companies, service, postgres.pid!, last_day, settings);
      crossings.push(crossing);
      print(`midnight ${round} of ${settings.rounds}: ${formatCrossing(crossing)}`);
    }
    print(`\n${formatCrossings(crossings, settings)}`);
  } finally {
    await service[Symbol.asyncDispose]();
  }
}

/**
 * Crosses one midnight under load.
 *
 * @throws {Error} when a webhook was not answered 200, or a company was not closed or not renewed
 */
async function cross(
  companies: MonthEndCompanies,
  service: ServerProcess,
  postgres_pid: number,
  last_day: Temporal.PlainDate,
  { per_s, span_ms }: Settings,
): Promise<Crossing> {
  const next = () => companies.nextWebhook(Math.min(BUSY, companies.size));
  const load = await startPacedLoad(service.target, next, { per_s, connections: CONNECTIONS });
  try {
    await sleep(WARM_UP_MS);
    load.takeLatencies();
    await sleep(span_ms);
    const before = latenciesOf(load);
    const started_ms = performance.now();
    const used = () => [cpuTimeOf(service.pid), familyCpuTimeOf(postgres_pid)] as const;
    const used_before = used();
    await companies.moveTo(last_day.add({ days: 1 }).toPlainDateTime());
    const took_ms = performance.now() - started_ms;
    const [server_cpu_ms, postgres_cpu_ms] = used().map((ms, i) => ms! - used_before[i]!);
    const during = latenciesOf(load);
    await sleep(span_ms);
    const after = latenciesOf(load);
    const differences = await companies.findDifferences(last_day);
    if (differences.length > 0) {
      throw new Error(`not all companies are closed and renewed: ${differences.join("; ")}`);
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

function start(access: Omit<ServiceAccess, "url">): Promise<ServerProcess> {
  return startServer(new URL("../../main.ts", import.meta.url), {
    META_APP_SECRET: access.app_secret,
    META_VERIFY_TOKEN: crypto.randomUUID(),
    ADMIN_KEY: access.admin_key,
    DATABASE_URL: access.database_url,
    HOST: "127.0.0.1",
    TEST_CLOCK: "1",
    LOG_LEVEL: "warning",
  }, "/readyz");
}

function urlOf({ target }: ServerProcess): string {
  return `http://${target.hostname}:${target.port}`;
}

function formatCrossing(
  { took_ms, server_cpu_ms, postgres_cpu_ms, before, during, after }: Crossing,
): string {
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

function formatCrossings(crossings: readonly Crossing[], { companies, per_s, active }: Settings): string {
  const middle = (figure: (crossing: Crossing) => number) => median(crossings.map(figure));
  const all = (figure: (crossing: Crossing) => number) =>
    `${Math.min(...crossings.map(figure)).toFixed(1)} to ${Math.max(...crossings.map(figure)).toFixed(1)}`;
  const row = (name: string, figure: (crossing: Crossing) => number) =>
    `| ${name} | ${middle(figure).toFixed(1)} | ${all(figure)} |`;
  return [
    `${companies} companies, ${
      active ? "all active" : "passive at midnight"
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

function print(text: string): void {
  console.log(text);
}

if (import.meta.main) {
  Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run: main }, Deno.args));
}
