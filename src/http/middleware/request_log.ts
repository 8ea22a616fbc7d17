import { getLogger } from "@logtape/logtape";

/**
 * What the log tells of a request: never its path or query, for they hold people's numbers. Of webhooks, of which
 * there are thousands a second, it tells those that were refused: see {@link RejectedWebhookLog}.
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

export function logRequest(finished: FinishedRequest, level: "info" | "debug" = "info"): void {
  logger[level]("{method} {route} {status} in {duration_ms} ms", { ...finished });
}

/** The time since then, to the microsecond. */
export function durationSince(started_ms: number): number {
  return Math.round((performance.now() - started_ms) * 1000) / 1000;
}

/** Lines a second that are logged as others are, of each of the two below. */
const LINES_A_SECOND_MAX = 10;

/** Tells the first few of each second from the rest. */
class LinesPerSecond {
  readonly #now_ms: () => number;
  #second = -1;
  #seen = 0;

  constructor(now_ms: () => number) {
    this.#now_ms = now_ms;
  }

  /** Whether one that comes now is among them. */
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
 * Logs what webhooks are refused. Anybody can send what is, as fast as they like, and when the store is away Meta does:
 * past so many a second they are logged at `debug`, where they drown nobody else's lines. Whoever looks for why nothing
 * comes in needs a few.
 */
export class RejectedWebhookLog {
  readonly #first: LinesPerSecond;

  /** @param now_ms of a clock that only runs forward */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#first = new LinesPerSecond(now_ms);
  }

  log(finished: FinishedRequest): void {
    logRequest(finished, this.#first.next() ? "info" : "debug");
  }
}

/**
 * Logs why requests failed. Each fault of ours stands under its request's id, the one thing that the caller hears of
 * it. An outage is one fault however many requests meet it: past so many a second they are logged at `debug`.
 */
export class ErrorLog {
  readonly #first: LinesPerSecond;

  /** @param now_ms of a clock that only runs forward */
  constructor(now_ms: () => number = () => performance.now()) {
    this.#first = new LinesPerSecond(now_ms);
  }

  log(error: unknown, route: string, request_id: string, is_outage: boolean): void {
    // The stack and nothing else of it: what a driver hangs on its errors can quote a row.
    const stack = error instanceof Error ? error.stack ?? error.message : String(error);
    const level = is_outage && !this.#first.next() ? "debug" : "error";
    logger[level]("{route} failed: {stack}", { route, stack, request_id });
  }
}
