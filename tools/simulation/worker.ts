/// <reference lib="deno.worker" />

/** Runs its share of the seeds until the main thread terminates it, and posts the coverage in batches. */

import { sleep } from "../../src/time/sleep.ts";
import { planOf, simulate } from "./run.ts";
import { addRun, type Coverage, emptyCoverage } from "./coverage.ts";
import type { Violation } from "./oracle/auditor.ts";

/** The seeds of a worker: `first`, `first + stride`, … up to `last`. */
export interface WorkerTask {
  readonly first: number;
  readonly stride: number;
  readonly last: number;
}

/** A message from a worker. */
export type WorkerMessage =
  | { readonly type: "progress"; readonly coverage: Coverage }
  | { readonly type: "failed"; readonly seed: string; readonly violations: readonly Violation[] }
  | { readonly type: "done" };

const BATCH_MS = 500;

const post = (message: WorkerMessage) => self.postMessage(message);

self.onmessage = async ({ data: { first, stride, last } }: MessageEvent<WorkerTask>) => {
  let coverage = emptyCoverage();
  let posted_ms = performance.now();
  for (let seed = first; seed <= last; seed += stride) {
    const result = await simulate(planOf(String(seed)));
    addRun(coverage, result);
    if (result.violations.length > 0) {
      return post({ type: "failed", seed: String(seed), violations: result.violations });
    }
    if (performance.now() - posted_ms < BATCH_MS) continue;
    post({ type: "progress", coverage });
    coverage = emptyCoverage();
    posted_ms = performance.now();
    // Lets the worker be terminated.
    await sleep(0);
  }
  post({ type: "progress", coverage });
  post({ type: "done" });
};
