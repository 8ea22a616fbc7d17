import type { Activation } from "../domain/company/activation.ts";
import type { DayTotal, SettingsVersion } from "../domain/company/state.ts";
import type { ContractVersion } from "../domain/contract.ts";
import { DAYS_HELD } from "../domain/lateness.ts";
import { priceFrom } from "../domain/money.ts";
import type { AccountDay } from "../domain/meta_costs/account_calendar.ts";
import type { NumberAccount } from "../domain/meta_costs/number_accounts.ts";
import type { CompanyId, LocalDate } from "../domain/types.ts";
import { credits } from "../domain/types.ts";
import type { Period } from "../domain/period.ts";
import type { RateVersion } from "../domain/rates.ts";
import { bigints } from "./binary_array.ts";
import { companyKey } from "./company_key.ts";
import { NUMBER_ACCOUNT_COLUMNS } from "./cost_days.ts";
import { epochMs, instantText, safeInteger, safeIntegerOrNull } from "./values.ts";
import type { ResilientConnection } from "./resilient_connection.ts";
import { BatchLoader, distinctPrefix } from "./batch_loader.ts";

/** Companies per activation batch. */
const COMPANIES_MAX = 100;

/** Updates the companies in the order of the array, which is the writer's, so that activations and writes cannot deadlock. */
const RAISE_EPOCHS = `
  update companies c set epoch = epoch + 1 from unnest($1::bigint[]) as r(company) where c.key = r.company
  returning c.company_id, c.epoch`;

/** SQL for the settings of company `c` as JSON. Numbers in it are safe integers. */
export const SETTINGS = `
  (select coalesce(json_agg(s order by s.version), '[]') from (
    select version, effective_from, time_zone, template_in_open_window,
      ${epochMs("recorded_at")} as recorded_at_ms, recorded_by
    from company_settings where company = c.key
  ) s)`;

/** SQL for the phone number ids of company `c`, sorted. */
export const PHONE_NUMBER_IDS = `
  array(
    select phone_number_id from phone_numbers
    where company_id = c.company_id and released_at is null order by phone_number_id
  )`;

/** SQL for the contract of company `c` as JSON, to be read by {@link toContractVersion}. */
export const CONTRACT = `
  (select coalesce(json_agg(v order by v.version), '[]') from (
    select version, effective_from, package_credits, package_price::text, excess_credit_price::text, currency,
      starts_on, first_month, withdraws, reason, ${epochMs("recorded_at")} as recorded_at_ms, recorded_by
    from contract_versions where company = c.key
  ) v)`;

/** SQL for the date whose rows are read, with those of the dates before it. It differs where a wrong clock closed days. */
const RECENT = "least(c.closed_through, $2::date)";

const READ_COMPANIES = `
  select c.company_id, c.version, c.ledger_seq, c.closed_through, ${epochMs("c.due_at")} as due_at_ms,
    array(
      select ${epochMs("ends_at")} from local_days
      where company = c.key and local_date > ${RECENT} - ${DAYS_HELD}
        and local_date <= c.closed_through order by local_date
    ) as day_ends_ms,
    array(
      select ${epochMs("ends_at")} from local_days
      where company = c.key and local_date > c.closed_through + 1 order by local_date
    ) as later_day_ends_ms,
    ${epochMs("c.latest_charged_at")} as latest_charged_ms, c.name, c.locale, c.country,
    c.contact_secret,
    ${PHONE_NUMBER_IDS} as phone_number_ids,
    ${SETTINGS} as settings,
    ${CONTRACT} as contract,
    (select coalesce(json_agg(r order by r.feature, r.version), '[]') from (
      select company_id as company, feature, version, credits, effective_from, ${
  epochMs("from_at")
} as from_ms,
        ${epochMs("recorded_at")} as recorded_at_ms, recorded_by
      from rate_versions where company = c.key
    ) r) as own_rates,
    (select coalesce(json_agg(a order by a.phone_number_id, a.from_ms), '[]') from (
      select ${NUMBER_ACCOUNT_COLUMNS} from number_accounts where company = c.key
    ) a) as number_accounts,
    (select coalesce(json_agg(d order by d.time_zone, d.local_date), '[]') from (
      select time_zone, local_date, ${epochMs("ends_at")} as ended_at_ms from account_days
      where company = c.key and local_date > ${RECENT} - ${DAYS_HELD}
    ) d) as account_days,
    (select coalesce(json_agg(p order by p.month), '[]') from (
      select month, granted, consumed, closed from periods
      where company = c.key
        and (not closed or month >= to_char(${RECENT} - ${DAYS_HELD}, 'YYYY-MM'))
    ) p) as periods,
    (select coalesce(json_agg(t order by t.local_date, t.feature, t.direction), '[]') from (
      select local_date, feature, direction, units, credits from day_totals
      where company = c.key and local_date > ${RECENT} - ${DAYS_HELD}
    ) t) as totals
  from companies c where c.key = any($1::bigint[])`;

/** A contract version as its table's columns. */
export interface ContractRow extends Omit<ContractVersion, "terms"> {
  readonly package_credits: number | null;
  readonly package_price: string | null;
  readonly excess_credit_price: string | null;
  readonly currency: string;
  readonly starts_on: LocalDate;
  readonly first_month: "full" | "prorated";
}

