import { type ExchangeRate, parseRatio, showRatio } from "../domain/meta_costs/exchange_rates.ts";
import type { Market } from "../domain/meta_costs/markets.ts";
import type { MarketPrices, PriceTier } from "../domain/meta_costs/rate_card.ts";
import type {
  ExchangeRateQuery,
  MetaRatesVersion,
  Recorded,
  StoredExchangeRate,
  StoredMetaRates,
} from "../domain/meta_costs/rate_versions.ts";
import { priceFrom, showMoney } from "../domain/money.ts";
import type { LocalDate } from "../domain/types.ts";
import type { Pool } from "./connection.ts";
import { epochMs, instantText, safeInteger } from "./values.ts";

/** Prices as JSON: market, category, and for each tier the messages before it and its price. */
type PricesJson = Record<Market, Record<string, [number, string][]>>;

interface RecordedRow {
  readonly revision: number;
  readonly correction: string | null;
  readonly recorded_at_ms: bigint;
  readonly recorded_by: string;
}

interface VersionRow extends RecordedRow {
  readonly currency: string;
  readonly effective_from: LocalDate;
  readonly free_service_messages: number | null;
}

interface ExchangeRow extends RecordedRow {
  readonly from_currency: string;
  readonly to_currency: string;
  readonly effective_from: LocalDate;
  readonly rate: string;
}

const RECORDED = `revision, correction, ${epochMs("recorded_at")} as recorded_at_ms, recorded_by`;

const RATE_CARDS = `
  select distinct on (currency, effective_from)
    currency, effective_from, free_service_messages, prices, ${RECORDED}
  from meta_rates order by currency, effective_from, revision desc`;

const RATE_CARD_VERSIONS = `
  select currency, effective_from, free_service_messages, ${RECORDED},
    (select count(*)::int from jsonb_object_keys(prices)) as markets
  from meta_rates order by effective_from desc, currency, revision desc`;

const EXCHANGE_COLUMNS = `from_currency, to_currency, effective_from, rate::text as rate, ${RECORDED}`;

const EXCHANGE_RATES = `
  select distinct on (from_currency, to_currency, effective_from) ${EXCHANGE_COLUMNS}
  from exchange_rates order by from_currency, to_currency, effective_from, revision desc`;

const EXCHANGE_VERSIONS = `
  select ${EXCHANGE_COLUMNS} from exchange_rates
  where ($1::text is null or from_currency = $1) and ($2::text is null or to_currency = $2)
    and ($3::date is null or effective_from < $3
      or effective_from = $3 and (from_currency, to_currency) > ($4::text, $5::text)
      or effective_from = $3 and (from_currency, to_currency) = ($4::text, $5::text) and revision < $6::int)
  order by effective_from desc, from_currency, to_currency, revision desc
  limit $7`;

/** Rows read from a table, and the mark of what it had then. */
interface Snapshot<Row> {
  readonly mark: string;
  readonly rows: readonly Row[];
}

