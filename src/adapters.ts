/**
 * Where the store's rooms meet what actors and the edge ask for: nothing but other words for the same thing.
 * Used by `main.ts`, and by the simulation.
 */
import type { ErasureStore } from "../actors/erasure.ts";
import type { RateCardStore } from "../actors/rate_card.ts";
import type { QuarantineWriter as QuarantinePort } from "../actors/inbox.ts";
import type { CompanyRegistryStore } from "../actors/company_registry.ts";
import type { QuarantineStore } from "../actors/quarantine_replay.ts";
import type { QuarantineEntry } from "./ports.ts";
import type { Keyring } from "./domain/identity/keyring.ts";
import { identifiersIn } from "./domain/identity/event_identifiers.ts";
import type { PostgresCompanyStore } from "./postgres/companies.ts";
import type { PostgresPhoneNumbers as PostgresPhoneNumbers } from "./postgres/phone_numbers.ts";
import type { PostgresQuarantine as PostgresQuarantine } from "./postgres/quarantine.ts";
import type { PostgresRateCard as PostgresRates } from "./postgres/rates.ts";
import type { WhatsAppEvent } from "./whatsapp/events.ts";
import { eventIdentity } from "./whatsapp/events.ts";

/** What is asked of each room of the store: Postgres keeps it, and so does its stand-in in memory. */
type Companies = Pick<PostgresCompanyStore, "create" | "identifiersOf">;
type PhoneNumbers = Pick<PostgresPhoneNumbers, "claim" | "release">;
type Quarantine = Pick<
  PostgresQuarantine,
  "add" | "erase" | "get" | "markReplayed" | "markReplayFailed" | "waitingFor" | "claimedNumbers"
>;
type GeneralRates = Pick<
  PostgresRates,
  "history" | "names" | "append" | "rename" | "timeZones" | "latestOutbound"
>;

export function rateCardStore(rates: GeneralRates): RateCardStore {
  return {
    async listFeatures() {
      const [history, names] = await Promise.all([rates.history(), rates.names()]);
      return [...history].map(([feature, versions]) => {
        return { feature, name: names.get(feature) ?? { "pt-BR": feature, en: feature }, versions };
      });
    },
    addVersion: (version, name) => rates.append(version, name),
    renameFeature: (feature, name) => rates.rename(feature, name),
    timeZones: () => rates.timeZones(),
    latestOutbound: (from_ms) => rates.latestOutbound(from_ms),
  };
}

export function companyRegistryStore(
  store: { readonly companies: Pick<Companies, "create">; readonly phone_numbers: PhoneNumbers },
): CompanyRegistryStore {
  return {
    create: (company, made) => store.companies.create(company, made),
    claim: async (company, numbers, at_ms) => {
      const { taken } = await store.phone_numbers.claim(company, numbers, at_ms);
      return taken.map(({ phone_number_id }) => phone_number_id);
    },
    releaseOthers: async (company, numbers) => void await store.phone_numbers.release(company, numbers),
  };
}

/** Keeps what no company has, and what could not be read, once by what it is. */
export function quarantineWriter(quarantine: Quarantine, keyring: Keyring): QuarantinePort {
  return {
    add: (kept, received_at_ms) =>
      quarantine.add(kept.map(({ event, company }) => {
        const reason = event.type === "unreadable" ? unreadableReason(event.reason) : "unknown_phone_number";
        const { phone_number_id } = event;
        // The same for the same event however often it is delivered; without the secret it tells nothing of whom.
        const id = keyring.content(eventIdentity(event as WhatsAppEvent));
        const people = identifiersIn(event).map((identifier) => keyring.contact(identifier));
        return { id, reason, phone_number_id, received_at_ms, event, company, people };
      })),
  };
}

/** Where people are erased beside their companies. */
export function erasureStore(
  store: {
    readonly companies: Pick<Companies, "identifiersOf">;
    readonly quarantine: Quarantine;
    readonly keyring: Keyring;
  },
): ErasureStore {
  return {
    identifiersOf: (company, contact) => store.companies.identifiersOf(company, contact),
    eraseEvents: (company, keys, identifiers, at_ms) => {
      const people = identifiers.map((identifier) => store.keyring.contact(identifier));
      return store.quarantine.erase(company, keys, people, at_ms);
    },
  };
}

export function quarantineStore(quarantine: Quarantine): QuarantineStore {
  return {
    get: (id) => quarantine.get(id),
    waitingFor: (number, limit) => quarantine.waitingFor(number, limit),
    claimedNumbers: () => quarantine.claimedNumbers(),
    settle: async ({ id }: QuarantineEntry, outcome, company, at_ms) => {
      if (outcome.type === "metered") await quarantine.markReplayed(id, at_ms, company);
      else await quarantine.markReplayFailed(id, outcome.reason, company);
    },
  };
}

function unreadableReason(reason: string): "timestamp_unparseable" | "unreadable" {
  return reason === "timestamp_unparseable" ? reason : "unreadable";
}
