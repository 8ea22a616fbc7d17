/** Alerts, and the endpoints that get them. */

import type { NewEndpointRequest } from "../alerts/alerts.ts";
import type {
  AlertQuery,
  DeliveryQuery,
  Endpoint,
  EndpointQuery,
  ListedDelivery,
  RaisedAlert,
  StoredThresholds,
} from "../alerts/store.ts";
import type { AlertThresholds } from "../domain/alerts.ts";
import type { CompanyId } from "../domain/types.ts";

/** Manages the webhook endpoints that get alerts. */
export interface WebhookEndpoints {
  create(request: NewEndpointRequest): Promise<Endpoint | "already_exists" | "too_many">;
  /** Lists endpoints, newest first. */
  list(query: EndpointQuery): Promise<readonly Endpoint[]>;
  find(id: string): Promise<Endpoint | undefined>;
  /** Removes an endpoint. @returns false when there is no such endpoint */
  remove(id: string): Promise<boolean>;
  /** Lists deliveries, newest first. */
  deliveries(query: DeliveryQuery): Promise<readonly ListedDelivery[]>;
  /** Adds the delivery of a test, and attempts it. @returns undefined when there is no such live endpoint */
  sendTest(endpoint_id: string): Promise<ListedDelivery | undefined>;
  /** Makes a delivery due, and attempts it. @returns undefined when a live endpoint has no such delivery */
  resend(endpoint_id: string, id: string): Promise<ListedDelivery | undefined>;
}

/** The alerts of a company, and its thresholds. Rejects when the store cannot be reached. */
export interface CompanyAlerts {
  /** Lists alerts, newest first. */
  alertsOf(query: AlertQuery): Promise<readonly RaisedAlert[]>;
  /** Returns the company's own thresholds, or the default ones. */
  thresholdsOf(company: CompanyId): Promise<AlertThresholds & Partial<StoredThresholds>>;
  setThresholds(
    company: CompanyId,
    thresholds: AlertThresholds,
    set_by: string,
  ): Promise<StoredThresholds>;
}
