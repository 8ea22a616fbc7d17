import type { Activation, LoadedRows, LoadRequest } from "../domain/company/activation.ts";
import type { CompanyQuery } from "../domain/company_list.ts";
import type { ListedCompany } from "../domain/reports.ts";
import type { NewCompany } from "../domain/company/new_company.ts";
import { firstSettings } from "../domain/company/new_company.ts";
import type { CompanyId, ContactId } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { companyKey } from "./company_key.ts";
import { CompanyActivator } from "./activation.ts";
import { readCompanyList } from "./company_list.ts";
import { isOneOf, shardOfKey } from "./shards.ts";
import { epochMs, instantText, safeInteger } from "./values.ts";
import {
  KEY_LOOKUP_PLANS,
  ResilientConnection,
  type ResilientConnectionOptions,
} from "./resilient_connection.ts";
import { ContactLoader } from "./contact_loader.ts";

/** Options of {@link PostgresCompanyStore}. */
export type CompanyStoreOptions = Pick<ResilientConnectionOptions, "history" | "onError">;

const IS_DISTRIBUTED = "select exists (select from pg_extension where extname = 'citus') as is_distributed";

const DUE = `
  select company_id from companies where due_at <= $1 and ${isOneOf(shardOfKey("key"), "$3")}
  order by due_at, company_id limit $2`;

const FIRST_DUE = `select ${
  epochMs("due_at")
} as due_at_ms from companies order by due_at, company_id limit 1`;

const HEADS = "select company_id, epoch, version from companies where key = any($1::bigint[])";

/** The current local date begins when the last closed one ends. */
const AHEAD = `
  select c.company_id from companies c
  join local_days d on d.company = c.key and d.local_date = c.closed_through
  where c.company_id > $3 and d.ends_at > $1 order by c.company_id limit $2`;

const CREATE = `
  with created as (
    insert into companies (key, company_id, name, locale, country, contact_secret, epoch, version, ledger_seq, closed_through,
      due_at, created_at)
    values ($15, $1, $2, $3, $4, $5, 0, 0, 0, $6, $7, $8)
    on conflict (key) do nothing
    returning key, company_id, created_at
  ), created_days as (
    insert into local_days (company, company_id, local_date, ends_at)
    select key, company_id, $6::date - (cardinality($14::timestamptz[]) - nth)::int, ends_at
    from created, unnest($14::timestamptz[]) with ordinality as days(ends_at, nth)
  )
  insert into company_settings (company, company_id, version, effective_from, time_zone, template_in_open_window,
    recorded_at, recorded_by)
  select key, company_id, $9, $10, $11, $12, created_at, $13 from created`;

const IDENTIFIERS = `
  select identifier from contacts
  where company = $1 and identifier is not null and (key = $2 or contact_id = $2)`;

/** Creates companies, and reads them for their actors. */
export class PostgresCompanyStore {
  readonly #pool: Pool;
  readonly #connections: readonly ResilientConnection[];
  readonly #activator: CompanyActivator;
  readonly #loader: ContactLoader;

