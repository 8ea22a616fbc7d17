import type { Mutant } from "./mutant.ts";

const EXAMPLES = "tests/domain/examples_of_replies.test.ts";
const REPLIES = "tests/domain/company/replies.test.ts";

/** Mutants of the price of a reply. */
export const REPLY_MUTANTS: readonly Mutant[] = [
  {
    name: "free-messages-charged",
    harm: "a company pays for each message that was delivered, also for those that Meta gives free",
    file: "src/domain/company/replies.ts",
    original: "if (!isBilledReply({ category, pricing_type, billable })) return undefined;",
    mutated: "",
    tests: [EXAMPLES],
  },
  {
    name: "reply-charged-by-status",
    harm: "a reply is charged again with each status that tells something new of it",
    file: "src/domain/company/replies.ts",
    original: "if (same < 0 && owed !== undefined)",
    mutated: "if (owed !== undefined)",
    tests: [EXAMPLES],
  },
  {
    name: "first-reply-price-reaches-back",
    harm: "replies that were free are given back at the first price that a company gets",
    file: "src/domain/company/terms.ts",
    original: "request.feature === SERVICE_MESSAGE || ",
    mutated: "",
    tests: [REPLIES],
  },
  {
    name: "first-reply-price-by-our-clock",
    harm:
      "a reply that Meta's clock, ahead of ours, has delivered is given back at a price that it never had",
    file: "src/domain/company/terms.ts",
    original: "feature !== SERVICE_MESSAGE && ",
    mutated: "",
    tests: [REPLIES],
  },
  {
    name: "final-reply-not-quarantined",
    harm: "a status that changes the charge of a reply of a final month is lost, and no operator sees it",
    file: "src/domain/company/contact_facts.ts",
    original: "if (changesFinalReply(state, person.messages.get(evidence.key), evidence)) return true;",
    mutated: "",
    tests: [EXAMPLES],
  },
  {
    name: "final-reply-posted",
    harm: "contacts that turn out to be one change the replies of a month that was invoiced",
    file: "src/domain/company/replies.ts",
    original: "if (isFinal(state, local_date)) return;",
    mutated: "",
    tests: [REPLIES],
  },
  {
    name: "what-if-without-free-replies",
    harm: "a what-if of a price for replies finds none, and the platform thinks that they bring nothing",
    file: "src/domain/what_if/what_if.ts",
    original: "if (reply === undefined || reply.credits === 0) return;",
    mutated: "return;",
    tests: [REPLIES],
  },
];
