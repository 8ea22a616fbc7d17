/** Check of the test clock, which no service with real companies may have. */

import type { Config } from "../../src/config/environment.ts";
import { type Finding, ok, warning } from "./finding.ts";

/** Warns of a clock that callers move. */
export function checkTestClock({ test_clock }: Pick<Config, "test_clock">): Finding {
  const name = "test clock";
  if (!test_clock) return ok(name, "time is the machine's");
  return warning(
    name,
    "TEST_CLOCK is 1: a call moves the time of every company, and nothing moves it back",
    "Remove TEST_CLOCK, unless this database has companies of tests only.",
  );
}
