/** Reads the contacts of a company with their facts, page by page. Memory is bounded by the contacts of one page. */

import type { Examination } from "./examination.ts";
import type { Fact } from "./expected_windows.ts";
import * as statements from "./statements.ts";

/** One contact with all its keys. */
export interface Person {
  /** The key that identifies the contact. */
  readonly id: string;
  readonly keys: readonly string[];
  readonly facts: readonly Fact[];
}

interface FactRow extends Omit<Fact, "at_ms" | "recorded_ms"> {
  readonly at_ms: bigint;
  readonly recorded_ms: bigint;
}

interface PlacedFactRow extends FactRow {
  readonly occurred_at: string;
  readonly id: bigint;
}

interface KeyRow {
  readonly seen: string;
  readonly contact_id: string;
  readonly key: string;
}

const FACTS_A_PAGE = 2_000;
const LEAST_KEY = "00000000-0000-0000-0000-000000000000";
const LEAST_ID = -(2n ** 63n);

/**
 * Yields every contact that has facts once, in pages.
 *
 * @param onUnknownKey called with each key that has facts but belongs to no contact
 */
export async function* peopleOf(
  examination: Examination,
  onUnknownKey: (key: string, facts: readonly Fact[]) => void,
): AsyncGenerator<Person[]> {
  for await (const by_key of factsByKey(examination)) {
    const keys = await keysOf(examination, [...by_key.keys()]);
    const others = await factsOfOthers(examination, keys, by_key);
    const people: Person[] = [];
    for (const [key, facts] of by_key) {
      const of_person = keys.get(key);
      if (of_person === undefined) {
        onUnknownKey(key, facts);
        continue;
      }
      const all = of_person.keys.flatMap((other) => other === key ? facts : others.get(other) ?? []);
      // A contact with facts under several keys is yielded once: at the smallest of those keys.
      if (all.every((fact) => fact.contact >= key)) people.push({ ...of_person, facts: all });
    }
    if (people.length > 0) yield people;
  }
}

/** Yields pages of facts by key. All facts of a key are on one page. */
async function* factsByKey(
  { company, snapshot, listener }: Examination,
): AsyncGenerator<Map<string, Fact[]>> {
  const pages = snapshot.pages<PlacedFactRow>(
    statements.FACTS,
    company,
    [LEAST_KEY, "-infinity", LEAST_ID],
    ({ contact, occurred_at, id }) => [contact, occurred_at, id],
    FACTS_A_PAGE,
  );
  let unfinished: [string, Fact[]] | undefined;
  for await (const rows of pages) {
    listener.onRowsRead("facts", rows.length);
    const by_key = new Map<string, Fact[]>(unfinished === undefined ? [] : [unfinished]);
    for (const row of rows) append(by_key, factFrom(row));
    // More of the last key may be on the next page.
    unfinished = [...by_key].at(-1)!;
    by_key.delete(unfinished[0]);
    if (by_key.size > 0) yield by_key;
  }
  if (unfinished !== undefined) yield new Map([unfinished]);
}

async function keysOf(
  { company, snapshot }: Examination,
  seen: readonly string[],
): Promise<Map<string, { readonly id: string; readonly keys: readonly string[] }>> {
  const rows = await snapshot.query<KeyRow>(statements.KEYS_OF, [company, seen]);
  return new Map(
    [...Map.groupBy(rows, (row) => row.seen)].map(([key, of_key]) => {
      // The contact's own row may be missing: the key still belongs to it.
      const keys = new Set([key, ...of_key.map((row) => row.key)]);
      return [key, { id: of_key[0]!.contact_id, keys: [...keys].sort() }];
    }),
  );
}

/** Reads the facts of a page's contacts that are stored under their other keys. */
async function factsOfOthers(
  { company, snapshot }: Examination,
  keys: ReadonlyMap<string, { readonly keys: readonly string[] }>,
  by_key: ReadonlyMap<string, readonly Fact[]>,
): Promise<Map<string, Fact[]>> {
  const others = new Set<string>();
  for (const [key, person] of keys) for (const other of person.keys) if (other !== key) others.add(other);
  const found = new Map<string, Fact[]>();
  const missing_keys = [...others].filter((key) => !by_key.has(key));
  for (const key of others) if (by_key.has(key)) found.set(key, [...by_key.get(key)!]);
  if (missing_keys.length === 0) return found;
  const rows = await snapshot.query<FactRow>(statements.FACTS_OF, [company, missing_keys]);
  for (const row of rows) append(found, factFrom(row));
  return found;
}

function append(by_key: Map<string, Fact[]>, fact: Fact): void {
  const known = by_key.get(fact.contact);
  if (known === undefined) by_key.set(fact.contact, [fact]);
  else known.push(fact);
}

function factFrom(row: FactRow): Fact {
  const { contact, kind, message, template, category, callback, phone_number_id, pricing } = row;
  const [at_ms, recorded_ms] = [Number(row.at_ms), Number(row.recorded_ms)];
  return {
    contact,
    at_ms,
    kind,
    message,
    template,
    category,
    callback,
    phone_number_id,
    pricing,
    recorded_ms,
  };
}
