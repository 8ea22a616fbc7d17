/** What every round does before its load and after it: creates companies, and compares the service with the deliveries. */

import { audit } from "../audit/audit.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import { type Client, SECRETS } from "../../tests/support/service.ts";
import { type Company, type Delivery, USED_FEATURE } from "./deliveries.ts";
import { ExpectedBalance, PACKAGE } from "./expected_balances.ts";
import { type Answers, type Load, post } from "./load.ts";
import type { Ownership } from "./prober.ts";
import type { Watchers } from "./watchers.ts";
import { sleep } from "../../src/time/sleep.ts";

const WITHIN_MS = 40_000;
/** The webhooks answered 200 that are sent again. */
const RESENT = 60;
const RESENT_AT_ONCE = 12;

/** A service, or several nodes, that can be checked. */
export interface CheckedEnvironment {
  /** The address of the service; of several nodes, that of any. */
  readonly url: string;
  readonly client: Client;
  /** The output of the service so far. */
  readonly output: string;
  /** Returns the URL of the database, for the audit. */
  databaseUrl(): Promise<string>;
  /** Stops everything and drops the database, unless it is kept for analysis. */
  close(keep: boolean): Promise<void>;
}

/** The result of a round. */
export interface RoundReport {
  readonly companies: readonly string[];
  readonly answers: Answers;
  readonly deliveries: number;
  /** Deliveries that were not answered 200 by the end of the fault. */
  readonly unanswered: number;
  readonly windows: number;
  readonly balances_seen: number;
  readonly elapsed_ms: number;
  /** How long companies had no owner, in a cluster. */
  readonly ownership?: Ownership;
  /** Broken invariants, in plain words. */
  readonly violations: readonly string[];
}

/** What happened in a round until its load was stopped. */
export interface StoppedRound {
  readonly started_ms: number;
  readonly companies: readonly Company[];
  readonly load: Load;
  readonly watchers: Watchers;
  /** Whether the fault loses acknowledged commits by design. */
  readonly loses_commits: boolean;
}

/** Sets the price of the feature whose usage is reported. */
export async function setPrice(client: Client): Promise<void> {
  const name = { "pt-BR": "Automação", en: "Automation" };
  await client.ok("PUT", `/v1/features/${USED_FEATURE.feature}`, { name, credits: USED_FEATURE.credits });
}

/** Creates companies with a contract. */
export async function createCompanies(client: Client, companies: readonly Company[]): Promise<void> {
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
}

/** Compares the service with the deliveries of a round. It sends those again that were not answered 200. */
export async function checkRound(
  environment: CheckedEnvironment,
  { started_ms, companies, load, watchers, loses_commits }: StoppedRound,
  random: SeededRandom,
): Promise<RoundReport> {
  const unanswered = load.deliveries.filter(({ answer }) => answer === undefined).length;
  const answers = { ...load.answers };
  const expected_balances = companies.map((company) => new ExpectedBalance(company, load.deliveries));
  const latest_versions = loses_commits ? new Map() : watchers.latest_versions;
  const violations = await findViolations(environment, load, expected_balances, latest_versions, random);
  const shown_violations = loses_commits ? [] : watchers.violations;
  return {
    companies: companies.map(({ id }) => id),
    answers,
    deliveries: load.deliveries.length,
    unanswered,
    windows: expected_balances.reduce((sum, { windows }) => sum + windows, 0),
    balances_seen: watchers.balances_seen,
    elapsed_ms: performance.now() - started_ms,
    violations: [...violations, ...load.violations, ...shown_violations],
  };
}

async function findViolations(
  environment: CheckedEnvironment,
  load: Load,
  expected_balances: readonly ExpectedBalance[],
  latest_versions: ReadonlyMap<string, number>,
  random: SeededRandom,
): Promise<string[]> {
  const { client } = environment;
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
  const until_ms = performance.now() + WITHIN_MS;
  await Promise.all(Array.from({ length: RESENT_AT_ONCE }, async () => {
    for (let delivery = queue.pop(); delivery !== undefined; delivery = queue.pop()) {
      while (await load.deliver(delivery) !== 200) {
        if (performance.now() > until_ms) {
          throw new Error(`${delivery.name} was not answered 200 within ${WITHIN_MS / 1000} s`);
        }
        await sleep(20);
      }
    }
  }));
}

/** Sends acknowledged deliveries again: some webhooks, and all usage and send reports, whose answers show a recount. */
async function resendAcknowledged(
  environment: CheckedEnvironment,
  acknowledged: readonly Delivery[],
  random: SeededRandom,
): Promise<string[]> {
  const calls = acknowledged.filter(({ kind }) => kind !== "webhook");
  const webhooks = acknowledged.filter(({ kind }) => kind === "webhook");
  const queue = [...calls, ...random.pickSome(webhooks, RESENT)];
  const violations: string[] = [];
  await Promise.all(Array.from({ length: RESENT_AT_ONCE }, async () => {
    for (let delivery = queue.pop(); delivery !== undefined; delivery = queue.pop()) {
      const { status, body } = await postUntilAvailable(environment.url, delivery);
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
  const until_ms = performance.now() + WITHIN_MS;
  for (;;) {
    const answer = await post(service_url, delivery);
    if (answer.status !== 503 || performance.now() > until_ms) return answer;
    await sleep(20);
  }
}

/**
 * Audits companies.
 *
 * @returns the differences, in plain words
 */
export async function auditCompanies(
  environment: CheckedEnvironment,
  companies: readonly string[],
): Promise<string[]> {
  const violations: string[] = [];
  await audit({
    database_url: await environment.databaseUrl(),
    companies,
    service: { url: environment.url, key: SECRETS.ADMIN_KEY },
  }, {
    onCompany: () => {},
    onRowsRead: () => {},
    onNote: () => {},
    onDifference: ({ company, what, expected, found }) =>
      void violations.push(`the audit: ${company}: ${what}: expected ${expected}; found ${found}`),
  });
  return violations;
}
