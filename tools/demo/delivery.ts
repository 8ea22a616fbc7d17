import type { Change } from "../../tests/support/payloads.ts";

/** What a delivery is told for: the tests ask for each of them. */
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

/** One use of a feature as it is reported. */
export interface UsageReport {
  readonly id: string;
  readonly feature: string;
  readonly quantity: number;
  /** RFC 3339. */
  readonly occurred_at: string;
  readonly attributes?: { readonly [name: string]: string };
}

/** Something that reaches the service at an instant, by the test clock. */
export type Delivery = WebhookDelivery | UsageDelivery;

/** A webhook of Meta's. */
export interface WebhookDelivery {
  readonly type: "webhook";
  /** When it is delivered, in Unix seconds: never before what it tells of. */
  readonly at_s: number;
  readonly kind: DeliveryKind;
  readonly changes: readonly Change[];
}

/** A report of an internal service. */
export interface UsageDelivery {
  readonly type: "usage";
  readonly at_s: number;
  readonly kind: DeliveryKind;
  readonly usages: readonly UsageReport[];
}

/** A local date of the bakery's. */
export interface StoryDay {
  /** ISO, such as `2026-11-23`. */
  readonly date: string;
  /** Unix seconds. */
  readonly start_s: number;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
}

/** A webhook that is delivered at an instant. */
export function webhookAt(at_s: number, kind: DeliveryKind, ...changes: readonly Change[]): WebhookDelivery {
  return { type: "webhook", at_s, kind, changes };
}

/** An instant of a day by the clock on the wall: `hour` may have a fraction. */
export function atHour(day: StoryDay, hour: number): number {
  return day.start_s + Math.floor(hour * 3_600);
}
