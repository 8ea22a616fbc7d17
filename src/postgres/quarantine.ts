import { QUARANTINE_REASONS, type QuarantineReason } from "../domain/company/command.ts";
import type { QuarantinedEvent } from "../domain/company/event.ts";
import type { CompanyId } from "../domain/types.ts";
import type { QuarantineEntry, QuarantineQuery } from "../ports/webhooks.ts";
import type { Pool } from "./connection.ts";
import { companyKey } from "./company_key.ts";
import { joinConditions } from "./conditions.ts";
import * as arrays from "./binary_array.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrNull } from "./values.ts";
import { isOneOf, shardOfId } from "./shards.ts";
import { BatchLoader, distinctPrefix } from "./batch_loader.ts";
import { ERASED_EVENT, mayBeBefore } from "./erased_events.ts";

interface Row {
  readonly company_id: CompanyId;
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly phone_number_id: string | null;
  readonly event: unknown;
  readonly received_at_ms: bigint;
  readonly replayed_at_ms: bigint | null;
}

/** The `company_id` of events without a company. */
const NO_COMPANY = "" as CompanyId;
const KEY_OF_NO_COMPANY = companyKey(NO_COMPANY);

/** SQL for an event's company, as its index has it. */
const COMPANY = "coalesce(claimed_by, company_id)";

const COLUMNS = `${COMPANY} as company_id, id, reason, phone_number_id, event, ${
  epochMs("received_at")
} as received_at_ms,
  ${epochMs("replayed_at")} as replayed_at_ms`;

const ADD = `
  insert into quarantine (company, company_id, id, reason, phone_number_id, event, received_at, people)
  select company_key(company_id), company_id, id, case when erased then 'erased' else reason end, phone_number_id,
    case when erased then ${ERASED_EVENT} else event end, received_at,
    case when erased then '{}'::uuid[] else people::uuid[] end
  from (
    select *, exists (
      select from erased_people e
      where e.person = any (people::uuid[]) and ${
  mayBeBefore("event", "extract(epoch from e.erased_at) * 1000")
}
    ) as erased
    from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::timestamptz[], $7::text[])
      as r(company_id, id, reason, phone_number_id, event, received_at, people)
  ) arrived
  on conflict do nothing`;

/** Erases a person's events (keys $2 under the company's secret, $3 under the service's), and records the erasure. */
const ERASE = `
  with recorded as (
    insert into erased_people (person, erased_at) select unnest($3::uuid[]), $4::timestamptz
    on conflict (person) do update set erased_at = greatest(erased_people.erased_at, excluded.erased_at)
  )
  update quarantine set reason = 'erased', event = ${ERASED_EVENT}, people = '{}'
  where company = company_key($1) and people && $2::uuid[]
    or company in (${KEY_OF_NO_COMPANY}, company_key($1)) and people && $3::uuid[]`;

/**
 * Records the outcomes of replays. An event without a company gets the company of its first replay. An event that was
 * erased meanwhile stays erased.
 */
const MARK = `
  update quarantine q
  set replayed_at = m.replayed_at,
    reason = case when m.reason is null or q.reason = 'erased' then q.reason else m.reason end,
    claimed_by = case q.company_id when '${NO_COMPANY}' then coalesce(q.claimed_by, m.company) end
  from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[]) as m(id, replayed_at, reason, company)
  where q.id = m.id and q.replayed_at is null
  returning q.id`;

/** The outcome of a replay: when the event was metered, or why it cannot be. */
interface ReplayMark {
  readonly id: string;
  readonly replayed_at_ms?: number;
  readonly reason?: QuarantineReason;
  readonly company: CompanyId | undefined;
}

const MARKS_MAX = 1_000;

/** SQL for events that wait for a company to claim their number, as their index has it. */
const IS_WAITING =
  `company = ${KEY_OF_NO_COMPANY} and company_id = '${NO_COMPANY}' and claimed_by is null and replayed_at is null`;

