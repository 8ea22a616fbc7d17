/** The ids of alerts and deliveries. */

import { hash } from "node:crypto";
import type { Alert } from "../domain/alerts.ts";

/** Matches the id of a delivery, which is the `webhook-id` of its message. */
export const DELIVERY_ID_PATTERN = /^msg_[0-9a-f]{32}$/;

/** Returns the id of an alert. A month that is reopened closes again, and its second alert differs from the first. */
export function alertIdOf({ data: { company }, topic, level }: Alert, raised_at_ms: number): string {
  return `al_${digest([company, topic, level, raised_at_ms].join("\n"))}`;
}

/** Returns the id of the delivery of an alert: the same for every attempt, and another for each endpoint. */
export function deliveryIdOf(endpoint_id: string, alert_id: string): string {
  return `msg_${digest(`${endpoint_id}\n${alert_id}`)}`;
}

function digest(text: string): string {
  return hash("sha256", text, "hex").slice(0, 32);
}
