/** Stored webhook endpoints and deliveries. */

import type { Alert, AlertType } from "../domain/alerts.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Period } from "../domain/period.ts";

/** Matches the id of an endpoint. */
export const ENDPOINT_ID_PATTERN = /^we_[0-9a-f]{24}$/;

/** A webhook endpoint, with the outcome of its last deliveries. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  /** The one company it gets alerts about; undefined for all. */
  readonly company: CompanyId | undefined;
  readonly types: readonly AlertType[];
  /** Signs its messages. */
  readonly secret: Uint8Array;
  readonly created_at_ms: number;
  readonly created_by: string;
  readonly last_delivered_at_ms: number | undefined;
  readonly last_failed_at_ms: number | undefined;
  /** The last failure, as text for people. */
  readonly last_failure: string | undefined;
  /** When its receiver answered 410. */
  readonly gone_at_ms: number | undefined;
}

/** An alert to be delivered to an endpoint. */
export interface Delivery {
  readonly endpoint: Pick<Endpoint, "id" | "url" | "secret">;
  readonly alert: Alert;
  readonly raised_at_ms: number;
  /** Failed attempts so far. */
  readonly failures: number;
}

/** The outcome of an attempt to deliver. */
export type Attempt =
  | { readonly type: "delivered" }
  /** Without a next attempt the delivery is abandoned. */
  | { readonly type: "failed"; readonly failure: string; readonly next_attempt_at_ms: number | undefined }
  /** The receiver answered 410: its other deliveries are cancelled too. */
  | { readonly type: "gone" };

/** Selects endpoints, newest first. */
export interface EndpointQuery {
  readonly before: { readonly created_at_ms: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** A month of a company. */
export interface CompanyMonth {
  readonly company: CompanyId;
  readonly period: Period;
}

/** Selects two kinds of months: open ones whose package is nearly used, and recently closed ones. */
export interface MonthQuery {
  /** The first month of the open ones, which have at least `used_percent` of their package used. */
  readonly from: string;
  readonly used_percent: number;
  /** The earliest closing of the closed ones. */
  readonly closed_since_ms: number;
  readonly after: { readonly company: string; readonly month: string } | undefined;
  readonly limit: number;
}

/** Stored endpoints and deliveries. Rejects when the store cannot be reached. */
export interface AlertStore {
  /** Adds an endpoint, unless a live one has the same URL and company, or there are `endpoints_max`. */
  add(endpoint: Endpoint, endpoints_max: number): Promise<"added" | "already_exists" | "too_many">;
  list(query: EndpointQuery): Promise<readonly Endpoint[]>;
  /** Removes an endpoint and its deliveries. @returns false when there is no such endpoint */
  remove(id: string): Promise<boolean>;
  /** Lists months that an endpoint may get an alert about, in order of company and month. */
  monthsToReport(query: MonthQuery): Promise<readonly CompanyMonth[]>;
  /**
   * Adds a delivery for every endpoint that must get an alert and has not. A closed month goes to endpoints that existed
   * when it closed; `package.nearly_used` to endpoints without `package.used_up` of that month.
   */
  raise(
    alerts: readonly Alert[],
    at: { readonly raised_at_ms: number; readonly due_at_ms: number },
  ): Promise<void>;
  /**
   * Claims deliveries of an endpoint that are due at `now_ms`, oldest first. Without a recorded outcome they are due again
   * at `until_ms`, for any process.
   */
  claimDue(
    endpoint_id: string,
    now_ms: number,
    until_ms: number,
    limit: number,
  ): Promise<readonly Delivery[]>;
  /** Records the outcome of an attempt. */
  recordAttempt(delivery: Delivery, attempt: Attempt, at_ms: number): Promise<void>;
  /** Deletes the deliveries of `month.closed` for months of a company that are open. */
  forgetClosings(company: CompanyId): Promise<void>;
  /** Deletes delivered and abandoned deliveries raised before a time, and all deliveries of removed endpoints. */
  deleteOld(before_ms: number): Promise<void>;
}
