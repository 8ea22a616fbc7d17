import type { QuarantineReason } from "../domain/company/command.ts";
import type { QuarantinedEvent } from "../domain/company/event.ts";
import type { CompanyId } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import * as arrays from "./binary_array.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrNull } from "./values.ts";
import { BatchLoader } from "./batch_loader.ts";

/** An event that could not be metered, as an operator sees it. */
export interface QuarantineRow extends QuarantinedEvent {
  /** Whose it was from the start, or by the claim of its number; undefined while no company has claimed that. */
  readonly company: CompanyId | undefined;
  /** When it was metered after all. */
  readonly replayed_at_ms: number | undefined;
}

/** Where a page of the quarantine ends. */
export interface QuarantineCursor {
  readonly received_at_ms: number;
  readonly id: string;
}

interface Row {
  readonly company_id: CompanyId;
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly phone_number_id: string | null;
  readonly event: unknown;
  readonly received_at_ms: bigint;
  readonly replayed_at_ms: bigint | null;
}

/** The company of what has none. */
const NO_COMPANY = "";

/** Whose an event is, in the words that its index has. */
const COMPANY = "coalesce(claimed_by, company_id)";

const COLUMNS = `${COMPANY} as company_id, id, reason, phone_number_id, event, ${
  epochMs("received_at")
} as received_at_ms,
  ${epochMs("replayed_at")} as replayed_at_ms`;

/** What is left of an event whose person was erased. */
const ERASED_EVENT = `'{"type":"erased"}'::jsonb`;

const ADD = `
  insert into quarantine (company_id, id, reason, phone_number_id, event, received_at, people)
  select company_id, id, case when erased then 'erased' else reason end, phone_number_id,
    case when erased then ${ERASED_EVENT} else event end, received_at,
    case when erased then '{}'::uuid[] else people::uuid[] end
  from (
    select *, exists (
      select from erased_people e
      where e.person = any (people::uuid[])
        and (jsonb_typeof(event->'at_ms') is distinct from 'number'
          or (event->>'at_ms')::numeric <= extract(epoch from e.erased_at) * 1000)
    ) as erased
    from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::timestamptz[], $7::text[])
      as r(company_id, id, reason, phone_number_id, event, received_at, people)
  ) arrived
  on conflict do nothing`;

/** Erases what speaks of somebody ($2 under the company's secret, $3 under the service's), and remembers who it is. */
const ERASE = `
  with noted as (
    insert into erased_people (person, erased_at) select unnest($3::uuid[]), $4::timestamptz
    on conflict (person) do update set erased_at = greatest(erased_people.erased_at, excluded.erased_at)
  )
  update quarantine set reason = 'erased', event = ${ERASED_EVENT}, people = '{}'
  where company_id = $1 and people && $2::uuid[]
    or company_id in ('${NO_COMPANY}', $1) and people && $3::uuid[]`;

/**
 * Notes what became of events that were tried again. One of nobody is of the company it was tried on first, and one
 * that was erased meanwhile stays erased.
 */
const MARK = `
  update quarantine q
  set replayed_at = m.replayed_at,
    reason = case when m.reason is null or q.reason = 'erased' then q.reason else m.reason end,
    claimed_by = case q.company_id when '${NO_COMPANY}' then coalesce(q.claimed_by, m.company) end
  from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[]) as m(id, replayed_at, reason, company)
  where q.id = m.id and q.replayed_at is null
  returning q.id`;

/** What became of an event that was tried again: it was metered, or why it still cannot be. */
interface ReplayMark {
  readonly id: string;
  readonly replayed_at_ms?: number;
  readonly reason?: QuarantineReason;
  readonly company: CompanyId | undefined;
}

const MARKS_MAX = 1_000;

/** Waits for a company to claim its number. In the words that its index has. */
const IS_WAITING = `company_id = '${NO_COMPANY}' and claimed_by is null and replayed_at is null`;

/** From each number to the next in their index, whatever waits for it: one look a number, however much that is. */
const CLAIMED_NUMBERS = `
  with recursive numbers(phone_number_id) as (
    select min(phone_number_id) from quarantine where ${IS_WAITING}
    union all
    select (
      select min(q.phone_number_id) from quarantine q where ${IS_WAITING} and q.phone_number_id > n.phone_number_id
    ) from numbers n where n.phone_number_id is not null
  )
  select phone_number_id from numbers join phone_numbers using (phone_number_id) order by phone_number_id`;

/** Which events of the quarantine are asked for; what is not given does not matter. */
export interface QuarantineFilter {
  readonly company?: CompanyId | undefined;
  readonly reason?: QuarantineReason | undefined;
  readonly phone_number_id?: string | undefined;
}

/** What could not be metered. What a company's actor keeps is written with its changes; all else here. */
export class PostgresQuarantine {
  readonly #pool: Pool;
  readonly #onQuarantined: (reason: QuarantineReason) => void;
  /** Many are tried at once, and noted in few statements. */
  readonly #marks: BatchLoader<ReplayMark, boolean>;

  /** @param onQuarantined told of each event that is added, also when it was there */
  constructor(pool: Pool, onQuarantined: (reason: QuarantineReason) => void = () => {}) {
    this.#pool = pool;
    this.#onQuarantined = onQuarantined;
    this.#marks = new BatchLoader({ batchSize: differentEvents, load: (marks) => this.#mark(marks) });
  }

