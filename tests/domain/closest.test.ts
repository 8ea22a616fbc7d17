import assert from "node:assert/strict";
import { closestTo } from "../../src/domain/closest.ts";

const KNOWN = ["automation.run", "sms.sent", "whatsapp.outbound"];

Deno.test("the closest known text is found over a dropped, a wrong, an added letter and another case", () => {
  assert.equal(closestTo("automation.rn", KNOWN), "automation.run");
  assert.equal(closestTo("whatsapp.outbuond", KNOWN), "whatsapp.outbound");
  assert.equal(closestTo("sms.sents", KNOWN), "sms.sent");
  assert.equal(closestTo("SMS.Sent", KNOWN), "sms.sent");
});

Deno.test("of two near texts the one with fewer edits is the closest", () => {
  assert.equal(closestTo("sms.sen", ["sms.seen", "sms.send", "sms.sent"]), "sms.seen");
  assert.equal(closestTo("sms.sentt", ["sms.send", "sms.sent"]), "sms.sent");
});

Deno.test("a text that differs in more than a third of its characters is not near", () => {
  assert.equal(closestTo("voice.call", KNOWN), undefined);
  assert.equal(closestTo("", KNOWN), undefined);
  assert.equal(closestTo("sms.sent", []), undefined);
});
