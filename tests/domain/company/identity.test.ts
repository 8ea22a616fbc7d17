import assert from "node:assert/strict";
import { evictLoaded } from "../../../src/domain/company/activation.ts";
import { TestCompany } from "../../support/company.ts";
import { ANA, BETO, identifiersOf } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";

const ANA_WITHOUT_NINTH = "551187650001";
const ANA_BSUID = "BR.1001";
const BOTH = `${ANA} ${ANA_BSUID}`;

Deno.test("a Brazilian mobile with and without the ninth digit is one contact", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.wrote(ANA_WITHOUT_NINTH, "2026-11-23 10:05");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
  assert.equal(company.contact(ANA_WITHOUT_NINTH).free_form_allowed, true);
});

Deno.test("a contact is known by a BSUID alone", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA_BSUID, "2026-11-23 10:00");
  company.template(ANA_BSUID, "2026-11-23 10:05");
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 1 });
});

Deno.test("a BSUID seen with a phone is an alias of it from then on", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(BOTH, "2026-11-23 10:00");
  company.wrote(ANA_BSUID, "2026-11-23 10:05");
  company.restart();
  company.wrote(ANA, "2026-11-23 10:10");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
  assert.equal(company.contact(ANA).contact, company.contact(ANA_BSUID).contact);
});

Deno.test("a reaction with a phone and a BSUID charges nothing and merges the two", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.wrote(ANA_BSUID, "2026-11-23 10:05");
  const seen = { type: "noted", message_id: "wamid.1", phone_number_id: "1" } as const;
  company.record({ ...seen, contact: identifiersOf(BOTH), at_ms: company.ms("2026-11-23 10:10") });
  assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1", "reversal +1"]);
  company.record({
    ...seen,
    contact: identifiersOf(`${BETO} BR.1002`),
    at_ms: company.ms("2026-11-23 10:10"),
  });
  company.restart();
  company.wrote("BR.1002", "2026-11-23 10:15");
  company.wrote(BETO, "2026-11-23 10:20");
  assert.deepEqual(company.ledger().slice(3), ["consumption -1"]);
  assertInvariants(company);
});

Deno.test("a parent BSUID seen with a phone or a BSUID is an alias of it, in any order and after a restart", () => {
  const [bsuid, parent] = [ANA_BSUID, "BR.ENT.9081726354"];
  const seen = [ANA, bsuid, parent, `${ANA} ${bsuid}`, `${bsuid} ${parent}`, `${ANA} ${bsuid} ${parent}`];
  for (const first of seen) {
    for (const second of seen) {
      const company = new TestCompany({ at: "2026-11-23 09:00" });
      company.wrote(first, "2026-11-23 10:00");
      company.wrote(second, "2026-11-23 10:05");
      company.restart();
      company.wrote(`${ANA} ${parent}`, "2026-11-23 10:10");
      company.wrote(`${bsuid} ${parent}`, "2026-11-23 10:15");
      const before = company.creditsOn("2026-11-23");
      company.restart();
      for (const identifier of [ANA, bsuid, parent]) company.wrote(identifier, "2026-11-23 10:20");
      assert.deepEqual([before, company.creditsOn("2026-11-23")], [1, 1], `${first}, then ${second}`);
      const contacts = [ANA, bsuid, parent].map((identifier) => company.contact(identifier).contact);
      assert.equal(new Set(contacts).size, 1);
      assertInvariants(company);
    }
  }
});

Deno.test("one parent BSUID joins the BSUIDs of linked portfolios, and never two phones", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote("BR.1001 BR.ENT.9", "2026-11-23 10:00");
  company.wrote("BR.2002 BR.ENT.9", "2026-11-23 10:05");
  company.wrote(`${ANA} BR.2002`, "2026-11-23 10:10");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
  assert.deepEqual(company.store.quarantineReasons(), []);
  company.wrote(`${BETO} BR.3003 BR.ENT.9`, "2026-11-23 10:15");
  assert.equal(company.creditsOn("2026-11-23"), 2);
  assert.deepEqual(company.store.quarantineReasons(), ["identity_conflict"]);
  assert.notEqual(company.contact(BETO).contact, company.contact("BR.ENT.9").contact);
  assertInvariants(company);
});

Deno.test("an evicted person leaves memory under every identifier and loads again", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(BOTH, "2026-11-23 10:00");
  company.restart();
  company.wrote(ANA, "2026-11-23 10:05");
  const { state } = company;
  assert.equal(state.people_by_key.size, 2);
  evictLoaded(state);
  assert.deepEqual([state.people.size, state.people_by_key.size], [0, 0]);
  company.wrote(ANA_BSUID, "2026-11-23 10:10");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("merged people are one under every identifier, without a scan of all people", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.wrote(ANA_BSUID, "2026-11-23 10:05");
  company.numberChanged(ANA_BSUID, "BR.99999999999", "2026-11-23 10:06");
  company.restart();
  for (const name of [ANA, ANA_BSUID, "BR.99999999999"]) company.contact(name);
  company.state.people[Symbol.iterator] = () => assert.fail("all people were scanned");
  company.wrote(BOTH, "2026-11-23 10:10");
  const { people } = company.state;
  assert.equal(people.get(ANA_BSUID), people.get(ANA));
  assert.equal(people.get("BR.99999999999"), people.get(ANA));
});

