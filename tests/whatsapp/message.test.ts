import assert from "node:assert/strict";
import {
  businessNumber,
  customerWrote,
  messagesChange,
  numberChanged,
  numberedCustomer,
  webhookOf,
} from "../support/payloads.ts";
import type { WhatsAppEvent } from "../../src/whatsapp/events.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

const line = businessNumber(1);
const ana = { phone: "5511987654321", bsuid: "BR.111", name: "Ana" };
const at_s = 1_772_998_024;

/** The events of one change whose `messages` are given as they stand. */
function read(messages: unknown, contacts?: unknown): WhatsAppEvent[] {
  return readWebhook(webhookOf(messagesChange(line, { messages, contacts }))).events;
}

function only(events: readonly WhatsAppEvent[]): WhatsAppEvent {
  assert.equal(events.length, 1);
  return events[0]!;
}

Deno.test("a text is the contact writing at its own timestamp", () => {
  const { events, ignored } = readWebhook(webhookOf(customerWrote(line, ana, { id: "wamid.1", at_s })));
  assert.deepEqual(events, [{
    type: "wrote",
    phone_number_id: line.phone_number_id,
    contact: { phone: "5511987654321", bsuid: "BR.111" },
    at_ms: 1_772_998_024_000,
    message_id: "wamid.1",
    message_type: "text",
  }]);
  assert.equal(ignored.size, 0);
});

Deno.test("every type of message is the contact writing, also one unknown today", () => {
  // deno-fmt-ignore
  const types = [
    "text", "image", "video", "audio", "voice", "document", "sticker", "location", "contacts", "interactive",
    "button", "order", "unsupported", "unknown", "hologram",
  ];
  const messages = types.map((type) => ({ from: ana.phone, id: `wamid.${type}`, timestamp: "1", type }));
  const events = read(messages);
  assert.deepEqual(events.map((event) => event.type === "wrote" && event.message_type), types);
});

Deno.test("an unsupported message that brings errors is still the contact writing", () => {
  const errors = [{ code: 131051, title: "Message type is not currently supported" }];
  const event = only(read([{ from: ana.phone, id: "w", timestamp: "1", type: "unsupported", errors }]));
  assert.equal(event.type, "wrote");
});

Deno.test("a message without a type, or with one that is no name, is the contact writing", () => {
  for (const type of [undefined, "", null, 7.5, "x".repeat(41), "a b", "a\0b", {}]) {
    const event = only(read([{ from: ana.phone, id: "w", timestamp: "1", type }]));
    assert.equal(event.type === "wrote" && event.message_type, "unknown");
  }
});

Deno.test("reactions, edits, revocations, system notes, welcomes and group messages are only noted", () => {
  const kinds = ["reaction", "edit", "revoke", "system", "request_welcome"] as const;
  for (const type of kinds) {
    const event = only(read([{ from: ana.phone, id: "w", timestamp: "1", type }]));
    assert.deepEqual([event.type, event.type === "noted" && event.kind], ["noted", type]);
  }
  const group = only(
    read([{ from: ana.phone, id: "w", timestamp: "1", type: "text", group_id: "Y2FwaV9n" }]),
  );
  assert.deepEqual([group.type, group.type === "noted" && group.kind], ["noted", "group_message"]);
});

Deno.test("an unsupported message that acts on an earlier one is only noted, and any other is the contact writing", () => {
  const read1 = (unsupported: unknown) =>
    only(read([{ from: ana.phone, id: "w", timestamp: "1", type: "unsupported", unsupported }]));
  for (const type of ["edit", "reaction", "revoke", "pin", "keep_in_chat", "poll_update"]) {
    for (const spelling of [type, type.toUpperCase(), type.replaceAll("_", "-")]) {
      const event = read1({ type: spelling });
      assert.deepEqual([event.type, event.type === "noted" && event.kind], ["noted", type]);
    }
    assert.equal(only(read([{ from: ana.phone, id: "w", timestamp: "1", type }])).type, "noted");
  }
  // deno-fmt-ignore
  const written = [
    "poll_creation", "gif", "group_invite", "media_placeholder", "link_preview", "hsm", "errors", "image", "unknown",
    "", null, 7,
  ];
  for (const type of written) assert.equal(read1({ type }).type, "wrote");
  for (const odd of [undefined, null, "edit", ["edit"]]) assert.equal(read1(odd).type, "wrote");
});

