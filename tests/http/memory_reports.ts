/** Reports on the memory store. */

import { monthOf } from "../../src/domain/calendar.ts";
import type { LedgerEntry } from "../../src/domain/ledger.ts";
import { isCharge } from "../../src/domain/ledger.ts";
import type {
  DatedEntryCursor,
  DatedLedgerFilter,
  DatedLedgerQuery,
  DayEnd,
  LedgerQuery,
  WindowQuery,
} from "../../src/domain/reports.ts";
import type { ContactId, ContactKey } from "../../src/domain/types.ts";
import { NO_CREDITS } from "../../src/domain/types.ts";
import type { Reports } from "../../src/ports/reports.ts";
import type { MemoryStore } from "../support/memory_store/store.ts";
import { labelledUsage } from "./resources/labelled_usage.ts";

/** Answers reports from the rows of the memory store. */
export function reportsOf(store: MemoryStore): Reports {
  const within = (date: string, from?: string, to?: string) => date >= (from ?? "") && date <= (to ?? "9");
  const filtered = (filter: DatedLedgerFilter) => {
    const { company, from, to, feature, type, direction, late, after_close, contact, message } = filter;
    const contacts = store.stored(company)?.contacts;
    const personOf = (key: string) => contacts?.get(key as ContactKey)?.contact_id;
    const isReadable = (person: ContactId | undefined) =>
      [...contacts?.values() ?? []].some((row) => row.contact_id === person && row.identifier !== undefined);
    return (store.stored(company)?.entries ?? []).filter(({ cause }) => {
      if (contact === undefined && message === undefined) return true;
      if (!isCharge(cause) || cause.type === "usage" || !isReadable(personOf(cause.contact))) return false;
      return (contact === undefined || personOf(cause.contact) === personOf(contact)) &&
        (message === undefined || cause.message === message);
    }).filter((row) =>
      within(row.local_date, from, to) && row.feature === (feature ?? row.feature) &&
      row.type === (type ?? row.type) && row.direction === (direction ?? row.direction) &&
      row.late === (late ?? row.late) && row.after_close === (after_close ?? row.after_close)
    ).toReversed();
  };
  const ledger = ({ before_seq, limit, ...filter }: LedgerQuery) =>
    filtered(filter).filter(({ seq }) => seq < (before_seq ?? Infinity)).slice(0, limit);
  const ledgerByDate = ({ before, limit, ...filter }: DatedLedgerQuery) => {
    const place = ({ local_date, late, seq }: DatedEntryCursor) =>
      `${local_date} ${late ? 1 : 0} ${String(seq).padStart(16, "0")}`;
    return filtered(filter).filter((row) => before === undefined || place(row) < place(before))
      .sort((a, b) => place(a) > place(b) ? -1 : 1).slice(0, limit);
  };
  const ledgerDays = (filter: DatedLedgerFilter) =>
    [...Map.groupBy(filtered(filter), ({ local_date }) => local_date)].map(([local_date, rows]) => ({
      local_date,
      entries: rows.length,
      credits: rows.reduce((sum, { credits }) => sum + credits, 0),
    })).sort((a, b) => a.local_date > b.local_date ? -1 : 1);
  const windows = ({ company, opened_from_ms, opened_before_ms, before, limit }: WindowQuery) => {
    const rows = [...store.stored(company)?.windows.values() ?? []].map((row) => ({ ...row, ...row.window }));
    const place = ({ opened_at_ms, contact }: { opened_at_ms: number; contact: ContactId }) =>
      `${opened_at_ms} ${contact}`;
    return rows
      .filter((row) => row.opened_at_ms >= (opened_from_ms ?? -Infinity))
      .filter((row) => row.opened_at_ms < (opened_before_ms ?? Infinity))
      .filter((row) => before === undefined || place(row) < place(before))
      .sort((a, b) => place(a) > place(b) ? -1 : 1).slice(0, limit);
  };
  return {
    ledger: (query) => Promise.resolve(ledger(query)),
    ledgerByDate: (query) => Promise.resolve(ledgerByDate(query)),
    ledgerDays: (filter) => Promise.resolve(ledgerDays(filter)),
    ledgerEntry: (company, seq) => Promise.resolve(store.stored(company)?.entries[seq - 1]),
    windows: (query) => Promise.resolve(windows(query)),
    dayTotals: (company, from, to) => {
      const totals = [...store.stored(company)?.totals.values() ?? []];
      return Promise.resolve(totals.filter(({ local_date }) => within(local_date, from, to)));
    },
    closedDays: (company, from, to) => {
      const days = [...store.stored(company)?.closed_days ?? []];
      return Promise.resolve(
        days.filter(([date]) => within(date, from, to)).map(([local_date, totals]) => ({
          local_date,
          totals,
        })),
      );
    },
    dayBalances: (company, days) => {
      const entries = store.stored(company)?.ledger ?? [];
      const isPosted = ({ late, type, local_date, recorded_at_ms }: LedgerEntry, day: DayEnd) =>
        late ? recorded_at_ms < day.end_ms : type !== "expiry" && local_date <= day.local_date;
      return Promise.resolve(days.map((day) => {
        const last = entries.findLast((entry) =>
          monthOf(entry.local_date) === monthOf(day.local_date) &&
          isPosted(entry, day)
        );
        const { available_after = NO_CREDITS, excess_after = NO_CREDITS } = last ?? {};
        return { local_date: day.local_date, available_after, excess_after };
      }));
    },
    labelledUsage: (query) => Promise.resolve(labelledUsage(store, query)),
    periods: (company) => {
      const periods = [...store.stored(company)?.periods.values() ?? []];
      return Promise.resolve(periods.map(({ period, at_close }) => ({ period, at_close })));
    },
    identifiersOf: (company) => {
      const contacts = [...store.stored(company)?.contacts.values() ?? []];
      const named = contacts.flatMap(({ contact_id, identifier }) =>
        identifier === undefined ? [] : [[contact_id, identifier] as const]
      );
      return Promise.resolve(new Map(named));
    },
  };
}
