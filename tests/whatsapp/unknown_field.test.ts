import assert from "node:assert/strict";
import {
  businessNumber,
  customerWrote,
  fieldChange,
  numberedCustomer,
  statusesOf,
  webhookOf,
} from "../support/payloads.ts";
import { identifiersIn } from "../../src/domain/identity/event_identifiers.ts";
import { eventIdentity } from "../../src/whatsapp/events.ts";
import { readsField, readWebhook } from "../../src/whatsapp/webhook.ts";

const line = businessNumber(1);
const ana = numberedCustomer(1);
const at_s = 1_772_998_024;
const wrote = customerWrote(line, ana, { id: "1", at_s });
const delivered = statusesOf(line, ana, { id: "2", at_s, status: "delivered", category: "marketing" });

/** Nests a value below other objects and lists. */
function nested(depth: number, value: unknown): unknown {
  return depth === 0 ? value : nested(depth - 1, depth % 2 === 0 ? [value] : { threads: value });
}

Deno.test("messages and statuses of an unknown field are the events they would be, with the field's name", () => {
  for (const change of [wrote, delivered]) {
    const expected = readWebhook(webhookOf(change)).events.map((event) => ({ ...event, field: "agents" }));
    for (const value of [change.value, { ...change.value, messages: undefined, a: [{ b: change.value }] }]) {
      const { events } = readWebhook(webhookOf({ ...change, field: "agents", value }));
      assert.deepEqual(events.slice(0, 1), expected);
    }
  }
});

Deno.test("the number and the contacts may stand above the messages", () => {
  const { metadata, contacts, messages } = wrote.value;
  const value = { metadata, contacts, agent: { conversation: [{ messages }] } };
  const { events } = readWebhook(webhookOf({ ...wrote, field: "agents", value }));
  assert.deepEqual(events.map(({ type, phone_number_id }) => [type, phone_number_id]), [
    ["wrote", line.phone_number_id],
  ]);
});

Deno.test("an entry of an unknown field that cannot be read is unreadable, and an ignored status is counted", () => {
  const value = { messages: [null], statuses: [{ status: "deleted" }] };
  const { events, ignored } = readWebhook(webhookOf(fieldChange(line, "agents", value)));
  assert.deepEqual(events.map(({ type, field }) => [type, field]), [["unreadable", "agents"]]);
  assert.deepEqual([...ignored], [["status:deleted", 1]]);
});

Deno.test("an unknown field without messages and statuses is counted", () => {
  for (
    const value of [undefined, null, "x", [], {}, { messages: {} }, { statuses: "sent" }, { a: { b: [7] } }]
  ) {
    const payload = {
      object: "whatsapp_business_account",
      entry: [{ changes: [{ field: "agents", value }] }],
    };
    const { events, ignored } = readWebhook(payload);
    assert.deepEqual([events, [...ignored]], [[], [["other", 1]]], JSON.stringify(value));
  }
});

Deno.test("fields that are ignored on purpose stay ignored", () => {
  for (const field of ["history", "smb_message_echoes", "message_echoes", "smb_app_state_sync"]) {
    const { events, ignored } = readWebhook(webhookOf({ ...wrote, field }));
    assert.deepEqual([events, [...ignored]], [[], [[field, 1]]]);
  }
});

Deno.test("a message and a status of an unknown field may stand without a list", () => {
  const [[message], [status]] = [wrote.value.messages as unknown[], delivered.value.statuses as unknown[]];
  const value = { ...wrote.value, messages: message, statuses: status };
  const { events } = readWebhook(webhookOf({ ...wrote, field: "agents", value }));
  assert.deepEqual(events.map(({ type }) => type), ["wrote", "status"]);
});

Deno.test("messages are found at any depth and in any number that a webhook may have", () => {
  const read = (value: unknown) =>
    readWebhook(webhookOf({ ...wrote, field: "agents", value: value as Record<string, unknown> })).events;
  assert.deepEqual(read(nested(64, wrote.value)).map(({ type }) => type), ["wrote"]);
  const many = Array.from({ length: 5_000 }, () => wrote.value);
  assert.deepEqual(new Set(read({ many }).map(({ type }) => type)), new Set(["wrote"]));
  assert.equal(read({ many }).length, 5_000);
});

Deno.test("what is too deep or too much to search is one unreadable event, and other fields are read", () => {
  const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, at) => [`k${at}`, {}]));
  for (const value of [nested(65, wrote.value) as Record<string, unknown>, wide]) {
    const { events } = readWebhook(webhookOf({ ...wrote, field: "agents", value }, delivered));
    assert.deepEqual(
      events.map((event) => event.type === "unreadable" ? event.reason : event.type),
      ["webhook_too_large", "status"],
    );
  }
});

Deno.test("an event of an unknown field has an identity of its own, and its person is found by an erasure", () => {
  const [event] = readWebhook(webhookOf({ ...wrote, field: "agents" })).events;
  const [known] = readWebhook(webhookOf(wrote)).events;
  const [other] = readWebhook(webhookOf({ ...wrote, field: "others" })).events;
  assert.equal(new Set([event!, known!, other!].map(eventIdentity)).size, 3);
  assert.deepEqual(identifiersIn(event), [ana.phone, ana.bsuid].sort());
});

Deno.test("a field's name is short and printable", () => {
  const fieldOf = (field: string) => {
    const [event] = readWebhook(webhookOf({ ...wrote, field })).events;
    return event?.type === "wrote" && event.field;
  };
  assert.equal(fieldOf("agents"), "agents");
  for (const field of ["x".repeat(41), "a b", "a\0b"]) assert.equal(fieldOf(field), "unknown");
  assert.deepEqual(["messages", "standby", "agents", "history"].map(readsField), [true, true, false, false]);
});
