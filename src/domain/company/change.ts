import type { CompanyId, LocalDate } from "../types.ts";
import type { CompanyEvent } from "./event.ts";
import type { CompanyState } from "./state.ts";

/**
 * What one or more turns of a company's actor change, to be written in one statement: all of it or nothing,
 * and only if the company still stands at `(epoch, from_version)`.
 */
export interface Change {
  readonly company: CompanyId;
  readonly epoch: number;
  readonly from_version: number;
  readonly version: number;
  /** The head of the company after the change. */
  readonly ledger_seq: number;
  readonly closed_through: LocalDate;
  readonly due_at_ms: number;
  readonly latest_charged_ms: number | undefined;
  readonly recorded_at_ms: number;
  /** In the order they happened; where two say what something is now, the later one holds. */
  readonly events: readonly CompanyEvent[];
}

/** What became of a change. */
export type CommitOutcome =
  | { readonly type: "committed" }
  /** Another owner has taken the company over: nothing was written. */
  | { readonly type: "fenced" }
  /** The connection died or the statement failed: it may or may not have been written. */
  | { readonly type: "unknown"; readonly error: unknown };

/** The change that takes a state, which the events have been folded into, to the version it is at. */
export function changeOf(
  state: CompanyState,
  events: readonly CompanyEvent[],
  recorded_at_ms: number,
  from_version = state.version - 1,
): Change {
  return {
    company: state.company,
    epoch: state.epoch,
    from_version,
    version: state.version,
    ledger_seq: state.ledger_seq,
    closed_through: state.closed_through,
    due_at_ms: state.due_at_ms,
    latest_charged_ms: state.latest_charged_ms,
    recorded_at_ms,
    events,
  };
}

/**
 * Two changes of one company that follow each other, as one.
 *
 * @throws {RangeError} when the second does not start where the first ends
 */
export function mergeChanges(first: Change, second: Change): Change {
  if (first.epoch !== second.epoch || first.version !== second.from_version) {
    throw new RangeError(
      `change ${second.from_version} of ${second.company} does not follow ${first.version}`,
    );
  }
  return { ...second, from_version: first.from_version, events: [...first.events, ...second.events] };
}

/** Whether an event must be written: some only move what memory holds. */
export function isStored(event: CompanyEvent): boolean {
  switch (event.type) {
    case "wrote":
    case "evidence_joined":
    case "record_joined":
      // The fact beside it is what is written.
      return false;
    default:
      return true;
  }
}
