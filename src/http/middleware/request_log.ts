import { getLogger } from "@logtape/logtape";

/**
 * A request as the log has it: never its path or query, which contain people's numbers. Of webhooks, thousands a
 * second, only rejected ones are logged: see {@link RejectedWebhookLog}.
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

/** Tells the first lines of each second from the rest. */
class LinesPerSecond {
  readonly #now_ms: () => number;
  #second = -1;
  #seen = 0;

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  /** Counts a line. @returns whether it is among the first of its second */
  next(): boolean {
    const second = Math.floor(this.#now_ms() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#seen = 0;
    }
    this.#seen++;
    return this.#seen <= LINES_A_SECOND_MAX;
  }
}

/**
 * Logs rejected webhooks: {@link LINES_A_SECOND_MAX} a second at `info`, the rest at `debug`. Anybody can send invalid
 * webhooks at any rate, and Meta does when the database is down; they must not bury other lines.
 */
export class RejectedWebhookLog {
  readonly #first: LinesPerSecond;

  /** @param now_ms a monotonic clock */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#first = new LinesPerSecond(now_ms);
  }

  log(finished: FinishedRequest): void {
    logRequest(finished, this.#first.next() ? "info" : "debug");
  }
}

/**
 * Logs unexpected errors under the request id, which is all that the client gets. Errors of an outage are limited to
 * {@link LINES_A_SECOND_MAX} a second at `error`, the rest at `debug`.
 */
export class ErrorLog {
  readonly #first: LinesPerSecond;

  /** @param now_ms a monotonic clock */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#first = new LinesPerSecond(now_ms);
  }

  log(error: unknown, route: string, request_id: string, is_outage: boolean): void {
    // The stack alone: other fields of a driver's error can quote a row.
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    const level = is_outage && !this.#first.next() ? "debug" : "error";
    logger[level]("{route} failed: {stack}", { route, stack, request_id });
  }
}
