import type { ContactDay } from "../contact_day.ts";
import type { ContactId, ContactKey } from "../types.ts";
import { chargeUnder, contactDaysOf, factsInTime, type MonthDays } from "./charges.ts";
import type { MonthContact, MonthFact, MonthRows, MonthWindow } from "./month_rows.ts";
import type { ChargeRules } from "./terms.ts";

/** The most ways that are tried to divide the keys of a contact. */
const WAYS_MAX = 4_096;

/**
 * Returns the days of a contact in the month, as those of the contacts that it was when the month became final: contacts
 * that turned out to be one later stay apart in it (rulebook, "Identity"). The windows of the month tell which they were.
 * A key that opened none of them belongs to the contact with which the real charges come out.
 */
export function daysWhenFinal(
  contact: MonthContact,
  rows: MonthRows,
  days: MonthDays,
  real: ChargeRules,
): readonly (readonly ContactDay[])[] {
  const facts = factsInTime(contact, rows, days);
  const together = [contactDaysOf(contact, facts, days)];
  const windows = Map.groupBy(contact.windows, (window) => window.contact);
  if (windows.size < 2) return together;
  const apart = [...windows.keys()];
  const keys = [...new Set(facts.map((fact) => fact.contact))].filter((key) => !windows.has(idOf(key)));
  for (const groups of waysToDivide(keys, apart)) {
    const of_contacts = apart.map((id) => daysUnder(id, groups.get(id)!, facts, days));
    const agrees = apart.every((id, i) => haveWindows(of_contacts[i]!, windows.get(id)!, real));
    if (agrees) return of_contacts;
  }
  return together;
}

/** Yields every way to give each key to one of the contacts, which have a key of their own. */
function* waysToDivide(
  keys: readonly ContactKey[],
  contacts: readonly ContactId[],
): Generator<ReadonlyMap<ContactId, readonly ContactKey[]>> {
  const ways = Math.min(contacts.length ** keys.length, WAYS_MAX);
  for (let way = 0; way < ways; way++) {
    const groups = new Map(contacts.map((id) => [id, [id as string as ContactKey]]));
    keys.forEach((key, i) => {
      const at = Math.floor(way / contacts.length ** i) % contacts.length;
      groups.get(contacts[at]!)!.push(key);
    });
    yield groups;
  }
}

function daysUnder(
  id: ContactId,
  keys: readonly ContactKey[],
  facts: readonly MonthFact[],
  days: MonthDays,
): ContactDay[] {
  return contactDaysOf({ id, keys }, facts.filter(({ contact }) => keys.includes(contact)), days);
}

/** Whether the days of a contact open exactly these windows. */
function haveWindows(
  days: readonly ContactDay[],
  windows: readonly MonthWindow[],
  real: ChargeRules,
): boolean {
  const opened = days.flatMap((day) => {
    const charge = chargeUnder(real, day);
    return (["inbound", "outbound"] as const).flatMap((direction) => {
      const window = charge[direction];
      return window === undefined ? [] : [{ ...window, local_date: day.date, direction }];
    });
  });
  const text = ({ local_date, direction, opened_at_ms, credits }: Omit<MonthWindow, "contact">) =>
    `${local_date} ${direction} ${opened_at_ms} ${credits}`;
  return opened.map(text).sort().join() === windows.map(text).sort().join();
}

function idOf(key: ContactKey): ContactId {
  return key as string as ContactId;
}
