import assert from "node:assert/strict";
import { readProblem, TestService, ZONE } from "../test_service.ts";

const ACME = "/v1/companies/acme";
const CONTRACT = `${ACME}/contract`;
const OFFER = { package: { credits: 1_000, price: "90.00" }, excess_credit_price: "0.15" };
const PROFILE = { name: "Acme", time_zone: ZONE };

/** A changed body of each resource, by the name of who sends it. */
const RESOURCES = {
  [ACME]: (by: string) => ({ ...PROFILE, name: `Acme of ${by}` }),
  [CONTRACT]: (by: string) => ({
    ...OFFER,
    package: { credits: by === "Ana" ? 2_000 : 3_000, price: "150.00" },
  }),
};

Deno.test("of two operators who read the same company or contract, only the first can change it", async () => {
  await using service = await serviceWithContract();
  for (const [path, bodyOf] of Object.entries(RESOURCES)) {
    const read_by_ana = await etagOf(service, path);
    const read_by_beto = await etagOf(service, path);
    assert.equal(read_by_ana, read_by_beto);
    const first = await service.request("PUT", path, bodyOf("Ana"), { "if-match": read_by_ana });
    assert.equal(first.status, 200);
    const before = await service.readJson("GET", path);
    const second = await readProblem(
      await service.request("PUT", path, bodyOf("Beto"), { "if-match": read_by_beto }),
    );
    assert.deepEqual([second.status, second.code], [412, "precondition_failed"]);
    assert.match(second.detail, /has changed since you read it: read it again, /);
    assert.deepEqual(await service.readJson("GET", path), before);
    // Beto reads again, as the problem says.
    const again = await service.request("PUT", path, bodyOf("Beto"), {
      "if-match": await etagOf(service, path),
    });
    assert.equal(again.status, 200);
    assert.notEqual(again.headers.get("etag"), read_by_beto);
  }
});

Deno.test("of two concurrent changes with one ETag exactly one succeeds", async () => {
  await using service = await serviceWithContract();
  for (const [path, bodyOf] of Object.entries(RESOURCES)) {
    const headers = { "if-match": await etagOf(service, path) };
    const answers = await Promise.all(
      ["Ana", "Beto"].map((by) => service.request("PUT", path, bodyOf(by), headers)),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412], path);
  }
});

Deno.test("a refused change neither claims nor releases a number", async () => {
  await using service = await serviceWithContract();
  const stale = { "if-match": await etagOf(service, ACME) };
  await service.readJson("PUT", ACME, RESOURCES[ACME]("Ana"));
  const numbers = [...service.store.phone_owners];
  const body = { ...PROFILE, phone_number_ids: ["106540000000009"] };
  assert.equal((await service.request("PUT", ACME, body, stale)).status, 412);
  assert.deepEqual([...service.store.phone_owners], numbers);
});

Deno.test("an ETag is that of the next GET, changes with every change and not with usage", async () => {
  await using service = await serviceWithContract();
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  for (const [path, bodyOf] of Object.entries(RESOURCES)) {
    const put = await service.request("PUT", path, bodyOf("Ana"));
    const etag = put.headers.get("etag")!;
    assert.match(etag, /^"[0-9a-f.]+"$/);
    assert.equal(await etagOf(service, path), etag);
    const run = { id: `run of ${path}`, feature: "automation.run", quantity: 1 };
    await service.readJson("POST", `${ACME}/usage`, run);
    assert.equal(await etagOf(service, path), etag);
    assert.notEqual((await service.request("PUT", path, bodyOf("Beto"))).headers.get("etag"), etag);
  }
});

Deno.test("a GET with the current ETag is 304 without a body, and with another one 200", async () => {
  await using service = await serviceWithContract();
  for (const path of Object.keys(RESOURCES)) {
    const etag = await etagOf(service, path);
    for (const value of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const response = await service.request("GET", path, undefined, { "if-none-match": value });
      assert.deepEqual([response.status, response.headers.get("etag"), await response.text()], [
        304,
        etag,
        "",
      ]);
    }
    const response = await service.request("GET", path, undefined, { "if-none-match": '"x"' });
    assert.deepEqual([response.status, response.headers.get("etag")], [200, etag]);
    await response.body?.cancel();
    assert.equal((await service.request("GET", path, undefined, { "if-match": '"x"' })).status, 412);
  }
});

Deno.test("If-None-Match * only creates, and If-Match only changes what exists", async () => {
  await using service = new TestService();
  const create = { "if-none-match": "*" };
  for (const path of Object.keys(RESOURCES) as (keyof typeof RESOURCES)[]) {
    const body = RESOURCES[path]("Ana");
    for (const value of ["*", '"1.1.0"']) {
      const missing = await readProblem(await service.request("PUT", path, body, { "if-match": value }));
      assert.deepEqual([missing.status, missing.code], [412, "precondition_failed"]);
      assert.match(missing.detail, /does not exist: send the request without If-Match to create it/);
    }
    assert.equal((await service.request("GET", path)).status, 404);
    assert.equal((await service.request("PUT", path, body, create)).status, 200);
    const exists = await readProblem(await service.request("PUT", path, RESOURCES[path]("Beto"), create));
    assert.deepEqual([exists.status, exists.code], [412, "precondition_failed"]);
    assert.match(exists.detail, /exists already: read it, and send your change with its ETag in If-Match/);
    assert.equal((await service.request("PUT", path, body, { "if-match": "*" })).status, 200);
  }
});

