import { parseArgs } from "node:util";
import { planOf, simulate } from "./run.ts";
import { shrink } from "./shrink.ts";
import { addCoverage, emptyCoverage, faultTable, progressLine } from "./coverage.ts";
import { FAULTS } from "./trace.ts";
import { describePlan } from "./describe.ts";
import type { WorkerMessage, WorkerTask } from "./worker.ts";

const USAGE = `deno task sim [--seeds N] [--minutes M] [--workers W] [--from SEED]
deno task sim --seed SEED [--trace]

  --seeds N     plays N seeds (1,000 unless told how long); with --minutes, whichever is more
  --minutes M   plays for M minutes
  --workers W   in W workers at once (1)
  --from SEED   the first seed, a number (1)
  --seed SEED   plays this one alone, twice, and tells what happened
  --trace       with every step of it
  --help        shows this

Ctrl-C ends it early, and tells what it came to.

Exit codes: 0 every invariant held, 1 one did not (the seed, and the least script that breaks it, are told), 2 asked wrongly.`;

const PROGRESS_EVERY_MS = 5_000;

const values = readArguments();
if (values.help) console.log(USAGE);
else Deno.exit(values.seed === undefined ? await playMany() : await playOne(values.seed));

function readArguments() {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    seeds: text,
    minutes: text,
    workers: text,
    from: text,
    seed: text,
    trace: flag,
    help: flag,
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

async function playOne(seed: string): Promise<number> {
  const plan = planOf(seed);
  const outcome = await simulate(plan, true);
  if (values.trace) console.log(outcome.lines!.join("\n"));
  const again = await simulate(plan, true);
  console.log(describePlan(plan));
  console.log(`Seed ${seed}: ${outcome.steps} steps, trace ${outcome.hash}, and once more ${again.hash}`);
  if (outcome.hash !== again.hash) {
    console.log("The two runs differ: something in it is not of the simulation.");
    return 1;
  }
  if (outcome.violations.length === 0) return 0;
  return await tellFailure(seed);
}

/** @returns the exit code */
async function playMany(): Promise<number> {
  const minutes = values.minutes === undefined ? 0 : numberFrom("minutes", values.minutes);
  const seeds = values.seeds === undefined ? (minutes === 0 ? 1_000 : 0) : numberFrom("seeds", values.seeds);
  const from = numberFrom("from", values.from ?? "1");
  const every = numberFrom("workers", values.workers ?? "1", 1);
  const begun_ms = performance.now();
  const tally = emptyCoverage();
  const seconds = () => (performance.now() - begun_ms) / 1000;
  const enough = () => tally.seeds >= seeds && seconds() >= minutes * 60;
  const workers: Worker[] = [];
  const { promise: over, resolve: end } = Promise.withResolvers<string | undefined>();
  const stop = () => end(undefined);
  Deno.addSignalListener("SIGINT", stop);
  let done = 0;
  for (let at = 0; at < every; at++) {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    workers.push(worker);
    worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      if (data.type === "failed") return end(data.seed);
      if (data.type === "played") addCoverage(tally, data.tally);
      else done++;
      if (enough() || done === every) end(undefined);
    };
    const last = minutes === 0 ? from + seeds - 1 : Number.MAX_SAFE_INTEGER;
    worker.postMessage({ first: from + at, every, last } satisfies WorkerTask);
  }
  const progress = setInterval(() => console.log(progressLine(tally, seconds())), PROGRESS_EVERY_MS);
  const failed = await over;
  clearInterval(progress);
  Deno.removeSignalListener("SIGINT", stop);
  for (const worker of workers) worker.terminate();
  console.log(progressLine(tally, seconds()));
  console.log(faultTable(tally));
  if (failed !== undefined) return await tellFailure(failed);
  const never = FAULTS.filter((fault) => tally.faults[fault] === 0);
  console.log(
    never.length === 0
      ? `Every invariant held. Every fault fired.`
      : `Every invariant held. Never fired: ${never.join(", ")}.`,
  );
  return 0;
}

/** Tells which seed fails, why, and the least that makes it fail. */
async function tellFailure(seed: string): Promise<number> {
  const plan = planOf(seed);
  const { violations, hash } = await simulate(plan);
  console.log(`\nSEED ${seed} FAILS (trace ${hash}); deno task sim --seed ${seed} plays it again:`);
  for (const { invariant, detail } of violations) console.log(`  ${invariant}: ${detail}`);
  console.log(`\nShrinking ${plan.script.length} steps ...`);
  const least = await shrink(plan, ({ script }) => console.log(`  ${script.length} steps`));
  console.log(`\nThe least that fails alike:\n${describePlan(least)}\n`);
  for (const { invariant, detail } of (await simulate(least)).violations) {
    console.log(`  ${invariant}: ${detail}`);
  }
  return 1;
}

function numberFrom(name: string, text: string, least = 0): number {
  const number = Number(text);
  const fits = text.trim() !== "" && Number.isFinite(number) && number >= least;
  return fits ? number : refuse(`--${name} must be a number, at least ${least}, not "${text}"`);
}

function refuse(why: string): never {
  console.error(`${why}\n\n${USAGE}`);
  Deno.exit(2);
}
