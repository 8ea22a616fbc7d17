import assert from "node:assert/strict";
import { newLedgerEntries, refusalOf, TestCompany } from "../../support/company.ts";
import { ANA } from "../../support/fixtures.ts";
import { assertInvariants } from "../../support/invariants.ts";

Deno.test("C13: a send that Meta refused is given back, with the report as the reason", () => {
  const company = november23();
  company.send("template", ANA, "send-1");
  assert.deepEqual(answerOf(company, "send-1"), { outcome: "failed", credits: 1, consumed: 0 });
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1"]);
  assert.equal(company.windowsOn("2026-11-23").outbound, 0);
  const { cause } = company.store.ledger[1]!;
  assert.deepEqual(cause?.type === "window" && cause.fact, { kind: "send_failed", at_ms: company.now_ms });
  assertInvariants(company);
});

Deno.test("a repeated report gives nothing more back and stores nothing, also after a restart and days later", () => {
  const company = november23();
  company.send("template", ANA, "send-1");
  answerOf(company, "send-1", "2026-11-23 09:00");
  assert.deepEqual(answerOf(company, "send-1"), { outcome: "failed", credits: 0, consumed: 0 });
  assert.deepEqual(company.lastEventTypes(), []);
  company.restart();
  assert.deepEqual(answerOf(company, "send-1"), { outcome: "failed", credits: 0, consumed: 0 });
  assert.deepEqual(company.lastEventTypes(), []);
  company.advanceTo("2026-12-20 09:00");
  assert.deepEqual(answerOf(company, "send-1", "2026-11-23 09:00").credits, 0);
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("proof of delivery outweighs a reported failure, in any order, by wamid and by callback data", () => {
  for (const proof of ["delivered", "read", "played"] as const) {
    for (const [recorded, callback] of [["wamid.1", undefined], ["send-1", "send-1"]] as const) {
      for (const order of ["report first", "proof first"]) {
        const company = november23();
        company.send("template", ANA, recorded);
        const prove = () =>
          company.status(proof, "wamid.1", "2026-11-23 09:00", { template: false, callback });
        if (order === "proof first") prove();
        const { outcome, credits } = answerOf(company, recorded);
        assert.deepEqual(
          { outcome, credits },
          order === "proof first" ? { outcome: "delivered", credits: 0 } : { outcome: "failed", credits: 1 },
        );
        if (order === "report first") prove();
        assert.equal(company.creditsOn("2026-11-23"), 1, `${proof} of ${recorded}, ${order}`);
        assert.equal(answerOf(company, recorded).outcome, "delivered");
        assertInvariants(company);
      }
    }
  }
});

Deno.test("a sent status alone does not outweigh a reported failure, in any order", () => {
  for (const [recorded, callback] of [["wamid.1", undefined], ["send-1", "send-1"]] as const) {
    for (const order of ["report first", "status first"]) {
      const company = november23();
      company.send("template", ANA, recorded);
      const sent = () => company.status("sent", "wamid.1", "2026-11-23 09:00", { callback });
      if (order === "status first") sent();
      answerOf(company, recorded);
      if (order === "report first") sent();
      assert.equal(company.creditsOn("2026-11-23"), 0, `${recorded}, ${order}`);
    }
  }
});

Deno.test("a template that opens the window in place of the refused one is charged instead", () => {
  const company = november23();
  company.send("template", ANA, "send-1");
  company.send("template", ANA, "send-2", { at: "2026-11-23 09:01" });
  assert.equal(answerOf(company, "send-1").credits, 0);
  assert.equal(company.contact(ANA).windows[0]?.opened_at_ms, company.ms("2026-11-23 09:01"));
  assert.deepEqual(answerOf(company, "send-2"), { outcome: "failed", credits: 1, consumed: 0 });
});

Deno.test("a reported failure closes the window for free-form messages", () => {
  const company = november23();
  company.send("template", ANA, "send-1");
  answerOf(company, "send-1");
  assert.equal(refusalOf(company.send("free_form", ANA, "hello")).code, "window_closed");
});

Deno.test("a free-form message was never charged: its reported failure is stored and gives nothing back", () => {
  const company = november23();
  company.wrote(ANA, "2026-11-23 09:00");
  company.send("free_form", ANA, "hello");
  assert.deepEqual(answerOf(company, "hello"), { outcome: "failed", credits: 0, consumed: 1 });
  assert.deepEqual(factKinds(company), ["wrote", "send_recorded", "send_failed"]);
});

Deno.test("a send that was refused as window_closed has nothing to give back, and nothing is stored", () => {
  const company = november23();
  company.send("free_form", ANA, "hello");
  assert.deepEqual(answerOf(company, "hello"), { outcome: "failed", credits: 0, consumed: 0 });
  assert.deepEqual(company.lastEventTypes(), []);
});

Deno.test("a failure of an unknown message_id is refused with a remedy", () => {
  const company = november23();
  const reply = company.sendFailed("send-1");
  assert.deepEqual(refusalOf(reply), { code: "message_not_found", path: "" });
  assert.match(reply.type === "refused" ? reply.detail : "", /record it first/);
  company.send("template", ANA, "send-1");
  assert.equal(answerOf(company, "send-1").credits, 1);
});

Deno.test("the same send after its reported failure gets its first answer and is not charged again", () => {
  const company = november23();
  const first = company.send("template", ANA, "send-1");
  answerOf(company, "send-1");
  assert.deepEqual(company.send("template", ANA, "send-1"), first);
  assert.equal(company.creditsOn("2026-11-23"), 0);
  company.send("template", ANA, "send-2");
  assert.equal(company.creditsOn("2026-11-23"), 1);
});

Deno.test("a failed_at in the future, before the send or too old is refused and changes nothing", () => {
  const company = november23();
  company.send("template", ANA, "send-1");
  for (const at of ["2026-11-23 09:05:01", "2026-11-23 08:54:59"]) {
    assert.deepEqual(refusalOf(company.sendFailed("send-1", { at })), {
      code: "invalid_request",
      path: "failed_at",
    });
    assert.deepEqual(company.lastEventTypes(), []);
  }
  company.advanceTo("2026-12-01 09:01");
  const too_old = company.sendFailed("send-1", { at: "2026-11-23 09:00" });
  assert.deepEqual(refusalOf(too_old), { code: "invalid_request", path: "failed_at" });
  assert.equal(answerOf(company, "send-1").credits, 1);
});

Deno.test("a failed_at within clock skew of the send is accepted, and the facts are read in any order", () => {
  const company = november23();
  company.send("template", ANA, "send-1");
  assert.equal(answerOf(company, "send-1", "2026-11-23 08:55").credits, 1);
  company.restart();
  company.contact(ANA);
  assert.equal(company.creditsOn("2026-11-23"), 0);
  assert.equal(answerOf(company, "send-1").credits, 0);
});

Deno.test("a failure reported after the day's close is a late reversal on the day of the send", () => {
  const company = november23();
  company.send("template", ANA, "send-1");
  company.advanceTo("2026-11-25 09:00");
  assert.equal(answerOf(company, "send-1").credits, 1);
  assert.deepEqual(company.ledger(), ["consumption -1", "reversal +1 late"]);
  assert.equal(company.store.ledger[1]!.local_date, "2026-11-23");
});

Deno.test("a failure of a message of a final month is refused and changes nothing", () => {
  const company = november23();
  company.send("template", ANA, "send-1");
  company.advanceTo("2026-12-08 23:59");
  company.send("template", ANA, "send-2", { at: "2026-12-01 00:10" });
  company.status("sent", "wamid.2", "2026-11-30 23:59", { callback: "send-2" });
  company.advanceTo("2026-12-09 00:00");
  for (const id of ["send-1", "send-2"]) {
    assert.equal(refusalOf(company.sendFailed(id)).code, "month_final", id);
    assert.deepEqual(company.lastEventTypes(), []);
  }
  assert.equal(company.creditsOn("2026-11-23"), 1);
});

Deno.test("a report after two contacts were merged or erased finds their send", () => {
  const company = november23();
  company.send("template", "BR.1001", "send-1");
  company.send("template", ANA, "send-2", { at: "2026-11-23 09:01" });
  company.wrote(`${ANA} BR.1001`, "2026-11-23 09:02");
  company.execute({ type: "erase_contact", contact: { phone: ANA, bsuid: undefined } });
  for (const restart of [true, false]) {
    if (restart) company.restart();
    answerOf(company, restart ? "send-1" : "send-2");
  }
  assert.deepEqual(company.windowsOn("2026-11-23"), { inbound: 1, outbound: 0 });
  assert.equal([...company.store.contacts.values()].some(({ readable }) => readable), false);
  assertInvariants(company);
});

Deno.test("the error code of a report is stored with its fact", () => {
  const company = november23();
  company.send("template", ANA, "send-1", { attribution: { campaign: "spring" } });
  company.sendFailed("send-1", { error_code: "132000" });
  const [fact] = [...company.store.facts.values()].filter(({ kind }) => kind === "send_failed");
  assert.deepEqual(fact?.attribution, { error_code: "132000" });
  const { cause } = company.store.ledger.at(-1)!;
  assert.deepEqual(cause?.type === "window" && cause.attribution, { campaign: "spring" });
});

Deno.test("a failure under one id of a message counts once its ids are linked", () => {
  const company = november23();
  const posted = newLedgerEntries(company);
  company.send("template", ANA, "send-1");
  company.send("template", ANA, "wamid.1", { at: "2026-11-23 09:01" });
  answerOf(company, "send-1");
  posted();
  company.status("sent", "wamid.1", "2026-11-23 09:02", { callback: "send-1" });
  assert.deepEqual(posted(), ["reversal +1"]);
});

function november23(): TestCompany {
  return new TestCompany({ at: "2026-11-23 09:00" });
}

function answerOf(company: TestCompany, message_id: string, at?: string) {
  const reply = company.sendFailed(message_id, at === undefined ? {} : { at });
  if (reply.type !== "send_failure_recorded") assert.fail(`got ${JSON.stringify(reply)}`);
  return { outcome: reply.outcome, credits: reply.credits, consumed: reply.balance.consumed };
}

function factKinds(company: TestCompany): string[] {
  return [...company.store.facts.values()].map(({ kind }) => kind);
}