Deno.test("a call permission that WhatsApp gives by itself is only noted, and one the customer gives is writing", () => {
  const read1 = (call_permission_reply: unknown) => {
    const interactive = { type: "call_permission_reply", call_permission_reply };
    return only(read([{ from: ana.phone, id: "w", timestamp: "1", type: "interactive", interactive }]));
  };
  const noted = read1({ response: "accept", response_source: "automatic" });
  assert.deepEqual([noted.type, noted.type === "noted" && noted.kind], ["noted", "automatic_reply"]);
  for (const response_source of ["user_action", undefined, null, "", 7, ["automatic"]]) {
    assert.equal(read1({ response: "accept", response_source }).type, "wrote");
  }
  for (const odd of [undefined, "automatic", []]) assert.equal(read1(odd).type, "wrote");
});

Deno.test("an empty group id makes no group message", () => {
  assert.equal(
    only(read([{ from: ana.phone, id: "w", timestamp: "1", type: "text", group_id: "" }])).type,
    "wrote",
  );
});

Deno.test("what is noted needs no contact", () => {
  assert.deepEqual(only(read([{ id: "w", timestamp: 5, type: "request_welcome" }])), {
    type: "noted",
    phone_number_id: line.phone_number_id,
    contact: { phone: undefined, bsuid: undefined },
    at_ms: 5000,
    message_id: "w",
    kind: "request_welcome",
    message_type: "request_welcome",
  });
});

Deno.test("nothing a customer wrote is in what is read", () => {
  const secret = "meu segredo";
  const content = {
    text: { body: secret },
    image: { caption: secret },
    system: { body: secret },
    context: secret,
  };
  const people = [{ profile: { name: secret, username: secret }, wa_id: ana.phone }];
  const messages = ["text", "image", "system", "reaction"].flatMap((type) => [
    { from: ana.phone, id: `w-${type}`, timestamp: "1", type, ...content },
    { from: ana.phone, id: `u-${type}`, timestamp: "yesterday", type, ...content },
  ]);
  assert.equal(JSON.stringify(read(messages, people)).includes(secret), false);
});

Deno.test("a number change tells the old number and the new one", () => {
  const new_number = { phone: "5521999990000", bsuid: "BR.222" };
  assert.deepEqual(only(readWebhook(webhookOf(numberChanged(line, ana, new_number, "w", at_s))).events), {
    type: "number_changed",
    phone_number_id: line.phone_number_id,
    from: { phone: "5511987654321", bsuid: "BR.111" },
    to: { phone: "5521999990000", bsuid: "BR.222" },
    at_ms: at_s * 1000,
    message_id: "w",
  });
});

Deno.test("a number change is read in the spellings of every API version", () => {
  const base = { from: "551187654321", id: "w", timestamp: "1", type: "system" };
  const systems = [
    { type: "user_changed_number", wa_id: "5521999990000" },
    { type: "user_changed_number", new_wa_id: 5521999990000 },
    { type: "customer_changed_number", wa_id: "+55 21 99999-0000", customer: "551187654321" },
  ];
  for (const system of systems) {
    const event = only(read([{ ...base, system }]));
    assert.ok(event.type === "number_changed");
    assert.equal(event.from.phone, "5511987654321");
    assert.equal(event.to.phone, "5521999990000");
  }
});

Deno.test("a person who hides the phone changes from one BSUID to another", () => {
  const system = { type: "user_changed_user_id", previous_user_id: "BR.111", user_id: "BR.222" };
  const event = only(read([{ from_user_id: "BR.222", id: "w", timestamp: "1", type: "system", system }]));
  assert.ok(event.type === "number_changed");
  assert.deepEqual(event.from, { phone: undefined, bsuid: "BR.111" });
  assert.deepEqual(event.to, { phone: undefined, bsuid: "BR.222" });
});