/** SQL for the time of event `q`: its own, or that of its arrival if it has none that is readable. */
const EVENT_MS = `case when jsonb_typeof(q.event->'at_ms') = 'number' then (q.event->>'at_ms')::numeric
  else extract(epoch from q.received_at) * 1000 end`;

/** SQL for whether claim `n` of the number of event `q` covers the event. */
const IS_COVERED = `(n.owned_from is null or extract(epoch from n.owned_from) * 1000 <= ${EVENT_MS})
  and (n.released_at is null or extract(epoch from n.released_at) * 1000 > ${EVENT_MS})`;

/** SQL for events that waited for their time, as their index has it. Their times are readable. */
const IS_IN_THE_FUTURE = "reason = 'in_the_future' and replayed_at is null";
const FUTURE_MS = "(event->>'at_ms')::numeric";

/**
 * Steps from each number to the next in the index, and stops at the first event of a number that a claim covers: one
 * lookup per number, however many events wait for it. Only events between two owners are examined each time.
 */
const CLAIMED_NUMBERS = `
  with recursive numbers(phone_number_id) as (
    select min(phone_number_id) from quarantine where ${IS_WAITING}
    union all
    select (
      select min(q.phone_number_id) from quarantine q where ${IS_WAITING} and q.phone_number_id > n.phone_number_id
    ) from numbers n where n.phone_number_id is not null
  )
  select distinct c.phone_number_id from numbers c join phone_numbers n using (phone_number_id)
  where exists (
    select from quarantine q where ${IS_WAITING} and q.phone_number_id = c.phone_number_id and ${IS_COVERED}
  ) and ${isOneOf(shardOfId("n.company_id"), "$1")} order by c.phone_number_id`;

/** Events of one reason that are counted at most, so that a count takes milliseconds. */
export const BACKLOG_COUNTED_MAX = 100_000;

/** The condition is that of the index `quarantine_backlog`. */
const BACKLOG = QUARANTINE_REASONS.map((reason) => `
  select '${reason}' as reason, count(*) as events
  from (select 1 from quarantine where reason = '${reason}' and replayed_at is null limit $1) counted`)
  .join(" union all ");

/** Events that could not be metered. The writer inserts those of a company's actor; this class inserts all others. */
export class PostgresQuarantine {
  readonly #pool: Pool;
  readonly #onQuarantined: (reason: QuarantineReason) => void;
  /** Records the outcomes of concurrent replays in few statements. */
  readonly #marks: BatchLoader<ReplayMark, boolean>;

