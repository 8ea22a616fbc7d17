import assert from "node:assert/strict";
import { withDatabase } from "../support/database.ts";
import { ANA, BETO, CARLA } from "../support/plain.ts";
import { audited, tamper, WrittenCompany, writeNew } from "./written_company.ts";

/**
 * Ana writes on the 4th, a template goes to Beto on the 5th, Carla writes on the 6th: one credit each of a package
 * of 2, the third in excess. `automation.run` is used 4 times on the 6th, at 2 credits. November is closed.
 */
function plain(): WrittenCompany {
  const company = new WrittenCompany("acme", { at: "2026-11-03 09:00", prices: { "automation.run": 2 } });
  company.agree({ package: 2 });
  company.wrote(ANA, "2026-11-04 10:00");
  company.template(BETO, "2026-11-05 10:00");
  company.wrote(CARLA, "2026-11-06 10:00");
  company.use("automation.run", 4, "run 1", "2026-11-06 11:00");
  company.advanceTo("2026-12-02 09:00");
  return company;
}

/** What is done to the store, and what the audit must say of it, in order; nothing else. */
function finds(name: string, statement: string, ...expected: string[]): void {
  Deno.test(`${name} is found and named`, async () => {
    await withDatabase(async ({ url, superuser_url }) => {
      await writeNew(url, plain());
      await tamper(superuser_url, ...statement.split(";"));
      const { differences } = await audited(url);
      const masked = differences.map((text) => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID"));
      assert.deepEqual(masked, expected.map((text) => `acme: ${text}`));
    });
  });
}

finds(
  "a credit changed in the ledger",
  "update ledger set credits = -2, prepaid = -2 where seq = 2",
  "split of ledger entry 2: expected -2 of the package, 0 of excess; found -2 of the package, 0 of excess",
);
