/** Faults of the machine's clock. Debian's libfaketime shifts the wall clock of the service alone, while it runs. */

import { join } from "node:path";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import type { ChaosEnvironment } from "./environment.ts";
import type { Fault } from "./faults.ts";
import type { Load } from "./load.ts";
import { until } from "./until.ts";

const DAYS_WRONG = 45;
/** The clocks are compared each ten seconds, and what waits in quarantine is replayed each minute. */
const NOTICED_WITHIN_MS = 40_000;
const REPLAYED_WITHIN_MS = 120_000;
/** Deliveries answered 200 while the clock is wrong. */
const DURABLE_MEANWHILE = 40;
const DURABLE_WITHIN_MS = 40_000;

/** The service's clock ahead and back. In every second round the service also starts with the wrong clock. */
export const CLOCKS: readonly Fault[] = ([["ahead", 1], ["back", -1]] as const).map((
  [name, sign],
): Fault => ({
  name: `clock_${name}`,
  description: `the service's clock ${DAYS_WRONG} days ${name}, over a midnight, and right again`,
  environment: "postgres",
  unavailable: whyNoFaketime,
  process: (data_dir) => {
    setClock(data_dir, 0);
    return { env: faketimeEnv(data_dir) };
  },
  async inject(environment, random, load, round) {
    const { data_dir } = environment.settings;
    const starts_with_it = round % 2 === 0;
    setClock(data_dir, sign * DAYS_WRONG);
    try {
      if (starts_with_it) {
        await environment.service.end("SIGKILL");
        await environment.start();
      }
      // A service that started with a clock that is behind takes it for right: its test clock is behind too.
      const knows_the_time = !starts_with_it || sign > 0;
      await letAMidnightPass(environment, load, random, knows_the_time);
    } finally {
      setClock(data_dir, 0);
    }
    await until("the clocks agree", NOTICED_WITHIN_MS, async () => await clockStatus(environment) === "ok");
    await until("quarantined events are replayed", REPLAYED_WITHIN_MS, () => isReplayed(environment));
  },
}));

/** @throws {Error} when the wrong clock is not noticed, or a day is closed meanwhile */
async function letAMidnightPass(
  environment: ChaosEnvironment,
  load: Load,
  random: SeededRandom,
  moves_clock: boolean,
): Promise<void> {
  await until("the wrong clock is noticed", NOTICED_WITHIN_MS, async () => {
    return (await clockStatus(environment)).startsWith("no day is closed");
  });
  const closed_before = await closedDays(environment, load);
  if (moves_clock) {
    const midnight = Temporal.Instant.fromEpochMilliseconds(Date.now() + environment.clock_ahead_ms)
      .toZonedDateTimeISO(load.companies[0]!.time_zone).add({ days: 1 }).startOfDay().toInstant();
    await environment.moveClock(midnight.add({ milliseconds: random.between(0, 2_000) }));
  }
  await load.waitForDurable(DURABLE_MEANWHILE, DURABLE_WITHIN_MS);
  await until("the wrong clock is logged", NOTICED_WITHIN_MS, () => {
    return environment.service.output.split("\n").some((line) =>
      line.includes('"level":"ERROR"') && line.includes("The clocks disagree")
    );
  });
  const closed_after = await closedDays(environment, load);
  if (closed_after !== closed_before) {
    throw new Error(
      `days were closed while the clocks disagreed: before ${closed_before}; after ${closed_after}`,
    );
  }
}

/** Returns the last closed day of each company, as one text. */
async function closedDays(environment: ChaosEnvironment, load: Load): Promise<string> {
  const days = load.companies.map(async ({ id }) => {
    return `${id} ${(await environment.call("GET", `/v1/companies/${id}/balance`)).closed_through}`;
  });
  return (await Promise.all(days)).join(", ");
}

/** Returns what the service says of its clocks; an empty text while it does not answer. */
async function clockStatus({ service }: ChaosEnvironment): Promise<string> {
  try {
    const response = await fetch(`${service.url}/readyz`);
    return (await response.json()).checks.clock ?? "";
  } catch {
    return "";
  }
}

/** Whether no event waits in quarantine because it seemed to be of the future. */
async function isReplayed(environment: ChaosEnvironment): Promise<boolean> {
  for (let cursor = "";;) {
    const page = await environment.call("GET", `/v1/quarantine?reason=in_the_future&limit=200${cursor}`);
    // deno-lint-ignore no-explicit-any
    if (page.data.some((event: any) => event.replayed_at === null)) return false;
    if (page.next_cursor === null) return true;
    cursor = `&cursor=${page.next_cursor}`;
  }
}

function clockFile(data_dir: string): string {
  return `${data_dir}.clock`;
}

/** Shifts the wall clock of the service by days. It reads the file again each second. */
function setClock(data_dir: string, days: number): void {
  const path = clockFile(data_dir);
  // A file that is replaced at once is never read in part.
  Deno.writeTextFileSync(`${path}.new`, `${days < 0 ? "" : "+"}${days}d\n`);
  Deno.renameSync(`${path}.new`, path);
}

function faketimeEnv(data_dir: string): Record<string, string> {
  return {
    LD_PRELOAD: libraryPath()!,
    FAKETIME_TIMESTAMP_FILE: clockFile(data_dir),
    FAKETIME_CACHE_DURATION: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    NO_FAKE_STAT: "1",
  };
}

/** Returns libfaketime for programs with threads, in the folder of this machine's architecture. */
function libraryPath(): string | undefined {
  try {
    for (const { name } of Deno.readDirSync("/usr/lib")) {
      const path = join("/usr/lib", name, "faketime/libfaketimeMT.so.1");
      if (name.includes("-linux-gnu") && exists(path)) return path;
    }
  } catch {
    // Not Linux.
  }
  return undefined;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function whyNoFaketime(): Promise<string | undefined> {
  return Promise.resolve(
    libraryPath() === undefined
      ? "there is no library libfaketime; install it with apt-get install faketime"
      : undefined,
  );
}
