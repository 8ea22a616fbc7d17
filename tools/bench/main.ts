/**
 * `deno task bench`: signed webhooks of one and of fifty messages, against a bare server and against the plain
 * way. What it measures, and what it does not, is in README.md beside it.
 *
 *     deno task bench [--rounds=5] [--seconds=6] [--only=conversation/1] [--connections=256] [--pool=10]
 */

import { join } from "node:path";
import { startEmbeddedPostgres } from "../../src/embedded_postgres/embedded_postgres.ts";
import { type Case, ContenderRun, type Measurement, type Plan } from "./measure.ts";
import { EventStream } from "./mixes.ts";
import { caseName, formatCase, formatMeasurement, median } from "./report.ts";
import { PreparedRequests } from "./requests.ts";
import { type BenchSetup, type Contender, startBareHono, startBaseline, startService } from "./servers.ts";

const CASES: readonly Pick<Case, "mix" | "messages_each">[] = [
  { mix: "conversation", messages_each: 1 },
  { mix: "conversation", messages_each: 50 },
  { mix: "opening", messages_each: 1 },
  { mix: "opening", messages_each: 50 },
];
/** More webhooks under way than any of the servers has hands for. */
const CONNECTIONS = 256;
/** With so many webhooks of fifty under way the plain way answers each after two seconds: a span is some times that. */
const SPAN_S = 6;

/** A bench of its own each time, on the disk the service would use. */
const FOLDER = "./data/bench";

if (import.meta.main) {
  // Ctrl-C ends the servers, and with them the span under way; what was started is then stopped in order.
  Deno.addSignalListener("SIGINT", () => {});
  await bench(optionsFrom(Deno.args));
  Deno.exit(0);
}

interface Options {
  readonly plan: Plan;
  readonly pool_size: number;
  readonly cases: readonly Case[];
}

function optionsFrom(args: readonly string[]): Options {
  const given = new Map(args.map((arg) => arg.replace(/^--/, "").split("=") as [string, string]));
  const number = (name: string, otherwise: number) => {
    const value = Number(given.get(name) ?? otherwise);
    if (value > 0) return value;
    throw new Error(`--${name} must be a number greater than 0`);
  };
  const only = given.get("only");
  const asked = CASES.filter(({ mix, messages_each }) =>
    only === undefined || only === `${mix}/${messages_each}`
  );
  if (asked.length === 0) throw new Error(`--only=${only} is none of conversation/1, /50, opening/1, /50`);
  return {
    plan: { rounds: number("rounds", 5), span_ms: number("seconds", SPAN_S) * 1000 },
    pool_size: number("pool", 10),
    cases: asked.map((measured) => ({ ...measured, connections: number("connections", CONNECTIONS) })),
  };
}

async function bench({ plan, pool_size, cases }: Options): Promise<void> {
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const arena: BenchSetup = {
    postgres,
    streams: CASES.map((_, number) => streamOf(number)),
    app_secret: crypto.randomUUID(),
    time_zone: zoneAtNoon(),
    pool_size,
  };
  say(
    `${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, ${Deno.build.os}; Postgres with fsync`,
  );
  say(`a write of 8 kB and its fsync take ${fsyncTime(FOLDER).toFixed(2)} ms here (median of 200)`);
  say(`${plan.rounds} rounds of ${plan.span_ms / 1000} s; the plain way has a pool of ${pool_size}\n`);
  await using bare = await startBareHono(arena);
  await using in_turn = await startBaseline(arena, "plain way");
  await using at_once = await startBaseline(arena, "plain, at once");
  await using service = await startService(arena);
  const tables: string[] = [];
  for (const measured of cases) {
    // One message is metered the same in turn and at once.
    const plain = measured.messages_each === 1 ? [in_turn] : [in_turn, at_once];
    const rounds = await roundsOf(measured, [bare, ...plain, service], arena, plan);
    tables.push(formatCase(measured, rounds));
  }
  say(`\n${tables.join("\n")}`);
  say("Every answer was a 200, and after each span every company's consumption was what it was sent.");
}

async function roundsOf(
  measured: Case,
  contenders: readonly Contender[],
  arena: BenchSetup,
  plan: Plan,
): Promise<Measurement[][]> {
  // Each has a stream of its own, and all streams are the same.
  const lanes = contenders.map((contender) => {
    const number = CASES.findIndex((c) =>
      c.mix === measured.mix && c.messages_each === measured.messages_each
    );
    const requests = new PreparedRequests(streamOf(number), measured.messages_each, arena.app_secret);
    return new ContenderRun(contender, requests, arena, { ...plan, connections: measured.connections });
  });
  const rounds: Measurement[][] = [];
  for (let round = 0; round < plan.rounds; round++) {
    say(`${caseName(measured)}: round ${round + 1} of ${plan.rounds}`);
    const readings: Measurement[] = [];
    // Whoever is first one round is last the next, so that none always follows the same.
    for (let turn = 0; turn < lanes.length; turn++) {
      const reading = await lanes[(round + turn) % lanes.length]!.measure();
      say(`  ${formatMeasurement(reading)}`);
      readings.push(reading);
    }
    rounds.push(readings);
  }
  return rounds;
}

/** The stream of a case, from its beginning. */
function streamOf(number: number): EventStream {
  return new EventStream(CASES[number]!.mix, number, () => Math.floor(Date.now() / 1000));
}

/** A zone in which it is about noon now. Their names have the sign of the other direction. */
function zoneAtNoon(): string {
  const ahead_hours = 12 - Temporal.Now.zonedDateTimeISO("UTC").hour;
  if (ahead_hours === 0) return "Etc/GMT";
  return ahead_hours > 0 ? `Etc/GMT-${ahead_hours}` : `Etc/GMT+${-ahead_hours}`;
}

/** How long the disk takes to make a page durable: what every commit waits for, alone or with others. */
function fsyncTime(folder: string): number {
  const path = join(folder, "fsync");
  using file = Deno.openSync(path, { write: true, create: true });
  const page = new Uint8Array(8_192);
  const times_ms = Array.from({ length: 200 }, () => {
    // Over and over the same page, for the log of Postgres is made before it is written to.
    file.seekSync(0, Deno.SeekMode.Start);
    const begun_ms = performance.now();
    file.writeSync(page);
    file.syncDataSync();
    return performance.now() - begun_ms;
  });
  Deno.removeSync(path);
  return median(times_ms);
}

function say(text: string): void {
  console.log(text);
}
