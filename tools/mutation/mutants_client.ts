import type { Mutant } from "./mutant.ts";

/** Mutants of the client: what a platform believes about a balance, a send or an alert. */
export const CLIENT_MUTANTS: readonly Mutant[] = [
  {
    name: "lower-version-shown",
    harm: "a platform shows an older balance after a newer one",
    file: "client/balance_stream.ts",
    original: "is_snapshot ? data.version !== version : data.version > version!",
    mutated: "data.version !== version",
    tests: ["tests/client/balance_stream.test.ts"],
  },
  {
    name: "restored-service-ignored",
    harm: "after a restore of the database a platform shows the lost balance until the company changes",
    file: "client/balance_stream.ts",
    original: "is_snapshot ? data.version !== version : data.version > version!",
    mutated: "version === undefined || data.version > version",
    tests: ["tests/client/balance_stream.test.ts"],
  },
  {
    name: "every-post-repeated",
    harm: "a retry creates a second key that its owner does not know of",
    file: "client/retry.ts",
    original: "if (attempts_max > 1 && needsKey(request))",
    mutated: "if (attempts_max > 100 && needsKey(request))",
    tests: ["tests/client/retry.test.ts"],
  },
  {
    name: "mistake-taken-for-outage",
    harm: "with a revoked key every message is sent as if the meter had allowed it",
    file: "client/authorize_send.ts",
    original: "error.status >= 500 || error.status === 429",
    mutated: "error.status >= 400",
    tests: ["tests/client/authorize_send.test.ts"],
  },
  {
    name: "old-alert-accepted",
    harm: "anyone who has seen an alert can send it again a year later",
    file: "client/alerts.ts",
    original: " || Math.abs(age_ms) > tolerance_ms",
    mutated: "",
    tests: ["tests/client/alerts.test.ts"],
  },
];
