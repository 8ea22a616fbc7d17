/// <reference lib="deno.worker" />

/** Plays every so-many-th seed until it is told to end, and tells what came of them a batch at a time. */

import { planOf, simulate } from "./run.ts";
import { addRun, type Coverage, emptyCoverage } from "./coverage.ts";
import type { Violation } from "./oracle/auditor.ts";

/** What a worker is told. */
export interface WorkerTask {
  readonly first: number;
  readonly every: number;
  /** Seeds past it are not played. */
  readonly last: number;
}

/** What a worker tells. */
export type WorkerMessage =
  | { readonly type: "played"; readonly tally: Coverage }
  | { readonly type: "failed"; readonly seed: string; readonly violations: readonly Violation[] }
  | { readonly type: "done" };

const BATCH_MS = 500;

const tell = (told: WorkerMessage) => self.postMessage(told);

self.onmessage = async ({ data: { first, every, last } }: MessageEvent<WorkerTask>) => {
  let tally = emptyCoverage();
  let told_ms = performance.now();
  for (let seed = first; seed <= last; seed += every) {
    const outcome = await simulate(planOf(String(seed)));
    addRun(tally, outcome);
    if (outcome.violations.length > 0) {
      return tell({ type: "failed", seed: String(seed), violations: outcome.violations });
    }
    if (performance.now() - told_ms < BATCH_MS) continue;
    tell({ type: "played", tally });
    tally = emptyCoverage();
    told_ms = performance.now();
    // Lets whoever ends it be heard.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  tell({ type: "played", tally });
  tell({ type: "done" });
};
