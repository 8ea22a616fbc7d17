import assert from "node:assert/strict";
import { ADMIN_KEY, readProblem, TestService, ZONE } from "../test_service.ts";

const PATH = "/v1/companies/acme";

Deno.test("a problem tells type, title, status, code, detail and the id of its request", async () => {
  await using house = new TestService();
  const response = await house.request("GET", `${PATH}/balance`);
  const problem = await readProblem(response);
  const { request_id } = problem;
  assert.deepEqual(problem, {
    type: "urn:poli-credits:problem:no_company",
    title: "Not Found",
    status: 404,
    code: "no_company",
    detail: "there is no such company within your reach: check its id and your key",
    request_id,
  });
  assert.equal(response.headers.get("x-request-id"), request_id);
  assert.match(request_id, /^[0-9a-f-]{36}$/);
});

Deno.test("an unknown path is a problem, with or without a key", async () => {
  await using house = new TestService();
  for (const path of ["/", "/v1", "/v2/companies", "/v1/companies/", "/v1/companies/acme/everything"]) {
    const problem = await readProblem(await house.app.hono.request(path));
    assert.deepEqual([problem.status, problem.code], [404, "no_path"], path);
  }
});

Deno.test("another method of a path we have is 405, with those it answers to", async () => {
  await using house = new TestService();
  const response = await house.request("DELETE", PATH);
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, HEAD, PUT");
  assert.equal((await readProblem(response)).code, "wrong_method");
  const options = await house.request("OPTIONS", "/webhooks/whatsapp");
  assert.equal(options.headers.get("allow"), "GET, HEAD, POST");
  await options.body?.cancel();
});

Deno.test("what is not JSON is 400, and JSON that does not fit is 422", async () => {
  await using house = new TestService();
  for (const body of ["", "{", "name=Acme", "{'name': 1}"]) {
    const problem = await house.requestProblem("PUT", PATH, body);
    assert.deepEqual([problem.status, problem.code], [400, "not_json"], body);
  }
  for (const body of ["[]", "null", "1", '"text"', "{}"]) {
    const problem = await house.requestProblem("PUT", PATH, body);
    assert.deepEqual([problem.status, problem.code], [422, "invalid"], body);
  }
});

Deno.test("a body is read as JSON whatever it says it is, and refused when it is compressed or too large", async () => {
  await using house = new TestService();
  const profile = JSON.stringify({ name: "Acme", time_zone: ZONE });
  await house.createCompany();
  const form = await house.request("PUT", PATH, profile, {
    "content-type": "application/x-www-form-urlencoded",
  });
  assert.equal(form.status, 200);
  await form.body?.cancel();
  const zipped = await house.request("PUT", PATH, profile, { "content-encoding": "gzip" });
  assert.equal(zipped.status, 415);
  assert.equal((await readProblem(zipped)).code, "content_encoding_unsupported");
  const large = await house.request("PUT", PATH, " ".repeat(4 * 1024 * 1024 + 1));
  assert.equal(large.status, 413);
  assert.equal((await readProblem(large)).code, "body_too_large");
});

Deno.test("at most 20 faults are named", async () => {
  await using house = new TestService();
  await house.createCompany();
  const usages = Array.from({ length: 50 }, () => ({}));
  assert.equal((await house.requestProblem("POST", `${PATH}/usage`, usages)).errors?.length, 20);
});

Deno.test("what a company could not do for certain is 503 with Retry-After", async () => {
  const companies = {
    execute: () => Promise.resolve({ type: "unavailable", reason: "taken_over", retry_after_s: 1 } as const),
  };
  await using house = new TestService({ companies });
  const response = await house.request("GET", `${PATH}/balance`);
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("retry-after"), "1");
  assert.equal((await readProblem(response)).code, "unavailable");
});

Deno.test("a fault of ours is 500 and tells nothing but its id; an outage is 503", async () => {
  const companies = { execute: () => Promise.reject(new Error("password of the database is 1234")) };
  for (const [isTransientError, status] of [[() => false, 500], [() => true, 503]] as const) {
    await using house = new TestService({ companies, isTransientError });
    const response = await house.request("GET", `${PATH}/balance`);
    assert.equal(response.status, status);
    const problem = await readProblem(response);
    assert.doesNotMatch(JSON.stringify(problem), /1234/);
    assert.equal(response.headers.get("retry-after"), status === 503 ? "1" : null);
  }
});

Deno.test("answers are not to be kept by caches, and HEAD has the headers of GET", async () => {
  await using house = new TestService();
  await house.createCompany();
  const response = await house.request("HEAD", `${PATH}/balance`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(await response.text(), "");
});

Deno.test("a key is needed, and a bad one is as good as none", async () => {
  await using house = new TestService();
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
    const response = await house.app.hono.request(PATH, { headers });
    assert.equal(response.status, 401, String(authorization));
    assert.equal(response.headers.get("www-authenticate"), "Bearer");
    assert.equal((await readProblem(response)).code, "unauthenticated");
  }
});
