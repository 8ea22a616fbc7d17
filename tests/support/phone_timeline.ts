/** A naive model of one phone number's owners: a list with the owner of every minute. */

import fc from "fast-check";
import type { CompanyId } from "../../src/domain/types.ts";

/** Companies of random histories. */
export const OWNERS = ["acme", "beta", "gamma"] as readonly string[] as readonly CompanyId[];

/** One step of a random history, a number of minutes after the step before. */
export interface TimelineStep {
  readonly do: "claim" | "release";
  readonly company: CompanyId;
  readonly after: number;
  /** For a claim: how many minutes before it the company's events begin. */
  readonly from_before: number | undefined;
}

/** The owner of each minute. Minute 0 stands for all time before the first step. */
export class PhoneTimeline {
  readonly #owners: (CompanyId | undefined)[];
  #open: CompanyId | undefined;
  /** The first minute of the open claim. */
  #start = 0;
  #last: { readonly company: CompanyId; readonly until: number } | undefined;

  constructor(minutes: number) {
    this.#owners = Array.from({ length: minutes }, () => undefined);
  }

  /** The number of minutes. */
  get length(): number {
    return this.#owners.length;
  }

  /** Returns the owner of a minute. */
  ownerAt(minute: number): CompanyId | undefined {
    return this.#owners[minute];
  }

  /** Claims the number. @returns false when it cannot be claimed */
  claim(company: CompanyId, minute: number, from: number | undefined): boolean {
    if (this.#open !== undefined && this.#open !== company) return false;
    const is_others = this.#last !== undefined && this.#last.company !== company;
    if (is_others && from !== undefined && from < this.#last!.until) return false;
    const earliest = this.#last?.until ?? 0;
    if (this.#open === undefined) {
      this.#start = Math.max(earliest, from ?? (is_others ? minute : 0));
    } else if (from !== undefined) {
      this.#start = Math.min(this.#start, Math.max(earliest, from));
    }
    this.#open = company;
    this.#owners.fill(company, this.#start);
    return true;
  }

  /** Releases the number. */
  release(company: CompanyId, minute: number): void {
    if (this.#open !== company) return;
    const until = Math.max(minute, this.#start);
    this.#owners.fill(undefined, until);
    this.#open = undefined;
    this.#last = { company, until };
  }
}

/** Generates the history of one number. */
export function timelineSteps(): fc.Arbitrary<readonly TimelineStep[]> {
  return fc.array(
    fc.record({
      do: fc.constantFrom("claim" as const, "claim" as const, "release" as const),
      company: fc.constantFrom(...OWNERS),
      after: fc.nat({ max: 4 }),
      from_before: fc.option(fc.integer({ min: -1, max: 8 }), { nil: undefined, freq: 2 }),
    }),
    { maxLength: 12 },
  );
}