  /**
   * @param pool for every method but `activate` and `load`; the caller closes it
   * @param url for the two connections of `activate` and `load`
   */
  constructor(pool: Pool, url: string, options: CompanyStoreOptions = {}) {
    this.#pool = pool;
    const open = (name: string, pipeline: boolean) =>
      new ResilientConnection(url, {
        application_name: `poli-credits ${name}`,
        settings: KEY_LOOKUP_PLANS,
        pipeline,
        ...options,
      });
    // A batch of the loader queries up to three tables at once.
    const [activating, loading] = [open("activations", false), open("loader", true)];
    this.#connections = [activating, loading];
    this.#activator = new CompanyActivator(activating);
    this.#loader = new ContactLoader(loading, async () => {
      const { rows } = await pool.query<{ is_distributed: boolean }>(IS_DISTRIBUTED);
      return rows[0]!.is_distributed;
    });
  }

  /**
   * Activates a company: raises its epoch, which fences every other owner, and reads its rows.
   *
   * @param at_ms the time; by default that of the company's current date
   * @returns undefined when the company does not exist
   * @throws {Error} when Postgres cannot be reached
   */
  activate(company: CompanyId, at_ms?: number): Promise<Activation | undefined> {
    return this.#activator.activate(company, at_ms);
  }

  /**
   * Reads contacts with all their keys and facts, usages and sends. The result omits those that do not exist.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  load(company: CompanyId, missing: LoadRequest): Promise<LoadedRows> {
    return this.#loader.load(company, missing);
  }

  /**
   * Lists companies whose local date has ended by an instant, longest due first.
   *
   * @param shards of these shards only; by default all
   * @throws {Error} when Postgres cannot be reached
   */
  async dueCompanies(at_ms: number, limit: number, shards?: readonly number[]): Promise<CompanyId[]> {
    const values = [instantText(at_ms), limit, shards];
    const { rows } = await this.#pool.query<{ company_id: CompanyId }>(DUE, values);
    return rows.map(({ company_id }) => company_id);
  }

  /**
   * Returns when the company that is due first is due, or was due. Undefined when there are no companies.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async firstDue(): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ due_at_ms: bigint }>(FIRST_DUE);
    return rows.map(({ due_at_ms }) => safeInteger(due_at_ms))[0];
  }

  /**
   * Lists companies whose current local date begins after a time, in order of id.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async companiesAhead(at_ms: number, limit: number, after = "" as CompanyId): Promise<CompanyId[]> {
    const values = [instantText(at_ms), limit, after];
    const { rows } = await this.#pool.query<{ company_id: CompanyId }>(AHEAD, values);
    return rows.map(({ company_id }) => company_id);
  }

  /**
   * Creates a company with its first settings, on the local date of its creation.
   *
   * @returns false when the id exists; that company is unchanged
   * @throws {Error} when Postgres cannot be reached: the company may or may not have been created
   */
  async create(company: CompanyId, created: NewCompany): Promise<boolean> {
    const { closed_through, due_at_ms, day_ends_ms } = created.days;
    const settings = firstSettings(created);
    const { rowCount } = await this.#pool.query(CREATE, [
      company,
      created.name,
      created.locale,
      created.country,
      created.contact_secret,
      closed_through,
      instantText(due_at_ms),
      instantText(created.created_at_ms),
      settings.version,
      settings.effective_from,
      settings.time_zone,
      settings.template_in_open_window,
      settings.recorded_by,
      day_ends_ms.map(instantText),
      companyKey(company),
    ]);
    return rowCount === 1;
  }

  /**
   * Lists the companies of a query, in its order.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  list(query: CompanyQuery): Promise<ListedCompany[]> {
    return readCompanyList(this.#pool, query);
  }

  /**
   * Reads the epochs and versions of companies.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async heads(
    companies: readonly CompanyId[],
  ): Promise<Map<CompanyId, { readonly epoch: number; readonly version: number }>> {
    const { rows } = await this.#pool.query<{ company_id: CompanyId; epoch: bigint; version: bigint }>(
      HEADS,
      [companies.map(companyKey)],
    );
    return new Map(
      rows.map((
        { company_id, epoch, version },
      ) => [company_id, { epoch: safeInteger(epoch), version: safeInteger(version) }]),
    );
  }

  /**
   * Lists a contact's readable identifiers in canonical form.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async identifiersOf(company: CompanyId, contact: ContactId): Promise<string[]> {
    const { rows } = await this.#pool.query<{ identifier: string }>(IDENTIFIERS, [
      companyKey(company),
      contact,
    ]);
    return rows.map(({ identifier }) => identifier);
  }

  /** Closes the connections of `activate` and `load`; calls in flight reject. */
  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }
}
