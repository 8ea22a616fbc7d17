/** Stored webhook endpoints, alerts and deliveries. */

import type { Alert, AlertContent, AlertMonth, AlertThresholds, AlertType } from "../domain/alerts.ts";
import type { DailyUse, DayCheck, UncheckedDays } from "../domain/closed_day_alerts.ts";
import type { QuarantineReason } from "../domain/company/command.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";

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

/** An alert with its id and time. */
export type RaisedAlert = AlertContent & {
  /** `al_` and 32 hexadecimal digits. */
  readonly id: string;
  readonly raised_at_ms: number;
};

/** The content of a message that shows an endpoint's receiver works. */
export interface TestContent {
  readonly type: "endpoint.test";
  readonly data: { readonly endpoint: string };
}

/** A message to be delivered to an endpoint. */
export interface Delivery {
  readonly endpoint: Pick<Endpoint, "id" | "url" | "secret">;
  /** The `webhook-id` of the message: equal for every attempt. */
  readonly id: string;
  readonly content: AlertContent | TestContent;
  readonly raised_at_ms: number;
  /** Failed attempts since the delivery was created or resent. */
  readonly failures: number;
}

/** An attempt to deliver. */
export interface Attempt {
  /** When it began, by the machine's clock. */
  readonly at_ms: number;
  readonly duration_ms: number;
  /** The status of the response; undefined when there was none. */
  readonly status: number | undefined;
  /** Why it failed, as text for people; undefined when it succeeded. */
  readonly failure: string | undefined;
}

/** The outcome of an attempt. */
export type AttemptOutcome =
  | { readonly type: "delivered" }
  /** Without a next attempt the delivery is abandoned. */
  | { readonly type: "failed"; readonly failure: string; readonly next_attempt_at_ms: number | undefined }
  /** The receiver answered 410: its other deliveries are cancelled too. */
  | { readonly type: "gone" };

/** A delivery with its attempts. */
export interface ListedDelivery {
  readonly id: string;
  readonly content: AlertContent | TestContent;
  readonly raised_at_ms: number;
  readonly delivered_at_ms: number | undefined;
  /** Undefined when no attempt follows. */
  readonly next_attempt_at_ms: number | undefined;
  /** The last {@link ATTEMPTS_KEPT} attempts, in order. */
  readonly attempts: readonly Attempt[];
}

/** The attempts of a delivery that are stored. */
export const ATTEMPTS_KEPT = 20;

/** A position in a list, newest first. */
export interface Position {
  readonly at_ms: number;
  readonly id: string;
}

