import assert from "node:assert/strict";
import fc from "fast-check";
import {
  businessNumber,
  customerWrote,
  fieldChange,
  messagesChange,
  numberedCustomer,
  statusesOf,
  webhookOf,
} from "../support/payloads.ts";
import { eventIdentity, type WhatsAppEvent } from "../../src/whatsapp/events.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";
import { hostileDelivery, hostileJson } from "../support/webhooks.ts";

const line = businessNumber(1);
const ana = numberedCustomer(1);
const at_s = 1_772_998_024;

function reasons(events: readonly WhatsAppEvent[]): (string | false)[] {
  return events.map((event) => event.type === "unreadable" && event.reason);
}

Deno.test("a batch may mix companies, kinds and fields", () => {
  const { events, ignored } = readWebhook(webhookOf(
    customerWrote(line, ana, { id: "1", at_s }),
    fieldChange(line, "smb_message_echoes", { message_echoes: [{ id: "e" }] }),
    statusesOf(businessNumber(2), ana, { id: "2", at_s, status: "sent" }, { id: "2", at_s, status: "read" }),
    fieldChange(line, "calls"),
    fieldChange(line, "calls"),
    fieldChange(line, "message_template_status_update"),
  ));
  assert.deepEqual(events.map(({ type, phone_number_id }) => [type, phone_number_id]), [
    ["wrote", line.phone_number_id],
    ["status", businessNumber(2).phone_number_id],
    ["status", businessNumber(2).phone_number_id],
  ]);
  assert.deepEqual(Object.fromEntries(ignored), {
    smb_message_echoes: 1,
    calls: 2,
    message_template_status_update: 1,
  });
});

Deno.test("messages and statuses of one change are both read", () => {
  const change = messagesChange(line, {
    messages: [{ from: ana.phone, id: "1", timestamp: "1", type: "text" }],
    statuses: [{ recipient_id: ana.phone, id: "2", timestamp: "1", status: "sent" }],
  });
  assert.deepEqual(readWebhook(webhookOf(change)).events.map(({ type }) => type), ["wrote", "status"]);
});

Deno.test("fields of the account, history and echoes are counted and never metered", () => {
  const held = { messages: [{ from: ana.phone, id: "1", timestamp: "1", type: "text" }] };
  for (
    const field of [
      "history",
      "smb_app_state_sync",
      "smb_message_echoes",
      "account_update",
    ]
  ) {
    const { events, ignored } = readWebhook(webhookOf(fieldChange(line, field, held)));
    assert.deepEqual(events, []);
    assert.deepEqual([...ignored], [[field, 1]]);
  }
});

Deno.test("fields unknown today share one counter, however many names there are", () => {
  const changes = Array.from({ length: 500 }, (_, at) => fieldChange(line, `invented_${at}`));
  const proto = fieldChange(line, "__proto__");
  assert.deepEqual([...readWebhook(webhookOf(...changes, proto)).ignored], [["other", 501]]);
});

Deno.test("what is not of a WhatsApp business account is counted", () => {
  for (
    const payload of [null, 7, "x", true, [], {}, { object: "page", entry: [] }, {
      object: ["whatsapp_business_account"],
    }]
  ) {
    const { events, ignored } = readWebhook(payload);
    assert.deepEqual(events, []);
    assert.deepEqual([...ignored], [["object", 1]]);
  }
});

Deno.test("errors of the account, and changes that hold nothing, are counted", () => {
  const errors = messagesChange(line, { errors: [{ code: 130429 }] });
  assert.deepEqual([...readWebhook(webhookOf(errors, messagesChange(line, {}))).ignored], [["errors", 1], [
    "empty",
    1,
  ]]);
});

Deno.test("a broken envelope is unreadable, and what is whole beside it is read", () => {
  const whole = webhookOf(customerWrote(line, ana, { id: "1", at_s })).entry[0]!;
  const change = whole.changes[0]!;
  const object = "whatsapp_business_account";
  const broken: [unknown, string][] = [
    [{ object }, "entries_not_a_list"],
    [{ object, entry: { 0: whole } }, "entries_not_a_list"],
    [{ object, entry: ["x"] }, "entry_not_an_object"],
    [{ object, entry: [{ id: "1" }] }, "changes_not_a_list"],
    [{ object, entry: [{ changes: [null] }] }, "change_not_an_object"],
    [{ object, entry: [{ changes: [{ value: change.value }] }] }, "field_missing"],
    [{ object, entry: [{ changes: [{ field: "messages", value: [] }] }] }, "value_not_an_object"],
  ];
  for (const [payload, reason] of broken) assert.deepEqual(reasons(readWebhook(payload).events), [reason]);
  const beside = readWebhook({ object, entry: [null, { changes: [7, change] }, whole] }).events;
  assert.deepEqual(reasons(beside), ["entry_not_an_object", "change_not_an_object", false, false]);
});

