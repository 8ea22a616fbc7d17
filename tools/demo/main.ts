/**
 * `deno task demo`: the whole service with an example company in it. Its months so far are lived through by
 * moving the test clock, then traffic goes on at a pace people can follow.
 */

import { start } from "../../main.ts";
import { ownEnvironment } from "../../src/config/environment.ts";
import { configureLog } from "../../src/observability/log.ts";
import { secretsOf } from "../../src/config/secrets.ts";
import { untilSignalled } from "../../src/time/signals.ts";
import { BAKERY } from "./company.ts";
import { fillIn } from "./backfill.ts";
import { greetingOf } from "./welcome.ts";
import { goLive } from "./live.ts";
import { type Address, Api } from "./api.ts";
import { grouped, Progress, standardScreen } from "./progress.ts";
import { demoConfig } from "./settings.ts";
import { setUp } from "./setup.ts";
import { openingDate, startOf } from "./story.ts";

if (import.meta.main) Deno.exit(await run());

/** @returns the exit code */
async function run(): Promise<number> {
  const progress = new Progress(standardScreen(), () => performance.now());
  const asked_to_stop = new AbortController();
  void untilSignalled().then(() => asked_to_stop.abort());
  try {
    await live(progress, asked_to_stop.signal);
  } catch (error) {
    if (asked_to_stop.signal.aborted) return 0;
    progress.say(`The demo cannot go on: ${(error as Error).message}`);
    return 1;
  }
  return 0;
}

/** Starts the service, and lives in it until the signal aborts; then stops it. */
async function live(progress: Progress, signal: AbortSignal): Promise<void> {
  const config = demoConfig(ownEnvironment());
  await configureLog(config.log_level);
  // Made here if they are new, so that we can sign as Meta; the service finds them where they are kept.
  const { secrets } = await secretsOf(config);
  const opened_on = openingDate(Date.now());
  progress.now("Starting Postgres and the service …");
  const service = await start({ ...config, ...secrets }, { clock_starts_at_ms: startOf(opened_on) * 1000 });
  try {
    signal.throwIfAborted();
    const { url, admin_key } = service;
    const address: Address = { url, admin_key, app_secret: secrets.meta_app_secrets[0]! };
    const api = new Api(address, signal);
    await setUp(api);
    const begun_ms = performance.now();
    const { deliveries } = await fillIn(api, { opened_on, until_s: Date.now() / 1000 }, progress, signal);
    const seconds = ((performance.now() - begun_ms) / 1000).toFixed(1);
    progress.say(`Filled in ${opened_on} until now: ${grouped(deliveries)} deliveries in ${seconds} s.`);
    progress.say(greetingOf(address, config, await api.pageLink(BAKERY.company)));
    await goLive(api, progress, signal);
  } finally {
    progress.say("Stopping …");
    await service.stop();
    progress.say("Stopped.");
  }
}