/** Meta's rate cards and the exchange rates in Postgres: append-only. */
export class PostgresMetaPricing {
  readonly #pool: Pool;
  #rate_cards: Snapshot<StoredMetaRates> = { mark: "", rows: [] };
  #exchange_rates: Snapshot<StoredExchangeRate> = { mark: "", rows: [] };

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Reads the last revision of each rate card: the same array until one is added.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async rateCards(): Promise<readonly StoredMetaRates[]> {
    const mark = await this.#markOf("meta_rates");
    if (this.#rate_cards.mark !== mark) {
      const { rows } = await this.#pool.query<VersionRow & { prices: PricesJson }>(RATE_CARDS);
      this.#rate_cards = {
        mark,
        rows: rows.map((row) => ({ ...versionOf(row), prices: pricesOf(row.prices) })),
      };
    }
    return this.#rate_cards.rows;
  }

  /**
   * Lists every revision of the rate cards: the newest date first, of one date by currency, the last revision first.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async rateCardVersions(): Promise<MetaRatesVersion[]> {
    const { rows } = await this.#pool.query<VersionRow & { markets: number }>(RATE_CARD_VERSIONS);
    return rows.map((row) => ({ ...versionOf(row), markets: row.markets }));
  }

  /**
   * Adds a revision of a rate card.
   *
   * @returns false when the revision exists: read again and decide again
   * @throws {Error} when Postgres cannot be reached: it may or may not have been added
   */
  async addRateCard(version: StoredMetaRates): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `insert into meta_rates
        (currency, effective_from, free_service_messages, prices, revision, correction, recorded_at, recorded_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
      [
        version.currency,
        version.effective_from,
        version.free_service_messages ?? null,
        JSON.stringify(pricesJson(version.prices)),
        ...recordedValues(version),
      ],
    );
    return rowCount === 1;
  }

  /**
   * Reads the last revision of each exchange rate: the same array until one is added.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async exchangeRates(): Promise<readonly StoredExchangeRate[]> {
    const mark = await this.#markOf("exchange_rates");
    if (this.#exchange_rates.mark !== mark) {
      const { rows } = await this.#pool.query<ExchangeRow>(EXCHANGE_RATES);
      this.#exchange_rates = { mark, rows: rows.map(exchangeRateOf) };
    }
    return this.#exchange_rates.rows;
  }

  /**
   * Lists revisions of the exchange rates: the newest date first, of one date by currencies, the last revision first.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async exchangeRateVersions({ from, to, after, limit }: ExchangeRateQuery): Promise<StoredExchangeRate[]> {
    const { rows } = await this.#pool.query<ExchangeRow>(EXCHANGE_VERSIONS, [
      from ?? null,
      to ?? null,
      after?.effective_from ?? null,
      after?.from ?? null,
      after?.to ?? null,
      after?.revision ?? null,
      limit,
    ]);
    return rows.map(exchangeRateOf);
  }

  /**
   * Adds a revision of an exchange rate.
   *
   * @returns false when the revision exists: read again and decide again
   * @throws {Error} when Postgres cannot be reached: it may or may not have been added
   */
  async addExchangeRate(version: StoredExchangeRate): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `insert into exchange_rates
        (from_currency, to_currency, effective_from, rate, revision, correction, recorded_at, recorded_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
      [version.from, version.to, version.effective_from, showRatio(version.rate), ...recordedValues(version)],
    );
    return rowCount === 1;
  }

  /** Reads what changes with every row that is added, and with another database behind the same address. */
  async #markOf(table: "meta_rates" | "exchange_rates"): Promise<string> {
    const { rows } = await this.#pool.query<{ mark: string }>(
      `select count(*)::text || ' ' || coalesce(max(recorded_at)::text, '') as mark from ${table}`,
    );
    return rows[0]!.mark;
  }
}

function recordedOf(row: RecordedRow): Recorded {
  return {
    revision: row.revision,
    correction: row.correction ?? undefined,
    recorded_at_ms: safeInteger(row.recorded_at_ms),
    recorded_by: row.recorded_by,
  };
}

function recordedValues({ revision, correction, recorded_at_ms, recorded_by }: Recorded) {
  return [revision, correction ?? null, instantText(recorded_at_ms), recorded_by];
}

function versionOf(row: VersionRow): Omit<StoredMetaRates, "prices"> {
  return {
    currency: row.currency,
    effective_from: row.effective_from,
    free_service_messages: row.free_service_messages ?? undefined,
    ...recordedOf(row),
  };
}

function exchangeRateOf(row: ExchangeRow): StoredExchangeRate {
  const rate: ExchangeRate = {
    from: row.from_currency,
    to: row.to_currency,
    effective_from: row.effective_from,
    rate: parseRatio(row.rate)!,
  };
  return { ...rate, ...recordedOf(row) };
}

function pricesJson(prices: ReadonlyMap<Market, MarketPrices>): PricesJson {
  const categories = (of_market: MarketPrices) =>
    Object.fromEntries(
      Object.entries(of_market).map(([category, tiers]) => [
        category,
        tiers.map(({ from_messages, price }): [number, string] => [from_messages, showMoney(price)]),
      ]),
    );
  return Object.fromEntries([...prices].map(([market, of_market]) => [market, categories(of_market)]));
}

function pricesOf(json: PricesJson): Map<Market, MarketPrices> {
  const tiersOf = (tiers: [number, string][]): PriceTier[] =>
    tiers.map(([from_messages, price]) => ({ from_messages, price: priceFrom(price) }));
  return new Map(
    Object.entries(json).map(([market, categories]) => [
      market,
      Object.fromEntries(Object.entries(categories).map(([category, tiers]) => [category, tiersOf(tiers)])),
    ]),
  );
}
