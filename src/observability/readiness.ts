import type { Readiness } from "../ports.ts";
import { withDeadline } from "../time/deadline.ts";

const PING_DEADLINE_MS = 2_000;

/** Checks whether requests can be served: Postgres answers and the service is not stopping. */
export async function readiness(ping: () => Promise<void>, stopping: AbortSignal): Promise<Readiness> {
  if (stopping.aborted) return { ready: false, checks: { service: "stopping" } };
  try {
    await withDeadline(PING_DEADLINE_MS, ping());
    return { ready: true, checks: { postgres: "ok" } };
  } catch {
    return { ready: false, checks: { postgres: "does not answer" } };
  }
}
