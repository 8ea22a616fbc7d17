import assert from "node:assert/strict";
import {
  businessNumber,
  messagesChange,
  statusesOf,
  type StatusSpec,
  templateStatuses,
  webhookOf,
} from "../support/payloads.ts";
import type { StatusReported, WhatsAppEvent } from "../../src/whatsapp/events.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

const line = businessNumber(1);
const ana = { phone: "5511987654321", bsuid: "BR.111" };
const at_s = 1_772_998_024;

function read(...statuses: Partial<StatusSpec>[]): WhatsAppEvent[] {
  const whole = statuses.map((spec) => ({ id: "w", at_s, status: "sent", ...spec }));
  return readWebhook(webhookOf(statusesOf(line, ana, ...whole))).events;
}

function readStatus(spec: Partial<StatusSpec>): StatusReported {
  const [event, ...others] = read(spec);
  assert.equal(others.length, 0);
  assert.ok(event?.type === "status");
  return event;
}

Deno.test("a status tells which message of ours went how far, and when", () => {
  const spec = { id: "wamid.7", status: "delivered", category: "utility", callback_data: "send-7" };
  assert.deepEqual(readStatus(spec), {
    type: "status",
    phone_number_id: line.phone_number_id,
    contact: ana,
    at_ms: at_s * 1000,
    message_id: "wamid.7",
    status: "delivered",
    template: true,
    category: "utility",
    callback_data: "send-7",
    error_code: undefined,
  });
});

Deno.test("sent, delivered, read, played and failed are read", () => {
  for (const status of ["sent", "delivered", "read", "played", "failed"]) {
    assert.equal(readStatus({ status }).status, status);
  }
});

Deno.test("these categories prove a template, by pricing or by origin", () => {
  const proofs = {
    marketing: "marketing",
    marketing_lite: "marketing",
    utility: "utility",
    authentication: "authentication",
    authentication_international: "authentication",
    "authentication-international": "authentication",
    AUTHENTICATION_INTERNATIONAL: "authentication",
    "Authentication-International": "authentication",
    MARKETING: "marketing",
    marketing_lite_dynamic: "marketing",
    group_marketing: "marketing",
    GROUP_MARKETING_LITE: "marketing",
    group_utility: "utility",
    utility_in_session: "utility",
    business_initiated: undefined,
  };
  for (const [name, category] of Object.entries(proofs)) {
    for (const status of [readStatus({ category: name }), readStatus({ origin: name })]) {
      assert.equal(status.template, true, name);
      assert.equal(status.category, category, name);
    }
  }
});

Deno.test("these categories do not make a message known to be a template", () => {
  // deno-fmt-ignore
  const names = ["service", "user_initiated", "referral_conversion", "group_service", "ai_bot", "marketingx", "group", "hologram", "", "constructor", "x".repeat(1000)];
  for (const name of names) {
    for (const status of [readStatus({ category: name }), readStatus({ origin: name })]) {
      assert.equal(status.template, false, name);
      assert.equal(status.category, undefined, name);
    }
  }
  assert.equal(readStatus({}).template, false);
});

Deno.test("unknown categories are counted by name, known ones are not", () => {
  const countsOf = (...statuses: Partial<StatusSpec>[]) => {
    const whole = statuses.map((spec) => ({ id: "w", at_s, status: "sent", ...spec }));
    return [...readWebhook(webhookOf(statusesOf(line, ana, ...whole))).unknown_categories];
  };
  // deno-fmt-ignore
  const known = ["marketing_lite_dynamic", "group_utility", "service", "GROUP_SERVICE", "user_initiated", "ai_bot", ""];
  for (const category of known) assert.deepEqual(countsOf({ category }, { origin: category }), [], category);
  assert.deepEqual(
    countsOf({ category: "Hologram-Lite" }, { origin: "hologram_lite" }, { category: "zap" }),
    [
      ["hologram_lite", 2],
      ["zap", 1],
    ],
  );
  for (const category of ["x".repeat(41), "a\0b", "ção", "5511987654321"]) {
    assert.deepEqual(countsOf({ category }), [["other", 1]]);
  }
  for (const odd of [7, {}, ["marketing"]]) {
    assert.deepEqual(countsOf({ content: { pricing: { category: odd } } }), [["other", 1]]);
  }
  const many = countsOf(...Array.from({ length: 500 }, (_, at) => ({ category: `invented_${at}` })));
  assert.deepEqual([many.length, many.at(-1)], [21, ["other", 480]]);
});

