import type { LoadedRows, LoadRequest, StoredPerson } from "../domain/company/activation.ts";
import type { StoredFact } from "../domain/company/event.ts";
import { factId } from "../domain/company/facts.ts";
import type { CountedUsage, DecidedSend } from "../domain/company/state.ts";
import type { CompanyId, ContactId, ContactKey } from "../domain/types.ts";
import { bigints, type Encoder, texts, uuids } from "./binary_array.ts";
import { companyKey } from "./company_key.ts";
import { epochMs, safeIntegerOrNull } from "./values.ts";
import type { ResilientConnection } from "./resilient_connection.ts";
import { BatchLoader } from "./batch_loader.ts";
import { labelsOf } from "./label_sets.ts";

/** Returns SQL for the key of the company of a row, given the row's alias. */
type CompanyOfRow = (row: string) => string;

/**
 * Reads people with their keys and facts, by contact keys and by keys of messages that their facts name.
 *
 * `offset 0` keeps each look-up by key a look-up by key. Otherwise the planner may reorder the joins, and while its
 * statistics are those of empty tables it then compares all contacts of a company with all its facts.
 */
const peopleOf = (companyOf: CompanyOfRow) => `
  with requested as (
    select company, key from unnest($1::bigint[], $2::uuid[]) as given(company, key)
    union all
    select company, contact
    from unnest($3::bigint[], $4::uuid[]) as wanted(company, message) cross join lateral (
      select contact from facts
      where company = ${companyOf("wanted")} and message = wanted.message and by_message offset 0
    ) f
  ), people as (
    select distinct company, c.contact_id
    from requested cross join lateral (
      select coalesce(contact_id, key) as contact_id from contacts
      where company = ${companyOf("requested")} and key = requested.key offset 0
    ) c
  ), keys as (
    select p.company, p.contact_id, c.* from people p cross join lateral (
      select key, by_phone, identifier, erased_at, known_since from contacts
      where company = ${companyOf("p")} and key = p.contact_id offset 0
    ) c
    union all
    select p.company, p.contact_id, c.* from people p cross join lateral (
      select key, by_phone, identifier, erased_at, known_since from contacts
      where company = ${companyOf("p")} and contact_id = p.contact_id offset 0
    ) c
  )
  select company, contact_id, key, by_phone, identifier is not null as readable, ${
  epochMs("erased_at")
} as erased_at_ms,
    coalesce(known_since < (select kept_from from retention where only_row), false) as predates_facts, (
    select json_agg(json_build_object(
      'contact', contact, 'kind', kind, 'at_ms', ${epochMs("occurred_at")}, 'message', message,
      'template', template, 'category', category, 'callback', callback, 'phone_number_id', phone_number_id,
      'attribution', ${labelsOf("f", companyOf("f"))}, 'by_message', by_message, 'pricing', pricing)
      order by occurred_at, message, id)
    from facts f where f.company = ${companyOf("k")} and f.contact = k.key
  ) as facts
  from keys k`;

const usagesOf = (companyOf: CompanyOfRow) => `
  select company, id, content
  from unnest($1::bigint[], $2::text[]) as requested(company, id) cross join lateral (
    select content from usages where company = ${companyOf("requested")} and id = requested.id offset 0
  ) u`;

const sendsOf = (companyOf: CompanyOfRow) => `
  select company, message as key, content, reply
  from unnest($1::bigint[], $2::uuid[]) as requested(company, message) cross join lateral (
    select content, reply from sends where company = ${
  companyOf("requested")
} and message = requested.message offset 0
  ) s`;

/** The statements for many companies. */
const OF_COMPANIES = statementsFor(() => (row) => `${row}.company`);
/** Citus sends a statement that names its only company, in the last parameter, to the server of that company as it is. */
const OF_ONE_COMPANY = statementsFor((parameters) => () => `$${parameters + 1}::bigint`);

function statementsFor(
  companyOfRow: (parameters: number) => CompanyOfRow,
): Record<"people" | "usages" | "sends", string> {
  const [of_two, of_four] = [companyOfRow(2), companyOfRow(4)];
  return { people: peopleOf(of_four), usages: usagesOf(of_two), sends: sendsOf(of_two) };
}

/** A row with the key of its company. */
type WithCompany<T> = T & { readonly company: bigint };
type Nullable<T> = { readonly [Name in keyof T]: undefined extends T[Name] ? T[Name] | null : T[Name] };

/** A fact without its id, which follows from its message and content. */
type FactRow = Nullable<Omit<StoredFact, "id">>;

interface KeyRow {
  readonly contact_id: ContactId;
  readonly key: ContactKey;
  readonly by_phone: boolean;
  readonly readable: boolean;
  readonly erased_at_ms: bigint | null;
  readonly predates_facts: boolean;
  readonly facts: readonly FactRow[] | null;
}

/** The rows that one company's actor requests. */
interface CompanyLoadRequest {
  readonly company: CompanyId;
  readonly missing: LoadRequest;
}

const NOTHING_LOADED: LoadedRows = { people: [], usages: [], sends: [] };
/** Keys per batch at most, unless a single request has more. */
const KEYS_MAX = 5_000;

