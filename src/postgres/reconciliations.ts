import type { Micros } from "../domain/money.ts";
import type { ReconciliationTotals } from "../domain/meta_costs/reconciliation.ts";
import type {
  ExplainedPart,
  LineKind,
  LineSide,
  ReconciliationLine,
} from "../domain/meta_costs/reconciliation_lines.ts";
import type {
  LineQuery,
  NumberedLine,
  Reconciliation,
  ReconciliationQuery,
} from "../domain/meta_costs/reconciliations.ts";
import type { MetaCategory, PricingType } from "../domain/meta_costs/types.ts";
import type { LocalDate } from "../domain/types.ts";
import { joinConditions } from "./conditions.ts";
import type { Pool } from "./connection.ts";
import { epochMs, instantText, safeInteger } from "./values.ts";

const COLUMNS = `id, account_id, from_date, to_date, currency, created_by, data_points, totals, ${
  epochMs("created_at")
} as created_at_ms`;

const LINE_COLUMNS = `line, date, kind, phone_number_id, category, pricing_type, country, our_messages,
  meta_messages, our_cost, meta_cost, parts`;

/** One statement: either all of a reconciliation is stored, or nothing. */
const ADD = `
  with added as (
    insert into reconciliations
      (id, created_at, account_id, from_date, to_date, currency, created_by, data_points, totals)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  )
  insert into reconciliation_lines (reconciliation, ${LINE_COLUMNS})
  select $1::uuid, ${LINE_COLUMNS} from jsonb_to_recordset($10::jsonb) as row(
    line int, date date, kind text, phone_number_id text, category text, pricing_type text, country text,
    our_messages bigint, meta_messages bigint, our_cost bigint, meta_cost bigint, parts jsonb
  )`;

interface Row {
  readonly id: string;
  readonly account_id: string;
  readonly from_date: LocalDate;
  readonly to_date: LocalDate;
  readonly currency: string;
  readonly created_by: string;
  readonly data_points: number;
  readonly totals: StoredTotals;
  readonly created_at_ms: bigint;
}

interface LineRow {
  readonly line: number;
  readonly date: LocalDate;
  readonly kind: LineKind;
  readonly phone_number_id: string;
  readonly category: MetaCategory;
  readonly pricing_type: PricingType;
  readonly country: string | null;
  readonly our_messages: bigint;
  readonly meta_messages: bigint;
  readonly our_cost: bigint | null;
  readonly meta_cost: bigint | null;
  readonly parts: readonly StoredPart[];
}

/** A side with its cost as text, in millionths: JSON has no exact integers. */
interface StoredSide {
  readonly messages: number;
  readonly cost: string | null;
}
type StoredTotals = Omit<ReconciliationTotals, "ours" | "meta"> & Record<"ours" | "meta", StoredSide>;
type StoredPart = Omit<ExplainedPart, "prices"> & {
  readonly prices: { readonly ours: string; readonly meta: string } | null;
};

