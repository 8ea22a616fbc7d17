import assert from "node:assert/strict";
import { businessNumber, customerWrote, numberedCustomer, statusesOf } from "../../support/payloads.ts";
import { TestService, ZONE } from "../test_service.ts";

const LINE = businessNumber(1);
const NUMBER = LINE.phone_number_id;
const PATH = `/v1/phone_numbers/${NUMBER}`;
const [ANA, BETO, CARLA] = [1, 2, 3].map(numberedCustomer);
const HOUR_S = 3_600;

/** Configures a company, with the number or without any, perhaps from a time. */
async function configure(service: TestService, company: string, numbers: readonly string[], from?: string) {
  return await service.request("PUT", `/v1/companies/${company}`, {
    name: company,
    time_zone: ZONE,
    phone_number_ids: numbers,
    phone_numbers_from: from,
  });
}

async function consumedBy(service: TestService, company: string): Promise<number> {
  return (await service.readJson("GET", `/v1/companies/${company}/balance`)).consumed;
}

/** Acme gets the number at 09:00 and gives it up at 10:00; Beta claims it at 12:00, the current time. */
async function movedNumber(
  before?: (service: TestService, at_s: number) => Promise<void>,
): Promise<TestService> {
  const service = new TestService();
  const at_s = service.now_ms / 1000;
  await service.createCompany("acme", { phone_number_ids: [NUMBER] });
  await before?.(service, at_s);
  service.now_ms += HOUR_S * 1000;
  assert.equal((await configure(service, "acme", [])).status, 200);
  service.now_ms += 2 * HOUR_S * 1000;
  assert.equal((await configure(service, "beta", [NUMBER])).status, 200);
  return service;
}

Deno.test("C11: a number moves, and its former owner keeps its messages", async () => {
  const template = (id: string, status: "sent" | "delivered" | "failed", at_s: number, to = BETO) =>
    statusesOf(LINE, to!, { id, at_s, status, category: "utility" });
  let first_s = 0;
  await using service = await movedNumber(async (service, at_s) => {
    first_s = at_s;
    await service.deliver(customerWrote(LINE, ANA!, { id: "m0", at_s }));
    await service.deliver(template("w1", "sent", at_s), template("w3", "sent", at_s, CARLA));
    assert.equal(await consumedBy(service, "acme"), 3);
  });
  const now_s = service.now_ms / 1000;
  await service.deliver(template("w1", "delivered", now_s));
  await service.deliver(template("w3", "failed", now_s, CARLA));
  await service.deliver(customerWrote(LINE, ANA!, { id: "m0", at_s: first_s }));
  assert.deepEqual([await consumedBy(service, "acme"), await consumedBy(service, "beta")], [2, 0]);
  // What happens from now on is the new owner's.
  await service.deliver(customerWrote(LINE, ANA!, { id: "m1", at_s: now_s }), template("w4", "sent", now_s));
  assert.deepEqual([await consumedBy(service, "acme"), await consumedBy(service, "beta")], [2, 2]);
  assert.deepEqual((await service.readJson("GET", "/v1/quarantine")).data, []);
});

Deno.test("a status that comes nine days after its number moved is charged to the former owner only", async () => {
  const status = (name: "sent" | "delivered", at_s: number) =>
    statusesOf(LINE, BETO!, { id: "w1", at_s, status: name, category: "utility" });
  await using service = await movedNumber((service, at_s) => service.deliver(status("sent", at_s)));
  service.now_ms += 9 * 24 * HOUR_S * 1000;
  await service.deliver(status("delivered", service.now_ms / 1000));
  assert.deepEqual([await consumedBy(service, "acme"), await consumedBy(service, "beta")], [1, 0]);
});

Deno.test("statuses of one message that arrive at once after a move are charged to one company", async () => {
  await using service = await movedNumber();
  const now_s = service.now_ms / 1000;
  const ids = ["w1", "w2", "w3"];
  const statuses = (status: "sent" | "delivered", at_s: number) => (id: string) =>
    statusesOf(LINE, BETO!, { id, at_s, status, category: "utility" });
  // Each webhook names every message, in another order. Acme owned the number when they left, Beta when they arrived.
  await Promise.all([
    service.deliver(...ids.map(statuses("sent", now_s - 2.5 * HOUR_S))),
    service.deliver(...ids.toReversed().map(statuses("delivered", now_s + 1))),
  ]);
  assert.equal(await consumedBy(service, "acme") + await consumedBy(service, "beta"), 1);
});

