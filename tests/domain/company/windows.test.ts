import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";
import { refusal } from "../../support/company.ts";
import { ANA, BETO } from "../../support/plain.ts";
import { assertSound } from "../../support/soundness.ts";

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

Deno.test("a message that adds nothing to what is known writes nothing", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00:00");
  company.wrote(ANA, "2026-11-23 10:00:00");
  assert.deepEqual(company.happened(), []);
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

Deno.test("a template known late to have left first takes the inbound window's place", () => {
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

Deno.test("with the policy free a template known late to have left first makes the window outbound", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", policy: "free" });
  company.wrote(ANA, "2026-11-23 10:05");
  company.status("delivered", "wamid.1", "2026-11-23 10:06");
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
  company.status("sent", "wamid.1", "2026-11-23 10:04");
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 0, outbound: 1 });
});

Deno.test("a template that failed gives its credit back", () => {
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

Deno.test("when the first template fails the next one of the date opens the window", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  company.status("sent", "wamid.2", "2026-11-23 11:00");
  company.status("failed", "wamid.1", "2026-11-23 11:30");
  assert.equal(company.contact(ANA).windows[0]?.opened_at_ms, company.ms("2026-11-23 11:00"));
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("when the template fails, the customer's message opens the inbound window it had been within", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  company.wrote(ANA, "2026-11-23 10:05");
  company.status("failed", "wamid.1", "2026-11-23 10:06");
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1", "consumption -1"]);
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
});

Deno.test("a template that fails after midnight gives back the credit of its own date, late", () => {
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

Deno.test("a message nobody calls a template costs nothing", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  for (const status of ["sent", "delivered", "read"] as const) {
    company.status(status, "wamid.1", "2026-11-23 10:00", { template: false });
  }
  assert.deepEqual(company.ledger(), []);
});

Deno.test("a status that names the template late charges it at the time the message left", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 10:00", { template: false });
  company.status("delivered", "wamid.1", "2026-11-23 10:01");
  assert.equal(company.contact(ANA).windows[0]?.opened_at_ms, company.ms("2026-11-23 10:00"));
});

Deno.test("a category learned late makes up the difference of its price", () => {
  const prices = { "whatsapp.outbound": 2, "whatsapp.outbound.marketing": 5 };
  const company = new TestCompany({ at: "2026-11-23 09:00", prices });
  company.status("sent", "wamid.1", "2026-11-23 10:00");
  company.status("delivered", "wamid.1", "2026-11-23 10:01", { category: "marketing" });
  assert.deepEqual(company.ledger(), ["consumption -2", "consumption -3"]);
  assert.equal(company.windowsOn("2026-11-23").outbound, 1);
  assertSound(company);
});

Deno.test("a free window is counted without an entry in the ledger", () => {
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

Deno.test("the balance counts the windows open now and says when they close", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.template(BETO, "2026-11-23 10:00");
  const { open_inbound, open_outbound, closes_at_ms } = company.balance();
  assert.deepEqual([open_inbound, open_outbound], [1, 1]);
  assert.equal(closes_at_ms, company.ms("2026-11-24 00:00"));
  company.advanceTo("2026-11-24 00:00");
  assert.deepEqual([company.balance().open_inbound, company.balance().open_outbound], [0, 0]);
});

Deno.test("a quote says what a template to each recipient would cost now", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", prices: { "whatsapp.outbound": 2 } });
  company.agree({ package: 4, excess: "0.25" });
  company.template(ANA, "2026-11-23 10:00");
  company.wrote(BETO, "2026-11-23 10:00");
  // Ana's outbound window is open; Beto's inbound one does not spare the template; the third is unknown.
  const quote = company.quote([ANA, BETO, "5511987659999", ANA]);
  const { recipients, already_open, windows, credits, prepaid, excess } = quote;
  assert.deepEqual({ recipients, already_open, windows, credits, prepaid, excess }, {
    recipients: 4,
    already_open: 1,
    windows: 2,
    credits: 4,
    prepaid: 1,
    excess: 3,
  });
  assert.equal(quote.excess_credit_price, 250_000n);
  assert.deepEqual(company.happened(), []);
});

Deno.test("with the policy free a quote counts open inbound windows as open", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", policy: "free" });
  company.wrote(BETO, "2026-11-23 10:00");
  assert.equal(company.quote([ANA, BETO]).already_open, 1);
});

Deno.test("a quote is by the price of the category", () => {
  const prices = { "whatsapp.outbound": 2, "whatsapp.outbound.marketing": 5 };
  const company = new TestCompany({ at: "2026-11-23 09:00", prices });
  assert.equal(company.quote([ANA], "marketing").credits, 5);
  assert.equal(company.quote([ANA], "utility").credits, 2);
});

Deno.test("without any contract a quote has no money in it", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  assert.equal(company.quote([ANA]).excess_credit_price, null);
});

