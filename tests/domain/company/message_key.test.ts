import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";
import { ANA } from "../../support/fixtures.ts";

function keyOf(company: TestCompany, message_id: string): string {
  const reply = company.execute({ type: "read_message_key", message_id });
  assert.equal(reply.type, "message_key");
  assert.deepEqual(company.last_events, [], "a question stores nothing");
  return (reply as { key: string }).key;
}

Deno.test("the key of a message is the one in the ledger entry of the window that it opened", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00" });
  company.wrote(ANA, "2026-11-23 10:00", "wamid.1");
  company.wrote(ANA, "2026-11-23 10:05", "wamid.2");
  company.send("template", ANA, "order-7");
  const messages = company.store.ledger.map(({ cause }) => cause?.type === "window" ? cause.message : null);
  assert.deepEqual(messages, [keyOf(company, "wamid.1"), keyOf(company, "order-7")]);
  company.restart();
  assert.equal(keyOf(company, "wamid.1"), messages[0]);
  assert.equal(messages.includes(keyOf(company, "wamid.2") as never), false);
});
