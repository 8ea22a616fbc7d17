import type { QuarantineReason } from "../../../src/domain/company/command.ts";
import { eraseIfMentioned } from "../../../src/domain/company/erased_events.ts";
import type { CompanyEvent, QuarantinedEvent } from "../../../src/domain/company/event.ts";
import type { PhoneClaim } from "../../../src/domain/phone_claims.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { QuarantineEntry, QuarantineQuery } from "../../../src/ports/webhooks.ts";
import { isOneOf } from "../shards.ts";
import type { MemoryStore } from "./store.ts";

/** The fields that replace those of an erased person's event. */
const ERASED = { reason: "erased", event: { type: "erased" }, people: [] } as const;

/** The quarantine in memory: events of companies, and events without a company. */
export class MemoryQuarantine {
  readonly #store: MemoryStore;
  /** Events without a company, by id. */
  readonly #without_company = new Map<string, QuarantinedEvent>();
  /** The companies that claimed the numbers of events without a company, by event id. */
  readonly #claimed_by = new Map<string, CompanyId>();
  /** When events were replayed, by event id. */
  readonly #replayed_at_ms = new Map<string, number>();
  /** When people were erased, by their hash under the service's secret. */
  readonly #erased_at_ms = new Map<string, number>();

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** Adds events, each once by its id. */
  // deno-lint-ignore require-await
  async add(
    events: readonly (QuarantinedEvent & { readonly company?: CompanyId | undefined })[],
  ): Promise<void> {
    for (const { company, ...event } of events) {
      const stored = this.#eventsOf(company);
      if (!stored.has(event.id)) {
        stored.set(event.id, this.#isErased(event) ? { ...event, ...ERASED } : event);
      }
    }
  }

  /** Erases every event that mentions a person, and records the erasure. */
  // deno-lint-ignore require-await
  async erase(
    company: CompanyId,
    keys: readonly string[],
    people: readonly string[],
    at_ms: number,
  ): Promise<number> {
    for (const person of people) {
      this.#erased_at_ms.set(person, Math.max(at_ms, this.#erased_at_ms.get(person) ?? at_ms));
    }
    let erased = 0;
    for (const [owner, hashes] of [[company, [...keys, ...people]], [undefined, people]] as const) {
      const stored = this.#eventsOf(owner);
      for (const [id, event] of stored) {
        if (!event.people?.some((person) => hashes.includes(person))) continue;
        stored.set(id, { ...event, ...ERASED });
        erased++;
      }
    }
    return erased;
  }

  // deno-lint-ignore require-await
  async get(id: string): Promise<QuarantineEntry | undefined> {
    return this.#row(id);
  }

  /** Records that a replayed event was metered. @returns false when it was replayed before, or does not exist */
  // deno-lint-ignore require-await
  async markReplayed(id: string, at_ms: number, company: CompanyId | undefined): Promise<boolean> {
    const row = this.#row(id);
    if (row === undefined || row.replayed_at_ms !== undefined) return false;
    this.#claim(id, company);
    this.#replayed_at_ms.set(id, at_ms);
    return true;
  }

  /** Records a replayed event's company, and why it still cannot be metered, unless it was erased meanwhile. */
  // deno-lint-ignore require-await
  async markReplayFailed(
    id: string,
    reason: QuarantineReason,
    company: CompanyId | undefined,
  ): Promise<void> {
    const row = this.#row(id);
    if (row === undefined || row.replayed_at_ms !== undefined) return;
    this.#claim(id, company);
    if (row.reason === "erased") return;
    const stored = this.#without_company.has(id) ? this.#without_company : this.#eventsOf(row.company);
    stored.set(id, { ...stored.get(id)!, reason });
  }

  /** Lists events that waited for a company to claim their number, and that a claim covers by now, oldest first. */
  // deno-lint-ignore require-await
  async waitingFor(phone_number_id: string, limit: number): Promise<QuarantineEntry[]> {
    return this.#waiting().filter((event) => event.phone_number_id === phone_number_id).sort((a, b) =>
      a.received_at_ms - b.received_at_ms || (a.id < b.id ? -1 : 1)
    ).slice(0, limit)
      .map((event) => ({ ...event, company: undefined, replayed_at_ms: undefined }));
  }

