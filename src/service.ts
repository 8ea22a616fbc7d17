/** The rooms that stand on the store: actors, what is around them, and what wakes them. */

import { getLogger } from "@logtape/logtape";
import { PhoneDirectory } from "../actors/phone_directory.ts";
import { Erasure } from "../actors/erasure.ts";
import { GeneralCard } from "../actors/rate_card.ts";
import { Inbox } from "../actors/inbox.ts";
import { Registry } from "../actors/company_registry.ts";
import { Replay } from "../actors/quarantine_replay.ts";
import { Roster } from "../actors/actor_system.ts";
import { Sweep } from "../actors/scheduler.ts";
import { Alerts } from "./alerts/alerts.ts";
import { post } from "./alerts/post.ts";
import { erasureStore, generalCardStore, keptEvents, quarantineOf, registryStore } from "./adapters.ts";
import type { QuarantineQuery } from "./ports.ts";
import type { LiveFeed } from "./live/feed.ts";
import { report } from "./observability/log.ts";
import type { Store } from "./postgres/store.ts";
import { SystemClock, SystemTimers, type TestClock } from "./time/clock.ts";

const LIMITS = {
  waiting_weight_max: 20_000,
  uncommitted_turns_max: 64,
  held_max: 100_000,
  awake_max: 20_000,
  waking_max: 200,
  asked_weight_max: 200_000,
  held_in_all_max: 1_000_000,
  idle_ms: 10 * 60_000,
} as const;

/** Companies the sweep wakes at once: few enough that whoever is woken by a webhook meanwhile hardly waits. */
const SWEPT_AT_ONCE = 50;

const log = getLogger(["poli-credits"]);

/** What {@link furnish} makes. */
export type House = ReturnType<typeof furnish>;

/** Makes the rooms; none does anything by itself until it is woken or asked. */
export function furnish(store: Store, clock: SystemClock | TestClock, feed: LiveFeed) {
  const rates = new GeneralCard(clock, generalCardStore(store.rates));
  const roster = new Roster({
    clock,
    timers: new SystemTimers(),
    store: store.companies,
    journal: store.journal,
    feed,
    rates,
    report: (company, error) => report(`company ${company}`)(error),
  }, LIMITS);
  const directory = new PhoneDirectory(store.phone_numbers);
  const replay = new Replay({ clock, directory, companies: roster, store: keptEvents(store.quarantine) });
  const registry = new Registry({
    clock,
    directory,
    companies: roster,
    store: registryStore(store),
    randomBytes,
    replay: async (numbers) => void await replay.numbers(numbers),
  });
  const alerts = alertsFrom(store, clock);
  const sweep = new Sweep(clock, store.companies, roster, SWEPT_AT_ONCE);
  const forget = () => forgetOld(store, clock);
  const refresh = async () => void await Promise.all([rates.refresh(), directory.refresh()]);
  return {
    roster,
    sweep,
    alerts,
    refresh,
    forget,
    wake_ups: {
      "wake what is due": async () => void await Promise.all([sweep.run(), roster.rest(), refresh()]),
      "forget what is past keeping": forget,
      "tell what months have come to": () => alerts.run(),
      "try what is claimed": async () => void await replay.claimed(),
    },
    rooms: {
      companies: roster,
      registry,
      company_list: store.companies,
      inbox: new Inbox(directory, quarantineOf(store.quarantine, store.keyring), roster, report("the inbox")),
      quarantine: {
        list: (query: QuarantineQuery) => store.quarantine.list(query),
        replay: (id: string) => replay.one(id),
      },
      erasures: new Erasure({
        clock,
        companies: roster,
        store: erasureStore(store),
        report: report("an erasure"),
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
    machine: new SystemClock(),
    randomBytes,
    post,
    onGivenUp: ({ endpoint, alert: { company, type, period } }, failure) => {
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
