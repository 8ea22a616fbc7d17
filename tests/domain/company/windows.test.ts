import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";
import { ANA, BETO, calledEvent } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";

Deno.test("a window closes at the start of the next local date, however late it opened", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 23:50");
  const [window] = company.contact(ANA).windows;
  assert.equal(window?.closes_at_ms, company.ms("2026-11-24 00:00"));
  company.advanceTo("2026-11-24 00:00");
  assert.equal(company.contact(ANA).free_form_allowed, false);
  assert.deepEqual(company.contact(ANA).windows, []);
});

Deno.test("ten messages of one date are one inbound window", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  for (let minute = 10; minute < 20; minute++) company.wrote(ANA, `2026-11-23 09:${minute}`);
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
  assert.equal(company.creditsOn("2026-11-23"), 1);
});

Deno.test("a message delivered ten times is one message", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  for (let i = 0; i < 10; i++) company.wrote(ANA, "2026-11-23 10:00");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("a message that adds nothing new writes nothing", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00:00");
  company.wrote(ANA, "2026-11-23 10:00:00");
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("a window belongs to one contact on one local date", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.wrote(BETO, "2026-11-23 10:00");
  company.wrote(ANA, "2026-11-24 10:00");
  assert.equal(company.windowsOn("2026-11-23").inbound, 2);
  assert.equal(company.windowsOn("2026-11-24").inbound, 1);
});

Deno.test("the first message is the earliest by its own timestamp, not the first to arrive", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 11:00");
  company.wrote(ANA, "2026-11-23 10:00");
  assert.equal(company.contact(ANA).windows[0]?.opened_at_ms, company.ms("2026-11-23 10:00"));
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("a template that turns out to have left first replaces the inbound window", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:05");
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1", "consumption -1"]);
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 0, outbound: 1 });
});

Deno.test("with the policy free a template within an open inbound window costs nothing", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", policy: "free" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.template(ANA, "2026-11-23 10:05");
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
  company.template(BETO, "2026-11-23 10:06");
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 1 });
});

Deno.test("with the policy free a template that turns out to have left first makes the window outbound", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", policy: "free" });
  company.wrote(ANA, "2026-11-23 10:05");
  company.status("delivered", "wamid.1", "2026-11-23 10:06");
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
  company.status("sent", "wamid.1", "2026-11-23 10:04");
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 0, outbound: 1 });
});

Deno.test("a failed template is refunded", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  company.status("failed", "wamid.1", "2026-11-23 10:01");
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1"]);
  assert.deepEqual(company.contact(ANA).windows, []);
});

Deno.test("a failed template whose delivery is proven is charged again", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  company.status("failed", "wamid.1", "2026-11-23 10:01");
  company.status("delivered", "wamid.1", "2026-11-23 10:01");
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1", "consumption -1"]);
});

Deno.test("when the first template fails, the next one of the date opens the window", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  company.status("sent", "wamid.2", "2026-11-23 11:00");
  company.status("failed", "wamid.1", "2026-11-23 11:30");
  assert.equal(company.contact(ANA).windows[0]?.opened_at_ms, company.ms("2026-11-23 11:00"));
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("when the template fails, the customer's message opens an inbound window", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  company.wrote(ANA, "2026-11-23 10:05");
  company.status("failed", "wamid.1", "2026-11-23 10:06");
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1", "consumption -1"]);
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
});

Deno.test("a template that fails after midnight is refunded on its own date, late", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 23:59");
  company.status("failed", "wamid.1", "2026-11-24 00:01");
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1 late"]);
  assert.equal(company.creditsOn("2026-11-23"), 0);
  assert.equal(company.creditsOn("2026-11-24"), 0);
});

Deno.test("an earlier timestamp moves a template across midnight to its own date", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("delivered", "wamid.1", "2026-11-24 00:01");
  company.status("sent", "wamid.1", "2026-11-23 23:59");
  assert.deepEqual(company.ledger(), ["consumption -1", "consumption -1 late", "reversal +1"]);
  assert.equal(company.creditsOn("2026-11-23"), 1);
  assert.equal(company.creditsOn("2026-11-24"), 0);
});

Deno.test("a message not known to be a template costs nothing", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  for (const status of ["sent", "delivered", "read"] as const) {
    company.status(status, "wamid.1", "2026-11-23 10:00", { template: false });
  }
  assert.deepEqual(company.ledger(), []);
});

Deno.test("a status that proves the template late charges it at the time the message left", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 10:00", { template: false });
  company.status("delivered", "wamid.1", "2026-11-23 10:01");
  assert.equal(company.contact(ANA).windows[0]?.opened_at_ms, company.ms("2026-11-23 10:00"));
});

Deno.test("a category learned late posts the price difference", () => {
  const prices = { "whatsapp.outbound": 2, "whatsapp.outbound.marketing": 5 };
  const company = new TestCompany({ at: "2026-11-23 09:00", prices });
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  company.status("delivered", "wamid.1", "2026-11-23 10:01", { category: "marketing" });
  assert.deepEqual(company.ledger(), ["consumption -2", "consumption -3"]);
  assert.equal(company.windowsOn("2026-11-23").outbound, 1);
  assertInvariants(company);
});

