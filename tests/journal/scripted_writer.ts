import type { Change, CommitOutcome } from "../../src/domain/company/change.ts";
import type { CompanyId } from "../../src/domain/types.ts";
import type { Writer } from "../../src/journal/journal.ts";

/** The outcome of a written change. */
export const COMMITTED: CommitOutcome = { type: "committed" };
/** The outcome of a change whose compare-and-set failed. */
export const FENCED: CommitOutcome = { type: "fenced" };

/** A writer whose answers are given by the test. */
export class ScriptedWriter implements Writer {
  readonly #calls: { changes: readonly Change[]; answer: PromiseWithResolvers<ReadonlySet<CompanyId>> }[] =
    [];

  write(changes: readonly Change[]): Promise<ReadonlySet<CompanyId>> {
    const answer = Promise.withResolvers<ReadonlySet<CompanyId>>();
    this.#calls.push({ changes, answer });
    return answer.promise;
  }

  /** The changes of the last statement. */
  last(): readonly Change[] {
    return this.#calls.at(-1)!.changes;
  }

  /** Every statement so far: its changes as `company from-to`. */
  written(): string[][] {
    return this.#calls.map(({ changes }) =>
      changes.map((c) => `${c.company} ${c.from_version}-${c.version}`)
    );
  }

  /** Answers the last statement: these companies were written. Default: all of them. */
  answer(companies: readonly string[] = this.last().map(({ company }) => company)): void {
    this.#calls.at(-1)!.answer.resolve(new Set(companies as readonly CompanyId[]));
  }

  /** Fails the last statement. */
  fail(error: Error): void {
    this.#calls.at(-1)!.answer.reject(error);
  }
}

/** Builds a change from one version to the next, with distinguishable events. */
export function change(
  company: string,
  version: number,
  { epoch = 1, events = 1 }: { epoch?: number; events?: number } = {},
): Change {
  return {
    company: company as CompanyId,
    epoch,
    from_version: version - 1,
    version,
    ledger_seq: 0,
    closed_through: "2026-11-22" as Change["closed_through"],
    due_at_ms: 0,
    latest_charged_ms: undefined,
    recorded_at_ms: 0,
    events: Array.from({ length: events }, () => ({
      type: "profile_changed",
      name: `${company}${version}`,
      locale: "pt-BR",
      country: undefined,
      phone_number_ids: [],
    })),
  };
}

/** Returns the names of a change's events. */
export function eventsOf({ events }: Change): string[] {
  return events.map((event) => event.type === "profile_changed" ? event.name : event.type);
}

/** Waits for one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
