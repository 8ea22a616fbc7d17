import { addDays, type Calendar, nextDate, previousDate } from "../calendar.ts";
import { DAYS_HELD } from "../lateness.ts";
import { accountCalendar, type AccountDay } from "../meta_costs/account_calendar.ts";
import { accountAt } from "../meta_costs/number_accounts.ts";
import type { LocalDate } from "../types.ts";
import type { ZoneData } from "../zone_data.ts";
import type { CompanyEvent, FixedDay } from "./event.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/** The days in one time zone of Meta accounts. */
export interface AccountDays {
  readonly calendar: Calendar;
  /** The dates whose ends are stored: these two and all between them; undefined while there is none. */
  readonly stored: { readonly first: LocalDate; readonly last: LocalDate } | undefined;
}

/** Builds the days of each zone from their stored ends, in order of zone and date. */
export function accountDaysFrom(
  stored: readonly AccountDay[],
  zone_data: ZoneData,
): Map<string, AccountDays> {
  const by_zone = new Map<string, AccountDays>();
  for (const [time_zone, days] of Map.groupBy(stored, ({ time_zone }) => time_zone)) {
    const calendar = accountCalendar(time_zone, days, zone_data);
    const { last, ends_ms } = calendar.fixed;
    by_zone.set(time_zone, { calendar, stored: { first: addDays(last, 1 - ends_ms.length), last } });
  }
  return by_zone;
}

/** Returns the date in the time zone of a Meta account at an instant. */
export function accountDate(state: CompanyState, time_zone: string, at_ms: number): LocalDate {
  return accountDaysOf(state, time_zone).calendar.dateOf(at_ms);
}

/**
 * Returns an `emit` that fixes account dates. Before a message is counted on a date that has no stored end, it emits the
 * ends of that date and of the one before it, so that they are stored with the count: whichever zone data a later
 * process has, the messages of that date keep it. Dates between it and those in memory are fixed too. The first date of
 * an account is fixed when it is set.
 */
export function fixingAccountDates(state: CompanyState, emit: Emit): Emit {
  return (event) => {
    if (event.type === "cost_counted") {
      const { group: { phone_number_id, account_date }, delivered_at_ms } = event;
      const account = accountAt(state.number_accounts, phone_number_id, delivered_at_ms);
      if (account !== undefined) fixDate(state, emit, account.time_zone, account_date);
    } else if (event.type === "number_account_set") {
      const { time_zone, from_ms } = event.account;
      fixDate(state, emit, time_zone, accountDate(state, time_zone, from_ms));
    }
    emit(event);
  };
}

/** Notes in a state that the ends of dates are stored. */
export function addAccountDays(
  state: CompanyState,
  { time_zone, days }: Extract<CompanyEvent, { type: "account_days_fixed" }>,
): void {
  // The ends are those of this calendar, so its days stay as they are.
  const { calendar, stored } = accountDaysOf(state, time_zone);
  let [first, last] = [days[0]!.local_date, days.at(-1)!.local_date];
  if (stored !== undefined && stored.first < first) first = stored.first;
  if (stored !== undefined && stored.last > last) last = stored.last;
  state.account_days.set(time_zone, { calendar, stored: { first, last } });
}

function fixDate(state: CompanyState, emit: Emit, time_zone: string, date: LocalDate): void {
  const { calendar, stored } = accountDaysOf(state, time_zone);
  // A date begins when the one before it ends.
  if (stored !== undefined && stored.first < date && date <= stored.last) return;
  let [from, until] = [previousDate(date), date];
  if (stored !== undefined && date > stored.last) from = nextDate(stored.last);
  else if (from <= addDays(state.closed_through, -DAYS_HELD)) return; // Not held in memory, and may be stored.
  else if (stored !== undefined) until = previousDate(stored.first);
  const days: FixedDay[] = [];
  for (let local_date = from; local_date <= until; local_date = nextDate(local_date)) {
    days.push({ local_date, ended_at_ms: calendar.day(local_date).end_ms });
  }
  emit({ type: "account_days_fixed", time_zone, days });
}

function accountDaysOf(
  { account_days, calendar: { zone_data } }: CompanyState,
  time_zone: string,
): AccountDays {
  let days = account_days.get(time_zone);
  if (days === undefined) {
    days = { calendar: accountCalendar(time_zone, [], zone_data), stored: undefined };
    account_days.set(time_zone, days);
  }
  return days;
}
