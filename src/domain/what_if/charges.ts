import type { Calendar } from "../calendar.ts";
import { firstDateOf, lastDateOf, monthOf } from "../calendar.ts";
import type { Charge } from "../charge.ts";
import { chargeFor } from "../charge.ts";
import type { Person } from "../company/person.ts";
import { contactDayOf, templatesOf } from "../company/person.ts";
import { personFrom } from "../company/person_from_facts.ts";
import { calendarOf } from "../company/state.ts";
import type { ContactDay } from "../contact_day.ts";
import type { Month } from "../types.ts";
import type { MonthContact, MonthFact, MonthRows } from "./month_rows.ts";
import type { ChargeRules } from "./terms.ts";

/** The local days of a month. */
export interface MonthDays {
  readonly month: Month;
  readonly calendar: Calendar;
  readonly start_ms: number;
  readonly end_ms: number;
}

/** Returns the calendar of a month: its dates have their stored ends. */
export function calendarFrom({ settings, day_ends }: Pick<MonthRows, "settings" | "day_ends">): Calendar {
  const last = day_ends.at(-1);
  if (last === undefined) return calendarOf(settings);
  const ends_ms = day_ends.map(({ end_ms }) => end_ms);
  return calendarOf(settings, { fixed: { last: last.local_date, ends_ms } });
}

/** Returns the days of a month by the calendar of a company. */
export function daysOf(month: Month, calendar: Calendar): MonthDays {
  const start_ms = calendar.day(firstDateOf(month)).start_ms;
  return { month, calendar, start_ms, end_ms: calendar.day(lastDateOf(month)).end_ms };
}

/**
 * Returns the facts of a contact that count in the month. Facts that came after it was final do not: they changed nothing
 * in it. A message of the contact counts only on its own date.
 */
export function factsInTime(
  { facts }: Pick<MonthContact, "facts">,
  { final_from_ms = Infinity }: Pick<MonthRows, "final_from_ms">,
  { start_ms, end_ms }: MonthDays,
): MonthFact[] {
  return facts.filter(({ kind, at_ms, recorded_at_ms }) =>
    recorded_at_ms < final_from_ms && (kind !== "wrote" || (at_ms >= start_ms && at_ms < end_ms))
  );
}

/** Joins the facts of a contact to its days in the month, in order of date. */
export function contactDaysOf(
  { id, keys }: Pick<MonthContact, "id" | "keys">,
  facts: readonly MonthFact[],
  { month, calendar }: MonthDays,
): ContactDay[] {
  const person = personOf(id, keys, facts, calendar);
  const templates = Map.groupBy(templatesOf(person), ({ left_at_ms }) => calendar.dateOf(left_at_ms));
  const dates = new Set([...person.wrote.keys(), ...templates.keys()]);
  return [...dates].filter((date) => monthOf(date) === month).sort()
    .map((date) => contactDayOf(person, date, templates.get(date) ?? [], calendar));
}

/** Computes what a company owes for one contact on one date under some rules. */
export function chargeUnder({ rates, policyOn }: ChargeRules, day: ContactDay): Charge {
  return chargeFor(day, policyOn(day.date), rates);
}

function personOf(
  id: MonthContact["id"],
  keys: MonthContact["keys"],
  facts: readonly MonthFact[],
  calendar: Calendar,
): Person {
  const unneeded = { by_phone: false, readable: true, erased_at_ms: undefined, predates_facts: false };
  const contents = facts.map((fact) => ({ ...fact, phone_number_id: undefined, attribution: undefined }));
  return personFrom({ id, keys: keys.map((key) => ({ key, ...unneeded })), facts: contents }, calendar);
}
