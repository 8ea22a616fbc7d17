import { getLogger } from "@logtape/logtape";

/**
 * What the log tells of a request: never its path or query, for they hold people's numbers. The webhook, of
 * which there are thousands a second, is counted by the metrics alone.
 */
export interface FinishedRequest {
  readonly method: string;
  /** The template of the route: `/v1/companies/{company}/balance`. */
  readonly route: string;
  readonly status: number;
  readonly duration_ms: number;
  readonly request_id: string;
}

const logger = getLogger(["poli-credits", "http"]);

/** The id by which a caller and our log speak of the same request. Ours alone: a given one could hold anything. */
export function newRequestId(): string {
  return crypto.randomUUID();
}

export function logRequest(finished: FinishedRequest): void {
  logger.info("{method} {route} {status} in {duration_ms} ms", { ...finished });
}

/** A fault of ours: the caller hears the id alone. */
export function logFault(error: unknown, route: string, request_id: string): void {
  // The stack and nothing else of it: what a driver hangs on its errors can quote a row.
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  logger.error("{route} failed: {stack}", { route, stack, request_id });
}