Deno.test("a free window is counted without a ledger entry", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", prices: { "whatsapp.inbound": 0 } });
  company.wrote(ANA, "2026-11-23 10:00");
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
  assert.deepEqual(company.ledger(), []);
});

Deno.test("a reaction, an edit or a group message opens no window and is recorded once", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const noted = { type: "noted", contact: { phone: ANA, bsuid: undefined }, message_id: "wamid.1" } as const;
  for (let i = 0; i < 2; i++) {
    company.record({ ...noted, at_ms: company.ms("2026-11-23 10:00"), phone_number_id: "1" });
  }
  assert.equal(company.store.facts.size, 1);
  assert.deepEqual(company.ledger(), []);
  assert.equal(company.contact(ANA).free_form_allowed, false);
});

Deno.test("Meta's own window ends 24 hours after the customer's last message", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.wrote(ANA, "2026-11-23 23:50");
  company.advanceTo("2026-11-24 08:00");
  assert.equal(company.contact(ANA).meta_service_window_ends_at_ms, company.ms("2026-11-24 23:50"));
  assert.equal(company.contact(ANA).free_form_allowed, false);
  assert.equal(company.contact(BETO).meta_service_window_ends_at_ms, undefined);
});

Deno.test("a call restarts Meta's own window, charges nothing and opens no window", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.record(calledEvent(ANA, company.ms("2026-11-23 23:50"), "wacid.1"));
  company.record(calledEvent(BETO, company.ms("2026-11-23 23:51"), "wacid.2"));
  assert.deepEqual(company.ledger(), ["consumption -1"]);
  assert.deepEqual(company.contact(BETO).windows, []);
  for (let restarts = 0; restarts < 2; restarts++) {
    company.advanceTo("2026-11-24 08:00");
    assert.equal(company.contact(ANA).meta_service_window_ends_at_ms, company.ms("2026-11-24 23:50"));
    assert.equal(company.contact(BETO).meta_service_window_ends_at_ms, company.ms("2026-11-24 23:51"));
    assert.equal(company.contact(BETO).free_form_allowed, false);
    company.restart();
  }
  company.wrote(ANA, "2026-11-24 09:00");
  company.record(calledEvent(ANA, company.ms("2026-11-24 08:30"), "wacid.3"));
  assert.equal(company.contact(ANA).meta_service_window_ends_at_ms, company.ms("2026-11-25 09:00"));
});

Deno.test("calls are stored every 15 minutes, and the last one before its person leaves memory", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  for (const minute of ["00", "05", "10", "14"]) {
    company.record(calledEvent(ANA, company.ms(`2026-11-23 10:${minute}`), `wacid.${minute}`));
    company.record(calledEvent(ANA, company.ms(`2026-11-23 10:${minute}`), `wacid.${minute}`));
  }
  assert.equal(company.store.facts.size, 1);
  company.record(calledEvent(ANA, company.ms("2026-11-23 10:15"), "wacid.15"));
  assert.equal(company.store.facts.size, 2);
  company.record(calledEvent(ANA, company.ms("2026-11-23 10:20"), "wacid.20"));
  company.evict();
  assert.equal(company.contact(ANA).meta_service_window_ends_at_ms, company.ms("2026-11-24 10:20"));
  company.evict();
  assert.equal(company.store.facts.size, 3);
});

Deno.test("the balance shows the open windows and when they close", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.template(BETO, "2026-11-23 10:00");
  const { open_inbound, open_outbound, closes_at_ms } = company.balance();
  assert.deepEqual([open_inbound, open_outbound], [1, 1]);
  assert.equal(closes_at_ms, company.ms("2026-11-24 00:00"));
  company.advanceTo("2026-11-24 00:00");
  assert.deepEqual([company.balance().open_inbound, company.balance().open_outbound], [0, 0]);
});

Deno.test("the cost of charging a template does not grow with the number of earlier templates", () => {
  for (const send of ["status", "report"] as const) {
    assert.equal(templatesReadForOneMore(send, 100), templatesReadForOneMore(send, 10));
  }
});

/** Counts the earlier templates read when one more is sent. */
function templatesReadForOneMore(send: "status" | "report", sent: number): number {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const one = (number: number) => {
    const local = `2026-11-23 08:${10 + Math.floor(number / 50)}:${10 + number % 50}`;
    if (send === "status") company.template(ANA, local, `wamid.${number}`);
    else company.send("template", ANA, `send-${number}`, { at: local });
  };
  for (let number = 0; number < sent; number++) one(number);
  const person = company.state.people.get(ANA)!;
  let reads = 0;
  const watched = <T extends { readonly template: boolean }>(item: T): T =>
    Object.defineProperty({ ...item }, "template", { get: () => (reads++, item.template) });
  person.messages = new Map([...person.messages].map(([key, evidence]) => [key, watched(evidence)]));
  person.records = new Map([...person.records].map(([key, record]) => [key, watched(record)]));
  one(sent);
  return reads;
}
