import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/usage";
const RUN = { id: "u1", feature: "automation.run", quantity: 3 };

async function startService(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/automation.run", {
    name: { "pt-BR": "Automação", en: "Run" },
    credits: 2,
  });
  return service;
}

Deno.test("usage costs its quantity at the feature's price, and the same id counts once", async () => {
  await using service = await startService();
  const first = await service.readJson("POST", PATH, RUN);
  assert.deepEqual([first.accepted, first.duplicates, first.credits], [1, 0, 6]);
  assert.equal(first.balance.consumed, 6);
  const again = await service.readJson("POST", PATH, [RUN, { ...RUN, id: "u2" }]);
  assert.deepEqual([again.accepted, again.duplicates, again.credits], [1, 1, 6]);
});

Deno.test("one invalid usage refuses the whole call and is named by its index", async () => {
  await using service = await startService();
  const shape = await service.requestProblem("POST", PATH, [RUN, { ...RUN, id: "u2", quantity: 0 }]);
  assert.deepEqual(shape.errors, [{ path: "[1].quantity", message: "[1].quantity must be at least 1" }]);
  const unknown = await service.requestProblem("POST", PATH, [RUN, { ...RUN, id: "u2", feature: "sms" }]);
  assert.deepEqual([unknown.status, unknown.code], [422, "unknown_feature"]);
  assert.equal(unknown.errors?.[0]?.path, "[1].feature");
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).consumed, 0);
});

Deno.test("an invalid single usage is named without an index", async () => {
  await using service = await startService();
  assert.equal(
    (await service.requestProblem("POST", PATH, { ...RUN, quantity: 1.5 })).errors?.[0]?.path,
    "quantity",
  );
  assert.equal(
    (await service.requestProblem("POST", PATH, { ...RUN, feature: "sms" })).errors?.[0]?.path,
    "feature",
  );
});

Deno.test("while the clocks disagree usage that seems to be of the future is 503, and its retry counts once", async () => {
  await using service = await startService();
  const used = { ...RUN, occurred_at: "2026-11-03T12:00:00Z" };
  const right_ms = service.now_ms;
  service.now_ms = right_ms - 45 * 24 * 60 * 60_000;
  service.clock_is_certain = false;
  const problem = await service.requestProblem("POST", PATH, used);
  assert.deepEqual([problem.status, problem.code], [503, "unavailable"]);
  assert.match(problem.detail, /clock_uncertain/);
  service.now_ms = right_ms;
  service.clock_is_certain = true;
  const retried = await service.readJson("POST", PATH, used);
  assert.deepEqual([retried.accepted, retried.balance.consumed], [1, 6]);
});

Deno.test("while nothing confirms the clock, usage and sends without a time are 503, and their retries have the right date", async () => {
  await using service = await startService();
  const messages = "/v1/companies/acme/messages";
  const template = { message_id: "t1", to: "5511987654321", kind: "template", category: "marketing" };
  const right_ms = service.now_ms;
  service.now_ms = right_ms - 24 * 60 * 60_000;
  service.clock_is_certain = service.clock_is_confirmed = false;
  for (const [path, body] of [[PATH, RUN], [messages, template], [`${messages}/t1/failed`, {}]] as const) {
    const problem = await service.requestProblem("POST", path, body);
    assert.deepEqual([problem.status, problem.code], [503, "unavailable"], path);
    assert.match(problem.detail, /clock_uncertain/);
  }
  service.now_ms = right_ms;
  service.clock_is_certain = service.clock_is_confirmed = true;
  assert.equal((await service.readJson("POST", PATH, RUN)).accepted, 1);
  assert.equal((await service.readJson("POST", messages, template)).outcome, "allowed");
  const { data } = await service.readJson("GET", "/v1/companies/acme/ledger");
  const dates = data.map(({ local_date }: { local_date: string }) => local_date);
  assert.deepEqual(dates.slice(0, 2), ["2026-11-03", "2026-11-03"]);
});

Deno.test("a reused id with another body is 409", async () => {
  await using service = await startService();
  await service.readJson("POST", PATH, RUN);
  const problem = await service.requestProblem("POST", PATH, { ...RUN, quantity: 4 });
  assert.deepEqual([problem.status, problem.code], [409, "id_reused"]);
});

Deno.test("a call takes 1 to 1,000 usages", async () => {
  await using service = await startService();
  const many = Array.from({ length: 1_001 }, (_, index) => ({ ...RUN, id: `u${index}` }));
  assert.equal(
    (await service.requestProblem("POST", PATH, many)).errors?.[0]?.message,
    "the body must have at most 1000 items",
  );
  assert.equal((await service.requestProblem("POST", PATH, [])).status, 422);
  const none = await service.requestProblem("POST", PATH, "null");
  assert.equal(none.detail, "the body must be a usage or a list of 1 to 1000 usages");
  assert.equal((await service.readJson("POST", PATH, many.slice(0, 1_000))).accepted, 1_000);
});

