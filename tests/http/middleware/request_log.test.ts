import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { businessNumber, customerWrote, webhookOf } from "../../support/payloads.ts";
import { AccessLog, ErrorLog, RejectedWebhookLog } from "../../../src/http/middleware/request_log.ts";
import { sign } from "../../../src/whatsapp/signature.ts";
import { ANA } from "../../support/fixtures.ts";
import { deliveryRequest } from "../../support/webhooks.ts";
import { ADMIN_KEY, APP_SECRET, readProblem, TestService } from "../test_service.ts";

const WEBHOOKS = "http://localhost/webhooks/whatsapp";

/** Returns the log records of an action. */
async function loggedBy(work: () => Promise<void>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  await configure({
    sinks: { records: (record) => void records.push(record) },
    loggers: [
      { category: ["poli-credits"], sinks: ["records"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    await work();
    return records;
  } finally {
    await reset();
  }
}

Deno.test("a request is logged with its route template, status, duration and id", async () => {
  await using service = new TestService();
  await service.createCompany();
  let request_id: string | null = null;
  const [record] = await loggedBy(async () => {
    const response = await service.request("GET", "/v1/companies/acme/balance");
    request_id = response.headers.get("x-request-id");
    await response.body?.cancel();
  });
  const { method, route, status, duration_ms } = record!.properties;
  assert.deepEqual([method, route, status], ["GET", "/v1/companies/{company}/balance", 200]);
  assert.equal(typeof duration_ms, "number");
  assert.equal(record!.properties.request_id, request_id);
});

Deno.test("a request is logged with its client's id and trace, also when it fails or its path is unknown", async () => {
  await using service = new TestService();
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const headers = { "x-request-id": "order-7", traceparent: `00-${trace}-00f067aa0ba902b7-01` };
  const records = await loggedBy(async () => {
    for (const path of ["/v1/companies/nobody", "/v1/nothing"]) {
      await (await service.request("GET", path, undefined, headers)).body?.cancel();
    }
    await (await service.request("POST", "/webhooks/whatsapp", {}, headers)).body?.cancel();
  });
  const logged = records.map(({ properties }) => [
    properties.status,
    properties.request_id,
    properties.trace_id,
    properties.parent_span_id,
  ]);
  const ids = ["order-7", trace, "00f067aa0ba902b7"];
  assert.deepEqual(logged, [[404, ...ids], [404, ...ids], [401, ...ids]]);
});

Deno.test("no phone number, key, path or query of a request reaches the log, for any outcome", async () => {
  const companies = { execute: () => Promise.reject(new Error("broken")) };
  await using service = new TestService({ companies });
  const records = await loggedBy(async () => {
    const paths = [
      `/v1/companies/acme/contacts/${ANA}/window`,
      `/v1/companies/acme/ledger?cursor=${ANA}`,
      `/v1/nothing/${ANA}?to=${ANA}`,
      `/webhooks/whatsapp?hub.verify_token=${ANA}`,
    ];
    for (const path of paths) await (await service.request("GET", path)).body?.cancel();
  });
  assert.deepEqual(
    records.filter(({ level }) => level === "info").map(({ properties }) => properties.status),
    [
      500,
      422,
      404,
      403,
    ],
  );
  const text = JSON.stringify(records.map(({ message, properties }) => [message, properties]));
  assert.doesNotMatch(text, new RegExp(`${ANA}|${ADMIN_KEY}|acme`));
});

Deno.test("a durable webhook is counted and not logged", async () => {
  await using service = new TestService();
  const records = await loggedBy(async () => {
    const request = deliveryRequest(WEBHOOKS, {}, APP_SECRET);
    assert.equal((await service.app.hono.request(request)).status, 200);
  });
  assert.deepEqual(records, []);
});

Deno.test("a rejected webhook is logged like other requests, with the request id of its problem", async () => {
  const unavailable = { type: "unavailable", reason: "overloaded", retry_after_s: 3 } as const;
  const inbox = { receive: () => Promise.resolve(unavailable) };
  await using service = new TestService({ inbox });
  const wrote = webhookOf(customerWrote(businessNumber(1), { phone: ANA }, { id: "m", at_s: 0 }));
  const notJson = {
    body: "{",
    headers: { "x-hub-signature-256": sign(new TextEncoder().encode("{"), APP_SECRET) },
  };
  const requests = [
    deliveryRequest(WEBHOOKS, wrote, "guess"),
    new Request(WEBHOOKS, { method: "POST", ...notJson }),
    deliveryRequest(WEBHOOKS, wrote, APP_SECRET),
  ];
  const expected: unknown[] = [];
  const records = await loggedBy(async () => {
    for (const request of requests) {
      const { status, request_id } = await readProblem(await service.app.hono.request(request));
      expected.push(["info", "POST", "/webhooks/whatsapp", status, request_id]);
    }
  });
  const logged = records.map((
    { level, properties: { method, route, status, request_id } },
  ) => [level, method, route, status, request_id]);
  assert.deepEqual(logged, expected);
  assert.deepEqual(logged.map((line) => line[3]), [401, 400, 503]);
});

Deno.test("of one call's answers a hundred a second are logged at info, and the rest is counted", async () => {
  let now_ms = 0;
  const log = new AccessLog(() => now_ms);
  const [balances, contracts] = [log.forCall("GET", "/balance"), log.forCall("PUT", "/contract")];
  const finished = { method: "GET", route: "/balance", status: 200, duration_ms: 1, request_id: "id" };
  const linesAt = async (level: string, work: () => void) => {
    const records = await loggedBy(() => Promise.resolve(work()));
    return records.filter((record) => record.level === level).map(({ properties }) => properties);
  };
  const flood = () => {
    for (let times = 0; times < 250; times++) balances(finished);
    contracts({ ...finished, method: "PUT", route: "/contract", status: 201 });
  };
  const logged = await linesAt("info", flood);
  assert.deepEqual([logged.length, logged.at(-1)!.route], [101, "/contract"]);
  assert.equal((await linesAt("debug", flood)).length, 250);
  assert.deepEqual(await linesAt("info", () => log.reportLeftOut()), [
    { method: "GET", route: "/balance", left_out: 400 },
  ]);
  assert.deepEqual(await linesAt("info", () => log.reportLeftOut()), []);
  now_ms = 1_000;
  assert.equal((await linesAt("info", flood)).length, 101);
});

Deno.test("every answer of 400 or more is logged at info, however many there are", async () => {
  const log = new AccessLog(() => 0);
  const logRequest = log.forCall("GET", "/balance");
  const records = await loggedBy(() => {
    for (let times = 0; times < 250; times++) {
      logRequest({ method: "GET", route: "/balance", status: 404, duration_ms: 1, request_id: "id" });
    }
    log.reportLeftOut();
    return Promise.resolve();
  });
  assert.deepEqual(
    records.map(({ level, properties }) => [level, properties.status]),
    Array(250).fill(["info", 404]),
  );
});

Deno.test("of a flood of rejected webhooks ten a second are logged at info, the rest at debug", async () => {
  let now_ms = 0;
  const log = new RejectedWebhookLog(() => now_ms);
  const refused = {
    method: "POST",
    route: "/webhooks/whatsapp",
    status: 401,
    duration_ms: 1,
    request_id: "id",
  };
  const levels = async () =>
    (await loggedBy(() => {
      for (let times = 0; times < 12; times++) log.log(refused);
      return Promise.resolve();
    })).map(({ level }) => level);
  const flood = [...Array(10).fill("info"), "debug", "debug"];
  assert.deepEqual(await levels(), flood);
  assert.deepEqual(await levels(), Array(12).fill("debug"));
  now_ms = 1_000;
  assert.deepEqual(await levels(), flood);
});

Deno.test("of transient errors ten a second are logged as errors, of other errors all", async () => {
  let now_ms = 0;
  const log = new ErrorLog(() => now_ms);
  const levels = async (is_outage: boolean) =>
    (await loggedBy(() => {
      for (let times = 0; times < 12; times++) log.log(new Error("gone"), "/v1/keys", "id", is_outage);
      return Promise.resolve();
    })).map(({ level }) => level);
  const outage = [...Array(10).fill("error"), "debug", "debug"];
  assert.deepEqual(await levels(true), outage);
  assert.deepEqual(await levels(false), Array(12).fill("error"));
  now_ms = 1_000;
  assert.deepEqual(await levels(true), outage);
});
