import assert from "node:assert/strict";
import { collectMissing, MissingRows } from "../../../src/domain/company/missing_rows.ts";
import { newLedgerEntries, TestCompany } from "../../support/company.ts";
import { wroteEvent } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";

const ANA = "5511977770001";
const BETO = "5511977770002";
const ANA_BSUID = "BR.1001000000000001";
const NOON = "2026-11-23 12:00";
const WAMID = "wamid.A1";

function companyAtNoon(): TestCompany {
  return new TestCompany({ at: NOON });
}

Deno.test("C1: a recorded send and a status that gives the BSUID alone are one message to one person", () => {
  const company = companyAtNoon();
  company.send("template", ANA, WAMID, { category: "utility" });
  company.status("sent", WAMID, NOON, { to: ANA_BSUID, category: "utility" });
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 0, outbound: 1 });
  assert.equal(company.creditsOn("2026-11-23"), 1);
  assert.equal(company.contact(ANA).contact, company.contact(ANA_BSUID).contact);
  assertInvariants(company);
});

Deno.test("C1 in the other order: the status comes before the record", () => {
  const company = companyAtNoon();
  company.status("sent", WAMID, NOON, { to: ANA_BSUID, category: "utility" });
  company.restart();
  company.send("template", ANA, WAMID, { category: "utility" });
  assert.equal(company.creditsOn("2026-11-23"), 1);
  assert.equal(company.contact(ANA).contact, company.contact(ANA_BSUID).contact);
  assertInvariants(company);
});

Deno.test("C2: the statuses of one message that give a phone and a BSUID are one person's", () => {
  for (const [first, second] of [[ANA, ANA_BSUID], [ANA_BSUID, ANA]] as const) {
    const company = companyAtNoon();
    company.status("sent", WAMID, NOON, { to: first });
    company.restart();
    company.status("delivered", WAMID, "2026-11-23 12:01", { to: second });
    assert.equal(company.creditsOn("2026-11-23"), 1);
    assert.equal(company.contact(first).contact, company.contact(second).contact);
    assertInvariants(company);
  }
});

Deno.test("C3: a failure that gives the BSUID alone takes the charge back", () => {
  for (const [first, second] of [[ANA, ANA_BSUID], [ANA_BSUID, ANA]] as const) {
    const company = companyAtNoon();
    company.status("sent", WAMID, NOON, { to: first });
    company.restart();
    company.status("failed", WAMID, "2026-11-23 12:01", { to: second });
    assert.equal(company.creditsOn("2026-11-23"), 0);
    assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1"]);
    assertInvariants(company);
  }
});

Deno.test("two BSUIDs on one message are one person's", () => {
  const company = companyAtNoon();
  company.status("sent", WAMID, NOON, { to: ANA_BSUID });
  company.status("delivered", WAMID, NOON, { to: "BR.2002000000000002" });
  assert.equal(company.creditsOn("2026-11-23"), 1);
});

Deno.test("names that merge late end in the charge of one person, for every message of theirs", () => {
  const company = companyAtNoon();
  company.status("sent", WAMID, NOON, { to: ANA });
  company.status("sent", "wamid.B1", "2026-11-23 12:05", { to: ANA_BSUID });
  assert.equal(company.creditsOn("2026-11-23"), 2);
  company.restart();
  company.status("delivered", WAMID, "2026-11-24 08:00", { to: ANA_BSUID });
  assert.equal(company.creditsOn("2026-11-23"), 1);
  assert.equal(company.quote([ANA, ANA_BSUID]).windows, 1);
  assertInvariants(company);
});

Deno.test("callback data links a record to a message, and merges nobody", () => {
  const company = companyAtNoon();
  company.send("template", ANA, "campaign-1", { category: "marketing" });
  company.status("sent", WAMID, NOON, { to: ANA_BSUID, callback: "campaign-1" });
  assert.equal(company.creditsOn("2026-11-23"), 2);
  assert.notEqual(company.contact(ANA).contact, company.contact(ANA_BSUID).contact);
});