Deno.test("a BSUID that is already the new one is not taken for the old one", () => {
  const system = { type: "user_changed_number", wa_id: "5521999990000", user_id: "BR.222" };
  const event = only(
    read([{ from: ana.phone, from_user_id: "BR.222", id: "w", timestamp: "1", type: "system", system }]),
  );
  assert.ok(event.type === "number_changed");
  assert.deepEqual(event.from, { phone: ana.phone, bsuid: undefined });
});

Deno.test("a number change that does not tell the new number is unreadable", () => {
  const system = { type: "user_changed_number", body: "changed" };
  const event = only(read([{ from: ana.phone, id: "w", timestamp: "1", type: "system", system }]));
  assert.deepEqual([event.type, event.type === "unreadable" && event.reason], [
    "unreadable",
    "new_contact_missing",
  ]);
});

Deno.test("a changed security identity changes nobody's number", () => {
  const system = { type: "customer_identity_changed", identity: "x", wa_id: ana.phone };
  assert.equal(
    only(read([{ from: ana.phone, id: "w", timestamp: "1", type: "system", system }])).type,
    "noted",
  );
});

Deno.test("timestamps are Unix seconds, as strings or numbers", () => {
  for (const timestamp of ["1772998024", 1772998024]) {
    const event = only(read([{ from: ana.phone, id: "w", timestamp, type: "text" }]));
    assert.equal(event.type === "wrote" && event.at_ms, 1_772_998_024_000);
  }
});

Deno.test("a timestamp that is not whole seconds from 1970 to 9999 makes the event unreadable", () => {
  const faults = [
    undefined,
    null,
    "",
    "now",
    "-1",
    "1.5",
    "1e9",
    " 1",
    "0x1",
    "1772998024000",
    -1,
    1.5,
    1e308,
    [1],
    {},
    true,
  ];
  for (const timestamp of faults) {
    const event = only(read([{ from: ana.phone, id: "w", timestamp, type: "text" }]));
    assert.ok(event.type === "unreadable", String(timestamp));
    assert.equal(event.reason, "timestamp_unparseable");
    assert.equal(event.event.message_id, "w");
    assert.equal(event.event.contact.phone, ana.phone);
  }
});

Deno.test("a message without an id, a contact or a company's number is unreadable, and says why", () => {
  const whole = { from: ana.phone, id: "w", timestamp: "1", type: "text" };
  const reasonOf = (event: WhatsAppEvent) => event.type === "unreadable" && event.reason;
  assert.equal(reasonOf(only(read([{ ...whole, id: "" }]))), "message_id_missing");
  assert.equal(reasonOf(only(read([{ ...whole, id: "\0" }]))), "message_id_missing");
  assert.equal(reasonOf(only(read([{ ...whole, id: "x".repeat(257) }]))), "message_id_missing");
  assert.equal(reasonOf(only(read([{ ...whole, from: undefined }]))), "contact_missing");
  assert.equal(reasonOf(only(read([{ ...whole, from: "not a contact" }]))), "contact_missing");
  for (
    const metadata of [undefined, null, "x", [], {}, { phone_number_id: "" }, { phone_number_id: "a b" }]
  ) {
    const change = messagesChange(line, { metadata, messages: [whole] });
    assert.equal(reasonOf(only(readWebhook(webhookOf(change)).events)), "phone_number_id_missing");
  }
});

Deno.test("an entry of the list that is no object is unreadable, the others are read", () => {
  const whole = { from: ana.phone, id: "w", timestamp: "1", type: "text" };
  const types = read([null, whole, [], "text", 7, whole]).map(({ type }) => type);
  assert.deepEqual(types, ["unreadable", "wrote", "unreadable", "unreadable", "unreadable", "wrote"]);
});

Deno.test("several messages of several customers come out in their order", () => {
  const bia = numberedCustomer(2);
  const { events } = readWebhook(webhookOf(
    customerWrote(line, ana, { id: "1", at_s }, { id: "2", at_s: at_s + 1 }),
    customerWrote(businessNumber(2), bia, { id: "3", at_s: at_s - 1 }),
  ));
  assert.deepEqual(events.map((event) => event.type === "wrote" && event.message_id), ["1", "2", "3"]);
  assert.equal(events[2]!.phone_number_id, businessNumber(2).phone_number_id);
});
