/** The rooms that stand on the store: actors, what is around them, and what wakes them. */

import { getLogger } from "@logtape/logtape";
import { PhoneDirectory } from "../actors/phone_directory.ts";
import { Erasure } from "../actors/erasure.ts";
import { RateCard } from "../actors/rate_card.ts";
import { Inbox } from "../actors/inbox.ts";
import { CompanyRegistry } from "../actors/company_registry.ts";
import { QuarantineReplay } from "../actors/quarantine_replay.ts";
import { ActorSystem } from "../actors/actor_system.ts";
import { Scheduler } from "../actors/scheduler.ts";
import { Alerts } from "./alerts/alerts.ts";
import { post } from "./alerts/post.ts";
import {
  companyRegistryStore,
  erasureStore,
  quarantineStore,
  quarantineWriter,
  rateCardStore,
} from "./adapters.ts";
import type { QuarantineQuery } from "./ports.ts";
import type { LiveFeed } from "./live/feed.ts";
import { reportError } from "./observability/log.ts";
import type { Store } from "./postgres/store.ts";
import { SystemClock, SystemTimers, type TestClock } from "./time/clock.ts";

const LIMITS = {
  queued_cost_max: 20_000,
  uncommitted_turns_max: 64,
  items_in_memory_max: 100_000,
  active_max: 20_000,
  activating_max: 200,
  cost_in_flight_max: 200_000,
  total_items_in_memory_max: 1_000_000,
  idle_ms: 10 * 60_000,
} as const;

/** Companies the sweep wakes at once: few enough that whoever is woken by a webhook meanwhile hardly waits. */
const DUE_COMPANIES_AT_ONCE = 50;

const log = getLogger(["poli-credits"]);

/** What {@link createService} makes. */
export type Service = ReturnType<typeof createService>;

/** Makes the rooms; none does anything by itself until it is woken or asked. */
export function createService(store: Store, clock: SystemClock | TestClock, feed: LiveFeed) {
  const rates = new RateCard(clock, rateCardStore(store.rates));
  const actor_system = new ActorSystem({
    clock,
    timers: new SystemTimers(),
    store: store.companies,
    journal: store.journal,
    feed,
    rates,
    report: (company, error) => reportError(`company ${company}`)(error),
  }, LIMITS);
  const directory = new PhoneDirectory(store.phone_numbers);
  const replay = new QuarantineReplay({
    clock,
    directory,
    companies: actor_system,
    store: quarantineStore(store.quarantine),
  });
  const registry = new CompanyRegistry({
    clock,
    directory,
    companies: actor_system,
    store: companyRegistryStore(store),
    randomBytes,
    replayQuarantine: async (numbers) => void await replay.replayNumbers(numbers),
  });
  const alerts = alertsFrom(store, clock);
  const scheduler = new Scheduler(clock, store.companies, actor_system, DUE_COMPANIES_AT_ONCE);
  const forget = () => forgetOld(store, clock);
  const refresh = async () => void await Promise.all([rates.refresh(), directory.refresh()]);
  return {
    actor_system,
    scheduler,
    alerts,
    refresh,
    forget,
    jobs: {
      "wake what is due": async () =>
        void await Promise.all([scheduler.runDue(), actor_system.passivateIdle(), refresh()]),
      "forget what is past keeping": forget,
      "tell what months have come to": () => alerts.raiseAndDeliver(),
      "try what is claimed": async () => void await replay.replayClaimed(),
    },
    parts: {
      companies: actor_system,
      registry,
      company_list: store.companies,
      inbox: new Inbox(
        directory,
        quarantineWriter(store.quarantine, store.keyring),
        actor_system,
        reportError("the inbox"),
      ),
      quarantine: {
        list: (query: QuarantineQuery) => store.quarantine.list(query),
        replay: (id: string) => replay.replayEvent(id),
      },
      erasures: new Erasure({
        clock,
        companies: actor_system,
        store: erasureStore(store),
        report: reportError("an erasure"),
      }),
      reports: store.reports,
      alerts,
      rates,
    },
  };
}

/** What platforms are told of; receivers go by the machine's clock, whatever the test clock says. */
function alertsFrom(store: Store, clock: SystemClock | TestClock): Alerts {
  return new Alerts({
    store: store.alerts,
    clock,
    system_clock: new SystemClock(),
    randomBytes,
    post,
    onAbandoned: ({ endpoint, alert: { company, type, period } }, failure) => {
      const facts = { id: endpoint.id, type, company, month: period.month, failure };
      log.warn("{id} is not told of {type} of {company} in {month}: {failure}", facts);
    },
  });
}

/** Drops what is past keeping, and says so: nothing is dropped silently. */
async function forgetOld(store: Store, clock: SystemClock | TestClock): Promise<void> {
  const forgotten = await store.retention.run(clock.now_ms());
  if (forgotten === undefined || forgotten.months + forgotten.rows + forgotten.names === 0) return;
  log.info("Past keeping: {months} months of facts, {rows} rows beside them and {names} names are gone", {
    ...forgotten,
  });
}

function randomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
