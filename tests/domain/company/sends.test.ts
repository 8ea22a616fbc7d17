import assert from "node:assert/strict";
import { refusalOf, TestCompany } from "../../support/company.ts";
import { ANA, BETO } from "../../support/fixtures.ts";

Deno.test("a reported template is charged at once and returned with its window", () => {
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
  assert.deepEqual(refusalOf(company.send("template", BETO, "send-1")), {
    code: "id_reused",
    path: "message_id",
  });
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("a send record and Meta's statuses of one message are one template, linked by its wamid", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.send("template", ANA, "wamid.1");
  company.status("sent", "wamid.1", "2026-11-23 09:01", { template: false });
  company.status("delivered", "wamid.1", "2026-11-23 09:02");
  assert.deepEqual(company.ledger(), ["consumption -1"]);
});

Deno.test("a send record and Meta's statuses of one message are one template, linked by its callback data", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.send("template", ANA, "send-1");
  company.status("failed", "wamid.1", "2026-11-23 09:01", { template: false, callback: "send-1" });
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1"]);
});

Deno.test("a send record after the statuses makes the message a template", () => {
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
  assert.equal(refusalOf(company.send("free_form", ANA, "b")).code, "window_closed");
});

Deno.test("a refusal names both remedies", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const reply = company.send("free_form", ANA, "a");
  assert.ok(reply.type === "refused");
  assert.match(reply.detail, /wait until they write, or send a template/);
});

Deno.test("a refused free-form message to an unknown contact leaves no trace of them", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.send("free_form", ANA, "a");
  assert.equal(company.store.contacts.size, 0);
  assert.equal(company.store.facts.size, 0);
});

Deno.test("a refused message_id stays refused: a retry needs another id", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.send("free_form", ANA, "a");
  company.wrote(ANA, "2026-11-23 10:00");
  assert.equal(refusalOf(company.send("free_form", ANA, "a")).code, "window_closed");
  assert.equal(company.send("free_form", ANA, "b").type, "send_allowed");
});

Deno.test("a send in the future or too old is refused, and the refusal names its field", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  const soon = company.send("template", ANA, "a", { at: "2026-11-23 09:06" });
  assert.deepEqual(refusalOf(soon), { code: "invalid_request", path: "sent_at" });
  const old = company.send("template", ANA, "b", { at: "2026-11-15 08:59" });
  assert.deepEqual(refusalOf(old), { code: "invalid_request", path: "sent_at" });
  assert.equal(company.send("template", ANA, "c", { at: "2026-11-23 09:05" }).type, "send_allowed");
});
