import assert from "node:assert/strict";
import { businessNumber, numberedCustomer, statusesOf, wamid } from "../../support/payloads.ts";
import { TestService } from "../test_service.ts";

const ACCOUNT = "102290129340398";
const COUNTER = businessNumber(1);
const PHONE = "551130000001";
const PATH = "/v1/reconciliations?from=2026-11-03&to=2026-11-04";
/** 3 November 2026 in São Paulo. */
const DAY = { start: 1_793_674_800, end: 1_793_761_200 };
const ADVANCED_MS = Date.parse("2026-11-10T12:00:00Z");

/** A data point of Meta's: utility templates to Brazil on 3 November. */
function pointOf(more: Record<string, unknown> = {}) {
  return {
    ...DAY,
    country: "BR",
    phone_number: PHONE,
    pricing_category: "UTILITY",
    pricing_type: "REGULAR",
    tier: "0:MAX",
    volume: 3,
    cost: 0.0204,
    ...more,
  };
}

/** Meta's answer with data points, as the Graph API gives it. */
function answerOf(...data_points: readonly unknown[]) {
  return { pricing_analytics: { data: [{ data_points }] }, id: ACCOUNT };
}

/** A service a week after three utility templates and one service message were delivered. */
async function serviceWithMessages(): Promise<TestService> {
  const service = new TestService();
  const { phone_number_id } = COUNTER;
  await service.createCompany("acme", { phone_number_ids: [phone_number_id] });
  await service.readJson("PUT", `/v1/phone_numbers/${phone_number_id}`, { name: "+55 11 3000-0001" });
  await service.readJson("PUT", `/v1/phone_numbers/${phone_number_id}/meta_account`, {
    account_id: ACCOUNT,
    time_zone: "America/Sao_Paulo",
    currency: "USD",
  });
  await service.readJson("PUT", "/v1/meta_rates", {
    currency: "USD",
    effective_from: "2026-10-01",
    rates: [{ market: "Brazil", utility: "0.0068" }],
  });
  for (const n of [1, 2, 3]) await deliver(service, n, "utility", "regular");
  await deliver(service, 4, "service", "free_customer_service");
  await service.advanceTo(ADVANCED_MS);
  return service;
}

async function deliver(service: TestService, n: number, category: string, type: string): Promise<void> {
  const pricing = { billable: type === "regular", pricing_model: "PMP", type, category };
  const id = wamid(`message ${n}`);
  await service.deliver(
    ...["sent", "delivered"].map((status, at) =>
      statusesOf(COUNTER, numberedCustomer(n), {
        id,
        at_s: service.now_ms / 1_000 + 10 * n + at,
        status,
        content: { pricing },
      })
    ),
  );
}

const SERVICE_POINT = pointOf({
  pricing_category: "SERVICE",
  pricing_type: "FREE_CUSTOMER_SERVICE",
  tier: undefined,
  volume: 1,
  cost: 0,
});

Deno.test("Meta's answer is compared with the delivered messages, and the result is kept", async () => {
  await using service = await serviceWithMessages();
  const made = await service.readJson(
    "POST",
    PATH,
    answerOf(pointOf({ volume: 5, cost: 0.034 }), SERVICE_POINT),
    201,
  );
  assert.deepEqual([made.account_id, made.from, made.to, made.currency], [
    ACCOUNT,
    "2026-11-03",
    "2026-11-04",
    "USD",
  ]);
  assert.equal(made.created_by, "admin-key");
  assert.deepEqual(made.ours, { messages: 4, cost: "0.0204" });
  assert.deepEqual(made.meta, { messages: 6, cost: "0.034" });
  assert.deepEqual(made.lines, { matched: 1, meta_alone: 0, ours_alone: 0, volume: 1, cost: 0 });
  assert.deepEqual(made.reasons, [{ reason: "lost_webhooks", lines: 1, messages: 2 }]);
  assert.deepEqual(await service.readJson("GET", `/v1/reconciliations/${made.id}`), made);
  assert.deepEqual((await service.readJson("GET", `/v1/reconciliations?account_id=${ACCOUNT}`)).data, [made]);
  assert.deepEqual((await service.readJson("GET", "/v1/reconciliations?account_id=1")).data, []);
});

