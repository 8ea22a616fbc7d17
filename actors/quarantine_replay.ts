import type { Answer, Command, ContactEvent, QuarantineReason } from "../src/domain/company/command.ts";
import type { CompanyId } from "../src/domain/types.ts";
import type { QuarantineEntry } from "../src/ports.ts";
import type { Directory } from "./inbox.ts";

/** What is in quarantine. All of it rejects when the store cannot be reached. */
export interface QuarantineStore {
  get(id: string): Promise<QuarantineEntry | undefined>;
  /** Events of a number that no company had when they came, nor when they were tried, the oldest first. */
  waitingFor(phone_number_id: string, limit: number): Promise<readonly QuarantineEntry[]>;
  /** Numbers that such events wait for, and that some company has by now. */
  claimedNumbers(): Promise<readonly string[]>;
  /**
   * Notes that an event was metered after all, or why it still cannot be.
   *
   * @param company whose it is from then on, if it was nobody's; undefined while no company has its number
   */
  settle(
    kept: QuarantineEntry,
    outcome: ReplayOutcome,
    company: CompanyId | undefined,
    at_ms: number,
  ): Promise<void>;
}

export type ReplayOutcome =
  | { readonly type: "metered" }
  | { readonly type: "kept"; readonly reason: QuarantineReason };

export interface QuarantineReplayDependencies {
  readonly clock: { now_ms(): number };
  readonly store: QuarantineStore;
  readonly directory: Directory;
  readonly companies: { execute(company: CompanyId, command: Command): Promise<Answer> };
}

/** Events that are tried together: as many turns of their company, and as many writes, are spared. */
const BATCH = 200;

/**
 * Gives what is in quarantine another try. Metering it comes first and noting that after, so that a crash in
 * between leads to a third try, which changes nothing.
 */
export class QuarantineReplay {
  readonly #world: QuarantineReplayDependencies;

  constructor(world: QuarantineReplayDependencies) {
    this.#world = world;
  }

  /**
   * Tries one event. One that was metered already is left as it is, for its month may be final by now.
   *
   * @returns undefined when there is no such event, `unavailable` when its company could not be asked
   */
  async replayEvent(id: string): Promise<ReplayOutcome | "unavailable" | undefined> {
    const { directory, store } = this.#world;
    const kept = await store.get(id);
    if (kept === undefined) return undefined;
    if (kept.replayed_at_ms !== undefined) return { type: "metered" };
    const number = kept.phone_number_id;
    // Another process may have heard of its claim.
    if (number !== undefined && directory.companyOf(number) === undefined) await directory.lookUp([number]);
    return await this.#try(kept);
  }

  /**
   * Tries everything that waits for these numbers, oldest first. What waits for one whose company cannot be asked now,
   * or that has lost it again, stays for the next try and holds up no other.
   *
   * @returns how many were metered
   */
  async replayNumbers(phone_number_ids: readonly string[]): Promise<number> {
    let metered = 0;
    for (const number of phone_number_ids) metered += await this.#tryAll(number);
    return metered;
  }

  /**
   * Tries everything that waits although some company has its number: what came in the moment of the claim, and
   * what could not be metered then.
   *
   * @returns how many were metered
   */
  async replayClaimed(): Promise<number> {
    return await this.replayNumbers(await this.#world.store.claimedNumbers());
  }

  async #tryAll(number: string): Promise<number> {
    const { directory, store } = this.#world;
    let metered = 0;
    while (directory.companyOf(number) !== undefined) {
      const waiting = await store.waitingFor(number, BATCH);
      const outcomes = await Promise.all(waiting.map((kept) => this.#try(kept)));
      for (const outcome of outcomes) if (outcome !== "unavailable" && outcome.type === "metered") metered++;
      if (waiting.length === 0 || outcomes.includes("unavailable")) break;
    }
    return metered;
  }

  async #try(kept: QuarantineEntry): Promise<ReplayOutcome | "unavailable"> {
    const { clock, companies, directory, store } = this.#world;
    const number = kept.phone_number_id;
    const company = kept.company ?? (number === undefined ? undefined : directory.companyOf(number));
    const outcome = !isContactEvent(kept.event)
      // What could not be read stays so, for the reason it always had.
      ? { type: "kept", reason: kept.reason } as const
      : company === undefined
      ? { type: "kept", reason: "unknown_phone_number" } as const
      : await this.#ask(companies, company, kept.event, kept.received_at_ms);
    if (outcome !== "unavailable") await store.settle(kept, outcome, company, clock.now_ms());
    return outcome;
  }

  async #ask(
    companies: QuarantineReplayDependencies["companies"],
    company: CompanyId,
    event: ContactEvent,
    received_at_ms: number,
  ): Promise<ReplayOutcome | "unavailable"> {
    const answer = await companies.execute(company, { type: "replay", event, received_at_ms });
    if (answer.type !== "replayed") return "unavailable";
    return answer.quarantine_reason === null
      ? { type: "metered" }
      : { type: "kept", reason: answer.quarantine_reason };
  }
}

/** Whether what was kept is an event that could be read, and not the remains of one that could not. */
function isContactEvent(event: unknown): event is ContactEvent {
  const type = (event as { type?: unknown } | null)?.type;
  return type === "wrote" || type === "noted" || type === "status" || type === "number_changed";
}
