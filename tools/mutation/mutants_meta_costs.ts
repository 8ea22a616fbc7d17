import type { Mutant } from "./mutant.ts";

const COSTS = "tests/domain/meta_costs/costs.test.ts";
const EXAMPLES = "tests/domain/examples_of_costs.test.ts";

/** Mutants of what Meta charges, and of the margin. */
export const META_COST_MUTANTS: readonly Mutant[] = [
  {
    name: "month-of-the-company",
    harm: "free replies are counted by the company's month, and Meta's account has another one",
    file: "src/domain/meta_costs/counting.ts",
    original: "= counterOf(day, accounts, card)",
    mutated: "= counterOf({ ...day, account_date: day.local_date }, accounts, card)",
    tests: [EXAMPLES],
  },
  {
    name: "tiers-by-company",
    harm: "the companies of a portfolio reach its volume tiers one by one, and later than at Meta",
    file: "src/domain/meta_costs/counting.ts",
    original: "account.portfolio_id, market",
    mutated: "account.company, market",
    tests: [EXAMPLES],
  },
  {
    name: "free-messages-reach-tiers",
    harm: "messages that Meta gives free count towards the volume tiers, and the others seem too cheap",
    file: "src/domain/meta_costs/counting.ts",
    original: "!isFree(group) && account !== undefined",
    mutated: "account !== undefined",
    tests: [COSTS],
  },
  {
    name: "tier-from-the-next-date",
    harm: "the date that reaches a volume tier is charged as if it had not",
    file: "src/domain/meta_costs/costs.ts",
    original: "first < boundary && boundary < end",
    mutated: "boundary < first",
    tests: [EXAMPLES],
  },
  {
    name: "missing-price-costs-nothing",
    harm: "messages without a price cost nothing, and the margin is too good",
    file: "src/domain/meta_costs/costs.ts",
    original: "unpriced_messages: price === undefined ? messages : 0",
    mutated: "unpriced_messages: 0",
    tests: [COSTS],
  },
  {
    name: "package-earned-at-once",
    harm: "the first credit of a package earns its whole price, and the other dates nothing",
    file: "src/domain/meta_costs/margin.ts",
    original: "shareOf(package_price, used, granted)",
    mutated: "shareOf(package_price, Math.min(used, 1), Math.min(granted, 1))",
    tests: [EXAMPLES],
  },
  {
    name: "exchanged-at-the-first-rate",
    harm: "a month's costs are exchanged at the rate of its first message",
    file: "src/domain/meta_costs/margin.ts",
    original: "const key = `${currency} ${rate.multiplied_by}/${rate.divided_by}`;",
    mutated: "const key = `${currency}`;",
    tests: [EXAMPLES],
  },
  {
    name: "former-owner-not-counted",
    harm: "a number that changes its company within a month has its free replies twice",
    file: "src/postgres/cost_messages_sql.ts",
    original: "where own.company_id = any($1::text[]) and other.company_id <> own.company_id",
    mutated: "where false",
    tests: ["tests/postgres/cost_messages.test.ts"],
  },
  {
    name: "passed-dates-forgotten",
    harm: "after the date on which a count passes a boundary, messages have the price from before it",
    file: "src/domain/meta_costs/cost_messages.ts",
    original: "last === undefined ? 0 : last.counted_before + last.messages",
    mutated: "last === undefined ? 0 : last.counted_before",
    tests: ["tests/postgres/cost_messages.test.ts"],
  },
  {
    name: "company-reads-its-costs",
    harm: "a company reads what its messages cost the platform",
    file: "src/http/resources/costs.ts",
    original: 'policy: { scope: "platform" }',
    mutated: 'policy: { scope: "read" }',
    tests: ["tests/http/middleware/hidden_costs.test.ts"],
  },
];