Deno.test("one proof is enough, and pricing names the category when both do", () => {
  assert.equal(readStatus({ category: "utility", origin: "marketing" }).category, "utility");
  assert.equal(readStatus({ category: "business_initiated", origin: "marketing" }).category, "marketing");
  const mixed = readStatus({ category: "marketing", origin: "referral_conversion" });
  assert.deepEqual([mixed.template, mixed.category], [true, "marketing"]);
  const other_way = readStatus({ category: "service", origin: "marketing" });
  assert.deepEqual([other_way.template, other_way.category], [true, "marketing"]);
});

Deno.test("pricing and conversation of any shape never stop a status", () => {
  for (const odd of [null, 7, "x", [], [[]], { category: {} }, { origin: "marketing" }, { origin: [] }]) {
    assert.equal(readStatus({ content: { pricing: odd, conversation: odd, errors: odd } }).template, false);
  }
});

Deno.test("a failure tells Meta's error code", () => {
  assert.equal(readStatus({ status: "failed", error_code: 131_047 }).error_code, 131_047);
  for (const errors of [[], [null], [{}], [{ code: "131047" }], [{ code: 1.5 }], {}]) {
    assert.equal(readStatus({ status: "failed", content: { errors } }).error_code, undefined);
  }
});

Deno.test("callback data that no store could hold is left out", () => {
  for (const callback_data of ["", "\0", "\ud800", "x".repeat(513)]) {
    assert.equal(readStatus({ callback_data }).callback_data, undefined);
  }
  assert.equal(readStatus({ callback_data: "é".repeat(512) }).callback_data?.length, 512);
});

Deno.test("a status unknown today is passed by and counted under a name fixed in advance", () => {
  const statuses = ["deleted", "warning", "teleported", "x".repeat(1000)];
  const specs = statuses.map((status) => ({ id: "w", at_s, status }));
  const { events, ignored } = readWebhook(webhookOf(statusesOf(line, ana, ...specs)));
  assert.deepEqual(events, []);
  assert.deepEqual([...ignored], [["status:deleted", 1], ["status:warning", 1], ["status:other", 2]]);
});

Deno.test("a failed payment is not a failed message", () => {
  const payment = {
    id: "w",
    at_s,
    status: "failed",
    content: { type: "payment", payment: { reference_id: "r" } },
  };
  const { events, ignored } = readWebhook(webhookOf(statusesOf(line, ana, payment)));
  assert.deepEqual(events, []);
  assert.deepEqual([...ignored], [["status:payment", 1]]);
  assert.equal(readStatus({ content: { type: "message" } }).status, "sent");
});

Deno.test("a status of a group is only noted, with any pricing", () => {
  const group = { recipient_id: "Y2FwaV9n", recipient_type: "group", recipient_user_id: undefined };
  const sent = read({ category: "marketing", content: group })[0]!;
  assert.ok(sent.type === "noted");
  assert.deepEqual([sent.kind, sent.message_type], ["group_status", "sent"]);
  const read_by_ana = read({
    status: "read",
    content: { ...group, recipient_participant_id: ana.phone },
  })[0]!;
  assert.ok(read_by_ana.type === "noted");
  assert.equal(read_by_ana.contact.phone, ana.phone);
});

Deno.test("a status without an id, a contact, a time or a name is unreadable, and says why", () => {
  const whole = { id: "w", status: "sent", timestamp: "1", recipient_id: ana.phone };
  const faults: [object, string][] = [
    [{ ...whole, id: null }, "message_id_missing"],
    [{ ...whole, timestamp: "soon" }, "timestamp_unparseable"],
    [{ ...whole, recipient_id: "" }, "contact_missing"],
    [{ ...whole, status: 7 }, "status_missing"],
    [{ ...whole, status: "" }, "status_missing"],
    [[whole], "status_not_an_object"],
  ];
  for (const [status, reason] of faults) {
    const { events, ignored } = readWebhook(webhookOf(messagesChange(line, { statuses: [status] })));
    assert.equal(ignored.size, 0);
    assert.deepEqual(events.map((event) => event.type === "unreadable" && event.reason), [reason]);
  }
});

Deno.test("all statuses of a template share one id", () => {
  const life = templateStatuses(line, ana, { id: "w", sent_at_s: at_s, callback_data: "send-1" });
  const { events } = readWebhook(webhookOf(...life));
  const statuses = events.map((event) =>
    event.type === "status" && [event.status, event.template, event.at_ms / 1000 - at_s]
  );
  assert.deepEqual(statuses, [["sent", true, 0], ["delivered", true, 2], ["read", false, 60]]);
  const failed =
    readWebhook(webhookOf(...templateStatuses(line, ana, { id: "w", sent_at_s: at_s, ends: "failed" })))
      .events;
  assert.deepEqual(failed.map((event) => event.type === "status" && event.status), ["sent", "failed"]);
});
