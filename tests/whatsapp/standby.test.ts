import assert from "node:assert/strict";
import {
  businessNumber,
  customerWrote,
  fieldChange,
  handedOver,
  messagesChange,
  numberedCustomer,
  onStandby,
  statusesOf,
  webhookOf,
} from "../support/payloads.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

const line = businessNumber(1);
const ana = numberedCustomer(1);
const at_s = 1_772_998_024;
const wrote = customerWrote(line, ana, { id: "1", at_s });
const delivered = statusesOf(line, ana, { id: "2", at_s, status: "delivered", category: "marketing" });

Deno.test("messages and statuses on standby are the events they are on the field messages", () => {
  for (const change of [wrote, delivered]) {
    const standby = readWebhook(webhookOf(onStandby(change)));
    assert.equal(standby.events.length, 1);
    assert.deepEqual(standby, readWebhook(webhookOf(change)));
  }
});

Deno.test("the number and the contacts of standby stand beside it or in it", () => {
  const { metadata, contacts, messages } = wrote.value;
  const [{ from_user_id: _, ...message }] = messages as [{ from_user_id: string }];
  const expected = readWebhook(webhookOf(wrote)).events;
  const values = [
    { metadata, contacts, standby: { messages: [message] } },
    { standby: { metadata, contacts, messages: [message] } },
    { metadata, contacts: [{ wa_id: "5511911112222" }], standby: { contacts, messages: [message] } },
    { metadata, standby: [{ contacts, messages: [message] }] },
    { metadata, contacts, messages: [message] },
  ];
  for (const value of values) {
    const { events } = readWebhook(webhookOf({ waba_id: line.waba_id, field: "standby", value }));
    assert.deepEqual(events, expected, JSON.stringify(value));
  }
});

Deno.test("echoes on standby are messages of the business: counted, not metered", () => {
  const standby = {
    message_echoes: [{ id: "e1", to: ana.phone, timestamp: "1", type: "text" }, { id: "e2" }],
  };
  const { events, ignored } = readWebhook(webhookOf(fieldChange(line, "standby", { standby })));
  assert.deepEqual(events, []);
  assert.deepEqual([...ignored], [["message_echoes", 2]]);
});

Deno.test("a standby change of another shape is unreadable, and an empty one is counted", () => {
  const reasonsOf = (value: unknown) => {
    const payload = {
      object: "whatsapp_business_account",
      entry: [{ changes: [{ field: "standby", value }] }],
    };
    const { events, ignored } = readWebhook(payload);
    return [...events.map((event) => event.type === "unreadable" && event.reason), ...ignored.keys()];
  };
  assert.deepEqual(reasonsOf([]), ["value_not_an_object"]);
  assert.deepEqual(reasonsOf({ standby: "x" }), ["standby_not_an_object"]);
  assert.deepEqual(reasonsOf({ standby: [7, { messages: {} }] }), [
    "standby_not_an_object",
    "messages_not_a_list",
  ]);
  assert.deepEqual(reasonsOf({ standby: {} }), ["empty"]);
  assert.deepEqual(reasonsOf({}), ["empty"]);
});

Deno.test("a conversation that changes hands is noted, with its person and an id of its own", () => {
  const [event, ...others] = readWebhook(webhookOf(handedOver(line, ana, at_s))).events;
  assert.deepEqual(others, []);
  assert.deepEqual(event, {
    type: "noted",
    phone_number_id: line.phone_number_id,
    contact: { phone: ana.phone, bsuid: ana.bsuid },
    at_ms: at_s * 1000,
    message_id: `handover control_passed ${at_s * 1000} ${ana.phone}`,
    kind: "handover",
    message_type: "control_passed",
  });
});

Deno.test("a handover without a person, a number or a time is counted", () => {
  const { value } = handedOver(line, ana, at_s);
  const lacking = [
    {},
    { ...value, sender: {} },
    { ...value, sender: "5511987654321" },
    { ...value, recipient: undefined },
    { ...value, timestamp: undefined },
  ];
  for (const value of lacking) {
    const change = { waba_id: line.waba_id, field: "messaging_handovers", value };
    const { events, ignored } = readWebhook(webhookOf(change));
    assert.deepEqual(events, []);
    assert.deepEqual([...ignored], [["messaging_handovers", 1]]);
  }
});

Deno.test("lists beside value.standby are read too: no entry of a read field is passed by", () => {
  const { value } = messagesChange(line, { messages: [{ id: "2", from: "5511977770009", type: "text" }] });
  const beside = { ...onStandby(wrote), value: { ...onStandby(wrote).value, messages: value.messages } };
  const { events } = readWebhook(webhookOf(beside as never));
  assert.deepEqual(events.map(({ type }) => type).sort(), ["unreadable", "wrote"]);
});
