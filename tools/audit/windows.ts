/** Whether the windows that stand are those that the facts opened. */

import { formatCount, formatInstant, sumKey, type Sums } from "./difference.ts";
import { compare, type Examination } from "./examination.ts";
import { addDays, monthOf } from "./local_days.ts";
import { type ExpectedWindow, expectedWindows, type Fact, knownInTime } from "./expected_windows.ts";
import { peopleOf, type Person } from "./people.ts";
import * as statements from "./statements.ts";

/** A window, as its row has it. */
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
/** Before and after any date of a company's. */
const [EARLIEST, LATEST] = ["0001-01-01", "9999-12-31"];
/** A contact who is known by more keys was not merged after the month was final: we do not try out how. */
const KEYS_TRIED_MAX = 5;

/**
 * Recomputes every window from the facts, and compares it with the one that stands.
 *
 * @param expected what they cost in all is added to this
 */
export async function checkWindows(examination: Examination, expected: Sums): Promise<void> {
  const { company, snapshot } = examination;
  const looked_at = new Map<string, bigint>();
  const onNobody = (key: string, facts: readonly Fact[]) =>
    compare(
      examination,
      `facts under key ${key}`,
      "a contact that has this key",
      formatCount(facts.length, "fact"),
    );
  for await (const people of peopleOf(examination, onNobody)) {
    const asked = people.flatMap((person) =>
      datesOf(person, examination).flatMap((date) => person.keys.map((key) => ({ date, key })))
    );
    const dates = asked.map(({ date }) => date);
    const rows = await snapshot.query<WindowRow>(statements.WINDOWS_OF, [
      company,
      dates,
      asked.map(({ key }) => key),
    ]);
    for (const { local_date, direction } of rows) {
      const key = `${local_date} ${direction}`;
      looked_at.set(key, (looked_at.get(key) ?? 0n) + 1n);
    }
    const standing = Map.groupBy(rows, ({ local_date, contact }) => `${local_date} ${contact}`);
    for (const person of people) checkPerson(examination, person, standing, expected);
  }
  await checkUnspokenFor(examination, looked_at);
}

function checkPerson(
  examination: Examination,
  person: Person,
  standing: ReadonlyMap<string, readonly WindowRow[]>,
  expected: Sums,
): void {
  for (const date of datesOf(person, examination)) {
    const rows = person.keys.flatMap((key) => standing.get(`${date} ${key}`) ?? []);
    const readings = readingsOf(examination, person, date, rows);
    const whole = readings.next().value!;
    const reading = agrees(whole, rows) ? whole : readings.find((other) => agrees(other, rows)) ?? whole;
    for (const { window } of reading) {
      expected.add(sumKey(date, window.feature, window.direction), 1n, window.credits ?? 0n);
    }
    if (!agrees(reading, rows)) tellDifferences(examination, reading, rows);
  }
}

/** A window that must stand, and the keys it may stand under. */
interface Expected {
  readonly window: ExpectedWindow;
  readonly under: readonly string[];
}

/**
 * What a contact's windows of a date must be: one reading, save for two cases in which the facts that are kept
 * cannot tell, and any of the readings will do.
 *
 * - Two contacts turned out to be one when the month was final: it stays as it was, two contacts' month.
 * - A message may have left before the oldest fact that is kept: then it opened no window here.
 */
function* readingsOf(
  examination: Examination,
  person: Person,
  date: string,
  rows: readonly WindowRow[],
): Generator<Expected[], undefined> {
  const { days, today } = examination;
  const facts = knownInTime(person.facts, date, days);
  const is_final = days.finalFrom(monthOf(date)) <= days.startOf(today);
  const under = is_final ? person.keys : [person.id];
  const whole = windowsOn(examination, facts, date);
  yield expectedUnder(under, whole);
  const keys = is_final ? [...new Set(facts.map(({ contact }) => contact))] : [];
  if (keys.length > 1 && keys.length <= KEYS_TRIED_MAX) {
    for (const parts of partitions(keys)) {
      yield parts.flatMap((part) => {
        const of_part = facts.filter(({ contact }) => part.includes(contact));
        return expectedUnder(part, windowsOn(examination, of_part, date));
      });
    }
  }
  if (whole.some(({ uncertain }) => uncertain)) {
    const named = new Set(rows.map(({ message }) => message));
    const without = uncertainOn(examination, facts, date, named);
    yield expectedUnder(under, expectedWindows(facts, examination, without).get(date) ?? []);
  }
}

function expectedUnder(under: readonly string[], windows: readonly ExpectedWindow[]): Expected[] {
  return windows.map((window) => ({ window, under }));
}

const owed_by_facts = new WeakMap<readonly Fact[], ReadonlyMap<string, ExpectedWindow[]>>();