Deno.test("the history of a number shows its owners, newest first", async () => {
  await using service = await movedNumber();
  assert.deepEqual(await service.readJson("GET", PATH), {
    phone_number_id: NUMBER,
    company: "beta",
    name: null,
    meta_account: null,
    claims: [
      { company: "beta", from: "2026-11-03T15:00:00Z", until: null, claimed_at: "2026-11-03T15:00:00Z" },
      { company: "acme", from: null, until: "2026-11-03T13:00:01Z", claimed_at: "2026-11-03T12:00:00Z" },
    ],
  });
  await configure(service, "beta", []);
  assert.equal((await service.readJson("GET", PATH)).company, null);
});

Deno.test("the history of a number that no company claimed is 404, and a malformed id 422", async () => {
  await using service = new TestService();
  const problem = await service.requestProblem("GET", PATH);
  assert.deepEqual([problem.status, problem.code], [404, "phone_number_not_found"]);
  assert.match(problem.detail, /claim it in `phone_number_ids`/);
  assert.equal((await service.requestProblem("GET", "/v1/phone_numbers/n%20o")).status, 422);
});

Deno.test("a key of one company cannot read who owned a number", async () => {
  await using service = await movedNumber();
  const { key } = await (await service.request("POST", "/v1/keys", {
    name: "acme",
    scope: "admin",
    company: "acme",
  })).json();
  const response = await service.request("GET", PATH, undefined, { authorization: `Bearer ${key}` });
  assert.equal(response.status, 403);
  assert.doesNotMatch(await response.text(), /beta/);
});

Deno.test("an event between two owners waits, and is metered once a claim covers its time", async () => {
  await using service = await movedNumber();
  const between_s = service.now_ms / 1000 - HOUR_S;
  await service.deliver(customerWrote(LINE, ANA!, { id: "m1", at_s: between_s }));
  const [entry] = (await service.readJson("GET", "/v1/quarantine")).data;
  assert.deepEqual([entry.reason, entry.company], ["unknown_phone_number", null]);
  const replay = await service.readJson("POST", `/v1/quarantine/${entry.id}/replay`);
  assert.deepEqual(replay, { outcome: "kept", reason: "unknown_phone_number" });
  assert.equal(await consumedBy(service, "beta"), 0);

  assert.equal((await configure(service, "beta", [NUMBER], "2026-11-03T13:30:00Z")).status, 200);
  assert.deepEqual([await consumedBy(service, "acme"), await consumedBy(service, "beta")], [0, 1]);
  assert.equal((await service.readJson("GET", PATH)).claims[0].from, "2026-11-03T13:30:00Z");
});

Deno.test("a claim from within a second covers the whole second", async () => {
  await using service = await movedNumber();
  const gap_s = service.now_ms / 1000 - HOUR_S;
  const second = new Date(gap_s * 1000).toISOString();
  // Meta's timestamps have no fractions: Ana wrote at any time within the second.
  await service.deliver(customerWrote(LINE, ANA!, { id: "m2", at_s: gap_s }));
  assert.equal(await consumedBy(service, "beta"), 0);
  assert.equal((await configure(service, "beta", [NUMBER], second.replace(".000Z", ".208Z"))).status, 200);
  assert.equal(await consumedBy(service, "beta"), 1);
  const { claims } = await service.readJson("GET", PATH);
  assert.equal(Date.parse(claims[0].from), gap_s * 1000);
});

Deno.test("a company that gives a number up and claims it again misses no event in between", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [NUMBER] });
  await configure(service, "acme", []);
  service.now_ms += HOUR_S * 1000;
  await service.deliver(customerWrote(LINE, ANA!, { id: "m1", at_s: service.now_ms / 1000 }));
  service.now_ms += HOUR_S * 1000;
  await configure(service, "acme", [NUMBER]);
  assert.equal(await consumedBy(service, "acme"), 1);
});

Deno.test("a claim cannot begin before another company's ended: 409 names the earliest time", async () => {
  await using service = await movedNumber();
  await configure(service, "beta", []);
  const before = await service.readJson("GET", PATH);
  const response = await configure(service, "acme", [NUMBER], "2026-11-03T14:59:59Z");
  const problem = await response.json();
  assert.deepEqual([problem.status, problem.code], [409, "phone_number_taken"]);
  assert.deepEqual(problem.errors, [{
    path: "phone_numbers_from",
    message:
      "phone_number_ids[0] belonged to another company until 2026-11-03T15:00:01Z: claim it from then on",
  }]);
  assert.deepEqual(await service.readJson("GET", PATH), before);
});

