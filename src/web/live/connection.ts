/**
 * Follows a company's balance and reports the state of the connection.
 *
 * The service writes to the stream at least every 4 seconds, if only a comment. After 9 seconds of silence, or as soon
 * as the browser is offline, the connection counts as lost, even if the socket is open. The balance is then polled until
 * the stream is back.
 * A hidden tab holds no stream, and all tabs of a browser together hold a few: over HTTP/1.1 a browser has only six
 * connections to a service. A visible tab without a stream polls.
 * After a 429 the script waits as long as `Retry-After` says.
 */

import { createParser } from "eventsource-parser";
import { sleep } from "../../time/sleep.ts";
import type { BalanceView } from "../report/view.ts";

/** Twice the service's longest silence; short enough that stale numbers are marked within 10 seconds. */
const SILENCE_TIMEOUT_MS = 9_000;
/** The longest wait for any answer that is no stream. */
export const REQUEST_TIMEOUT_MS = 8_000;
/** The most streams of one browser. Two of its six connections are left for pages and balances. */
const STREAMS_MAX = 4;
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 5_000] as const;
/** The wait after a 429 without `Retry-After` in seconds, and the longest wait. */
const RATE_LIMIT_DELAY_MS = 5_000;
const RATE_LIMIT_DELAY_MS_MAX = 60_000;

/** The state of the connection. `ended`: the session has ended, and no balance will follow. */
export type ConnectionState = "live" | "reconnecting" | "offline" | "ended";

/** The fields of a balance that the script uses. The server renders the others. */
export type LiveBalance = Pick<
  BalanceView,
  | "version"
  | "as_of"
  | "period"
  | "granted"
  | "consumed"
  | "consumed_today"
  | "available"
  | "excess"
  | "excess_amount"
  | "total"
  | "currency"
  | "closed_through"
  | "open_windows"
>;

/** The fields of an alert that the script uses. The server renders it. */
export interface LiveAlert {
  readonly id: string;
  readonly type: string;
  readonly raised_at: string;
}

/** Receives balances, alerts and connection states. */
export interface BalanceListener {
  onBalance(balance: LiveBalance): void;
  onAlert(alert: LiveAlert): void;
  onConnection(state: ConnectionState): void;
  /** Called whenever the service sends anything, even a comment. */
  onAlive(): void;
}

/** A 429 response, with the time to wait before the next request. */
interface RateLimited {
  readonly wait_ms: number;
}

/** Follows a company's balance until the session ends. */
export async function follow(company: string, listener: BalanceListener): Promise<void> {
  const path = `/v1/companies/${encodeURIComponent(company)}/balance`;
  for (let failures = 0;;) {
    await untilVisible();
    const stream_end = await withStreamPlace(() => readStream(`${path}/stream`, listener));
    if (stream_end === "ended") return listener.onConnection("ended");
    if (stream_end === "cut") {
      failures = 0;
      listener.onConnection("reconnecting");
    }
    if (document.hidden) continue;
    const answer = isRateLimited(stream_end) ? stream_end : await fetchBalance(path);
    if (answer === "ended") return listener.onConnection("ended");
    const is_balance = answer !== "none" && !isRateLimited(answer);
    listener.onConnection(is_balance ? "reconnecting" : "offline");
    if (is_balance) {
      listener.onAlive();
      listener.onBalance(answer);
    }
    const delay_ms = RETRY_DELAYS_MS[Math.min(failures++, RETRY_DELAYS_MS.length - 1)]!;
    await waitForRetry(isRateLimited(answer) ? Math.max(answer.wait_ms, delay_ms) : delay_ms);
  }
}

/** Resolves as soon as the tab is visible. */
function untilVisible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) =>
    document.addEventListener("visibilitychange", () => resolve(), { once: true })
  );
}

/** Runs the work while it has one of the browser's places for a stream. `none`: all are taken. */
async function withStreamPlace<T>(work: () => Promise<T>): Promise<T | "none"> {
  // Without a secure context there are no locks.
  if (navigator.locks === undefined) return await work();
  try {
    for (let place = 1; place <= STREAMS_MAX; place++) {
      const name = `balance-stream-${place}`;
      const outcome = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
        return lock === null ? undefined : { result: await work() };
      });
      if (outcome !== undefined) return outcome.result;
    }
  } catch (error) {
    // A browser that blocks third-party cookies refuses locks to a page in another site's frame.
    if ((error as Error).name !== "SecurityError") throw error;
    return await work();
  }
  return "none";
}

/** Reads the stream until it ends or the tab is hidden. `cut`: an open stream ended. `none`: no stream opened. */
async function readStream(
  path: string,
  listener: BalanceListener,
): Promise<"ended" | "cut" | "none" | RateLimited> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_TIMEOUT_MS);
  let is_open = false;
  const { signal } = silence;
  addEventListener("offline", () => silence.abort(), { signal });
  document.addEventListener("visibilitychange", () => document.hidden && silence.abort(), { signal });
  try {
    const response = await fetch(path, { headers: { accept: "text/event-stream" }, signal });
    const refusal = refusalOf(response);
    if (refusal !== undefined) return refusal;
    if (!response.ok || response.body === null) return "none";
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === "balance") listener.onBalance(JSON.parse(data));
        if (event === "alert") listener.onAlert(JSON.parse(data));
      },
    });
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await text.read();
      if (done) return "cut";
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_TIMEOUT_MS);
      if (!is_open) listener.onConnection("live");
      is_open = true;
      listener.onAlive();
      parser.feed(value);
    }
  } catch {
    return is_open ? "cut" : "none";
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** Requests the balance once. `none`: no response, or one without a balance. */
async function fetchBalance(path: string): Promise<LiveBalance | "ended" | "none" | RateLimited> {
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const refusal = refusalOf(response);
    if (refusal !== undefined) return refusal;
    return response.ok ? await response.json() : "none";
  } catch {
    return "none";
  }
}

/** Reads a refusal from a response. `ended`: this session no longer has access to the company. */
function refusalOf({ status, headers }: Response): "ended" | RateLimited | undefined {
  if (status === 401 || status === 403 || status === 404) return "ended";
  if (status !== 429) return undefined;
  // The header may be missing or a date: then the default applies.
  const retry_after_ms = Number(headers.get("retry-after")) * 1_000;
  return {
    wait_ms: retry_after_ms > 0 ? Math.min(retry_after_ms, RATE_LIMIT_DELAY_MS_MAX) : RATE_LIMIT_DELAY_MS,
  };
}

function isRateLimited(outcome: string | LiveBalance | RateLimited): outcome is RateLimited {
  return typeof outcome === "object" && "wait_ms" in outcome;
}

/** Waits, but at most until the network returns or the tab changes its visibility. */
async function waitForRetry(duration_ms: number): Promise<void> {
  const wait = new AbortController();
  const { signal } = wait;
  const end = () => wait.abort();
  addEventListener("online", end, { signal });
  document.addEventListener("visibilitychange", end, { signal });
  await sleep(duration_ms, signal);
  wait.abort();
}
