import { addDays, lastDateOf, monthOf } from "./calendar.ts";
import { type ContractVersion, grantedBy } from "./contract.ts";
import type { DayBalance } from "./reports.ts";
import type { Credits, LocalDate } from "./types.ts";

/** A grant later in the current month: its package begins or grows. */
export interface ScheduledGrant {
  readonly on: LocalDate;
  /** The credits granted to the month by the end of that date, those of earlier grants included. */
  readonly granted: Credits;
}

/** A grant with the balance after it. */
interface PostedGrant {
  readonly local_date: LocalDate;
  readonly available_after: Credits;
}

/** Returns the last grant that the contract schedules in the current month; undefined without one. */
export function scheduledGrantIn(
  contract: readonly ContractVersion[],
  today: LocalDate,
): ScheduledGrant | undefined {
  const month = monthOf(today);
  const last = lastDateOf(month);
  const granted = grantedBy(contract, month, last);
  if (granted <= grantedBy(contract, month, today)) return undefined;
  const dates = contract.map(({ effective_from }) => effective_from).filter((date) => date <= last).sort();
  return { on: dates.find((date) => date > today && grantedBy(contract, month, date) === granted)!, granted };
}

/**
 * Returns the date on which the available credits of a month last came to 0, by the ledger's balance: not before the
 * first grant, and not before entries that came late were posted. Undefined while credits are available.
 *
 * @param days the balance at the end of each date from the first of the month to today
 * @param grants the grants of the month
 */
export function usedUpOn(
  days: readonly DayBalance[],
  grants: readonly PostedGrant[],
): LocalDate | undefined {
  if (grants.length === 0 || days.length === 0 || days.at(-1)!.available_after > 0) return undefined;
  const last_with_credits = days.findLast(({ available_after }) => available_after > 0);
  const covering = grants.filter(({ available_after }) => available_after > 0);
  return [
    grants.map(({ local_date }) => local_date).sort()[0]!,
    ...covering.map(({ local_date }) => local_date),
    ...last_with_credits === undefined ? [] : [addDays(last_with_credits.local_date, 1)],
  ].sort().at(-1);
}
