import assert from "node:assert/strict";
import { readProblem, TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/usage";
const STRUCTURED = { "content-type": "application/cloudevents+json; charset=utf-8" };
const BATCH = { "content-type": "application/cloudevents-batch+json" };
const EVENT = {
  specversion: "1.0",
  id: "8e03978e",
  source: "/automation/flows",
  type: "automation.run",
  subject: "acme",
  time: "2026-11-03T11:30:00Z",
  data: { quantity: 2, attributes: { department: "sales" } },
};
/** The same event in binary mode: its data is the body. */
const BINARY = {
  "content-type": "application/json",
  "ce-specversion": "1.0",
  "ce-id": "8e03978e",
  "ce-source": "/automation/flows",
  "ce-type": "automation.run",
  "ce-subject": "acme",
  "ce-time": "2026-11-03T11:30:00Z",
};

async function serviceWithFeature(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 3 });
  return service;
}

async function post(service: TestService, headers: Record<string, string>, body?: unknown) {
  return await service.request("POST", PATH, body, headers);
}

async function problemOf(service: TestService, headers: Record<string, string>, body?: unknown) {
  const problem = await readProblem(await post(service, headers, body));
  return [problem.status, problem.code, problem.errors?.[0]?.path];
}

Deno.test("an event is one usage, and is the same in structured, batch and binary mode", async () => {
  await using service = await serviceWithFeature();
  const first = await post(service, STRUCTURED, EVENT);
  const { balance: _, ...counted } = await first.json();
  assert.deepEqual([first.status, counted], [200, { accepted: 1, duplicates: 0, credits: 6 }]);
  for (const again of [await post(service, BATCH, [EVENT]), await post(service, BINARY, EVENT.data)]) {
    const { balance: _, ...counted } = await again.json();
    assert.deepEqual([again.status, counted], [200, { accepted: 0, duplicates: 1, credits: 0 }]);
  }
  const { data: [entry] } = await service.readJson("GET", "/v1/companies/acme/ledger");
  assert.deepEqual([entry.feature, entry.credits, entry.occurred_at], ["automation.run", -6, EVENT.time]);
  const receipt = await service.readJson("GET", `/v1/companies/acme/ledger/${entry.seq}`);
  const { usage_id, quantity, attribution } = receipt.fact;
  assert.deepEqual([usage_id, quantity, attribution], ["/automation/flows|8e03978e", 2, {
    department: "sales",
  }]);
});

Deno.test("source and id together identify an event: neither of them does alone", async () => {
  await using service = await serviceWithFeature();
  const events = [EVENT, { ...EVENT, id: "other" }, { ...EVENT, source: "/other" }];
  const { accepted } = await (await post(service, BATCH, events)).json();
  assert.equal(accepted, 3);
  // The same event as a plain usage counts no second time.
  const usage = { id: "/other|8e03978e", feature: "automation.run", quantity: 2, occurred_at: EVENT.time };
  const again = await service.readJson("POST", PATH, { ...usage, attributes: { department: "sales" } });
  assert.equal(again.duplicates, 1);
});

Deno.test("an event with other values under the same source and id is refused", async () => {
  await using service = await serviceWithFeature();
  await post(service, STRUCTURED, EVENT);
  const changed = { ...EVENT, data: { quantity: 3 } };
  assert.deepEqual(await problemOf(service, STRUCTURED, changed), [409, "id_reused", "id"]);
  assert.deepEqual(await problemOf(service, BATCH, [changed]), [409, "id_reused", "[0].id"]);
  assert.deepEqual(await problemOf(service, BINARY, changed.data), [409, "id_reused", "ce-id"]);
});

Deno.test("without data an event counts one, now; null, extensions and a schema change nothing", async () => {
  await using service = await serviceWithFeature();
  const { data: _, time: __, subject: ___, ...least } = EVENT;
  const counted = async (headers: Record<string, string>, body?: unknown) => {
    const response = await post(service, headers, body);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()).credits;
  };
  assert.equal(await counted(STRUCTURED, least), 3);
  const nulls = { time: null, subject: null, data: null, datacontenttype: null, dataschema: null };
  assert.equal(await counted(STRUCTURED, { ...least, id: "nulls", ...nulls }), 3);
  const more = {
    datacontenttype: "application/json",
    dataschema: "https://x.example/s",
    traceparent: "00-a",
    n: 5,
  };
  assert.equal(await counted(STRUCTURED, { ...least, id: "more", ...more }), 3);
  const { "ce-time": _time, "ce-subject": _subject, "content-type": _type, ...headers } = BINARY;
  assert.equal(await counted({ ...headers, "ce-id": "no body" }), 3);
  assert.equal(await counted({ ...BINARY, "ce-id": "extension", "ce-traceparent": "00-a" }, {}), 3);
});

Deno.test("headers of binary mode are percent-decoded", async () => {
  await using service = await serviceWithFeature();
  await post(service, { ...BINARY, "ce-id": "caf%C3%A9%20%25" }, EVENT.data);
  const usage = {
    id: "/automation/flows|café %",
    feature: "automation.run",
    quantity: 2,
    occurred_at: EVENT.time,
  };
  const again = await service.readJson("POST", PATH, { ...usage, attributes: { department: "sales" } });
  assert.equal(again.duplicates, 1);
  // What is not encoded stays as it is.
  await post(service, { ...BINARY, "ce-id": "100%" }, EVENT.data);
  assert.equal(
    (await service.readJson("POST", PATH, {
      ...usage,
      id: "/automation/flows|100%",
      attributes: { department: "sales" },
    })).duplicates,
    1,
  );
});

