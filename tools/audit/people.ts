/**
 * The contacts of a company with their facts, in pages of facts: bounded by what is known of the contacts of one
 * page, however many there are.
 */

import type { Examination } from "./examination.ts";
import type { Fact } from "./expected_windows.ts";
import * as statements from "./statements.ts";

/** One contact, under every key they are known by. */
export interface Person {
  /** The key they are called by. */
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
  readonly id: string;
}

interface KeyRow {
  readonly seen: string;
  readonly contact_id: string;
  readonly key: string;
}

const FACTS_A_PAGE = 2_000;
const LEAST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Every contact that has facts, a page at a time, each once.
 *
 * @param onNobody told of keys that facts stand under and no contact has
 */
export async function* peopleOf(
  examination: Examination,
  onNobody: (key: string, facts: readonly Fact[]) => void,
): AsyncGenerator<Person[]> {
  for await (const by_key of factsByKey(examination)) {
    const keys = await keysOf(examination, [...by_key.keys()]);
    const others = await factsOfOthers(examination, keys, by_key);
    const people: Person[] = [];
    for (const [key, facts] of by_key) {
      const of_person = keys.get(key);
      if (of_person === undefined) {
        onNobody(key, facts);
        continue;
      }
      const all = of_person.keys.flatMap((other) => other === key ? facts : others.get(other) ?? []);
      // Somebody whose facts stand under several keys is taken once: at the least of those keys.
      if (all.every((fact) => fact.contact >= key)) people.push({ ...of_person, facts: all });
    }
    if (people.length > 0) yield people;
  }
}

/** Pages of facts by the key they stand under, never parting those of one key. */
async function* factsByKey(
  { company, snapshot, listener }: Examination,
): AsyncGenerator<Map<string, Fact[]>> {
  const pages = snapshot.pages<PlacedFactRow>(
    statements.FACTS,
    company,
    [LEAST_ID, "-infinity", LEAST_ID],
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
      // A contact's own row may have been lost: the key that was seen is one of theirs all the same.
      const keys = new Set([key, ...of_key.map((row) => row.key)]);
      return [key, { id: of_key[0]!.contact_id, keys: [...keys].sort() }];
    }),
  );
}

/** Facts of the contacts of a page that stand under other keys of theirs. */
async function factsOfOthers(
  { company, snapshot }: Examination,
  keys: ReadonlyMap<string, { readonly keys: readonly string[] }>,
  by_key: ReadonlyMap<string, readonly Fact[]>,
): Promise<Map<string, Fact[]>> {
  const others = new Set<string>();
  for (const [key, person] of keys) for (const other of person.keys) if (other !== key) others.add(other);
  const found = new Map<string, Fact[]>();
  const asked = [...others].filter((key) => !by_key.has(key));
  for (const key of others) if (by_key.has(key)) found.set(key, [...by_key.get(key)!]);
  if (asked.length === 0) return found;
  const rows = await snapshot.query<FactRow>(statements.FACTS_OF, [company, asked]);
  for (const row of rows) append(found, factFrom(row));
  return found;
}

function append(by_key: Map<string, Fact[]>, fact: Fact): void {
  const known = by_key.get(fact.contact);
  if (known === undefined) by_key.set(fact.contact, [fact]);
  else known.push(fact);
}

function factFrom(row: FactRow): Fact {
  const { contact, kind, message, template, category, callback } = row;
  const [at_ms, recorded_ms] = [Number(row.at_ms), Number(row.recorded_ms)];
  return { contact, at_ms, kind, message, template, category, callback, recorded_ms };
}
