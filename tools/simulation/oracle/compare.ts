import { grantedFor } from "../../audit/grants.ts";
import { monthOf } from "../../audit/local_days.ts";
import { type ExpectedWindow, expectedWindows } from "../../audit/expected_windows.ts";
import type { StoredCompany, StoredWindow } from "../../../tests/support/memory_store/company.ts";
import type { ReportViolation } from "./account.ts";
import type { ExpectedCompany } from "./expected_company.ts";

/**
 * Holds what is kept of a company against its books: the windows of whoever was touched against a fold over all that
 * is kept of them, the totals of the dates that were against windows, usages and ledger, grants against the contract.
 */
export function compareTouched(
  books: ExpectedCompany,
  stored: StoredCompany,
  violate: ReportViolation,
): void {
  const { contacts, dates } = books.touched;
  const people = new Set([...contacts].map((key) => stored.contacts.get(key as never)?.contact_id ?? key));
  for (const person of people) compareWindows(books, stored, person, violate);
  for (const date of dates) {
    compareDate(books, stored, date, violate);
    compareLabels(books, stored, date, violate);
  }
  compareMonths(books, stored, violate);
  contacts.clear();
  dates.clear();
}

/** The same for everybody and every date. */
export function compareAll(books: ExpectedCompany, stored: StoredCompany, violate: ReportViolation): void {
  for (const { contact_id } of stored.contacts.values()) books.touched.contacts.add(contact_id);
  for (const { local_date } of stored.totals.values()) books.touched.dates.add(local_date);
  for (const { local_date } of stored.windows.values()) books.touched.dates.add(local_date);
  for (const { local_date } of stored.usages.values()) books.touched.dates.add(local_date);
  compareTouched(books, stored, violate);
}

/** What a person is owed for stands, and nothing else: on every date that can still change. */
function compareWindows(
  books: ExpectedCompany,
  stored: StoredCompany,
  person: string,
  violate: ReportViolation,
): void {
  const keys = new Set<string>([person]);
  for (const [key, { contact_id }] of stored.contacts) if (contact_id === person) keys.add(key);
  const facts = [...keys].flatMap((key) => books.facts.get(key) ?? []);
  const rules = { days: books.days, prices: books.prices, facts_retained_from_ms: undefined };
  const expected = new Map<string, string>();
  for (const [date, windows] of expectedWindows(facts, rules)) {
    if (monthOf(date) <= books.account.final_through) continue;
    for (const window of windows) expected.set(`${date} ${window.direction}`, owedText(window));
  }
  const found = new Map<string, string>();
  for (const window of stored.windows.values()) {
    if (!keys.has(window.contact) || monthOf(window.local_date) <= books.account.final_through) continue;
    const key = `${window.local_date} ${window.direction}`;
    if (window.contact !== person) {
      violate("S4", `${books.company}: the ${key} window stands under a name that was merged`);
    }
    found.set(key, windowText(window));
  }
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    if (expected.get(key) === found.get(key)) continue;
    violate(
      "S4",
      `${books.company}: of the ${key} window ${expected.get(key) ?? "nothing"} is owed, and ${
        found.get(key) ?? "nothing"
      } stands`,
    );
  }
}

function owedText({ opened_ms, credits }: ExpectedWindow): string {
  return `${credits} credits since ${new Date(opened_ms).toISOString()}`;
}

function windowText({ window }: StoredWindow): string {
  return `${window.credits} credits since ${new Date(window.opened_at_ms).toISOString()}`;
}

function compareDate(
  books: ExpectedCompany,
  stored: StoredCompany,
  date: string,
  violate: ReportViolation,
): void {
  const standing = new Map<string, { units: number; credits: number }>();
  const add = (key: string, units: number, credits: number) => {
    const sum = standing.get(key) ?? { units: 0, credits: 0 };
    standing.set(key, { units: sum.units + units, credits: sum.credits + credits });
  };
  for (const { local_date, direction, window } of stored.windows.values()) {
    if (local_date === date) add(`${date} ${window.feature} ${direction}`, 1, window.credits);
  }
  for (const { local_date, feature, quantity, credits } of stored.usages.values()) {
    if (local_date === date) add(`${date} ${feature} none`, quantity, credits);
  }
  const keys = new Set(standing.keys());
  for (const key of stored.totals.keys()) if (key.startsWith(date)) keys.add(key);
  for (const key of books.account.owed.keys()) if (key.startsWith(date)) keys.add(key);
  for (const key of keys) {
    const { units, credits } = standing.get(key) ?? { units: 0, credits: 0 };
    const total = stored.totals.get(key);
    const owed = books.account.owed.get(key);
    const texts = [
      `${units} for ${credits}`,
      `${total?.units ?? 0} for ${total?.credits ?? 0}`,
      `${owed?.units ?? 0} for ${owed?.credits ?? 0}`,
    ];
    if (new Set(texts).size > 1) {
      violate(
        "S5",
        `${books.company}: ${key}: windows and usages say ${texts[0]}, the total ${texts[1]}, the ledger ${
          texts[2]
        }`,
      );
    }
  }
}

/** What was used under some labels is what stands under them: it is given back under the very same. */
function compareLabels(
  books: ExpectedCompany,
  stored: StoredCompany,
  date: string,
  violate: ReportViolation,
): void {
  const owed = new Map<string, number>();
  const add = (labels: Readonly<Record<string, string>> | null | undefined, credits: number) => {
    const text = JSON.stringify(Object.entries(labels ?? {}).sort());
    owed.set(text, (owed.get(text) ?? 0) + credits);
  };
  for (const { local_date, window } of stored.windows.values()) {
    if (local_date === date) add(window.attribution, window.credits);
  }
  for (const { local_date, attributes, credits } of stored.usages.values()) {
    if (local_date === date) add(attributes, credits);
  }
  for (const { type, local_date, cause, credits } of stored.ledger) {
    if (local_date !== date || (type !== "consumption" && type !== "reversal")) continue;
    if (cause !== null && cause.type !== "contract") add(cause.attribution, credits);
  }
  for (const [labels, credits] of owed) {
    if (credits !== 0) {
      violate(
        "S5",
        `${books.company}: ${date}: ${credits} credits under ${labels} stand and are in no entry`,
      );
    }
  }
}

function compareMonths(books: ExpectedCompany, stored: StoredCompany, violate: ReportViolation): void {
  const current = monthOf(books.account.today);
  for (const [month, { granted, consumed, available, excess }] of books.account.months) {
    const period = stored.periods.get(month as never)?.period;
    const text = `${granted} granted, ${consumed} consumed`;
    if (period === undefined || period.granted !== granted || period.consumed !== consumed) {
      violate(
        "S5",
        `${books.company}: ${month}: the ledger says ${text}, the period ${period?.granted} and ${period?.consumed}`,
      );
    }
    const left = month < current ? 0 : Math.max(0, granted - consumed);
    if (available !== left || excess !== Math.max(0, consumed - granted)) {
      violate(
        "S8",
        `${books.company}: ${month}: ${text}, but the ledger adds up to ${available} - ${excess}`,
      );
    }
    if ((period?.closed ?? false) !== month < current) {
      violate("S9", `${books.company}: ${month} closed: ${period?.closed}`);
    }
  }
  const granted = books.account.months.get(current)?.granted ?? 0;
  const due = Number(grantedFor(books.contract, current, books.account.today));
  if (granted !== due) {
    violate("S9", `${books.company}: ${current} was granted ${granted}, and is due ${due}`);
  }
}
