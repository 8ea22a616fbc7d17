import { getLogger } from "@logtape/logtape";
import type { Unavailable } from "./src/domain/company/command.ts";
import type { Config } from "./src/config/environment.ts";
import { ConfigError, processEnvironment, readConfig } from "./src/config/environment.ts";
import { createService, type Service } from "./src/service.ts";
import { createApp } from "./src/http/app.ts";
import { Access } from "./src/access/access.ts";
import { authentication } from "./src/http/middleware/authentication.ts";
import type { Readiness } from "./src/ports.ts";
import { RequestMetrics } from "./src/http/middleware/request_metrics.ts";
import { listen } from "./src/http/listen.ts";
import { LiveFeed } from "./src/live/feed.ts";
import { configureLog, reportError } from "./src/observability/log.ts";
import { createMetrics } from "./src/observability/metrics.ts";
import type { Secrets } from "./src/config/secrets.ts";
import { loadSecrets } from "./src/config/secrets.ts";
import type { Store } from "./src/postgres/store.ts";
import { openStore } from "./src/postgres/store.ts";
import { isTransientError } from "./src/postgres/transient_error.ts";
import { DatabaseError } from "./src/postgres/database_error.ts";
import { withDeadline } from "./src/time/deadline.ts";
import { untilSignalled } from "./src/time/signals.ts";
import { SystemClock, SystemTimers, TestClock } from "./src/time/clock.ts";

/** A service that is up. */
export interface RunningService {
  /** Where it answers. */
  readonly url: string;
  readonly admin_key: string;
  /** Stops it cleanly; everything acknowledged is durable already. Never throws; a second call waits for the first. */
  stop(): Promise<void>;
}

/** What only the demo and tests ask for. */
export interface StartOptions {
  /** Where the test clock begins, when it has never been set: it only runs forward from there. */
  readonly clock_starts_at_ms?: number;
}

/** Past it, what still goes on is cut off: SIGTERM is answered within 10 s. */
const STOP_DEADLINE_MS = 8_000;
/** Past it, whoever has not taken their answer is left behind: their connection ends with the process. */
const ANSWERED_WITHIN_MS = 3_000;
const READY_WITHIN_MS = 2_000;
/** How often bodies that do not arrive, and downloads that nobody takes, are looked for. */
const LATE_EVERY_MS = 1_000;

const log = getLogger(["poli-credits"]);

/**
 * Starts the service: store, actors, edge, and what wakes the sweep.
 *
 * @throws {Error} that names the fault and the remedy; nothing is left running
 */