Deno.test("a cancellation and its withdrawal honour If-Match", async () => {
  await using service = await serviceWithContract();
  const read = await etagOf(service, CONTRACT);
  const cancelled = await service.request("POST", `${CONTRACT}/cancellation`, undefined, {
    "if-match": read,
  });
  assert.equal(cancelled.status, 200);
  for (const method of ["POST", "DELETE"]) {
    const stale = await service.request(method, `${CONTRACT}/cancellation`, undefined, { "if-match": read });
    assert.equal(stale.status, 412);
  }
  assert.notEqual((await service.readJson("GET", CONTRACT)).cancels_on, null);
  const etag = cancelled.headers.get("etag")!;
  const withdrawn = await service.request("DELETE", `${CONTRACT}/cancellation`, undefined, {
    "if-match": etag,
  });
  assert.equal((await withdrawn.json()).cancels_on, null);
});

Deno.test("a weak tag never matches in If-Match, and one of several strong tags does", async () => {
  await using service = await serviceWithContract();
  const etag = await etagOf(service, ACME);
  const put = async (value: string) =>
    (await service.request("PUT", ACME, PROFILE, { "if-match": value })).status;
  assert.equal(await put(`W/${etag}`), 412);
  assert.equal(await put(`"a,b" , ,${etag}`), 200);
});

Deno.test("an If-Match or If-None-Match that is no entity tag is 422 with a remedy, and changes nothing", async () => {
  await using service = await serviceWithContract();
  const before = await service.readJson("GET", ACME);
  for (const name of ["If-Match", "If-None-Match"]) {
    for (const value of ["", "abc", '"abc', "*, *", '"a" "b"', '"a"b', "W/*", 'w/"a"', '*,"a"']) {
      const response = await service.request("PUT", ACME, RESOURCES[ACME]("Ana"), { [name]: value });
      const problem = await readProblem(response);
      assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, name], value);
      assert.match(
        problem.detail,
        /must be \* or entity tags in double quotes, such as .*: send the ETag of/,
      );
    }
  }
  assert.deepEqual(await service.readJson("GET", ACME), before);
});

Deno.test("a PUT of a company says which settings it scheduled and which it took back", async () => {
  await using service = new TestService();
  assert.deepEqual((await service.createCompany()).changes, { scheduled: [], withdrawn: [] });
  const free = { effective_from: "2026-12-01", time_zone: ZONE, template_in_open_window: "free" };
  const first = await service.readJson("PUT", ACME, { ...free, name: "Acme" });
  assert.deepEqual(first.changes, { scheduled: [free], withdrawn: [] });
  const manaus = { ...free, effective_from: "2026-11-10", time_zone: "America/Manaus" };
  const second = await service.readJson("PUT", ACME, { ...manaus, name: "Acme" });
  assert.deepEqual(second.changes, { scheduled: [manaus], withdrawn: [free] });
  const third = await service.readJson("PUT", ACME, { ...manaus, name: "Other" });
  assert.deepEqual(third.changes, { scheduled: [], withdrawn: [] });
});

Deno.test("a change of a contract says which versions it applied, scheduled and withdrew, and from when", async () => {
  await using service = await serviceWithContract();
  const smaller = { ...OFFER, package: { credits: 500, price: "50" } };
  const version = (number: number, effective_from: string, reason = "agreed") => ({
    version: number,
    effective_from,
    reason,
  });
  assert.deepEqual((await service.readJson("PUT", CONTRACT, smaller)).changes, {
    applied: [],
    scheduled: [version(2, "2027-03-01")],
    withdrawn: [],
  });
  assert.deepEqual((await service.readJson("PUT", CONTRACT, OFFER)).changes, {
    applied: [],
    scheduled: [],
    withdrawn: [version(2, "2027-03-01")],
  });
  assert.deepEqual((await service.readJson("POST", `${CONTRACT}/cancellation`)).changes, {
    applied: [],
    scheduled: [version(4, "2027-03-01", "cancelled")],
    withdrawn: [],
  });
  const larger = { ...RESOURCES[CONTRACT]("Ana"), excess_credit_price: "0.12" };
  assert.deepEqual((await service.readJson("PUT", CONTRACT, larger)).changes, {
    applied: [version(5, "2026-11-03")],
    scheduled: [version(6, "2026-12-01")],
    withdrawn: [version(4, "2027-03-01", "cancelled")],
  });
  const { changes } = await service.readJson("PUT", CONTRACT, larger);
  assert.deepEqual(changes, { applied: [], scheduled: [], withdrawn: [] });
});

async function serviceWithContract(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", CONTRACT, OFFER);
  return service;
}

async function etagOf(service: TestService, path: string): Promise<string> {
  const response = await service.request("GET", path);
  await response.body?.cancel();
  return response.headers.get("etag")!;
}
