/**
 * One round of a cluster: injects a fault while clients deliver to all nodes and a prober asks for the balances, and then
 * checks what a round of one service checks (CHAOS-1 to CHAOS-6), without a midnight.
 *
 * - CHAOS-7 Requests fail only by 503 with `Retry-After`. Only killed nodes give no answer.
 * - CHAOS-8 In the end every node has the same balance of each company.
 */

import type { ServiceCluster } from "../../tests/support/cluster/service_cluster.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import { checkRound, createCompanies, type RoundReport } from "./checks.ts";
import type { ClusterEnvironment } from "./cluster_environment.ts";
import type { ClusterFault } from "./cluster_faults.ts";
import { companiesOf, Deliveries } from "./deliveries.ts";
import { Load } from "./load.ts";
import { type Ownership, Prober } from "./prober.ts";
import { Watchers } from "./watchers.ts";
import { sleep } from "../../src/time/sleep.ts";

/** Enough that each of three nodes has some. */
const COMPANIES = 12;
/** The longest pause of a sender: three nodes, a prober and viewers share the processor. */
const PAUSE_MS_MAX = 500;
/** How long companies are probed after every node answers for them again. */
const PROBED_AFTER_MS = 500;

/**
 * Runs one round.
 *
 * @throws {Error} when the nodes do not recover, which is a violation too
 */
export async function runClusterRound(
  environment: ClusterEnvironment,
  fault: ClusterFault,
  number: number,
  random: SeededRandom,
): Promise<RoundReport> {
  const started_ms = performance.now();
  const { cluster } = environment;
  const companies = companiesOf(number, COMPANIES);
  const ids = companies.map(({ id }) => id);
  await cluster.resize(fault.nodes);
  await createCompanies(environment.client, companies);
  await environment.waitUntilAnswered(ids);
  const watchers = new Watchers(companies, () => environment.url);
  const deliveries = new Deliveries(companies, random, () => Date.now());
  const load = new Load(deliveries, random, () => environment.service_urls, PAUSE_MS_MAX);
  let probed: Probed;
  try {
    probed = await load.around(() =>
      probeDuring(cluster, ids, async () => {
        await fault.inject(cluster, random, load);
        await environment.waitUntilAnswered(ids);
      })
    );
  } finally {
    await Promise.all([load.stop(), watchers.stop()]);
  }
  const stopped = { started_ms, companies, load, watchers, loses_commits: false };
  const report = await checkRound(environment, stopped, random);
  const unanswered = load.unanswered.union(probed.unanswered).difference(cluster.killed);
  const violations = [
    ...report.violations,
    ...probed.violations,
    ...[...unanswered].map((url) => `${url} gave no answer`),
    ...await disagreements(environment, ids),
  ];
  return { ...report, violations, ownership: probed.ownership };
}

interface Probed {
  readonly ownership: Ownership;
  /** The addresses that did not answer. */
  readonly unanswered: ReadonlySet<string>;
  readonly violations: readonly string[];
}

/** Probes companies at the nodes that a fault leaves alone, from its begin until a moment after its end. */
async function probeDuring(
  cluster: ServiceCluster,
  companies: readonly string[],
  fault: () => Promise<void>,
): Promise<Probed> {
  const prober = new Prober(companies, () => cluster.untouched.map(({ service }) => service.url));
  let ownership: Ownership;
  try {
    await fault();
    await sleep(PROBED_AFTER_MS);
  } finally {
    ownership = await prober.stop();
  }
  const without = ownership.gaps_ms.filter((gap_ms) => gap_ms === Infinity).length;
  const violations = without === 0 ? [] : [`${without} companies had no owner in the end`];
  return { ownership, unanswered: prober.unanswered, violations: [...prober.violations, ...violations] };
}

/** Returns the companies whose balance differs between nodes. */
async function disagreements(
  { clients }: ClusterEnvironment,
  companies: readonly string[],
): Promise<string[]> {
  const differing = await Promise.all(companies.map(async (company) => {
    const balances = await Promise.all(clients.map((client) => client.balance(company)));
    const shown = new Set(
      balances.map(({ version, consumed }) => `version ${version}, ${consumed} consumed`),
    );
    return shown.size === 1 ? [] : [`nodes answer ${company} with ${[...shown].join(" and ")}`];
  }));
  return differing.flat();
}
