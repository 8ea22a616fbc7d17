/** Checks the stored windows against those that the facts open. */

import { formatCount, formatInstant, sumKey, type Sums } from "./difference.ts";
import { compare, type Examination } from "./examination.ts";
import { addDays, monthOf } from "./local_days.ts";
import { type CostCounts, countCosts } from "./expected_costs.ts";
import { addReplies } from "./expected_replies.ts";
import { type ExpectedWindow, expectedWindows, type Fact, knownInTime } from "./expected_windows.ts";
import { peopleOf, type Person } from "./people.ts";
import * as statements from "./statements.ts";

/** A row of a window. */
interface WindowRow {
  readonly local_date: string;
  readonly contact: string;
  readonly direction: string;
  readonly feature: string;
  readonly opened_ms: bigint;
  readonly credits: bigint;
  readonly message: string | null;
}

/** Days whose windows are counted in one statement. */
const DAYS_COUNTED = 8;
/** Dates before and after all dates of a company. */
const [EARLIEST, LATEST] = ["0001-01-01", "9999-12-31"];
/** The most keys of a contact whose partitions are tried. */
const KEYS_TRIED_MAX = 5;

/**
 * Recomputes every window from the facts and compares it with the stored row. The facts are read once, so it counts the
 * messages that Meta prices too, and charges the replies among them.
 *
 * @param expected receives the sums of the windows and replies
 * @param costs receives the counts of messages that Meta prices
 */
export async function checkWindows(
  examination: Examination,
  expected: Sums,
  costs: CostCounts,
): Promise<void> {
  const { company, snapshot } = examination;
  const checked_counts = new Map<string, bigint>();
  const onUnknownKey = (key: string, facts: readonly Fact[]) =>
    compare(
      examination,
      `facts under key ${key}`,
      "a contact with this key",
      formatCount(facts.length, "fact"),
    );
  for await (const people of peopleOf(examination, onUnknownKey)) {
    const lookups = people.flatMap((person) =>
      datesOf(person, examination).flatMap((date) => person.keys.map((key) => ({ date, key })))
    );
    const dates = lookups.map(({ date }) => date);
    const rows = await snapshot.query<WindowRow>(statements.WINDOWS_OF, [
      company,
      dates,
      lookups.map(({ key }) => key),
    ]);
    for (const { local_date, direction } of rows) {
      const key = `${local_date} ${direction}`;
      checked_counts.set(key, (checked_counts.get(key) ?? 0n) + 1n);
    }
    const rows_by_key = Map.groupBy(rows, ({ local_date, contact }) => `${local_date} ${contact}`);
    for (const person of people) {
      checkPerson(examination, person, rows_by_key, expected);
      countCosts(costs, person.facts, examination);
      addReplies(expected, person.facts, examination);
    }
  }
  await checkWithoutFacts(examination, checked_counts);
}

function checkPerson(
  examination: Examination,
  person: Person,
  rows_by_key: ReadonlyMap<string, readonly WindowRow[]>,
  expected: Sums,
): void {
  for (const date of datesOf(person, examination)) {
    const rows = person.keys.flatMap((key) => rows_by_key.get(`${date} ${key}`) ?? []);
    const candidates = candidatesFor(examination, person, date, rows);
    const merged = candidates.next().value!;
    const candidate = agrees(merged, rows)
      ? merged
      : candidates.find((other) => agrees(other, rows)) ?? merged;
    for (const { window } of candidate) {
      expected.add(sumKey(date, window.feature, window.direction), 1n, window.credits ?? 0n);
    }
    if (!agrees(candidate, rows)) reportDifferences(examination, candidate, rows);
  }
}

/** An expected window and the contact keys it may be stored under. */
interface ExpectedRow {
  readonly window: ExpectedWindow;
  readonly keys_allowed: readonly string[];
}

/**
 * Yields the possible windows of a contact on a date. There is one candidate, except where the stored facts cannot
 * decide; then any candidate may match:
 *
 * - Contacts were merged after the month was final: the month keeps the windows of separate contacts.
 * - A message may have been sent before the oldest stored fact: then it opened no window here.
 */
function* candidatesFor(
  examination: Examination,
  person: Person,
  date: string,
  rows: readonly WindowRow[],
): Generator<ExpectedRow[], undefined> {
  const { days, today } = examination;
  const facts = knownInTime(person.facts, date, days);
  const is_final = days.finalFrom(monthOf(date)) <= days.startOf(today);
  const keys_allowed = is_final ? person.keys : [person.id];
  const merged = windowsOn(examination, facts, date);
  yield expectedUnder(keys_allowed, merged);
  const keys = is_final ? [...new Set(facts.map(({ contact }) => contact))] : [];
  if (keys.length > 1 && keys.length <= KEYS_TRIED_MAX) {
    for (const parts of partitions(keys)) {
      yield parts.flatMap((part) => {
        const of_part = facts.filter(({ contact }) => part.includes(contact));
        return expectedUnder(part, windowsOn(examination, of_part, date));
      });
    }
  }
  if (merged.some(({ uncertain }) => uncertain)) {
    const opening_messages = new Set(rows.map(({ message }) => message));
    const excluded = uncertainOn(examination, facts, date, opening_messages);
    yield expectedUnder(keys_allowed, expectedWindows(facts, examination, excluded).get(date) ?? []);
  }
}

function expectedUnder(keys_allowed: readonly string[], windows: readonly ExpectedWindow[]): ExpectedRow[] {
  return windows.map((window) => ({ window, keys_allowed }));
}

const windows_by_facts = new WeakMap<readonly Fact[], ReadonlyMap<string, ExpectedWindow[]>>();

