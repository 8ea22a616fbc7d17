/** The rows of a month from a store in memory, for a what-if. */

import type { Activation } from "../../src/domain/company/activation.ts";
import type { ClosedFigures, StoredFact } from "../../src/domain/company/event.ts";
import type { SettingsVersion } from "../../src/domain/company/state.ts";
import { addDays, firstDateOf, lastDateOf, monthOf, previousDate } from "../../src/domain/calendar.ts";
import type { ContractVersion } from "../../src/domain/contract.ts";
import { finalAfter } from "../../src/domain/lateness.ts";
import type { CountedCost } from "../../src/domain/meta_costs/counted_costs.ts";
import type { Period } from "../../src/domain/period.ts";
import type { RateHistory, RateVersion } from "../../src/domain/rates.ts";
import type { DatedTotal } from "../../src/domain/reports.ts";
import type { CompanyId, ContactId, ContactKey, LocalDate, Month } from "../../src/domain/types.ts";
import {
  CHARGING_KINDS,
  type MonthContact,
  type MonthFact,
  type MonthRows,
  type MonthWindow,
  needsWindows,
  type ReplyCount,
} from "../../src/domain/what_if/month_rows.ts";
import { calendarFrom, daysOf } from "../../src/domain/what_if/charges.ts";

/** The stored rows of a company that a month is read from. */
export interface MonthSource {
  readonly company: CompanyId;
  readonly head: Pick<Activation, "version" | "closed_through" | "due_at_ms">;
  readonly settings: readonly SettingsVersion[];
  readonly contract: readonly ContractVersion[];
  readonly own_rates: readonly RateVersion[];
  readonly rate_card: RateHistory;
  readonly local_days: ReadonlyMap<LocalDate, number>;
  readonly periods: readonly { readonly period: Period; readonly at_close: ClosedFigures | undefined }[];
  readonly totals: readonly DatedTotal[];
  readonly costs: readonly CountedCost[];
  /** When each closed date was closed. */
  readonly closings_ms: ReadonlyMap<LocalDate, number>;
  readonly contacts: ReadonlyMap<ContactKey, { readonly contact_id: ContactId }>;
  readonly facts: readonly (StoredFact & { readonly recorded_at_ms: number })[];
  readonly windows: readonly MonthWindow[];
  readonly facts_kept_from_ms: number | undefined;
}

/** Returns the rows of a month. */
export function monthRowsOf(source: MonthSource, month: Month): MonthRows {
  const { head: { version, closed_through, due_at_ms } } = source;
  const stored = source.periods.find(({ period }) => period.month === month);
  const months = source.periods.map(({ period }) => period.month).sort();
  const ends = new Map(source.local_days).set(addDays(closed_through, 1), due_at_ms);
  const day_ends = [...ends].map(([local_date, end_ms]) => ({ local_date, end_ms }))
    .filter(({ local_date }) =>
      local_date >= previousDate(firstDateOf(month)) && local_date <= lastDateOf(month)
    ).sort((a, b) => a.local_date < b.local_date ? -1 : 1);
  return {
    company: source.company,
    month,
    version,
    closed_through,
    first_month: months[0],
    settings: source.settings,
    contract: source.contract,
    own_rates: source.own_rates,
    rate_card: source.rate_card,
    day_ends,
    period: stored?.period,
    at_close: stored?.at_close,
    totals: source.totals.filter(({ local_date }) => monthOf(local_date) === month),
    replies: repliesOf(source, month),
    final_from_ms: source.closings_ms.get(finalAfter(month)),
    facts_kept_from_ms: source.facts_kept_from_ms,
  };
}

function repliesOf({ costs }: MonthSource, month: Month): ReplyCount[] {
  const counts = new Map<LocalDate, number>();
  for (const { group, messages } of costs) {
    const { local_date, category, pricing_type, billable } = group;
    const is_billed = category === "service" && billable && !pricing_type.startsWith("free_");
    if (!is_billed || messages === 0 || monthOf(local_date) !== month) continue;
    counts.set(local_date, (counts.get(local_date) ?? 0) + messages);
  }
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([local_date, messages]) => ({
    local_date,
    messages,
  }));
}

/** Yields the contacts with facts in the month, two at a time. */
export async function* monthContactsOf(
  source: MonthSource,
  rows: MonthRows,
): AsyncGenerator<readonly MonthContact[]> {
  const { start_ms, end_ms } = daysOf(rows.month, calendarFrom(rows));
  const facts = source.facts.filter(({ kind }) => (CHARGING_KINDS as readonly string[]).includes(kind));
  const by_contact = Map.groupBy(facts, ({ contact }) => source.contacts.get(contact)!.contact_id);
  let batch: MonthContact[] = [];
  for (const [id, of_contact] of by_contact) {
    if (!of_contact.some(({ at_ms }) => at_ms >= start_ms && at_ms < end_ms)) continue;
    const keys = [...source.contacts].filter(([, { contact_id }]) => contact_id === id).map(([key]) => key);
    const windows = needsWindows(rows, of_contact)
      ? source.windows.filter(({ contact, local_date }) =>
        monthOf(local_date) === rows.month && keys.some((key) => key as string === contact)
      )
      : [];
    batch.push({ id, keys, facts: of_contact.map(toMonthFact), windows });
    if (batch.length === 2) yield await Promise.resolve(batch), batch = [];
  }
  if (batch.length > 0) yield batch;
}

function toMonthFact(fact: StoredFact & { readonly recorded_at_ms: number }): MonthFact {
  const { contact, kind, at_ms, message, template, category, callback, recorded_at_ms } = fact;
  return { contact, kind, at_ms, message, template, category, callback, recorded_at_ms };
}
