import assert from "node:assert/strict";
import { type CallKind, CallStream } from "../../../tools/bench/calls.ts";
import { CASES } from "../../../tools/bench/cases.ts";
import { companiesOf } from "../../../tools/bench/mixes.ts";
import { PreparedRequests, RepeatedRequests } from "../../../tools/bench/requests.ts";

const COMPANIES = companiesOf(4);
const decoder = new TextDecoder();

/** Returns the first line, the header fields and the parsed body of a request. */
function parsed(bytes: Uint8Array) {
  const [head, body] = decoder.decode(bytes).split("\r\n\r\n") as [string, string];
  const [line, ...fields] = head.split("\r\n");
  return { line, fields, body: body === "" ? undefined : JSON.parse(body), body_length: body.length };
}

function takenFrom(requests: PreparedRequests, count: number) {
  requests.prepare(count);
  return Array.from({ length: count }, () => parsed(requests.take()!));
}

function requestsOf(kind: CallKind, units_each: number): PreparedRequests {
  return new PreparedRequests(new CallStream(COMPANIES, kind, units_each, "a-key"));
}

Deno.test("calls go to each company in turn, with the key and the length of the body", () => {
  const [first, second] = takenFrom(requestsOf("usage", 1), 2);
  assert.equal(first!.line, "POST /v1/companies/bench-4-1/usage HTTP/1.1");
  assert.equal(second!.line, "POST /v1/companies/bench-4-2/usage HTTP/1.1");
  for (const { fields, body_length } of [first!, second!]) {
    assert.ok(fields.includes("Authorization: Bearer a-key"));
    assert.ok(fields.includes(`Content-Length: ${body_length}`));
  }
});

Deno.test("each usage and each message is new", () => {
  const usages = takenFrom(requestsOf("usage", 10), 50).flatMap(({ body }) => body);
  assert.equal(new Set(usages.map(({ id }) => id)).size, 500);
  const sends = takenFrom(requestsOf("messages", 1), 50).map(({ body }) => body);
  assert.equal(new Set(sends.map(({ message_id }) => message_id)).size, 50);
  assert.equal(new Set(sends.map(({ to }) => to)).size, 50);
});

Deno.test("a company is expected to consume a credit for each unit that was taken", () => {
  const requests = requestsOf("usage", 10);
  takenFrom(requests, COMPANIES.length + 1);
  const credits = requests.expectedConsumption().map((each) => each.credits);
  assert.deepEqual(credits, [20, ...Array(COMPANIES.length - 1).fill(10)]);
});

Deno.test("balance queries have no body, never end, and cost nothing", () => {
  const requests = new RepeatedRequests(COMPANIES, "a-key");
  const lines = Array.from({ length: 2 * COMPANIES.length }, () => parsed(requests.take()));
  assert.equal(lines[0]!.line, "GET /v1/companies/bench-4-1/balance HTTP/1.1");
  assert.equal(lines[0]!.body, undefined);
  assert.equal(new Set(lines.map(({ line }) => line)).size, COMPANIES.length);
  assert.ok(requests.expectedConsumption().every(({ credits }) => credits === 0));
});

Deno.test("each case has a name, companies and phone numbers of its own", () => {
  assert.equal(new Set(CASES.map(({ name }) => name)).size, CASES.length);
  const companies = CASES.flatMap((each) => each.companies);
  assert.equal(new Set(companies.map(({ company }) => company)).size, companies.length);
  assert.equal(new Set(companies.map(({ line }) => line.phone_number_id)).size, companies.length);
});
