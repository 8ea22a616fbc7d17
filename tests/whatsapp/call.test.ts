import assert from "node:assert/strict";
import {
  businessNumber,
  type CallSpec,
  customerCalled,
  fieldChange,
  numberedCustomer,
  webhookOf,
} from "../support/payloads.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

const line = businessNumber(1);
const ana = numberedCustomer(1);
const at_s = 1_772_998_024;

function readCall(spec: Partial<CallSpec>) {
  return readWebhook(webhookOf(customerCalled(line, ana, { id: "wacid.1", at_s, ...spec })));
}

Deno.test("a call that the person makes is read, at its start, whether it is answered or not", () => {
  const called = {
    type: "called",
    phone_number_id: line.phone_number_id,
    contact: { phone: ana.phone, bsuid: ana.bsuid },
    at_ms: at_s * 1000,
    message_id: "wacid.1",
  };
  assert.deepEqual(readCall({}).events, [called]);
  assert.deepEqual(readCall({ event: "TERMINATE" }).events, [called]);
  const ended = {
    at_s: at_s + 900,
    event: "terminate",
    content: { start_time: String(at_s), duration: 900 },
  };
  assert.deepEqual(readCall(ended).events, [called]);
  assert.equal(readCall({}).ignored.size, 0);
});

Deno.test("a call of the company counts only once the person accepts it", () => {
  const answer = { id: "wacid.2", timestamp: String(at_s), type: "call", recipient_id: ana.phone };
  const statuses = ["RINGING", "ACCEPTED", "REJECTED"].map((status) => ({ ...answer, status }));
  const { events, ignored } = readWebhook(webhookOf(fieldChange(line, "calls", { statuses })));
  assert.deepEqual(events.map(({ type }) => type), ["called"]);
  assert.deepEqual([...ignored], [["calls", 2]]);
});

Deno.test("other events of calls, and calls that cannot be read, are counted", () => {
  const faults: Partial<CallSpec>[] = [
    { content: { direction: "BUSINESS_INITIATED" } },
    { content: { direction: undefined } },
    { event: "recording_available" },
    { content: { id: undefined } },
    { content: { timestamp: "soon" } },
  ];
  for (const fault of faults) {
    assert.deepEqual(readCall(fault).events, [], JSON.stringify(fault));
    assert.deepEqual([...readCall(fault).ignored], [["calls", 1]]);
  }
  for (const value of [{}, { calls: "x" }, { calls: [null] }, { calls: [{}] }, { calls: [], metadata: 7 }]) {
    const { events, ignored } = readWebhook(webhookOf(fieldChange(line, "calls", value)));
    assert.deepEqual([events, [...ignored]], [[], [["calls", 1]]]);
  }
});