Deno.test("a start of claims in the future, before 1970 or without numbers is 422 and changes nothing", async () => {
  await using service = new TestService();
  const body = { name: "Acme", time_zone: ZONE, phone_number_ids: [NUMBER] };
  const cases = [
    [{ ...body, phone_numbers_from: "2026-11-03T12:05:01Z" }, /5 minutes in the future/],
    [{ ...body, phone_numbers_from: "1969-12-31T23:59:59Z" }, /1970 or later/],
    [{ ...body, phone_number_ids: null, phone_numbers_from: "2026-11-03T12:00:00Z" }, /phone_number_ids/],
  ] as const;
  for (const [request, remedy] of cases) {
    const problem = await service.requestProblem("PUT", "/v1/companies/acme", request);
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "phone_numbers_from"]);
    assert.match(problem.detail, remedy);
  }
  assert.equal((await service.requestProblem("GET", "/v1/companies/acme")).code, "company_not_found");
  assert.equal((await service.requestProblem("GET", PATH)).code, "phone_number_not_found");
  const accepted = { ...body, phone_numbers_from: "2026-11-03T12:05:00Z" };
  await service.readJson("PUT", "/v1/companies/acme", accepted);
});

Deno.test("a number is named for people: the report page shows the name with the id, and a later owner begins without one", async () => {
  await using service = new TestService();
  const name = "+55 11 3000-0001";
  assert.equal((await service.requestProblem("PUT", PATH, { name })).code, "phone_number_not_found");
  await service.createCompany("acme", { phone_number_ids: [NUMBER] });
  await service.deliver(customerWrote(LINE, ANA!, { id: "m0", at_s: service.now_ms / 1000 }));
  const tab = async (company: string) =>
    await (await service.request("GET", `/reports/credits/${company}?by=number`)).text();
  assert.match(await tab("acme"), new RegExp(`<th[^>]*>\u2068?${NUMBER}`));
  const named = await service.readJson("PUT", PATH, { name });
  assert.deepEqual([named.company, named.name], ["acme", name]);
  assert.deepEqual(await service.readJson("GET", PATH), named);
  // A page of the same version may be up to a second old.
  await service.deliver(customerWrote(LINE, BETO!, { id: "m1", at_s: service.now_ms / 1000 }));
  assert.ok((await tab("acme")).includes(`<bdi>${name}</bdi> <small>${NUMBER}</small>`));
  for (const wrong of ["", "x".repeat(101), 1]) {
    const { errors } = await service.requestProblem("PUT", PATH, { name: wrong });
    assert.equal(errors?.[0]?.path, "name");
  }
  assert.equal((await service.readJson("GET", PATH)).name, name);
  await configure(service, "acme", []);
  assert.equal((await service.readJson("GET", PATH)).name, null);
  assert.equal((await service.requestProblem("PUT", PATH, { name })).code, "phone_number_not_found");
  service.now_ms += HOUR_S * 1000;
  await configure(service, "beta", [NUMBER]);
  assert.deepEqual([
    (await service.readJson("GET", PATH)).company,
    (await service.readJson("GET", PATH)).name,
  ], [
    "beta",
    null,
  ]);
  await service.readJson("PUT", PATH, { name: "Recepção" });
  assert.equal((await service.readJson("PUT", PATH, { name: null })).name, null);
});

const ACCOUNT = { account_id: "102290129340398", time_zone: "America/Los_Angeles", currency: "USD" };

Deno.test("a number shows the Meta account that was set last, and an account without a portfolio is its own", async () => {
  await using service = new TestService();
  await service.createCompany();
  const first = await service.readJson("PUT", `${PATH}/meta_account`, ACCOUNT);
  assert.deepEqual(first.meta_account, {
    ...ACCOUNT,
    portfolio_id: ACCOUNT.account_id,
    from: "2026-11-03T12:00:00Z",
  });
  service.now_ms += 60_000;
  assert.deepEqual(await service.readJson("PUT", `${PATH}/meta_account`, ACCOUNT), first, "nothing changes");
  const moved = { ...ACCOUNT, portfolio_id: "506914307656634", currency: "BRL" };
  await service.readJson("PUT", `${PATH}/meta_account`, moved);
  assert.deepEqual((await service.readJson("GET", PATH)).meta_account, {
    ...moved,
    from: "2026-11-03T12:01:00Z",
  });
});

Deno.test("the Meta account of a number without a company is refused", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [] });
  const problem = await service.requestProblem("PUT", `${PATH}/meta_account`, ACCOUNT);
  assert.deepEqual([problem.status, problem.code], [404, "phone_number_not_found"]);
});
