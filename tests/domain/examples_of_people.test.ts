/** The worked examples of `src/domain/README.md` of people: who a contact is, and whom a message went to. */

import assert from "node:assert/strict";
import type { ContactEvent } from "../../src/domain/company/command.ts";
import { newLedgerEntries, TestCompany } from "../support/company.ts";
import { wroteEvent } from "../support/fixtures.ts";
import {
  businessNumber,
  type Change,
  contactCardSent,
  customerWrote,
  webhookOf,
} from "../support/payloads.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

Deno.test("E16: an alias learned late", () => {
  const company = november23();
  const posted = newLedgerEntries(company);
  company.wrote("5511987650001", "2026-11-23 10:00");
  company.wrote("BR.1001", "2026-11-23 10:05");
  assert.deepEqual(posted(), ["consumption -1", "consumption -1"]);
  company.wrote("551187650001 BR.1001", "2026-11-23 10:10");
  assert.deepEqual(posted(), ["reversal +1"]);
});

Deno.test("E40: the answer to a contact request links the phone, and another card does not", () => {
  const company = november23();
  const posted = newLedgerEntries(company);
  const line = businessNumber(1);
  const at_s = company.ms("2026-11-23 10:00") / 1000;
  const [ana, beto] = ["5511987650001", "5511987650002"];
  const card = (bsuid: string, phone: string, origin: string | undefined) =>
    contactCardSent(line, { bsuid, phone, origin, at_s });
  const table: [reported: Change, contacts: number, posted: string[]][] = [
    [customerWrote(line, { phone: ana }, { id: "1", at_s }), 1, ["consumption -1"]],
    [card("BR.1001", ana, "contact_request"), 1, []],
    [customerWrote(line, { phone: beto }, { id: "2", at_s }), 2, ["consumption -1"]],
    [card("BR.2002", beto, undefined), 3, ["consumption -1"]],
  ];
  for (const [reported, contacts, entries] of table) {
    for (const event of readWebhook(webhookOf(reported)).events) {
      assert.ok(event.type !== "unreadable");
      company.record(event);
    }
    const people = [...company.store.contacts.values()].map(({ contact_id }) => contact_id);
    assert.equal(new Set(people).size, contacts);
    assert.deepEqual(posted(), entries);
  }
});

Deno.test("E17: a number change carries the windows of the day over", () => {
  const company = november23();
  const posted = newLedgerEntries(company);
  company.wrote("5511987650001", "2026-11-23 10:00");
  assert.deepEqual(posted(), ["consumption -1"]);
  company.numberChanged("5511987650001", "5511987650002", "2026-11-23 11:00");
  company.wrote("5511987650002", "2026-11-23 11:05");
  assert.deepEqual(posted(), []);
  assert.equal(company.contact("5511987650002").free_form_allowed, true);
});

Deno.test("E22: two spellings of a number are one person, also when one is stored", () => {
  const company = november23();
  const old = { ...wroteEvent("5215587654321", company.now_ms, "1"), contact: OLD_SPELLING } as ContactEvent;
  company.record(old);
  company.restart();
  const posted = newLedgerEntries(company);
  company.template("525512345678", "2026-11-23 10:00", "wamid.1");
  assert.deepEqual(posted(), ["consumption -1"]);
  company.status("delivered", "wamid.1", "2026-11-23 10:01", { to: "5215512345678" });
  company.wrote("525587654321", "2026-11-23 10:05");
  const sent = company.send("free_form", "5215587654321", "2", { at: "2026-11-23 10:06" });
  assert.equal(sent.type, "send_allowed");
  assert.deepEqual(posted(), []);
  assert.equal(new Set([...company.store.contacts.values()].map(({ contact_id }) => contact_id)).size, 2);
});

/** A phone as a release without the numbering table stored it. */
const OLD_SPELLING = { phone: "5215587654321", bsuid: undefined };

