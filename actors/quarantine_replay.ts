import type { ContactEvent, QuarantineReason } from "../src/domain/company/command.ts";
import { FUTURE_LIMIT_MS } from "../src/domain/lateness.ts";
import type { CompanyId } from "../src/domain/types.ts";
import type { Companies } from "../src/ports/companies.ts";
import type { GuardedClock } from "../src/ports/runtime.ts";
import type { QuarantineEntry, QuarantineQuery, ReplayCounts, ReplayOutcome } from "../src/ports/webhooks.ts";
import type { ArrivedEvent, EventRouter } from "./event_router.ts";
import type { Directory } from "./inbox.ts";

/** Stored quarantine entries. Rejects when the store cannot be reached. */
export interface QuarantineStore {
  get(id: string): Promise<QuarantineEntry | undefined>;
  /** Entries that waited for a company to own their number at their time, and that a claim covers by now, oldest first. */
  waitingFor(phone_number_id: string, limit: number): Promise<readonly QuarantineEntry[]>;
  /** Numbers with such entries. */
  claimedNumbers(): Promise<readonly string[]>;
  /** Entries of the reason `in_the_future` whose time is at or before `at_ms`, by time; after an entry if one is given. */
  waitingForTheirTime(
    at_ms: number,
    limit: number,
    after?: { readonly at_ms: number; readonly id: string },
  ): Promise<readonly QuarantineEntry[]>;
  /** Entries that a query selects, newest first. */
  list(query: QuarantineQuery): Promise<readonly QuarantineEntry[]>;
  /**
   * Records the outcome of a replay.
   *
   * @param company the owner from now on, for an entry that had none; undefined while no claim covers its time
   */
  settle(
    entry: QuarantineEntry,
    outcome: ReplayOutcome,
    company: CompanyId | undefined,
    at_ms: number,
  ): Promise<void>;
}

/** What a {@link QuarantineReplay} depends on. */
export interface QuarantineReplayDependencies {
  readonly clock: GuardedClock;
  readonly store: QuarantineStore;
  readonly directory: Directory;
  readonly companies: Companies;
  /** The router of the inbox. */
  readonly router: EventRouter;
  /** Whether this version reads a webhook field. */
  readonly readsField: (field: string) => boolean;
}

/** Entries replayed concurrently: they share turns of their company and statements. */
const BATCH = 200;
/** Entries that {@link QuarantineReplay.replayDue} replays at most. */
const DUE_MAX = 10_000;

/**
 * Replays quarantined events. An event is metered first and its entry settled after: a crash in between leads to one
 * more replay, which changes nothing.
 */
export class QuarantineReplay {
  readonly #dependencies: QuarantineReplayDependencies;

