import assert from "node:assert/strict";
import { ADMIN_KEY, readProblem, TestService, ZONE } from "../test_service.ts";

const PATH = "/v1/companies/acme";

Deno.test("a problem has type, title, status, code, detail and request id", async () => {
  await using service = new TestService();
  const response = await service.request("GET", `${PATH}/balance`);
  const problem = await readProblem(response);
  const { request_id } = problem;
  assert.deepEqual(problem, {
    type: "urn:poli-credits:problem:company_not_found",
    title: "Not Found",
    status: 404,
    code: "company_not_found",
    detail: "No such company, or your key has no access to it: check the id and the key.",
    request_id,
  });
  assert.equal(response.headers.get("x-request-id"), request_id);
  assert.match(request_id, /^[0-9a-f-]{36}$/);
});

Deno.test("an unknown path is 404, with or without a key", async () => {
  await using service = new TestService();
  for (const path of ["/v1", "/v2/companies", "/v1/companies/", "/v1/companies/acme/everything"]) {
    const problem = await readProblem(await service.app.hono.request(path));
    assert.deepEqual([problem.status, problem.code], [404, "route_not_found"], path);
  }
});

Deno.test("an unknown method of a known path is 405 with Allow", async () => {
  await using service = new TestService();
  const response = await service.request("DELETE", PATH);
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, HEAD, PUT");
  assert.equal((await readProblem(response)).code, "method_not_allowed");
  const options = await service.request("OPTIONS", "/webhooks/whatsapp");
  assert.equal(options.headers.get("allow"), "GET, HEAD, POST");
  await options.body?.cancel();
});

Deno.test("the detail of a 405 names the call that writes an item of the collection", async () => {
  await using service = new TestService();
  const detail = async (method: string, path: string) => (await service.requestProblem(method, path)).detail;
  assert.equal(
    await detail("POST", "/v1/companies"),
    "Method POST is not allowed for this path: use PUT /v1/companies/{company}, or GET, HEAD here.",
  );
  assert.match(
    await detail("POST", "/v1/features"),
    /use PUT \/v1\/features\/\{code\}, or GET, HEAD here\.$/,
  );
  assert.match(await detail("DELETE", "/v1/companies"), /: use GET, HEAD\.$/);
  assert.match(await detail("POST", PATH), /: use GET, HEAD, PUT\.$/);
});

Deno.test("an empty body counts as {} where every field is optional, and only there", async () => {
  await using service = new TestService();
  await service.createCompany();
  for (const body of [undefined, "", "{}"]) {
    const response = await service.request("POST", `${PATH}/viewer_sessions`, body);
    assert.equal(response.status, 201, String(body));
    await response.body?.cancel();
  }
  for (const path of ["viewer_sessions", "usage"]) {
    const problem = await service.requestProblem("POST", `${PATH}/${path}`, path === "usage" ? "" : " ");
    assert.deepEqual([problem.status, problem.code], [400, "invalid_json"], path);
  }
  const { paths } = await service.readJson("GET", "/openapi.json");
  assert.equal(paths["/v1/companies/{company}/viewer_sessions"].post.requestBody.required, false);
  assert.equal(paths["/v1/companies/{company}/usage"].post.requestBody.required, true);
});

Deno.test("messages name the size and unit, the unknown field, and the missing offset", async () => {
  await using service = new TestService();
  await service.createCompany();
  const detail = async (path: string, body: unknown) =>
    (await service.requestProblem("POST", `${PATH}/${path}`, body)).detail;
  assert.equal(await detail("quotes", { recipients: [] }), "recipients must have at least 1 item");
  const run = { id: "", feature: "automation.run", quantity: 1 };
  assert.equal(await detail("usage", run), "id must have at least 1 character");
  assert.equal(await detail("usage", { ...run, id: "a", colour: 1 }), "Unknown field `colour`. Remove it.");
  assert.equal(
    await detail("usage", { ...run, id: "a", occurred_at: "2026-11-03T09:00:00" }),
    "occurred_at has no offset from UTC: append Z or an offset, as in 2026-11-23T10:00:00-03:00",
  );
});

Deno.test("a body that is not JSON is 400, and JSON that is invalid is 422", async () => {
  await using service = new TestService();
  for (const body of ["", "{", "name=Acme", "{'name': 1}"]) {
    const problem = await service.requestProblem("PUT", PATH, body);
    assert.deepEqual([problem.status, problem.code], [400, "invalid_json"], body);
  }
  for (const body of ["[]", "null", "1", '"text"', "{}"]) {
    const problem = await service.requestProblem("PUT", PATH, body);
    assert.deepEqual([problem.status, problem.code], [422, "invalid_request"], body);
  }
});

Deno.test("a body is read as JSON with any content type, and refused when it is compressed or too large", async () => {
  await using service = new TestService();
  const profile = JSON.stringify({ name: "Acme", time_zone: ZONE });
  await service.createCompany();
  const form = await service.request("PUT", PATH, profile, {
    "content-type": "application/x-www-form-urlencoded",
  });
  assert.equal(form.status, 200);
  await form.body?.cancel();
  const zipped = await service.request("PUT", PATH, profile, { "content-encoding": "gzip" });
  assert.equal(zipped.status, 415);
  assert.equal((await readProblem(zipped)).code, "content_encoding_unsupported");
  const large = await service.request("PUT", PATH, " ".repeat(4 * 1024 * 1024 + 1));
  assert.equal(large.status, 413);
  assert.equal((await readProblem(large)).code, "body_too_large");
});

Deno.test("at most 20 errors are listed", async () => {
  await using service = new TestService();
  await service.createCompany();
  const usages = Array.from({ length: 50 }, () => ({}));
  assert.equal((await service.requestProblem("POST", `${PATH}/usage`, usages)).errors?.length, 20);
});

Deno.test("an unknown outcome is 503 with Retry-After", async () => {
  const companies = {
    execute: () => Promise.resolve({ type: "unavailable", reason: "taken_over", retry_after_s: 1 } as const),
  };
  await using service = new TestService({ companies });
  const response = await service.request("GET", `${PATH}/balance`);
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "1");
  assert.equal((await readProblem(response)).code, "unavailable");
});

Deno.test("an unexpected error is 500 and reveals only its id; a transient error is 503", async () => {
  const companies = { execute: () => Promise.reject(new Error("password of the database is 1234")) };
  for (const [isTransientError, status] of [[() => false, 500], [() => true, 503]] as const) {
    await using service = new TestService({ companies, isTransientError });
    const response = await service.request("GET", `${PATH}/balance`);
    assert.equal(response.status, status);
    const problem = await readProblem(response);
    assert.doesNotMatch(JSON.stringify(problem), /1234/);
    assert.equal(response.headers.get("retry-after"), status === 503 ? "1" : null);
  }
});

Deno.test("responses are not cached, and HEAD has the headers of GET", async () => {
  await using service = new TestService();
  await service.createCompany();
  const response = await service.request("HEAD", `${PATH}/balance`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(await response.text(), "");
});

Deno.test("a missing key and an invalid key are 401", async () => {
  await using service = new TestService();
  const given = [
    undefined,
    "Bearer",
    "Bearer guess",
    `Basic ${ADMIN_KEY}`,
    `Bearer ${ADMIN_KEY}x`,
    ADMIN_KEY,
  ];
  for (const authorization of given) {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const response = await service.app.hono.request(PATH, { headers });
    assert.equal(response.status, 401, String(authorization));
    assert.equal(response.headers.get("www-authenticate"), "Bearer");
    assert.equal((await readProblem(response)).code, "unauthenticated");
  }
});