Deno.test("two phones on one message stay two people, and the message counts for the one Meta gave", () => {
  for (const order of ["record first", "status first"]) {
    const company = companyAtNoon();
    const record = () => company.send("template", ANA, WAMID, { category: "utility" });
    const status = () => company.status("sent", WAMID, NOON, { to: BETO, category: "utility" });
    if (order === "record first") record(), company.restart(), status();
    else status(), company.restart(), record();
    company.restart();
    assert.equal(company.creditsOn("2026-11-23"), 1, order);
    assert.equal(company.contact(ANA).windows.length, 0);
    assert.equal(company.contact(BETO).windows.length, 1);
    assert.deepEqual(company.store.quarantineReasons(), ["identity_conflict"]);
    assertInvariants(company);
  }
});

Deno.test("of two phones that statuses of Meta give, the earliest status decides, in any order", () => {
  const early = (company: TestCompany) => company.status("sent", WAMID, "2026-11-23 11:00", { to: BETO });
  const late = (company: TestCompany) => company.status("delivered", WAMID, "2026-11-23 11:01", { to: ANA });
  for (const arrivals of [[early, late], [late, early], [late, early, late, early]]) {
    const company = companyAtNoon();
    for (const arrive of arrivals) arrive(company), company.restart();
    assert.equal(company.creditsOn("2026-11-23"), 1);
    assert.equal(company.contact(BETO).windows.length, 1);
    company.status("failed", WAMID, "2026-11-23 11:02", { to: ANA });
    assert.equal(company.creditsOn("2026-11-23"), 1, "it was delivered");
    assertInvariants(company);
  }
});

Deno.test("two phones and a BSUID on one message: it counts once and the conflict is flagged once, in any order", () => {
  const steps: readonly ((company: TestCompany) => unknown)[] = [
    (company) => company.send("template", ANA, WAMID, { at: "2026-11-23 10:00" }),
    (company) => company.status("sent", WAMID, "2026-11-23 10:00", { to: ANA_BSUID }),
    (company) => company.status("read", WAMID, "2026-11-23 10:05", { to: BETO }),
    (company) => company.status("delivered", "wamid.other", "2026-11-24 10:10", { to: ANA }),
  ];
  for (const order of ordersOf(steps)) {
    for (const restarts of [false, true]) {
      const company = companyAtNoon();
      for (const arrive of order) {
        arrive(company);
        if (restarts) company.restart();
      }
      const text = order.map((step) => steps.indexOf(step)).join(" ");
      assert.deepEqual([company.creditsOn("2026-11-23"), company.creditsOn("2026-11-24")], [1, 1], text);
      assert.deepEqual(company.store.quarantineReasons(), ["identity_conflict"], text);
      assertInvariants(company);
    }
  }
});

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((others) => [item, ...others]));
}

Deno.test("a message that moved keeps its labels, its category and a failure", () => {
  const company = companyAtNoon();
  const attribution = { department: "sales" };
  company.send("template", ANA, WAMID, { category: "marketing", attribution });
  company.status("sent", WAMID, NOON, { to: BETO, template: false });
  company.restart();
  const entry = company.store.ledger.at(-1)!;
  assert.deepEqual(entry.cause?.type === "window" && entry.cause.attribution, attribution);
  company.status("failed", WAMID, NOON, { to: BETO, template: false });
  assert.equal(company.creditsOn("2026-11-23"), 0);
  assertInvariants(company);
});

Deno.test("two phones of a message that turn out to be one person are charged once", () => {
  const company = companyAtNoon();
  company.send("template", ANA, WAMID);
  company.status("sent", WAMID, NOON, { to: BETO });
  company.numberChanged(ANA, BETO, "2026-11-23 13:00");
  company.restart();
  company.status("delivered", WAMID, "2026-11-23 13:01", { to: BETO });
  assert.equal(company.creditsOn("2026-11-23"), 1);
  assertInvariants(company);
});

Deno.test("a status under another name of an erased person stores no identifier", () => {
  const company = companyAtNoon();
  company.send("template", ANA, WAMID);
  company.advanceTo("2026-11-23 12:10");
  assert.equal(
    company.execute({ type: "erase_contact", contact: { phone: ANA, bsuid: undefined } }).type,
    "erased",
  );
  company.restart();
  company.status("delivered", WAMID, "2026-11-23 12:05", { to: ANA_BSUID });
  assert.equal(company.creditsOn("2026-11-23"), 1);
  assert.deepEqual([...company.store.contacts.values()].map(({ readable }) => readable), [false, false]);
  company.wrote(ANA_BSUID, "2026-11-23 12:20");
  assert.equal([...company.store.contacts.values()].filter(({ readable }) => readable).length, 1);
  assertInvariants(company);
});

