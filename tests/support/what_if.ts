/** What-ifs of a test company. */

import type { Month } from "../../src/domain/types.ts";
import type { OtherTerms } from "../../src/domain/what_if/terms.ts";
import { type WhatIf, whatIf } from "../../src/domain/what_if/what_if.ts";
import type { TestCompany } from "./company.ts";
import { monthContactsOf, monthRowsOf, type MonthSource } from "./month_source.ts";

/** Computes a month of a test company under other terms, from its stored rows. */
export function whatIfOf(company: TestCompany, month: string, terms: OtherTerms = {}): Promise<WhatIf> {
  const source = sourceOf(company);
  const rows = monthRowsOf(source, month as Month);
  return whatIf(rows, monthContactsOf(source, rows), terms);
}

/** Returns the stored rows of a test company. */
export function sourceOf({ store, state }: TestCompany): MonthSource {
  return {
    company: state.company,
    head: store.activation(),
    settings: store.settings,
    contract: store.contract,
    own_rates: store.own_rates,
    rate_card: state.rates.rate_card,
    local_days: store.local_days,
    periods: [...store.periods.values()].map((period) => ({
      period,
      at_close: store.at_close.get(period.month),
    })),
    totals: [...store.totals.values()],
    costs: [...store.costs.values()],
    closings_ms: store.closings_ms,
    contacts: store.contacts,
    facts: [...store.facts].map(([key, fact]) => ({
      ...fact,
      recorded_at_ms: store.facts_recorded_ms.get(key)!,
    })),
    windows: [...store.windows.values()].map(({ local_date, contact, direction, window }) => ({
      local_date,
      contact,
      direction,
      opened_at_ms: window.opened_at_ms,
      credits: window.credits,
    })),
    facts_kept_from_ms: store.facts_retained_from_ms,
  };
}
