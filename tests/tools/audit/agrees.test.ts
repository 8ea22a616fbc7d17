import assert from "node:assert/strict";
import { Retention } from "../../../src/postgres/retention.ts";
import { withDatabase } from "../../support/database.ts";
import { ANA, BETO, CARLA } from "../../support/fixtures.ts";
import { createCompanies, runAudit, tamperWith, writeChanges, WrittenCompany } from "./written_company.ts";

const ANA_BSUID = "BR.13491208655302741918";

/** A prepaid company through a month, its closing, late entries, a merge, new prices and an upgrade. */
function prepaid(): WrittenCompany {
  const prices = { "automation.run": 2, "whatsapp.outbound.marketing": 3 };
  const company = new WrittenCompany("prepaid", { at: "2026-10-05 09:00", prices });
  company.changeContract({ package: 6, first_month: "prorated" });
  company.wrote(ANA, "2026-10-06 10:00");
  company.template(ANA, "2026-10-06 11:00");
  company.wrote(ANA, "2026-10-06 10:30");
  company.status("sent", "m1", "2026-10-07 10:00", { to: BETO, category: "marketing" });
  company.status("failed", "m1", "2026-10-08 00:10", { to: BETO });
  company.reportUsage("automation.run", 4, "run 1", "2026-10-08 12:00");
  company.advanceTo("2026-10-09 23:59");
  company.send("template", BETO, "own 2", { at: "2026-10-09 20:00", category: "utility" });
  company.sendFailed("own 2", { at: "2026-10-09 20:01", error_code: "132000" });
  company.send("template", CARLA, "own 1", { at: "2026-10-09 23:59", category: "utility" });
  company.status("delivered", "wamid 1", "2026-10-10 00:01", {
    to: CARLA,
    template: false,
    callback: "own 1",
  });
  company.wrote(ANA_BSUID, "2026-10-30 08:00");
  company.wrote(ANA, "2026-10-30 09:00");
  company.setRate("automation.run", 5);
  company.advanceTo("2026-11-02 12:00");
  company.wrote(`${ANA} ${ANA_BSUID}`, "2026-10-31 10:00");
  company.template(BETO, "2026-10-31 23:59");
  company.reportUsage("automation.run", 1, "run 2", "2026-10-31 12:00");
  company.reportUsage("automation.run", 1, "run 3");
  company.changeContract({ package: 10 });
  company.numberChanged(BETO, CARLA, "2026-11-03 10:00");
  company.advanceTo("2026-11-20 12:00");
  return company;
}

/** A postpaid company that changes its zone, with free templates in open windows. */
function postpaid(): WrittenCompany {
  const company = new WrittenCompany("postpaid", {
    at: "2026-10-20 09:00",
    time_zone: "Asia/Tokyo",
    policy: "free",
  });
  company.wrote(ANA, "2026-10-21 10:00");
  company.template(ANA, "2026-10-21 11:00");
  company.template(BETO, "2026-10-21 11:00");
  company.configure({ time_zone: "America/Los_Angeles", effective_from: "2026-10-23" });
  for (const hour of ["2026-10-22 23:30", "2026-10-23 00:30", "2026-10-24 12:00"]) company.wrote(CARLA, hour);
  company.configure({ template_in_open_window: "charge" });
  company.wrote(ANA, "2026-10-26 10:00");
  company.template(ANA, "2026-10-26 11:00");
  company.changeContract({ package: 2, starts_on: "2026-10-28" });
  company.cancelContract();
  company.withdrawCancellation();
  company.advanceTo("2027-02-03 12:00");
  return company;
}

Deno.test("the audit agrees with two companies with every kind of history", async () => {
  await withDatabase(async ({ url }) => {
    const companies = [prepaid(), postpaid()];
    await createCompanies(url, ...companies);
    const { differences, notes, facts } = await runAudit(url);
    assert.deepEqual(differences, []);
    assert.deepEqual(notes, []);
    assert.equal(facts, companies.reduce((sum, company) => sum + company.store.facts.size, 0));
  });
});

Deno.test("the audit agrees with a company without events, and with no company", async () => {
  await withDatabase(async ({ url }) => {
    assert.deepEqual((await runAudit(url)).differences, []);
    await createCompanies(url, new WrittenCompany("new", { at: "2026-11-03 09:00" }));
    assert.deepEqual((await runAudit(url)).differences, []);
  });
});

Deno.test("a merge and a failure after a month is final change nothing in it", async () => {
  await withDatabase(async ({ url }) => {
    const company = new WrittenCompany("acme", { at: "2026-10-20 09:00" });
    company.wrote(ANA, "2026-10-31 10:00");
    company.wrote(ANA_BSUID, "2026-10-31 11:00");
    company.template(BETO, "2026-10-31 12:00", "m1");
    company.wrote(ANA, "2026-11-05 10:00");
    company.wrote(ANA_BSUID, "2026-11-05 11:00");
    company.advanceTo("2026-11-10 09:00");
    company.wrote(`${ANA} ${ANA_BSUID}`, "2026-11-10 09:00");
    company.status("failed", "m1", "2026-11-10 09:00", { to: BETO });
    assert.deepEqual(company.windowsOn("2026-10-31"), { inbound: 2, outbound: 1 });
    assert.deepEqual(company.windowsOn("2026-11-05"), { inbound: 1, outbound: 0 });
    await createCompanies(url, company);
    assert.deepEqual((await runAudit(url)).differences, []);
  });
});

Deno.test("dates with dropped facts are compared within the ledger, and a note says so", async () => {
  await withDatabase(async ({ url, service_url, superuser_url }) => {
    const company = new WrittenCompany("acme", { at: "2026-10-20 09:00" });
    company.wrote(ANA, "2026-10-21 10:00");
    company.template(BETO, "2026-10-31 20:00", "m1");
    company.status("read", "m1", "2026-11-02 10:00", { to: BETO });
    company.wrote(ANA, "2026-11-05 10:00");
    company.advanceTo("2026-12-20 09:00");
    await createCompanies(url, company);
    // The database drops no facts that are recent by its own clock, so the test clock moves far ahead.
    await tamperWith(superuser_url, "insert into test_clock (offset_ms) values (1000000000000)");
    const retention = new Retention(service_url, 35);
    const forgotten = await retention.run(Temporal.Instant.from("2026-12-20T12:00:00Z").epochMilliseconds);
    assert.equal(forgotten?.months, 1);
    await retention.close();
    const { differences, notes } = await runAudit(url);
    assert.deepEqual(differences, []);
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /facts are stored from 2026-11-01 on/);
    await tamperWith(
      superuser_url,
      "update day_totals set credits = 2 where local_date = '2026-10-21'",
    );
    const after = await runAudit(url);
    assert.match(after.differences.join("\n"), /ledger, against its day total: expected 2; found 1/);
  });
});

Deno.test("a company that is written to meanwhile is read at one moment", async () => {
  await withDatabase(async ({ url }) => {
    const company = new WrittenCompany("busy", { at: "2026-11-03 09:00" });
    company.changeContract({ package: 5 });
    await createCompanies(url, company);
    for (let day = 4; day < 25; day++) {
      const date = `2026-11-${String(day).padStart(2, "0")}`;
      for (const contact of [ANA, BETO, CARLA]) company.wrote(contact, `${date} 10:00`);
    }
    const writing = writeChanges(url, company);
    let audits = 0;
    let is_written = false;
    void writing.finally(() => is_written = true);
    while (!is_written || audits === 0) {
      assert.deepEqual((await runAudit(url)).differences, []);
      audits++;
    }
    await writing;
    assert.deepEqual((await runAudit(url)).differences, []);
  });
});