  /** @param onQuarantined called with the reason of each added event, also of a duplicate */
  constructor(pool: Pool, onQuarantined: (reason: QuarantineReason) => void = () => {}) {
    this.#pool = pool;
    this.#onQuarantined = onQuarantined;
    this.#marks = new BatchLoader({
      batchSize: (queue) => distinctPrefix(queue, ({ id }) => id, MARKS_MAX),
      load: (marks) => this.#mark(marks),
    });
  }

  /**
   * Adds events that no company's actor has: events of unclaimed numbers, and unreadable events. An event whose id
   * exists is unchanged.
   *
   * @throws {Error} when Postgres cannot be reached; retry is safe
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
   * Erases every event that mentions a person, replayed ones too. The row, its time and its number remain. Later events
   * without an actor are erased on arrival if they happened before the erasure.
   *
   * @param keys the person's keys under the company's secret
   * @param people the person's keys under the service's secret
   * @returns the number of erased events
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
   * Lists a page of the quarantine, newest first.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async list(query: QuarantineQuery): Promise<QuarantineEntry[]> {
    const { company, reason, phone_number_id, before, unreplayed, limit } = query;
    const values: unknown[] = [limit];
    const where = joinConditions([
      [unreplayed ? "replayed_at is null" : "true"],
      [`${COMPANY} = ?`, company],
      ["reason = ?", reason],
      ["phone_number_id = ?", phone_number_id],
      ["(received_at, id) < (?, ?)", before && instantText(before.received_at_ms), before?.id],
    ], values);
    const { rows } = await this.#pool.query<Row>(
      `select ${COLUMNS} from quarantine where ${where} order by received_at desc, id desc limit $1`,
      values,
    );
    return rows.map(toQuarantineEntry);
  }

  /**
   * Counts the events of each reason that no replay has metered, up to {@link BACKLOG_COUNTED_MAX}. Reasons without an
   * event count 0.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async backlog(): Promise<ReadonlyMap<QuarantineReason, number>> {
    const { rows } = await this.#pool.query<{ reason: QuarantineReason; events: bigint }>(BACKLOG, [
      BACKLOG_COUNTED_MAX,
    ]);
    return new Map(rows.map(({ reason, events }) => [reason, safeInteger(events)]));
  }

  /**
   * Reads one event.
   *
   * @returns undefined when it does not exist
   * @throws {Error} when Postgres cannot be reached
   */
  async get(id: string): Promise<QuarantineEntry | undefined> {
    const { rows } = await this.#pool.query<Row>(`select ${COLUMNS} from quarantine where id = $1`, [id]);
    return rows.map(toQuarantineEntry)[0];
  }

  /**
   * Records that a replayed event was metered.
   *
   * @param company the company that metered it
   * @returns false when it was replayed before, or does not exist
   * @throws {Error} when Postgres cannot be reached
   */
  markReplayed(id: string, at_ms: number, company: CompanyId | undefined): Promise<boolean> {
    return this.#marks.load({ id, replayed_at_ms: at_ms, company });
  }

  /**
   * Records why a replayed event still cannot be metered. An event that was erased meanwhile stays erased.
   *
   * @param company the company it was replayed on; undefined while no company owns its number
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
   * Lists events that waited for a company to claim their number, and that a claim covers by now, oldest first. It
   * includes events that can never be metered, so that a replay records their company. Replayed events leave this list:
   * call again for the next page. Events between two owners are not listed: they wait for a claim that covers them.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async waitingFor(phone_number_id: string, limit: number): Promise<QuarantineEntry[]> {
    const { rows } = await this.#pool.query<Row>(
      `select ${COLUMNS} from quarantine q where ${IS_WAITING} and phone_number_id = $1
          and exists (select from phone_numbers n where n.phone_number_id = $1 and ${IS_COVERED})
        order by received_at, id limit $2`,
      [phone_number_id, limit],
    );
    return rows.map(toQuarantineEntry);
  }

  /**
   * Lists events that were quarantined because their time had not come, and whose time is at or before `at_ms`, in the
   * order of their times. Replayed events leave this list.
   *
   * @param after the last event of the previous page
   * @param shards the companies of the events; undefined: all
   * @throws {Error} when Postgres cannot be reached
   */
  async waitingForTheirTime(
    at_ms: number,
    limit: number,
    after?: { readonly at_ms: number; readonly id: string },
    shards?: readonly number[],
  ): Promise<QuarantineEntry[]> {
    const values: unknown[] = [limit];
    const where = joinConditions([
      [IS_IN_THE_FUTURE],
      [`${FUTURE_MS} <= ?::numeric`, at_ms],
      [`(${FUTURE_MS}, id) > (?::numeric, ?::uuid)`, after?.at_ms, after?.id],
      [isOneOf(shardOfId(COMPANY), "?"), shards, shards],
    ], values);
    const { rows } = await this.#pool.query<Row>(
      `select ${COLUMNS} from quarantine where ${where} order by ${FUTURE_MS}, id limit $1`,
      values,
    );
    return rows.map(toQuarantineEntry);
  }

  /**
   * Lists the numbers of which an event waits that a claim covers by now.
   *
   * @param shards the companies of the claims; undefined: all
   * @throws {Error} when Postgres cannot be reached
   */
  async claimedNumbers(shards?: readonly number[]): Promise<string[]> {
    const { rows } = await this.#pool.query<{ phone_number_id: string }>(CLAIMED_NUMBERS, [shards]);
    return rows.map(({ phone_number_id }) => phone_number_id);
  }
}

function toQuarantineEntry(row: Row): QuarantineEntry {
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
