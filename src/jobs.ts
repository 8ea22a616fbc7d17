/** What the service does by itself each minute, and when its test clock is moved. */

import { getLogger } from "@logtape/logtape";
import type { ActorSystem } from "../actors/actor_system.ts";
import type { QuarantineReplay } from "../actors/quarantine_replay.ts";
import type { Scheduler } from "../actors/scheduler.ts";
import type { Alerts } from "./alerts/alerts.ts";
import type { IdempotentCalls } from "./http/kit/idempotency.ts";
import type { Backlogs } from "./observability/backlogs.ts";
import { reportError } from "./observability/log.ts";
import type { Placement } from "./ports/placement.ts";
import type { MovableClock } from "./ports/runtime.ts";
import type { Store } from "./postgres/store.ts";
import type { TestClock } from "./time/clock.ts";
import type { TrustedClock } from "./time/trusted_clock.ts";

/** The parts of the service that its jobs use. */
export interface JobDependencies {
  readonly actor_system: ActorSystem;
  readonly alerts: Alerts;
  applyRetention(): Promise<void>;
  readonly backlogs: Backlogs;
  readonly idempotency: IdempotentCalls;
  readonly placement: Placement;
  /** Reads again what other processes may have changed. */
  refresh(): Promise<void>;
  readonly replay: QuarantineReplay;
  readonly scheduler: Scheduler;
  readonly store: Store;
}

const log = getLogger(["poli-credits"]);

/**
 * Returns the jobs of each minute by name. Each node does the work of its own shards of companies, and one node does what
 * belongs to none.
 */
export function createJobs(
  {
    actor_system,
    alerts,
    applyRetention,
    backlogs,
    idempotency,
    placement,
    refresh,
    replay,
    scheduler,
    store,
  }: JobDependencies,
) {
  const ifLeading = (job: () => Promise<void>) => () => placement.leads ? job() : Promise.resolve();
  return {
    "close due days": async () => {
      try {
        await Promise.all([scheduler.runDue(), actor_system.passivateIdle()]);
      } finally {
        await backlogs.measure();
      }
    },
    // Apart from the due days: thousands of them take longer than a minute.
    "read changes of other processes": refresh,
    "apply retention": ifLeading(applyRetention),
    "delete expired answers": ifLeading(() => idempotency.deleteExpired()),
    "deliver alerts": () => alerts.raiseAndDeliver(),
    "compare with the database": async () => {
      const earlier = await actor_system.compareWithStore((companies) => store.companies.heads(companies));
      if (earlier.length > 0) store.history.reportEarlierRows(earlier);
    },
    "replay quarantine": async () => void await Promise.all([replay.replayClaimed(), replay.replayDue()]),
  };
}

/** Returns the test clock of the API: each move also runs the jobs that are due at the new time. */
export function movableClock(
  clock: TestClock,
  { scheduler, replay, applyRetention, alerts }: {
    readonly scheduler: Scheduler;
    readonly replay: QuarantineReplay;
    readonly applyRetention: () => Promise<void>;
    readonly alerts: Alerts;
  },
): MovableClock {
  return {
    now_ms: () => clock.now_ms(),
    advance: async (target) => {
      if (!await clock.set(target)) return "clock_backwards";
      const { failed } = await scheduler.runDue();
      await replay.replayDue().catch(reportError("replay quarantine"));
      await applyRetention().catch(reportError("apply retention"));
      void alerts.raiseAndDeliver().catch(reportError("deliver alerts"));
      return failed === 0
        ? "advanced"
        : { type: "unavailable", reason: "store_unreachable", retry_after_s: 1 };
    },
  };
}

/** Deletes rows past their retention, unless the time is uncertain, and logs how many. */
export async function deleteExpired(store: Store, clock: TrustedClock | TestClock): Promise<void> {
  if (!clock.is_certain) return;
  const deleted = await store.retention.run(clock.now_ms());
  if (deleted === undefined || deleted.months + deleted.rows + deleted.identifiers === 0) return;
  log.info("Retention deleted {months} months of facts, {rows} other rows and {identifiers} identifiers", {
    ...deleted,
  });
}
