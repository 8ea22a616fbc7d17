/**
 * The balance as it moves, and the truth about whether it does.
 *
 * The service writes something at least every 15 seconds, if only a comment. Whoever hears nothing for longer is not
 * connected, whatever the browser thinks of the socket. Then the balance is asked for by itself, again and again,
 * until there is a stream. A service that answers 429 is asked again when it says.
 */

import { createParser } from "eventsource-parser";

/** Longer than the service is ever silent, and short enough that nobody believes in old numbers for half a minute. */
const SILENCE_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 8_000;
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 5_000] as const;
/** How long a service that is asked too often is left alone where it does not say, and at most. */
const RATE_LIMIT_DELAY_MS = 5_000;
const RATE_LIMIT_DELAY_MS_MAX = 60_000;

/** What the page knows of its connection. `over`: the session is, and nothing more will be heard. */
export type ConnectionState = "live" | "reconnecting" | "away" | "over";

/** What the page is told of a balance; the rest of it is the server's to render. */
export interface LiveBalance {
  readonly version: number;
  readonly as_of: string;
  readonly granted: number;
  readonly consumed: number;
  readonly available: number;
  readonly excess: number;
  readonly period: string;
  readonly open_windows: { readonly inbound: number; readonly outbound: number; readonly closes_at: string };
}

/** Who is told. */
export interface Listener {
  onBalance(balance: LiveBalance): void;
  onConnection(state: ConnectionState): void;
  /** Something was heard, if only that the service is there. */
  onAlive(): void;
}

/** The service is asked too often, and wants us to wait. */
interface RateLimited {
  readonly wait_ms: number;
}

/** Follows a company's balance for as long as the session lasts. */
export async function follow(company: string, listener: Listener): Promise<void> {
  const path = `/v1/companies/${encodeURIComponent(company)}/balance`;
  for (let failures = 0;;) {
    const heard = await readStream(`${path}/stream`, listener);
    if (heard === "over") return listener.onConnection("over");
    if (heard === "cut") {
      failures = 0;
      listener.onConnection("reconnecting");
    }
    const answer = isRateLimited(heard) ? heard : await fetchBalance(path);
    if (answer === "over") return listener.onConnection("over");
    const is_balance = answer !== "none" && !isRateLimited(answer);
    listener.onConnection(is_balance ? "reconnecting" : "away");
    if (is_balance) {
      listener.onAlive();
      listener.onBalance(answer);
    }
    const pause_ms = RETRY_DELAYS_MS[Math.min(failures++, RETRY_DELAYS_MS.length - 1)]!;
    await waitForRetry(isRateLimited(answer) ? Math.max(answer.wait_ms, pause_ms) : pause_ms);
  }
}

/** Listens until the stream ends. `none`: there was no stream. */
async function readStream(path: string, listener: Listener): Promise<"over" | "cut" | "none" | RateLimited> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_TIMEOUT_MS);
  let heard = false;
  try {
    const response = await fetch(path, { headers: { accept: "text/event-stream" }, signal: silence.signal });
    const refusal = refusalOf(response);
    if (refusal !== undefined) return refusal;
    if (!response.ok || response.body === null) return "none";
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === "balance") listener.onBalance(JSON.parse(data));
      },
    });
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await text.read();
      if (done) return "cut";
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_TIMEOUT_MS);
      if (!heard) listener.onConnection("live");
      heard = true;
      listener.onAlive();
      parser.feed(value);
    }
  } catch {
    return heard ? "cut" : "none";
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

/** Asks for the balance once. `none`: nobody answered, or not with a balance. */
async function fetchBalance(path: string): Promise<LiveBalance | "over" | "none" | RateLimited> {
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const refusal = refusalOf(response);
    if (refusal !== undefined) return refusal;
    return response.ok ? await response.json() : "none";
  } catch {
    return "none";
  }
}

/** What an answer says against going on. `over`: this session reaches the company no more. */
function refusalOf({ status, headers }: Response): "over" | RateLimited | undefined {
  if (status === 401 || status === 403 || status === 404) return "over";
  if (status !== 429) return undefined;
  // It may also be a date, or missing: then we wait as long as we think fit.
  const asked_ms = Number(headers.get("retry-after")) * 1_000;
  return { wait_ms: asked_ms > 0 ? Math.min(asked_ms, RATE_LIMIT_DELAY_MS_MAX) : RATE_LIMIT_DELAY_MS };
}

function isRateLimited(outcome: string | LiveBalance | RateLimited): outcome is RateLimited {
  return typeof outcome === "object" && "wait_ms" in outcome;
}

/** Waits, but not on when the network or the person comes back. */
function waitForRetry(duration_ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      document.removeEventListener("visibilitychange", end);
      resolve();
    };
    const timer = setTimeout(end, duration_ms);
    addEventListener("online", end);
    document.addEventListener("visibilitychange", end);
  });
}
