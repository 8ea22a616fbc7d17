import { Calendar, monthOf } from "../calendar.ts";
import type { TemplatePolicy } from "../charge.ts";
import type { ContractVersion } from "../contract.ts";
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
import type { CompanyRates, RateVersion } from "../rates.ts";
import type { Person } from "./person.ts";

/** The settings that hold from a local date on. Scheduled ones can be superseded; none is edited. */
export interface SettingsVersion {
  readonly version: number;
  readonly effective_from: LocalDate;
  readonly time_zone: string;
  readonly template_in_open_window: TemplatePolicy;
  readonly recorded_at_ms: number;
  readonly recorded_by: string;
}

/** The date the first settings of a company hold from: always. */
export const ALWAYS = "0001-01-01" as LocalDate;

/** Credits and units of one feature and direction on one local date. */
export interface DayTotal {
  readonly feature: FeatureCode;
  readonly direction: Direction;
  /** Windows, or the quantity of a usage. */
  readonly units: number;
  readonly credits: Credits;
}

/** A usage that was counted: a second report under its id is compared with it. */
export interface CountedUsage {
  readonly id: string;
  /** Hash of what was reported: the same id with another body is refused. */
  readonly content: string;
}

/** A send that was decided: asked again, it gets the same answer. */
export interface DecidedSend {
  readonly key: MessageKey;
  readonly content: string;
  /** The reply, as given. */
  readonly reply: string;
}

/**
 * Everything an actor holds of its company. It is the fold of the company's events over what the store
 * gave at activation; `evolve` alone changes it.
 */
export interface CompanyState {
  readonly company: CompanyId;
  readonly epoch: number;
  readonly keyring: Keyring;
  name: string;
  locale: string;
  phone_number_ids: readonly string[];
  settings: readonly SettingsVersion[];
  calendar: Calendar;
  contract: readonly ContractVersion[];
  rates: CompanyRates;
  /** Rises by one with every change that is committed. */
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
  /** People by canonical identifier: a person stands here once for every identifier that has been asked for. */
  readonly people: Map<string, Person>;
  /** Those of them whom the store named, by every key it named them by: also such as nobody had asked for. */
  readonly people_by_key: Map<ContactKey, Person>;
  /** Messages and records of ours that these people are held with. */
  messages_in_memory: number;
  readonly usages: Map<string, CountedUsage>;
  readonly sends: Map<MessageKey, DecidedSend>;
  /** The latest time of anything that was ever charged: it may be ahead of our clock. */
  latest_charged_ms: number | undefined;
  /** Conflicts of identity that have been flagged since activation, so that each is flagged once. */
  readonly flagged_conflicts: Set<string>;
}

/** A month's period; one that was never opened is empty, and closed if the month is over. */
export function periodOf(state: CompanyState, month: Month): Period {
  return state.periods.get(month) ?? newPeriod(month, month < monthOf(state.today));
}

export function totalKey(feature: FeatureCode, direction: Direction): string {
  return `${feature} ${direction}`;
}

export function totalOf(
  state: CompanyState,
  date: LocalDate,
  feature: FeatureCode,
  direction: Direction,
): DayTotal {
  return state.totals.get(date)?.get(totalKey(feature, direction)) ??
    { feature, direction, units: 0, credits: NO_CREDITS };
}

/** The settings in force on a date: the ones recorded last of those that hold by then. */
export function settingsOn(settings: readonly SettingsVersion[], date: LocalDate): SettingsVersion {
  return settings.findLast((s) => s.effective_from <= date) ?? settings[0]!;
}

/** The calendar that settings make: superseded versions never take effect. */
export function calendarOf(settings: readonly SettingsVersion[]): Calendar {
  const lasting = settings.filter((s, i) =>
    !settings.slice(i + 1).some((t) => t.effective_from <= s.effective_from)
  );
  const zones = lasting.filter((s, i) => i === 0 || s.time_zone !== lasting[i - 1]!.time_zone);
  return new Calendar(zones);
}

/** Adds a version to the card's own history of its feature. */
export function withRate(rates: CompanyRates, rate: RateVersion): CompanyRates {
  const own = new Map(rates.overrides);
  own.set(rate.feature, [...(own.get(rate.feature) ?? []), rate]);
  return { rate_card: rates.rate_card, overrides: own };
}
