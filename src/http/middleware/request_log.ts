import { getLogger } from "@logtape/logtape";
import type { RequestIds } from "./request_ids.ts";

/**
 * The logged fields of a request. The path and the query are never logged: they contain phone numbers. Of webhooks, which
 * arrive by the thousand a second, only rejected ones are logged: see {@link RejectedWebhookLog}.
 */
export interface FinishedRequest extends RequestIds {
  readonly method: string;
  /** The template of the route: `/v1/companies/{company}/balance`. */
  readonly route: string;
  readonly status: number;
  readonly duration_ms: number;
}

const logger = getLogger(["poli-credits", "http"]);

/** Logs a finished request. */
export function logRequest(finished: FinishedRequest, level: "info" | "debug" = "info"): void {
  if (!logger.isEnabledFor(level)) return;
  logger[level]("{method} {route} {status} in {duration_ms} ms", { ...finished });
}

/** Returns the milliseconds since a time, to the microsecond. */
export function durationSince(started_ms: number): number {
  return Math.round((performance.now() - started_ms) * 1000) / 1000;
}

/** Lines a second that a log of faults below writes at its normal level. */
const LINES_A_SECOND_MAX = 10;
/** Lines a second that each call writes at `info` about answers that are no errors. */
const ANSWERS_A_SECOND_MAX = 100;

/** Counts log lines, and tells whether a line is among the first of its second. */
class LineLimit {
  readonly #now_ms: () => number;
  readonly #lines_max: number;
  #second = -1;
  #lines = 0;
  #left_out = 0;

  constructor(now_ms: () => number, lines_max = LINES_A_SECOND_MAX) {
    this.#now_ms = now_ms;
    this.#lines_max = lines_max;
  }

  /** Counts a line. @returns whether it is among the first `lines_max` of its second */
  countLine(): boolean {
    const second = Math.floor(this.#now_ms() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#lines = 0;
    }
    this.#lines++;
    if (this.#lines <= this.#lines_max) return true;
    this.#left_out++;
    return false;
  }

  /** Returns how many lines were past the limit since this was called last. */
  takeLeftOut(): number {
    const left_out = this.#left_out;
    this.#left_out = 0;
    return left_out;
  }
}

/** A call of the API and the limit of its lines. */
interface LoggedCall {
  readonly method: string;
  readonly route: string;
  readonly limit: LineLimit;
}

/**
 * Logs the requests of declared calls. An answer of 400 or more is always logged at `info`. Of other answers each call
 * logs {@link ANSWERS_A_SECOND_MAX} a second at `info` and the rest at `debug`, so a busy call hides no other.
 */
export class AccessLog {
  readonly #now_ms: () => number;
  readonly #calls: LoggedCall[] = [];

  /** @param now_ms a monotonic clock */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#now_ms = now_ms;
  }

  /** Returns the function that logs the requests of a call. */
  forCall(method: string, route: string): (finished: FinishedRequest) => void {
    const limit = new LineLimit(this.#now_ms, ANSWERS_A_SECOND_MAX);
    this.#calls.push({ method, route, limit });
    return (finished) => {
      const is_logged = finished.status >= 400 || limit.countLine();
      logRequest(finished, is_logged ? "info" : "debug");
    };
  }

  /** Logs for each call how many requests were logged at `debug` alone since the last time. Call it once a second. */
  reportLeftOut(): void {
    for (const { method, route, limit } of this.#calls) {
      const left_out = limit.takeLeftOut();
      if (left_out === 0) continue;
      logger.info("{method} {route}: {left_out} more requests, logged at debug", { method, route, left_out });
    }
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
