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

import { audit } from "../audit/audit.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import { SECRETS } from "../../tests/support/service.ts";
import { ExpectedBalance, PACKAGE } from "./expected_balances.ts";
import { companiesOf, type Company, Deliveries, type Delivery, USED_FEATURE } from "./deliveries.ts";
import type { Fault } from "./faults.ts";
import { type Answers, Load, post } from "./load.ts";
import type { ChaosEnvironment } from "./environment.ts";
import { Watchers } from "./watchers.ts";
import { sleep } from "../../src/time/sleep.ts";

const COMPANIES = 3;
/** The fewest deliveries answered 200 before and after the fault. */
const DURABLE_BEFORE = 40;
const DURABLE_AFTER = 60;
const DURABLE_WITHIN_MS = 40_000;
/** The webhooks answered 200 that are sent again. */
const RESENT = 60;
const RESENT_AT_ONCE = 12;
const AT_MONTH_END_EVERY = 5;

/** The result of a round. */
export interface RoundReport {
  readonly answers: Answers;
  readonly deliveries: number;
  /** Deliveries that were not answered 200 by the end of the fault. */
  readonly unanswered: number;
  readonly windows: number;
  readonly balances_seen: number;
  readonly elapsed_ms: number;
  /** Broken invariants, in plain words. */
  readonly violations: readonly string[];
}

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
  const watchers = new Watchers(companies, () => environment.service.url);
  const load = new Load(deliveries, random, () => environment.service_urls);
  try {
    await load.waitForDurable(DURABLE_BEFORE, DURABLE_WITHIN_MS);
    await sleep(random.between(0, 900));
    await fault.inject(environment, random, load, number);
    await environment.waitUntilReady();
    await load.waitForDurable(DURABLE_AFTER, DURABLE_WITHIN_MS);
  } finally {
    await load.stop();
    await watchers.stop();
  }
  const unanswered = load.deliveries.filter(({ answer }) => answer === undefined).length;
  const answers = { ...load.answers };
  const expected_balances = companies.map((company) => new ExpectedBalance(company, load.deliveries));
  const latest_versions = fault.loses_commits ? new Map() : watchers.latest_versions;
  const violations = await findViolations(environment, load, expected_balances, latest_versions, random);
  const shown_violations = fault.loses_commits ? [] : watchers.violations;
  return {
    answers,
    deliveries: load.deliveries.length,
    unanswered,
    windows: expected_balances.reduce((sum, { windows }) => sum + windows, 0),
    balances_seen: watchers.balances_seen,
    elapsed_ms: performance.now() - started_ms,
    violations: [...violations, ...load.violations, ...shown_violations],
  };
}

/** Creates the companies shortly before the midnight of most of them; every fifth round before a month's end. */
async function setUp(
  environment: ChaosEnvironment,
  companies: readonly Company[],
  number: number,
  random: SeededRandom,
): Promise<void> {
  const { client } = environment.service;
  const name = { "pt-BR": "Automação", en: "Automation" };
  await client.ok("PUT", `/v1/features/${USED_FEATURE.feature}`, { name, credits: USED_FEATURE.credits });
  const zone = companies[0]!.time_zone;
  const { now } = await client.ok("POST", "/v1/test_clock", { advance: "PT1S" });
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate();
  const day = number % AT_MONTH_END_EVERY === 0 ? today.with({ day: today.daysInMonth }) : today;
  const midnight = day.add({ days: 1 }).toZonedDateTime(zone).toInstant();
  await environment.moveClock(midnight.subtract({ seconds: 60 }));
  await Promise.all(companies.map(async ({ id, line, time_zone }) => {
    await client.ok("PUT", `/v1/companies/${id}`, {
      name: id,
      time_zone,
      phone_number_ids: [line.phone_number_id],
    });
    await client.ok("PUT", `/v1/companies/${id}/contract`, {
      package: { credits: PACKAGE, price: "200.00" },
      excess_credit_price: "0.75",
      currency: "BRL",
    });
  }));
  await environment.moveClock(midnight.subtract({ milliseconds: random.between(300, 2_000) }));
}

