import type { CompanyId, LocalDate } from "../types.ts";
import type { CompanyEvent } from "./event.ts";
import type { CompanyState } from "./state.ts";

/**
 * The changes of one or more turns of a company's actor, written in one statement: all or nothing, and only
 * while the company is at `(epoch, from_version)`.
 */
export interface Change {
  readonly company: CompanyId;
  readonly epoch: number;
  readonly from_version: number;
  readonly version: number;
  /** The last ledger entry after the change. */
  readonly ledger_seq: number;
  readonly closed_through: LocalDate;
  readonly due_at_ms: number;
  readonly latest_charged_ms: number | undefined;
  readonly recorded_at_ms: number;
  /** In the order they happened. A later event overrides an earlier one. */
  readonly events: readonly CompanyEvent[];
}

/** The outcome of committing a change. */
export type CommitOutcome =
  | { readonly type: "committed" }
  /** Another owner has taken over the company. Nothing was written. */
  | { readonly type: "fenced" }
  /** The connection died or the statement failed. The change may or may not be written. */
  | { readonly type: "unknown"; readonly error: unknown };

/**
 * Builds the change from the events already folded into a state.
 *
 * @param from_version the version before the events
 */
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
 * Merges two consecutive changes of one company into one.
 *
 * @throws {RangeError} if the second does not start where the first ends
 */
export function mergeChanges(first: Change, second: Change): Change {
  if (first.epoch !== second.epoch || first.version !== second.from_version) {
    throw new RangeError(
      `change ${second.from_version} of ${second.company} does not follow ${first.version}`,
    );
  }
  return { ...second, from_version: first.from_version, events: [...first.events, ...second.events] };
}

/** Whether an event is written to the store. Some events change memory only. */
export function isStored(event: CompanyEvent): boolean {
  switch (event.type) {
    case "wrote":
    case "called":
    case "evidence_joined":
    case "record_joined":
    case "message_left":
      // The `fact_stored` event beside it is written instead.
      return false;
    default:
      return true;
  }
}
