import { firstDateOf, lastDateOf } from "../domain/calendar.ts";
import { FUTURE_LIMIT_MS } from "../domain/lateness.ts";
import type { ContactId, ContactKey } from "../domain/types.ts";
import { credits } from "../domain/types.ts";
import { calendarFrom, daysOf, type MonthDays } from "../domain/what_if/charges.ts";
import {
  CHARGING_KINDS,
  type MonthContact,
  type MonthFact,
  type MonthRows,
  type MonthWindow,
  needsWindows,
} from "../domain/what_if/month_rows.ts";
import { companyKey } from "./company_key.ts";
import type { PoolClient } from "./connection.ts";
import { epochMs, instantText, safeInteger } from "./values.ts";

const KINDS = `'{${CHARGING_KINDS.join()}}'::fact_kind[]`;

/** Reads a page of the keys that have facts in the month. */
const KEYS = `
  select distinct contact from facts
  where company = $1 and occurred_at >= $2 and occurred_at < $3 and contact > $4
  order by contact limit $5`;

/**
 * Reads the contacts of keys, each with all its keys and their facts: a message is a template, or failed, by what is known
 * of it on any date. Messages of the contacts themselves count on their own dates only. `offset 0` keeps each look-up by
 * key a look-up by key.
 */
const CONTACTS = `
  with people as (
    select distinct c.contact_id from unnest($2::uuid[]) as requested(key) cross join lateral (
      select coalesce(contact_id, key) as contact_id from contacts
      where company = $1 and key = requested.key offset 0
    ) c
  ), keys as (
    select contact_id, contact_id as key from people
    union all
    select p.contact_id, c.key from people p cross join lateral (
      select key from contacts where company = $1 and contact_id = p.contact_id offset 0
    ) c
  )
  select contact_id, key, (
    select json_agg(json_build_array(kind, ${epochMs("occurred_at")}, message, template, category, callback,
      ${epochMs("recorded_at")}))
    from facts f
    where f.company = $1 and f.contact = k.key and f.occurred_at < $5 and f.kind = any (${KINDS})
      and (f.kind <> 'wrote' or f.occurred_at >= $3 and f.occurred_at < $4)
  ) as facts
  from keys k`;

/** Reads the windows of keys on dates. */
const WINDOWS = `
  select w.contact, w.local_date, w.direction, ${epochMs("w.opened_at")} as opened_at_ms, w.credits
  from unnest($2::uuid[]) as requested(key)
  cross join generate_series($3::date, $4::date, interval '1 day') as dates(local_date)
  join windows w
    on w.company = $1 and w.local_date = dates.local_date::date and w.contact = requested.key`;

/** A fact without its contact, which is the key of its row. */
type FactColumns = readonly [
  kind: MonthFact["kind"],
  at_ms: number,
  message: MonthFact["message"],
  template: boolean,
  category: MonthFact["category"] | null,
  callback: MonthFact["callback"] | null,
  recorded_at_ms: number,
];

interface KeyRow {
  readonly contact_id: ContactId;
  readonly key: ContactKey;
  readonly facts: readonly FactColumns[] | null;
}

interface WindowRow extends Omit<MonthWindow, "opened_at_ms" | "credits"> {
  readonly opened_at_ms: bigint;
  readonly credits: bigint;
}

const LEAST_KEY = "00000000-0000-0000-0000-000000000000" as ContactKey;

/** Yields the contacts with facts in a month, each once. Memory is bounded by one page. */
export async function* monthContacts(
  client: Pick<PoolClient, "query">,
  rows: MonthRows,
  keys_a_page: number,
  signal: AbortSignal,
): AsyncGenerator<readonly MonthContact[]> {
  const days = daysOf(rows.month, calendarFrom(rows));
  const company = companyKey(rows.company);
  const [starts, ends] = [instantText(days.start_ms), instantText(days.end_ms)];
  // Facts that are recorded after the month is final do not count in it.
  const last = rows.final_from_ms === undefined
    ? "infinity"
    : instantText(rows.final_from_ms + FUTURE_LIMIT_MS);
  let after = LEAST_KEY;
  while (true) {
    signal.throwIfAborted();
    const page = await client.query<{ contact: ContactKey }>({
      name: "month_keys",
      text: KEYS,
      values: [company, starts, ends, after, keys_a_page],
    });
    const keys = page.rows.map(({ contact }) => contact);
    if (keys.length === 0) return;
    const found = await client.query<KeyRow>({
      name: "month_contacts",
      text: CONTACTS,
      values: [company, keys, starts, ends, last],
    });
    const contacts = toContacts(found.rows).filter(({ facts }) => {
      // A contact with facts under several keys comes with the least of them.
      const least = leastKeyWithin(facts, days);
      return least !== undefined && least > after && least <= keys.at(-1)!;
    });
    yield await withWindows(client, rows, contacts);
    after = keys.at(-1)!;
  }
}

function toContacts(rows: readonly KeyRow[]): MonthContact[] {
  return [...Map.groupBy(rows, ({ contact_id }) => contact_id)].map(([id, of_contact]) => ({
    id,
    keys: of_contact.map(({ key }) => key),
    facts: of_contact.flatMap(({ key, facts }) => facts?.map((columns) => toFact(key, columns)) ?? []),
    windows: [],
  }));
}

function toFact(
  contact: ContactKey,
  [kind, at_ms, message, template, category, callback, recorded_at_ms]: FactColumns,
): MonthFact {
  return {
    contact,
    kind,
    at_ms,
    message,
    template,
    category: category ?? undefined,
    callback: callback ?? undefined,
    recorded_at_ms,
  };
}

function leastKeyWithin(
  facts: readonly MonthFact[],
  { start_ms, end_ms }: MonthDays,
): ContactKey | undefined {
  let least: ContactKey | undefined;
  for (const { contact, at_ms } of facts) {
    const is_within = at_ms >= start_ms && at_ms < end_ms;
    if (is_within && (least === undefined || contact < least)) least = contact;
  }
  return least;
}

/** Adds the windows of the contacts that need them. */
async function withWindows(
  client: Pick<PoolClient, "query">,
  rows: MonthRows,
  contacts: readonly MonthContact[],
): Promise<readonly MonthContact[]> {
  const keys = contacts.filter(({ facts }) => needsWindows(rows, facts)).flatMap((contact) => contact.keys);
  if (keys.length === 0) return contacts;
  const dates = [firstDateOf(rows.month), lastDateOf(rows.month)];
  const found = await client.query<WindowRow>(WINDOWS, [companyKey(rows.company), keys, ...dates]);
  const windows = found.rows.map((row) => ({
    ...row,
    opened_at_ms: safeInteger(row.opened_at_ms),
    credits: credits(safeInteger(row.credits)),
  }));
  const by_key = Map.groupBy(windows, ({ contact }) => contact as string);
  return contacts.map((contact) =>
    needsWindows(rows, contact.facts)
      ? { ...contact, windows: contact.keys.flatMap((key) => by_key.get(key) ?? []) }
      : contact
  );
}
