import type { SeededRandom } from "../../../tests/support/seeded_random.ts";
import type { LeaseStore } from "../../../src/ports/placement.ts";
import { ConnectionError, type DatabaseClient } from "../database.ts";
import type { EventLoop } from "../event_loop.ts";
import type { ClusterFaultProfile } from "./fault_profile.ts";

/** As in `src/postgres/leases.ts`: the statement timeout, and what a client waits longer for its answer. */
const ANSWER_TIMEOUT_MS = 7_000;
const DELAYED_MS_MAX = 6_500;

/**
 * Returns the leases as one node reaches them: each call is a statement that travels, executes, and whose answer travels
 * back. It may execute although its client has given up.
 */
export function leaseStatements(
  client: DatabaseClient,
  store: LeaseStore,
  event_loop: EventLoop,
  random: SeededRandom,
  profile: () => ClusterFaultProfile,
): LeaseStore {
  const occurs = (probability: number) => probability > 0 && random.chance(probability);
  const delay_ms = () => {
    if (!occurs(profile().renewal_delayed)) return 0;
    event_loop.trace.countFault("renewal delayed");
    return random.between(500, DELAYED_MS_MAX);
  };
  const isLost = () => {
    if (client.is_cut_from_postgres) return true;
    return occurs(profile().renewal_lost) && event_loop.trace.countFault("renewal lost");
  };
  const call = <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const { name } = client;
    const timeout = event_loop.schedule(
      {
        description: `${name} gives up: ${what}`,
        owner: client,
        background: true,
        // Only the timeout of a statement that is lost or delayed is pending when everything else is done.
        ends_fault: true,
        after_ms: ANSWER_TIMEOUT_MS,
      },
      () => reject(new ConnectionError("Postgres did not answer")),
    );
    const travel = (description: string, sent: boolean, arrive: () => void) =>
      event_loop.schedule(
        { description, owner: client, sent, background: true, after_ms: delay_ms() },
        () => {
          if (!isLost()) arrive();
        },
      );
    travel(`${name} ${what}`, true, () => {
      const done = work();
      if (!client.alive) return;
      travel(`${name} receives the result: ${what}`, false, () => {
        event_loop.cancel(timeout);
        resolve(done);
      });
    });
    return promise;
  };
  return {
    register: (...of) => call("registers", () => store.register(...of)),
    renew: (renewal) => call("renews its lease", () => store.renew(renewal)),
    leave: (node) => call("leaves", () => store.leave(node)),
  };
}