  constructor(dependencies: QuarantineReplayDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Replays one event. An event that is metered already stays as it is: its month may be final by now.
   *
   * @returns undefined when there is no such event, `unavailable` when its company could not answer
   */
  async replayEvent(id: string): Promise<ReplayOutcome | "unavailable" | undefined> {
    const entry = await this.#dependencies.store.get(id);
    if (entry === undefined) return undefined;
    if (entry.replayed_at_ms !== undefined) return { type: "metered" };
    const [outcome] = await this.#replayEach([entry]);
    return outcome;
  }

  /**
   * Replays every entry that waited for these numbers and that a claim covers by now, oldest first. When a company cannot
   * answer, its entries stay for the next replay and delay no other number.
   *
   * @returns the number of events metered
   */
  async replayNumbers(phone_number_ids: readonly string[]): Promise<number> {
    let metered = 0;
    for (const number of phone_number_ids) metered += await this.#replayNumber(number);
    return metered;
  }

  /**
   * Replays every entry that waits although a company owns its number: it arrived during the claim, or could not be
   * metered then.
   *
   * @returns the number of events metered
   */
  async replayClaimed(): Promise<number> {
    return await this.replayNumbers(await this.#dependencies.store.claimedNumbers());
  }

  /**
   * Replays the entries that a query selects and that no replay has metered, newest first: the order changes no charge.
   *
   * @throws {Error} when the store cannot be reached; entries replayed already stay metered
   */
  async replayAll(query: QuarantineQuery): Promise<ReplayCounts> {
    const entries = await this.#dependencies.store.list({ ...query, unreplayed: true });
    const kept = new Map<QuarantineReason, number>();
    let [metered, unavailable] = [0, 0];
    for (let from = 0; from < entries.length; from += BATCH) {
      for (const outcome of await this.#replayEach(entries.slice(from, from + BATCH))) {
        if (outcome === "unavailable") unavailable++;
        else if (outcome.type === "metered") metered++;
        else kept.set(outcome.reason, (kept.get(outcome.reason) ?? 0) + 1);
      }
    }
    return { metered, kept, unavailable, last: entries.length < query.limit ? undefined : entries.at(-1) };
  }

  /**
   * Replays entries of the reason `in_the_future` whose time has come, {@link DUE_MAX} a call at most.
   *
   * @returns the number of events metered
   * @throws {Error} when the store cannot be reached; entries replayed already stay metered
   */
  async replayDue(): Promise<number> {
    const { clock, store } = this.#dependencies;
    let metered = 0;
    let after: { readonly at_ms: number; readonly id: string } | undefined;
    for (let replayed = 0; replayed < DUE_MAX; replayed += BATCH) {
      // Entries that stay as they are would be listed again: each call starts after the last.
      const due = await store.waitingForTheirTime(clock.now_ms(), BATCH, after);
      const outcomes = await this.#replayEach(due);
      metered += meteredIn(outcomes);
      const last = due.at(-1);
      if (last === undefined || due.length < BATCH) break;
      after = { at_ms: (last.event as ContactEvent).at_ms, id: last.id };
    }
    return metered;
  }

  /** Replays entries at once. Memory has no claim of another process yet, and none that ended long ago. */
  async #replayEach(
    entries: readonly QuarantineEntry[],
  ): Promise<readonly (ReplayOutcome | "unavailable")[]> {
    const numbers = new Set(entries.map(({ phone_number_id }) => phone_number_id));
    numbers.delete(undefined);
    if (numbers.size > 0) await this.#dependencies.directory.lookUp([...numbers] as string[]);
    return await Promise.all(entries.map((entry) => this.#replay(entry)));
  }

  async #replayNumber(number: string): Promise<number> {
    let metered = 0;
    let first: string | undefined;
    for (;;) {
      const waiting = await this.#dependencies.store.waitingFor(number, BATCH);
      // An entry that still waits after its replay would be read again and again.
      if (waiting.length === 0 || waiting[0]!.id === first) return metered;
      first = waiting[0]!.id;
      const outcomes = await this.#replayEach(waiting);
      metered += meteredIn(outcomes);
      if (outcomes.includes("unavailable")) return metered;
    }
  }

  /** Finds the company of an entry, as the inbox does, and replays it. The claims of its number must be looked up before. */
  async #replay(entry: QuarantineEntry): Promise<ReplayOutcome | "unavailable"> {
    const { directory, router } = this.#dependencies;
    const { phone_number_id, received_at_ms } = entry;
    if (entry.company !== undefined || phone_number_id === undefined) {
      return await this.#replayOn(entry.company, entry);
    }
    // The stored event of an erased person has no content: it belongs to the owner at its arrival.
    const event = {
      type: "unreadable",
      reason: entry.reason,
      ...(entry.event as object | null),
      phone_number_id,
    };
    const outcome = await router.route(
      [event as ArrivedEvent],
      (number) => directory.claimsOf(number),
      received_at_ms,
      ([company]) => this.#replayOn(company, entry),
    );
    return outcome !== "unavailable" && outcome.type === "unavailable" ? "unavailable" : outcome;
  }

  async #replayOn(
    company: CompanyId | undefined,
    entry: QuarantineEntry,
  ): Promise<ReplayOutcome | "unavailable"> {
    const { clock, store, readsField } = this.#dependencies;
    const outcome = !isContactEvent(entry.event)
      // An event that could not be read never can be, and keeps its reason.
      ? { type: "kept", reason: entry.reason } as const
      : entry.event.field !== undefined && !readsField(entry.event.field)
      ? { type: "kept", reason: "unknown_field" } as const
      : company === undefined
      ? { type: "kept", reason: "unknown_phone_number" } as const
      : await this.#meter(company, entry.event, entry.received_at_ms);
    if (outcome !== "unavailable") await store.settle(entry, outcome, company, clock.now_ms());
    return outcome;
  }

  /** Returns when an event arrived. An arrival in the future was dated by a wrong clock: it would be too old for ever. */
  #arrivalOf(received_at_ms: number): number {
    const { clock } = this.#dependencies;
    const now_ms = clock.now_ms();
    const is_wrong = clock.is_certain && received_at_ms > now_ms + CLOCKS_DIFFER_MS_MAX;
    return is_wrong ? now_ms : received_at_ms;
  }

  async #meter(
    company: CompanyId,
    { field: _, ...event }: StoredContactEvent,
    received_at_ms: number,
  ): Promise<ReplayOutcome | "unavailable"> {
    const command = { type: "replay", event, received_at_ms: this.#arrivalOf(received_at_ms) } as const;
    const answer = await this.#dependencies.companies.execute(company, command);
    if (answer.type !== "replayed") return "unavailable";
    return answer.quarantine_reason === null
      ? { type: "metered" }
      : { type: "kept", reason: answer.quarantine_reason };
  }
}

function meteredIn(outcomes: readonly (ReplayOutcome | "unavailable")[]): number {
  return outcomes.filter((outcome) => outcome !== "unavailable" && outcome.type === "metered").length;
}

/** Two clocks that agree with the right time differ by twice as much as each of them from it. */
const CLOCKS_DIFFER_MS_MAX = 2 * FUTURE_LIMIT_MS;

/** A stored event, with the webhook field if the version that stored it did not read that field. */
type StoredContactEvent = ContactEvent & { readonly field?: string };

/** Returns whether an entry holds an event that could be read, not the remains of an unreadable one. */
function isContactEvent(event: unknown): event is StoredContactEvent {
  const type = (event as { type?: unknown } | null)?.type;
  return type === "wrote" || type === "noted" || type === "called" || type === "status" ||
    type === "number_changed";
}