Deno.test("an alias learned late refunds the double charge of the day", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.wrote(ANA_BSUID, "2026-11-23 10:05");
  company.wrote(BOTH, "2026-11-23 10:10");
  assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1", "reversal +1"]);
  assert.equal(company.windowsOn("2026-11-23").inbound, 1);
  assertInvariants(company);
});

Deno.test("an alias learned days late refunds the double charge of each day", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  for (const day of ["2026-11-23", "2026-11-24"]) {
    company.wrote(ANA, `${day} 10:00`);
    company.template(ANA_BSUID, `${day} 09:00`);
  }
  company.wrote(BOTH, "2026-11-26 10:00");
  // On both days the template came first, so the message opened no inbound window.
  assert.deepEqual(company.ledger(5), ["reversal +1 late", "reversal +1 late", "consumption -1"]);
  assert.deepEqual(company.windowsOn("2026-11-24"), { inbound: 0, outbound: 1 });
  assertInvariants(company);
});

Deno.test("a window that moves to another contact without a new charge stays listed", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-22 10:00");
  company.wrote(ANA_BSUID, "2026-11-23 10:05");
  company.wrote(BOTH, "2026-11-23 10:10");
  assertInvariants(company);
  const today = [...company.store.windows.values()].filter((kept) => kept.local_date === "2026-11-23");
  assert.deepEqual(today.map((kept) => kept.contact), [company.contact(ANA).contact]);
});

Deno.test("a merge joins a template's evidence with the record that only its callback links", () => {
  const company = new TestCompany({ at: "2026-11-23 10:00" });
  company.send("template", ANA, "order-1", { at: "2026-11-23 10:00" });
  company.status("sent", "wamid.1", "2026-11-24 10:00", { to: ANA_BSUID, callback: "order-1" });
  assert.deepEqual([company.creditsOn("2026-11-23"), company.creditsOn("2026-11-24")], [1, 1]);
  company.wrote(BOTH, "2026-11-25 10:00");
  assert.deepEqual([company.creditsOn("2026-11-23"), company.creditsOn("2026-11-24")], [1, 0]);
  assertInvariants(company);
});

Deno.test("facts under either identifier belong to one person after a restart", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA_BSUID, "2026-11-23 10:00");
  company.wrote(BOTH, "2026-11-23 10:10");
  company.template(ANA_BSUID, "2026-11-23 11:00");
  company.restart();
  assert.equal(company.contact(ANA).windows.length, 2);
  company.restart();
  company.template(ANA, "2026-11-23 12:00");
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 1 });
});

Deno.test("a number change carries the day's windows over", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.numberChanged(ANA, BETO, "2026-11-23 11:00");
  company.wrote(BETO, "2026-11-23 11:05");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
  assert.equal(company.contact(BETO).free_form_allowed, true);
});

Deno.test("a number change reported after the new number wrote refunds the double charge", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.wrote(BETO, "2026-11-23 11:05");
  company.numberChanged(ANA, BETO, "2026-11-23 11:00");
  company.numberChanged(ANA, BETO, "2026-11-23 11:00");
  assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1", "reversal +1"]);
  assertInvariants(company);
});

Deno.test("a phone with another phone's BSUID is flagged as a conflict, not merged", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(BOTH, "2026-11-23 10:00");
  company.wrote(`${BETO} ${ANA_BSUID}`, "2026-11-23 10:05");
  company.wrote(`${BETO} ${ANA_BSUID}`, "2026-11-23 10:06");
  assert.equal(company.windowsOn("2026-11-23").inbound, 2);
  assert.notEqual(company.contact(ANA).contact, company.contact(BETO).contact);
  assert.deepEqual(company.store.quarantineReasons(), ["identity_conflict"]);
});

Deno.test("a conflict is flagged once, even after a restart", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(BOTH, "2026-11-23 10:00");
  company.wrote(`${BETO} ${ANA_BSUID}`, "2026-11-23 10:05");
  company.restart();
  company.wrote(`${BETO} ${ANA_BSUID}`, "2026-11-23 10:06");
  assert.equal(company.store.quarantine.size, 1);
});

Deno.test("a stored conflict contains no identifier", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(BOTH, "2026-11-23 10:00");
  company.wrote(`${BETO} ${ANA_BSUID}`, "2026-11-23 10:05");
  const text = JSON.stringify([...company.store.quarantine.values()]);
  for (const name of [ANA, BETO, ANA_BSUID]) assert.equal(text.includes(name), false);
});

Deno.test("a number change to a number with a third person's BSUID is a conflict", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const third = "5521987650003";
  company.wrote(`${third} BR.3`, "2026-11-23 10:00");
  company.wrote(ANA, "2026-11-23 10:00");
  company.numberChanged(ANA, `${BETO} BR.3`, "2026-11-23 11:00");
  assert.equal(company.contact(BETO).contact, company.contact(ANA).contact);
  assert.notEqual(company.contact(third).contact, company.contact(ANA).contact);
  assert.deepEqual(company.store.quarantineReasons(), ["identity_conflict"]);
});

Deno.test("facts, ledger entries and windows contain no phone, BSUID or message id", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(BOTH, "2026-11-23 10:00", "wamid.secret-1");
  company.status("sent", "wamid.secret-2", "2026-11-23 10:05", { callback: "secret-3" });
  company.send("template", ANA, "secret-4");
  const { facts, ledger, windows, sends } = company.store;
  const text = JSON.stringify([[...facts], ledger, [...windows], [...sends]]);
  for (const name of [ANA, ANA_BSUID, "secret"]) assert.equal(text.includes(name), false, name);
});
