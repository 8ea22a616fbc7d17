import { plural } from "../../src/web/strings/plural.ts";
import { BAKERY } from "./company.ts";
import type { Delivery } from "./delivery.ts";
import { type Api, clockOf } from "./api.ts";
import { formatCount, type Progress } from "./progress.ts";
import { upgradeContract } from "./setup.ts";
import { deliveriesBetween, localDateOf, startOf } from "./story.ts";

/** How far the clock moves in one step. Deliveries within a step are concurrent. */
const STEP_S = 2 * 3_600;
/** The maximum number of concurrent deliveries. */
const DELIVERIES_AT_ONCE_MAX = 16;
/** For how long Meta retries a delivery. */
const META_RETRIES_FOR_S = 7 * 86_400;

/** The part of the story to deliver. */
export interface BackfillRange {
  /** The first local date of the story. */
  readonly opened_on: Temporal.PlainDate;
  /** The end, in Unix seconds. */
  readonly until_s: number;
}

/**
 * Delivers the bakery's story from the test clock's time to the end of the range, while the clock moves day by day. The
 * deliveries of the week before are repeated, as Meta does: those that the service missed arrive late, and the others
 * change nothing. So an interrupted run continues where it stopped.
 *
 * @throws the signal's reason when it aborts
 */
export async function backfill(
  api: Api,
  { opened_on, until_s: end_s }: BackfillRange,
  progress: Pick<Progress, "update">,
  signal: AbortSignal,
): Promise<{ deliveries: number }> {
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
    for (const step of stepsOf(deliveriesBetween(due_from_s, until_s, opened_on))) {
      await api.moveClockTo(step.at(-1)!.at_s * 1000);
      await deliverAll(api, step, signal);
      deliveries += step.length;
    }
    const done = (until_s - from_s) / (end_s - from_s);
    progress.update(`Backfilling ${date}  ${bar(done)}  ${deliveryCount(deliveries)}`);
  }
  await api.moveClockTo(end_s * 1000);
  return { deliveries };
}

/** Splits deliveries by the steps of the clock. */
function stepsOf(deliveries: readonly Delivery[]): Delivery[][] {
  return [...Map.groupBy(deliveries, ({ at_s }) => Math.floor(at_s / STEP_S)).values()];
}

async function deliverAll(api: Api, deliveries: readonly Delivery[], signal: AbortSignal): Promise<void> {
  const queue = deliveries.values();
  const worker = async () => {
    for (const delivery of queue) {
      signal.throwIfAborted();
      await api.deliver(BAKERY.company, delivery);
    }
  };
  await Promise.all(Array.from({ length: DELIVERIES_AT_ONCE_MAX }, worker));
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
