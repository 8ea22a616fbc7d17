import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

Deno.test("the test clock moves to an instant or by a duration, and closes what that ends", async () => {
  await using house = new TestService();
  await house.createCompany();
  assert.deepEqual(await house.readJson("POST", "/v1/test_clock", { now: "2026-11-04T02:59:00Z" }), {
    now: "2026-11-04T02:59:00Z",
  });
  assert.equal((await house.readJson("GET", "/v1/companies/acme/balance")).closed_through, "2026-11-02");
  await house.readJson("POST", "/v1/test_clock", { advance: "PT1M" });
  assert.equal((await house.readJson("GET", "/v1/companies/acme/balance")).closed_through, "2026-11-03");
});

Deno.test("the test clock does not move back: 409", async () => {
  await using house = new TestService();
  const problem = await house.requestProblem("POST", "/v1/test_clock", { now: "2026-11-03T11:59:59Z" });
  assert.deepEqual([problem.status, problem.code], [409, "clock_backwards"]);
});

Deno.test("the test clock takes an instant or a duration, one of them, and no more than ten years", async () => {
  await using house = new TestService();
  const both = { now: "2026-11-04T00:00:00Z", advance: "PT1H" };
  for (
    const body of [{}, both, { advance: "soon" }, { advance: "-PT1H" }, { now: 5 }, { advance: "P11Y" }, {
      advance: "P999999Y",
    }]
  ) {
    assert.equal(
      (await house.requestProblem("POST", "/v1/test_clock", body)).status,
      422,
      JSON.stringify(body),
    );
  }
  const fault = async (body: object) =>
    (await house.requestProblem("POST", "/v1/test_clock", body)).errors?.[0];
  assert.equal((await fault({ advance: "soon" }))?.path, "advance");
  assert.equal((await fault({ now: 5 }))?.path, "now");
  assert.match((await fault({ advance: "P11Y" }))?.message ?? "", /^advance must .* at most 10 years/);
  assert.match(
    (await fault({ now: "2037-01-01T00:00:00Z" }))?.message ?? "",
    /^now must .* at most 10 years/,
  );
  assert.match((await fault(both))?.message ?? "", /^the body must have one field: now, .* or advance/);
});

Deno.test("without TEST_CLOCK there is no such path", async () => {
  await using house = new TestService({ test_clock: undefined });
  const problem = await house.requestProblem("POST", "/v1/test_clock", { advance: "PT1H" });
  assert.deepEqual([problem.status, problem.code], [404, "route_not_found"]);
  assert.ok(!("/v1/test_clock" in (await house.readJson("GET", "/openapi.json")).paths));
});

Deno.test("a process that lives says so to anyone, and one that is not ready says 503 and why", async () => {
  const health = { ready: () => Promise.resolve({ ready: false, checks: { store: "does not answer" } }) };
  await using house = new TestService({ health });
  const live = await house.app.hono.request("/healthz");
  assert.deepEqual([live.status, await live.json()], [200, { status: "ok" }]);
  const ready = await house.app.hono.request("/readyz");
  assert.equal(ready.status, 503);
  assert.deepEqual(await ready.json(), { ready: false, checks: { store: "does not answer" } });
});

Deno.test("requests are measured by the template of their route", async () => {
  await using house = new TestService();
  await house.createCompany();
  await house.readJson("GET", "/v1/companies/acme/balance");
  const metrics = await (await house.app.hono.request("/metrics")).text();
  assert.match(
    metrics,
    /poli_http_request_duration_seconds_count\{method="GET",route="\/v1\/companies\/\{company\}\/balance",status="200"\} 1/,
  );
  assert.doesNotMatch(metrics, /acme/);
});