Deno.test("E27: one message, several names", () => {
  const [phone, other, bsuid, wamid] = ["5511977770001", "5511977770002", "BR.1001", "wamid.E27"];
  const record = (company: TestCompany) => company.send("template", phone, wamid);
  const status = (name: "sent" | "delivered" | "failed", to: string) => (company: TestCompany) =>
    company.status(name, wamid, "2026-11-23 10:00", { to });
  const ordered = (company: TestCompany) => company.send("template", phone, "order-1");
  const returned = (company: TestCompany) =>
    company.status("sent", wamid, "2026-11-23 10:00", { to: bsuid, callback: "order-1" });
  const linked = (company: TestCompany) =>
    company.status("delivered", wamid, "2026-11-23 10:01", { to: `${phone} ${bsuid}`, callback: "order-1" });
  const table: [arrivals: ((company: TestCompany) => unknown)[], contacts: number, charged: number][] = [
    [[record, status("sent", bsuid)], 1, 1],
    [[status("sent", phone), status("delivered", bsuid)], 1, 1],
    [[status("sent", phone), status("failed", bsuid)], 1, 0],
    [[record, status("sent", other)], 2, 1],
    [[ordered, returned], 2, 2],
    [[ordered, returned, linked], 1, 1],
  ];
  for (const [arrivals, contacts, charged] of table) {
    for (const order of [arrivals, arrivals.toReversed()]) {
      const company = new TestCompany({ at: "2026-11-23 10:00" });
      for (const arrive of order) arrive(company), company.restart();
      const ids = new Set([...company.store.contacts.values()].map(({ contact_id }) => contact_id));
      assert.deepEqual([ids.size, company.creditsOn("2026-11-23")], [contacts, charged]);
    }
  }
});

Deno.test("E39: one message of a customer, delivered twice", () => {
  const [phone, other, bsuid, second] = ["5511977770001", "5511977770002", "BR.1001", "BR.2002"];
  const table: [one: string, another: string, contacts: number, flagged: string[]][] = [
    [`${phone} ${bsuid}`, "BR.ENT.9", 1, []],
    [`${phone} ${bsuid}`, second, 1, []],
    [phone, `${second} BR.ENT.9`, 1, []],
    [`${phone} ${bsuid}`, other, 2, ["identity_conflict"]],
    [phone, `${other} ${second}`, 2, ["identity_conflict"]],
  ];
  for (const [one, another, contacts, flagged] of table) {
    for (const order of [[one, another], [another, one]]) {
      const company = new TestCompany({ at: "2026-11-23 10:00" });
      for (const given of order) company.wrote(given, "2026-11-23 10:00", "wamid.E39"), company.restart();
      const ids = new Set([...company.store.contacts.values()].map(({ contact_id }) => contact_id));
      assert.deepEqual([ids.size, company.creditsOn("2026-11-23")], [contacts, 1]);
      assert.deepEqual(company.store.quarantineReasons(), flagged);
    }
  }
});

Deno.test("E38: two phones and a BSUID on one message", () => {
  const [phone, other, bsuid, wamid] = ["5511977770001", "5511977770002", "BR.1001", "wamid.E38"];
  const record = (company: TestCompany) => company.send("template", phone, wamid);
  const sent = (company: TestCompany) => company.status("sent", wamid, "2026-11-23 10:00", { to: bsuid });
  const read = (company: TestCompany) => company.status("read", wamid, "2026-11-23 10:05", { to: other });
  for (
    const [arrivals, has_it] of [
      [[record, sent, read], phone],
      [[record, read, sent], other],
      [[sent, read, record], other],
    ] as const
  ) {
    const company = new TestCompany({ at: "2026-11-23 10:00" });
    for (const arrive of arrivals) arrive(company), company.restart();
    assert.equal(company.creditsOn("2026-11-23"), 1);
    assert.equal(company.contact(has_it).windows.length, 1);
    assert.deepEqual(company.store.quarantineReasons(), ["identity_conflict"]);
  }
});

Deno.test("E46: three phones of one second on one message", () => {
  const [first, second, third] = ["5511977770001", "5511977770002", "5511977770003"] as const;
  const phones = [first, second, third];
  const table: [changes: [from: string, to: string][], contacts: number][] = [
    [[], 3],
    [[[first, third]], 2],
    [[[first, third], [second, third]], 1],
  ];
  for (const [changes, contacts] of table) {
    for (const turn of [0, 1, 2]) {
      const statuses = [...phones.slice(turn), ...phones.slice(0, turn)].map((to) => (company: TestCompany) =>
        company.status("sent", "wamid.E46", "2026-11-23 10:00", { to })
      );
      const changed = changes.map(([from, to]) => (company: TestCompany) =>
        company.numberChanged(from, to, "2026-11-23 10:00")
      );
      const have_it = [];
      for (const order of [[...statuses, ...changed], [...changed, ...statuses.toReversed()]]) {
        const company = november23();
        for (const arrive of order) arrive(company), company.restart();
        const ids = new Set([...company.store.contacts.values()].map(({ contact_id }) => contact_id));
        assert.deepEqual([ids.size, company.creditsOn("2026-11-23")], [contacts, 1]);
        have_it.push(phones.filter((phone) => company.contact(phone).windows.length === 1));
      }
      assert.deepEqual(have_it[0], have_it[1]);
    }
  }
});

function november23(): TestCompany {
  return new TestCompany({ at: "2026-11-23 09:00" });
}

/** Ana's windows of the 23rd: `inbound 10:00`. */
