import type { ContractVersion } from "../contract.ts";
import type { CompanyId, ContactId, ContactKey, LocalDate, MessageKey } from "../types.ts";
import { addDays, nextDate } from "../calendar.ts";
import { isOwnBsuid } from "../identity/identifiers.ts";
import { Keyring } from "../identity/keyring.ts";
import { formerSpellings } from "../identity/numbering.ts";
import type { AccountDay } from "../meta_costs/account_calendar.ts";
import type { NumberAccount } from "../meta_costs/number_accounts.ts";
import { numberAccounts } from "../meta_costs/number_accounts.ts";
import type { Period } from "../period.ts";
import type { ZoneData } from "../zone_data.ts";
import { RUNTIME_ZONE_DATA } from "../zone_data.ts";
import type { RateHistory, RateVersion } from "../rates.ts";
import { accountDaysFrom } from "./account_days.ts";
import type { StoredFact } from "./event.ts";
import type { Person } from "./person.ts";
import { messageCountOf, newPerson } from "./person.ts";
import { personFrom } from "./person_from_facts.ts";
import type { CompanyState, CountedUsage, DayTotal, DecidedSend, SettingsVersion } from "./state.ts";
import { calendarOf, totalKey } from "./state.ts";

/** The stored rows of a company, read when an owner activates it under a new epoch. */
export interface Activation {
  readonly company: CompanyId;
  readonly epoch: number;
  readonly version: number;
  readonly ledger_seq: number;
  readonly closed_through: LocalDate;
  /** The ends of consecutive local dates up to `closed_through`: of every date that can still change. */
  readonly day_ends_ms: readonly number[];
  /** The end of the current local date. */
  readonly due_at_ms: number;
  /** The ends of consecutive local dates after the current one, up to the last on which something is dated. */
  readonly later_day_ends_ms: readonly number[];
  readonly name: string;
  readonly locale: string;
  readonly country: string | undefined;
  readonly contact_secret: Uint8Array;
  readonly phone_number_ids: readonly string[];
  /** In order of `version`. */
  readonly settings: readonly SettingsVersion[];
  /** In order of `version`. */
  readonly contract: readonly ContractVersion[];
  /** The company's rate overrides, in order of `version` within each feature. */
  readonly own_rates: readonly RateVersion[];
  /** The Meta accounts of the company's numbers, each number's in order of `from_ms`. */
  readonly number_accounts: readonly NumberAccount[];
  /** The stored days of the accounts' time zones that can still change, in order of zone and date. */
  readonly account_days: readonly AccountDay[];
  /** The latest time of any charge, or of the delivery of a counted message; undefined before the first. */
  readonly latest_charged_ms: number | undefined;
  /** The current month and the earlier ones that can still change. */
  readonly periods: readonly Period[];
  /** The current day and the earlier ones that can still change. */
  readonly totals: readonly (DayTotal & { readonly local_date: LocalDate })[];
}

/** One key of a contact: the keyed hash of a phone or BSUID. */
export interface StoredKey {
  readonly key: ContactKey;
  readonly by_phone: boolean;
  /** Whether the phone or BSUID itself is stored. */
  readonly readable: boolean;
  readonly erased_at_ms: number | undefined;
  /** Whether the key was recorded before the oldest stored facts: older facts of it may be deleted. */
  readonly predates_facts: boolean;
}

/** A stored contact with its keys and facts. */
export interface StoredPerson {
  readonly id: ContactId;
  readonly keys: readonly StoredKey[];
  readonly facts: readonly StoredFact[];
}

/** The keys of the rows to load from the store. */
export interface LoadRequest {
  readonly contacts: readonly ContactKey[];
  /** Messages whose contacts are read, whichever they are. */
  readonly messages: readonly MessageKey[];
  readonly usage_ids: readonly string[];
  readonly sends: readonly MessageKey[];
}

/** The rows found for a load request. A key without a row is unknown to the store. */
export interface LoadedRows {
  readonly people: readonly StoredPerson[];
  readonly usages: readonly CountedUsage[];
  readonly sends: readonly DecidedSend[];
}

/**
 * Builds the state an actor starts from.
 *
 * @param zone_data decides the local dates that have not begun; the others have their stored instants
 */
