import { getLogger } from "@logtape/logtape";
import { PhoneDirectory } from "./actors/directory.ts";
import { Erasure } from "./actors/erasure.ts";
import { GeneralCard } from "./actors/general_card.ts";
import { Inbox } from "./actors/inbox.ts";
import { Registry } from "./actors/registry.ts";
import { Replay } from "./actors/replay.ts";
import { Roster } from "./actors/roster.ts";
import { Sweep } from "./actors/sweep.ts";
import type { Unavailable } from "./src/domain/company/command.ts";
import type { Config } from "./src/config.ts";
import { ConfigError, ownEnvironment, readConfig } from "./src/config.ts";
import { createApp } from "./src/http/app.ts";
import { Access } from "./src/access/access.ts";
import { Alerts } from "./src/alerts/alerts.ts";
import { post } from "./src/alerts/post.ts";
import { authentication } from "./src/http/authentication.ts";
import type { QuarantineQuery, Readiness } from "./src/http/ports.ts";
import { RequestMetrics } from "./src/http/request_metrics.ts";
import { listen } from "./src/listen.ts";
import { LiveFeed } from "./src/live/feed.ts";
import { configureLog, report } from "./src/log.ts";
import { metricsOf } from "./src/metrics.ts";
import type { Secrets } from "./src/secrets.ts";
import { secretsOf } from "./src/secrets.ts";
import type { Store } from "./src/store/open.ts";
import { openStore } from "./src/store/open.ts";
import { isOutage } from "./src/store/outage.ts";
import { erasureStore, generalCardStore, keptEvents, quarantineOf, registryStore } from "./src/fittings.ts";
import { within } from "./src/time/deadline.ts";
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

const LIMITS = {
  waiting_weight_max: 20_000,
  uncommitted_turns_max: 64,
  held_max: 50_000,
  awake_max: 20_000,
  waking_max: 200,
  asked_weight_max: 200_000,
  held_in_all_max: 1_000_000,
  idle_ms: 10 * 60_000,
} as const;

/** Companies the sweep wakes at once: few enough that whoever is woken by a webhook meanwhile hardly waits. */
const SWEPT_AT_ONCE = 50;
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
  const { secrets, made } = await secretsOf(config);
  // At once: should the start fail further on, the next one finds the key made, and does not show it.
  if (made) {
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
  const house = furnish(store, clock, feed);
  const access = accessTo(store);
  const alerts = alertsFrom(store, clock);
  await Promise.all([house.refresh(), access.look()]);
  await house.sweep.run();
  const stopping = new AbortController();
  const { hono, bodies, downloads } = createApp({
    ...house.rooms,
    clock,
    live: feed,
    health: { ready: () => readiness(store, stopping.signal) },
    test_clock: clock instanceof TestClock ? testClock(clock, house, alerts) : undefined,
    authenticate: authentication(secrets.admin_key, access.keys, access.sessions),
    keys: access.keys,
    alerts,
    viewer_sessions: access.sessions,
    metrics: new RequestMetrics(
      metricsOf({ journal: store.journal, roster: house.roster, feed, access, alerts }),
    ),
    app_secrets: secrets.meta_app_secrets,
    verify_token: secrets.meta_verify_token,
    public_url: config.public_url,
    frame_ancestors: config.frame_ancestors,
    request_rates: config.request_rates,
    isOutage,
  });
  const server = listen(config, hono.fetch);
  access.run();
  const late = setInterval(() => {
    bodies.giveUpLate();
    downloads.breakOffStalled();
  }, LATE_EVERY_MS);
  // Wake-ups only: what is due stands in Postgres, so a missed or doubled one changes nothing. Cron begins none anew
  // before it is done, and none waits for another: a long forgetting does not hold up a midnight.
  const wake_ups = { ...house.wake_ups, "tell what months have come to": () => alerts.run() };
  for (const [name, wake] of Object.entries(wake_ups)) {
    void Deno.cron(name, "* * * * *", { signal: stopping.signal }, () => wake().catch(report(name)));
  }
  const { port } = server.addr;
  const shut = async () => {
    stopping.abort();
    feed.close();
    downloads.close();
    await answered(server);
    clearInterval(late);
    await Promise.all([alerts.stop(), access.stop(), house.roster.stop()]);
    await store.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    url: config.public_url ?? `http://localhost:${port}`,
    admin_key: secrets.admin_key,
    stop: () => stopped ??= within(STOP_DEADLINE_MS, shut()).catch(report("the stop")),
  };
}

/** Takes no more requests, and waits for those there are, but not for whoever does not take their answer. */
async function answered(server: Deno.HttpServer): Promise<void> {
  await within(ANSWERED_WITHIN_MS, server.shutdown()).catch(() => {
    log.warn("Stopping, though not all that was asked has been taken");
  });
}

