import assert from "node:assert/strict";
import { TestCompany } from "../../support/company.ts";
import { ANA, BETO, type ContactText, identifiersOf } from "../../support/fixtures.ts";

function at9(): TestCompany {
  return new TestCompany({ at: "2026-11-23 09:00" });
}

/** Asks the company whether it knows the message of a status. */
function knows(
  company: TestCompany,
  message_id: string,
  contact: ContactText,
  callback_data?: string,
): boolean {
  const command = {
    type: "find_message",
    message_id,
    contact: identifiersOf(contact),
    callback_data,
  } as const;
  const reply = company.execute(command);
  assert.equal(reply.type, "message_found");
  assert.deepEqual(company.last_events, [], "a question stores nothing");
  return (reply as { known: boolean }).known;
}

Deno.test("a company knows a message by a status, also after a restart", () => {
  const company = at9();
  assert.equal(knows(company, "wamid.1", ANA), false);
  company.status("failed", "wamid.1", "2026-11-23 09:01");
  assert.equal(knows(company, "wamid.1", ANA), true);
  company.restart();
  // A later status may name the recipient by another identifier.
  assert.equal(knows(company, "wamid.1", "BR.1001"), true);
  assert.equal(knows(company, "wamid.2", ANA), false);
});

Deno.test("a company knows a message by its send record, for any contact and after a restart", () => {
  const company = at9();
  company.send("template", ANA, "wamid.1");
  assert.deepEqual([knows(company, "wamid.1", ANA), knows(company, "wamid.1", BETO)], [true, true]);
  company.restart();
  assert.equal(knows(company, "wamid.1", BETO), true);
});

Deno.test("callback data links a record of the same contact only: others may use the same text", () => {
  const company = at9();
  company.send("template", ANA, "campaign-7");
  assert.equal(knows(company, "wamid.1", ANA, "campaign-7"), true);
  assert.equal(knows(company, "wamid.1", BETO, "campaign-7"), false);
  assert.equal(knows(company, "wamid.1", ANA, "campaign-8"), false);
});