export function stateFrom(
  activation: Activation,
  rate_card: RateHistory,
  zone_data: ZoneData = RUNTIME_ZONE_DATA,
): CompanyState {
  const { settings, contract, due_at_ms } = activation;
  const today = nextDate(activation.closed_through);
  const { day_ends_ms, later_day_ends_ms } = activation;
  const fixed = {
    last: addDays(today, later_day_ends_ms.length),
    ends_ms: [...day_ends_ms, due_at_ms, ...later_day_ends_ms],
  };
  const totals = new Map<LocalDate, Map<string, DayTotal>>();
  for (const { local_date, feature, direction, units, credits } of activation.totals) {
    const of_date = totals.get(local_date) ?? new Map<string, DayTotal>();
    of_date.set(totalKey(feature, direction), { feature, direction, units, credits });
    totals.set(local_date, of_date);
  }
  return {
    company: activation.company,
    epoch: activation.epoch,
    keyring: new Keyring(activation.contact_secret),
    name: activation.name,
    locale: activation.locale,
    country: activation.country,
    phone_number_ids: activation.phone_number_ids,
    settings,
    calendar: calendarOf(settings, { fixed, zone_data }),
    contract,
    rates: { rate_card: rate_card, overrides: rateHistory(activation.own_rates) },
    number_accounts: numberAccounts(activation.number_accounts),
    account_days: accountDaysFrom(activation.account_days, zone_data),
    version: activation.version,
    ledger_seq: activation.ledger_seq,
    closed_through: activation.closed_through,
    today,
    due_at_ms,
    periods: new Map(activation.periods.map((period) => [period.month, period])),
    totals,
    people: new Map(),
    people_by_key: new Map(),
    phones_to_join: new Set(),
    messages_in_memory: 0,
    recipients: new Map(),
    senders: new Map(),
    usages: new Map(),
    sends: new Map(),
    latest_charged_ms: activation.latest_charged_ms,
    flagged_conflicts: new Set(),
    last_balance: undefined,
  };
}

/** Groups rate versions by feature. */
export function rateHistory(rates: readonly RateVersion[]): RateHistory {
  const history = new Map<RateVersion["feature"], RateVersion[]>();
  for (const rate of rates) history.set(rate.feature, [...(history.get(rate.feature) ?? []), rate]);
  return history;
}

/** Returns the keys of the contacts to load for identifiers: of their canonical form and of former spellings. */
export function contactKeysOf(keyring: Keyring, identifiers: Iterable<string>): ContactKey[] {
  const keys: ContactKey[] = [];
  for (const identifier of identifiers) {
    keys.push(keyring.contact(identifier));
    for (const spelling of formerSpellings(identifier)) keys.push(keyring.contact(spelling));
  }
  return keys;
}

/**
 * Adds loaded rows to a state. Each requested identifier gets a person: the loaded one, or a new one when the
 * store knows none.
 */
export function addLoaded(
  state: CompanyState,
  requested: { readonly identifiers: Iterable<string>; readonly messages: ReadonlySet<MessageKey> },
  loaded: LoadedRows,
): void {
  const { people, people_by_key, keyring, calendar } = state;
  for (const stored of loaded.people) {
    // The person may be in memory already under another identifier. Memory is ahead of the store.
    let person = stored.keys.map(({ key }) => people_by_key.get(key)).find((found) => found !== undefined);
    if (person === undefined) {
      person = personFrom(stored, calendar);
      state.messages_in_memory += messageCountOf(person);
      for (const key of person.messages.keys()) state.recipients.set(key, person);
      for (const key of person.records.keys()) state.recipients.set(key, person);
    }
    for (const { key } of stored.keys) people_by_key.set(key, person);
    if (requested.messages.size > 0) addSender(state, person, stored.facts, requested.messages);
  }
  for (const identifier of requested.identifiers) {
    const key = keyring.contact(identifier);
    const known = people_by_key.get(key);
    known?.keys.set(key, identifier);
    if (known !== undefined && isOwnBsuid(identifier)) known.bsuid = identifier;
    people.set(identifier, known ?? newPerson(key as string as ContactId));
    for (const spelling of formerSpellings(identifier)) {
      const former = people_by_key.get(keyring.contact(spelling));
      if (former !== undefined && former !== known) state.phones_to_join.add(identifier);
    }
  }
  for (const usage of loaded.usages) state.usages.set(usage.id, usage);
  for (const send of loaded.sends) state.sends.set(send.key, send);
}

/** Notes which of the requested messages a person wrote. */
function addSender(
  { senders }: CompanyState,
  person: Person,
  facts: readonly StoredFact[],
  requested: ReadonlySet<MessageKey>,
): void {
  // The others are not found by their message when the person is not loaded, so they must not count here either.
  for (const { kind, message, by_message } of facts) {
    if (kind === "wrote" && by_message && requested.has(message)) senders.set(message, person);
  }
}

/** Evicts people, usages and sends from memory. They are loaded again when needed. */
export function evictLoaded(state: CompanyState): void {
  state.people.clear();
  state.people_by_key.clear();
  state.phones_to_join.clear();
  state.messages_in_memory = 0;
  state.recipients.clear();
  state.senders.clear();
  state.usages.clear();
  state.sends.clear();
}
