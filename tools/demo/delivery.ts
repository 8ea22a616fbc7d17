import type { Change } from "../../tests/support/payloads.ts";

/** The kinds of deliveries. The tests require at least one of each in the story. */
export type DeliveryKind =
  | "message"
  | "batch"
  | "reply"
  | "template"
  | "failed_template"
  | "duplicate"
  | "reordered"
  | "a_day_late"
  | "reaction"
  | "number_change"
  | "never_metered"
  | "usage";

/** One reported use of a feature. */
export interface UsageReport {
  readonly id: string;
  readonly feature: string;
  readonly quantity: number;
  /** RFC 3339. */
  readonly occurred_at: string;
  readonly attributes?: { readonly [name: string]: string };
}

/** A request to the service at a time of the test clock. */
export type Delivery = WebhookDelivery | UsageDelivery;

/** A webhook from Meta. */
export interface WebhookDelivery {
  readonly type: "webhook";
  /** The time of the delivery in Unix seconds, at or after the events in it. */
  readonly at_s: number;
  readonly kind: DeliveryKind;
  readonly changes: readonly Change[];
}

/** A usage report of an internal service. */
export interface UsageDelivery {
  readonly type: "usage";
  readonly at_s: number;
  readonly kind: DeliveryKind;
  readonly usages: readonly UsageReport[];
}

/** A local date at the bakery. */
export interface StoryDay {
  /** ISO, such as `2026-11-23`. */
  readonly date: string;
  /** Unix seconds. */
  readonly start_s: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
}

/** Builds a webhook delivery. */
export function webhookAt(at_s: number, kind: DeliveryKind, ...changes: readonly Change[]): WebhookDelivery {
  return { type: "webhook", at_s, kind, changes };
}

/** Builds a usage report. */
export function usageAt(
  at_s: number,
  kind: DeliveryKind,
  ...usages: readonly UsageReport[]
): UsageDelivery {
  return { type: "usage", at_s, kind, usages };
}

/** Returns the Unix seconds of a local hour, which may have a fraction. */
export function atHour(day: StoryDay, hour: number): number {
  return day.start_s + Math.floor(hour * 3_600);
}
