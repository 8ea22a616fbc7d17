import type { Change } from "../domain/company/change.ts";
import type { ClosedFigures, CompanyEvent, FixedDay, QuarantinedEvent } from "../domain/company/event.ts";
import type { StoredFact, StoredUsage } from "../domain/company/event.ts";
import { eraseIfMentioned } from "../domain/company/erased_events.ts";
import type { DayTotal, DecidedSend, SettingsVersion } from "../domain/company/state.ts";
import { nextDate } from "../domain/calendar.ts";
import type { Window } from "../domain/charge.ts";
import type { ContractVersion } from "../domain/contract.ts";
import type { Attributes, Cause, LedgerEntry } from "../domain/ledger.ts";
import { isCharge } from "../domain/ledger.ts";
import type { CompanyId, ContactId, ContactKey, Direction, LocalDate, Month } from "../domain/types.ts";
import type { AccountDay } from "../domain/meta_costs/account_calendar.ts";
import type { NumberAccount } from "../domain/meta_costs/number_accounts.ts";
import { type CountedCost, mergeCounted } from "../domain/meta_costs/counted_costs.ts";
import type { Period } from "../domain/period.ts";
import type { RateVersion } from "../domain/rates.ts";
import type { LabelSet, LabelSetIds } from "./label_sets.ts";

/** A domain value to write as a row of a company. */
interface CompanyRow<T> {
  readonly company: CompanyId;
  readonly recorded_at_ms: number;
  readonly value: T;
}

/** A row with labels, which are stored as the id of their set. */
interface LabelledRow<T> extends CompanyRow<T> {
  readonly labels: string | undefined;
}

/** The head of a company, with its name, locale and country if they changed. */
export interface HeadRow {
  readonly change: Change;
  readonly profile:
    | { readonly name: string; readonly locale: string; readonly country: string | undefined }
    | undefined;
}

/** A key and its current contact. */
export interface ContactRow {
  readonly key: ContactKey;
  readonly contact_id: ContactId;
  readonly by_phone: boolean;
  readonly identifier: string | undefined;
  /** When the person was erased; undefined leaves the stored value. */
  readonly erased_at_ms: number | undefined;
}

/** A changed window; without a `window`, its row is deleted. */
export interface WindowRow {
  readonly local_date: LocalDate;
  readonly contact: ContactId;
  readonly direction: Direction;
  readonly window: Window | undefined;
}

/** A changed month, with its figures at the closing if this change closed it. */
export interface PeriodRow {
  readonly period: Period;
  readonly at_close: ClosedFigures | undefined;
  /** The last ledger entry before the closing, if this change closed the month. */
  readonly closed_seq: number | undefined;
}

/** An authorized send. */
export interface SendRow {
  readonly send: DecidedSend;
  readonly sent_at_ms: number;
}

/** The rows of one statement. No table has two rows with the same key to update. */
export interface ChangeRows {
  readonly heads: HeadRow[];
  readonly contacts: CompanyRow<ContactRow>[];
  readonly label_sets: CompanyRow<LabelSet>[];
  readonly facts: LabelledRow<StoredFact>[];
  readonly sends: CompanyRow<SendRow>[];
  readonly usages: LabelledRow<StoredUsage>[];
  readonly windows: CompanyRow<WindowRow & { readonly window: Window }>[];
  /** Windows whose opening was reversed. */
  readonly deleted_windows: CompanyRow<WindowRow>[];
  readonly ledger: LabelledRow<LedgerEntry>[];
  readonly day_totals: CompanyRow<DayTotal & { readonly local_date: LocalDate }>[];
  readonly periods: CompanyRow<PeriodRow>[];
  readonly closed_days: CompanyRow<Extract<CompanyEvent, { type: "day_closed" }>>[];
  readonly local_days: CompanyRow<FixedDay>[];
  readonly reopenings: CompanyRow<Extract<CompanyEvent, { type: "days_reopened" }>>[];
  /** Dates that are no longer closed: their totals at the closing, and their ends. */
  readonly reopened_days: CompanyRow<{ readonly local_date: LocalDate }>[];
  readonly reopened_ends: CompanyRow<{ readonly local_date: LocalDate }>[];
  readonly company_settings: CompanyRow<SettingsVersion>[];
  readonly contract_versions: CompanyRow<ContractVersion>[];
  readonly rate_versions: CompanyRow<RateVersion>[];
  readonly quarantine: CompanyRow<QuarantinedEvent>[];
  /** Differences of the counts of messages that Meta prices. */
  readonly cost_days: CompanyRow<CountedCost>[];
  readonly number_accounts: CompanyRow<NumberAccount>[];
  readonly account_days: CompanyRow<AccountDay>[];
  /** Keys whose quarantined events are erased, up to a time. */
  readonly erased_events: CompanyRow<{ readonly key: ContactKey; readonly until_ms: number }>[];
}

