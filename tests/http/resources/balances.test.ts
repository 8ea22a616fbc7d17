import assert from "node:assert/strict";
import { ADMIN_KEY, TestService } from "../test_service.ts";

const PATH = "/v1/balances";

/** Creates companies, each with its own use of a feature. */
async function serviceWith(...companies: readonly string[]): Promise<TestService> {
  const service = new TestService();
  for (const company of companies) await service.createCompany(company, { phone_number_ids: [] });
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  for (const [i, company] of companies.entries()) {
    const usage = { id: "first", feature: "automation.run", quantity: i + 1 };
    await service.readJson("POST", `/v1/companies/${company}/usage`, usage);
  }
  return service;
}

Deno.test("each company of a batch has a row in the order of the query, with its own balance", async () => {
  await using service = await serviceWith("acme", "beta");
  const { data, missing } = await service.readJson("GET", `${PATH}?company=beta&company=acme&company=beta`);
  assert.deepEqual(data.map(({ company }: { company: string }) => company), ["beta", "acme"]);
  for (const { company, balance } of data) {
    assert.deepEqual(balance, await service.readJson("GET", `/v1/companies/${company}/balance`));
  }
  assert.deepEqual(missing, []);
});

Deno.test("a company that does not exist, or that the key cannot access, is named as missing", async () => {
  await using service = await serviceWith("acme", "beta");
  const rootBody = await service.readJson("GET", `${PATH}?company=acme&company=nobody`);
  assert.deepEqual([rootBody.data[1], rootBody.missing], [{ company: "nobody", balance: null }, ["nobody"]]);
  const created = await service.request("POST", "/v1/keys", { name: "crm", scope: "read", company: "acme" });
  const { key } = await created.json();
  const headers = { authorization: `Bearer ${key}` };
  const bound = await service.app.hono.request(`${PATH}?company=acme&company=beta&company=nobody`, {
    headers,
  });
  const { data, missing } = await bound.json();
  assert.deepEqual(missing, ["beta", "nobody"]);
  assert.deepEqual(data.map(({ balance }: { balance: unknown }) => balance === null), [false, true, true]);
});

Deno.test("a batch names 1 to 100 companies, and an invalid one by its position", async () => {
  await using service = await serviceWith("acme");
  const of = (count: number) => Array.from({ length: count }, (_, i) => `company=c${i}`).join("&");
  assert.equal((await service.readJson("GET", `${PATH}?${of(100)}`)).missing.length, 100);
  const pathOf = async (query: string) =>
    (await service.requestProblem("GET", `${PATH}${query}`)).errors!.map(({ path }) => path);
  assert.deepEqual(await pathOf(`?${of(101)}`), ["company"]);
  assert.deepEqual(await pathOf(""), ["company"]);
  assert.deepEqual(await pathOf("?company=acme&company=a%20b"), ["company[1]"]);
  assert.deepEqual(await pathOf("?company=acme&limit=3"), ["limit"]);
});

Deno.test("a company that cannot answer makes the whole batch unavailable", async () => {
  await using service = await serviceWith("acme");
  await service.actors.stop();
  const response = await service.request("GET", `${PATH}?company=acme`, undefined, {
    authorization: `Bearer ${ADMIN_KEY}`,
  });
  assert.deepEqual([response.status, response.headers.has("retry-after")], [503, true]);
});

const BALANCE = "/v1/companies/acme/balance";

Deno.test("a balance is 304 while its version is current, and 200 with another tag after each change", async () => {
  await using service = await serviceWith("acme");
  const first = await service.request("GET", BALANCE);
  const tag = first.headers.get("etag")!;
  assert.match(tag, new RegExp(`^W/"${(await first.json()).version}\\.[\\w-]{8}"$`));
  const again = async (condition: string) =>
    await service.request("GET", BALANCE, undefined, { "if-none-match": condition });
  service.now_ms += 60_000;
  // The tag is weak: the balance of a minute later has another `as_of` alone.
  for (const condition of [tag, tag.slice(2), `"0", ${tag}`, "*"]) {
    const unchanged = await again(condition);
    assert.deepEqual([unchanged.status, await unchanged.text()], [304, ""]);
    assert.equal(unchanged.headers.get("etag"), tag);
    assert.ok(unchanged.headers.has("x-request-id"));
  }
  const usage = { id: "second", feature: "automation.run", quantity: 5 };
  await service.readJson("POST", "/v1/companies/acme/usage", usage);
  const changed = await again(tag);
  assert.deepEqual([changed.status, (await changed.json()).consumed], [200, 6]);
  assert.notEqual(changed.headers.get("etag"), tag);
});

Deno.test("a restored database gives the tag of a lost balance to no other balance of the same version", async () => {
  const readAfter = async (quantity: number) => {
    await using service = await serviceWith("acme");
    const usage = { id: "after the backup", feature: "automation.run", quantity };
    await service.readJson("POST", "/v1/companies/acme/usage", usage);
    const response = await service.request("GET", BALANCE);
    return { tag: response.headers.get("etag"), body: await response.json() };
  };
  const [lost, restored, same] = [await readAfter(5), await readAfter(7), await readAfter(5)];
  assert.equal(lost.body.version, restored.body.version);
  assert.notEqual(lost.tag, restored.tag);
  assert.equal(lost.tag, same.tag);
});

Deno.test("the end of a day changes the tag of a balance", async () => {
  await using service = await serviceWith("acme");
  const tag = (await service.request("GET", BALANCE)).headers.get("etag")!;
  service.now_ms += 24 * 3_600_000;
  const next = await service.request("GET", BALANCE, undefined, { "if-none-match": tag });
  assert.deepEqual([next.status, (await next.json()).consumed_today], [200, 0]);
});

Deno.test("a tag without quotes is refused, and a company that is not the key's has no tag", async () => {
  await using service = await serviceWith("acme");
  const headers = { "if-none-match": "57" };
  const refused = await service.request("GET", BALANCE, undefined, headers);
  assert.deepEqual([refused.status, (await refused.json()).errors[0].path], [422, "If-None-Match"]);
  const missing = await service.request("GET", "/v1/companies/nobody/balance", undefined, {
    "if-none-match": "*",
  });
  assert.deepEqual([missing.status, missing.headers.get("etag")], [404, null]);
});