/** Reconciliations in Postgres. */
export class PostgresReconciliations {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Stores a reconciliation with its lines, which are numbered from 1 on.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async add(
    { id, account_id, from, to, currency, created_at_ms, created_by, data_points, totals }: Reconciliation,
    lines: readonly ReconciliationLine[],
  ): Promise<void> {
    await this.#pool.query(ADD, [
      id,
      instantText(created_at_ms),
      account_id,
      from,
      to,
      currency,
      created_by,
      data_points,
      JSON.stringify({ ...totals, ours: toStoredSide(totals.ours), meta: toStoredSide(totals.meta) }),
      JSON.stringify(lines.map((line, index) => toStoredLine(line, index + 1))),
    ]);
  }

  /**
   * Lists a page of reconciliations, newest first.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async list({ account_id, before, limit }: ReconciliationQuery): Promise<Reconciliation[]> {
    const values: unknown[] = [limit];
    const where = joinConditions([
      ["true"],
      ["account_id = ?", account_id],
      ["(created_at, id) < (?, ?)", before && instantText(before.created_at_ms), before?.id],
    ], values);
    const { rows } = await this.#pool.query<Row>(
      `select ${COLUMNS} from reconciliations where ${where} order by created_at desc, id desc limit $1`,
      values,
    );
    return rows.map(toReconciliation);
  }

  /** Reads a reconciliation. @throws {Error} when Postgres cannot be reached */
  async find(id: string): Promise<Reconciliation | undefined> {
    const { rows: [row] } = await this.#pool.query<Row>(
      `select ${COLUMNS} from reconciliations where id = $1`,
      [id],
    );
    return row && toReconciliation(row);
  }

  /**
   * Lists a page of lines, in order.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async lines({ id, kinds, reason, phone_number_id, after, limit }: LineQuery): Promise<NumberedLine[]> {
    const values: unknown[] = [limit];
    const where = joinConditions([
      ["reconciliation = ?", id],
      ["kind = any (?::text[])", [...kinds]],
      ["parts @> ?::jsonb", reason && JSON.stringify([{ reason }])],
      ["phone_number_id = ?", phone_number_id],
      ["line > ?", after],
    ], values);
    const { rows } = await this.#pool.query<LineRow>(
      `select ${LINE_COLUMNS} from reconciliation_lines where ${where} order by line limit $1`,
      values,
    );
    return rows.map(toLine);
  }

  /** Reads one line. @throws {Error} when Postgres cannot be reached */
  async line(id: string, line: number): Promise<NumberedLine | undefined> {
    const { rows: [row] } = await this.#pool.query<LineRow>(
      `select ${LINE_COLUMNS} from reconciliation_lines where reconciliation = $1 and line = $2`,
      [id, line],
    );
    return row && toLine(row);
  }
}

function toStoredLine(
  { ours, meta, parts, country, kind, phone_number_id, date, category, pricing_type }: ReconciliationLine,
  line: number,
): Record<string, unknown> {
  return {
    line,
    date,
    kind,
    phone_number_id,
    category,
    pricing_type,
    country: country ?? null,
    our_messages: ours.messages,
    meta_messages: meta.messages,
    our_cost: ours.cost?.toString() ?? null,
    meta_cost: meta.cost?.toString() ?? null,
    parts: parts.map(({ prices, ...part }): StoredPart => ({
      ...part,
      prices: prices === undefined ? null : { ours: `${prices.ours}`, meta: `${prices.meta}` },
    })),
  };
}

function toStoredSide({ messages, cost }: LineSide): StoredSide {
  return { messages, cost: cost?.toString() ?? null };
}

function toReconciliation(
  { from_date, to_date, created_at_ms, totals, ...row }: Row,
): Reconciliation {
  return {
    ...row,
    from: from_date,
    to: to_date,
    created_at_ms: safeInteger(created_at_ms),
    totals: { ...totals, ours: toSide(totals.ours), meta: toSide(totals.meta) },
  };
}

function toSide({ messages, cost }: StoredSide): LineSide {
  return { messages, cost: cost === null ? undefined : BigInt(cost) as Micros };
}

function toLine(
  { country, our_messages, our_cost, meta_messages, meta_cost, parts, ...row }: LineRow,
): NumberedLine {
  return {
    ...row,
    country: country ?? undefined,
    ours: sideOf(our_messages, our_cost),
    meta: sideOf(meta_messages, meta_cost),
    parts: parts.map(({ prices, ...part }) => ({
      ...part,
      prices: prices === null
        ? undefined
        : { ours: BigInt(prices.ours) as Micros, meta: BigInt(prices.meta) as Micros },
    })),
  };
}

function sideOf(messages: bigint, cost: bigint | null): LineSide {
  return { messages: safeInteger(messages), cost: cost === null ? undefined : cost as Micros };
}
