/**
 * Forgets what is past keeping: whole UTC months of facts, and with them what is kept as long as they are.
 *
 * - R1 What is owed does not change: the ledger, windows, totals, closed days and months stay for ever.
 * - R2 Nobody waits: a month is dropped when its lock is to be had within a tenth of a second, or at the next run.
 * - R3 Two processes may run at once, and any may die at any moment: each step is whole by itself, and what is not
 *   done is done by the next run.
 * - R4 No name outlives its facts: who has no fact any more is known by keyed hashes alone.
 */

import { instantText } from "./values.ts";
import type { ResilientConnectionOptions } from "./resilient_connection.ts";
import { KEYED_PLANS, ResilientConnection, sqlState } from "./resilient_connection.ts";
import { DAY_MS } from "../time/units.ts";

/** What a run forgot. */
export interface RetentionReport {
  /** UTC months of facts. */
  readonly months: number;
  /** Usages, sends and events in quarantine. */
  readonly rows: number;
  /** Phones and BSUIDs. */
  readonly names: number;
}

const IS_DONE = "select coalesce(swept_to >= $1, false) as is_done from retention";
const DROP_FACTS = "select drop_facts_before($1) as months";
const DELETE_ROWS = "select forget_before($1, $2) as rows";
const RECORD_DONE = "update retention set swept_to = greatest(swept_to, $1)";

/**
 * Takes the names of those of a page of keys that have no fact under any key of theirs. A row that is being written
 * is passed by: it is of somebody who is back.
 */
const CLEAR_IDENTIFIERS = `
  with page as materialized (
    select company_id, key, contact_id, identifier from contacts
    where (company_id, key) > ($1, $2::uuid) order by company_id, key limit $3
  ), idle as (
    select p.company_id, p.key from page p
    where p.identifier is not null and not exists (
      select from (
        select p.contact_id as contact
        union all
        select k.key from contacts k
        where k.company_id = p.company_id and k.contact_id = p.contact_id and k.contact_id <> k.key
      ) own join facts f on f.company_id = p.company_id and f.contact = own.contact
    )
  ), locked as (
    select c.company_id, c.key from idle join contacts c using (company_id, key) for update of c skip locked
  ), forgotten as (
    update contacts c set identifier = null from locked l where c.company_id = l.company_id and c.key = l.key
    returning c.key
  )
  select company_id, key, (select count(*) from forgotten)::int as names
  from page order by company_id desc, key desc limit 1`;

const ROWS_AT_ONCE = 2_000;
const KEYS_AT_ONCE = 1_000;
const LOCK_NOT_AVAILABLE = "55P03";
const NO_KEY = "00000000-0000-0000-0000-000000000000";

/** Forgets what is past keeping, whenever it is woken. */
export class Retention {
  readonly #line: ResilientConnection;
  readonly #retention_days: number;
  readonly #stopping = new AbortController();
  #running: Promise<RetentionReport | undefined> | undefined;

  /**
   * @param url connects as the service does
   * @param kept_days days that facts are kept for after their UTC month
   */
  constructor(url: string, kept_days: number, options: Pick<ResilientConnectionOptions, "onError"> = {}) {
    this.#line = new ResilientConnection(url, {
      application_name: "poli-credits retention",
      settings: KEYED_PLANS,
      ...options,
    });
    this.#retention_days = kept_days;
  }

  /**
   * Forgets what is past keeping by an instant; one run at a time, the next begins when the one under way is done.
   *
   * @returns undefined when there was nothing to do, or it has to wait for the next run
   * @throws {Error} when Postgres cannot be reached: the next run goes on from there
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

  /** Ends after the step under way. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.catch(() => {});
    await this.#line.close();
  }

  async #runOnce(now_ms: number): Promise<RetentionReport | undefined> {
    const before = instantText(monthStart(now_ms - this.#retention_days * DAY_MS));
    if (await this.#queryValue<boolean>("is_done", IS_DONE, [before])) return undefined;
    const months = await this.#dropFacts(before);
    if (months === undefined) return undefined;
    const rows = await this.#deleteRows(before);
    const names = await this.#clearIdentifiers();
    if (this.#stopping.signal.aborted) return undefined;
    await this.#line.query({ text: RECORD_DONE, values: [before] });
    return { months, rows, names };
  }

  /** @returns undefined when the table is in use for longer than anybody should wait, or another process does it */
  async #dropFacts(before: string): Promise<number | undefined> {
    try {
      return await this.#queryValue<number | null>("months", DROP_FACTS, [before]) ?? undefined;
    } catch (error) {
      if (sqlState(error) === LOCK_NOT_AVAILABLE) return undefined;
      throw error;
    }
  }

  async #deleteRows(before: string): Promise<number> {
    let forgotten = 0;
    while (!this.#stopping.signal.aborted) {
      const rows = Number(await this.#queryValue<bigint>("rows", DELETE_ROWS, [before, ROWS_AT_ONCE]));
      if (rows === 0) break;
      forgotten += rows;
    }
    return forgotten;
  }

  async #clearIdentifiers(): Promise<number> {
    let forgotten = 0;
    let after: readonly [string, string] = ["", NO_KEY];
    while (!this.#stopping.signal.aborted) {
      const { rows } = await this.#line.query<{ company_id: string; key: string; names: number }>({
        text: CLEAR_IDENTIFIERS,
        values: [...after, KEYS_AT_ONCE],
      });
      if (rows[0] === undefined) break;
      forgotten += rows[0].names;
      after = [rows[0].company_id, rows[0].key];
    }
    return forgotten;
  }

  async #queryValue<T>(column: string, text: string, values: readonly unknown[]): Promise<T> {
    const { rows } = await this.#line.query<Record<string, T>>({ text, values });
    return rows[0]![column]!;
  }
}

/** The start of the UTC month an instant lies in. */
function monthStart(at_ms: number): number {
  return Temporal.Instant.fromEpochMilliseconds(at_ms).toZonedDateTimeISO("UTC").with({ day: 1 }).startOfDay()
    .epochMilliseconds;
}