/** The latest values in the events of one company, by key. */
interface LatestRows {
  profile: HeadRow["profile"];
  readonly label_sets: Map<string, LabelSet>;
  readonly contacts: Map<ContactKey, ContactRow>;
  readonly windows: Map<string, WindowRow>;
  readonly day_totals: Map<string, DayTotal & { readonly local_date: LocalDate }>;
  readonly periods: Map<Month, PeriodRow>;
  /** Created when first used: most changes count no cost. */
  cost_days: Map<string, CountedCost> | undefined;
}

/**
 * Folds the events of changes into rows.
 *
 * @param changes of different companies
 */
export function rowsOf(changes: readonly Change[], label_set_ids: LabelSetIds): ChangeRows {
  const rows: ChangeRows = {
    heads: [],
    contacts: [],
    label_sets: [],
    facts: [],
    sends: [],
    usages: [],
    windows: [],
    deleted_windows: [],
    ledger: [],
    day_totals: [],
    periods: [],
    closed_days: [],
    local_days: [],
    reopenings: [],
    reopened_days: [],
    reopened_ends: [],
    company_settings: [],
    contract_versions: [],
    rate_versions: [],
    quarantine: [],
    cost_days: [],
    number_accounts: [],
    account_days: [],
    erased_events: [],
  };
  for (const change of changes) {
    const latest: LatestRows = {
      profile: undefined,
      label_sets: new Map(),
      contacts: new Map(),
      windows: new Map(),
      day_totals: new Map(),
      periods: new Map(),
      cost_days: undefined,
    };
    for (const event of change.events) fold(rows, latest, change, event, label_set_ids);
    addLatest(rows, latest, change);
  }
  return rows;
}

function fold(
  rows: ChangeRows,
  latest: LatestRows,
  change: Change,
  event: CompanyEvent,
  label_set_ids: LabelSetIds,
): void {
  const of = <T>(value: T): CompanyRow<T> => ({
    company: change.company,
    recorded_at_ms: change.recorded_at_ms,
    value,
  });
  const labelled = <T>(value: T, labels: Attributes | null | undefined): LabelledRow<T> => {
    if (labels == null) return { ...of(value), labels: undefined };
    const id = label_set_ids.of(change.company, labels);
    latest.label_sets.set(id, { id, labels });
    return { ...of(value), labels: id };
  };
  switch (event.type) {
    case "fact_stored":
      return void rows.facts.push(labelled(event.fact, event.fact.attribution));
    case "send_decided":
      return void rows.sends.push(of(event));
    case "usage_counted":
      return void rows.usages.push(labelled(event.usage, event.usage.attributes));
    case "entry_posted":
      rows.ledger.push(labelled(event.entry, labelsIn(event.entry.cause)));
      return foldPeriod(latest, event.period, undefined);
    case "period_closed":
      return foldPeriod(latest, event.period, {
        at_close: event.figures,
        closed_seq: lastSeqBefore(event, change),
      });
    case "period_reopened":
      return foldPeriod(latest, event.period, undefined);
    case "days_reopened":
      rows.reopenings.push(of(event));
      for (let date = nextDate(event.closed_through); date <= event.closed_before; date = nextDate(date)) {
        rows.reopened_days.push(of({ local_date: date }));
      }
      for (const local_date of droppedEnds(event)) rows.reopened_ends.push(of({ local_date }));
      return;
    case "total_changed": {
      const { local_date, total } = event;
      const key = `${local_date} ${total.feature} ${total.direction}`;
      return void latest.day_totals.set(key, { ...total, local_date });
    }
    case "window_changed":
      return void latest.windows.set(`${event.local_date} ${event.direction} ${event.contact}`, event);
    case "key_learned":
    case "person_erased":
    case "people_merged":
      return foldContacts(latest.contacts, event);
    case "days_fixed":
      for (const day of event.days) rows.local_days.push(of(day));
      return;
    case "day_closed":
      rows.local_days.push(of(event));
      return void rows.closed_days.push(of(event));
    case "profile_changed":
      latest.profile = event;
      return;
    case "settings_versioned":
      return void rows.company_settings.push(of(event.settings));
    case "contract_versioned":
      return void rows.contract_versions.push(of(event.version));
    case "rate_versioned":
      return void rows.rate_versions.push(of(event.rate));
    case "cost_counted":
      return mergeCounted(latest.cost_days ??= new Map(), event);
    case "number_account_set":
      return void rows.number_accounts.push(of(event.account));
    case "account_days_fixed":
      for (const day of event.days) rows.account_days.push(of({ ...day, time_zone: event.time_zone }));
      return;
    case "quarantined":
      return void rows.quarantine.push(of(event.event));
    case "quarantine_erased":
      for (const key of event.keys) rows.erased_events.push(of({ key, until_ms: event.until_ms }));
      return eraseQuarantined(rows.quarantine, change.company, event);
    case "wrote":
    case "evidence_joined":
    case "record_joined":
    case "message_left":
      // These events change memory only; the fact of the same change is stored.
      return;
  }
}

