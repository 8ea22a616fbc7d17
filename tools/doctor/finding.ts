import { withDeadline } from "../../src/time/deadline.ts";

/** What a check found. A `warning` does not keep the service from running well today; a `problem` does. */
export interface Finding {
  /** What was checked, in a few words. */
  readonly check: string;
  readonly status: "ok" | "warning" | "problem" | "skipped";
  /** What is so. */
  readonly detail: string;
  /** What to do; with every warning and problem. */
  readonly remedy?: string;
}

/** One check. It may find several things. */
export type Check = () => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>;

/** The longest that a check may take. */
export const CHECK_DEADLINE_MS = 15_000;

/** Returns a finding that needs no action. */
export function ok(check: string, detail: string): Finding {
  return { check, status: "ok", detail };
}

/** Returns a finding that will matter. */
export function warning(check: string, detail: string, remedy: string): Finding {
  return { check, status: "warning", detail, remedy };
}

/** Returns a finding that must be mended. */
export function problem(check: string, detail: string, remedy: string): Finding {
  return { check, status: "problem", detail, remedy };
}

/** Returns the finding of a check that could not be made. */
export function skipped(check: string, detail: string): Finding {
  return { check, status: "skipped", detail };
}

/** Runs checks one after another. A check that fails or takes too long is a problem, and the next one runs. */
export async function runChecks(
  checks: readonly (readonly [name: string, check: Check])[],
  deadline_ms: number = CHECK_DEADLINE_MS,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, check] of checks) {
    try {
      findings.push(...[await withDeadline(deadline_ms, Promise.resolve().then(check))].flat());
    } catch (error) {
      findings.push(
        problem(name, (error as Error).message, "Mend what the message names, and run the doctor again."),
      );
    }
  }
  return findings;
}
