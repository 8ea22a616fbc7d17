/** Parts of the service in memory, each on what it depends on. */

import { PhoneDirectory } from "../../actors/phone_directory.ts";
import { RateCard } from "../../actors/rate_card.ts";
import { CompanyRegistry } from "../../actors/company_registry.ts";
import { QuarantineReplay } from "../../actors/quarantine_replay.ts";
import { ActorSystem } from "../../actors/actor_system.ts";
import type { CompanyId, FeatureCode } from "../../src/domain/types.ts";
import { SERVICE_MESSAGE } from "../../src/domain/types.ts";
import type { RateCardFeature } from "../../src/domain/rates.ts";
import { Access } from "../../src/access/access.ts";
import { LiveFeed } from "../../src/live/feed.ts";
import { GroupCommitJournal } from "../../src/journal/journal.ts";
import { MemoryStore } from "../support/memory_store/store.ts";
import type { GuardedClock } from "../../src/ports/runtime.ts";
import { RUNTIME_ZONE_DATA } from "../../src/domain/zone_data.ts";
import { SystemTimers } from "../../src/time/clock.ts";
import { companyRegistryStore } from "../../src/adapters.ts";
import { MemoryPhoneNumbers } from "../support/memory_store/phone_numbers.ts";
import { MemoryAccessStore } from "../support/access_store.ts";
import { rateCardVersion } from "../support/fixtures.ts";

/** Returns the access to a store of keys and sessions. */
export function accessTo({ keys, sessions }: MemoryAccessStore, now_ms: () => number): Access {
  const timers = new SystemTimers();
  const token_secret = new Uint8Array(32);
  return new Access({
    keys,
    sessions,
    token_secret,
    clock: { now_ms },
    timers,
    report: console.error,
  });
}

/** Returns an actor system with small bounds. */
export function actorSystemOn(
  clock: GuardedClock,
  store: MemoryStore,
  journal: GroupCommitJournal,
  feed: LiveFeed,
  rates: RateCard,
): ActorSystem {
  const dependencies = {
    clock,
    store,
    journal,
    feed,
    rates,
    zone_data: RUNTIME_ZONE_DATA,
    timers: new SystemTimers(),
    report,
  };
  return new ActorSystem(dependencies, {
    queued_cost_max: 20_000,
    uncommitted_turns_max: 8,
    items_in_memory_max: 10_000,
    active_max: 100,
    activating_max: 4,
    cost_in_flight_max: 100_000,
    total_items_in_memory_max: 1_000_000,
    idle_ms: 60_000,
  });
}

function report(company: CompanyId, error: unknown): void {
  console.error(company, error);
}

/** Returns the registry of companies. */
export function registryOn(
  clock: GuardedClock,
  store: MemoryStore,
  companies: ActorSystem,
  directory: PhoneDirectory,
  replay: QuarantineReplay,
): CompanyRegistry {
  return new CompanyRegistry({
    clock,
    zone_data: RUNTIME_ZONE_DATA,
    companies,
    directory,
    randomBytes: (length) => new Uint8Array(length),
    replayQuarantine: async (numbers) => void await replay.replayNumbers(numbers),
    store: companyRegistryStore({ companies: store, phone_numbers: new MemoryPhoneNumbers(store) }),
  });
}

/** Returns a rate card in which windows cost one credit, and replies nothing. @param time_zone of all companies */
export function cardStore(time_zone: string) {
  const name = { "pt-BR": "Conversa", en: "Conversation" };
  const features = new Map<FeatureCode, RateCardFeature>();
  for (const feature of ["whatsapp.inbound", "whatsapp.outbound"] as FeatureCode[]) {
    features.set(feature, { feature, name, versions: [rateCardVersion(feature, 1)] });
  }
  features.set(SERVICE_MESSAGE, {
    feature: SERVICE_MESSAGE,
    name: { "pt-BR": "Resposta", en: "Reply" },
    versions: [rateCardVersion(SERVICE_MESSAGE, 0)],
  });
  return {
    listFeatures: () =>
      Promise.resolve([...features.values()].sort((a, b) => a.feature < b.feature ? -1 : 1)),
    addVersion: (version: RateCardFeature["versions"][number], name: RateCardFeature["name"]) => {
      const { feature } = version;
      features.set(feature, { feature, name, versions: [...features.get(feature)?.versions ?? [], version] });
      return Promise.resolve(true);
    },
    renameFeature: (feature: FeatureCode, name: RateCardFeature["name"]) => {
      features.set(feature, { ...features.get(feature)!, name });
      return Promise.resolve();
    },
    timeZones: () => Promise.resolve([time_zone]),
    latestBegun: () => Promise.resolve(undefined),
    latestOutbound: () => Promise.resolve(undefined),
  };
}
