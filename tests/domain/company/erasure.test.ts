import assert from "node:assert/strict";
import type { ContactEvent } from "../../../src/domain/company/command.ts";
import type { ContactText } from "../../support/fixtures.ts";
import { TestCompany } from "../../support/company.ts";
import { ANA, BETO, calledEvent, identifiersOf, statusEvent, wroteEvent } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";

const ANA_BSUID = "BR.1001";
const BOTH = `${ANA} ${ANA_BSUID}`;

function newCompany(at = "2026-11-23 09:00"): TestCompany {
  return new TestCompany({ at });
}

function erase(company: TestCompany, contact: ContactText): number {
  const reply = company.execute({ type: "erase_contact", contact: identifiersOf(contact) });
  assert.ok(reply.type === "erased");
  return reply.names;
}

/** Returns for each stored key whether its identifier is stored too. */
function readableKeys(company: TestCompany): boolean[] {
  return [...company.store.contacts.values()].map(({ readable }) => readable);
}

Deno.test("an erased person has no readable identifier, and every total stays", () => {
  const company = newCompany();
  company.wrote(BOTH, "2026-11-23 10:00");
  company.template(ANA, "2026-11-23 10:05");
  const ledger = company.ledger();
  assert.equal(erase(company, ANA), 2);
  assert.deepEqual(readableKeys(company), [false, false]);
  assert.deepEqual(company.ledger(), ledger);
  assert.equal(company.contact(ANA_BSUID).windows.length, 2);
  assertInvariants(company);
});

Deno.test("erasing a person twice, or an unknown person, removes nothing", () => {
  const company = newCompany();
  company.wrote(ANA, "2026-11-23 10:00");
  assert.deepEqual([erase(company, ANA), erase(company, ANA), erase(company, BETO)], [1, 0, 0]);
});

Deno.test("redelivered facts of an erased person cost nothing and store no identifier", () => {
  const company = newCompany();
  company.wrote(ANA, "2026-11-23 10:00", "wamid.1");
  company.advanceTo("2026-11-23 11:00");
  erase(company, ANA);
  for (const restarted of [false, true]) {
    if (restarted) company.restart();
    company.wrote(ANA, "2026-11-23 10:00", "wamid.1");
    company.wrote(BOTH, "2026-11-23 10:30", "wamid.2");
    company.template(ANA, "2026-11-23 10:40", "wamid.3");
    assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1"]);
    assert.deepEqual(readableKeys(company), [false, false]);
  }
});

Deno.test("an event from before the erasure stores no identifier, even of an unknown person", () => {
  const company = newCompany("2026-11-23 11:00");
  erase(company, ANA);
  company.wrote(ANA, "2026-11-23 10:00");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
  assert.deepEqual(readableKeys(company), [false]);
});

Deno.test("a message after the erasure restores the identifier; a template sent to the person does not", () => {
  const company = newCompany();
  company.wrote(BOTH, "2026-11-23 10:00");
  company.advanceTo("2026-11-23 11:00");
  erase(company, ANA);
  company.template(ANA, "2026-11-23 12:00");
  assert.deepEqual(readableKeys(company), [false, false]);
  company.restart();
  company.wrote(ANA, "2026-11-23 13:00");
  assert.deepEqual(readableKeys(company), [true, false]);
  company.wrote(BOTH, "2026-11-23 10:30");
  assert.deepEqual(readableKeys(company), [true, false]);
});

Deno.test("an erasure by one identifier erases the phone, the BSUID and the parent BSUID", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(`${ANA} BR.1001 BR.ENT.9`, "2026-11-23 10:00");
  company.advanceTo("2026-11-23 11:00");
  assert.equal(erase(company, "BR.ENT.9"), 3);
  assert.deepEqual(readableKeys(company), [false, false, false]);
});

Deno.test("a call restores no identifier of an erased person", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.advanceTo("2026-11-23 11:00");
  erase(company, ANA);
  company.record(calledEvent(`${ANA} BR.1001`, company.ms("2026-11-23 12:00"), "wacid.1"));
  assert.deepEqual(readableKeys(company), [false, false]);
  assert.equal(company.contact(ANA).meta_service_window_ends_at_ms, company.ms("2026-11-24 12:00"));
});

