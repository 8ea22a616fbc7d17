import assert from "node:assert/strict";
import { withDatabase } from "../../support/database.ts";
import { ANA, BETO, CARLA } from "../../support/fixtures.ts";
import { createCompanies, runAudit, tamperWith, writeChanges, WrittenCompany } from "./written_company.ts";

/** A company whose November was closed two hours late, because the clocks disagreed over its last midnight. */
function companyClosedLate(): WrittenCompany {
  const company = new WrittenCompany("acme", { at: "2026-11-29 09:00" });
  company.changeContract({ package: 1 });
  company.wrote(ANA, "2026-11-29 10:00");
  company.is_time_certain = false;
  company.advanceTo("2026-12-01 01:00");
  company.wrote(BETO, "2026-11-30 23:00");
  company.wrote(CARLA, "2026-12-01 00:30");
  return company;
}

Deno.test("the audit agrees with days that were closed late, while they are open and after they close", async () => {
  await withDatabase(async ({ url }) => {
    const company = companyClosedLate();
    await createCompanies(url, company);
    assert.deepEqual((await runAudit(url)).differences, []);
    company.is_time_certain = true;
    company.advanceTo("2026-12-01 02:00");
    company.wrote(CARLA, "2026-11-30 23:30");
    await writeChanges(url, company);
    assert.deepEqual((await runAudit(url)).differences, []);
    assert.deepEqual([...company.store.ledger.values()].filter(({ late }) => late).length, 1);
  });
});

Deno.test("the audit finds an entry after a late closing that is not marked late", async () => {
  await withDatabase(async ({ url, superuser_url }) => {
    const company = companyClosedLate();
    company.is_time_certain = true;
    company.advanceTo("2026-12-01 02:00");
    company.wrote(CARLA, "2026-11-30 23:30");
    await createCompanies(url, company);
    await tamperWith(superuser_url, "update ledger set late = false where late");
    const { differences } = await runAudit(url);
    assert.ok(differences.some((text) => text.includes("lateness of ledger entry")), differences.join("\n"));
  });
});
