import { QUARANTINE_REASONS, type QuarantineReason } from "../domain/company/command.ts";

/**
 * Counts what is kept in quarantine, as often as it is delivered, by why: what is wrong with our clock, or with a
 * number that nobody has claimed, shows there and nowhere else, for such webhooks are answered 200.
 */
export class QuarantineCounter {
  readonly #times = new Map<QuarantineReason, number>(QUARANTINE_REASONS.map((reason) => [reason, 0]));

  /** Since the start; every reason is there. */
  get counts(): ReadonlyMap<QuarantineReason, number> {
    return this.#times;
  }

  count(reason: QuarantineReason): void {
    this.#times.set(reason, this.#times.get(reason)! + 1);
  }
}