export async function start(config: Config, options: StartOptions = {}): Promise<RunningService> {
  const { secrets, created } = await loadSecrets(config);
  // At once: should the start fail further on, the next one finds the key made, and does not show it.
  if (created) {
    console.log(`Admin key (shown once, kept in ${config.data_dir}/secrets.json): ${secrets.admin_key}`);
  }
  const store = await openStore(config);
  try {
    return await startOn(store, config, secrets, options);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function startOn(
  store: Store,
  config: Config,
  secrets: Secrets,
  options: StartOptions,
): Promise<RunningService> {
  const clock = await clockOf(store, config, options);
  const feed = new LiveFeed();
  const service = createService(store, clock, feed);
  const access = accessTo(store);
  await Promise.all([service.refresh(), access.refresh()]);
  await service.scheduler.runDue();
  const stopping = new AbortController();
  const { hono, bodies, downloads } = createApp({
    ...service.parts,
    clock,
    live: feed,
    health: { ready: () => readiness(store, stopping.signal) },
    test_clock: clock instanceof TestClock ? testClock(clock, service) : undefined,
    authenticate: authentication(secrets.admin_key, access.keys, access.sessions),
    keys: access.keys,
    viewer_sessions: access.sessions,
    metrics: new RequestMetrics(
      createMetrics({
        journal: store.journal,
        quarantined: store.quarantined,
        actor_system: service.actor_system,
        feed,
        access,
        alerts: service.alerts,
      }),
    ),
    app_secrets: secrets.meta_app_secrets,
    verify_token: secrets.meta_verify_token,
    public_url: config.public_url,
    frame_ancestors: config.frame_ancestors,
    request_rates: config.request_rates,
    isTransientError,
  });
  const server = listen(config, hono.fetch);
  access.start();
  const late = setInterval(() => {
    bodies.abortLate();
    downloads.abortStalled();
  }, LATE_EVERY_MS);
  // Wake-ups only: what is due stands in Postgres, so a missed or doubled one changes nothing. Cron begins none anew
  // before it is done, and none waits for another: a long forgetting does not hold up a midnight.
  for (const [name, wake] of Object.entries(service.jobs)) {
    void Deno.cron(name, "* * * * *", { signal: stopping.signal }, () => wake().catch(reportError(name)));
  }
  const { port } = server.addr;
  const shut = async () => {
    stopping.abort();
    feed.close();
    downloads.close();
    await answered(server);
    clearInterval(late);
    await Promise.all([service.alerts.stop(), access.stop(), service.actor_system.stop()]);
    await store.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    url: config.public_url ?? `http://localhost:${port}`,
    admin_key: secrets.admin_key,
    stop: () => stopped ??= withDeadline(STOP_DEADLINE_MS, shut()).catch(reportError("the stop")),
  };
}

/** Takes no more requests, and waits for those there are, but not for whoever does not take their answer. */
async function answered(server: Deno.HttpServer): Promise<void> {
  await withDeadline(ANSWERED_WITHIN_MS, server.shutdown()).catch(() => {
    log.warn("Stopping, though not all that was asked has been taken");
  });
}

/** Who may ask: by the machine's clock, whatever the test clock says. */
function accessTo({ keys, viewer_sessions: sessions, token_secret }: Store): Access {
  const clock = new SystemClock();
  const timers = new SystemTimers();
  return new Access({
    keys,
    sessions,
    token_secret,
    clock,
    timers,
    report: reportError("who may ask"),
  });
}

async function clockOf(
  store: Store,
  config: Config,
  options: StartOptions,
): Promise<SystemClock | TestClock> {
  const machine = new SystemClock();
  if (!config.test_clock) return machine;
  const kept = await store.test_clock.read();
  const begins_ms = options.clock_starts_at_ms ?? machine.now_ms();
  const offset_ms = kept ?? begins_ms - machine.now_ms();
  if (kept === undefined) await store.test_clock.write(offset_ms);
  return new TestClock(offset_ms, store.test_clock);
}

function testClock(clock: TestClock, service: Service) {
  return {
    now_ms: () => clock.now_ms(),
    advance: async (
      target: (now_ms: number) => number,
    ): Promise<"advanced" | "clock_backwards" | Unavailable> => {
      if (!await clock.set(target)) return "clock_backwards";
      const { failed } = await service.scheduler.runDue();
      await service.forget().catch(reportError("the retention"));
      void service.alerts.raiseAndDeliver().catch(reportError("the alerts"));
      return failed === 0
        ? "advanced"
        : { type: "unavailable", reason: "store_unreachable", retry_after_s: 1 };
    },
  };
}

async function readiness(store: Store, stopping: AbortSignal): Promise<Readiness> {
  if (stopping.aborted) return { ready: false, checks: { service: "stopping" } };
  try {
    await withDeadline(READY_WITHIN_MS, store.ping());
    return { ready: true, checks: { postgres: "ok" } };
  } catch {
    return { ready: false, checks: { postgres: "does not answer" } };
  }
}

if (import.meta.main) {
  try {
    const config = readConfig(processEnvironment());
    await configureLog(config.log_level);
    const service = await start(config);
    log.info("Ready at {url}", { url: service.url });
    await untilSignalled();
    log.info("Stopping");
    await service.stop();
    log.info("Stopped");
    Deno.exit(0);
  } catch (error) {
    const needs_no_stack = error instanceof ConfigError || error instanceof DatabaseError;
    if (!needs_no_stack) reportError("the start")(error);
    console.error(`Poli Credits cannot start: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
