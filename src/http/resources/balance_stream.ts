import type { AccessLease } from "../../access/access_lease.ts";
import type { Balance } from "../../domain/company/balance.ts";
import type { UnreadAnswers } from "../kit/unread_answers.ts";
import { toBalanceBody } from "./balance_body.ts";
import type { BalanceSubscription, RaisedAlert } from "../../ports/live.ts";
import { toCompanyAlert } from "./alert_body.ts";

/** What a stream starts with. */
export interface StreamStart {
  readonly snapshot: Balance;
  /** Alerts of the last time, oldest first. */
  readonly alerts: readonly RaisedAlert[];
}

/**
 * A company's balance as server-sent events, and its alerts.
 *
 * STREAM-1. The stream starts with a snapshot. It sends each version at most once, in ascending order.
 * STREAM-2. The stream pulls the next event only after the reader took the last one, so a slow reader has at most one
 *     balance waiting, the newest.
 * STREAM-3. Every end of the stream disposes of the subscription: the feed closes, the reader cancels, the
 *     connection is lost while idle, the access lease ends, or the reader takes nothing for 30 s (UNREAD-4).
 * STREAM-4. It sends each alert at most once: the recent ones after the snapshot, later ones as they are raised.
 *
 * @param answers aborts the stream when its client takes nothing
 * @param signal aborts when the client disconnects
 * @param lease the caller's access lease; undefined never ends
 */
export function balanceStream(
  answers: UnreadAnswers,
  { snapshot, alerts }: StreamStart,
  subscription: BalanceSubscription,
  signal: AbortSignal,
  lease: AccessLease | undefined,
): Response {
  let version = snapshot.version;
  const alert_ids = new Set(alerts.map(({ id }) => id));
  const leave = () => subscription[Symbol.dispose]();
  const hold = lease?.hold(leave);
  signal.addEventListener("abort", leave);
  if (signal.aborted) leave();
  return answers.stream({
    first: [RETRY, eventOf(snapshot), ...alerts.map(alertEventOf)],
    async next() {
      for (;;) {
        const next = await subscription.next();
        if (next === "closed") return undefined;
        if (next === "heartbeat") return HEARTBEAT;
        if ("alert" in next) {
          if (alert_ids.has(next.alert.id)) continue;
          return alertEventOf(next.alert);
        }
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

/** Encodes an alert. It has no `id`: a reconnection still names the version of the last balance. */
function alertEventOf(alert: RaisedAlert): Uint8Array {
  return encoder.encode(`event: alert\ndata: ${JSON.stringify(toCompanyAlert(alert))}\n\n`);
}

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