Deno.test("a template we report is charged at once and shown with its window", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const reply = company.send("template", ANA, "send-1");
  assert.ok(reply.type === "send_allowed");
  assert.equal(reply.credits, 1);
  assert.equal(reply.window?.direction, "outbound");
  assert.equal(reply.balance.consumed, 1);
});

Deno.test("the same message_id gets the same answer, and is charged once", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const first = company.send("template", ANA, "send-1");
  company.wrote(BETO, "2026-11-23 10:00");
  assert.deepEqual(company.send("template", ANA, "send-1"), first);
  company.restart();
  assert.deepEqual(company.send("template", ANA, "send-1"), first);
  assert.equal(company.windowsOn("2026-11-23").outbound, 1);
});

Deno.test("a message_id with another body is refused and changes nothing", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.send("template", ANA, "send-1");
  assert.deepEqual(refusal(company.send("template", BETO, "send-1")), {
    code: "id_reused",
    path: "message_id",
  });
  assert.deepEqual(company.happened(), []);
});

Deno.test("our record and Meta's statuses of one message are one template, linked by its wamid", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.send("template", ANA, "wamid.1");
  company.status("sent", "wamid.1", "2026-11-23 09:01", { template: false });
  company.status("delivered", "wamid.1", "2026-11-23 09:02");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("our record and Meta's statuses of one message are one template, linked by its callback data", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.send("template", ANA, "send-1");
  company.status("failed", "wamid.1", "2026-11-23 09:01", { template: false, callback: "send-1" });
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1"]);
});

Deno.test("our record that comes after the statuses makes the message a template", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-23 09:01", { template: false, callback: "send-1" });
  const reply = company.send("template", ANA, "send-1", { at: "2026-11-23 09:01:02" });
  assert.ok(reply.type === "send_allowed");
  assert.equal(reply.credits, 1);
  assert.equal(reply.window?.opened_at_ms, company.ms("2026-11-23 09:01"));
});

Deno.test("a send that moves its template to the day before costs nothing more", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.status("sent", "wamid.1", "2026-11-24 00:00:05");
  const reply = company.send("template", ANA, "wamid.1", { at: "2026-11-23 23:59:58" });
  assert.ok(reply.type === "send_allowed");
  assert.equal(reply.credits, 0);
  assert.deepEqual([company.creditsOn("2026-11-23"), company.creditsOn("2026-11-24")], [1, 0]);
});

Deno.test("a free-form message is allowed while a window of either direction is open", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00");
  company.template(BETO, "2026-11-23 10:00");
  for (const contact of [ANA, BETO]) {
    const reply = company.send("free_form", contact, `hello ${contact}`);
    assert.ok(reply.type === "send_allowed");
    assert.equal(reply.credits, 0);
  }
});

Deno.test("after midnight a free-form message is refused", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 23:50");
  company.advanceTo("2026-11-23 23:59:59.999");
  assert.equal(company.send("free_form", ANA, "a").type, "send_allowed");
  company.advanceTo("2026-11-24 00:00");
  assert.equal(refusal(company.send("free_form", ANA, "b")).code, "window_closed");
});

Deno.test("a refusal names both remedies", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const reply = company.send("free_form", ANA, "a");
  assert.ok(reply.type === "refused");
  assert.match(reply.detail, /wait until they write, or send a template/);
});

Deno.test("a free-form message refused to a stranger leaves no trace of them", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.send("free_form", ANA, "a");
  assert.equal(company.store.contacts.size, 0);
  assert.equal(company.store.facts.size, 0);
});

Deno.test("a message_id that was refused stays refused: another try needs another id", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.send("free_form", ANA, "a");
  company.wrote(ANA, "2026-11-23 10:00");
  assert.equal(refusal(company.send("free_form", ANA, "a")).code, "window_closed");
  assert.equal(company.send("free_form", ANA, "b").type, "send_allowed");
});

Deno.test("a send of the future or of a time that is too old is refused, and names its field", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const soon = company.send("template", ANA, "a", { at: "2026-11-23 09:06" });
  assert.deepEqual(refusal(soon), { code: "invalid", path: "sent_at" });
  const old = company.send("template", ANA, "b", { at: "2026-11-15 08:59" });
  assert.deepEqual(refusal(old), { code: "invalid", path: "sent_at" });
  assert.equal(company.send("template", ANA, "c", { at: "2026-11-23 09:05" }).type, "send_allowed");
});
