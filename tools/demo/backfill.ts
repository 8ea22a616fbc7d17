import { plural } from "../../src/web/strings/plural.ts";
import { BAKERY } from "./company.ts";
import { type Delivery, webhookAt, type WebhookDelivery } from "./delivery.ts";
import { type Api, clockOf } from "./api.ts";
import { neighbourDeliveries, NEIGHBOURS } from "./neighbours.ts";
import { formatCount, type Progress } from "./progress.ts";
import { upgradeContract } from "./setup.ts";
import { deliveriesBetween, localDateOf, startOf } from "./story.ts";

/** How far the clock moves in one step. A step ends with its local date, so that only late deliveries are late. */
const STEP_S = 6 * 3_600;
/** Smaller steps for the days that a viewer sees first: an entry is recorded soon after its event. */
const RECENT_STEP_S = 1_800;
const RECENT_S = 86_400;
/** The maximum number of changes in one webhook. Meta batches up to 1,000 after an outage. */
const CHANGES_MAX = 500;
/** For how long Meta retries a delivery. */
const META_RETRIES_FOR_S = 7 * 86_400;

/** The part of the story to deliver. */
export interface BackfillRange {
  /** The first local date of the story. */
  readonly opened_on: Temporal.PlainDate;
  /** The end, in Unix seconds. */
  readonly until_s: number;
  /** The first start of the demo, in Unix seconds: the neighbours' story ends then. Undefined: no neighbours. */
  readonly planned_s?: number;
}

/**
 * Delivers the companies' stories from the test clock's time to the end of the range, while the clock moves by steps.
 * Each company gets its deliveries in order. The deliveries of the week before are repeated, as Meta does: those that the
 * service missed arrive late, and the others change nothing. So an interrupted run continues where it stopped.
 *
 * @throws the signal's reason when it aborts
 */
export async function backfill(
  api: Api,
  range: BackfillRange,
  progress: Pick<Progress, "update">,
  signal: AbortSignal,
): Promise<{ deliveries: number }> {
  const { opened_on, until_s: end_s } = range;
  const clock_s = clockOf(await api.balance(BAKERY.company));
  const from_s = Math.max(startOf(opened_on), clock_s - META_RETRIES_FOR_S);
  const upgraded_on = opened_on.add({ months: 1 });
  let is_upgraded = false;
  let deliveries = 0;
  for (let date = localDateOf(from_s); startOf(date) < end_s; date = date.add({ days: 1 })) {
    const due_from_s = Math.max(from_s, startOf(date));
    const until_s = Math.min(end_s, startOf(date.add({ days: 1 })));
    // Also in a run that begins after this date: the last run may have ended between the clock and the contract.
    if (!is_upgraded && Temporal.PlainDate.compare(date, upgraded_on) >= 0) {
      await api.moveClockTo(due_from_s * 1000);
      await upgradeContract(api);
      is_upgraded = true;
    }
    const stories = storiesBetween(range, due_from_s, until_s);
    const step_length_s = until_s > end_s - RECENT_S ? RECENT_STEP_S : STEP_S;
    for (let step_s = due_from_s; step_s < until_s; step_s += step_length_s) {
      const step_ends_s = Math.min(until_s, step_s + step_length_s);
      // The last second of the step: its end may be the next day.
      await api.moveClockTo((step_ends_s - 1) * 1000);
      deliveries += await deliverAll(api, within(stories, step_s, step_ends_s), signal);
    }
    const done = (until_s - from_s) / (end_s - from_s);
    progress.update(`Backfilling ${date}  ${bar(done)}  ${deliveryCount(deliveries)}`);
  }
  await api.moveClockTo(end_s * 1000);
  return { deliveries };
}

type Story = readonly [company: string, deliveries: readonly Delivery[]];

function storiesBetween(
  { opened_on, planned_s }: BackfillRange,
  from_s: number,
  until_s: number,
): Story[] {
  const bakery: Story = [BAKERY.company, deliveriesBetween(from_s, until_s, opened_on)];
  if (planned_s === undefined) return [bakery];
  const others = NEIGHBOURS.map((neighbour): Story => [
    neighbour.company,
    neighbourDeliveries(neighbour, from_s, until_s, planned_s),
  ]);
  return [bakery, ...others];
}

function within(stories: readonly Story[], from_s: number, until_s: number): Story[] {
  return stories.map(([company, deliveries]) => [
    company,
    deliveries.filter(({ at_s }) => at_s >= from_s && at_s < until_s),
  ]);
}

/** Delivers to all companies at once, and to each in order. @returns the number of deliveries */
async function deliverAll(api: Api, stories: readonly Story[], signal: AbortSignal): Promise<number> {
  await Promise.all(stories.map(async ([company, deliveries]) => {
    for (const delivery of inBatches(deliveries)) {
      signal.throwIfAborted();
      await api.deliver(company, delivery);
    }
  }));
  return stories.reduce((sum, [, deliveries]) => sum + deliveries.length, 0);
}

/** Joins consecutive webhooks, as Meta does after an outage. The order of the changes stays. */
export function inBatches(deliveries: readonly Delivery[]): Delivery[] {
  const batches: Delivery[] = [];
  for (const delivery of deliveries) {
    const last = batches.at(-1);
    if (last?.type !== "webhook" || delivery.type !== "webhook" || isFull(last, delivery)) {
      batches.push(delivery);
    } else {
      batches[batches.length - 1] = webhookAt(delivery.at_s, "batch", ...last.changes, ...delivery.changes);
    }
  }
  return batches;
}

function isFull(batch: WebhookDelivery, next: WebhookDelivery): boolean {
  return batch.changes.length + next.changes.length > CHANGES_MAX;
}

/** Formats a number of deliveries. */
export function deliveryCount(count: number): string {
  return `${formatCount(count)} ${plural(count, "delivery", "deliveries")}`;
}

function bar(done: number): string {
  const width = 24;
  const full = Math.round(width * done);
  return `${"█".repeat(full)}${"░".repeat(width - full)} ${Math.round(100 * done)} %`;
}
