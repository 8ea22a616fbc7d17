import type { Mutant } from "./mutant.ts";

const EXAMPLES = "tests/domain/examples_of_meta_costs.test.ts";
const COSTS = "tests/domain/company/costs.test.ts";

/** Mutants of the counts of messages that Meta prices. */
export const COUNTED_MESSAGE_MUTANTS: readonly Mutant[] = [
  {
    name: "last-status-sets-price",
    harm: "the price of a message depends on the order in which its statuses arrive",
    file: "src/domain/meta_costs/fact_pricing.ts",
    original: "Math.min(a & PRICE_BITS, b & PRICE_BITS)",
    mutated: "b & PRICE_BITS",
    tests: [EXAMPLES],
  },
  {
    name: "merged-message-counted-twice",
    harm: "a message that two contacts have counts twice after they turn out to be one",
    file: "src/domain/company/message_changes.ts",
    original: "twice.forEach(({ key: message }, i) =>",
    mutated: "twice.slice(0, 0).forEach(({ key: message }, i) =>",
    tests: [COSTS],
  },
  {
    name: "price-forgotten",
    harm: "after a restart the price of a message is unknown, and its next status counts it again",
    file: "src/domain/company/person_from_facts.ts",
    original: "phone_number_id,\n        pricing,\n      };",
    mutated: "phone_number_id,\n      };",
    tests: [COSTS],
  },
  {
    name: "prices-of-one-fact",
    harm: "a status that differs in its price alone is not stored, and forgotten after a restart",
    file: "src/domain/company/facts.ts",
    original: "if (fact.pricing === undefined) return id;",
    mutated: "return id;",
    tests: [COSTS],
  },
  {
    name: "moved-delivery-forgotten",
    harm: "after a restart a message that moved to another contact counts no more",
    file: "src/domain/company/recipient.ts",
    original: 'if (delivered_at_ms !== undefined) store("delivered", delivered_at_ms);',
    mutated: "",
    tests: [COSTS],
  },
  {
    name: "month-of-no-account",
    harm: "messages count in the company's month, and Meta's account has another one",
    file: "src/domain/company/costs.ts",
    original: "account === undefined ? local_date",
    mutated: "account !== undefined ? local_date",
    tests: [EXAMPLES],
  },
  {
    name: "account-of-counted-messages",
    harm: "an account that is set while Meta's clock is ahead moves messages that are counted already",
    file: "src/domain/company/number_account.ts",
    original: "(state.latest_charged_ms ?? -Infinity) + 1,",
    mutated: "",
    tests: [COSTS],
  },
  {
    name: "read-counted-again",
    harm: "a message whose facts are deleted counts again when it is read",
    file: "src/domain/company/contact_facts.ts",
    original: 'needs_sending: has_expired_facts && status !== "sent" && status !== "delivered",',
    mutated: "needs_sending: false,",
    tests: [COSTS],
  },
  {
    name: "counts-replaced",
    harm: "a date has the count of its last change only",
    file: "src/postgres/write_tables.ts",
    original: "messages = cost_days.messages + excluded.messages",
    mutated: "messages = excluded.messages",
    tests: ["tests/postgres/store_contract_postgres.test.ts"],
  },
  {
    name: "account-dates-without-begin",
    harm: "messages of the first hour of an account date move, because only the end of the date is stored",
    file: "src/domain/company/account_days.ts",
    original: "= [previousDate(date), date]",
    mutated: "= [date, date]",
    tests: ["tests/domain/company/account_days.test.ts"],
  },
  {
    name: "account-dates-not-loaded",
    harm: "after a restart with other zone data a dearer price moves a message to another account date",
    file: "src/domain/company/activation.ts",
    original: "accountDaysFrom(activation.account_days, zone_data)",
    mutated: "accountDaysFrom([], zone_data)",
    tests: ["tests/domain/company/account_days.test.ts"],
  },
];
