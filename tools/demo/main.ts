/**
 * `deno task demo`: the whole service with an example company in it. Its months so far are lived through by
 * moving the test clock, then traffic goes on at a pace people can follow.
 */

import { start } from "../../main.ts";
import { processEnvironment } from "../../src/config/environment.ts";
import { configureLog } from "../../src/observability/log.ts";
import { loadSecrets } from "../../src/config/secrets.ts";
import { untilSignalled } from "../../src/time/signals.ts";
import { BAKERY } from "./company.ts";
import { backfill } from "./backfill.ts";
import { welcomeText } from "./welcome.ts";
import { runLiveTraffic } from "./live.ts";
import { Api, type ServiceAddress } from "./api.ts";
import { formatCount, Progress, standardScreen } from "./progress.ts";
import { demoConfig } from "./settings.ts";
import { createBakery } from "./setup.ts";
import { openingDate, startOf } from "./story.ts";

if (import.meta.main) Deno.exit(await run());

/** @returns the exit code */
async function run(): Promise<number> {
  const progress = new Progress(standardScreen(), () => performance.now());
  const asked_to_stop = new AbortController();
  void untilSignalled().then(() => asked_to_stop.abort());
  try {
    await runDemo(progress, asked_to_stop.signal);
  } catch (error) {
    if (asked_to_stop.signal.aborted) return 0;
    progress.print(`The demo cannot go on: ${(error as Error).message}`);
    return 1;
  }
  return 0;
}

/** Starts the service, and lives in it until the signal aborts; then stops it. */
async function runDemo(progress: Progress, signal: AbortSignal): Promise<void> {
  const config = demoConfig(processEnvironment());
  await configureLog(config.log_level);
  // Made here if they are new, so that we can sign as Meta; the service finds them where they are kept.
  const { secrets } = await loadSecrets(config);
  const opened_on = openingDate(Date.now());
  progress.update("Starting Postgres and the service …");
  const service = await start({ ...config, ...secrets }, { clock_starts_at_ms: startOf(opened_on) * 1000 });
  try {
    signal.throwIfAborted();
    const { url, admin_key } = service;
    const address: ServiceAddress = { url, admin_key, app_secret: secrets.meta_app_secrets[0]! };
    const api = new Api(address, signal);
    await createBakery(api);
    const begun_ms = performance.now();
    const { deliveries } = await backfill(api, { opened_on, until_s: Date.now() / 1000 }, progress, signal);
    const seconds = ((performance.now() - begun_ms) / 1000).toFixed(1);
    progress.print(
      `Filled in ${opened_on} until now: ${formatCount(deliveries)} deliveries in ${seconds} s.`,
    );
    progress.print(welcomeText(address, config, await api.createPageLink(BAKERY.company)));
    await runLiveTraffic(api, progress, signal);
  } finally {
    progress.print("Stopping …");
    await service.stop();
    progress.print("Stopped.");
  }
}