Deno.test("quantities whose sum exceeds a day's maximum are refused, with field and remedy", async () => {
  await using service = await startService();
  await service.readJson("PUT", "/v1/features/bytes.sent", {
    name: { "pt-BR": "Bytes", en: "Bytes" },
    credits: 0,
  });
  const sent = (id: number) => ({ id: `${id}`, feature: "bytes.sent", quantity: 1_000_000_000_000 });
  await service.readJson("POST", PATH, Array.from({ length: 10 }, (_, id) => sent(id)));
  const problem = await service.requestProblem("POST", PATH, sent(10));
  assert.equal(problem.status, 422);
  assert.deepEqual(problem.errors?.map(({ path }) => path), ["quantity"]);
  assert.match(problem.detail, /check the quantities reported/);
  assert.equal((await service.readJson("POST", PATH, { ...RUN, id: "u2" })).accepted, 1);
});

Deno.test("instants need an offset, and labels may be text, numbers or booleans", async () => {
  await using service = await startService();
  const at = (occurred_at: string) => service.request("POST", PATH, { ...RUN, id: occurred_at, occurred_at });
  for (
    const instant of [
      "2026-11-03",
      "2026-11-03T08:00:00",
      "yesterday",
      "2026-11-03T08:00:00-03:00[America/Sao_Paulo]",
    ]
  ) {
    const response = await at(instant);
    assert.equal(response.status, 422, instant);
    await response.body?.cancel();
  }
  await service.readJson("POST", PATH, {
    ...RUN,
    occurred_at: "2026-11-03T08:00:00.5-03:00",
    attributes: { team: "a", run: 1 },
  });
});

Deno.test("text that Postgres cannot store is refused", async () => {
  await using service = await startService();
  for (const id of ["a\0b", "\ud800"]) {
    assert.equal((await service.requestProblem("POST", PATH, { ...RUN, id })).errors?.[0]?.path, "id");
  }
});

Deno.test("the report is grouped by day, feature and direction, or by group_by", async () => {
  await using service = await startService();
  await service.readJson("POST", PATH, RUN);
  await service.readJson("POST", PATH, { ...RUN, id: "u2", occurred_at: "2026-11-02T12:00:00Z" });
  const all = await service.readJson("GET", `${PATH}?from=2026-11-01&to=2026-11-03`);
  assert.deepEqual(all, {
    data: [
      { day: "2026-11-02", feature: "automation.run", direction: "none", units: 3, credits: 6 },
      { day: "2026-11-03", feature: "automation.run", direction: "none", units: 3, credits: 6 },
    ],
    next_cursor: null,
    from: "2026-11-01",
    to: "2026-11-03",
    closed_through: "2026-11-02",
  });
  const by_feature = await service.readJson("GET", `${PATH}?group_by=feature`);
  assert.deepEqual(by_feature.data, [{ feature: "automation.run", units: 6, credits: 12 }]);
});

Deno.test("as_of=close returns the totals at the closing of each day, without late facts", async () => {
  await using service = await startService();
  await service.readJson("POST", PATH, RUN);
  await service.readJson("POST", "/v1/test_clock", { now: "2026-11-04T12:00:00Z" });
  await service.readJson("POST", PATH, { ...RUN, id: "late", occurred_at: "2026-11-03T13:00:00Z" });
  const credits = async (as_of: string) => {
    const { data } = await service.readJson("GET", `${PATH}?from=2026-11-03&to=2026-11-03&as_of=${as_of}`);
    return data.map((row: { credits: number }) => row.credits);
  };
  assert.deepEqual(await credits("close"), [6]);
  assert.deepEqual(await credits("now"), [12]);
});

Deno.test("an invalid report query is 422", async () => {
  await using service = await startService();
  const path = async (query: string) =>
    (await service.requestProblem("GET", `${PATH}?${query}`)).errors?.[0]?.path;
  assert.equal(await path("from=2026-11-04&to=2026-11-03"), "from");
  assert.equal(await path("from=2025-01-01&to=2026-11-03"), "to");
  assert.equal(await path("group_by=day,colour"), "group_by");
  assert.equal(await path("from=November"), "from");
  assert.equal(await path("from=0000-01-01&to=0000-01-02"), "from");
  assert.equal(await path("form=2026-11-03"), "form");
});

Deno.test("a report accepts any dates, including the first and the last", async () => {
  await using service = await startService();
  for (const query of ["from=0001-01-01&to=0001-01-02", "from=9999-12-30&to=9999-12-31"]) {
    assert.deepEqual((await service.readJson("GET", `${PATH}?${query}`)).data, [], query);
  }
});