Deno.test("messages or statuses that are no list are unreadable", () => {
  const change = messagesChange(line, { messages: { 0: {} }, statuses: "sent" });
  const { events } = readWebhook(webhookOf(change));
  assert.deepEqual(reasons(events), ["messages_not_a_list", "statuses_not_a_list"]);
  assert.equal(events[0]!.phone_number_id, line.phone_number_id);
});

Deno.test("JSON nested deeper than the stack is read", () => {
  const depth = 200_000;
  // Numeric keys take another way through JSON.stringify than lists do, one that overflows.
  for (const [open, close] of [["[", "]"], ['{"0":', "}"]] as const) {
    const deep = JSON.parse(`${open.repeat(depth)}0${close.repeat(depth)}`);
    const messages = [[deep], { id: deep, from: deep, timestamp: deep, type: deep }];
    const { events } = readWebhook(webhookOf(messagesChange(line, { messages })));
    assert.deepEqual(reasons(events), ["message_not_an_object", "message_id_missing"]);
    assert.deepEqual(readWebhook(deep).events, []);
  }
});

Deno.test("reading never throws, for any JSON", () => {
  fc.assert(fc.property(hostileJson(), (payload) => void readWebhook(payload)), { numRuns: 1_000 });
  fc.assert(
    fc.property(fc.jsonValue(), (entry) => void readWebhook({ object: "whatsapp_business_account", entry })),
  );
});

Deno.test("every message and status comes out as one event, or is counted", () => {
  fc.assert(
    fc.property(hostileDelivery(), ({ payload, entry_count }) => {
      const { events, ignored } = readWebhook(payload);
      let passed_by = 0;
      for (const count of ignored.values()) passed_by += count;
      assert.equal(events.length + passed_by, entry_count);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("every event can be stored: whole milliseconds, bounded texts, no half characters", () => {
  fc.assert(
    fc.property(hostileDelivery(), ({ payload }) => {
      for (const event of readWebhook(payload).events) {
        if (event.type !== "unreadable") assert.ok(Number.isSafeInteger(event.at_ms));
        const text = JSON.stringify(event);
        assert.ok(text.length < 2_000);
        assert.doesNotMatch(text, /\\u0000|\\ud[89a-f]/);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("the same delivery has the same identities again, and its events different ones", () => {
  const delivery = webhookOf(
    customerWrote(line, ana, { id: "1", at_s }, { id: "2", at_s }, { id: "3", at_s, type: "reaction" }),
    statusesOf(line, ana, { id: "1", at_s, status: "sent" }, { id: "1", at_s, status: "delivered" }),
    statusesOf(line, ana, { id: "1", at_s, status: "sent", category: "utility" }),
    messagesChange(line, { messages: [null, 7, { id: "4", timestamp: "x" }, { timestamp: "x" }] }),
    customerWrote(businessNumber(2), ana, { id: "1", at_s }),
    customerWrote(line, numberedCustomer(2), { id: "1", at_s }),
    statusesOf(line, numberedCustomer(2), { id: "1", at_s, status: "sent" }),
  );
  const identities = readWebhook(delivery).events.map(eventIdentity);
  assert.equal(new Set(identities).size, 13);
  assert.deepEqual(readWebhook(structuredClone(delivery)).events.map(eventIdentity), identities);
});

Deno.test("an identity is made of any event", () => {
  fc.assert(fc.property(hostileDelivery(), ({ payload }) => {
    for (const event of readWebhook(payload).events) assert.equal(typeof eventIdentity(event), "string");
  }));
});

Deno.test("events past ten thousand are one unreadable event, the same for every delivery", () => {
  const lists = {
    entries: { object: "whatsapp_business_account", entry: Array.from({ length: 10_050 }, () => 0) },
    changes: {
      object: "whatsapp_business_account",
      entry: [{ changes: Array.from({ length: 10_050 }, () => 0) }],
    },
    messages: webhookOf(messagesChange(line, { messages: Array.from({ length: 10_050 }, () => 0) })),
    statuses: webhookOf(messagesChange(line, { statuses: Array.from({ length: 10_050 }, () => 0) })),
    unknown: webhookOf(fieldChange(line, "new_field", { messages: Array.from({ length: 10_050 }, () => 0) })),
  };
  for (const [name, payload] of Object.entries(lists)) {
    const [events, again] = [readWebhook(payload).events, readWebhook(payload).events];
    assert.equal(events.length, 10_001, name);
    assert.deepEqual(reasons(events.slice(-1)), ["webhook_too_large"], name);
    assert.equal(eventIdentity(events.at(-1)!), eventIdentity(again.at(-1)!), name);
  }
});

Deno.test("ten thousand events are read, and none is cut off", () => {
  const messages = Array.from({ length: 10_000 }, () => 0);
  const { events } = readWebhook(webhookOf(messagesChange(line, { messages })));
  assert.deepEqual([...new Set(reasons(events))], ["message_not_an_object"]);
});
