import { grantedFor } from "../../audit/grants.ts";
import { monthOf } from "../../audit/local_days.ts";
import { type CostCounts, countCosts, groupKey } from "../../audit/expected_costs.ts";
import { addReplies, REPLIES } from "../../audit/expected_replies.ts";
import { sumKey, Sums } from "../../audit/difference.ts";
import { type ExpectedWindow, expectedWindows } from "../../audit/expected_windows.ts";
import type { StoredCompany, StoredWindow } from "../../../tests/support/memory_store/company.ts";
import type { ReportViolation } from "./account.ts";
import type { ExpectedCompany, RecordedFact } from "./expected_company.ts";

/**
 * Compares the stored rows that the last changes affected with the expected company: windows of each contact with a
 * fold over its facts, day totals with windows, replies, usages and ledger, and grants with the contract.
 */
export function compareTouched(
  expected: ExpectedCompany,
  stored: StoredCompany,
  reportViolation: ReportViolation,
): void {
  const { contacts, dates } = expected.touched;
  const people = new Set([...contacts].map((key) => stored.contacts.get(key as never)?.contact_id ?? key));
  for (const person of people) compareWindows(expected, stored, person, reportViolation);
  const replies = repliesIn(expected, stored, dates);
  for (const date of dates) {
    compareDate(expected, stored, date, replies, reportViolation);
    compareLabels(expected, stored, date, replies, reportViolation);
  }
  compareMonths(expected, stored, reportViolation);
  contacts.clear();
  dates.clear();
}

/** Compares all contacts and all dates. */
export function compareAll(
  expected: ExpectedCompany,
  stored: StoredCompany,
  reportViolation: ReportViolation,
): void {
  for (const { contact_id } of stored.contacts.values()) expected.touched.contacts.add(contact_id);
  for (const { local_date } of stored.totals.values()) expected.touched.dates.add(local_date);
  for (const { local_date } of stored.windows.values()) expected.touched.dates.add(local_date);
  for (const { local_date } of stored.usages.values()) expected.touched.dates.add(local_date);
  compareTouched(expected, stored, reportViolation);
  compareCosts(expected, stored, reportViolation);
}

/** Folds the facts of each person to the replies that are charged, if any of the dates may have some. */
function repliesIn(expected: ExpectedCompany, stored: StoredCompany, dates: ReadonlySet<string>): Sums {
  const sums = new Sums();
  if (dates.size === 0 || !expected.prices.wasEverCharged(REPLIES)) return sums;
  for (const facts of factsOfPeople(expected, stored)) addReplies(sums, facts, expected);
  return sums;
}

function factsOfPeople({ facts }: ExpectedCompany, stored: StoredCompany): RecordedFact[][] {
  const personOf = (key: string) => stored.contacts.get(key as never)?.contact_id ?? key;
  return [...Map.groupBy(facts, ([key]) => personOf(key)).values()].map((of_person) =>
    of_person.flatMap(([, of_key]) => of_key)
  );
}

/** Compares the counts of messages that Meta prices with a fold over the facts of each person. */
function compareCosts(
  expected: ExpectedCompany,
  stored: StoredCompany,
  reportViolation: ReportViolation,
): void {
  const counts: CostCounts = new Map();
  for (const facts of factsOfPeople(expected, stored)) countCosts(counts, facts, expected);
  const found: CostCounts = new Map();
  for (const { group, messages } of stored.costs.values()) {
    if (messages === 0) continue;
    found.set(groupKey({ ...group, country: group.country ?? "" }), BigInt(messages));
  }
  for (const group of new Set([...counts.keys(), ...found.keys()])) {
    const [due, is] = [counts.get(group) ?? 0n, found.get(group) ?? 0n];
    if (due === is) continue;
    reportViolation("SIM-23", `${expected.company}: ${is} messages of ${group} are counted, not ${due}`);
  }
}

/** Compares a person's stored windows with the expected ones, on every date that is not final. */
function compareWindows(
  expected: ExpectedCompany,
  stored: StoredCompany,
  person: string,
  reportViolation: ReportViolation,
): void {
  const keys = new Set<string>([person]);
  for (const [key, { contact_id }] of stored.contacts) if (contact_id === person) keys.add(key);
  const facts = [...keys].flatMap((key) => expected.facts.get(key) ?? []);
  const rules = { days: expected.days, prices: expected.prices, facts_retained_from_ms: undefined };
  const due = new Map<string, string>();
  for (const [date, windows] of expectedWindows(facts, rules)) {
    if (monthOf(date) <= expected.account.final_through) continue;
    for (const window of windows) due.set(`${date} ${window.direction}`, formatExpectedWindow(window));
  }
  const found = new Map<string, string>();
  for (const window of stored.windows.values()) {
    if (!keys.has(window.contact) || monthOf(window.local_date) <= expected.account.final_through) continue;
    const key = `${window.local_date} ${window.direction}`;
    if (window.contact !== person) {
      reportViolation("SIM-4", `${expected.company}: the ${key} window is stored under a merged key`);
    }
    found.set(key, formatWindow(window));
  }
  for (const key of new Set([...due.keys(), ...found.keys()])) {
    if (due.get(key) === found.get(key)) continue;
    reportViolation(
      "SIM-4",
      `${expected.company}: the ${key} window must be ${due.get(key) ?? "none"}, but is ${
        found.get(key) ?? "none"
      }`,
    );
  }
}