  /** Lists the numbers of which an event waits that a claim covers by now. @param shards the companies of the claims */
  // deno-lint-ignore require-await
  async claimedNumbers(shards?: readonly number[]): Promise<string[]> {
    const waited_for = new Set(this.#waiting(shards).map(({ phone_number_id }) => phone_number_id));
    return [...waited_for].filter((number) => number !== undefined).sort();
  }

  /** Lists events whose time had not come and is at or before `at_ms`, in the order of their times. */
  // deno-lint-ignore require-await
  async waitingForTheirTime(
    at_ms: number,
    limit: number,
    after?: { readonly at_ms: number; readonly id: string },
    shards?: readonly number[],
  ): Promise<QuarantineEntry[]> {
    const rows = this.#rows().filter(({ company }) => isOneOf(shards, company));
    return pageByTime(rows, at_ms, limit, after);
  }

  /** Lists events, newest first. */
  // deno-lint-ignore require-await
  async list(
    { company, reason, phone_number_id, before, unreplayed, limit }: QuarantineQuery,
  ): Promise<QuarantineEntry[]> {
    const isBefore = (row: QuarantineEntry) =>
      before === undefined || row.received_at_ms < before.received_at_ms ||
      (row.received_at_ms === before.received_at_ms && row.id < before.id);
    return this.#rows().filter((row) =>
      (company === undefined || row.company === company) && (reason === undefined || row.reason === reason) &&
      (phone_number_id === undefined || row.phone_number_id === phone_number_id) &&
      !(unreplayed && row.replayed_at_ms !== undefined) && isBefore(row)
    ).sort((a, b) => b.received_at_ms - a.received_at_ms || (a.id > b.id ? -1 : 1)).slice(0, limit);
  }

  #rows(): QuarantineEntry[] {
    const of_companies = this.#store.storedCompanies().flatMap(({ quarantine }) => [...quarantine.keys()]);
    return [...this.#without_company.keys(), ...of_companies].map((id) => this.#row(id)!);
  }

  #waiting(shards?: readonly number[]): QuarantinedEvent[] {
    const claims = shards === undefined ? this.#store.phone_claims : new Map(
      [...this.#store.phone_claims].map(([number, of_number]) =>
        [number, of_number.filter(({ company }) => isOneOf(shards, company))] as const
      ),
    );
    return [...this.#without_company.values()].filter((event) =>
      !this.#claimed_by.has(event.id) && !this.#replayed_at_ms.has(event.id) &&
      isCovered(event, claims)
    );
  }

  #eventsOf(company: CompanyId | undefined): Map<string, QuarantinedEvent> {
    return company === undefined
      ? this.#without_company
      : this.#store.stored(company)?.quarantine ?? new Map();
  }

  /** Assigns an event without a company to the company of its first replay. */
  #claim(id: string, company: CompanyId | undefined): void {
    if (company === undefined || !this.#without_company.has(id) || this.#claimed_by.has(id)) return;
    this.#claimed_by.set(id, company);
  }

  #row(id: string): QuarantineEntry | undefined {
    const replayed_at_ms = this.#replayed_at_ms.get(id);
    const event = this.#without_company.get(id);
    if (event !== undefined) return { ...event, company: this.#claimed_by.get(id), replayed_at_ms };
    for (const { company, quarantine } of this.#store.storedCompanies()) {
      const event = quarantine.get(id);
      if (event !== undefined) return { ...event, company, replayed_at_ms };
    }
  }

  #isErased({ people, event }: QuarantinedEvent): boolean {
    const at_ms = (event as { at_ms?: unknown } | null)?.at_ms;
    return (people ?? []).some((person) => {
      const erased_at_ms = this.#erased_at_ms.get(person);
      return erased_at_ms !== undefined && !(typeof at_ms === "number" && at_ms > erased_at_ms);
    });
  }
}

/** Erases stored events as the change of a company says. */
export function eraseMentioned(
  stored: Map<string, QuarantinedEvent>,
  { keys, until_ms }: Extract<CompanyEvent, { type: "quarantine_erased" }>,
): void {
  for (const [id, event] of stored) stored.set(id, eraseIfMentioned(event, keys, until_ms));
}

/** Returns a page of the entries of the reason `in_the_future` whose time is at or before `at_ms`, by time. */
export function pageByTime(
  rows: readonly QuarantineEntry[],
  at_ms: number,
  limit: number,
  after = { at_ms: -Infinity, id: "" },
): QuarantineEntry[] {
  const timeOf = ({ event }: QuarantineEntry) => (event as { readonly at_ms: number }).at_ms;
  return rows.filter((row) =>
    row.reason === "in_the_future" && row.replayed_at_ms === undefined && timeOf(row) <= at_ms &&
    (timeOf(row) > after.at_ms || (timeOf(row) === after.at_ms && row.id > after.id))
  ).sort((a, b) => timeOf(a) - timeOf(b) || (a.id < b.id ? -1 : 1)).slice(0, limit);
}

/** Whether a company owned the number of an event at the event's time, or when it arrived if its time is unreadable. */
export function isCovered(
  { phone_number_id = "", event, received_at_ms }: Pick<
    QuarantinedEvent,
    "phone_number_id" | "event" | "received_at_ms"
  >,
  claims: ReadonlyMap<string, readonly PhoneClaim[]>,
): boolean {
  const { at_ms } = (event ?? {}) as { readonly at_ms?: unknown };
  const time_ms = Number.isFinite(at_ms) ? at_ms as number : received_at_ms;
  return claims.get(phone_number_id)?.some(({ owned_from_ms = -Infinity, released_at_ms = Infinity }) =>
    owned_from_ms <= time_ms && time_ms < released_at_ms
  ) ?? false;
}
