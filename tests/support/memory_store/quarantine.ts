import type { QuarantineReason } from "../../../src/domain/company/command.ts";
import type { QuarantinedEvent } from "../../../src/domain/company/event.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { MemoryStore } from "./store.ts";

/** An event that could not be metered, as it is found again. */
export interface MemoryQuarantineRow extends QuarantinedEvent {
  readonly company: CompanyId | undefined;
  readonly replayed_at_ms: number | undefined;
}

/** What is left of an event whose person was erased. */
const ERASED = { reason: "erased", event: { type: "erased" }, people: [] } as const;

/** What could not be metered, without Postgres: what companies kept, and what no company was asked about. */
export class MemoryQuarantine {
  readonly #store: MemoryStore;
  /** Of no company. */
  readonly #without_company = new Map<string, QuarantinedEvent>();
  /** Whose numbers those of no company have become, by their ids. */
  readonly #claimed_by = new Map<string, CompanyId>();
  /** When events were metered after all, by their ids. */
  readonly #replayed_at_ms = new Map<string, number>();
  /** Who was erased, under the secret of the service. */
  readonly #erased_at_ms = new Map<string, number>();

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  /** Keeps events, each once by its id. */
  // deno-lint-ignore require-await
  async add(
    events: readonly (QuarantinedEvent & { readonly company?: CompanyId | undefined })[],
  ): Promise<void> {
    for (const { company, ...event } of events) {
      const kept = this.#eventsOf(company);
      if (!kept.has(event.id)) kept.set(event.id, this.#isErased(event) ? { ...event, ...ERASED } : event);
    }
  }

  /** Erases every event that speaks of somebody, and remembers who it is. */
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
    for (const [of, names] of [[company, [...keys, ...people]], [undefined, people]] as const) {
      const kept = this.#eventsOf(of);
      for (const [id, event] of kept) {
        if (!event.people?.some((person) => names.includes(person))) continue;
        kept.set(id, { ...event, ...ERASED });
        erased++;
      }
    }
    return erased;
  }

  // deno-lint-ignore require-await
  async get(id: string): Promise<MemoryQuarantineRow | undefined> {
    return this.#row(id);
  }

  /** @returns false when that was noted before, or there is no such event */
  // deno-lint-ignore require-await
  async markReplayed(id: string, at_ms: number, company: CompanyId | undefined): Promise<boolean> {
    const row = this.#row(id);
    if (row === undefined || row.replayed_at_ms !== undefined) return false;
    this.#claim(id, company);
    this.#replayed_at_ms.set(id, at_ms);
    return true;
  }

  /** Notes why an event still cannot be metered, unless it was erased meanwhile, and whose it is. */
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
    const kept = this.#without_company.has(id) ? this.#without_company : this.#eventsOf(row.company);
    kept.set(id, { ...kept.get(id)!, reason });
  }

  /** Events that wait for a company to claim their number, oldest first. */
  // deno-lint-ignore require-await
  async waitingFor(phone_number_id: string, limit: number): Promise<MemoryQuarantineRow[]> {
    return this.#waiting().filter((event) => event.phone_number_id === phone_number_id).sort((a, b) =>
      a.received_at_ms - b.received_at_ms || (a.id < b.id ? -1 : 1)
    ).slice(0, limit)
      .map((event) => ({ ...event, company: undefined, replayed_at_ms: undefined }));
  }

  /** Numbers that something waits for, and that some company has by now. */
  // deno-lint-ignore require-await
  async claimedNumbers(): Promise<string[]> {
    const waited_for = new Set(this.#waiting().map(({ phone_number_id }) => phone_number_id));
    return [...this.#store.phone_numbers.keys()].filter((number) => waited_for.has(number)).sort();
  }

  #waiting(): QuarantinedEvent[] {
    return [...this.#without_company.values()].filter(({ id }) =>
      !this.#claimed_by.has(id) && !this.#replayed_at_ms.has(id)
    );
  }

  #eventsOf(company: CompanyId | undefined): Map<string, QuarantinedEvent> {
    return company === undefined
      ? this.#without_company
      : this.#store.stored(company)?.quarantine ?? new Map();
  }

  /** An event of nobody is of the company it was tried on first. */
  #claim(id: string, company: CompanyId | undefined): void {
    if (company === undefined || !this.#without_company.has(id) || this.#claimed_by.has(id)) return;
    this.#claimed_by.set(id, company);
  }

  #row(id: string): MemoryQuarantineRow | undefined {
    const replayed_at_ms = this.#replayed_at_ms.get(id);
    const nobodys = this.#without_company.get(id);
    if (nobodys !== undefined) return { ...nobodys, company: this.#claimed_by.get(id), replayed_at_ms };
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
