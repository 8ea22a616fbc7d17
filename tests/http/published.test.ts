import assert from "node:assert/strict";
import { House } from "./house.ts";
import { Published } from "./published.ts";

const ACME = "/v1/companies/acme";
const RUN = { id: "run", feature: "automation.run", quantity: 1 };
const SEND = { message_id: "m", to: "5511988887777", kind: "template" };
const OFFER = { package: { credits: 10, price: "5.00" }, excess_credit_price: "0.15" };

/** A call, and the body it is asked with. */
type Asked = readonly [method: string, path: string, body: unknown];

const ACCEPTED: readonly Asked[] = [
  ["PUT", ACME, { name: "Acme", time_zone: "America/Sao_Paulo", effective_from: null }],
  ["PUT", `${ACME}/contract`, { ...OFFER, package: { credits: 10, price: null } }],
  ["PUT", `${ACME}/contract`, { ...OFFER, package: null, starts_on: null, first_month: null }],
  ["PUT", "/v1/features/automation.run", { credits: 1, effective_from: null }],
  ["PUT", `${ACME}/features/automation.run`, { credits: 1, effective_from: null }],
  ["POST", `${ACME}/usage`, [{ ...RUN, occurred_at: null, attributes: null }]],
  ["POST", `${ACME}/usage`, { ...RUN, id: "other", attributes: { a: "text", b: 1, c: true } }],
  ["POST", `${ACME}/messages`, { ...SEND, category: null, sent_at: null, attribution: null }],
  ["POST", `${ACME}/messages`, { ...SEND, message_id: "n", sent_at: "2026-11-03t12:00:00z" }],
  ["POST", `${ACME}/quotes`, { recipients: [SEND.to], category: null }],
  ["POST", `${ACME}/viewer_sessions`, {}],
  ["POST", "/v1/keys", { name: "reader", scope: "read", company: null, expires_at: null }],
  ["POST", "/v1/test_clock", { advance: "PT1.5H" }],
];

Deno.test("what may be left out may be null, and the document allows every body that is accepted", async () => {
  await using house = new House();
  await house.open();
  // The house itself holds each of them against the document.
  for (const [method, path, body] of ACCEPTED) {
    const response = await house.ask(method, path, body);
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${text}`);
  }
});

const REFUSED: readonly Asked[] = [
  ["PUT", `${ACME}/contract`, { ...OFFER, excess_credit_price: "1e3" }],
  ["PUT", `${ACME}/contract`, { ...OFFER, excess_credit_price: 0.15 }],
  ["PUT", `${ACME}/contract`, { ...OFFER, excess_credit_price: null }],
  ["PUT", `${ACME}/contract`, { ...OFFER, package: { credits: 10, price: "-1" } }],
  ["POST", `${ACME}/usage`, { ...RUN, quantity: 1e308 }],
  ["POST", `${ACME}/usage`, { ...RUN, attributes: { nested: { a: 1 } } }],
  ["POST", `${ACME}/messages`, { ...SEND, attribution: { label: "x".repeat(201) } }],
  ["POST", `${ACME}/messages`, { ...SEND, to: null }],
  ["POST", `${ACME}/messages`, { ...SEND, unknown: 1 }],
];

Deno.test("a body of a form that is always refused is none that the document allows", async () => {
  await using house = new House();
  await house.open();
  const published = new Published(house.app.hono);
  for (const [method, path, body] of REFUSED) {
    assert.equal((await house.problem(method, path, body)).status, 422, JSON.stringify(body));
    const asked = { method, url: `http://localhost${path}` };
    assert.throws(() => published.holdAccepted(asked, body), /is not as declared/, JSON.stringify(body));
  }
});
