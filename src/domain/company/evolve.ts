import { joinEvidence, joinRecord } from "../contact_day.ts";
import { isOwnBsuid } from "../identity/identifiers.ts";
import { DAYS_HELD } from "../lateness.ts";
import { addAccountDays } from "./account_days.ts";
import type { CompanyEvent } from "./event.ts";
import type { Person } from "./person.ts";
import { isBefore, messageCountOf, withEntry, withKey, withoutEntry, withoutKey } from "./person.ts";
import type { CompanyState } from "./state.ts";
import type { LocalDate } from "../types.ts";
import { addDays, daysBetween, nextDate } from "../calendar.ts";
import { calendarOf, totalKey, withRate } from "./state.ts";
import { withAccount } from "../meta_costs/number_accounts.ts";

/**
 * Folds an event into a company's state. Nothing else changes the state. It changes in place: a company has one
 * owner, and a state is discarded whole when a write fails.
 */
export function evolve(state: CompanyState, event: CompanyEvent): void {
  state.last_balance = undefined;
  switch (event.type) {
    case "key_learned": {
      const { person, key, identifier } = event;
      person.keys.set(key, identifier);
      person.by_phone ||= event.by_phone;
      person.erased_keys = event.readable
        ? withoutKey(person.erased_keys, key)
        : withKey(person.erased_keys, key);
      if (isOwnBsuid(identifier)) person.bsuid = identifier;
      state.people.set(identifier, person);
      state.people_by_key.set(key, person);
      return;
    }
    case "person_erased": {
      const { person, keys } = event;
      person.erased_at_ms = event.at_ms;
      for (const key of keys) person.erased_keys = withKey(person.erased_keys, key);
      return;
    }
    case "people_merged":
      return mergePeople(state, event.into, event.from);
    case "wrote":
      return evolveWrote(state, event);
    case "called": {
      const { person, at_ms, stored } = event;
      person.last_called_ms = Math.max(person.last_called_ms, at_ms);
      if (stored) person.stored_called_ms = Math.max(person.stored_called_ms, at_ms);
      return;
    }
    case "evidence_joined": {
      const { person, evidence } = event;
      if (!person.messages.has(evidence.key)) state.messages_in_memory++;
      person.messages = withEntry(person.messages, evidence.key, evidence);
      state.recipients.set(evidence.key, person);
      return;
    }
    case "record_joined": {
      const { person, record } = event;
      if (!person.records.has(record.key)) state.messages_in_memory++;
      person.records = withEntry(person.records, record.key, record);
      state.recipients.set(record.key, person);
      return;
    }
    case "message_left": {
      const { person, message } = event;
      state.messages_in_memory -= messageCountOf(person);
      person.messages = withoutEntry(person.messages, message);
      person.records = withoutEntry(person.records, message);
      state.messages_in_memory += messageCountOf(person);
      return;
    }
    case "cost_counted":
      return updateLatestCharge(state, event.delivered_at_ms);
    case "number_account_set":
      state.number_accounts = withAccount(state.number_accounts, event.account);
      return;
    case "account_days_fixed":
      return addAccountDays(state, event);
    case "send_decided":
      state.sends.set(event.send.key, event.send);
      return;
    case "usage_counted":
      state.usages.set(event.usage.id, event.usage);
      return updateLatestCharge(state, event.usage.occurred_at_ms);
    case "entry_posted":
      state.ledger_seq = event.entry.seq;
      state.periods.set(event.period.month, event.period);
      return;
    case "total_changed": {
      const { total, local_date } = event;
      let totals = state.totals.get(local_date);
      if (totals === undefined) state.totals.set(local_date, totals = new Map());
      totals.set(totalKey(total.feature, total.direction), total);
      return;
    }
    case "day_closed":
      state.closed_through = event.local_date;
      state.today = nextDate(event.local_date);
      state.totals.delete(addDays(event.local_date, -DAYS_HELD));
      state.due_at_ms = event.next_due_at_ms;
      return;
    case "days_fixed":
      return fixDates(state, event.days.at(-1)!.local_date);
    case "days_reopened":
      return reopenDates(state, event);
    case "period_closed":
    case "period_reopened":
      state.periods.set(event.period.month, event.period);
      return;
    case "profile_changed":
      state.name = event.name;
      state.locale = event.locale;
      state.country = event.country;
      state.phone_number_ids = event.phone_number_ids;
      return;
    case "settings_versioned":
      state.settings = [...state.settings, event.settings];
      state.calendar = calendarOf(state.settings, state.calendar);
      return;
    case "contract_versioned":
      state.contract = [...state.contract, event.version];
      return;
    case "rate_versioned":
      state.rates = withRate(state.rates, event.rate);
      return;
    case "quarantined":
      if (event.event.reason === "identity_conflict") state.flagged_conflicts.add(event.event.id);
      return;
    case "window_changed":
      if (event.window !== undefined) updateLatestCharge(state, event.window.opened_at_ms);
      return;
    case "fact_stored":
    case "quarantine_erased":
      // Only the store keeps it. The state gets its content from the events beside it.
      return;
  }
}

