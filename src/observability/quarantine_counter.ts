import { QUARANTINE_REASONS, type QuarantineReason } from "../domain/company/command.ts";

/**
 * Counts quarantined events by reason, once for each delivery. A wrong clock or an unclaimed number shows only here:
 * such webhooks are answered 200.
 */
export class QuarantineCounter {
  readonly #counts = new Map<QuarantineReason, number>(QUARANTINE_REASONS.map((reason) => [reason, 0]));

  /** Totals since the start, for every reason. */
  get counts(): ReadonlyMap<QuarantineReason, number> {
    return this.#counts;
  }

  /** Counts one event. */
  count(reason: QuarantineReason): void {
    this.#counts.set(reason, this.#counts.get(reason)! + 1);
  }
}
