import type { CompanyId, LocalDate } from "../types.ts";
import { RUNTIME_ZONE_DATA } from "../zone_data.ts";

/**
 * The Meta account of a number from an instant on. Meta's months and prices are the account's: its time zone says when
 * a month begins, its currency names the rates, and its portfolio counts the volume tiers.
 */
export interface NumberAccount {
  readonly company: CompanyId;
  readonly phone_number_id: string;
  /** Messages that were delivered at this instant or later belong to the account, until a later version begins. */
  readonly from_ms: number;
  /** The date of `from_ms` in the account's time zone; null if an older version set the account, which did not store it. */
  readonly from_date?: LocalDate | null;
  /** Meta's id of the WhatsApp Business Account. */
  readonly account_id: string;
  /** Meta's id of the business portfolio; the account's id where none is given. */
  readonly portfolio_id: string;
  readonly time_zone: string;
  /** A code of ISO 4217: Meta bills the account in it. */
  readonly currency: string;
  readonly recorded_at_ms: number;
  readonly recorded_by: string;
}

/** The accounts of a company's numbers, by number, each number's in order of `from_ms`. */
export type NumberAccounts = ReadonlyMap<string, readonly NumberAccount[]>;

/** Groups accounts by number. Each number's must be in order of `from_ms`. */
export function numberAccounts(accounts: readonly NumberAccount[]): NumberAccounts {
  return Map.groupBy(accounts, ({ phone_number_id }) => phone_number_id);
}

/** Returns the account of a number at an instant; undefined before the first. */
export function accountAt(
  accounts: NumberAccounts,
  phone_number_id: string,
  at_ms: number,
): NumberAccount | undefined {
  return accounts.get(phone_number_id)?.findLast(({ from_ms }) => from_ms <= at_ms);
}

/** Returns the date on which an account begins, in its time zone. It counts for the whole date. */
export function firstDate({ from_date, from_ms, time_zone }: NumberAccount): LocalDate {
  return from_date ?? RUNTIME_ZONE_DATA.dateOn(from_ms, time_zone);
}

/** Adds an account that begins after the number's others. */
export function withAccount(accounts: NumberAccounts, account: NumberAccount): NumberAccounts {
  const { phone_number_id } = account;
  return new Map(accounts).set(phone_number_id, [...accounts.get(phone_number_id) ?? [], account]);
}