/** Builds a calendar in which the ends of all dates up to this one are fixed, as the present calendar has them. */
function fixDates(state: CompanyState, last: LocalDate): void {
  const { fixed, zone_data } = state.calendar;
  const ends_ms = [...fixed.ends_ms];
  for (let date = fixed.last; date < last;) {
    date = nextDate(date);
    ends_ms.push(state.calendar.day(date).end_ms);
  }
  if (last > fixed.last) state.calendar = calendarOf(state.settings, { fixed: { last, ends_ms }, zone_data });
}

/** Later dates have not begun, unless something was charged on them: their ends are no longer fixed. */
function reopenDates(
  state: CompanyState,
  { closed_through, due_at_ms, fixed_through }: Extract<CompanyEvent, { type: "days_reopened" }>,
): void {
  state.closed_through = closed_through;
  state.today = nextDate(closed_through);
  state.due_at_ms = due_at_ms;
  fixDates(state, fixed_through);
  const { fixed, zone_data } = state.calendar;
  const ends_ms = fixed.ends_ms.slice(0, fixed.ends_ms.length - daysBetween(fixed_through, fixed.last));
  state.calendar = calendarOf(state.settings, { fixed: { last: fixed_through, ends_ms }, zone_data });
}

function updateLatestCharge(state: CompanyState, at_ms: number): void {
  state.latest_charged_ms = Math.max(state.latest_charged_ms ?? at_ms, at_ms);
}

function evolveWrote(state: CompanyState, event: Extract<CompanyEvent, { type: "wrote" }>): void {
  const { person, at_ms, first_of, message } = event;
  if (message !== undefined) state.senders.set(message.key, person);
  if (first_of !== undefined) person.wrote.set(first_of, message!);
  person.last_wrote_ms = Math.max(person.last_wrote_ms, at_ms);
  if (event.stored) person.stored_wrote_ms = Math.max(person.stored_wrote_ms, at_ms);
}

function mergePeople(state: CompanyState, into: Person, from: Person): void {
  from.merged_into = into;
  for (const [key, identifier] of from.keys) {
    into.keys.set(key, identifier);
    state.people_by_key.set(key, into);
    if (identifier !== undefined) state.people.set(identifier, into);
  }
  into.by_phone ||= from.by_phone;
  into.has_expired_facts ||= from.has_expired_facts;
  into.bsuid ??= from.bsuid;
  for (const key of from.erased_keys) into.erased_keys = withKey(into.erased_keys, key);
  if (from.erased_at_ms !== undefined) {
    into.erased_at_ms = Math.max(into.erased_at_ms ?? from.erased_at_ms, from.erased_at_ms);
  }
  for (const [date, message] of from.wrote) {
    if (isBefore(message, into.wrote.get(date))) into.wrote.set(date, message);
  }
  into.last_wrote_ms = Math.max(into.last_wrote_ms, from.last_wrote_ms);
  into.stored_wrote_ms = Math.max(into.stored_wrote_ms, from.stored_wrote_ms);
  into.last_called_ms = Math.max(into.last_called_ms, from.last_called_ms);
  into.stored_called_ms = Math.max(into.stored_called_ms, from.stored_called_ms);
  const count_before = messageCountOf(into) + messageCountOf(from);
  mergeMessages(into, from);
  state.messages_in_memory += messageCountOf(into) - count_before;
}

function mergeMessages(into: Person, from: Person): void {
  for (const [key, evidence] of from.messages) {
    into.messages = withEntry(into.messages, key, joinEvidence(into.messages.get(key), evidence));
  }
  for (const [key, record] of from.records) {
    into.records = withEntry(into.records, key, joinRecord(into.records.get(key), record));
  }
}
