import type { AccessLease } from "../../access/access_lease.ts";
import type { Balance } from "../../domain/company/balance.ts";
import type { UnreadAnswers } from "../kit/unread_answers.ts";
import { toBalanceBody } from "./balance_body.ts";
import type { BalanceSubscription } from "../../ports.ts";

/**
 * A company's balance as server-sent events.
 *
 * STREAM-1. The stream starts with a snapshot. It sends each version at most once, in ascending order.
 * STREAM-2. The stream pulls the next event only after the reader took the last one, so a slow reader has at most one
 *     balance waiting, the newest.
 * STREAM-3. Every end of the stream disposes of the subscription: the feed closes, the reader cancels, the
 *     connection is lost while idle, the access lease ends, or the reader takes nothing for 30 s (UNREAD-4).
 *
 * @param answers aborts the stream when its client takes nothing
 * @param signal aborts when the client disconnects
 * @param lease the caller's access lease; undefined never ends
 */
export function balanceStream(
  answers: UnreadAnswers,
  snapshot: Balance,
  subscription: BalanceSubscription,
  signal: AbortSignal,
  lease: AccessLease | undefined,
): Response {
  let version = snapshot.version;
  const leave = () => subscription[Symbol.dispose]();
  const hold = lease?.hold(leave);
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  return answers.stream({
    first: [RETRY, eventOf(snapshot)],
    async next() {
      for (;;) {
        const next = await subscription.next();
        if (next === "closed") return undefined;
        if (next === "heartbeat") return HEARTBEAT;
        if (next.version <= version) continue;
        version = next.version;
        return eventOf(next);
      }
    },
    end() {
      signal.removeEventListener("abort", leave);
      hold?.[Symbol.dispose]();
      leave();
    },
  }, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // Disables response buffering in nginx and compatible proxies.
      "x-accel-buffering": "no",
    },
  });
}

const encoder = new TextEncoder();
/** The reconnection delay. Part of the first event, so that no event is empty. */
const RETRY = encoder.encode("retry: 2000\n");
const HEARTBEAT = encoder.encode(": still here\n\n");

/** Encoded events by balance: all viewers of a company receive the same bytes. */
const encoded = new WeakMap<Balance, Uint8Array>();

function eventOf(balance: Balance): Uint8Array {
  const known = encoded.get(balance);
  if (known !== undefined) return known;
  const event = `event: balance\nid: ${balance.version}\ndata: ${JSON.stringify(toBalanceBody(balance))}\n\n`;
  const bytes = encoder.encode(event);
  encoded.set(balance, bytes);
  return bytes;
}