Deno.test("a message of a final month stays where it was charged", () => {
  const company = new TestCompany({ at: "2026-11-30 12:00" });
  company.send("template", ANA, WAMID);
  company.advanceTo("2026-12-15 12:00");
  company.restart();
  const posted = newLedgerEntries(company);
  company.status("read", WAMID, "2026-12-15 11:00", { to: BETO });
  company.status("read", WAMID, "2026-12-15 11:30", { to: ANA_BSUID });
  assert.deepEqual(posted(), []);
  assert.equal(company.creditsOn("2026-11-30"), 1);
  assert.equal(company.contact(ANA).contact, company.contact(ANA_BSUID).contact);
  assertInvariants(company);
});

Deno.test("a customer's message that two deliveries give different identifiers opens one window", () => {
  for (const [first, second] of [[ANA, ANA_BSUID], [ANA_BSUID, ANA]] as const) {
    const company = companyAtNoon();
    company.wrote(first, NOON, "wamid.in");
    company.restart();
    company.wrote(second, NOON, "wamid.in");
    assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
    assert.equal(company.contact(ANA).contact, company.contact(ANA_BSUID).contact);
    company.wrote(second, NOON, "wamid.in");
    assert.equal(company.creditsOn("2026-11-23"), 1);
    assertInvariants(company);
  }
});

Deno.test("a customer's message that one delivery names by phone and another by BSUID and parent BSUID opens one window", () => {
  const given = [ANA, `${ANA_BSUID} BR.ENT.9`, `${ANA} BR.ENT.9`, ANA_BSUID];
  for (const first of given) {
    for (const second of given) {
      const company = companyAtNoon();
      company.wrote(first, NOON, WAMID);
      company.restart();
      company.wrote(second, NOON, WAMID);
      assert.equal(company.creditsOn("2026-11-23"), 1, `${first}, then ${second}`);
      assertInvariants(company);
    }
  }
});

Deno.test("a customer's message that one delivery names completely and another by one unknown identifier opens one window", () => {
  const both = `${ANA} ${ANA_BSUID}`;
  for (const other of ["BR.2002000000000002", "BR.ENT.9", `BR.2002000000000002 BR.ENT.9`]) {
    for (const given of [[both, other], [other, both], [both, other, both, other]]) {
      for (const forget of ["restart", "evict", "stay"]) {
        const company = companyAtNoon();
        for (const name of given) {
          company.wrote(name, NOON, WAMID);
          if (forget === "restart") company.restart();
          else if (forget === "evict") company.evict();
        }
        assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 }, `${given}, ${forget}`);
        assert.equal(company.contact(ANA).contact, company.contact(other.split(" ")[0]!).contact);
        assert.deepEqual(company.store.quarantineReasons(), []);
        assertInvariants(company);
      }
    }
  }
});

Deno.test("a customer's message under two phones opens one window, and the conflict is flagged", () => {
  const given = [ANA, `${ANA} ${ANA_BSUID}`, BETO, `${BETO} BR.2002000000000002`];
  for (const first of given) {
    for (const second of given.filter((name) => name.slice(0, 13) !== first.slice(0, 13))) {
      const company = companyAtNoon();
      company.wrote(first, NOON, "wamid.in");
      company.restart();
      company.wrote(second, NOON, "wamid.in");
      assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 }, `${first}, ${second}`);
      assert.deepEqual(company.store.quarantineReasons(), ["identity_conflict"]);
      company.wrote(second, "2026-11-23 12:30");
      assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 2, outbound: 0 });
      assertInvariants(company);
    }
  }
});

