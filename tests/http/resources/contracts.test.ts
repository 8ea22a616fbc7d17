import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/contract";
const CONTRACT = {
  package: { credits: 1000, price: "90.00" },
  excess_credit_price: "0.15",
  currency: "BRL",
  starts_on: "2026-11-03",
  first_month: "full",
};

const NO_CHANGES = { applied: [], scheduled: [], withdrawn: [] };

Deno.test("a contract is shown as it was put, with its commitment and nothing scheduled", async () => {
  await using service = new TestService();
  await service.createCompany();
  const put = await service.readJson("PUT", PATH, CONTRACT);
  const { versions, changes, ...shown } = put;
  assert.deepEqual(changes.applied, [{ version: 1, effective_from: "2026-11-03", reason: "agreed" }]);
  assert.deepEqual(shown, {
    ...CONTRACT,
    commitment_ends_on: "2027-02-28",
    scheduled: null,
    cancels_on: null,
  });
  assert.equal(versions.length, 1);
  assert.deepEqual(await service.readJson("GET", PATH), { ...shown, versions });
  assert.deepEqual(await service.readJson("PUT", PATH, CONTRACT), {
    ...shown,
    versions,
    changes: NO_CHANGES,
  });
});

Deno.test("the package is in the balance at once", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", PATH, CONTRACT);
  const { granted, available, renews_on, commitment_ends_on } = await service.readJson(
    "GET",
    "/v1/companies/acme/balance",
  );
  assert.deepEqual([granted, available], [1000, 1000]);
  assert.deepEqual([renews_on, commitment_ends_on], ["2026-12-01", "2027-02-28"]);
});

Deno.test("a company without a contract is 404, with the remedy", async () => {
  await using service = new TestService();
  await service.createCompany();
  const problem = await service.requestProblem("GET", PATH);
  assert.deepEqual([problem.status, problem.code], [404, "contract_not_found"]);
});

Deno.test("a contract that starts later is shown as the current and as the scheduled one", async () => {
  await using service = new TestService();
  await service.createCompany();
  const put = await service.readJson("PUT", PATH, { ...CONTRACT, starts_on: "2026-12-01" });
  assert.deepEqual(put.package, CONTRACT.package);
  assert.equal(put.starts_on, "2026-12-01");
  assert.equal(put.scheduled.effective_from, "2026-12-01");
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).granted, 0);
});

Deno.test("a smaller package is scheduled after the commitment, and withdrawn by the earlier contract", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", PATH, CONTRACT);
  const smaller = await service.readJson("PUT", PATH, {
    ...CONTRACT,
    package: { credits: 500, price: "50" },
  });
  assert.deepEqual(smaller.package, CONTRACT.package);
  assert.deepEqual(smaller.scheduled, {
    package: { credits: 500, price: "50.00" },
    excess_credit_price: "0.15",
    currency: "BRL",
    effective_from: "2027-03-01",
    reason: "agreed",
  });
  assert.equal((await service.readJson("PUT", PATH, CONTRACT)).scheduled, null);
});

Deno.test("a cancellation is scheduled, is idempotent, and can be withdrawn", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", PATH, CONTRACT);
  const cancelled = await service.readJson("POST", `${PATH}/cancellation`);
  assert.equal(cancelled.cancels_on, "2027-02-28");
  const again = await service.readJson("POST", `${PATH}/cancellation`);
  assert.deepEqual(again, { ...cancelled, changes: NO_CHANGES });
  assert.equal((await service.readJson("DELETE", `${PATH}/cancellation`)).cancels_on, null);
  const problem = await service.requestProblem("DELETE", `${PATH}/cancellation`);
  assert.deepEqual([problem.status, problem.code], [409, "cancellation_not_found"]);
});

Deno.test("a cancellation without a package is 409", async () => {
  await using service = new TestService();
  await service.createCompany();
  const problem = await service.requestProblem("POST", `${PATH}/cancellation`);
  assert.deepEqual([problem.status, problem.code], [409, "package_not_found"]);
});

