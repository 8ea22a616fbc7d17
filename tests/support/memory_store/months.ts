/** Months of the memory store. */

import type { RateHistory } from "../../../src/domain/rates.ts";
import type { CompanyId, Month } from "../../../src/domain/types.ts";
import type { MonthWindow } from "../../../src/domain/what_if/month_rows.ts";
import type { MonthReader } from "../../../src/ports/reports.ts";
import { monthContactsOf, monthRowsOf, type MonthSource } from "../month_source.ts";
import type { StoredCompany } from "./company.ts";
import type { MemoryStore } from "./store.ts";

/** Reads months from the memory store. @param rateCard returns the current rate card */
export function monthsOf(store: MemoryStore, rateCard: () => RateHistory): MonthReader {
  return {
    async read(company: CompanyId, month: Month, signal, use) {
      signal.throwIfAborted();
      const stored = store.stored(company);
      if (stored === undefined) return undefined;
      const source = sourceOf(stored, rateCard(), store.facts_retained_from_ms);
      const rows = monthRowsOf(source, month);
      return await use(rows, untilAborted(monthContactsOf(source, rows), signal));
    },
  };
}

async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  for await (const item of items) {
    signal.throwIfAborted();
    yield item;
  }
}

function sourceOf(
  stored: StoredCompany,
  rate_card: RateHistory,
  facts_kept_from_ms: number | undefined,
): MonthSource {
  const { company, head, settings, contract, rates, local_days, totals, closings_ms, contacts } = stored;
  return {
    company,
    head,
    settings,
    contract,
    own_rates: rates,
    rate_card,
    local_days,
    periods: [...stored.periods.values()].map(({ period, at_close }) => ({ period, at_close })),
    totals: [...totals.values()],
    costs: [...stored.costs.values()],
    closings_ms,
    contacts,
    facts: [...stored.facts].flatMap(([contact, under_key]) =>
      [...under_key].map(([key, fact]) => ({
        ...fact,
        recorded_at_ms: stored.facts_recorded_ms.get(`${contact} ${key}`)!,
      }))
    ),
    windows: [...stored.windows.values()].map(({ local_date, contact, direction, window }) => ({
      local_date,
      contact,
      direction: direction as MonthWindow["direction"],
      opened_at_ms: window.opened_at_ms,
      credits: window.credits,
    })),
    facts_kept_from_ms,
  };
}
