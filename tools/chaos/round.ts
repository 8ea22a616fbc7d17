/**
 * One round: a fault while companies are written to over several connections, across a midnight, and then the books.
 *
 * - H1 Everything that was answered 200 is there, before anything is sent again.
 * - H2 When what was not answered 200 has been sent again, windows, totals and balances are exactly what was sent
 *   comes to: nothing is missing, and nothing counts twice.
 * - H3 What was answered 200 has no effect when it is sent again, and gets the same answer.
 * - H4 No balance was shown that was not committed.
 * - H5 The audit, which recomputes all of it from the facts, agrees: every tenth round, about all since the last.
 * - H6 No fault is answered with anything but 200, 503 or silence; afterwards the service comes back by itself.
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
/** Answered 200 before the fault and after it, at least. */
const DURABLE_BEFORE = 40;
const DURABLE_AFTER = 60;
const DURABLE_WITHIN_MS = 40_000;
/** Of those that were answered 200, so many are sent again. */
const SENT_AGAIN = 60;
const SENT_AT_ONCE = 12;
const AT_MONTH_END_EVERY = 5;

/** What a round came to. */
export interface RoundReport {
  readonly answers: Answers;
  readonly deliveries: number;
  /** Deliveries that were not answered 200 until the fault was over. */
  readonly unanswered: number;
  readonly windows: number;
  readonly balances_seen: number;
  readonly elapsed_ms: number;
  /** What is not as it must be, in plain words. */
  readonly violations: readonly string[];
}

/** Plays one round. @throws {Error} when the service cannot even be asked, which is a violation too */
export async function runRound(
  stage: ChaosEnvironment,
  fault: Fault,
  number: number,
  dice: SeededRandom,
): Promise<RoundReport> {
  const begun_ms = performance.now();
  const companies = companiesOf(number, COMPANIES);
  const ahead_ms = await setUp(stage, companies, number, dice);
  const deliveries = new Deliveries(companies, dice, () => Date.now() + ahead_ms);
  const watchers = new Watchers(companies, () => stage.service.url);
  const load = new Load(deliveries, dice, () => stage.service_urls);
  try {
    await load.durable(DURABLE_BEFORE, DURABLE_WITHIN_MS);
    await sleep(dice.between(0, 900));
    await fault.inject(stage, dice, load);
    await stage.waitUntilReady();
    await load.durable(DURABLE_AFTER, DURABLE_WITHIN_MS);
  } finally {
    await load.stop();
    await watchers.stop();
  }
  const unanswered = load.deliveries.filter(({ answer }) => answer === undefined).length;
  const answers = { ...load.answers };
  const books = companies.map((company) => new ExpectedBalance(company, load.deliveries));
  const wrong = await examine(stage, load, books, watchers, dice);
  return {
    answers,
    deliveries: load.deliveries.length,
    unanswered,
    windows: books.reduce((sum, { windows }) => sum + windows, 0),
    balances_seen: watchers.balances_seen,
    elapsed_ms: performance.now() - begun_ms,
    violations: [...wrong, ...load.violations, ...watchers.violations],
  };
}

/**
 * Makes the companies, shortly before midnight of most of them, and of every fifth round before a month's end.
 *
 * @returns how far the service's time is ahead of ours
 */
async function setUp(
  stage: ChaosEnvironment,
  companies: readonly Company[],
  number: number,
  dice: SeededRandom,
): Promise<number> {
  const { client } = stage.service;
  const name = { "pt-BR": "Automação", en: "Automation" };
  await client.ok("PUT", `/v1/features/${USED_FEATURE.feature}`, { name, credits: USED_FEATURE.credits });
  const zone = companies[0]!.time_zone;
  const { now } = await client.ok("POST", "/v1/test_clock", { advance: "PT1S" });
  const today = Temporal.Instant.from(now).toZonedDateTimeISO(zone).toPlainDate();
  const day = number % AT_MONTH_END_EVERY === 0 ? today.with({ day: today.daysInMonth }) : today;
  const midnight = day.add({ days: 1 }).toZonedDateTime(zone).toInstant();
  const moveTo = async (at: Temporal.Instant) => {
    const moved = await client.ok("POST", "/v1/test_clock", { now: at.toString() });
    return Temporal.Instant.from(moved.now).epochMilliseconds - Date.now();
  };
  await moveTo(midnight.subtract({ seconds: 60 }));
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
  return await moveTo(midnight.subtract({ milliseconds: dice.between(300, 2_000) }));
}

