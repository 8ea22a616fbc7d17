import assert from "node:assert/strict";
import { encodeCursor } from "../../../src/http/kit/cursor.ts";
import { TestService } from "../test_service.ts";

const PATH = "/v1/webhook_endpoints";
const URL = "https://platform.example/hooks";

async function made(house: TestService, body: Record<string, unknown>) {
  const response = await house.request("POST", PATH, body);
  assert.equal(response.status, 201);
  return await response.json();
}

Deno.test("an endpoint shows its secret once, and hears of everything unless it says otherwise", async () => {
  await using house = new TestService();
  const { secret, ...endpoint } = await made(house, { url: URL });
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual(endpoint, {
    id: endpoint.id,
    url: URL,
    company: null,
    types: ["package.nearly_used", "package.used_up", "month.closed"],
    status: "live",
    created_at: "2026-11-03T12:00:00Z",
    created_by: "admin-key",
    last_delivered_at: null,
    last_failed_at: null,
    last_failure: null,
  });
  assert.deepEqual(await house.readJson("GET", PATH), { data: [endpoint], next_cursor: null });
});

Deno.test("the same address asked for again is 409, so that nothing is told it twice", async () => {
  await using house = new TestService();
  await house.createCompany();
  await made(house, { url: URL });
  const problem = await house.requestProblem("POST", PATH, { url: URL, types: ["month.closed"] });
  assert.deepEqual([problem.status, problem.code], [409, "webhook_endpoint_there"]);
  await made(house, { url: URL, company: "acme" });
});

Deno.test("endpoints are listed newest first, page by page, and one that is removed is gone", async () => {
  await using house = new TestService();
  await house.createCompany();
  const urls = [1, 2, 3].map((number) => `${URL}/${number}`);
  for (const url of urls) {
    await made(house, { url, company: "acme", types: ["month.closed", "month.closed"] });
    house.now_ms += 1_000;
  }
  const first = await house.readJson("GET", `${PATH}?limit=2`);
  const second = await house.readJson("GET", `${PATH}?limit=2&cursor=${first.next_cursor}`);
  const listed = [...first.data, ...second.data];
  assert.deepEqual(listed.map(({ url }) => url), urls.toReversed());
  assert.deepEqual([listed[0].company, listed[0].types], ["acme", ["month.closed"]]);
  const { id } = listed[0];
  assert.deepEqual(await house.readJson("DELETE", `${PATH}/${id}`), { id, status: "removed" });
  assert.equal((await house.readJson("GET", PATH)).data.length, 2);
  const again = await house.requestProblem("DELETE", `${PATH}/${id}`);
  assert.deepEqual([again.status, again.code], [404, "no_webhook_endpoint"]);
});

Deno.test("an address without TLS, but for this machine's own, or with a password in it is refused by its field", async () => {
  await using house = new TestService();
  for (
    const url of [
      "http://platform.example/",
      "https://a:b@platform.example/",
      "ftp://platform.example/",
      "hooks",
    ]
  ) {
    const problem = await house.requestProblem("POST", PATH, { url });
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "url"], url);
  }
  await made(house, { url: "http://localhost:9000/hooks" });
});

Deno.test("an endpoint of a company that is not there is refused, and so is one more than there may be", async () => {
  await using house = new TestService();
  assert.equal(
    (await house.requestProblem("POST", PATH, { url: URL, company: "nobody" })).code,
    "no_company",
  );
  for (let i = 0; i < 100; i++) await made(house, { url: `${URL}/${i}` });
  const problem = await house.requestProblem("POST", PATH, { url: URL });
  assert.deepEqual([problem.status, problem.code], [409, "too_many_webhook_endpoints"]);
});

Deno.test("an id that none can have is 404, and a place that no list has is 422, here as of keys", async () => {
  await using house = new TestService();
  for (const path of [PATH, "/v1/keys"]) {
    for (const id of ["%00", "x".repeat(1_000), "we_%20"]) {
      assert.equal((await house.requestProblem("DELETE", `${path}/${id}`)).status, 404);
    }
    for (const place of [{ created_at_ms: 9e15, id: "0".repeat(16) }, { created_at_ms: 0, id: "\0" }, {}]) {
      const problem = await house.requestProblem("GET", `${path}?cursor=${encodeCursor(place)}`);
      assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "cursor"]);
    }
  }
});

Deno.test("an address that cannot be kept as it is written is refused", async () => {
  await using house = new TestService();
  for (
    const url of [
      "https://platform.example/\0",
      "https://platform.example/\ud800",
      `https://a.example/${"x".repeat(500)}`,
    ]
  ) {
    assert.equal((await house.requestProblem("POST", PATH, { url })).errors?.[0]?.path, "url");
  }
});
