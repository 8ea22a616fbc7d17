/**
 * Runs the service with example companies (`deno task demo`). The demo backfills the last months by moving the test
 * clock, then delivers live traffic.
 */

import { start } from "../../main.ts";
import { processEnvironment } from "../../src/config/environment.ts";
import { configureLog } from "../../src/observability/log.ts";
import { loadSecrets } from "../../src/config/secrets.ts";
import { untilSignalled } from "../../src/time/signals.ts";
import { runTool, type Values } from "../command_line.ts";
import { backfill, deliveryCount } from "./backfill.ts";
import { firstStart } from "./first_start.ts";
import { createPages, welcomeText } from "./welcome.ts";
import { runLiveTraffic } from "./live.ts";
import { Api, type ServiceAddress } from "./api.ts";
import { Progress, standardScreen } from "./progress.ts";
import { demoConfig } from "./settings.ts";
import { createBakery, createNeighbours, setMetaAccounts, setMetaRates } from "./setup.ts";
import { openingDate, startOf } from "./story.ts";

const USAGE = `deno task demo [--fast]

Starts the service on its own Postgres under ./data/demo, creates example companies with their history, and delivers live
traffic until Ctrl-C. PORT, HOST, DATA_DIR and LOG_LEVEL apply as they do for the service.

  --fast   an event each second; without it the traffic has the pace of the story after the first minute
  --help   print this text

Exit codes: 0 stopped by Ctrl-C; 1 the demo failed; 2 the command line does not fit.`;

/** The options of the demo. Its task passes the limit of open files, which the service reads. */
const OPTIONS = { "open-files": { type: "string" }, fast: { type: "boolean", default: false } } as const;

if (import.meta.main) Deno.exit(await runTool({ usage: USAGE, options: OPTIONS, run }, Deno.args));

/** @returns the exit code */
async function run({ fast }: Values<typeof OPTIONS>): Promise<number> {
  const progress = new Progress(standardScreen(), () => performance.now());
  const stop = new AbortController();
  void untilSignalled().then(() => stop.abort());
  try {
    await runDemo(progress, { is_fast: fast, signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted) return 0;
    progress.print(`The demo failed: ${(error as Error).message}`);
    return 1;
  }
  return 0;
}

/** Starts the service and runs the demo until the signal aborts, then stops the service. */
async function runDemo(
  progress: Progress,
  { is_fast, signal }: { readonly is_fast: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const config = demoConfig(processEnvironment());
  await configureLog(config.log_level);
  // The demo needs the secrets to sign webhooks. New secrets are stored where the service reads them.
  const { secrets } = await loadSecrets(config);
  const planned_s = await firstStart(config.data_dir, Date.now() / 1000);
  const opened_on = openingDate(planned_s * 1000);
  progress.update("Starting Postgres and the service …");
  const service = await start({ ...config, ...secrets }, {
    clock_starts_at_ms: startOf(opened_on) * 1000,
    onStep: (step) => progress.print(step),
  });
  try {
    signal.throwIfAborted();
    const { url, admin_key } = service;
    const address: ServiceAddress = { url, admin_key, app_secret: secrets.meta_app_secrets[0]! };
    const api = new Api(address, signal);
    await createBakery(api);
    await createNeighbours(api);
    await setMetaRates(api);
    await setMetaAccounts(api);
    const begun_ms = performance.now();
    const range = { opened_on, until_s: Date.now() / 1000, planned_s };
    const { deliveries } = await backfill(api, range, progress, signal);
    const seconds = ((performance.now() - begun_ms) / 1000).toFixed(1);
    progress.print(
      `Backfilled ${opened_on} until now: ${deliveryCount(deliveries)} in ${seconds} s.`,
    );
    progress.print(welcomeText(address, config, await createPages(api)));
    await runLiveTraffic(api, progress, { is_fast, signal });
  } finally {
    progress.print("Stopping …");
    await service.stop();
    progress.print("Stopped.");
  }
}
