/**
 * One round: injects a fault while several connections deliver to companies across a midnight, and then compares the
 * service with the expected balances.
 *
 * - CHAOS-1 Every delivery answered 200 is stored, before any retry.
 * - CHAOS-2 After all other deliveries are retried, windows, totals and balances equal those of all deliveries:
 *   nothing is missing and nothing counts twice.
 * - CHAOS-3 A delivery answered 200 has no effect when it is sent again, and gets the same answer.
 * - CHAOS-4 Every balance that was shown is committed.
 * - CHAOS-5 The audit agrees. It runs every tenth round, on the companies of all rounds since the last audit.
 * - CHAOS-6 During a fault the service answers 200, 503 or nothing. Afterwards it recovers without help.
 */

import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import { checkRound, createCompanies, type RoundReport, setPrice } from "./checks.ts";
import { companiesOf, type Company, Deliveries } from "./deliveries.ts";
import type { ChaosEnvironment } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { Load } from "./load.ts";
import { Watchers } from "./watchers.ts";

const COMPANIES = 3;
const AT_MONTH_END_EVERY = 5;

/**
 * Runs one round.
 *
 * @throws {Error} when the service does not recover, which is a violation too
 */
export async function runRound(
  environment: ChaosEnvironment,
  fault: Fault,
  number: number,
  random: SeededRandom,
): Promise<RoundReport> {
  const started_ms = performance.now();
  const companies = companiesOf(number, COMPANIES);
  await setUp(environment, companies, number, random);
  const deliveries = new Deliveries(companies, random, () => Date.now() + environment.clock_ahead_ms);
  const watchers = new Watchers(companies, () => environment.url);
  const load = new Load(deliveries, random, () => environment.service_urls);
  try {
    await load.around(async () => {
      await fault.inject(environment, random, load, number);
      await environment.waitUntilReady();
    });
  } finally {
    await load.stop();
    await watchers.stop();
  }
  const loses_commits = fault.loses_commits ?? false;
  return await checkRound(environment, { started_ms, companies, load, watchers, loses_commits }, random);
}

/** Creates the companies shortly before the midnight of most of them; every fifth round before a month's end. */
async function setUp(
  environment: ChaosEnvironment,
  companies: readonly Company[],
  number: number,
  random: SeededRandom,
): Promise<void> {
  const { client } = environment;
  await setPrice(client);
  const zone = companies[0]!.time_zone;
  const { now } = await client.ok("POST", "/v1/test_clock", { advance: "PT1S" });
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate();
  const day = number % AT_MONTH_END_EVERY === 0 ? today.with({ day: today.daysInMonth }) : today;
  const midnight = day.add({ days: 1 }).toZonedDateTime(zone).toInstant();
  await environment.moveClock(midnight.subtract({ seconds: 60 }));
  await createCompanies(client, companies);
  await environment.moveClock(midnight.subtract({ milliseconds: random.between(300, 2_000) }));
}