/** Selects endpoints, newest first. */
export interface EndpointQuery {
  readonly before: { readonly created_at_ms: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Selects deliveries of an endpoint, newest first. */
export interface DeliveryQuery {
  readonly endpoint_id: string;
  readonly before: Position | undefined;
  readonly limit: number;
}

/** Selects alerts of a company, newest first. */
export interface AlertQuery {
  readonly company: CompanyId;
  readonly types: readonly AlertType[];
  /** Not those raised earlier. */
  readonly since_ms: number;
  readonly before: Position | undefined;
  readonly limit: number;
}

/** The shards of companies to look at; undefined: all. */
export type Shards = readonly number[] | undefined;

/** Selects two kinds of months: open ones that have reached a threshold, and recently closed ones. */
export interface MonthQuery {
  /** The first month of the open ones. */
  readonly from: string;
  /** The earliest closing of the closed ones. */
  readonly closed_since_ms: number;
  readonly after: { readonly company: string; readonly month: string } | undefined;
  readonly limit: number;
  readonly shards?: Shards;
}

/** A page of companies. */
export interface CompanyPage {
  readonly after: CompanyId | undefined;
  readonly limit: number;
  readonly shards?: Shards;
}

/** A company's current date, the use of which reaches `spike_from` of the last {@link DayCheck}. */
export interface BusyDay extends DailyUse {
  readonly date: LocalDate;
}

/** Events that arrived in quarantine on a UTC date and wait. */
export interface QuarantinedDay {
  /** Undefined for events that belong to no company. */
  readonly company: CompanyId | undefined;
  readonly date: LocalDate;
  /** All waiting events, those of earlier dates included; of more than 10,000 the newest. */
  readonly waiting: readonly { readonly reason: QuarantineReason; readonly events: number }[];
}

/** The alerts to raise, and the checks of days that found some of them. */
export interface Findings {
  readonly alerts: readonly Alert[];
  /**
   * Their alerts are raised only if no other process has checked these days since: with the check, in one transaction.
   */
  readonly checks: readonly DayCheck[];
}

/** Own thresholds of a company. */
export interface StoredThresholds extends AlertThresholds {
  readonly set_at_ms: number;
  readonly set_by: string;
}

/** Stored endpoints, thresholds, alerts and deliveries. Rejects when the store cannot be reached. */
export interface AlertStore {
  /** Adds an endpoint, unless a live one has the same URL and company, or there are `endpoints_max`. */
  add(endpoint: Endpoint, endpoints_max: number): Promise<"added" | "already_exists" | "too_many">;
  list(query: EndpointQuery): Promise<readonly Endpoint[]>;
  find(id: string): Promise<Endpoint | undefined>;
  /** Removes an endpoint and its deliveries. @returns false when there is no such endpoint */
  remove(id: string): Promise<boolean>;

  /** Returns a company's own thresholds; undefined when it has none. */
  thresholdsOf(company: CompanyId): Promise<StoredThresholds | undefined>;
  setThresholds(company: CompanyId, thresholds: StoredThresholds): Promise<void>;

  /** Lists months that may have an alert, in order of company and month. */
  monthsToReport(query: MonthQuery): Promise<readonly AlertMonth[]>;
  /** Lists companies with days that were closed since `closed_since_ms` and not checked, in order of company. */
  uncheckedDays(
    query: { readonly closed_since_ms: number } & CompanyPage,
  ): Promise<readonly UncheckedDays[]>;
  /** Lists the current dates with much use and without an alert `usage.spike`, in order of company. */
  busyDays(query: CompanyPage): Promise<readonly BusyDay[]>;
  /** Lists the dates since an instant on which events arrived in quarantine, without those that have an alert. */
  quarantinedDays(since_ms: number, shards?: Shards): Promise<readonly QuarantinedDay[]>;
  /** Returns how often companies were reopened so far: {@link forgetClosings} follows each time. */
  countReopenings(): Promise<number>;

  /**
   * Raises the alerts that are news (see {@link Alert.topic}), and adds their deliveries for every endpoint that must get
   * them and has not. What happened before an endpoint was created is not delivered to it.
   */
  raise(
    findings: Findings,
    at: { readonly raised_at_ms: number; readonly due_at_ms: number },
  ): Promise<void>;
  /** Lists alerts of a company, newest first. */
  alertsOf(query: AlertQuery): Promise<readonly RaisedAlert[]>;
  /** Lists the alerts of companies since an instant, oldest first. */
  alertsSince(companies: readonly CompanyId[], since_ms: number): Promise<readonly RaisedAlert[]>;

  /**
   * Claims deliveries of an endpoint that are due at `now_ms`, oldest first. Without a recorded outcome they are due again
   * at `until_ms`, for any process.
   *
   * @param shards the companies whose alerts are delivered; what belongs to no company is of the shard of the empty id
   */
  claimDue(
    endpoint_id: string,
    now_ms: number,
    until_ms: number,
    limit: number,
    shards?: Shards,
  ): Promise<readonly Delivery[]>;
  /** Records an attempt and its outcome. */
  recordAttempt(delivery: Delivery, attempt: Attempt, outcome: AttemptOutcome): Promise<void>;
  /** Lists deliveries, newest first. */
  deliveries(query: DeliveryQuery): Promise<readonly ListedDelivery[]>;
  /** Adds the delivery of a test to an endpoint. @returns undefined when there is no such live endpoint */
  addTest(
    endpoint_id: string,
    id: string,
    at: { readonly raised_at_ms: number; readonly due_at_ms: number },
  ): Promise<ListedDelivery | undefined>;
  /** Makes a delivery due, with all its attempts. @returns undefined when a live endpoint has no such delivery */
  resend(endpoint_id: string, id: string, due_at_ms: number): Promise<ListedDelivery | undefined>;

  /** Forgets the alerts of the closings of a company's months and days that are open, and their deliveries. */
  forgetClosings(company: CompanyId): Promise<void>;
  /**
   * Deletes alerts, and delivered and abandoned deliveries, that were raised before a time, and all deliveries of removed
   * endpoints.
   */
  deleteOld(before_ms: number): Promise<void>;
}
