import assert from "node:assert/strict";
import { AccountsByDate, type CountedDay } from "../../src/domain/meta_costs/counting.ts";
import { MetaRateCard } from "../../src/domain/meta_costs/rate_card.ts";
import type { CompanyId, LocalDate } from "../../src/domain/types.ts";
import {
  type CountsBasis,
  type PortfolioCounts,
  PortfolioCountsCache,
} from "../../src/postgres/portfolio_counts.ts";
import { accountOf, BRAZIL_CARD, costDay } from "../support/cost_days.ts";

const [FROM, TO] = ["2026-11-01", "2026-11-30"] as LocalDate[];

const ACME = "acme" as CompanyId;

function basisOf(details: Partial<CountsBasis> = {}): CountsBasis {
  const accounts = new AccountsByDate([accountOf()]).spans(FROM!, TO!);
  return { portfolio: "portfolio", from: FROM!, to: TO!, accounts, card: BRAZIL_CARD, mark: "7", ...details };
}

function countsOf(days: number): PortfolioCounts {
  const day: CountedDay = {
    ...costDay({ on: "2026-11-23" }),
    account: undefined,
    market: undefined,
    counted_before: 0,
  };
  return { counters: [], placed: new Map([[ACME, Array<CountedDay>(days).fill(day)]]) };
}

Deno.test("counts are kept until a company, an account or a rate changes", () => {
  const cache = new PortfolioCountsCache();
  cache.keep(basisOf(), countsOf(3));
  assert.deepEqual(cache.find(basisOf())?.placed.get(ACME)?.length, 3);
  const changes: Partial<CountsBasis>[] = [
    { mark: "8" },
    { card: new MetaRateCard([]) },
    { accounts: [] },
    { accounts: new AccountsByDate([accountOf({ currency: "BRL" })]).spans(FROM!, TO!) },
    { portfolio: "another" },
    { to: FROM! },
  ];
  for (const change of changes) {
    cache.keep(basisOf(), countsOf(3));
    assert.equal(cache.find(basisOf(change)), undefined, Object.keys(change).join());
  }
});

Deno.test("the counts of many portfolios are bounded: those that were used last stay", () => {
  const cache = new PortfolioCountsCache();
  const bases = ["a", "b", "c"].map((portfolio) => basisOf({ portfolio }));
  cache.keep(bases[0]!, countsOf(40_000));
  cache.keep(bases[1]!, countsOf(40_000));
  cache.find(bases[0]!);
  cache.keep(bases[2]!, countsOf(40_000));
  assert.deepEqual(bases.map((basis) => cache.find(basis) !== undefined), [true, false, true]);
  cache.keep(bases[1]!, countsOf(100_001));
  assert.deepEqual(bases.map((basis) => cache.find(basis) !== undefined), [true, false, true]);
  cache.keep(bases[1]!, countsOf(99_000));
  assert.deepEqual(bases.map((basis) => cache.find(basis) !== undefined), [false, true, false]);
});