Deno.test("lines are listed by kind, reason and number, and as CSV", async () => {
  await using service = await serviceWithMessages();
  const { id } = await service.readJson(
    "POST",
    PATH,
    answerOf(pointOf({ volume: 5, cost: 0.034 }), SERVICE_POINT),
    201,
  );
  const lines = `/v1/reconciliations/${id}/lines`;
  const { data } = await service.readJson("GET", lines);
  assert.deepEqual(data, [{
    line: 2,
    kind: "volume",
    phone_number_id: COUNTER.phone_number_id,
    date: "2026-11-03",
    category: "utility",
    pricing_type: "regular",
    country: "BR",
    ours: { messages: 3, cost: "0.0204" },
    meta: { messages: 5, cost: "0.034" },
    difference: { messages: 2, cost: "0.0136" },
    reasons: [{ reason: "lost_webhooks", messages: 2, our_price: null, meta_price: null }],
  }]);
  const numbersOf = async (query: string) =>
    (await service.readJson("GET", `${lines}?${query}`)).data.map(({ line }: { line: number }) => line);
  assert.deepEqual(await numbersOf("kind=matched"), [1]);
  assert.deepEqual(await numbersOf("kind=matched&kind=volume"), [1, 2]);
  assert.deepEqual(await numbersOf("reason=late_status"), []);
  assert.deepEqual(await numbersOf("phone_number_id=1"), []);
  const csv = await (await service.request("GET", lines, undefined, { accept: "text/csv" })).text();
  assert.match(csv, /^line;kind;.*difference\.messages;difference\.cost;reasons\r\n2;volume;/);
});

Deno.test("our messages of a line are listed in pages", async () => {
  await using service = await serviceWithMessages();
  const { id } = await service.readJson("POST", PATH, answerOf(SERVICE_POINT), 201);
  const { data: [{ line, kind, reasons }] } = await service.readJson(
    "GET",
    `/v1/reconciliations/${id}/lines`,
  );
  assert.deepEqual([kind, reasons[0].messages], ["ours_alone", -3]);
  const messages = `/v1/reconciliations/${id}/lines/${line}/messages`;
  const first = await service.readJson("GET", `${messages}?limit=2`);
  const second = await service.readJson("GET", `${messages}?limit=2&cursor=${first.next_cursor}`);
  assert.deepEqual([first.data.length, second.data.length, second.next_cursor], [2, 1, null]);
  const [one] = first.data;
  assert.deepEqual([one.company, one.delivered_at], ["acme", "2026-11-03T12:00:11Z"]);
  assert.equal(one.contact, numberedCustomer(1).bsuid);
  assert.match(one.message, /^[0-9a-f-]{36}$/);
  const delivered = [...first.data, ...second.data].map(({ delivered_at }) => delivered_at);
  assert.deepEqual(delivered, delivered.toSorted());
  assert.equal(new Set([...first.data, ...second.data].map(({ message }) => message)).size, 3);
});

Deno.test("the same data again makes another reconciliation, and a repeated call none", async () => {
  await using service = await serviceWithMessages();
  const key = { "idempotency-key": "reconcile-november-3" };
  const post = async (path: string, headers: Record<string, string>) =>
    await (await service.request("POST", path, answerOf(pointOf(), SERVICE_POINT), headers)).json();
  const first = await post(PATH, key);
  assert.deepEqual(await post(PATH, key), first);
  const other = await post(PATH, {});
  assert.notEqual(other.id, first.id);
  assert.deepEqual({ ...other, id: first.id }, first);
  assert.equal((await post(`${PATH}&account_id=${ACCOUNT}`, key)).code, "idempotency_key_reused");
  assert.equal((await service.readJson("GET", "/v1/reconciliations")).data.length, 2);
});

Deno.test("CSV of the data points gives the same lines as Meta's answer", async () => {
  await using service = await serviceWithMessages();
  const csv = [
    "start,end,phone_number,country,pricing_category,pricing_type,tier,volume,cost,note",
    `${DAY.start},${DAY.end},+55 11 3000-0001,BR,UTILITY,REGULAR,0:MAX,5,0.034,x`,
    `${DAY.start},${DAY.end},${PHONE},BR,SERVICE,FREE_CUSTOMER_SERVICE,,1,0,`,
  ].join("\r\n");
  const headers = { "content-type": "text/csv" };
  const made = await service.request("POST", `${PATH}&account_id=${ACCOUNT}`, csv, headers);
  assert.equal(made.status, 201);
  const { id, created_at: _, ...from_csv } = await made.json();
  const { id: other, created_at: __, ...from_json } = await service.readJson(
    "POST",
    PATH,
    answerOf(pointOf({ volume: 5, cost: 0.034 }), SERVICE_POINT),
    201,
  );
  assert.deepEqual(from_csv, from_json);
  const linesOf = (one: string) => service.readJson("GET", `/v1/reconciliations/${one}/lines`);
  assert.deepEqual(await linesOf(id), await linesOf(other));
});

