import { Webhook } from "standardwebhooks";
import type { Delivery } from "./store.ts";

/** A signed message. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Builds the message of a delivery (Standard Webhooks 1.0). Every attempt has the same id and a signature of its own.
 *
 * @param sent_at_ms by the machine's clock: receivers reject messages that are minutes old
 */
export function messageOf({ endpoint, id, content, raised_at_ms }: Delivery, sent_at_ms: number): Message {
  const { type, data } = content;
  const body = JSON.stringify({ type, timestamp: instantOf(raised_at_ms), data });
  const sent_at_s = Math.floor(sent_at_ms / 1000);
  const signature = new Webhook(endpoint.secret, { format: "raw" })
    .sign(id, new Date(sent_at_s * 1000), body);
  return {
    headers: {
      "content-type": "application/json",
      "user-agent": "Poli-Credits",
      "webhook-id": id,
      "webhook-timestamp": String(sent_at_s),
      "webhook-signature": signature,
    },
    body,
  };
}

function instantOf(at_ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
}