/** Who may ask: by the machine's clock, whatever the test clock says. */
function accessTo({ keys, viewer_sessions: sessions, ticket_secret }: Store): Access {
  const clock = new SystemClock();
  const timers = new SystemTimers();
  return new Access({ keys, sessions, ticket_secret, clock, timers, report: report("who may ask") });
}

/** What platforms are told of; receivers go by the machine's clock, whatever the test clock says. */
function alertsFrom(store: Store, clock: SystemClock | TestClock): Alerts {
  return new Alerts({
    store: store.alerts,
    clock,
    machine: new SystemClock(),
    randomBytes,
    post,
    onGivenUp: ({ endpoint, alert: { company, type, period } }, failure) => {
      const facts = { id: endpoint.id, type, company, month: period.month, failure };
      log.warn("{id} is not told of {type} of {company} in {month}: {failure}", facts);
    },
  });
}

/** The actors and what stands around them. */
function furnish(store: Store, clock: SystemClock | TestClock, feed: LiveFeed) {
  const rates = new GeneralCard(clock, generalCardStore(store.rates));
  const roster = new Roster({
    clock,
    timers: new SystemTimers(),
    store: store.companies,
    journal: store.journal,
    feed,
    rates,
    report: (company, error) => report(`company ${company}`)(error),
  }, LIMITS);
  const directory = new PhoneDirectory(store.phone_numbers);
  const replay = new Replay({ clock, directory, companies: roster, store: keptEvents(store.quarantine) });
  const registry = new Registry({
    clock,
    directory,
    companies: roster,
    store: registryStore(store),
    randomBytes,
    replay: async (numbers) => void await replay.numbers(numbers),
  });
  const sweep = new Sweep(clock, store.companies, roster, SWEPT_AT_ONCE);
  const forget = () => forgetOld(store, clock);
  const refresh = async () => void await Promise.all([rates.refresh(), directory.refresh()]);
  return {
    roster,
    sweep,
    refresh,
    forget,
    wake_ups: {
      "wake what is due": async () => void await Promise.all([sweep.run(), roster.rest(), refresh()]),
      "forget what is past keeping": forget,
      "try what is claimed": async () => void await replay.claimed(),
    },
    rooms: {
      companies: roster,
      registry,
      company_list: store.companies,
      inbox: new Inbox(directory, quarantineOf(store.quarantine, store.keyring), roster, report("the inbox")),
      quarantine: {
        list: (query: QuarantineQuery) => store.quarantine.list(query),
        replay: (id: string) => replay.one(id),
      },
      erasures: new Erasure({
        clock,
        companies: roster,
        store: erasureStore(store),
        report: report("an erasure"),
      }),
      reports: store.reports,
      rates,
    },
  };
}

/** Drops what is past keeping, and says so: nothing is dropped silently. */
async function forgetOld(store: Store, clock: SystemClock | TestClock): Promise<void> {
  const forgotten = await store.retention.run(clock.now_ms());
  if (forgotten === undefined || forgotten.months + forgotten.rows + forgotten.names === 0) return;
  log.info("Past keeping: {months} months of facts, {rows} rows beside them and {names} names are gone", {
    ...forgotten,
  });
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
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

function testClock(
  clock: TestClock,
  house: { readonly sweep: Sweep; forget(): Promise<void> },
  alerts: Alerts,
) {
  return {
    now_ms: () => clock.now_ms(),
    advance: async (
      target: (now_ms: number) => number,
    ): Promise<"advanced" | "clock_backwards" | Unavailable> => {
      if (!await clock.set(target)) return "clock_backwards";
      const { failed } = await house.sweep.run();
      await house.forget().catch(report("the retention"));
      void alerts.run().catch(report("the alerts"));
      return failed === 0
        ? "advanced"
        : { type: "unavailable", reason: "store_unreachable", retry_after_s: 1 };
    },
  };
}

async function readiness(store: Store, stopping: AbortSignal): Promise<Readiness> {
  if (stopping.aborted) return { ready: false, checks: { service: "stopping" } };
  try {
    await within(READY_WITHIN_MS, store.ping());
    return { ready: true, checks: { postgres: "ok" } };
  } catch {
    return { ready: false, checks: { postgres: "does not answer" } };
  }
}

if (import.meta.main) {
  try {
    const config = readConfig(ownEnvironment());
    await configureLog(config.log_level);
    const service = await start(config);
    log.info("Ready at {url}", { url: service.url });
    await untilSignalled();
    await service.stop();
    Deno.exit(0);
  } catch (error) {
    if (!(error instanceof ConfigError)) report("the start")(error);
    console.error(`Poli Credits cannot start: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