interface ActivationRow {
  readonly company_id: CompanyId;
  readonly version: bigint;
  readonly ledger_seq: bigint;
  readonly closed_through: LocalDate;
  readonly due_at_ms: bigint;
  readonly day_ends_ms: readonly bigint[];
  readonly later_day_ends_ms: readonly bigint[];
  readonly latest_charged_ms: bigint | null;
  readonly name: string;
  readonly locale: string;
  readonly country: string | null;
  readonly contact_secret: Uint8Array;
  readonly phone_number_ids: readonly string[];
  readonly settings: readonly SettingsVersion[];
  readonly contract: readonly ContractRow[];
  readonly own_rates: readonly RateVersion[];
  readonly number_accounts: readonly NumberAccount[];
  readonly account_days: readonly AccountDay[];
  readonly periods: readonly Period[];
  readonly totals: readonly (DayTotal & { readonly local_date: LocalDate })[];
}

/**
 * Activates companies in batches (see {@link BatchLoader}), each in two statements. The first raises the epochs: it
 * waits for writes in flight, and fences the old owners. The second reads the rows. It cannot be part of the first:
 * under READ COMMITTED a statement sees the rows of the moment it began, so it would return the new heads without
 * the rows that those writes added.
 */
export class CompanyActivator {
  readonly #connection: Pick<ResilientConnection, "query">;
  readonly #batches: BatchLoader<Request, Activation | undefined>;

  constructor(connection: Pick<ResilientConnection, "query">) {
    this.#connection = connection;
    this.#batches = new BatchLoader({
      batchSize: (queue) => distinctPrefix(queue, ({ company }) => company, COMPANIES_MAX),
      load: (requests) => this.#activate(requests),
    });
  }

  /**
   * Raises a company's epoch and reads its rows.
   *
   * @returns undefined when the company does not exist
   * @throws {Error} when Postgres cannot be reached; the epoch may have been raised, which is harmless
   */
  activate(company: CompanyId, at_ms = Infinity): Promise<Activation | undefined> {
    return this.#batches.load({ company, at_ms });
  }

  async #activate(requests: readonly Request[]): Promise<(Activation | undefined)[]> {
    const companies = requests.map(({ company }) => company);
    const at_ms = Math.min(...requests.map(({ at_ms }) => at_ms));
    const values = [bigints(companies.toSorted(), companyKey)];
    const raised = await this.#connection.query<EpochRow>({
      name: "raise_epochs",
      text: RAISE_EPOCHS,
      values,
    });
    // The epochs this call raised: another owner may raise them again before the read.
    const epochs = new Map(raised.rows.map(({ company_id, epoch }) => [company_id, safeInteger(epoch)]));
    if (epochs.size === 0) return companies.map(() => undefined);
    const read = await this.#connection.query<ActivationRow>({
      name: "read_companies",
      text: READ_COMPANIES,
      values: [...values, at_ms === Infinity ? "infinity" : instantText(at_ms).slice(0, 10)],
    });
    const rows = new Map(read.rows.map((row) => [row.company_id, row]));
    return companies.map((company) => {
      const row = rows.get(company);
      const epoch = epochs.get(company);
      return row === undefined || epoch === undefined ? undefined : { ...toActivation(row), epoch };
    });
  }
}

interface Request {
  readonly company: CompanyId;
  readonly at_ms: number;
}

interface EpochRow {
  readonly company_id: CompanyId;
  readonly epoch: bigint;
}

function toActivation(row: ActivationRow): Omit<Activation, "epoch"> {
  return {
    company: row.company_id,
    version: safeInteger(row.version),
    ledger_seq: safeInteger(row.ledger_seq),
    closed_through: row.closed_through,
    due_at_ms: safeInteger(row.due_at_ms),
    day_ends_ms: row.day_ends_ms.map(safeInteger),
    later_day_ends_ms: row.later_day_ends_ms.map(safeInteger),
    latest_charged_ms: safeIntegerOrNull(row.latest_charged_ms) ?? undefined,
    name: row.name,
    locale: row.locale,
    country: row.country ?? undefined,
    contact_secret: Uint8Array.from(row.contact_secret),
    phone_number_ids: row.phone_number_ids,
    settings: row.settings,
    contract: row.contract.map(toContractVersion),
    own_rates: row.own_rates.map((rate) => ({ ...rate, credits: credits(rate.credits) })),
    number_accounts: row.number_accounts,
    account_days: row.account_days,
    periods: row.periods.map((period) => ({
      ...period,
      granted: credits(period.granted),
      consumed: credits(period.consumed),
    })),
    totals: row.totals.map((total) => ({ ...total, credits: credits(total.credits) })),
  };
}

/** Converts the row of a contract version. */
export function toContractVersion(row: ContractRow): ContractVersion {
  const { version, effective_from, withdraws, reason, recorded_at_ms, recorded_by } = row;
  const { package_credits, package_price, excess_credit_price, currency, starts_on, first_month } = row;
  return {
    version,
    effective_from,
    terms: {
      package: package_credits === null
        ? null
        : { credits: credits(package_credits), price: priceOf(package_price) },
      excess_credit_price: priceOf(excess_credit_price),
      currency,
      starts_on,
      first_month,
    },
    withdraws,
    reason,
    recorded_at_ms,
    recorded_by,
  };
}

function priceOf(text: string | null) {
  return text === null ? null : priceFrom(text);
}
