/** All stored rows of a company in one form, so that two stores can be compared. */

import { priceFrom } from "../../src/domain/money.ts";
import type { CompanyId, ContactId, ContactKey, LocalDate } from "../../src/domain/types.ts";
import { credits } from "../../src/domain/types.ts";
import type {
  ClosedFigures,
  QuarantinedEvent,
  StoredFact,
  StoredUsage,
} from "../../src/domain/company/event.ts";
import { factId } from "../../src/domain/company/facts.ts";
import type { DayTotal, DecidedSend, SettingsVersion } from "../../src/domain/company/state.ts";
import type { ContractVersion, Terms } from "../../src/domain/contract.ts";
import { costGroupKey } from "../../src/domain/meta_costs/counted_costs.ts";
import type { AccountDay } from "../../src/domain/meta_costs/account_calendar.ts";
import type { NumberAccount } from "../../src/domain/meta_costs/number_accounts.ts";
import type { CostGroup } from "../../src/domain/meta_costs/types.ts";
import { PostgresMetaCosts } from "../../src/postgres/cost_days.ts";
import type { Period } from "../../src/domain/period.ts";
import type { RateVersion } from "../../src/domain/rates.ts";
import type { StoredCompany } from "../support/memory_store/company.ts";
import type { Pool } from "../../src/postgres/connection.ts";
import { labelsOf } from "../../src/postgres/label_sets.ts";
import { epochMs } from "../../src/postgres/values.ts";
import { PostgresQuarantine } from "../../src/postgres/quarantine.ts";
import type { StoredEntry, WindowRecord } from "../../src/domain/reports.ts";
import { PostgresReports } from "../../src/postgres/reports.ts";

/** Rows by table, as domain values, sorted. */
export interface StoredRows {
  readonly head: Readonly<Record<string, unknown>>;
  readonly settings: readonly SettingsVersion[];
  readonly contract: readonly ContractVersion[];
  readonly rates: readonly RateVersion[];
  readonly contacts: readonly {
    readonly key: ContactKey;
    readonly contact_id: ContactId;
    readonly by_phone: boolean;
    readonly identifier?: string | undefined;
    readonly erased_at_ms?: number | undefined;
    readonly known_since_ms: number;
  }[];
  readonly facts: readonly StoredFact[];
  readonly sends: readonly (DecidedSend & { readonly sent_at_ms: number })[];
  readonly usages: readonly StoredUsage[];
  readonly windows: readonly WindowRecord[];
  readonly ledger: readonly StoredEntry[];
  readonly totals: readonly (DayTotal & { readonly local_date: LocalDate })[];
  readonly local_days: readonly { readonly local_date: LocalDate; readonly ends_ms: number }[];
  readonly closed_days: readonly { readonly local_date: LocalDate; readonly totals: readonly DayTotal[] }[];
  readonly periods: readonly { readonly period: Period; readonly at_close: ClosedFigures | undefined }[];
  readonly quarantine: readonly QuarantinedEvent[];
  readonly costs: readonly (CostGroup & { readonly messages: number })[];
  readonly accounts: readonly NumberAccount[];
  readonly account_days: readonly AccountDay[];
}

/** Reads the rows of the memory store. */
export function rowsInMemory(stored: StoredCompany): StoredRows {
  const { head, settings, contract, rates } = stored;
  const { contact_secret: _, ...rest } = head;
  return {
    head: rest,
    settings,
    contract,
    rates: rates.toSorted(by((rate) => `${rate.feature} ${rate.version}`)),
    contacts: [...stored.contacts].map(([key, contact]) => ({ key, ...contact })).sort(by(({ key }) => key)),
    facts: [...stored.facts.values()].flatMap((facts) => [...facts.values()]).sort(by(({ id }) => id)),
    sends: [...stored.sends.values()].map(({ send, sent_at_ms }) => ({ ...send, sent_at_ms }))
      .sort(by(({ key }) => key)),
    usages: [...stored.usages.values()].sort(by(({ id }) => id)),
    windows: [...stored.windows.values()].map(({ contact, local_date, direction, window }) => {
      const { feature, opened_at_ms, credits, message } = window;
      return { contact, local_date, direction, feature, opened_at_ms, credits, message };
    }).sort(by(windowKey)),
    ledger: stored.entries,
    totals: stored.totalsAfter("" as LocalDate),
    local_days: [...stored.local_days].map(([local_date, ends_ms]) => ({ local_date, ends_ms }))
      .sort(by(({ local_date }) => local_date)),
    closed_days: [...stored.closed_days].map(([local_date, totals]) => ({ local_date, totals }))
      .sort(by(({ local_date }) => local_date)),
    periods: [...stored.periods.values()].map(({ period, at_close }) => ({ period, at_close }))
      .sort(by(({ period }) => period.month)),
    quarantine: [...stored.quarantine.values()].map(({ people: _, ...row }) => ({
      ...row,
      event: asJson(row.event),
    }))
      .sort(by(({ id }) => id)),
    costs: [...stored.costs.values()].filter(({ messages }) => messages !== 0)
      .map(({ group, messages }) => ({ ...group, messages })).sort(by(costGroupKey)),
    accounts: stored.number_accounts.toSorted(by(accountKey)),
    account_days: stored.accountDaysAfter("" as LocalDate),
  };
}

const RECORDED = `${epochMs("recorded_at")} as recorded_at_ms, recorded_by`;

