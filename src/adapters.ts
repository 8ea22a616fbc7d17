/** Adapters from store classes to the ports of actors. The simulation uses them too, on the memory store. */

import type { CompanyRegistryStore } from "../actors/company_registry.ts";
import type { ErasureStore } from "../actors/erasure.ts";
import type { ArrivedEvent } from "../actors/event_router.ts";
import type { QuarantineWriter } from "../actors/inbox.ts";
import type { QuarantineReplay, QuarantineStore } from "../actors/quarantine_replay.ts";
import type { RateCardStore } from "../actors/rate_card.ts";
import type { QuarantineReason } from "./domain/company/command.ts";
import { identifiersIn } from "./domain/identity/event_identifiers.ts";
import type { Keyring } from "./domain/identity/keyring.ts";
import type { CompanyStore } from "./ports/companies.ts";
import type { QuarantineReview } from "./ports/webhooks.ts";
import type { PostgresCompanyStore } from "./postgres/companies.ts";
import type { PostgresPhoneNumbers } from "./postgres/phone_numbers.ts";
import type { PostgresQuarantine } from "./postgres/quarantine.ts";
import type { PostgresRateCard } from "./postgres/rate_card.ts";
import type { WhatsAppEvent } from "./whatsapp/events.ts";
import { eventIdentity } from "./whatsapp/events.ts";

/** The methods of each store class that both Postgres and the memory store implement. */
type Companies = Pick<PostgresCompanyStore, "create" | "identifiersOf">;
type PhoneNumbers = Pick<PostgresPhoneNumbers, "claim" | "release">;
type Quarantine = Pick<
  PostgresQuarantine,
  | "add"
  | "erase"
  | "get"
  | "list"
  | "markReplayed"
  | "markReplayFailed"
  | "waitingFor"
  | "waitingForTheirTime"
  | "claimedNumbers"
>;
type Rates = Pick<
  PostgresRateCard,
  "history" | "names" | "append" | "rename" | "timeZones" | "latestBegun" | "latestOutbound"
>;

/** Adapts stored rates to the rate card's port. */
export function rateCardStore(rates: Rates): RateCardStore {
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
    latestBegun: (at_ms) => rates.latestBegun(at_ms),
    latestOutbound: (from_ms) => rates.latestOutbound(from_ms),
  };
}

/** Adapts stored companies and phone numbers to the registry's port. */
export function companyRegistryStore(
  store: { readonly companies: Pick<Companies, "create">; readonly phone_numbers: PhoneNumbers },
): CompanyRegistryStore {
  return {
    create: (company, row) => store.companies.create(company, row),
    claim: (request) => store.phone_numbers.claim(request),
    releaseOthers: (company, numbers, at_ms) => store.phone_numbers.release(company, numbers, at_ms),
  };
}

/** Quarantined events of one webhook that are added at once. */
const QUARANTINE_BATCH = 1_000;

/** Adapts the quarantine to the inbox's port: equal events are stored once. */
export function quarantineWriter(quarantine: Quarantine, keyring: Keyring): QuarantineWriter {
  return {
    add: async (events, received_at_ms) => {
      // In batches, so that other requests run in between. A redelivery adds what an interrupted call did not.
      for (let from = 0; from < events.length; from += QUARANTINE_BATCH) {
        const rows = events.slice(from, from + QUARANTINE_BATCH).map(({ event, company }) => {
          const reason = reasonFor(event);
          const { phone_number_id } = event;
          // A keyed hash: equal for every delivery of an event, and without the secret it identifies nobody.
          const id = keyring.content(eventIdentity(event as WhatsAppEvent));
          const people = identifiersIn(event).map((identifier) => keyring.contact(identifier));
          return { id, reason, phone_number_id, received_at_ms, event, company, people };
        });
        keyring.forget();
        await quarantine.add(rows);
      }
    },
  };
}

/** Adapts stored companies and the quarantine to the port of erasures. */
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
      store.keyring.forget();
      return store.quarantine.erase(company, keys, people, at_ms);
    },
  };
}

/**
 * Adapts the quarantine to the port of replays.
 *
 * @param work the shards of the companies whose events this process replays when they are due
 */
export function quarantineStore(
  quarantine: Quarantine,
  work: { readonly shards: readonly number[] | undefined } = { shards: undefined },
): QuarantineStore {
  return {
    get: (id) => quarantine.get(id),
    waitingFor: (number, limit) => quarantine.waitingFor(number, limit),
    claimedNumbers: () => quarantine.claimedNumbers(work.shards),
    waitingForTheirTime: (at_ms, limit, after) =>
      quarantine.waitingForTheirTime(at_ms, limit, after, work.shards),
    list: (query) => quarantine.list(query),
    settle: async ({ id }, outcome, company, at_ms) => {
      if (outcome.type === "metered") await quarantine.markReplayed(id, at_ms, company);
      else await quarantine.markReplayFailed(id, outcome.reason, company);
    },
  };
}

/** Adapts the quarantine and its replay to the port of the HTTP layer. */
export function quarantineReview(
  quarantine: Pick<QuarantineReview, "list">,
  replay: QuarantineReplay,
): QuarantineReview {
  return {
    list: (query) => quarantine.list(query),
    replay: (id) => replay.replayEvent(id),
    replayAll: (query) => replay.replayAll(query),
  };
}

/** Lists the due companies of a node for its scheduler. */
export function dueCompaniesOf(
  work: { readonly shards: readonly number[] | undefined },
  companies: Pick<PostgresCompanyStore, "dueCompanies">,
): Pick<CompanyStore, "dueCompanies"> {
  return { dueCompanies: (at_ms, limit) => companies.dueCompanies(at_ms, limit, work.shards) };
}

/** Returns why an event of no company, or one that this version cannot meter, is quarantined. */
function reasonFor(event: ArrivedEvent): QuarantineReason {
  if (event.type === "unreadable") {
    return event.reason === "timestamp_unparseable" ? event.reason : "unreadable";
  }
  return event.field === undefined ? "unknown_phone_number" : "unknown_field";
}