Deno.test("statuses and number changes store no identifier of an erased person until they write", () => {
  const company = newCompany();
  company.wrote(ANA, "2026-11-23 10:00");
  company.advanceTo("2026-11-23 11:00");
  erase(company, ANA);
  company.status("sent", "wamid.t", "2026-11-23 11:40", { to: BOTH });
  company.numberChanged(ANA, BETO, "2026-11-23 11:50");
  assert.deepEqual(readableKeys(company), [false, false, false]);
  company.wrote(BETO, "2026-11-23 12:00");
  company.status("sent", "wamid.u", "2026-11-23 12:10", { to: `${BETO} BR.1002` });
  assert.deepEqual(readableKeys(company), [false, false, true, true]);
  assertInvariants(company);
});

Deno.test("a contact merged with an erased person is erased too, unless they wrote since", () => {
  for (const [wrote, named] of [["10:30", [false, false]], ["11:30", [false, true]]] as const) {
    const company = newCompany();
    company.wrote(ANA, "2026-11-23 10:00");
    company.advanceTo("2026-11-23 11:00");
    erase(company, ANA);
    company.wrote(ANA_BSUID, `2026-11-23 ${wrote}`);
    company.status("sent", "wamid.t", "2026-11-23 11:40", { to: BOTH });
    assert.deepEqual(readableKeys(company), named);
    assertInvariants(company);
  }
});

Deno.test("a quarantined event from before the erasure is stored without its content", () => {
  const company = newCompany();
  company.wrote(ANA, "2026-11-10 10:00");
  erase(company, ANA);
  company.wrote(ANA, "2026-11-10 10:01");
  const [before, after] = [...company.store.quarantine.values()];
  assert.deepEqual([before!.reason, before!.people?.length! > 0], ["too_old", true]);
  assert.deepEqual([after!.reason, after!.event], ["erased", { type: "erased" }]);
});

Deno.test("quarantined events of a contact that turns out to be an erased person are erased, up to the erasure", () => {
  const OTHER_BSUID = "BR.3003";
  for (const is_known of [false, true]) {
    const company = newCompany();
    company.wrote(ANA, "2026-11-23 08:00");
    // A contact that is known is merged with Ana; one that is not is a new name of hers.
    if (is_known) company.wrote(ANA_BSUID, "2026-11-23 08:10");
    for (const bsuid of [ANA_BSUID, OTHER_BSUID]) company.wrote(bsuid, "2026-11-10 10:00");
    company.advanceTo("2026-11-23 11:00");
    erase(company, ANA);
    const future = wroteEvent(ANA_BSUID, company.ms("2027-01-10 10:00"), "from the future");
    company.execute({ type: "record", events: [future], received_at_ms: company.now_ms });
    company.restart();
    company.status("sent", "wamid.t", "2026-11-23 10:30", { to: BOTH });
    const reasons = company.store.quarantineReasons();
    assert.deepEqual(reasons, ["erased", "too_old", "in_the_future"]);
    const [erased] = [...company.store.quarantine.values()];
    assert.deepEqual([erased!.event, erased!.people], [{ type: "erased" }, undefined]);
    assertInvariants(company);
  }
});

Deno.test("a person mentioned only in a message id is loaded before the event is quarantined, also under an unknown BSUID", () => {
  const wamid = `wamid.${btoa(`\x1c\x18\x0d${ANA}\x15\x02\x00`)}`;
  const company = newCompany("2026-11-23 12:00");
  company.wrote(ANA, "2026-11-23 10:00");
  erase(company, ANA);
  company.restart();
  const old_ms = company.ms("2026-11-10 10:00");
  const wrote = wroteEvent("BR.2002", old_ms, wamid);
  company.record(
    wrote,
    { ...wrote, type: "noted", contact: identifiersOf(ANA), message_id: "a reaction" } as ContactEvent,
    statusEvent("read", "without a phone", old_ms, { to: "BR.2002", callback: `for +${ANA}` }),
    wroteEvent("", company.now_ms, wamid),
  );
  assert.deepEqual(company.store.quarantineReasons(), ["erased", "erased", "erased", "erased"]);
  company.record(wroteEvent("BR.2002", company.ms("2026-11-23 13:00"), wamid));
  assert.equal(company.store.quarantine.size, 4);
});

Deno.test("a metered event loads only its own contact", () => {
  const company = newCompany();
  const wamid = `wamid.${btoa(`\x1c\x18\x0d${ANA}\x15\x02\x00`)}`;
  company.record(wroteEvent(BETO, company.now_ms, wamid));
  assert.deepEqual([...company.state.people.keys()], [BETO]);
});
