import type { MetaCosts } from "../../../src/ports/meta_costs.ts";
import { costGroupKey } from "../../../src/domain/meta_costs/counted_costs.ts";
import type { CostDay } from "../../../src/domain/meta_costs/types.ts";
import { previousDate } from "../../../src/domain/calendar.ts";
import type { CompanyId } from "../../../src/domain/types.ts";
import type { StoredCompany } from "./company.ts";
import type { MemoryStore } from "./store.ts";

/** Reads what Meta prices from the memory store, as `PostgresMetaCosts` does from Postgres. */
export function metaCostsOf(store: MemoryStore): MetaCosts {
  const companies = (company: CompanyId | undefined) =>
    store.storedCompanies().filter((stored) => stored.company === (company ?? stored.company))
      .sort((a, b) => a.company < b.company ? -1 : 1);
  return {
    days: ({ company, from, to, by }) =>
      Promise.resolve(
        companies(company).flatMap(costDaysOf).filter((day) => day[by] >= from && day[by] <= to),
      ),
    accountDays: (company, from, to) =>
      Promise.resolve(
        companies(company).flatMap((stored) => stored.accountDaysAfter(previousDate(from)))
          .filter(({ local_date }) => local_date <= to),
      ),
    accounts: (company) =>
      Promise.resolve(
        companies(company).flatMap(({ number_accounts }) =>
          number_accounts.toSorted((a, b) =>
            a.phone_number_id === b.phone_number_id
              ? a.from_ms - b.from_ms
              : a.phone_number_id < b.phone_number_id
              ? -1
              : 1
          )
        ),
      ),
  };
}

function costDaysOf({ company, costs }: StoredCompany): CostDay[] {
  return [...costs.values()].filter(({ messages }) => messages !== 0)
    .sort((a, b) => costGroupKey(a.group) < costGroupKey(b.group) ? -1 : 1)
    .map(({ group, messages }) => ({ company, ...group, messages }));
}
