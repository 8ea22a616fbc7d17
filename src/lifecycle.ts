/** Runs a service that {@link createService} built: preparation, background jobs, stop. */

import { getLogger } from "@logtape/logtape";
import type { HttpServer } from "./http/listen.ts";
import { reportError } from "./observability/log.ts";
import type { Service } from "./service.ts";
import { withDeadline } from "./time/deadline.ts";

/** The whole stop must end within this time: orchestrators kill a process 10 s after SIGTERM. */
const STOP_DEADLINE_MS = 8_000;
/** Requests must end within this part of it. Later ones are cut off when the process exits. */
const DRAIN_DEADLINE_MS = 3_000;
/** Shards that have not drained after this time are left to their lease, which ends by itself. */
const HAND_OVER_DEADLINE_MS = 4_000;
/**
 * How long one of several nodes takes requests after it has said that it is not ready: a proxy that asks once a second
 * sends the later ones to the other nodes.
 */
const UNREADY_MS = 3_000;
/** How often stalled request bodies and downloads are aborted, unlogged requests are reported, and the heap is sampled. */
const CHECK_INTERVAL_MS = 1_000;
/** How often the clocks are compared. A jump of the machine's clock takes effect nowhere meanwhile. */
const CLOCK_CHECK_INTERVAL_MS = 10_000;

const log = getLogger(["poli-credits"]);

/**
 * Compares the clocks, loads rates, phone numbers and API keys into memory, compares the zone data with the stored days,
 * closes the days that ended while the service was down, and measures what waits.
 *
 * @throws when the store cannot be reached
 */
export async function prepare(
  { refresh, access, scheduler, zone_check, clock_check, backlogs, cluster, readers, placement }: Service,
): Promise<void> {
  await clock_check.run();
  // It informs only: a failure does not stop the start.
  const compared = zone_check.run().catch(reportError("compare zone data"));
  await Promise.all([refresh(), access.refresh(), compared]);
  await cluster?.start(readers);
  await placement.start();
  await scheduler.runDue();
  await backlogs.measure();
}

/** Starts the background jobs. Disposing of the result ends the checks of requests, memory and clocks; {@link stop} ends the rest. */
export function startJobs(
  { access, app: { access_log, answers, bodies, downloads }, clock_check, jobs, memory_pressure, stopping }:
    Service,
): Disposable {
  access.start();
  const each_second = setInterval(() => {
    bodies.abortLate();
    downloads.abortStalled();
    answers.abortStalled();
    access_log.reportLeftOut();
    memory_pressure.sample();
  }, CHECK_INTERVAL_MS);
  const clock_checks = setInterval(
    () => void clock_check.run().catch(reportError("compare the clocks")),
    CLOCK_CHECK_INTERVAL_MS,
  );
  // What is due is stored in Postgres, so a missed or duplicated run changes nothing. Cron never overlaps runs of one
  // job, and jobs do not wait for each other: a long retention run does not delay a midnight.
  for (const [name, run] of Object.entries(jobs)) {
    void Deno.cron(name, "* * * * *", { signal: stopping.signal }, () => run().catch(reportError(name)));
  }
  return {
    [Symbol.dispose]: () => {
      clearInterval(each_second);
      clearInterval(clock_checks);
      access_log.reportLeftOut();
    },
  };
}

/** Stops a service and closes its store. Never throws: past the deadline the rest is left behind. */
export async function stop(service: Service, server: HttpServer, jobs: Disposable): Promise<void> {
  await withDeadline(STOP_DEADLINE_MS, shutDown(service, server, jobs)).catch(
    reportError("stop the service"),
  );
}

async function shutDown(service: Service, server: HttpServer, jobs: Disposable): Promise<void> {
  const { access, actor_system, alerts, app, cluster, feed, placement, stopping, store } = service;
  stopping.abort();
  // First, while requests are still served: they go to the nodes that take the companies over.
  await withDeadline(HAND_OVER_DEADLINE_MS, placement.stop(UNREADY_MS)).catch(
    reportError("hand companies over"),
  );
  feed.close();
  app.downloads.close();
  await drain(server);
  jobs[Symbol.dispose]();
  await Promise.all([alerts.stop(), access.stop(), actor_system.stop()]);
  await cluster?.stop();
  await store.close();
}

/** Accepts no more requests and waits for running ones, up to a deadline: a client may never read its response. */
async function drain(server: HttpServer): Promise<void> {
  await withDeadline(DRAIN_DEADLINE_MS, server.shutdown()).catch(() => {
    log.warn("Stopping although some responses were not read after {deadline_ms} ms", {
      deadline_ms: DRAIN_DEADLINE_MS,
    });
  });
}