/** Lists the dates whose ends are no longer stored: the current one, which the head has, and those after the fixed ones. */
function* droppedEnds(event: Extract<CompanyEvent, { type: "days_reopened" }>): Iterable<LocalDate> {
  yield nextDate(event.closed_through);
  for (let date = nextDate(event.fixed_through); date <= event.fixed_before; date = nextDate(date)) {
    yield date;
  }
}

function labelsIn(cause: Cause | null): Attributes | null {
  return isCharge(cause) ? cause.attribution : null;
}

/** Erases events that the same statement inserts: its update does not see them. */
function eraseQuarantined(
  rows: ChangeRows["quarantine"],
  company: CompanyId,
  { keys, until_ms }: Extract<CompanyEvent, { type: "quarantine_erased" }>,
): void {
  rows.forEach((row, index) => {
    if (row.company !== company) return;
    rows[index] = { ...row, value: eraseIfMentioned(row.value, keys, until_ms) };
  });
}

/** Keeps the closing of a month when later entries are posted to it. */
function foldPeriod(
  latest: LatestRows,
  period: Period,
  closing: Omit<PeriodRow, "period"> | undefined,
): void {
  const { at_close, closed_seq } =
    (period.closed ? closing ?? latest.periods.get(period.month) : undefined) ??
      { at_close: undefined, closed_seq: undefined };
  latest.periods.set(period.month, { period, at_close, closed_seq });
}

/** Returns the last ledger entry before an event of a change; 0 without one. */
function lastSeqBefore(event: CompanyEvent, { events, ledger_seq }: Change): number {
  const later = events.slice(events.indexOf(event));
  return ledger_seq - later.filter(({ type }) => type === "entry_posted").length;
}

function foldContacts(
  contacts: LatestRows["contacts"],
  event: Extract<CompanyEvent, { type: "key_learned" | "person_erased" | "people_merged" }>,
): void {
  if (event.type === "key_learned") {
    const { key, by_phone, person, readable } = event;
    const erased_at_ms = contacts.get(key)?.erased_at_ms ?? (readable ? undefined : person.erased_at_ms);
    const identifier = readable ? event.identifier : undefined;
    contacts.set(key, { key, contact_id: person.id, by_phone, identifier, erased_at_ms });
    return;
  }
  if (event.type === "person_erased") {
    const { person, at_ms } = event;
    for (const key of event.keys) {
      const by_phone = contacts.get(key)?.by_phone ?? false;
      contacts.set(key, { key, contact_id: person.id, by_phone, identifier: undefined, erased_at_ms: at_ms });
    }
    return;
  }
  const contact_id = event.into.id;
  for (const key of event.from.keys.keys()) {
    // A key that this change did not learn has a stored row: only its contact changes.
    const learned = contacts.get(key) ??
      { key, by_phone: false, identifier: undefined, erased_at_ms: undefined };
    contacts.set(key, { ...learned, contact_id });
  }
}

function addLatest(rows: ChangeRows, latest: LatestRows, change: Change): void {
  const { company, recorded_at_ms } = change;
  const of = <T>(value: T): CompanyRow<T> => ({ company, recorded_at_ms, value });
  rows.heads.push({ change, profile: latest.profile });
  for (const label_set of latest.label_sets.values()) rows.label_sets.push(of(label_set));
  for (const contact of latest.contacts.values()) rows.contacts.push(of(contact));
  for (const total of latest.day_totals.values()) rows.day_totals.push(of(total));
  for (const period of latest.periods.values()) rows.periods.push(of(period));
  for (const counted of latest.cost_days?.values() ?? []) {
    if (counted.messages !== 0) rows.cost_days.push(of(counted));
  }
  for (const row of latest.windows.values()) {
    if (row.window === undefined) rows.deleted_windows.push(of(row));
    else rows.windows.push(of({ ...row, window: row.window }));
  }
}