async function examine(
  stage: ChaosEnvironment,
  load: Load,
  books: readonly ExpectedBalance[],
  watchers: Watchers,
  dice: SeededRandom,
): Promise<string[]> {
  const { client } = stage.service;
  const ofAll = async (check: (books: ExpectedBalance) => Promise<string[]>) =>
    (await Promise.all(books.map(check))).flat();
  const lost = await ofAll((each) => each.findLost(client));
  const acknowledged = load.deliveries.filter(({ answer }) => answer !== undefined);
  await sendUntilAnswered(load, load.deliveries.filter(({ answer }) => answer === undefined));
  const again = await sendAgain(stage, acknowledged, dice);
  const differences = await ofAll((each) => each.differences(client));
  const shown = await ofAll(async ({ company: { id } }) => {
    const { version } = await client.balance(id);
    const seen = watchers.latest_versions.get(id) ?? 0;
    return seen > version ? [`${id} was shown at version ${seen}, and stands at ${version}`] : [];
  });
  return [...lost, ...again, ...differences, ...shown];
}

async function sendUntilAnswered(load: Load, deliveries: readonly Delivery[]): Promise<void> {
  const waiting = [...deliveries];
  const until_ms = performance.now() + DURABLE_WITHIN_MS;
  await Promise.all(Array.from({ length: SENT_AT_ONCE }, async () => {
    for (let delivery = waiting.pop(); delivery !== undefined; delivery = waiting.pop()) {
      while (await load.deliver(delivery) !== 200) {
        if (performance.now() > until_ms) throw new Error(`${delivery.name} is not answered 200 any more`);
        await sleep(20);
      }
    }
  }));
}

/** Some of what was answered 200, and every report of usage and send, whose answers tell whether they counted. */
async function sendAgain(
  stage: ChaosEnvironment,
  acknowledged: readonly Delivery[],
  dice: SeededRandom,
): Promise<string[]> {
  const calls = acknowledged.filter(({ kind }) => kind !== "webhook");
  const webhooks = acknowledged.filter(({ kind }) => kind === "webhook");
  const waiting = [...calls, ...dice.pickSome(webhooks, SENT_AGAIN)];
  const wrong: string[] = [];
  await Promise.all(Array.from({ length: SENT_AT_ONCE }, async () => {
    for (let delivery = waiting.pop(); delivery !== undefined; delivery = waiting.pop()) {
      const { status, body } = await post(stage.service.url, delivery);
      if (status !== 200) wrong.push(`${delivery.name} was answered 200, and ${status} when sent again`);
      else if (delivery.kind === "usage" && JSON.parse(body).accepted !== 0) {
        wrong.push(`lost: ${delivery.name} (answered 200) counts when it is sent again`);
      } else if (delivery.kind === "send" && body !== delivery.answer) {
        wrong.push(`${delivery.name} was answered ${delivery.answer}, and ${body} when sent again`);
      }
    }
  }));
  return wrong;
}

/**
 * Audits the companies of some rounds.
 *
 * @returns what differs, in plain words
 */
export async function auditRounds(stage: ChaosEnvironment, rounds: readonly number[]): Promise<string[]> {
  const wrong: string[] = [];
  await audit({
    database_url: await stage.databaseUrl(),
    companies: rounds.flatMap((number) => companiesOf(number, COMPANIES).map(({ id }) => id)),
    service: { url: stage.service.url, key: SECRETS.ADMIN_KEY },
  }, {
    onCompany: () => {},
    onRowsRead: () => {},
    onNote: () => {},
    onDifference: ({ company, what, expected, found }) =>
      void wrong.push(`the audit: ${company}: ${what}: expected ${expected}; found ${found}`),
  });
  return wrong;
}