/** Reads contacts, usages and sends of many companies in batches: see {@link BatchLoader}. */
export class ContactLoader {
  readonly #connection: Pick<ResilientConnection, "query">;
  readonly #batches: BatchLoader<CompanyLoadRequest, LoadedRows>;
  readonly #isDistributed: () => Promise<boolean>;
  /** The answer of `#isDistributed`; undefined until the first load. */
  #is_distributed: boolean | undefined;

  /** @param isDistributed reads whether the database is on Citus; by default it is not */
  constructor(connection: Pick<ResilientConnection, "query">, isDistributed = () => Promise.resolve(false)) {
    this.#connection = connection;
    this.#isDistributed = isDistributed;
    this.#batches = new BatchLoader({ batchSize, load: (batch) => this.#read(batch) });
  }

  /**
   * Reads the requested rows of a company.
   *
   * @throws {Error} when Postgres cannot be reached, or rejects a key of this request
   */
  load(company: CompanyId, missing: LoadRequest): Promise<LoadedRows> {
    if (keysIn(missing) === 0) return Promise.resolve(NOTHING_LOADED);
    return this.#batches.load({ company, missing });
  }

  async #read(batch: readonly CompanyLoadRequest[]): Promise<LoadedRows[]> {
    if (!(this.#is_distributed ??= await this.#isDistributed())) {
      return await this.#readBatch(batch, OF_COMPANIES);
    }
    const by_company = Map.groupBy(batch, ({ company }) => company);
    const loaded = new Map(
      await Promise.all(Array.from(by_company, async ([company, requests]) => {
        return [
          company,
          (await this.#readBatch(requests, OF_ONE_COMPANY, [companyKey(company)]))[0]!,
        ] as const;
      })),
    );
    return batch.map(({ company }) => loaded.get(company)!);
  }

  async #readBatch(
    batch: readonly CompanyLoadRequest[],
    { people, usages: usages_text, sends: sends_text }: typeof OF_COMPANIES,
    further: readonly bigint[] = [],
  ): Promise<LoadedRows[]> {
    const [keys, usages, sends] = await Promise.all([
      this.#query<KeyRow>("load_people", people, batch, [["contacts", uuids], ["messages", uuids]], further),
      this.#query<CountedUsage>("load_usages", usages_text, batch, [["usage_ids", texts]], further),
      this.#query<DecidedSend>("load_sends", sends_text, batch, [["sends", uuids]], further),
    ]);
    const loaded = new Map<CompanyId, LoadedRows>();
    for (const { company } of batch) {
      if (loaded.has(company)) continue;
      const of_company = companyKey(company);
      loaded.set(company, {
        people: toPeople(keys.get(of_company) ?? []),
        usages: usages.get(of_company)?.map(({ id, content }) => ({ id, content })) ?? [],
        sends: sends.get(of_company)?.map(({ key, content, reply }) => ({ key, content, reply })) ?? [],
      });
    }
    return batch.map(({ company }) => loaded.get(company)!);
  }

  /** Executes a statement with two arrays for each kind of key: the company's key and the row's. */
  async #query<Row extends object>(
    name: string,
    text: string,
    batch: readonly CompanyLoadRequest[],
    kinds: readonly (readonly [kind: keyof LoadRequest, encode: Encoder<string>])[],
    further: readonly bigint[],
  ): Promise<Map<bigint, WithCompany<Row>[]>> {
    let is_empty = true;
    const values = kinds.flatMap(([kind, encode]) => {
      const keys = batch.flatMap(({ company, missing }) =>
        [...new Set<string>(missing[kind])].map((key) => ({ company, key }))
      );
      if (keys.length > 0) is_empty = false;
      return [bigints(keys, ({ company }) => companyKey(company)), encode(keys, ({ key }) => key)];
    });
    if (is_empty) return new Map();
    const { rows } = await this.#connection.query<WithCompany<Row>>({
      name,
      text,
      values: [...values, ...further],
    });
    return Map.groupBy(rows, (row) => row.company);
  }
}

/** Returns how many requests from the head of the queue form a batch: at least one, however many keys it has. */
function batchSize(queue: readonly CompanyLoadRequest[]): number {
  let keys = 0;
  const end = queue.findIndex(({ missing }, i) => (keys += keysIn(missing)) > KEYS_MAX && i > 0);
  return end === -1 ? queue.length : end;
}

function keysIn({ contacts, messages, usage_ids, sends }: LoadRequest): number {
  return contacts.length + messages.length + usage_ids.length + sends.length;
}

function toPeople(rows: readonly KeyRow[]): StoredPerson[] {
  return [...Map.groupBy(rows, (row) => row.contact_id)].map(([id, of_person]) => ({
    id,
    keys: of_person.map(({ key, by_phone, readable, erased_at_ms, predates_facts }) => {
      const erased = { erased_at_ms: safeIntegerOrNull(erased_at_ms) ?? undefined };
      return { key, by_phone, readable, ...erased, predates_facts };
    }),
    facts: of_person.flatMap(({ facts }) => facts?.map(toStoredFact) ?? []),
  }));
}

function toStoredFact(row: FactRow): StoredFact {
  const fact = {
    ...row,
    category: row.category ?? undefined,
    callback: row.callback ?? undefined,
    phone_number_id: row.phone_number_id ?? undefined,
    attribution: row.attribution ?? undefined,
    pricing: row.pricing ?? undefined,
  };
  return { ...fact, id: factId(fact) };
}