async function findViolations(
  environment: ChaosEnvironment,
  load: Load,
  expected_balances: readonly ExpectedBalance[],
  latest_versions: ReadonlyMap<string, number>,
  random: SeededRandom,
): Promise<string[]> {
  const { client } = environment.service;
  const forEachCompany = async (check: (expected_balances: ExpectedBalance) => Promise<string[]>) =>
    (await Promise.all(expected_balances.map(check))).flat();
  const lost = await forEachCompany((expected) => expected.findLost(client));
  const acknowledged = load.deliveries.filter(({ answer }) => answer !== undefined);
  await deliverAll(load, load.deliveries.filter(({ answer }) => answer === undefined));
  const retry_violations = await resendAcknowledged(environment, acknowledged, random);
  const differences = await forEachCompany((expected) => expected.differences(client));
  const ahead_violations = await forEachCompany(async ({ company: { id } }) => {
    const { version } = await client.balance(id);
    const seen = latest_versions.get(id) ?? 0;
    return seen > version ? [`${id} was shown at version ${seen}, but is stored at ${version}`] : [];
  });
  return [...lost, ...retry_violations, ...differences, ...ahead_violations];
}

async function deliverAll(load: Load, deliveries: readonly Delivery[]): Promise<void> {
  const queue = [...deliveries];
  const until_ms = performance.now() + DURABLE_WITHIN_MS;
  await Promise.all(Array.from({ length: RESENT_AT_ONCE }, async () => {
    for (let delivery = queue.pop(); delivery !== undefined; delivery = queue.pop()) {
      while (await load.deliver(delivery) !== 200) {
        if (performance.now() > until_ms) {
          throw new Error(`${delivery.name} was not answered 200 within ${DURABLE_WITHIN_MS / 1000} s`);
        }
        await sleep(20);
      }
    }
  }));
}

/** Sends acknowledged deliveries again: some webhooks, and all usage and send reports, whose answers show a recount. */
async function resendAcknowledged(
  environment: ChaosEnvironment,
  acknowledged: readonly Delivery[],
  random: SeededRandom,
): Promise<string[]> {
  const calls = acknowledged.filter(({ kind }) => kind !== "webhook");
  const webhooks = acknowledged.filter(({ kind }) => kind === "webhook");
  const queue = [...calls, ...random.pickSome(webhooks, RESENT)];
  const violations: string[] = [];
  await Promise.all(Array.from({ length: RESENT_AT_ONCE }, async () => {
    for (let delivery = queue.pop(); delivery !== undefined; delivery = queue.pop()) {
      const { status, body } = await postUntilAvailable(environment.service.url, delivery);
      if (status !== 200) violations.push(`${delivery.name} was answered 200, and ${status} when sent again`);
      else if (delivery.kind === "usage" && JSON.parse(body).accepted !== 0) {
        violations.push(`lost: ${delivery.name} (answered 200) counts when it is sent again`);
      } else if (delivery.kind === "send" && body !== delivery.answer) {
        violations.push(`${delivery.name} was answered ${delivery.answer}, and ${body} when sent again`);
      }
    }
  }));
  return violations;
}

/** Sends a delivery, again while the service answers 503: with little memory it takes few events at once. */
async function postUntilAvailable(service_url: string, delivery: Delivery) {
  const until_ms = performance.now() + DURABLE_WITHIN_MS;
  for (;;) {
    const answer = await post(service_url, delivery);
    if (answer.status !== 503 || performance.now() > until_ms) return answer;
    await sleep(20);
  }
}

/**
 * Audits the companies of some rounds.
 *
 * @returns the differences, in plain words
 */
export async function auditRounds(
  environment: ChaosEnvironment,
  rounds: readonly number[],
): Promise<string[]> {
  const violations: string[] = [];
  await audit({
    database_url: await environment.databaseUrl(),
    companies: rounds.flatMap((number) => companiesOf(number, COMPANIES).map(({ id }) => id)),
    service: { url: environment.service.url, key: SECRETS.ADMIN_KEY },
  }, {
    onCompany: () => {},
    onRowsRead: () => {},
    onNote: () => {},
    onDifference: ({ company, what, expected, found }) =>
      void violations.push(`the audit: ${company}: ${what}: expected ${expected}; found ${found}`),
  });
  return violations;
}
