import { rateHistory } from "../domain/company/activation.ts";
import type { CompanyId, FeatureCode, LocalDate } from "../domain/types.ts";
import type { FeatureName, RateHistory, RateVersion } from "../domain/rates.ts";
import { companyKey } from "./company_key.ts";
import type { Pool } from "./connection.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrNull, toCredits } from "./values.ts";

interface RateRow {
  readonly feature: FeatureCode;
  readonly version: number;
  readonly credits: bigint;
  readonly effective_from: LocalDate | null;
  readonly from_ms: bigint | null;
  readonly recorded_at_ms: bigint;
  readonly recorded_by: string;
}

/** The rate card's prices are those of the company ''. */
const RATE_CARD = companyKey("" as CompanyId);

const VERSIONS = `
  select feature, version, credits, effective_from, ${epochMs("from_at")} as from_ms,
    ${epochMs("recorded_at")} as recorded_at_ms, recorded_by
  from rate_versions where company = ${RATE_CARD} order by feature, version`;

const APPEND = `
  with appended as (
    insert into rate_versions
      (company, company_id, feature, version, credits, effective_from, from_at, recorded_at, recorded_by)
    values (${RATE_CARD}, '', $1, $2, $3, $4, $5, $6, $7)
    on conflict do nothing
    returning feature
  ), named as (
    insert into features (feature, name_pt, name_en)
    select feature, $8, $9 from appended where $8::text is not null
    on conflict (feature) do update set name_pt = excluded.name_pt, name_en = excluded.name_en
  )
  select feature from appended`;

/** The rate card in Postgres: append-only versions of prices, and the names of features. */
export class PostgresRateCard {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Reads all versions of all prices.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async history(): Promise<RateHistory> {
    const { rows } = await this.#pool.query<RateRow>(VERSIONS);
    return rateHistory(rows.map((row): RateVersion => ({
      company: null,
      feature: row.feature,
      version: row.version,
      credits: toCredits(row.credits),
      effective_from: row.effective_from,
      from_ms: safeIntegerOrNull(row.from_ms),
      recorded_at_ms: safeInteger(row.recorded_at_ms),
      recorded_by: row.recorded_by,
    })));
  }

  /**
   * Reads the names of features, by code.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async names(): Promise<Map<FeatureCode, FeatureName>> {
    const { rows } = await this.#pool.query<{ feature: FeatureCode; name_pt: string; name_en: string }>(
      "select feature, name_pt, name_en from features order by feature",
    );
    return new Map(rows.map(({ feature, name_pt, name_en }) => [feature, { "pt-BR": name_pt, en: name_en }]));
  }

  /**
   * Adds a version to the rate card. The first version of a feature creates the feature.
   *
   * @param rate the version after the last one read
   * @param name the feature's new name; unchanged if undefined
   * @returns false when the version exists: read again and decide again
   * @throws {Error} when Postgres cannot be reached: it may or may not have been added
   */
  async append(rate: RateVersion, name?: FeatureName): Promise<boolean> {
    const { rows } = await this.#pool.query(APPEND, [
      rate.feature,
      rate.version,
      rate.credits,
      rate.effective_from,
      rate.from_ms === null ? null : instantText(rate.from_ms),
      instantText(rate.recorded_at_ms),
      rate.recorded_by,
      name?.["pt-BR"] ?? null,
      name?.en ?? null,
    ]);
    return rows.length === 1;
  }

  /**
   * Renames a feature.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async rename(feature: FeatureCode, name: FeatureName): Promise<void> {
    await this.#pool.query(
      `insert into features (feature, name_pt, name_en) values ($1, $2, $3)
        on conflict (feature) do update set name_pt = excluded.name_pt, name_en = excluded.name_en`,
      [feature, name["pt-BR"], name.en],
    );
  }

  /**
   * Lists the time zones of all companies, scheduled and superseded ones too: a price from "the next local date" must
   * begin in the future in each of them.
   *
   * @throws {Error} when Postgres cannot be reached
   */
  async timeZones(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ time_zone: string }>(
      "select distinct time_zone from company_settings order by time_zone",
    );
    return rows.map(({ time_zone }) => time_zone);
  }

  /**
   * Reads the latest local date that has begun in any company by an instant, by the stored ends of current dates.
   *
   * @returns undefined when there is no company
   * @throws {Error} when Postgres cannot be reached
   */
  async latestBegun(at_ms: number): Promise<LocalDate | undefined> {
    const { rows } = await this.#pool.query<{ latest: LocalDate | null }>(
      `select max(case when due_at <= $1 then closed_through + 2 else closed_through + 1 end) as latest
        from companies`,
      [instantText(at_ms)],
    );
    return rows[0]!.latest ?? undefined;
  }

  /**
   * Reads when the latest outbound window of all companies opened. If it opened before `from_ms`, the result is
   * `from_ms - 1`: that an outbound window ever opened is cheaper to read than when.
   *
   * @returns undefined when no outbound window ever opened
   * @throws {Error} when Postgres cannot be reached
   */
  async latestOutbound(from_ms: number): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ at_ms: bigint | null }>(
      `select ${epochMs("max(w.opened_at)")} as at_ms
        from companies c
        left join windows w
          on w.company = c.key and w.opened_at >= $1 and w.direction = 'outbound'`,
      [instantText(from_ms)],
    );
    const { at_ms } = rows[0]!;
    if (at_ms !== null) return safeInteger(at_ms);
    const { rowCount } = await this.#pool.query(
      "select from day_totals where direction = 'outbound' and units > 0 limit 1",
    );
    return rowCount === 1 ? from_ms - 1 : undefined;
  }
}