  /**
   * Keeps events that no company's actor was asked about: of numbers that no company has, and those that could
   * not be read. One that is kept already, by its id, stays as it is.
   *
   * @throws {Error} when Postgres cannot be reached: adding them again is safe
   */
  async add(
    events: readonly (QuarantinedEvent & { readonly company?: CompanyId | undefined })[],
  ): Promise<void> {
    if (events.length === 0) return;
    await this.#pool.query(ADD, [
      arrays.texts(events, ({ company }) => company ?? NO_COMPANY),
      arrays.uuids(events, ({ id }) => id),
      arrays.texts(events, ({ reason }) => reason),
      arrays.texts(events, ({ phone_number_id }) => phone_number_id),
      arrays.jsons(events, ({ event }) => event),
      arrays.instants(events, ({ received_at_ms }) => received_at_ms),
      arrays.texts(events, ({ people }) => `{${people?.join(",") ?? ""}}`),
    ]);
    for (const { reason } of events) this.#onQuarantined(reason);
  }

  /**
   * Erases every event that speaks of somebody, also those metered since: that it came, when and at which number
   * stays. What no actor is asked about is not kept readable again if it happened before then.
   *
   * @param keys of the person under the company's secret
   * @param people the same under the service's
   * @returns how many events
   * @throws {Error} when Postgres cannot be reached
   */
  async erase(
    company: CompanyId,
    keys: readonly string[],
    people: readonly string[],
    at_ms: number,
  ): Promise<number> {
    const { rowCount } = await this.#pool.query(ERASE, [company, [...keys], [...people], instantText(at_ms)]);
    return rowCount ?? 0;
  }

  /**
   * A page of the quarantine, newest first.
   *
   * @param page after the row `before` points at
   * @throws {Error} when Postgres cannot be reached
   */
  async list(
    page: QuarantineFilter & { readonly before?: QuarantineCursor | undefined; readonly limit: number },
  ): Promise<QuarantineRow[]> {
    const values: unknown[] = [page.limit];
    const conditions = ["true"];
    const { company, reason, phone_number_id } = page;
    if (company !== undefined) conditions.push(`${COMPANY} = $${values.push(company)}`);
    if (reason !== undefined) conditions.push(`reason = $${values.push(reason)}`);
    if (phone_number_id !== undefined) {
      conditions.push(`phone_number_id = $${values.push(phone_number_id)}`);
    }
    if (page.before !== undefined) {
      const { received_at_ms, id } = page.before;
      const received_at = values.push(instantText(received_at_ms));
      conditions.push(`(received_at, id) < ($${received_at}, $${values.push(id)})`);
    }
    const { rows } = await this.#pool.query<Row>(
      `select ${COLUMNS} from quarantine where ${conditions.join(" and ")}
        order by received_at desc, id desc limit $1`,
      values,
    );
    return rows.map(toQuarantineRow);
  }

  /**
   * One event by its id.
   *
   * @returns undefined when there is none
   * @throws {Error} when Postgres cannot be reached
   */
  async get(id: string): Promise<QuarantineRow | undefined> {
    const { rows } = await this.#pool.query<Row>(`select ${COLUMNS} from quarantine where id = $1`, [id]);
    return rows.map(toQuarantineRow)[0];
  }

  /**
   * Notes that an event was metered after all.
   *
   * @param company which metered it
   * @returns false when that was noted before, or there is no such event
   * @throws {Error} when Postgres cannot be reached
   */
  markReplayed(id: string, at_ms: number, company: CompanyId | undefined): Promise<boolean> {
    return this.#marks.load({ id, replayed_at_ms: at_ms, company });
  }

  /**
   * Notes why an event still cannot be metered, now that it was tried again. One that was erased meanwhile stays
   * erased.
   *
   * @param company which it was tried on; undefined while none has its number
   * @throws {Error} when Postgres cannot be reached
   */
  async markReplayFailed(
    id: string,
    reason: QuarantineReason,
    company: CompanyId | undefined,
  ): Promise<void> {
    await this.#marks.load({ id, reason, company });
  }

  async #mark(marks: readonly ReplayMark[]): Promise<boolean[]> {
    const { rows } = await this.#pool.query<{ id: string }>(MARK, [
      arrays.uuids(marks, ({ id }) => id),
      arrays.instants(marks, ({ replayed_at_ms }) => replayed_at_ms),
      arrays.texts(marks, ({ reason }) => reason),
      arrays.texts(marks, ({ company }) => company),
    ]);
    const marked = new Set(rows.map(({ id }) => id));
    return marks.map(({ id }) => marked.has(id));
  }

  /**
   * Events that wait for a company to claim their number, oldest first: to be tried when one does, also those that
   * cannot be metered, so that it is known whose they are. Ask again when they are marked.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async waitingFor(phone_number_id: string, limit: number): Promise<QuarantineRow[]> {
    const { rows } = await this.#pool.query<Row>(
      `select ${COLUMNS} from quarantine where ${IS_WAITING} and phone_number_id = $1
        order by received_at, id limit $2`,
      [phone_number_id, limit],
    );
    return rows.map(toQuarantineRow);
  }

  /**
   * Numbers that something waits for, and that some company has by now.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async claimedNumbers(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ phone_number_id: string }>(CLAIMED_NUMBERS);
    return rows.map(({ phone_number_id }) => phone_number_id);
  }
}

/** How many of the first that wait are of different events: of two on one, a statement would see one alone. */
function differentEvents(waiting: readonly ReplayMark[]): number {
  const different = new Set<string>();
  for (const { id } of waiting) {
    if (different.size === MARKS_MAX || different.has(id)) break;
    different.add(id);
  }
  return different.size;
}

function toQuarantineRow(row: Row): QuarantineRow {
  return {
    company: row.company_id === NO_COMPANY ? undefined : row.company_id,
    id: row.id,
    reason: row.reason,
    phone_number_id: row.phone_number_id ?? undefined,
    event: row.event,
    received_at_ms: safeInteger(row.received_at_ms),
    replayed_at_ms: safeIntegerOrNull(row.replayed_at_ms) ?? undefined,
  };
}
