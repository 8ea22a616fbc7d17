/** Faults of a Postgres with a replica, behind an address that clients keep. */

import { addressOf } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { sleep } from "../../src/time/sleep.ts";

/** Deliveries answered 200 that the lagging replica lacks. */
const LOST = 30;
const LOST_WITHIN_MS = 20_000;

/** Failovers: an orderly one, one that loses commits, and one whose former primary stays. */
export const FAILOVERS: readonly Fault[] = [
  {
    name: "synchronous_failover",
    description: "the primary killed, and its synchronous replica promoted",
    environment: "replicated",
    async inject({ settings: { replicated }, proxy }) {
      const replica = await replicated!.startReplica();
      await replica.makeSynchronous();
      proxy!.cut();
      await replicated!.primary.stop(0);
      await replicated!.promote(replica);
      proxy!.redirect(addressOf(replica.url));
      proxy!.restore();
      await replicated!.removeFormer();
    },
  },
  {
    name: "lagging_replica",
    description: "a replica promoted that lacks acknowledged deliveries, which are then delivered again",
    environment: "replicated",
    loses_commits: true,
    async inject({ settings: { replicated }, proxy }, _random, load) {
      const replica = await replicated!.startReplica();
      const received = new Set(load.deliveries.filter(({ answer }) => answer !== undefined));
      await replica.catchUp();
      await replica.stopReceiving();
      await load.waitForDurable(LOST, LOST_WITHIN_MS);
      proxy!.cut();
      await replicated!.promote(replica);
      proxy!.redirect(addressOf(replica.url));
      // Meta delivers again what was not answered; what was answered has to be reported again by its sender.
      for (const delivery of load.deliveries) if (!received.has(delivery)) delivery.answer = undefined;
      proxy!.restore();
      await replicated!.removeFormer();
    },
  },
  {
    name: "old_primary_stays",
    description: "a synchronous replica promoted while the old primary stays and keeps its connections",
    environment: "replicated",
    async inject({ settings: { replicated }, proxy }, random, load) {
      const replica = await replicated!.startReplica();
      await replica.makeSynchronous();
      await replicated!.promote(replica);
      // New connections reach the new primary; the others stay until the service gives them up.
      proxy!.redirect(addressOf(replica.url));
      await load.waitForDurable(random.between(1, 20), LOST_WITHIN_MS + 20_000);
      await sleep(random.between(0, 500));
      await replicated!.removeFormer();
    },
  },
];