Deno.test("a message that opens a window is looked up by its id once: a repeated one is known", () => {
  const company = companyAtNoon();
  const lookedUp = (contact: string, local: string, message_id: string) => {
    const missing = new MissingRows();
    const event = wroteEvent(contact, company.ms(local), message_id);
    collectMissing(
      company.state,
      { type: "record", events: [event], received_at_ms: company.now_ms },
      missing,
      company.now_ms,
    );
    return missing.messages.size;
  };
  const both = `${ANA} ${ANA_BSUID}`;
  assert.equal(lookedUp(both, NOON, WAMID), 1);
  company.wrote(both, NOON, WAMID);
  assert.equal(lookedUp(both, NOON, WAMID), 0, "the same again");
  assert.equal(lookedUp(BETO, NOON, WAMID), 0, "the same of another phone");
  assert.equal(lookedUp(both, "2026-11-23 12:05", "wamid.later"), 0, "a later message of the date");
});

Deno.test("C16: for a contact older than the stored facts, a sent status makes a priced read count, in any order", () => {
  const sent = (company: TestCompany) => company.status("sent", WAMID, NOON, { to: ANA, template: false });
  const read = (company: TestCompany) =>
    company.status("read", WAMID, "2026-11-23 12:05", { to: ANA, category: "marketing" });
  for (const arrivals of [[sent, read], [read, sent]]) {
    const company = companyAtNoon();
    company.wrote(ANA, "2026-11-22 12:00");
    company.store.facts_retained_from_ms = company.ms("2026-11-23 12:01");
    company.restart();
    for (const arrive of arrivals) arrive(company), company.restart();
    assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 0, outbound: 1 });
    assertInvariants(company);
  }
});

Deno.test("for a contact older than the stored facts, a sent status makes a read of an unnamed category count, in any order", () => {
  const sent = (company: TestCompany) =>
    company.status("sent", WAMID, NOON, { to: ANA_BSUID, template: false });
  const read = (company: TestCompany) => company.status("read", WAMID, "2026-11-23 12:05", { to: ANA });
  const played = (company: TestCompany) =>
    company.status("played", WAMID, "2026-11-23 12:06", { to: ANA, category: "utility" });
  for (const arrivals of [[sent, read], [read, sent], [read, played, sent], [played, sent, read]]) {
    const prices = { "whatsapp.outbound": 2, "whatsapp.outbound.utility": 3 };
    const company = new TestCompany({ at: "2026-11-22 12:00", prices });
    company.wrote(`${ANA} ${ANA_BSUID}`, "2026-11-22 12:00");
    company.advanceTo(NOON);
    company.store.facts_retained_from_ms = company.ms("2026-11-23 12:01");
    company.restart();
    for (const arrive of arrivals) arrive(company), company.restart();
    assert.equal(company.creditsOn("2026-11-23"), arrivals.includes(played) ? 3 : 2);
    assertInvariants(company);
  }
});

Deno.test("for a contact older than the stored facts, a priced read alone still proves no template", () => {
  for (const category of ["marketing", undefined] as const) {
    const company = companyAtNoon();
    company.wrote(ANA, "2026-11-22 12:00");
    company.store.facts_retained_from_ms = company.ms("2026-11-23 12:01");
    company.restart();
    company.status("read", WAMID, "2026-11-23 12:05", { to: ANA, category });
    company.status("played", WAMID, "2026-11-23 12:06", { to: ANA, category });
    assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 0, outbound: 0 });
  }
});

Deno.test("a contact of today is not older than the stored facts, before and after a restart", () => {
  for (const restarts of [false, true]) {
    const company = companyAtNoon();
    company.store.facts_retained_from_ms = company.ms("2026-08-01 00:00");
    company.wrote(ANA, NOON);
    if (restarts) company.restart();
    company.status("read", WAMID, "2026-11-23 12:05", { to: ANA, category: "marketing" });
    assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 1 });
  }
});

Deno.test("a repeated message posts nothing, also when the store cannot tell who else wrote it", () => {
  const company = companyAtNoon();
  const both = `${ANA} ${ANA_BSUID}`;
  company.wrote(both, NOON, "wamid.in");
  company.restart();
  company.wrote(ANA, NOON, "wamid.in");
  company.wrote(BETO, NOON, "wamid.in");
  const posted = newLedgerEntries(company);
  company.restart();
  company.wrote(BETO, NOON, "wamid.in");
  company.wrote(both, NOON, "wamid.in");
  assert.deepEqual(posted(), []);
});
