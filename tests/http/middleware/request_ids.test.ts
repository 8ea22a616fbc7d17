import assert from "node:assert/strict";
import { requestIdsOf } from "../../../src/http/middleware/request_ids.ts";
import { readProblem, TestService } from "../test_service.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

function idsOf(headers: Record<string, string>) {
  return requestIdsOf(new Headers(headers));
}

Deno.test("a well-formed request id of the client is used, and any other is replaced by a new one", () => {
  for (const id of ["0b7c1f5e-3c1d-4a52-9f0e-6d2a8b4c7e11", "01HZX3V7Q4-a", "checkout/42:retry=1", "a"]) {
    assert.equal(idsOf({ "x-request-id": id }).request_id, id);
  }
  for (
    const id of [
      "",
      "5511988887777",
      "+55 11 98888-7777",
      "a b",
      "ana@example.com",
      "a\tb",
      "é",
      "x".repeat(129),
    ]
  ) {
    assert.match(idsOf({ "x-request-id": id }).request_id, UUID);
  }
  assert.match(idsOf({}).request_id, UUID);
});

Deno.test("a trace is read from traceparent, of later versions too", () => {
  const trace = { trace_id: TRACE, parent_span_id: SPAN };
  for (const text of [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`, `cc-${TRACE}-${SPAN}-01-later`]) {
    const { request_id: _, ...read } = idsOf({ traceparent: text });
    assert.deepEqual(read, trace);
  }
});

Deno.test("a malformed traceparent is ignored", () => {
  const malformed = [
    "",
    TRACE,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-01-later`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  ];
  for (const text of malformed) assert.deepEqual(Object.keys(idsOf({ traceparent: text })), ["request_id"]);
});

Deno.test("every answer has the request id of its client: bodies, files, streams, pages, problems and 304s", async () => {
  await using service = new TestService();
  await service.createCompany();
  const usage = { id: "u", feature: "whatsapp.unknown", quantity: 1 };
  const requests: readonly (readonly [string, string, number, unknown?, Record<string, string>?])[] = [
    ["GET", "/v1/companies/acme", 200],
    ["GET", "/v1/companies/acme/balance", 304, undefined, { "if-none-match": "*" }],
    ["GET", "/v1/companies/acme/balance/stream", 200],
    ["GET", "/v1/companies", 200, undefined, { accept: "text/csv" }],
    ["POST", "/v1/companies/acme/usage", 422, usage],
    ["POST", "/v1/companies/acme/usage", 400, "{"],
    ["GET", "/v1/companies/nobody", 404],
    ["GET", "/v1/nothing", 404],
    ["DELETE", "/v1/companies", 405],
    ["GET", "/reports/credits/acme", 200],
    ["GET", "/healthz", 200],
    ["POST", "/webhooks/whatsapp", 401, {}],
  ];
  for (const [i, [method, path, status, body, headers]] of requests.entries()) {
    const id = `request-${i}`;
    const response = await service.request(method, path, body, { "x-request-id": id, ...headers });
    assert.deepEqual([method, path, response.status], [method, path, status]);
    assert.equal(response.headers.get("x-request-id"), id);
    if (response.headers.get("content-type") === "application/problem+json") {
      assert.equal((await readProblem(response)).request_id, id);
    } else {
      await response.body?.cancel();
    }
  }
});