/** Wrong events, each with the attribute that its problem names. */
const WRONG: readonly (readonly [attribute: string, change: Record<string, unknown>, code?: string])[] = [
  ["specversion", { specversion: "0.3" }],
  ["specversion", { specversion: undefined }],
  ["id", { id: undefined }],
  ["id", { id: "" }],
  ["id", { id: "x".repeat(190) }],
  ["source", { source: undefined }],
  ["source", { source: "two words" }],
  ["source", { source: "a|b" }],
  ["type", { type: undefined }],
  ["type", { type: "no feature!" }],
  ["type", { type: "sms.sent" }, "unknown_feature"],
  ["subject", { subject: "beta" }],
  ["subject", { subject: "not a company" }],
  ["time", { time: "yesterday" }],
  ["time", { time: "2026-12-24T00:00:00Z" }],
];

Deno.test("a wrong event is refused, and the problem names its attribute in every mode", async () => {
  await using service = await serviceWithFeature();
  for (const [attribute, change, code = "invalid_request"] of WRONG) {
    const event = { ...EVENT, ...change };
    const name = JSON.stringify(change);
    const [status, ...named] = await problemOf(service, STRUCTURED, event);
    assert.deepEqual([name, status, ...named], [name, 422, code, attribute]);
    const batch = [{ ...EVENT, id: "good" }, event];
    assert.deepEqual(await problemOf(service, BATCH, batch), [422, code, `[1].${attribute}`], name);
    const headers = Object.fromEntries(
      Object.entries({ ...BINARY, [`ce-${attribute}`]: change[attribute] })
        .filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    assert.deepEqual(await problemOf(service, headers, EVENT.data), [422, code, `ce-${attribute}`], name);
  }
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).consumed, 0);
});

Deno.test("wrong data is named in the event, and in binary mode in the body", async () => {
  await using service = await serviceWithFeature();
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ quantity: 0 }, "quantity"],
    [{ quantity: "2" }, "quantity"],
    [{ count: 2 }, "count"],
    [{ attributes: { team: { name: "sales" } } }, "attributes.team"],
    [[1], ""],
    ["text", ""],
  ];
  for (const [data, field] of wrong) {
    const in_event = field === "" ? "data" : `data.${field}`;
    const named = [422, "invalid_request"];
    assert.deepEqual(await problemOf(service, STRUCTURED, { ...EVENT, data }), [...named, in_event]);
    assert.deepEqual(await problemOf(service, BINARY, JSON.stringify(data)), [...named, field]);
  }
  const detail = async (headers: Record<string, string>, body: unknown) =>
    (await readProblem(await post(service, headers, body))).detail;
  assert.equal(
    await detail(STRUCTURED, { ...EVENT, data: { quantity: 0 } }),
    "data.quantity must be at least 1",
  );
  assert.equal(await detail(BINARY, { quantity: 0 }), "quantity must be at least 1");
  assert.equal(await detail(BINARY, { count: 2 }), "Unknown field `count`. Remove it.");
  assert.match(await detail({ ...BINARY, "ce-type": "sms.sent" }, EVENT.data), /sms\.sent/);
});

Deno.test("names of attributes, binary data and data that is not JSON are refused", async () => {
  await using service = await serviceWithFeature();
  const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ Time: EVENT.time }, "Time"],
    [{ occurred_at: EVENT.time }, "occurred_at"],
    [{ data_base64: "e30=" }, "data_base64"],
    [{ datacontenttype: "text/plain" }, "datacontenttype"],
  ];
  for (const [change, attribute] of wrong) {
    assert.deepEqual(await problemOf(service, STRUCTURED, { ...EVENT, ...change }), [
      422,
      "invalid_request",
      attribute,
    ]);
  }
  const unsupported = [415, "media_type_unsupported", undefined];
  assert.deepEqual(
    await problemOf(service, { ...BINARY, "content-type": "text/plain" }, EVENT.data),
    unsupported,
  );
  for (
    const type of [
      "application/cloudevents+xml",
      "application/cloudevents-batch+protobuf",
      "application/cloudevents",
    ]
  ) {
    assert.deepEqual(await problemOf(service, { "content-type": type }, EVENT), unsupported);
  }
});

Deno.test("a batch has 1 to 1,000 events, and the mode of a body is not guessed", async () => {
  await using service = await serviceWithFeature();
  const many = Array.from({ length: 1_001 }, (_, i) => ({ ...EVENT, id: `event ${i}` }));
  assert.equal((await (await post(service, BATCH, many.slice(1))).json()).accepted, 1_000);
  assert.deepEqual(await problemOf(service, BATCH, many), [422, "invalid_request", ""]);
  assert.deepEqual(await problemOf(service, BATCH, []), [422, "invalid_request", ""]);
  assert.deepEqual(await problemOf(service, BATCH, EVENT), [422, "invalid_request", ""]);
  assert.deepEqual(await problemOf(service, STRUCTURED, [EVENT]), [422, "invalid_request", ""]);
  assert.deepEqual(await problemOf(service, STRUCTURED, "{"), [400, "invalid_json", undefined]);
  const plain = await problemOf(service, { "content-type": "application/json" }, EVENT);
  assert.deepEqual(plain.slice(0, 2), [422, "invalid_request"]);
});
