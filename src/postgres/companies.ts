import type { Activation, LoadedRows, LoadRequest } from "../domain/company/activation.ts";
import type { ListedCompany } from "../domain/company/command.ts";
import type { NewCompany } from "../domain/company/new_company.ts";
import { firstDay, firstSettings } from "../domain/company/new_company.ts";
import type { CompanyId, ContactId } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { CompanyActivator, PHONE_NUMBER_IDS, SETTINGS } from "./activation.ts";
import { instantText } from "./values.ts";
import { KEYED_PLANS, ResilientConnection } from "./resilient_connection.ts";
import { ContactLoader } from "./contact_loader.ts";

/** What may be said of a company store. */
export interface CompanyStoreOptions {
  /** Told of connections that were lost or could not be made. */
  readonly onError?: (error: Error) => void;
}

const DUE = `
  select company_id from companies where due_at <= $1 order by due_at, company_id limit $2`;

const CREATE = `
  with created as (
    insert into companies (company_id, name, locale, contact_secret, epoch, version, ledger_seq, closed_through,
      due_at, created_at)
    values ($1, $2, $3, $4, 0, 0, 0, $5, $6, $7)
    on conflict do nothing
    returning company_id, created_at
  )
  insert into company_settings (company_id, version, effective_from, time_zone, template_in_open_window,
    recorded_at, recorded_by)
  select company_id, $8, $9, $10, $11, created_at, $12 from created`;

const LIST = `
  select c.company_id as company, c.name, c.locale, c.closed_through, ${PHONE_NUMBER_IDS} as phone_number_ids,
    ${SETTINGS} as settings
  from companies c where c.company_id > $1 order by c.company_id limit $2`;

const IDENTIFIERS = `
  select identifier from contacts
  where company_id = $1 and identifier is not null and (key = $2 or contact_id = $2 and contact_id <> key)`;

/** Reads companies for their actors, and makes them. */
export class PostgresCompanyStore {
  readonly #pool: Pool;
  readonly #connections: readonly ResilientConnection[];
  readonly #activations: CompanyActivator;
  readonly #loader: ContactLoader;

  /**
   * @param pool for everything but `activate` and `load`; it stays the caller's
   * @param url for the connections of those
   */
  constructor(pool: Pool, url: string, options: CompanyStoreOptions = {}) {
    this.#pool = pool;
    const lineOf = (name: string, pipeline: boolean) =>
      new ResilientConnection(url, {
        application_name: `poli-credits ${name}`,
        settings: KEYED_PLANS,
        pipeline,
        ...options,
      });
    // A round of the loader asks up to three tables at once.
    const [activating, loading] = [lineOf("activations", false), lineOf("loader", true)];
    this.#connections = [activating, loading];
    this.#activations = new CompanyActivator(activating);
    this.#loader = new ContactLoader(loading);
  }

  /**
   * Takes a company over: raises its epoch, which shuts every other owner out, and reads it.
   *
   * @returns undefined when there is no such company
   * @throws {Error} when Postgres cannot be reached
   */
  activate(company: CompanyId): Promise<Activation | undefined> {
    return this.#activations.activate(company);
  }

  /**
   * Reads contacts with all their keys and facts, usages and sends; what is not there is in no list.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  load(company: CompanyId, missing: LoadRequest): Promise<LoadedRows> {
    return this.#loader.load(company, missing);
  }

  /**
   * Companies whose day has ended by an instant, the longest due first.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async dueCompanies(at_ms: number, limit: number): Promise<CompanyId[]> {
    const { rows } = await this.#pool.query<{ company_id: CompanyId }>(DUE, [instantText(at_ms), limit]);
    return rows.map(({ company_id }) => company_id);
  }

  /**
   * Makes a company, with its first settings, on the local date of its creation.
   *
   * @returns whether it was made: false when there is one of this id, which is left as it is
   * @throws {Error} when Postgres cannot be reached: then it may or may not have been made
   * @throws {RangeError} for a time zone that is not known
   */
  async create(company: CompanyId, made: NewCompany): Promise<boolean> {
    const { closed_through, due_at_ms } = firstDay(made);
    const settings = firstSettings(made);
    const { rowCount } = await this.#pool.query(CREATE, [
      company,
      made.name,
      made.locale,
      made.contact_secret,
      closed_through,
      instantText(due_at_ms),
      instantText(made.created_at_ms),
      settings.version,
      settings.effective_from,
      settings.time_zone,
      settings.template_in_open_window,
      settings.recorded_by,
    ]);
    return rowCount === 1;
  }

  /**
   * Lists companies by id.
   *
   * @param after the last id of the page before
   * @throws {Error} when Postgres cannot be reached
   */
  async list(limit: number, after = "" as CompanyId): Promise<ListedCompany[]> {
    const { rows } = await this.#pool.query<ListedCompany & { company: CompanyId }>(LIST, [after, limit]);
    return rows;
  }

  /**
   * The identifiers, in canonical form, by which a contact is readable.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async identifiersOf(company: CompanyId, contact: ContactId): Promise<string[]> {
    const { rows } = await this.#pool.query<{ identifier: string }>(IDENTIFIERS, [company, contact]);
    return rows.map(({ identifier }) => identifier);
  }

  /** Ends the connections of `activate` and `load`; what is under way rejects. */
  async close(): Promise<void> {
    await Promise.all(this.#connections.map((line) => line.close()));
  }
}