Deno.test("a number is mapped by the query before its name", async () => {
  await using service = await serviceWithMessages();
  const unnamed = answerOf(pointOf({ phone_number: "551130009999" }));
  const problem = await service.requestProblem("POST", PATH, unnamed);
  assert.equal(problem.errors![0]!.path, "pricing_analytics.data[0].data_points[0].phone_number");
  assert.match(problem.detail, /is no number of the account.*number=551130009999:ID/);
  const mapped = `${PATH}&number=%2B55.11.3000-9999:${COUNTER.phone_number_id}`;
  const { meta } = await service.readJson("POST", mapped, unnamed, 201);
  assert.equal(meta.messages, 3);
});

Deno.test("what cannot be compared is 422 with the field and the remedy, and nothing is kept", async () => {
  await using service = await serviceWithMessages();
  const refusals: readonly (readonly [path: string, body: unknown, field: string, remedy: RegExp])[] = [
    [PATH, { id: ACCOUNT }, "pricing_analytics.data", /is required/],
    [PATH, { id: ACCOUNT, error: { code: 190 } }, "pricing_analytics.data", /is required/],
    [PATH, { id: ACCOUNT, pricing_analytics: { data: {} } }, "pricing_analytics.data", /must be a list/],
    [PATH, answerOf(), "pricing_analytics.data", /at least 1 item/],
    [
      PATH,
      { id: ACCOUNT, pricing_analytics: { data: [{}] } },
      "pricing_analytics.data[0].data_points",
      /is required/,
    ],
    [
      PATH,
      answerOf(pointOf(), pointOf({ country: undefined })),
      "pricing_analytics.data[0].data_points[1].country",
      /dimensions\(PHONE,COUNTRY/,
    ],
    [
      PATH,
      answerOf(pointOf({ country: "Brazil" })),
      "pricing_analytics.data[0].data_points[0].country",
      /ISO 3166/,
    ],
    [
      PATH,
      answerOf(pointOf({ volume: 1.5 })),
      "pricing_analytics.data[0].data_points[0].volume",
      /whole number/,
    ],
    [
      PATH,
      answerOf(pointOf({ volume: -1 })),
      "pricing_analytics.data[0].data_points[0].volume",
      /at least 0/,
    ],
    [PATH, answerOf(pointOf({ cost: "free" })), "pricing_analytics.data[0].data_points[0].cost", /a number/],
    [
      PATH,
      answerOf(pointOf({ end: DAY.start + 1_800 })),
      "pricing_analytics.data[0].data_points[0].end",
      /granularity\(DAILY\)/,
    ],
    [
      PATH,
      answerOf(pointOf({ start: DAY.start + 3_600, end: DAY.end + 3_600 })),
      "pricing_analytics.data[0].data_points[0].start",
      /meta_account/,
    ],
    [PATH, answerOf(pointOf(), pointOf()), "pricing_analytics.data[0].data_points[1].start", /once/],
    [
      PATH.replace("from=2026-11-03", "from=2026-11-04"),
      answerOf(pointOf()),
      "pricing_analytics.data[0].data_points[0].start",
      /correct from and to/,
    ],
    [PATH, { ...answerOf(pointOf()), id: undefined }, "account_id", /is required: send it in the query/],
    [`${PATH}&account_id=1`, answerOf(pointOf()), "account_id", /correct one of them/],
    [PATH, { ...answerOf(pointOf()), id: "999" }, "account_id", /PUT \/v1\/phone_numbers/],
    [`${PATH}&number=${PHONE}:999`, answerOf(pointOf()), "number", /is no number of the account/],
    [`${PATH}&number=${PHONE}`, answerOf(pointOf()), "number[0]", /such as 551130000001:106540352242922/],
    ["/v1/reconciliations?from=2026-11-03", answerOf(pointOf()), "to", /is required/],
    ["/v1/reconciliations?from=&to=", answerOf(pointOf()), "from", /must be a date/],
    ["/v1/reconciliations?from=2026-11-03&to=2026-11-31", answerOf(pointOf()), "to", /must be a date/],
    ["/v1/reconciliations?from=2026-11-04&to=2026-11-03", answerOf(pointOf()), "from", /swap/],
    ["/v1/reconciliations?from=2026-08-01&to=2026-11-03", answerOf(pointOf()), "to", /two reconciliations/],
  ];
  for (const [path, body, field, remedy] of refusals) {
    const { status, errors } = await service.requestProblem("POST", path, body);
    assert.deepEqual([status, errors![0]!.path], [422, field], JSON.stringify(errors));
    assert.match(errors![0]!.message, remedy);
  }
  assert.deepEqual((await service.readJson("GET", "/v1/reconciliations")).data, []);
});

Deno.test("hostile data points are 422 at their field, and nothing is kept", async () => {
  await using service = await serviceWithMessages();
  const point = "pricing_analytics.data[0].data_points[0]";
  const hostile: readonly (readonly [data_point: unknown, field: string])[] = [
    [null, point],
    [[], point],
    ["1", point],
    [pointOf({ start: "1793674800" }), `${point}.start`],
    [pointOf({ start: Number.MAX_SAFE_INTEGER }), `${point}.start`],
    [pointOf({ end: -1 }), `${point}.end`],
    [pointOf({ volume: 1e308 }), `${point}.volume`],
    [pointOf({ cost: -0.01 }), `${point}.cost`],
    [pointOf({ cost: 1e300 }), `${point}.cost`],
    [pointOf({ country: "br" }), `${point}.country`],
    [pointOf({ country: { toString: "BR" } }), `${point}.country`],
    [pointOf({ phone_number: 551130000001 }), `${point}.phone_number`],
    [pointOf({ phone_number: "1' or '1'='1" }), `${point}.phone_number`],
    [pointOf({ pricing_type: "<script>" }), `${point}.pricing_type`],
    [pointOf({ pricing_category: "M".repeat(1_000) }), `${point}.pricing_category`],
    [pointOf({ tier: "\u0000" }), `${point}.tier`],
  ];
  for (const [data_point, field] of hostile) {
    const { status, errors } = await service.requestProblem("POST", PATH, answerOf(data_point));
    assert.deepEqual([status, errors![0]!.path], [422, field], JSON.stringify(errors));
  }
  const many = answerOf(...Array.from({ length: 10_001 }, () => 0));
  const { errors } = await service.requestProblem("POST", PATH, many);
  assert.match(errors![0]!.message, /at most 10000/);
  assert.deepEqual((await service.readJson("GET", "/v1/reconciliations")).data, []);
});

Deno.test("a CSV file that cannot be compared is 422 with its row, column and the remedy", async () => {
  await using service = await serviceWithMessages();
  const post = async (...rows: readonly string[]) => {
    const headers = { "content-type": "text/csv" };
    const response = await service.request("POST", `${PATH}&account_id=${ACCOUNT}`, rows.join("\n"), headers);
    const { status, errors } = await response.json();
    assert.equal(status, 422);
    return errors[0];
  };
  const heading = "start,end,phone_number,country,pricing_category,pricing_type,volume";
  const row = `${DAY.start},${DAY.end},${PHONE},BR,UTILITY,REGULAR,3`;
  assert.deepEqual(await post("start,end"), {
    path: "country",
    message: "The column country is missing: name it in the first row; ask Meta with " +
      "dimensions(PHONE,COUNTRY,PRICING_CATEGORY,PRICING_TYPE)",
  });
  assert.match((await post(heading)).message, /at least 1/);
  const many = await post(heading, row, `${DAY.start},${DAY.end},${PHONE},BR,UTILITY,REGULAR,many`);
  assert.deepEqual(many, { path: "row 3.volume", message: "row 3.volume must be a number" });
  assert.match(
    (await post(heading, row, row)).message,
    /^row 3\.start is of a day and a group that came before/,
  );
});

Deno.test("an unknown reconciliation or line is 404", async () => {
  await using service = await serviceWithMessages();
  const missing = "/v1/reconciliations/00000000-0000-4000-8000-000000000000";
  for (const path of [missing, `${missing}/lines`]) {
    assert.equal((await service.requestProblem("GET", path)).code, "reconciliation_not_found");
  }
  const { id } = await service.readJson("POST", PATH, answerOf(pointOf()), 201);
  for (const path of [missing, `/v1/reconciliations/${id}`]) {
    const problem = await service.requestProblem("GET", `${path}/lines/9/messages`);
    assert.equal(problem.code, "line_not_found");
  }
});
