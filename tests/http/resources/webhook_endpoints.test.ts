import assert from "node:assert/strict";
import { encodeCursor } from "../../../src/http/kit/cursor.ts";
import { ALERT_TYPES } from "../../../src/domain/alerts.ts";
import { TestService } from "../test_service.ts";

const PATH = "/v1/webhook_endpoints";
const URL = "https://platform.example/hooks";

async function createEndpoint(service: TestService, body: Record<string, unknown>) {
  const response = await service.request("POST", PATH, body);
  assert.equal(response.status, 201);
  return await response.json();
}

Deno.test("an endpoint shows its secret once and receives all alert types by default", async () => {
  await using service = new TestService();
  const { secret, ...endpoint } = await createEndpoint(service, { url: URL });
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual(endpoint, {
    id: endpoint.id,
    url: URL,
    company: null,
    types: ALERT_TYPES,
    status: "live",
    created_at: "2026-11-03T12:00:00Z",
    created_by: "admin-key",
    last_delivered_at: null,
    last_failed_at: null,
    last_failure: null,
  });
  assert.deepEqual(await service.readJson("GET", PATH), { data: [endpoint], next_cursor: null });
});

Deno.test("a second endpoint with the same URL is 409, so that no alert is delivered twice", async () => {
  await using service = new TestService();
  await service.createCompany();
  await createEndpoint(service, { url: URL });
  const problem = await service.requestProblem("POST", PATH, { url: URL, types: ["month.closed"] });
  assert.deepEqual([problem.status, problem.code], [409, "endpoint_exists"]);
  await createEndpoint(service, { url: URL, company: "acme" });
});

Deno.test("endpoints are listed newest first, in pages, without deleted ones", async () => {
  await using service = new TestService();
  await service.createCompany();
  const urls = [1, 2, 3].map((number) => `${URL}/${number}`);
  for (const url of urls) {
    await createEndpoint(service, { url, company: "acme", types: ["month.closed", "month.closed"] });
    service.now_ms += 1_000;
  }
  const first = await service.readJson("GET", `${PATH}?limit=2`);
  const second = await service.readJson("GET", `${PATH}?limit=2&cursor=${first.next_cursor}`);
  const listed = [...first.data, ...second.data];
  assert.deepEqual(listed.map(({ url }) => url), urls.toReversed());
  assert.deepEqual([listed[0].company, listed[0].types], ["acme", ["month.closed"]]);
  const { id } = listed[0];
  assert.deepEqual(await service.readJson("DELETE", `${PATH}/${id}`), { id, status: "removed" });
  assert.equal((await service.readJson("GET", PATH)).data.length, 2);
  const again = await service.requestProblem("DELETE", `${PATH}/${id}`);
  assert.deepEqual([again.status, again.code], [404, "endpoint_not_found"]);
});

Deno.test("a URL without TLS (except localhost) or with a password is 422 and names its field", async () => {
  await using service = new TestService();
  for (
    const url of [
      "http://platform.example/",
      "https://a:b@platform.example/",
      "ftp://platform.example/",
      "hooks",
    ]
  ) {
    const problem = await service.requestProblem("POST", PATH, { url });
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "url"], url);
  }
  await createEndpoint(service, { url: "http://localhost:9000/hooks" });
});

Deno.test("an endpoint of an unknown company is refused, and so is one past the maximum", async () => {
  await using service = new TestService();
  assert.equal(
    (await service.requestProblem("POST", PATH, { url: URL, company: "nobody" })).code,
    "company_not_found",
  );
  for (let i = 0; i < 100; i++) await createEndpoint(service, { url: `${URL}/${i}` });
  const problem = await service.requestProblem("POST", PATH, { url: URL });
  assert.deepEqual([problem.status, problem.code], [409, "too_many_endpoints"]);
});

Deno.test("a malformed id is 404 and a malformed cursor is 422, for endpoints and keys", async () => {
  await using service = new TestService();
  for (const path of [PATH, "/v1/keys"]) {
    for (const id of ["%00", "x".repeat(1_000), "we_%20"]) {
      assert.equal((await service.requestProblem("DELETE", `${path}/${id}`)).status, 404);
    }
    for (
      const position of [{ created_at_ms: 9e15, id: "0".repeat(16) }, { created_at_ms: 0, id: "\0" }, {}]
    ) {
      const problem = await service.requestProblem("GET", `${path}?cursor=${encodeCursor(position)}`);
      assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "cursor"]);
    }
  }
});

Deno.test("a URL that cannot be stored as written is refused", async () => {
  await using service = new TestService();
  for (
    const url of [
      "https://platform.example/\0",
      "https://platform.example/\ud800",
      `https://a.example/${"x".repeat(500)}`,
    ]
  ) {
    assert.equal((await service.requestProblem("POST", PATH, { url })).errors?.[0]?.path, "url");
  }
});
