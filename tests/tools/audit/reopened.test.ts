import assert from "node:assert/strict";
import { withDatabase } from "../../support/database.ts";
import { ANA, BETO, CARLA } from "../../support/fixtures.ts";
import { createCompanies, runAudit, tamperWith, writeChanges, WrittenCompany } from "./written_company.ts";

/**
 * A company whose clock was ahead until the 13th of January, on the 29th of November. Usage was reported meanwhile, at its
 * own time and without one.
 */
function aheadCompany(): WrittenCompany {
  const prices = { "automation.run": 2 };
  const company = new WrittenCompany("ahead", { at: "2026-11-02 09:00", prices });
  company.changeContract({ package: 100 });
  company.wrote(ANA, "2026-11-20 10:00");
  company.advanceTo("2026-11-29 12:00");
  company.wrote(BETO, "2026-11-29 12:00");
  // First six days, so that facts of November are still accepted, and are late.
  company.advanceTo("2026-12-05 12:00");
  company.wrote(CARLA, "2026-11-29 12:30");
  company.reportUsage("automation.run", 3, "late by the wrong clock", "2026-11-29 12:40");
  company.advanceTo("2027-01-13 12:00");
  company.reportUsage("automation.run", 2, "dated by the wrong clock");
  return company;
}

function reopen(company: WrittenCompany): void {
  company.now_ms = company.ms("2026-11-29 13:00");
  assert.equal(company.reopenDays().type, "reopened");
}

Deno.test("the audit agrees with a company whose days were reopened, before and after they close again", async () => {
  await withDatabase(async ({ url }) => {
    const company = aheadCompany();
    await createCompanies(url, company);
    reopen(company);
    await writeChanges(url, company);
    assert.deepEqual((await runAudit(url)).differences, []);
    company.wrote(ANA, "2026-11-29 14:00");
    company.reportUsage("automation.run", 1, "on time again", "2026-11-30 12:40");
    company.advanceTo("2026-12-02 12:00");
    company.wrote(BETO, "2026-11-30 13:00");
    company.advanceTo("2027-01-20 12:00");
    await writeChanges(url, company);
    assert.deepEqual((await runAudit(url)).differences, []);
  });
});

Deno.test("a company can be reopened twice, and the audit agrees", async () => {
  await withDatabase(async ({ url }) => {
    const company = aheadCompany();
    await createCompanies(url, company);
    reopen(company);
    company.advanceTo("2027-02-20 12:00");
    company.now_ms = company.ms("2026-12-10 13:00");
    assert.equal(company.reopenDays().type, "reopened");
    company.wrote(CARLA, "2026-12-10 14:00");
    company.advanceTo("2027-01-03 12:00");
    await writeChanges(url, company);
    assert.deepEqual((await runAudit(url)).differences, []);
  });
});

Deno.test("the audit finds a reopening whose record is missing", async () => {
  await withDatabase(async ({ url, superuser_url }) => {
    const company = aheadCompany();
    await createCompanies(url, company);
    reopen(company);
    company.wrote(ANA, "2026-11-29 14:00");
    await writeChanges(url, company);
    await tamperWith(superuser_url, "delete from reopenings where company_id = 'ahead'");
    const { differences } = await runAudit(url);
    assert.ok(differences.some((text) => text.includes("lateness of ledger entry")), differences.join("\n"));
  });
});
