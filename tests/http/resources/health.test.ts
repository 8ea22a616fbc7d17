import assert from "node:assert/strict";
import { VERSION } from "../../../src/config/version.ts";
import { TestService } from "../test_service.ts";

Deno.test("the test clock moves to an instant or by a duration, and closes the days that end", async () => {
  await using service = new TestService();
  await service.createCompany();
  assert.deepEqual(await service.readJson("POST", "/v1/test_clock", { now: "2026-11-04T02:59:00Z" }), {
    now: "2026-11-04T02:59:00Z",
  });
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).closed_through, "2026-11-02");
  await service.readJson("POST", "/v1/test_clock", { advance: "PT1M" });
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).closed_through, "2026-11-03");
});

Deno.test("the test clock does not move back: 409", async () => {
  await using service = new TestService();
  const problem = await service.requestProblem("POST", "/v1/test_clock", { now: "2026-11-03T11:59:59Z" });
  assert.deepEqual([problem.status, problem.code], [409, "clock_backwards"]);
});

Deno.test("the test clock takes one of an instant or a duration, of at most ten years", async () => {
  await using service = new TestService();
  const both = { now: "2026-11-04T00:00:00Z", advance: "PT1H" };
  for (
    const body of [{}, both, { advance: "soon" }, { advance: "-PT1H" }, { now: 5 }, { advance: "P11Y" }, {
      advance: "P999999Y",
    }]
  ) {
    assert.equal(
      (await service.requestProblem("POST", "/v1/test_clock", body)).status,
      422,
      JSON.stringify(body),
    );
  }
  const firstError = async (body: object) =>
    (await service.requestProblem("POST", "/v1/test_clock", body)).errors?.[0];
  assert.equal((await firstError({ advance: "soon" }))?.path, "advance");
  assert.equal((await firstError({ now: 5 }))?.path, "now");
  assert.match((await firstError({ advance: "P11Y" }))?.message ?? "", /^advance must .* at most 10 years/);
  assert.match(
    (await firstError({ now: "2037-01-01T00:00:00Z" }))?.message ?? "",
    /^now must .* at most 10 years/,
  );
  assert.match(
    (await firstError(both))?.message ?? "",
    /^the body must have exactly one field: now .* or advance/,
  );
});

Deno.test("without TEST_CLOCK the path is 404", async () => {
  await using service = new TestService({ test_clock: undefined });
  const problem = await service.requestProblem("POST", "/v1/test_clock", { advance: "PT1H" });
  assert.deepEqual([problem.status, problem.code], [404, "route_not_found"]);
  assert.ok(!("/v1/test_clock" in (await service.readJson("GET", "/openapi.json")).paths));
});

Deno.test("liveness is public, and a process that is not ready is 503 with the reason", async () => {
  const health = { ready: () => Promise.resolve({ ready: false, checks: { store: "does not answer" } }) };
  await using service = new TestService({ health });
  const live = await service.app.hono.request("/healthz");
  assert.deepEqual([live.status, await live.json()], [200, { status: "ok", version: VERSION }]);
  const ready = await service.app.hono.request("/readyz");
  assert.equal(ready.status, 503);
  assert.deepEqual(await ready.json(), { ready: false, checks: { store: "does not answer" } });
});

Deno.test("requests are measured by route template", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("GET", "/v1/companies/acme/balance");
  const metrics = await (await service.app.hono.request("/metrics")).text();
  assert.match(
    metrics,
    /poli_http_request_duration_seconds_count\{method="GET",route="\/v1\/companies\/\{company\}\/balance",status="200"\} 1/,
  );
  assert.doesNotMatch(metrics, /acme/);
});