/** Returns the windows on a date. The fold is cached by its facts, which serve many dates. */
function windowsOn(
  examination: Examination,
  facts: readonly Fact[],
  date: string,
): readonly ExpectedWindow[] {
  let windows = windows_by_facts.get(facts);
  if (windows === undefined) windows_by_facts.set(facts, windows = expectedWindows(facts, examination));
  return windows.get(date) ?? [];
}

/** Returns the messages that may have been sent before the oldest stored fact and opened no stored window. */
function uncertainOn(
  examination: Examination,
  facts: readonly Fact[],
  date: string,
  opening_messages: ReadonlySet<string | null>,
): Set<string> {
  const excluded = new Set<string>();
  while (true) {
    const windows = expectedWindows(facts, examination, excluded).get(date) ?? [];
    const uncertain_window = windows.find(({ uncertain, messages }) =>
      uncertain && !opening_messages.has(messages[0]!)
    );
    if (uncertain_window === undefined) return excluded;
    excluded.add(uncertain_window.messages[0]!);
  }
}

/** Returns every partition of keys into contacts. */
function partitions(keys: readonly string[]): string[][][] {
  const [first, ...rest] = keys;
  if (first === undefined) return [[]];
  return partitions(rest).flatMap((parts) => [
    [[first], ...parts],
    ...parts.map((_, i) => parts.map((part, j) => i === j ? [first, ...part] : part)),
  ]);
}

function agrees(candidate: readonly ExpectedRow[], rows: readonly WindowRow[]): boolean {
  return candidate.length === rows.length &&
    candidate.every((expected) => rows.some((row) => isAsExpected(expected, row)));
}

function isAsExpected({ window, keys_allowed }: ExpectedRow, row: WindowRow): boolean {
  return keys_allowed.includes(row.contact) && row.direction === window.direction &&
    row.feature === window.feature &&
    Number(row.opened_ms) === window.opened_ms && row.credits === window.credits &&
    window.messages.includes(row.message ?? "");
}

function reportDifferences(
  examination: Examination,
  candidate: readonly ExpectedRow[],
  rows: readonly WindowRow[],
): void {
  const unexpected = rows.filter((row) => !candidate.some((expected) => isAsExpected(expected, row)));
  for (const expected of candidate.filter((expected) => !rows.some((row) => isAsExpected(expected, row)))) {
    const { window, keys_allowed } = expected;
    const at = unexpected.findIndex((row) => row.direction === window.direction);
    const [instead] = at === -1 ? [] : unexpected.splice(at, 1);
    const what = `${window.direction} window of contact ${keys_allowed[0]} on ${window.local_date}`;
    const found = instead === undefined ? "none" : formatRow(instead, [...keys_allowed]);
    compare(examination, what, formatExpected(expected), found);
  }
  for (const row of unexpected) reportUnexpected(examination, row);
}

function reportUnexpected(examination: Examination, row: WindowRow): void {
  const what = `${row.direction} window of contact ${row.contact} on ${row.local_date}`;
  compare(examination, what, "none, by the facts", formatRow(row));
}

function formatExpected({ window }: ExpectedRow): string {
  const { opened_ms, credits, messages } = window;
  const cost = credits === undefined ? "a price, but none is defined" : formatCount(credits, "credit");
  return `opened ${formatInstant(opened_ms)} by message ${messages[0]}, ${cost}`;
}

function formatRow({ opened_ms, message, credits, contact }: WindowRow, keys_allowed = [contact]): string {
  const of_another = keys_allowed.includes(contact) ? "" : `, under contact ${contact}`;
  return `opened ${formatInstant(Number(opened_ms))} by message ${message}, ${
    formatCount(credits, "credit")
  }${of_another}`;
}

/** Finds stored windows on dates without facts of their contact, which were not compared with any contact. */
async function checkWithoutFacts(
  examination: Examination,
  checked_counts: ReadonlyMap<string, bigint>,
): Promise<void> {
  const { checked_from, company, created_on, snapshot, today } = examination;
  const last = addDays(today, 2);
  let from = checked_from === "" ? EARLIEST : checked_from;
  let through = addDays(checked_from === "" ? created_on : checked_from, DAYS_COUNTED);
  while (from <= last) {
    const counts = await snapshot.query<{ local_date: string; direction: string; windows: bigint }>(
      statements.WINDOW_COUNTS,
      [company, from, through < last ? through : LATEST],
    );
    for (const { local_date, direction, windows } of counts) {
      const checked_count = checked_counts.get(`${local_date} ${direction}`) ?? 0n;
      if (windows === checked_count) continue;
      await reportWithoutFacts(examination, local_date, direction);
    }
    from = addDays(through, 1);
    through = addDays(from, DAYS_COUNTED);
  }
}

async function reportWithoutFacts(examination: Examination, date: string, direction: string): Promise<void> {
  const { company, days, snapshot } = examination;
  const rows = await snapshot.query<WindowRow>(statements.WINDOWS_WITHOUT_FACTS, [
    company,
    date,
    direction,
    instantText(days.startOf(date)),
    instantText(days.endOf(date)),
  ]);
  for (const row of rows) reportUnexpected(examination, row);
  if (rows.length > 0) return;
  compare(examination, `${direction} windows of ${date}`, "only of contacts with facts", "others too");
}

function instantText(at_ms: number): string {
  return at_ms === Infinity ? "infinity" : formatInstant(at_ms);
}

/** Returns the dates on which a contact has facts, among those whose facts are all stored. */
function datesOf(person: Person, { days, checked_from }: Examination): string[] {
  const dates = new Set(person.facts.map(({ at_ms }) => days.dateOf(at_ms)));
  return [...dates].filter((date) => date >= checked_from);
}
