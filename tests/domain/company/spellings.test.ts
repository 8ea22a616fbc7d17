import assert from "node:assert/strict";
import type { ContactEvent } from "../../../src/domain/company/command.ts";
import { newLedgerEntries, refusalOf, TestCompany } from "../../support/company.ts";
import { identifiersOf, statusEvent, wroteEvent } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";
import { SPELLED } from "../../support/spellings.ts";

const [MEXICAN, OLD_MEXICAN] = ["525512345678", "5215512345678"];

/** Stores an event as a release without the numbering table did: under the digits as they are. */
function storedBefore(event: ContactEvent, phone: string, bsuid?: string): ContactEvent {
  return { ...event, contact: { phone, bsuid } } as ContactEvent;
}

function companyWithOldContacts(...phones: string[]): TestCompany {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  for (const phone of phones) {
    company.record(storedBefore(wroteEvent(phone, company.ms("2026-11-23 10:00"), `wrote ${phone}`), phone));
  }
  company.restart();
  return company;
}

Deno.test("a template to one spelling of a number and its status to the other open one window", () => {
  for (const [canonical, other] of SPELLED) {
    for (const [to, recipient] of [[canonical, other], [other, canonical]] as const) {
      const company = new TestCompany({ at: "2026-11-23 09:00" });
      company.send("template", to, "wamid.1", { at: "2026-11-23 09:00", category: "utility" });
      company.status("sent", "wamid.1", "2026-11-23 09:01", { to: recipient, category: "utility" });
      assert.deepEqual(company.ledger(), ["consumption -1"], to);
      assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 0, outbound: 1 });
    }
  }
});

Deno.test("who wrote under one spelling may be answered under the other", () => {
  for (const [canonical, other] of SPELLED) {
    const company = new TestCompany({ at: "2026-11-23 09:00" });
    company.wrote(other, "2026-11-23 09:00");
    assert.equal(
      company.send("free_form", canonical, "wamid.2", { at: "2026-11-23 09:05" }).type,
      "send_allowed",
    );
    assert.equal(company.contact(canonical).contact, company.contact(other).contact);
  }
});

Deno.test("both spellings in one quote are one window", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  for (const spellings of SPELLED) assert.equal(company.quote(spellings).windows, 1);
  assert.equal(company.quote(SPELLED.flat()).windows, SPELLED.length);
});

Deno.test("a send repeated with the other spelling is the same send", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const first = company.send("template", OLD_MEXICAN, "wamid.3", { at: "2026-11-23 09:00" });
  assert.deepEqual(company.send("template", MEXICAN, "wamid.3", { at: "2026-11-23 09:00" }), first);
  const another = company.send("template", "525512345679", "wamid.3", { at: "2026-11-23 09:00" });
  assert.deepEqual(refusalOf(another), { code: "id_reused", path: "message_id" });
});

Deno.test("a contact stored under its former spelling is the person who writes under the present one", () => {
  for (const [canonical, other] of SPELLED.slice(1)) {
    const company = companyWithOldContacts(other);
    const posted = newLedgerEntries(company);
    const { contact } = company.contact(other);
    company.wrote(canonical, "2026-11-23 11:00");
    company.template(canonical, "2026-11-24 11:00");
    assert.deepEqual(posted(), ["consumption -1"], "the template of the next day alone");
    company.restart();
    assert.equal(company.contact(canonical).contact, contact);
    assert.deepEqual(new Set([...company.store.contacts.values()].map((row) => row.contact_id)).size, 1);
    assertInvariants(company);
  }
});

Deno.test("two contacts stored under the two spellings merge on the next event, and a double charge is refunded", () => {
  const company = companyWithOldContacts(MEXICAN, OLD_MEXICAN);
  assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1"]);
  const posted = newLedgerEntries(company);
  company.wrote(OLD_MEXICAN, "2026-11-23 11:00");
  assert.deepEqual(posted(), ["reversal +1"]);
  company.restart();
  company.wrote(MEXICAN, "2026-11-23 12:00");
  assert.deepEqual(posted(), []);
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
  assertInvariants(company);
});

Deno.test("the first command about a person joins their spellings, also when it is a read", () => {
  const company = companyWithOldContacts(OLD_MEXICAN);
  assert.equal(company.quote([MEXICAN]).recipients, 1);
  assert.equal(company.contact(MEXICAN).free_form_allowed, true);
  assert.deepEqual(company.lastEventTypes(), [], "they were joined by the quote");
  company.restart();
  assert.equal(company.contact(MEXICAN).free_form_allowed, true);
  assert.deepEqual(company.lastEventTypes(), [], "and the store knows it");
});

Deno.test("a former spelling with a BSUID keeps it", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const at_ms = company.ms("2026-11-23 10:00");
  company.record(storedBefore(wroteEvent(OLD_MEXICAN, at_ms, "wrote"), OLD_MEXICAN, "MX.1"));
  company.restart();
  company.wrote(`${MEXICAN} MX.1`, "2026-11-23 11:00");
  company.wrote("MX.1", "2026-11-23 11:01");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
  assert.deepEqual(company.store.quarantineReasons(), []);
});

Deno.test("an erasure by either spelling erases every row of the person", () => {
  for (const stored of [[OLD_MEXICAN], [MEXICAN], [MEXICAN, OLD_MEXICAN]]) {
    for (const spelling of [MEXICAN, OLD_MEXICAN]) {
      const company = companyWithOldContacts(...stored);
      const reply = company.execute({ type: "erase_contact", contact: identifiersOf(spelling) });
      assert.equal(reply.type === "erased" && reply.people, 1);
      assert.equal(reply.type === "erased" && reply.reason, null);
      const rows = [...company.store.contacts.values()];
      assert.ok(rows.length > 0 && rows.every((row) => !row.readable && row.erased_at_ms !== undefined));
    }
  }
});

Deno.test("a person erased under a former spelling stays erased until they write under any", () => {
  const company = companyWithOldContacts(OLD_MEXICAN);
  company.execute({ type: "erase_contact", contact: { phone: OLD_MEXICAN, bsuid: undefined } });
  company.restart();
  company.record(statusEvent("sent", "wamid.4", company.ms("2026-11-23 11:00"), { to: MEXICAN }));
  assert.ok([...company.store.contacts.values()].every((row) => !row.readable));
  company.wrote(MEXICAN, "2026-11-23 12:00");
  const readable = [...company.store.contacts].filter(([, row]) => row.readable).map(([key]) => key);
  assert.deepEqual(readable, [company.state.keyring.contact(MEXICAN)]);
});

Deno.test("an erasure names the keys of former spellings, for events quarantined under them", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const reply = company.execute({ type: "erase_contact", contact: identifiersOf(MEXICAN) });
  const keys = [MEXICAN, OLD_MEXICAN].map((phone) => company.state.keyring.contact(phone));
  assert.deepEqual(reply, { type: "erased", people: 0, reason: "contact_unknown", names: 0, keys });
});