Deno.test("prices are strings, credits are whole numbers, and errors name their field", async () => {
  await using service = new TestService();
  await service.createCompany();
  const problem = await service.requestProblem("PUT", PATH, {
    package: { credits: 0.5, price: 90 },
    excess_credit_price: "-1",
    currency: "reais",
    starts_on: "2026-02-30",
  });
  assert.deepEqual(problem.errors?.map(({ path }) => path).sort(), [
    "currency",
    "excess_credit_price",
    "package.credits",
    "package.price",
    "starts_on",
  ]);
});

Deno.test("a currency that money cannot be charged in is 422 with a remedy, and changes nothing", async () => {
  await using service = new TestService();
  await service.createCompany();
  for (const currency of ["ZZZ", "HRK", "brl", "XXX"]) {
    const problem = await service.requestProblem("PUT", PATH, { ...CONTRACT, currency });
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "currency"], currency);
    assert.equal(problem.detail, "currency must be a current ISO 4217 code in capital letters, such as BRL");
  }
  assert.equal((await service.requestProblem("GET", PATH)).code, "contract_not_found");
});

Deno.test("a start in a month that is closed is 422", async () => {
  await using service = new TestService();
  await service.createCompany();
  const problem = await service.requestProblem("PUT", PATH, { ...CONTRACT, starts_on: "2026-10-31" });
  assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "starts_on"]);
});

Deno.test("terms from the year 3000 on are 422 and name their field", async () => {
  await using service = new TestService();
  await service.createCompany();
  const far = "9999-12-31";
  const requests = {
    starts_on: [PATH, { ...CONTRACT, starts_on: far }],
    effective_from: ["/v1/companies/acme", { name: "A", time_zone: "America/Manaus", effective_from: far }],
    "effective_from of a price": ["/v1/features/sms.sent", { credits: 1, effective_from: far }],
  } as const;
  for (const [field, [path, body]] of Object.entries(requests)) {
    const problem = await service.requestProblem("PUT", path, body);
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, field.split(" ")[0]], field);
    assert.match(problem.detail, /before the year 3000/);
  }
});

Deno.test("every contract version shows its author, its time and the versions it withdraws", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", PATH, CONTRACT);
  await service.readJson("PUT", PATH, { ...CONTRACT, package: { credits: 500, price: "50" } });
  const { versions } = await service.readJson("PUT", PATH, CONTRACT);
  const shown = versions.map((
    { version, effective_from, reason, withdraws, package: offered }: Version,
  ) => [version, effective_from, reason, withdraws, offered?.credits]);
  assert.deepEqual(shown, [
    [1, "2026-11-03", "agreed", [], 1000],
    [2, "2027-03-01", "agreed", [], 500],
    [3, "2026-11-03", "taken_back", [2], 1000],
  ]);
  for (const { recorded_at, recorded_by } of versions) {
    assert.deepEqual([recorded_at, recorded_by], ["2026-11-03T12:00:00Z", "admin-key"]);
  }
});

Deno.test("a contract without an excess price is 422, names its field and changes nothing", async () => {
  await using service = new TestService();
  await service.createCompany();
  const { excess_credit_price: _, ...without } = CONTRACT;
  for (const offer of [without, { ...CONTRACT, excess_credit_price: null }, { ...without, package: null }]) {
    const problem = await service.requestProblem("PUT", PATH, offer);
    assert.deepEqual([problem.status, problem.errors?.length], [422, 1]);
    assert.equal(problem.errors?.[0]?.path, "excess_credit_price");
    assert.match(problem.detail, /^excess_credit_price must be a price as a string, such as "0\.15"$/);
  }
  assert.equal((await service.requestProblem("GET", PATH)).code, "contract_not_found");
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).granted, 0);
});

interface Version {
  readonly version: number;
  readonly effective_from: string;
  readonly reason: string;
  readonly withdraws: readonly number[];
  readonly package: { readonly credits: number } | null;
}
