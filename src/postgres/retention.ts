/**
 * Deletes data past its retention time: whole UTC months of facts, and the rows with the same retention time.
 *
 * - RETENTION-1 Charges do not change: the ledger, windows, totals, closed days and months are never deleted.
 * - RETENTION-2 Deletion blocks no other statement for long: a month is dropped if its lock is free within 100 ms, or
 *   else at the next run.
 * - RETENTION-3 Two processes may run at once, and each may die at any moment: every step is atomic, and the next run
 *   completes the rest.
 * - RETENTION-4 No identifier outlives its facts: a contact without facts keeps only keyed hashes.
 */

import { instantText } from "./values.ts";
import type { ResilientConnectionOptions } from "./resilient_connection.ts";
import { KEY_LOOKUP_PLANS, ResilientConnection } from "./resilient_connection.ts";
import { sqlState } from "./sql_state.ts";
import { DAY_MS } from "../time/units.ts";

/** What a run deleted. */
export interface RetentionReport {
  /** Dropped UTC months of facts. */
  readonly months: number;
  /** Deleted usages, sends and quarantined events. */
  readonly rows: number;
  /** Cleared phone numbers and BSUIDs. */
  readonly identifiers: number;
}

const IS_DONE = "select coalesce(deleted_before >= $1, false) as is_done from retention";
const DROP_FACTS = "select drop_facts_before($1) as months";
const DELETE_ROWS = "select delete_before($1, $2) as rows";
const RECORD_DONE = "update retention set deleted_before = greatest(deleted_before, $1)";

const COMPANIES_AFTER = "select key from companies where key > $1 order by key limit $2";

/**
 * Clears the identifiers of a company's contacts that have no fact under any of their keys, for one page of keys. It skips
 * locked rows: those contacts are active again. Every table is read by the company, so that Citus sends the whole
 * statement to the server of that company.
 */
const CLEAR_IDENTIFIERS = `
  with page as materialized (
    select key, coalesce(contact_id, key) as contact_id, identifier from contacts
    where company = $1 and key > $2::uuid order by key limit $3
  ), idle as (
    select p.key from page p
    where p.identifier is not null and not exists (
      select from (
        select p.contact_id as contact
        union all
        select k.key from contacts k
        where k.company = $1 and k.contact_id = p.contact_id
      ) own join facts f on f.company = $1 and f.contact = own.contact
    )
  ), locked as (
    select c.key from idle join contacts c on c.company = $1 and c.key = idle.key for update of c skip locked
  ), cleared as (
    update contacts c set identifier = null from locked l where c.company = $1 and c.key = l.key
    returning c.key
  )
  select key, (select count(*) from cleared)::int as identifiers from page order by key desc limit 1`;

/** The last key of a page, and the number of cleared identifiers of its keys. */
interface ClearedPage {
  readonly key: string;
  readonly identifiers: number;
}

const ROWS_AT_ONCE = 2_000;
const KEYS_AT_ONCE = 1_000;
const COMPANIES_AT_ONCE = 1_000;
const LOCK_NOT_AVAILABLE = "55P03";
/** Lower than every key of a company. */
const LEAST_COMPANY = -(2n ** 63n);
const NO_KEY = "00000000-0000-0000-0000-000000000000";

/** Deletes data past its retention time. */
export class Retention {
  readonly #connection: ResilientConnection;
  readonly #retention_days: number;
  readonly #stopping = new AbortController();
  #running: Promise<RetentionReport | undefined> | undefined;

  /**
   * @param url connects as the service does
   * @param retention_days days that facts are retained after the end of their UTC month
   */
  constructor(
    url: string,
    retention_days: number,
    options: Pick<ResilientConnectionOptions, "history" | "onError"> = {},
  ) {
    this.#connection = new ResilientConnection(url, {
      application_name: "poli-credits retention",
      settings: KEY_LOOKUP_PLANS,
      ...options,
    });
    this.#retention_days = retention_days;
  }

  /**
   * Deletes the data whose retention time has ended by an instant. Calls run one after another.
   *
   * @returns undefined when there was nothing to do, or the next run must do it
   * @throws {Error} when Postgres cannot be reached; the next run continues
   */
  async run(now_ms: number): Promise<RetentionReport | undefined> {
    while (this.#running !== undefined) await this.#running.catch(() => undefined);
    if (this.#stopping.signal.aborted) return undefined;
    this.#running = this.#runOnce(now_ms);
    try {
      return await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  /** Stops after the current step. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.catch(() => {});
    await this.#connection.close();
  }

  async #runOnce(now_ms: number): Promise<RetentionReport | undefined> {
    const before = instantText(monthStart(now_ms - this.#retention_days * DAY_MS));
    if (await this.#queryValue<boolean>("is_done", IS_DONE, [before])) return undefined;
    const months = await this.#dropFacts(before);
    if (months === undefined) return undefined;
    const rows = await this.#deleteRows(before);
    const identifiers = await this.#clearIdentifiers();
    if (this.#stopping.signal.aborted) return undefined;
    await this.#connection.query({ text: RECORD_DONE, values: [before] });
    return { months, rows, identifiers };
  }

  /** Drops months of facts. @returns undefined when the table's lock is not free in time, or another process drops the months */
  async #dropFacts(before: string): Promise<number | undefined> {
    try {
      return await this.#queryValue<number | null>("months", DROP_FACTS, [before]) ?? undefined;
    } catch (error) {
      if (sqlState(error) === LOCK_NOT_AVAILABLE) return undefined;
      throw error;
    }
  }

  async #deleteRows(before: string): Promise<number> {
    let deleted = 0;
    while (!this.#stopping.signal.aborted) {
      const rows = Number(await this.#queryValue<bigint>("rows", DELETE_ROWS, [before, ROWS_AT_ONCE]));
      if (rows === 0) break;
      deleted += rows;
    }
    return deleted;
  }

  async #clearIdentifiers(): Promise<number> {
    let cleared = 0;
    for (
      let after: bigint | undefined = LEAST_COMPANY;
      after !== undefined && !this.#stopping.signal.aborted;
    ) {
      const companies: readonly { key: bigint }[] = (await this.#connection.query<{ key: bigint }>({
        text: COMPANIES_AFTER,
        values: [after, COMPANIES_AT_ONCE],
      })).rows;
      for (const { key } of companies) cleared += await this.#clearIdentifiersOf(key);
      after = companies.at(-1)?.key;
    }
    return cleared;
  }

  async #clearIdentifiersOf(company: bigint): Promise<number> {
    let cleared = 0;
    for (let after: string | undefined = NO_KEY; after !== undefined && !this.#stopping.signal.aborted;) {
      const last: ClearedPage | undefined = (await this.#connection.query<ClearedPage>({
        text: CLEAR_IDENTIFIERS,
        values: [company, after, KEYS_AT_ONCE],
      })).rows[0];
      cleared += last?.identifiers ?? 0;
      after = last?.key;
    }
    return cleared;
  }

  async #queryValue<T>(column: string, text: string, values: readonly unknown[]): Promise<T> {
    const { rows } = await this.#connection.query<Record<string, T>>({ text, values });
    return rows[0]![column]!;
  }
}

/** Returns the start of an instant's UTC month. */
function monthStart(at_ms: number): number {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO("UTC").with({ day: 1 }).startOfDay()
    .epochMilliseconds;
}
