/** Mutants of what-ifs: a month under other terms. */

import type { Mutant } from "./mutant.ts";

const FINAL_MONTHS = "tests/domain/what_if/final_months.test.ts";

/** The mutants of what-ifs. */
export const WHAT_IF_MUTANTS: readonly Mutant[] = [
  {
    name: "what-if-at-real-prices",
    harm: "a what-if of other prices answers the real ones, and a company is offered terms that do not pay",
    file: "src/domain/what_if/terms.ts",
    original: "overrides: withRates(real.rates.overrides, rows, rates)",
    mutated: "overrides: real.rates.overrides",
    tests: ["tests/domain/examples_of_what_if.test.ts"],
  },
  {
    name: "what-if-joins-final-contacts",
    harm: "a what-if of a final month charges two contacts as one because they were found to be one later",
    file: "src/domain/what_if/final_contacts.ts",
    original: "if (windows.size < 2) return together;",
    mutated: "if (windows.size < 2 || windows.size > 0) return together;",
    tests: [FINAL_MONTHS],
  },
  {
    name: "what-if-counts-later-facts",
    harm: "a what-if of a final month charges a message that was never charged",
    file: "src/domain/what_if/charges.ts",
    original: "recorded_at_ms < final_from_ms && ",
    mutated: "final_from_ms > 0 && recorded_at_ms > 0 && ",
    tests: [FINAL_MONTHS],
  },
  {
    name: "what-if-by-later-prices",
    harm: "a what-if of a final month charges it by a price that was set after it was invoiced",
    file: "src/domain/what_if/terms.ts",
    original: "recorded_at_ms < (final_from_ms ?? Infinity)",
    mutated: "final_from_ms === undefined || recorded_at_ms > 0",
    tests: [FINAL_MONTHS],
  },
  {
    name: "what-if-counts-keys",
    harm: "a what-if counts a contact with a phone and a BSUID twice",
    file: "src/postgres/month_contacts.ts",
    original: "return least !== undefined && least > after && least <= keys.at(-1)!;",
    mutated: "return least !== undefined && after <= keys.at(-1)!;",
    tests: ["tests/postgres/month_rows.test.ts"],
  },
  {
    name: "what-if-at-real-meta-rates",
    harm: "a what-if of Meta's next rates answers the margin at the present ones",
    file: "src/http/resources/what_if.ts",
    original: "(stored) => stored.instead(other_rates)",
    mutated: "(stored) => stored",
    tests: ["tests/http/resources/what_if.test.ts"],
  },
  {
    name: "what-ifs-unlimited",
    harm: "a few what-ifs at once hold all connections for reports, and no report is answered",
    file: "src/http/resources/what_if.ts",
    original: "if (this.#count >= RUNS_MAX) {",
    mutated: "if (this.#count >= RUNS_MAX && this.#count < 0) {",
    tests: ["tests/http/resources/what_if.test.ts"],
  },
];