/** Reads the rows of the Postgres tables. */
export async function rowsInPostgres(pool: Pool, company: CompanyId): Promise<StoredRows> {
  const rowsWithNulls = async <Row>(sql: string): Promise<Row[]> =>
    (await pool.query<{ row: Row }>(`select to_jsonb(t) as row from (${sql}) t`, [company])).rows
      .map(({ row }) => row);
  const rows = async <Row>(sql: string): Promise<Row[]> => (await rowsWithNulls<Row>(sql)).map(withoutNulls);
  const reports = new PostgresReports(pool);
  const [from, to] = ["0001-01-01", "9999-12-31"] as [LocalDate, LocalDate];
  const quarantine = await new PostgresQuarantine(pool).list({ company, limit: 1_000 });
  return {
    head: (await rows<StoredRows["head"]>(`select epoch, version, ledger_seq, closed_through,
      ${epochMs("due_at")} as due_at_ms, ${
      epochMs("latest_charged_at")
    } as latest_charged_ms, name, locale, country from companies where key = company_key($1)`))[0]!,
    settings: await rows(`select version, effective_from, time_zone, template_in_open_window,
      ${RECORDED} from company_settings where company = company_key($1) order by version`),
    contract:
      (await rowsWithNulls<ContractRow>(`select version, effective_from, package_credits, package_price::text,
      excess_credit_price::text, currency, starts_on, first_month, withdraws, reason,
      ${RECORDED} from contract_versions where company = company_key($1) order by version`)).map(
        contractVersion,
      ),
    rates: await rowsWithNulls(`select company_id as company, feature, version, credits, effective_from,
      ${epochMs("from_at")} as from_ms, ${RECORDED}
      from rate_versions where company = company_key($1) order by feature, version`),
    contacts: await rows(
      `select key, coalesce(contact_id, key) as contact_id, by_phone, identifier, ${
        epochMs("erased_at")
      } as erased_at_ms,
          ${epochMs("known_since")} as known_since_ms
        from contacts where company = company_key($1) order by key`,
    ),
    facts: (await rows<Omit<StoredFact, "id">>(
      `select contact, kind, ${epochMs("occurred_at")} as at_ms, message, template, category,
      callback, phone_number_id, pricing, ${labelsOf("facts")} as attribution, by_message
      from facts where company = company_key($1)`,
    )).map((fact) => ({ ...fact, id: factId(fact) })).sort(by(({ id }) => id)),
    sends: await rows(`select message as key, content, reply, ${epochMs("sent_at")} as sent_at_ms
      from sends where company = company_key($1) order by message`),
    usages: await rows(`select id, content, feature, quantity, credits, local_date,
      ${epochMs("occurred_at")} as occurred_at_ms, ${
      labelsOf("usages")
    } as attributes from usages where company = company_key($1) order by id`),
    windows: (await reports.windows({ company, limit: 1_000 })).sort(by(windowKey)),
    ledger: (await reports.ledger({ company, limit: 1_000 })).reverse(),
    totals: await reports.dayTotals(company, from, to),
    local_days: await rows(`select local_date, ${epochMs("ends_at")} as ends_ms
      from local_days where company = company_key($1) order by local_date`),
    closed_days: (await reports.closedDays(company, from, to))
      .map(({ local_date, totals }) => ({ local_date, totals })),
    periods: (await reports.periods(company)).map(({ period, at_close }) => ({ period, at_close })),
    costs: (await new PostgresMetaCosts(pool).days({ company, from, to, by: "local_date" }))
      .map(({ company: _, ...counted }) => counted).sort(by(costGroupKey)),
    accounts: (await new PostgresMetaCosts(pool).accounts(company)).sort(by(accountKey)),
    account_days: await new PostgresMetaCosts(pool).accountDays(company, from, to),
    quarantine: quarantine.map(({ company: _, replayed_at_ms: __, ...row }) => row).sort(by(({ id }) => id)),
  };
}

/** A contract version as its table's columns. */
interface ContractRow extends Omit<ContractVersion, "terms">, Omit<Terms, "package" | "excess_credit_price"> {
  readonly package_credits: number | null;
  readonly package_price: string | null;
  readonly excess_credit_price: string | null;
}

function contractVersion(row: ContractRow): ContractVersion {
  const {
    package_credits,
    package_price,
    excess_credit_price,
    currency,
    starts_on,
    first_month,
    ...version
  } = row;
  const terms = {
    package: package_credits === null
      ? null
      : { credits: credits(package_credits), price: priceFrom(package_price!) },
    excess_credit_price: excess_credit_price === null ? null : priceFrom(excess_credit_price),
    currency,
    starts_on,
    first_month,
  };
  return { ...version, terms };
}

/** Normalizes rows for comparison: removes undefined fields. */
export function normalized(rows: StoredRows): unknown {
  return JSON.parse(JSON.stringify(rows, (_, value) => typeof value === "bigint" ? `${value}` : value));
}

function accountKey({ phone_number_id, from_ms }: NumberAccount): string {
  return `${phone_number_id} ${from_ms}`;
}

function windowKey({ local_date, contact, direction }: WindowRecord): string {
  return `${local_date} ${contact} ${direction}`;
}

function by<T>(key: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => key(a) < key(b) ? -1 : 1;
}

function withoutNulls<Row>(row: Row): Row {
  const given = Object.entries(row as object).filter(([, value]) => value !== null);
  return Object.fromEntries(given) as Row;
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
