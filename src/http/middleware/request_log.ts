import { getLogger } from "@logtape/logtape";

/**
 * The logged fields of a request. The path and the query are never logged: they contain phone numbers. Of webhooks, which
 * arrive by the thousand a second, only rejected ones are logged: see {@link RejectedWebhookLog}.
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

/** Creates the id of a request, for the response and the log. Ids of clients are ignored: they could contain anything. */
export function newRequestId(): string {
  return crypto.randomUUID();
}

/** Logs a finished request. */
export function logRequest(finished: FinishedRequest, level: "info" | "debug" = "info"): void {
  logger[level]("{method} {route} {status} in {duration_ms} ms", { ...finished });
}

/** Returns the milliseconds since a time, to the microsecond. */
export function durationSince(started_ms: number): number {
  return Math.round((performance.now() - started_ms) * 1000) / 1000;
}

/** Lines a second that each log below writes at its normal level. */
const LINES_A_SECOND_MAX = 10;

/** Counts log lines, and tells whether a line is among the first of its second. */
class LineLimit {
  readonly #now_ms: () => number;
  #second = -1;
  #lines = 0;

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  /** Counts a line. @returns whether it is among the first {@link LINES_A_SECOND_MAX} of its second */
  countLine(): boolean {
    const second = Math.floor(this.#now_ms() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#lines = 0;
    }
    this.#lines++;
    return this.#lines <= LINES_A_SECOND_MAX;
  }
}

/**
 * Logs rejected webhooks: {@link LINES_A_SECOND_MAX} a second at `info`, the rest at `debug`. Anyone can send invalid
 * webhooks at any rate, and all of Meta's are rejected while the database is down; they must not bury other lines.
 */
export class RejectedWebhookLog {
  readonly #limit: LineLimit;

  /** @param now_ms a monotonic clock */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#limit = new LineLimit(now_ms);
  }

  log(finished: FinishedRequest): void {
    logRequest(finished, this.#limit.countLine() ? "info" : "debug");
  }
}

/**
 * Logs unexpected errors under the request id; the client gets only that id. Transient errors are limited to
 * {@link LINES_A_SECOND_MAX} a second at `error`, the rest are logged at `debug`.
 */
export class ErrorLog {
  readonly #limit: LineLimit;

  /** @param now_ms a monotonic clock */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#limit = new LineLimit(now_ms);
  }

  log(error: unknown, route: string, request_id: string, is_transient: boolean): void {
    // The stack alone: other fields of a driver's error can quote a row.
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    const level = is_transient && !this.#limit.countLine() ? "debug" : "error";
    logger[level]("{route} failed: {stack}", { route, stack, request_id });
  }
}