/** Worked out once for all dates on which the same facts are known. */
function windowsOn(
  examination: Examination,
  facts: readonly Fact[],
  date: string,
): readonly ExpectedWindow[] {
  let owed = owed_by_facts.get(facts);
  if (owed === undefined) owed_by_facts.set(facts, owed = expectedWindows(facts, examination));
  return owed.get(date) ?? [];
}

/** Messages that may have left before the facts that are kept, one after the other until none is left. */
function uncertainOn(
  examination: Examination,
  facts: readonly Fact[],
  date: string,
  named: ReadonlySet<string | null>,
): Set<string> {
  const without = new Set<string>();
  while (true) {
    const owed = expectedWindows(facts, examination, without).get(date) ?? [];
    const doubtful = owed.find(({ uncertain, messages }) => uncertain && !named.has(messages[0]!));
    if (doubtful === undefined) return without;
    without.add(doubtful.messages[0]!);
  }
}

/** Every way to part keys into contacts. */
function partitions(keys: readonly string[]): string[][][] {
  const [first, ...rest] = keys;
  if (first === undefined) return [[]];
  return partitions(rest).flatMap((parts) => [
    [[first], ...parts],
    ...parts.map((_, i) => parts.map((part, j) => i === j ? [first, ...part] : part)),
  ]);
}

function agrees(reading: readonly Expected[], rows: readonly WindowRow[]): boolean {
  return reading.length === rows.length &&
    reading.every((expected) => rows.some((row) => isAsExpected(expected, row)));
}

function isAsExpected({ window, under }: Expected, row: WindowRow): boolean {
  return under.includes(row.contact) && row.direction === window.direction &&
    row.feature === window.feature &&
    Number(row.opened_ms) === window.opened_ms && row.credits === window.credits &&
    window.messages.includes(row.message ?? "");
}

function tellDifferences(
  examination: Examination,
  reading: readonly Expected[],
  rows: readonly WindowRow[],
): void {
  const unexpected = rows.filter((row) => !reading.some((expected) => isAsExpected(expected, row)));
  for (const expected of reading.filter((expected) => !rows.some((row) => isAsExpected(expected, row)))) {
    const { window, under } = expected;
    const at = unexpected.findIndex((row) => row.direction === window.direction);
    const [instead] = at === -1 ? [] : unexpected.splice(at, 1);
    const what = `${window.direction} window of contact ${under[0]} on ${window.local_date}`;
    const found = instead === undefined ? "none" : showRow(instead, [...under]);
    compare(examination, what, showOwed(expected), found);
  }
  for (const row of unexpected) tellUnexpected(examination, row);
}

function tellUnexpected(examination: Examination, row: WindowRow): void {
  const what = `${row.direction} window of contact ${row.contact} on ${row.local_date}`;
  compare(examination, what, "none, by the facts", showRow(row));
}

function showOwed({ window }: Expected): string {
  const { opened_ms, credits, messages } = window;
  const cost = credits === undefined ? "a price, which there is not" : formatCount(credits, "credit");
  return `opened ${formatInstant(opened_ms)} by message ${messages[0]}, ${cost}`;
}

function showRow({ opened_ms, message, credits, contact }: WindowRow, under = [contact]): string {
  const of_another = under.includes(contact) ? "" : `, under contact ${contact}`;
  return `opened ${formatInstant(Number(opened_ms))} by message ${message}, ${
    formatCount(credits, "credit")
  }${of_another}`;
}

/** Windows that stand where not even a fact is: they were not looked at with any contact. */
async function checkUnspokenFor(
  examination: Examination,
  looked_at: ReadonlyMap<string, bigint>,
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
      const looked_at_count = looked_at.get(`${local_date} ${direction}`) ?? 0n;
      if (windows === looked_at_count) continue;
      await tellUnspokenFor(examination, local_date, direction);
    }
    from = addDays(through, 1);
    through = addDays(from, DAYS_COUNTED);
  }
}

async function tellUnspokenFor(examination: Examination, date: string, direction: string): Promise<void> {
  const { company, days, snapshot } = examination;
  const rows = await snapshot.query<WindowRow>(statements.WINDOWS_WITHOUT_FACTS, [
    company,
    date,
    direction,
    instantText(days.startOf(date)),
    instantText(days.endOf(date)),
  ]);
  for (const row of rows) tellUnexpected(examination, row);
  if (rows.length > 0) return;
  compare(examination, `${direction} windows of ${date}`, "each of a contact that has facts", "others too");
}

function instantText(at_ms: number): string {
  return at_ms === Infinity ? "infinity" : formatInstant(at_ms);
}

/** The dates on which anything is known of a contact, of those whose facts are all kept. */
function datesOf(person: Person, { days, checked_from }: Examination): string[] {
  const dates = new Set(person.facts.map(({ at_ms }) => days.dateOf(at_ms)));
  return [...dates].filter((date) => date >= checked_from);
}