function formatExpectedWindow({ opened_ms, credits }: ExpectedWindow): string {
  return `${credits} credits since ${new Date(opened_ms).toISOString()}`;
}

function formatWindow({ window }: StoredWindow): string {
  return `${window.credits} credits since ${new Date(window.opened_at_ms).toISOString()}`;
}

function compareDate(
  expected: ExpectedCompany,
  stored: StoredCompany,
  date: string,
  replies: Sums,
  reportViolation: ReportViolation,
): void {
  const stored_sums = new Map<string, { units: number; credits: number }>();
  const add = (key: string, units: number, credits: number) => {
    const sum = stored_sums.get(key) ?? { units: 0, credits: 0 };
    stored_sums.set(key, { units: sum.units + units, credits: sum.credits + credits });
  };
  for (const { local_date, direction, window } of stored.windows.values()) {
    if (local_date === date) add(`${date} ${window.feature} ${direction}`, 1, window.credits);
  }
  for (const { local_date, feature, quantity, credits } of stored.usages.values()) {
    if (local_date === date) add(`${date} ${feature} none`, quantity, credits);
  }
  const of_replies = replies.get(sumKey(date, REPLIES, "none"));
  if (of_replies.units !== 0n) {
    add(sumKey(date, REPLIES, "none"), Number(of_replies.units), Number(of_replies.credits));
  }
  const keys = new Set(stored_sums.keys());
  for (const key of stored.totals.keys()) if (key.startsWith(date)) keys.add(key);
  for (const key of expected.account.charges.keys()) if (key.startsWith(date)) keys.add(key);
  for (const key of keys) {
    const { units, credits } = stored_sums.get(key) ?? { units: 0, credits: 0 };
    const total = stored.totals.get(key);
    const charges = expected.account.charges.get(key);
    const texts = [
      `${units} for ${credits}`,
      `${total?.units ?? 0} for ${total?.credits ?? 0}`,
      `${charges?.units ?? 0} for ${charges?.credits ?? 0}`,
    ];
    if (new Set(texts).size > 1) {
      reportViolation(
        "SIM-5",
        `${expected.company}: ${key}: windows, replies and usages have ${texts[0]}, the total ${
          texts[1]
        }, the ledger ${texts[2]}`,
      );
    }
  }
}

/** Compares the credits of each attribution label: a reversal must carry the labels of its consumption. */
function compareLabels(
  expected: ExpectedCompany,
  stored: StoredCompany,
  date: string,
  replies: Sums,
  reportViolation: ReportViolation,
): void {
  const charges = new Map<string, number>();
  const add = (labels: Readonly<Record<string, string>> | null | undefined, credits: number) => {
    const text = JSON.stringify(Object.entries(labels ?? {}).sort());
    charges.set(text, (charges.get(text) ?? 0) + credits);
  };
  for (const { local_date, window } of stored.windows.values()) {
    if (local_date === date) add(window.attribution, window.credits);
  }
  for (const { local_date, attributes, credits } of stored.usages.values()) {
    if (local_date === date) add(attributes, credits);
  }
  add(null, Number(replies.get(sumKey(date, REPLIES, "none")).credits));
  for (const { type, local_date, cause, credits } of stored.ledger) {
    if (local_date !== date || (type !== "consumption" && type !== "reversal")) continue;
    if (cause !== null && "attribution" in cause) add(cause.attribution, credits);
  }
  for (const [labels, credits] of charges) {
    if (credits !== 0) {
      reportViolation(
        "SIM-5",
        `${expected.company}: ${date}: ${credits} credits with labels ${labels} are in no ledger entry`,
      );
    }
  }
}

function compareMonths(
  expected: ExpectedCompany,
  stored: StoredCompany,
  reportViolation: ReportViolation,
): void {
  const current = monthOf(expected.account.today);
  for (const [month, { granted, consumed, available, excess }] of expected.account.months) {
    const period = stored.periods.get(month as never)?.period;
    const text = `${granted} granted, ${consumed} consumed`;
    if (period === undefined || period.granted !== granted || period.consumed !== consumed) {
      reportViolation(
        "SIM-5",
        `${expected.company}: ${month}: the ledger has ${text}, the period ${period?.granted} and ${period?.consumed}`,
      );
    }
    const left = month < current ? 0 : Math.max(0, granted - consumed);
    if (available !== left || excess !== Math.max(0, consumed - granted)) {
      reportViolation(
        "SIM-8",
        `${expected.company}: ${month}: ${text}, but the ledger adds up to ${available} - ${excess}`,
      );
    }
    if ((period?.closed ?? false) !== month < current) {
      reportViolation("SIM-9", `${expected.company}: ${month} closed: ${period?.closed}`);
    }
  }
  const granted = expected.account.months.get(current)?.granted ?? 0;
  const due = Number(grantedFor(expected.contract, current, expected.account.today));
  if (granted !== due) {
    reportViolation(
      "SIM-9",
      `${expected.company}: ${current} was granted ${granted} credits instead of ${due}`,
    );
  }
}
