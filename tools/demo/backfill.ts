import { BAKERY } from "./company.ts";
import type { Delivery } from "./delivery.ts";
import { type Api, clockOf } from "./api.ts";
import { formatCount, type Progress } from "./progress.ts";
import { upgradeContract } from "./setup.ts";
import { deliveriesBetween, localDateOf, startOf } from "./story.ts";

/** How far the clock moves at a time: what is delivered within comes together. */
const STEP_S = 2 * 3_600;
/** How much is under way at once. */
const DELIVERIES_AT_ONCE_MAX = 16;
/** What was not delivered for so long, Meta delivers no more. */
const META_RETRIES_FOR_S = 7 * 86_400;

/** The stretch of the story that is lived through. */
export interface BackfillRange {
  /** The first local date of the story. */
  readonly opened_on: Temporal.PlainDate;
  /** Where it ends, in Unix seconds. */
  readonly until_s: number;
}

/**
 * Lives the bakery's story from where the test clock stands to the end of a stretch: day by day the clock moves on
 * and what is due is delivered. What came before, while nobody answered, is delivered late, as Meta would; what was
 * delivered before is delivered again, which changes nothing. So a run that was cut short goes on where it was.
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
    // Also by a run that begins past its date: the one before may have ended between the clock and the contract.
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
    progress.update(`Filling in ${date}  ${bar(done)}  ${formatCount(deliveries)} deliveries`);
  }
  await api.moveClockTo(end_s * 1000);
  return { deliveries };
}

/** Deliveries in order, cut where the clock moves on. */
function stepsOf(deliveries: readonly Delivery[]): Delivery[][] {
  return [...Map.groupBy(deliveries, ({ at_s }) => Math.floor(at_s / STEP_S)).values()];
}

async function deliverAll(api: Api, deliveries: readonly Delivery[], signal: AbortSignal): Promise<void> {
  const waiting = deliveries.values();
  const deliverer = async () => {
    for (const delivery of waiting) {
      signal.throwIfAborted();
      await api.deliver(BAKERY.company, delivery);
    }
  };
  await Promise.all(Array.from({ length: DELIVERIES_AT_ONCE_MAX }, deliverer));
}

function bar(done: number): string {
  const width = 24;
  const full = Math.round(width * done);
  return `${"█".repeat(full)}${"░".repeat(width - full)} ${Math.round(100 * done)} %`;
}
