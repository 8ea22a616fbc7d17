import type { CalendarOptions } from "../calendar.ts";
import { Calendar, monthOf } from "../calendar.ts";
import type { TemplatePolicy } from "../charge.ts";
import type { ContractVersion } from "../contract.ts";
import type { NumberAccounts } from "../meta_costs/number_accounts.ts";
import type { Keyring } from "../identity/keyring.ts";
import type {
  CompanyId,
  ContactKey,
  Credits,
  Direction,
  FeatureCode,
  LocalDate,
  MessageKey,
  Month,
} from "../types.ts";
import { NO_CREDITS } from "../types.ts";
import type { Period } from "../period.ts";
import { newPeriod } from "../period.ts";
import { lastingVersions } from "../versions.ts";
import type { CompanyRates, RateVersion } from "../rates.ts";
import type { AccountDays } from "./account_days.ts";
import type { Balance } from "./balance.ts";
import type { Person } from "./person.ts";

/**
 * The settings in force from a local date on. A later version can supersede a scheduled one; none is edited.
 */
export interface SettingsVersion {
  readonly version: number;
  readonly effective_from: LocalDate;
  readonly time_zone: string;
  readonly template_in_open_window: TemplatePolicy;
  readonly recorded_at_ms: number;
  readonly recorded_by: string;
}

/** The effective date of a company's first settings: before every other date. */
export const ALWAYS = "0001-01-01" as LocalDate;

/** Credits and units of one feature and direction on one local date. */
export interface DayTotal {
  readonly feature: FeatureCode;
  readonly direction: Direction;
  /** Windows, or the quantity of usages. */
  readonly units: number;
  readonly credits: Credits;
}

/** A counted usage. A second report under its id is compared with it. */
export interface CountedUsage {
  readonly id: string;
  /** Hash of the body: the same id with another body is refused. */
  readonly content: string;
}

/** A decided send. The same send again gets the same answer. */
export interface DecidedSend {
  readonly key: MessageKey;
  readonly content: string;
  /** The reply, as JSON. */
  readonly reply: string;
}

/**
 * An actor's state of its company: the activated snapshot with all later events folded in. Only `evolve`
 * changes it.
 */
export interface CompanyState {
  readonly company: CompanyId;
  readonly epoch: number;
  readonly keyring: Keyring;
  name: string;
  locale: string;
  /** ISO 3166-1 alpha-2: national numbers given by callers are of this country. */
  country: string | undefined;
  phone_number_ids: readonly string[];
  settings: readonly SettingsVersion[];
  calendar: Calendar;
  contract: readonly ContractVersion[];
  rates: CompanyRates;
  /** The Meta accounts of the company's numbers. */
  number_accounts: NumberAccounts;
  /** The days of the accounts' time zones, by zone. */
  readonly account_days: Map<string, AccountDays>;
  /** Increases by one with every committed change. */
  version: number;
  ledger_seq: number;
  /** The last closed local date. */
  closed_through: LocalDate;
  /** The current local date: the day after the last closed one. It never goes back. */
  today: LocalDate;
  /** When today ends. */
  due_at_ms: number;
  readonly periods: Map<Month, Period>;
  /** Totals by local date, then by `totalKey`, of the days that can still change. */
  readonly totals: Map<LocalDate, Map<string, DayTotal>>;
  /** People by canonical identifier, once for every requested identifier. */
  readonly people: Map<string, Person>;
  /** People by every key of theirs, including keys nobody requested. */
  readonly people_by_key: Map<ContactKey, Person>;
  /** Phones whose other spelling is stored as a contact, until the next decision joins them. */
  readonly phones_to_join: Set<string>;
  /** Messages and send records of these people in memory. */
  messages_in_memory: number;
  /** The person each message in memory went to, who may have been merged since: see `recipientOf`. */
  readonly recipients: Map<MessageKey, Person>;
  /** The person each incoming message that may have opened a window came from, who may have been merged since. */
  readonly senders: Map<MessageKey, Person>;
  readonly usages: Map<string, CountedUsage>;
  readonly sends: Map<MessageKey, DecidedSend>;
  /** The latest time of any charge, or of the delivery of a counted message. It may be ahead of our clock. */
  latest_charged_ms: number | undefined;
  /** Identity conflicts flagged since activation; each is flagged once. */
  readonly flagged_conflicts: Set<string>;
  /** The balance computed last; undefined after an event. Only `balanceOf` reads it. */
  last_balance: Balance | undefined;
}

/**
 * Counts what grows with the contacts in memory: people, their messages, the messages they wrote that are found by id
 * alone, usages and sends. `evictLoaded` makes it zero.
 */
export function itemsIn({ people, messages_in_memory, senders, usages, sends }: CompanyState): number {
  return people.size + messages_in_memory + senders.size + usages.size + sends.size;
}

/** Returns a month's period. A month that was never opened is empty, and closed if it is over. */
export function periodOf(state: CompanyState, month: Month): Period {
  return state.periods.get(month) ?? newPeriod(month, month < monthOf(state.today));
}

/** Returns the key of a total within its date. */
export function totalKey(feature: FeatureCode, direction: Direction): string {
  return `${feature} ${direction}`;
}

/** Returns a total of a date; zero when there is none. */
export function totalOf(
  state: CompanyState,
  date: LocalDate,
  feature: FeatureCode,
  direction: Direction,
): DayTotal {
  return state.totals.get(date)?.get(totalKey(feature, direction)) ??
    { feature, direction, units: 0, credits: NO_CREDITS };
}

/** Returns the last date on which something was charged, or `date` if that is later. */
export function lastChargedDate({ totals }: CompanyState, date: LocalDate): LocalDate {
  let last = date;
  for (const charged of totals.keys()) if (charged > last) last = charged;
  return last;
}

/** Returns the settings in force on a date: the last recorded of those effective by then. */
export function settingsOn(settings: readonly SettingsVersion[], date: LocalDate): SettingsVersion {
  return settings.findLast((s) => s.effective_from <= date) ?? settings[0]!;
}

/** Builds the calendar of settings. Superseded versions never take effect. */
export function calendarOf(settings: readonly SettingsVersion[], options?: CalendarOptions): Calendar {
  const lasting = lastingVersions(settings);
  const zones = lasting.filter((s, i) => i === 0 || s.time_zone !== lasting[i - 1]!.time_zone);
  return new Calendar(zones, options);
}

/** Adds a version to the company's overrides of its feature. */
export function withRate(rates: CompanyRates, rate: RateVersion): CompanyRates {
  const own = new Map(rates.overrides);
  own.set(rate.feature, [...(own.get(rate.feature) ?? []), rate]);
  return { rate_card: rates.rate_card, overrides: own };
}
