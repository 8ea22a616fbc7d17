/** Starts the service from its environment and stops it on a signal. */

import { getLogger } from "@logtape/logtape";
import type { Config } from "./src/config/environment.ts";
import { ConfigError, processEnvironment, readConfig } from "./src/config/environment.ts";
import { VERSION } from "./src/config/version.ts";
import { connectionsMaxOf } from "./src/config/open_files.ts";
import { loadSecrets } from "./src/config/secrets.ts";
import { listen } from "./src/http/listen.ts";
import { prepare, startJobs, stop } from "./src/lifecycle.ts";
import { CommandTraces } from "./src/observability/command_traces.ts";
import { configureLog, reportError } from "./src/observability/log.ts";
import { Tracing } from "./src/observability/tracing.ts";
import { DatabaseError } from "./src/postgres/database_error.ts";
import { openStore, type Store } from "./src/postgres/store.ts";
import { createService } from "./src/service.ts";
import { openTestClock } from "./src/time/clock.ts";
import { untilSignalled } from "./src/time/signals.ts";
import { TrustedClock } from "./src/time/trusted_clock.ts";

/** A started service. */
export interface RunningService {
  /** The URL it is reached at. */
  readonly url: string;
  readonly admin_key: string;
  /** Rejects when the HTTP server ended although nobody stopped it. */
  readonly finished: Promise<void>;
  /** Stops it; every acknowledged event is durable already. Never throws; a second call waits for the first. */
  stop(): Promise<void>;
}

/** Options for the demo and tests. */
export interface StartOptions {
  /** Where the test clock starts when it was never set. It moves forward only. */
  readonly clock_starts_at_ms?: number;
  /** Receives each step of a first start. */
  readonly onStep?: (step: string) => void;
}

const log = getLogger(["poli-credits"]);

/**
 * Starts the service: secrets, store, service, server and jobs.
 *
 * @throws {Error} with the fault and its remedy; nothing is left running
 */
export async function start(config: Config, options: StartOptions = {}): Promise<RunningService> {
  const connections_max = connectionsMaxOf(config);
  const { secrets, path, created } = await loadSecrets(config);
  // The path and not the key: log collectors keep standard output.
  if (created) log.info("Created the admin key in {path}, which only its owner can read", { path });
  const tracing = Tracing.ofDeno();
  const traces = tracing && new CommandTraces(tracing);
  const store = await openStore(config, { traces, onStep: options.onStep });
  try {
    const system_clock = new TrustedClock();
    const clock = await clockFor(config, store, system_clock, options);
    const service = createService({ config, secrets, store, system_clock, clock, tracing, traces });
    await prepare(service);
    const { bodies, hono } = service.app;
    const abortOldestBody = () => bodies.abortOldest();
    const { connections: counts } = service;
    const server = listen({ ...config, connections_max, abortOldestBody, counts }, hono.fetch);
    const jobs = startJobs(service);
    let stopped: Promise<void> | undefined;
    return {
      url: config.public_url ?? `http://localhost:${server.addr.port}`,
      admin_key: secrets.admin_key,
      finished: server.finished,
      stop: () => stopped ??= stop(service, server, jobs),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function clockFor(
  { test_clock }: Config,
  store: Store,
  machine: TrustedClock,
  { clock_starts_at_ms }: StartOptions,
) {
  return test_clock ? await openTestClock(store.test_clock, machine, clock_starts_at_ms) : machine;
}

/** The exit code when the HTTP server ended although nobody stopped it. */
const SERVER_ENDED_CODE = 3;

function reportAndReturn(error: unknown): "server_ended" {
  reportError("HTTP server ended unexpectedly")(error);
  return "server_ended";
}

if (import.meta.main) {
  try {
    const config = readConfig(processEnvironment());
    await configureLog(config.log_level);
    log.info("Poli Credits {version} starts on Deno {deno}", { version: VERSION, deno: Deno.version.deno });
    const service = await start(config);
    log.info("Ready at {url}", { url: service.url });
    const ended = await Promise.race([untilSignalled(), service.finished.catch(reportAndReturn)]);
    log.info("Stopping");
    await service.stop();
    log.info("Stopped");
    Deno.exit(ended === "server_ended" ? SERVER_ENDED_CODE : 0);
  } catch (error) {
    const needs_no_stack = error instanceof ConfigError || error instanceof DatabaseError;
    if (!needs_no_stack) reportError("start the service")(error);
    console.error(`Poli Credits cannot start: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
