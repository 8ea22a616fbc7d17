/** The worked example of `src/domain/README.md` of days that a wrong clock closed, by its number. */

import assert from "node:assert/strict";
import { TestCompany } from "../support/company.ts";
import { ANA, BETO } from "../support/fixtures.ts";
import { assertInvariants } from "../support/invariants.ts";

Deno.test("E28: days that a clock ahead has closed are reopened, and close again at their ends", () => {
  const company = new TestCompany({ at: "2026-11-01 09:00" });
  company.changeContract({ package: 1_000 });
  company.wrote(ANA, "2026-11-20 10:00");
  company.wrote(BETO, "2026-11-29 10:00");
  const from_seq = company.store.ledger.length + 1;
  company.advanceTo("2027-01-13 09:00");
  company.now_ms = company.ms("2026-11-29 11:00");
  company.reopenDays();
  company.advanceTo("2026-12-01 00:00");
  const posted = company.store.ledger.slice(from_seq - 1).map(({ seq, period, available_after }) =>
    `${company.ledger(seq)[0]} ${period} ${available_after}`
  );
  assert.deepEqual(posted, [
    "expiry -998 2026-11 0",
    "grant +1000 2026-12 1000",
    "expiry -1000 2026-12 0",
    "grant +1000 2027-01 1000",
    "adjustment +998 2026-11 998",
    "adjustment +1000 2026-12 1000",
    "grant -1000 2026-12 0",
    "grant -1000 2027-01 0",
    "expiry -998 2026-11 0",
    "grant +1000 2026-12 1000",
  ]);
  assertInvariants(company);
});
