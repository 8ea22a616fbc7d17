import type { Mutant } from "./mutant.ts";

const DOMAIN = "src/domain/meta_costs/";
const TESTS = "tests/domain/meta_costs/";

/** Mutants of Meta's rate cards and of exchange rates. */
export const META_RATE_MUTANTS: readonly Mutant[] = [
  {
    name: "missing-price-of-other",
    harm: "a message to a market without a price costs what the market Other costs",
    file: `${DOMAIN}rate_card.ts`,
    original: "?.prices.get(this.market(country, date))?.[category]",
    mutated: '?.prices.get("Other")?.[category]',
    tests: [`${TESTS}rate_card.test.ts`],
  },
  {
    name: "moved-country-a-day-late",
    harm: "on the day on which Meta moves a country, its messages still cost what its region costs",
    file: `${DOMAIN}markets.ts`,
    original: "from <= date && countries",
    mutated: "from < date && countries",
    tests: [`${TESTS}markets.test.ts`],
  },
  {
    name: "tier-a-message-late",
    harm: "the first message of a volume tier costs what the tier before it costs",
    file: `${DOMAIN}volume_tiers.ts`,
    original: "Math.max(0, first - 1)",
    mutated: "first",
    tests: [`${TESTS}rate_file.test.ts`],
  },
  {
    name: "price-in-force-changed-silently",
    harm: "a rate card that is sent again changes costs that were reported, and nobody gives a reason",
    file: `${DOMAIN}rate_versions.ts`,
    original: "if (changes.length > 0 && correction === undefined) {",
    mutated: "if (changes.length > 1_000 && correction === undefined) {",
    tests: [`${TESTS}rate_versions.test.ts`],
  },
  {
    name: "exchange-rate-not-inverted",
    harm: "costs in dollars are converted from reais by multiplying with the rate of dollars",
    file: `${DOMAIN}exchange_rates.ts`,
    original: "{ multiplied_by: SCALE, divided_by: inverse.rate }",
    mutated: "{ multiplied_by: inverse.rate, divided_by: SCALE }",
    tests: [`${TESTS}exchange_rates.test.ts`],
  },
  {
    name: "replaced-rate-card-counts",
    harm: "after a correction the service goes on with the rates that it replaced",
    file: "src/postgres/meta_pricing.ts",
    original: "from meta_rates order by currency, effective_from, revision desc`",
    mutated: "from meta_rates order by currency, effective_from, revision`",
    tests: ["tests/postgres/store_contract_postgres.test.ts"],
  },
];
