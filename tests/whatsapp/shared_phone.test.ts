import assert from "node:assert/strict";
import { businessNumber, messagesChange, webhookOf } from "../support/payloads.ts";
import type { ContactIdentifiers } from "../../src/domain/identity/phone.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

const line = businessNumber(1);
const PHONE = "5511987654321";
const OWN_PHONE = { phone: "+55 11 98765-4321", wa_id: PHONE, type: "CELL" };

/** The sender of a message with contact cards. */
function senderOf(contacts: unknown, content: object = {}): ContactIdentifiers {
  const message = { id: "w", timestamp: "1", type: "contacts", from_user_id: "BR.1", contacts, ...content };
  const [event] = readWebhook(webhookOf(messagesChange(line, { messages: [message] }))).events;
  assert.ok(event?.type === "wrote");
  return event.contact;
}

Deno.test("the answer to a contact request gives the sender's own phone", () => {
  const both = { phone: PHONE, bsuid: "BR.1" };
  assert.deepEqual(senderOf([{ origin: "contact_request", phones: [OWN_PHONE] }]), both);
  assert.deepEqual(senderOf([{ origin: "contact_request", phones: [{ phone: "+55 11 98765-4321" }] }]), both);
  assert.deepEqual(senderOf([{ origin: "contact_request", user_id: "BR.1", phones: [OWN_PHONE] }]), both);
});

Deno.test("no other contact card links anybody", () => {
  const unlinked = { phone: undefined, bsuid: "BR.1" };
  const phones = [OWN_PHONE];
  const cards: unknown[] = [
    undefined,
    "x",
    [],
    [null],
    [{ phones }],
    [{ origin: "other", phones }],
    [{ origin: "CONTACT_REQUEST", phones }],
    [{ origin: ["contact_request"], phones }],
    [{ origin: "contact_request", phones }, { origin: "contact_request", phones }],
    [{ origin: "contact_request", phones: [OWN_PHONE, { wa_id: "5511911112222" }] }],
    [{ origin: "contact_request", phones: [OWN_PHONE, null] }],
    [{ origin: "contact_request", phones: [] }],
    [{ origin: "contact_request", phones: "5511987654321" }],
    [{ origin: "contact_request", phones: [{ wa_id: "unknown" }] }],
    [{ origin: "contact_request", user_id: "BR.2", phones }],
  ];
  for (const contacts of cards) assert.deepEqual(senderOf(contacts), unlinked, JSON.stringify(contacts));
  const card = [{ origin: "contact_request", phones }];
  assert.deepEqual(senderOf(card, { type: "text" }), unlinked);
  assert.deepEqual(senderOf(card, { from: "5511911112222" }), { phone: "5511911112222", bsuid: "BR.1" });
});
