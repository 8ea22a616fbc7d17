import type { ArrivedEvent } from "../../actors/event_router.ts";
import type { QuarantineStore } from "../../actors/quarantine_replay.ts";
import type { ErasureStore } from "../../actors/erasure.ts";
import { identifiersIn } from "../../src/domain/identity/event_identifiers.ts";
import type { CompanyId, ContactId, ContactKey } from "../../src/domain/types.ts";
import type { QuarantineEntry, QuarantineQuery, ReplayOutcome } from "../../src/ports/webhooks.ts";
import { isCovered, pageByTime } from "../support/memory_store/quarantine.ts";
import type { MemoryStore } from "../support/memory_store/store.ts";
import { hash } from "node:crypto";

/** The quarantine in memory: events quarantined by actors, and events that reached no actor. */
export class MemoryQuarantine implements QuarantineStore, ErasureStore {
  readonly #store: MemoryStore;
  readonly #arrived: ArrivedEvent[];
  readonly #of_nobody = new Map<string, QuarantineEntry>();
  readonly #settled = new Map<string, Partial<QuarantineEntry>>();

  /** @param arrived receives every event that reached no actor */
  constructor(store: MemoryStore, arrived: ArrivedEvent[]) {
    this.#store = store;
    this.#arrived = arrived;
  }

  // deno-lint-ignore require-await
  async add(
    quarantined: readonly { readonly event: ArrivedEvent; readonly company: CompanyId | undefined }[],
    received_at_ms: number,
  ): Promise<void> {
    for (const { event, company } of quarantined) {
      this.#arrived.push(event);
      const hex = hash("sha256", JSON.stringify(event), "hex");
      const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
      const { phone_number_id } = event;
      const reason = event.type === "unreadable"
        ? "unreadable"
        : event.field === undefined
        ? "unknown_phone_number"
        : "unknown_field";
      if (this.#of_nobody.has(id)) continue;
      const replayed_at_ms = undefined;
      this.#of_nobody.set(id, {
        id,
        reason,
        phone_number_id,
        received_at_ms,
        event,
        company,
        replayed_at_ms,
      });
    }
  }

  // deno-lint-ignore require-await
  async get(id: string): Promise<QuarantineEntry | undefined> {
    return this.#all().find((row) => row.id === id);
  }

  // deno-lint-ignore require-await
  async waitingFor(number: string, limit: number): Promise<readonly QuarantineEntry[]> {
    return this.#waiting().filter(({ phone_number_id }) => phone_number_id === number).reverse().slice(
      0,
      limit,
    );
  }

  // deno-lint-ignore require-await
  async claimedNumbers(): Promise<readonly string[]> {
    const waited_for = new Set(this.#waiting().map(({ phone_number_id }) => phone_number_id));
    return [...waited_for].filter((number) => number !== undefined);
  }

  // deno-lint-ignore require-await
  async waitingForTheirTime(
    at_ms: number,
    limit: number,
    after?: { readonly at_ms: number; readonly id: string },
  ): Promise<readonly QuarantineEntry[]> {
    return pageByTime(this.#all(), at_ms, limit, after);
  }

  #waiting(): readonly QuarantineEntry[] {
    return this.#all().filter((entry) =>
      entry.company === undefined && entry.replayed_at_ms === undefined &&
      isCovered(entry, this.#store.phone_claims)
    );
  }

  // deno-lint-ignore require-await
  async settle(
    { id, reason, company: own }: QuarantineEntry,
    outcome: ReplayOutcome,
    company: CompanyId | undefined,
    at_ms: number,
  ): Promise<void> {
    const came = outcome.type === "metered" ? { reason, replayed_at_ms: at_ms } : { reason: outcome.reason };
    this.#settled.set(id, { ...came, company: own ?? company });
  }

  // deno-lint-ignore require-await
  async identifiersOf(company: CompanyId, contact: ContactId): Promise<readonly string[]> {
    const known = [...this.#store.stored(company)?.contacts.values() ?? []];
    return known.filter(({ contact_id, identifier }) => contact_id === contact && identifier !== undefined)
      .map(({ by_phone, identifier }) => `${by_phone ? "p" : "b"}${identifier}`);
  }

  // deno-lint-ignore require-await
  async eraseEvents(
    _company: CompanyId,
    _keys: readonly ContactKey[],
    identifiers: readonly string[],
  ): Promise<number> {
    const speaking = this.#all().filter(({ event }) =>
      identifiersIn(event).some((identifier) => identifiers.includes(identifier))
    );
    for (const { id } of speaking) this.#settled.set(id, { reason: "erased", event: { type: "erased" } });
    return speaking.length;
  }

  // deno-lint-ignore require-await
  async list(query: QuarantineQuery): Promise<readonly QuarantineEntry[]> {
    const { company, reason, phone_number_id, before, unreplayed, limit } = query;
    return this.#all().filter((row) =>
      (!unreplayed || row.replayed_at_ms === undefined) &&
      (company === undefined || row.company === company) && (reason === undefined || row.reason === reason) &&
      (phone_number_id === undefined || row.phone_number_id === phone_number_id) &&
      (before === undefined || placeOf(row) < placeOf(before))
    ).slice(0, limit);
  }

  /** Newest first. */
  #all(): QuarantineEntry[] {
    const rows = [...this.#of_nobody.values()];
    for (const { company } of this.#companies()) {
      for (const row of this.#store.stored(company)?.quarantine.values() ?? []) {
        rows.push({ ...row, company, replayed_at_ms: undefined });
      }
    }
    return rows.map((row) => ({ ...row, ...this.#settled.get(row.id) }))
      .sort((a, b) => placeOf(a) > placeOf(b) ? -1 : 1);
  }

  #companies(): { readonly company: CompanyId }[] {
    return this.#store.storedCompanies();
  }
}

function placeOf({ received_at_ms, id }: { readonly received_at_ms: number; readonly id: string }): string {
  return `${String(received_at_ms).padStart(16, "0")} ${id}`;
}
