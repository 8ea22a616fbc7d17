import { accountSpan, messagesOf } from "../../../src/domain/meta_costs/cost_messages.ts";
import type { CompanyUse, UseQuery } from "../../../src/domain/meta_costs/margin.ts";
import { monthOf } from "../../../src/domain/calendar.ts";
import { credits, type LocalDate } from "../../../src/domain/types.ts";
import type { CostReports, MetaCosts } from "../../../src/ports/meta_costs.ts";
import type { StoredCompany } from "./company.ts";
import { metaCostsOf } from "./costs.ts";
import type { MemoryStore } from "./store.ts";

/** Reads what reports of costs are made of from the memory store, as `PostgresCostReports` does from Postgres. */
export function costReportsOf(store: MemoryStore): CostReports {
  const meta_costs: MetaCosts = metaCostsOf(store);
  return {
    accountsAround: () => meta_costs.accounts(),
    messages: async (query) => {
      const days = await meta_costs.days({ ...accountSpan(query), by: "account_date" });
      return messagesOf(days, query);
    },
    use: (query) =>
      Promise.resolve(
        store.storedCompanies().filter(({ company }) => company >= query.first_company)
          .sort((a, b) => a.company < b.company ? -1 : 1)
          .slice(0, query.limit).map((stored) => useOf(stored, query)),
      ),
  };
}

function useOf({ company, contract, periods, totals }: StoredCompany, { from, to }: UseQuery): CompanyUse {
  const usedOn = (isCounted: (date: LocalDate) => boolean) =>
    credits(
      [...totals.values()].filter(({ local_date }) => isCounted(local_date))
        .reduce((sum, total) => sum + total.credits, 0),
    );
  const months = [...periods.values()].map(({ period }) => period)
    .filter(({ month }) => month >= monthOf(from) && month <= monthOf(to))
    .sort((a, b) => a.month < b.month ? -1 : 1)
    .map(({ month, granted }) => ({
      month,
      granted,
      consumed_before: usedOn((date) => monthOf(date) === month && date < from),
      consumed_through: usedOn((date) => monthOf(date) === month && date <= to),
    }));
  return { company, contract, months };
}
