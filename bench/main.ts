/**
 * `deno task bench`: signed webhooks of one and of fifty messages, against a bare server and against the plain
 * way. What it measures, and what it does not, is in README.md beside it.
 *
 *     deno task bench [--rounds=5] [--seconds=4] [--connections=64] [--only=conversation/1]
 *                     [--pool=20] [--calls=in_turn]
 */

import { join } from "node:path";
import { startEmbeddedPostgres } from "../src/store/embedded.ts";
import { type Case, Lane, type Plan, type Reading } from "./measure.ts";
import { EventStream } from "./mixes.ts";
import { lineOf, median, nameOf, tableOf } from "./report.ts";
import { PreparedRequests } from "./requests.ts";
import {
  type Arena,
  type Contender,
  type PlainOptions,
  startBare,
  startPlain,
  startService,
} from "./servers.ts";

const CASES: readonly Case[] = [
  { mix: "conversation", messages_each: 1 },
  { mix: "conversation", messages_each: 50 },
  { mix: "opening", messages_each: 1 },
  { mix: "opening", messages_each: 50 },
];

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
  readonly plain: PlainOptions;
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
  return {
    plan: {
      rounds: number("rounds", 5),
      span_ms: number("seconds", 4) * 1000,
      connections: number("connections", 64),
    },
    plain: { pool_size: number("pool", 20), calls: given.get("calls") === "at_once" ? "at_once" : "in_turn" },
    cases: CASES.filter(({ mix, messages_each }) => only === undefined || only === `${mix}/${messages_each}`),
  };
}

async function bench({ plan, plain, cases }: Options): Promise<void> {
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await using postgres = await startEmbeddedPostgres({ data_dir: FOLDER });
  const arena: Arena = {
    postgres,
    streams: CASES.map(streamOf),
    app_secret: crypto.randomUUID(),
    time_zone: zoneAtNoon(),
    plain,
  };
  say(
    `${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, ${Deno.build.os}; Postgres with fsync`,
  );
  say(`a write of 8 kB and its fsync take ${fsyncTime(FOLDER).toFixed(2)} ms here (median of 200)`);
  say(
    `${plan.rounds} rounds of ${
      plan.span_ms / 1000
    } s, ${plan.connections} connections, pool of ${pool_size}\n`,
  );
  await using bare = await startBare(arena);
  await using plain_way = await startPlain(arena);
  await using service = await startService(arena);
  const contenders = [bare, plain_way, service];
  const tables: string[] = [];
  for (const measured of cases) {
    tables.push(tableOf(measured, await roundsOf(measured, contenders, arena, plan)));
  }
  say(`\n${tables.join("\n")}`);
  say("Every answer was a 200, and after each span every company's consumption was what it was sent.");
}

async function roundsOf(
  measured: Case,
  contenders: readonly Contender[],
  arena: Arena,
  plan: Plan,
): Promise<Reading[][]> {
  // Each has a stream of its own, and all streams are the same.
  const lanes = contenders.map((contender) => {
    const requests = new PreparedRequests(streamOf(measured), measured.messages_each, arena.app_secret);
    return new Lane(contender, requests, arena, plan);
  });
  const rounds: Reading[][] = [];
  for (let round = 0; round < plan.rounds; round++) {
    say(`${nameOf(measured)}: round ${round + 1} of ${plan.rounds}`);
    const readings: Reading[] = [];
    // Whoever is first one round is last the next, so that none always follows the same.
    for (let turn = 0; turn < lanes.length; turn++) {
      const reading = await lanes[(round + turn) % lanes.length]!.measure();
      say(`  ${lineOf(reading)}`);
      readings.push(reading);
    }
    rounds.push(readings);
  }
  return rounds;
}

function streamOf(measured: Case): EventStream {
  return new EventStream(measured.mix, CASES.indexOf(measured), () => Math.floor(Date.now() / 1000));
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
