import { nextDate } from "../calendar.ts";
import type { CompanyEvent, FixedDay } from "./event.ts";
import type { Emit } from "./posting.ts";
import type { CompanyState } from "./state.ts";

/**
 * Returns an `emit` that fixes the dates of stored events. Before an event that happened after the current date, it
 * emits the ends of the dates up to the event's own, so that they are stored with it: whichever process closes those
 * days, by whichever zone data, the event keeps its date.
 *
 * Two cases have such events: an event from a clock ahead of ours near midnight, and a day that is over and not closed
 * because the time is uncertain.
 */
export function fixingDates(state: CompanyState, emit: Emit): Emit {
  return (event) => {
    const at_ms = instantOf(event);
    if (at_ms !== undefined && at_ms >= state.due_at_ms) fixDatesUntil(state, emit, at_ms);
    emit(event);
  };
}

/** Returns when something happened that is dated by its own time. */
function instantOf(event: CompanyEvent): number | undefined {
  switch (event.type) {
    case "fact_stored":
      return event.fact.at_ms;
    case "usage_counted":
      return event.usage.occurred_at_ms;
    case "send_decided":
      return event.sent_at_ms;
    default:
      return undefined;
  }
}

function fixDatesUntil({ calendar, today }: CompanyState, emit: Emit, at_ms: number): void {
  const last = calendar.dateOf(at_ms);
  const days: FixedDay[] = [];
  let date = nextDate(calendar.fixed.last > today ? calendar.fixed.last : today);
  for (; date <= last; date = nextDate(date)) {
    days.push({ local_date: date, ended_at_ms: calendar.day(date).end_ms });
  }
  if (days.length > 0) emit({ type: "days_fixed", days });
}
