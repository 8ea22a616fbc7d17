import { hash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { availableIn, excessIn } from "../domain/period.ts";
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
export function messageOf({ endpoint, alert, raised_at_ms }: Delivery, sent_at_ms: number): Message {
  const { company, type, period } = alert;
  const { month, granted, consumed } = period;
  const body = JSON.stringify({
    type,
    timestamp: instantOf(raised_at_ms),
    data: {
      company,
      period: month,
      granted,
      consumed,
      available: availableIn(period),
      excess: excessIn(period),
    },
  });
  // A month that is reopened closes again, and its second alert must differ from the first.
  const id = idOf([endpoint.id, company, month, type, String(granted), String(raised_at_ms)]);
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

function idOf(parts: readonly string[]): string {
  return `msg_${hash("sha256", parts.join("\n"), "hex").slice(0, 32)}`;
}

function instantOf(at_ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
}
