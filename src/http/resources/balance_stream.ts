import type { AccessLease } from "../../access/access_lease.ts";
import type { Balance } from "../../domain/company/balance.ts";
import { toBalanceBody } from "./balance_body.ts";
import type { BalanceSubscription } from "../../ports.ts";

/**
 * A company's balance as server-sent events.
 *
 * B1. It begins with a snapshot; a version is sent once, and none after a newer one.
 * B2. Nothing is written ahead of the reader: the next event is asked for when the last one has been taken, so that a
 *     slow viewer has one balance waiting, the newest.
 * B3. The subscription is given back however the stream ends: the feed closes, the reader cancels, the connection
 *     is lost while nothing is being written, or what the viewer was let in by ends.
 *
 * @param signal aborts when the client goes away
 * @param lease what the viewer was let in by; undefined never ends
 */
export function balanceStream(
  snapshot: Balance,
  subscription: BalanceSubscription,
  signal: AbortSignal,
  lease: AccessLease | undefined,
): Response {
  let version = snapshot.version;
  let cancelled = false;
  const leave = () => subscription[Symbol.dispose]();
  const held = lease?.hold(leave);
  const end = () => {
    signal.removeEventListener("abort", leave);
    held?.[Symbol.dispose]();
    leave();
  };
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();

  const events = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(RETRY);
      controller.enqueue(eventOf(snapshot));
    },
    async pull(controller) {
      for (;;) {
        const next = await subscription.next();
        if (next === "closed") {
          end();
          return cancelled ? undefined : controller.close();
        }
        if (next === "heartbeat") return controller.enqueue(HEARTBEAT);
        if (next.version <= version) continue;
        version = next.version;
        return controller.enqueue(eventOf(next));
      }
    },
    cancel() {
      cancelled = true;
      end();
    },
  }, { highWaterMark: 0 });
  return new Response(events, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // Proxies of nginx's kind gather a response before they pass it on, unless they are told not to.
      "x-accel-buffering": "no",
    },
  });
}

const encoder = new TextEncoder();
/** How long a browser waits before it comes back; a field of the first event, so that no event is empty. */
const RETRY = encoder.encode("retry: 2000\n");
const HEARTBEAT = encoder.encode(": still here\n\n");

/** By balance, for a thousand viewers are sent the same. */
const encoded = new WeakMap<Balance, Uint8Array>();

function eventOf(balance: Balance): Uint8Array {
  const known = encoded.get(balance);
  if (known !== undefined) return known;
  const event = `event: balance\nid: ${balance.version}\ndata: ${JSON.stringify(toBalanceBody(balance))}\n\n`;
  const bytes = encoder.encode(event);
  encoded.set(balance, bytes);
  return bytes;
}
