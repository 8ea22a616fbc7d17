import type { Readiness } from "../ports/runtime.ts";
import { DatabaseError } from "../postgres/database_error.ts";
import { withDeadline } from "../time/deadline.ts";

const ANSWER_DEADLINE_MS = 2_000;

/**
 * Checks whether requests can be served: Postgres answers and takes writes, and the service is not stopping. A wrong
 * clock is shown only: events are accepted, and no day is closed.
 */
export async function readiness(
  isWritable: () => Promise<boolean>,
  stopping: AbortSignal,
  { status: clock }: { readonly status: string },
): Promise<Readiness> {
  if (stopping.aborted) return { ready: false, checks: { service: "stopping" } };
  try {
    const writable = await withDeadline(ANSWER_DEADLINE_MS, isWritable());
    return { ready: writable, checks: { postgres: writable ? "ok" : "read-only: writes fail", clock } };
  } catch (error) {
    const is_refused = error instanceof DatabaseError;
    return {
      ready: false,
      checks: { postgres: is_refused ? "unusable: see the log" : "does not answer", clock },
    };
  }
}
