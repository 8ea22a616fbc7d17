import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/statements";
const RUN = { feature: "automation.run", quantity: 1 };

/** Starts a service with a package of 10 credits, an excess price of 0.10, and a feature that costs 2. */
async function startService({ price = "8" } = {}): Promise<TestService> {
  const service = new TestService();
  await service.createCompany();
  const name = { "pt-BR": "Automação", en: "Run" };
  await service.readJson("PUT", "/v1/features/automation.run", { name, credits: 2 });
  const contract = { package: { credits: 10, price }, excess_credit_price: "0.10" };
  await service.readJson("PUT", "/v1/companies/acme/contract", contract);
  return service;
}

async function use(service: TestService, id: string, quantity: number, occurred_at?: string): Promise<void> {
  await service.readJson("POST", "/v1/companies/acme/usage", { ...RUN, id, quantity, occurred_at });
}

Deno.test("the open month's statement has current figures and no closing", async () => {
  await using service = await startService();
  await use(service, "u1", 6);
  assert.deepEqual(await service.readJson("GET", `${PATH}/2026-11`), {
    period: "2026-11",
    status: "open",
    opening: 0,
    granted: 10,
    consumed: 12,
    prepaid_used: 10,
    expired: 0,
    excess: 2,
    package_price: "8.00",
    excess_credit_price: "0.10",
    excess_amount: "0.20",
    total: "8.20",
    currency: "BRL",
    at_close: null,
    late_entries: null,
  });
});

Deno.test("late entries are shown beside the figures at closing", async () => {
  await using service = await startService();
  await use(service, "u1", 4);
  await service.readJson("POST", "/v1/test_clock", { now: "2026-12-02T12:00:00Z" });
  await use(service, "late", 2, "2026-11-30T12:00:00Z");
  const statement = await service.readJson("GET", `${PATH}/2026-11`);
  const { status, consumed, expired, excess, total, at_close, late_entries } = statement;
  assert.deepEqual([status, consumed, expired, excess, total], ["closed", 12, 0, 2, "8.20"]);
  assert.deepEqual(at_close, {
    granted: 10,
    consumed: 8,
    prepaid_used: 8,
    expired: 2,
    excess: 0,
    excess_amount: "0.00",
    total: "8.00",
  });
  assert.deepEqual(late_entries, {
    granted: 0,
    consumed: 4,
    prepaid_used: 2,
    expired: -2,
    excess: 2,
    excess_amount: "0.20",
    total: "0.20",
  });
});

Deno.test("a month is final nine days after its end", async () => {
  await using service = await startService();
  await service.readJson("POST", "/v1/test_clock", { now: "2026-12-08T12:00:00Z" });
  assert.equal((await service.readJson("GET", `${PATH}/2026-11`)).status, "closed");
  await service.readJson("POST", "/v1/test_clock", { now: "2026-12-09T12:00:00Z" });
  assert.equal((await service.readJson("GET", `${PATH}/2026-11`)).status, "final");
});

Deno.test("statements are listed newest first, in pages, including months without use", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("POST", "/v1/test_clock", { now: "2027-02-10T12:00:00Z" });
  const first = await service.readJson("GET", `${PATH}?limit=3`);
  assert.deepEqual(first.data.map(periodOf), ["2027-02", "2027-01", "2026-12"]);
  const second = await service.readJson("GET", `${PATH}?limit=3&cursor=${first.next_cursor}`);
  assert.deepEqual(second.data.map(periodOf), ["2026-11"]);
  assert.equal(second.next_cursor, null);
  const { consumed, total, currency } = first.data[1];
  assert.deepEqual([consumed, total, currency], [0, null, null]);
});

Deno.test("a future month, or one before the company, is 404; an invalid month is 422", async () => {
  await using service = await startService();
  assert.match((await service.requestProblem("GET", `${PATH}/2026-12`)).detail, /2026-12 has not begun/);
  const before = await service.requestProblem("GET", `${PATH}/2026-10`);
  assert.deepEqual([before.status, before.code], [404, "statement_not_found"]);
  for (const month of ["2026-13", "2026-1", "november", "2026-11-01"]) {
    const problem = await service.requestProblem("GET", `${PATH}/${month}`);
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "month"], month);
  }
  assert.equal((await service.requestProblem("GET", `${PATH}?cursor=abc`)).errors?.[0]?.path, "cursor");
  assert.equal(
    (await service.requestProblem("GET", "/v1/companies/nobody/statements")).code,
    "company_not_found",
  );
});

function periodOf({ period }: { readonly period: string }): string {
  return period;
}

Deno.test("the lines of a statement add up: the package is a line in whole centavos", async () => {
  await using service = await startService({ price: "12.345" });
  await use(service, "u1", 6);
  const { package_price, excess_amount, total } = await service.readJson("GET", `${PATH}/2026-11`);
  assert.deepEqual([package_price, excess_amount, total], ["12.34", "0.20", "12.54"]);
});
