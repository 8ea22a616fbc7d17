/** What is kept of alerts, and where. */

import type { Alert, AlertType } from "../domain/alerts.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Period } from "../domain/period.ts";

/** What the id of an endpoint looks like. */
export const ENDPOINT_ID_PATTERN = /^we_[0-9a-f]{24}$/;

/** An address that is told of months, and how that went. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  /** The one company it hears of; undefined for all. */
  readonly company: CompanyId | undefined;
  readonly types: readonly AlertType[];
  /** What its messages are signed with. */
  readonly secret: Uint8Array;
  readonly created_at_ms: number;
  readonly created_by: string;
  readonly last_delivered_at_ms: number | undefined;
  readonly last_failed_at_ms: number | undefined;
  /** What the last failure was, for people. */
  readonly last_failure: string | undefined;
  /** When its receiver said that it wants to hear no more. */
  readonly gone_at_ms: number | undefined;
}

/** An alert on its way to an endpoint. */
export interface Delivery {
  readonly endpoint: Pick<Endpoint, "id" | "url" | "secret">;
  readonly alert: Alert;
  readonly raised_at_ms: number;
  /** How often it was tried, and failed. */
  readonly failures: number;
}

/** What came of a try. */
export type Attempt =
  | { readonly type: "delivered" }
  /** Without a next attempt it is given up. */
  | { readonly type: "failed"; readonly failure: string; readonly next_attempt_at_ms: number | undefined }
  /** The receiver wants to hear no more (410): nothing else is on its way to it either. */
  | { readonly type: "gone" };

/** Which endpoints; newest first. */
export interface EndpointQuery {
  readonly before: { readonly created_at_ms: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** A month of a company. */
export interface CompanyMonth {
  readonly company: CompanyId;
  readonly period: Period;
}

/** Which months. */
export interface MonthQuery {
  /** Open ones from this month on, with so much of their package used. */
  readonly from: string;
  readonly used_percent: number;
  /** Those closed since then. */
  readonly closed_since_ms: number;
  readonly after: { readonly company: string; readonly month: string } | undefined;
  readonly limit: number;
}

/** Where endpoints and deliveries are kept. All of it rejects when the store cannot be reached. */
export interface AlertStore {
  /** Adds an endpoint, unless one that is live has the same address and company, or there are so many. */
  add(endpoint: Endpoint, endpoints_max: number): Promise<"added" | "there_already" | "too_many">;
  list(query: EndpointQuery): Promise<readonly Endpoint[]>;
  /** Forgets an endpoint, and what it was still to hear. @returns false when there is none such */
  remove(id: string): Promise<boolean>;
  /** Months that some endpoint may be told of, in order of company and month. */
  monthsToReport(query: MonthQuery): Promise<readonly CompanyMonth[]>;
  /**
   * Puts alerts on their way to every endpoint that is to hear of them and has not: of what was closed, to those that
   * were there by then; of what is nearly used, to those that have not heard that it is used up.
   */
  raise(
    alerts: readonly Alert[],
    at: { readonly raised_at_ms: number; readonly due_at_ms: number },
  ): Promise<void>;
  /**
   * Takes deliveries to an endpoint that are due, oldest first; whoever else asks gets them only if they are not settled
   * by then.
   */
  claimDue(
    endpoint_id: string,
    now_ms: number,
    until_ms: number,
    limit: number,
  ): Promise<readonly Delivery[]>;
  /** Keeps what came of a try. */
  recordAttempt(delivery: Delivery, attempt: Attempt, at_ms: number): Promise<void>;
  /** Forgets what was raised before a time and nobody waits for, and what was on its way to endpoints that are gone. */
  deleteOld(before_ms: number): Promise<void>;
}
