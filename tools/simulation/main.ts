/** `deno task simulate`: see README.md in this folder. */

import { numberAtLeast, runTool, type Values } from "../command_line.ts";
import { planOf, simulate } from "./run.ts";
import { shrink } from "./shrink.ts";
import { addCoverage, emptyCoverage, faultTable, progressLine } from "./coverage.ts";
import { FAULTS } from "./trace.ts";
import { describePlan } from "./describe.ts";
import type { WorkerMessage, WorkerTask } from "./worker.ts";

const USAGE = `deno task simulate [--seeds N] [--minutes M] [--workers W] [--from SEED]
deno task simulate --seed SEED [--trace]

  --seeds N     run N seeds (default 1,000); with --minutes, run until both are reached
  --minutes M   run for M minutes
  --workers W   run in W workers at once (default 1)
  --from SEED   the first seed, a number (default 1)
  --seed SEED   run this seed alone, twice, and describe it
  --trace       with --seed: print every step
  --help        print this text

Ctrl-C ends the run early and prints its results.

Exit codes: 0 every invariant held; 1 an invariant broke (the seed and the smallest failing script are printed);
2 the command line does not fit.`;

const OPTIONS = {
  seeds: { type: "string" },
  minutes: { type: "string" },
  workers: { type: "string" },
  from: { type: "string" },
  seed: { type: "string" },
  trace: { type: "boolean" },
} as const;

type Settings = Values<typeof OPTIONS>;

const PROGRESS_EVERY_MS = 5_000;

function run(settings: Settings): Promise<number> {
  return settings.seed === undefined ? runSeeds(settings) : runSeed(settings.seed, settings.trace === true);
}

/** Runs one seed twice. @returns the exit code */
async function runSeed(seed: string, prints_trace: boolean): Promise<number> {
  const plan = planOf(seed);
  const result = await simulate(plan, true);
  if (prints_trace) console.log(result.lines!.join("\n"));
  const repeated = await simulate(plan, true);
  console.log(describePlan(plan));
  console.log(`Seed ${seed}: ${result.steps} steps, trace ${result.hash}, repeated ${repeated.hash}`);
  if (result.hash !== repeated.hash) {
    console.log("The two runs differ: the code depends on something outside the simulation.");
    return 1;
  }
  return result.violations.length === 0 ? 0 : await reportFailure(seed);
}

/** Runs many seeds, and stops at the first that fails. @returns the exit code */
async function runSeeds(settings: Settings): Promise<number> {
  const minutes = settings.minutes === undefined ? 0 : numberAtLeast("minutes", settings.minutes, 0);
  const seeds = settings.seeds === undefined
    ? (minutes === 0 ? 1_000 : 0)
    : numberAtLeast("seeds", settings.seeds, 0);
  const from = numberAtLeast("from", settings.from ?? "1", 0);
  const worker_count = numberAtLeast("workers", settings.workers ?? "1", 1);
  const started_ms = performance.now();
  const coverage = emptyCoverage();
  const seconds = () => (performance.now() - started_ms) / 1000;
  const isEnough = () => coverage.seeds >= seeds && seconds() >= minutes * 60;
  const { promise: ended, resolve: end } = Promise.withResolvers<string | undefined>();
  const stop = () => end(undefined);
  Deno.addSignalListener("SIGINT", stop);
  let done = 0;
  const last = minutes === 0 ? from + seeds - 1 : Number.MAX_SAFE_INTEGER;
  const workers = startWorkers(worker_count, from, last, (message) => {
    if (message.type === "failed") return end(message.seed);
    if (message.type === "progress") addCoverage(coverage, message.coverage);
    else done++;
    if (isEnough() || done === worker_count) end(undefined);
  });
  const progress = setInterval(() => console.log(progressLine(coverage, seconds())), PROGRESS_EVERY_MS);
  const failed_seed = await ended;
  clearInterval(progress);
  Deno.removeSignalListener("SIGINT", stop);
  for (const worker of workers) worker.terminate();
  console.log(progressLine(coverage, seconds()));
  console.log(faultTable(coverage));
  if (failed_seed !== undefined) return await reportFailure(failed_seed);
  const missing = FAULTS.filter((fault) => coverage.faults[fault] === 0);
  console.log(
    missing.length === 0
      ? "Every invariant held. Every fault fired."
      : `Every invariant held. Never fired: ${missing.join(", ")}.`,
  );
  return 0;
}

function startWorkers(
  count: number,
  from: number,
  last: number,
  onMessage: (message: WorkerMessage) => void,
): Worker[] {
  return Array.from({ length: count }, (_, at) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => onMessage(data);
    worker.postMessage({ first: from + at, stride: count, last } satisfies WorkerTask);
    return worker;
  });
}

/** Prints the violations of a seed and its smallest failing plan. @returns the exit code */
async function reportFailure(seed: string): Promise<number> {
  const plan = planOf(seed);
  const { violations, hash } = await simulate(plan);
  console.log(`\nSEED ${seed} FAILS (trace ${hash}). To repeat it: deno task simulate --seed ${seed}`);
  for (const { invariant, detail } of violations) console.log(`  ${invariant}: ${detail}`);
  console.log(`\nShrinking ${plan.script.length} steps ...`);
  const smallest = await shrink(plan, ({ script }) => console.log(`  ${script.length} steps`));
  console.log(`\nThe smallest plan that fails:\n${describePlan(smallest)}\n`);
  for (const { invariant, detail } of (await simulate(smallest)).violations) {
    console.log(`  ${invariant}: ${detail}`);
  }
  return 1;
}

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));
