import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const PATH = "/v1/reopenings";
const DAY_MS = 86_400_000;
const OFFER = { package: { credits: 100, price: "50.00" }, excess_credit_price: "0.75" };

/** Companies with a package, closed 45 days too far by a wrong clock that is right again. */
async function serviceAhead(...companies: string[]): Promise<TestService> {
  const service = new TestService();
  for (const [i, company] of companies.entries()) {
    await service.createCompany(company, { phone_number_ids: [`10654000000000${i}`] });
    await service.readJson("PUT", `/v1/companies/${company}/contract`, OFFER);
  }
  const right_ms = service.now_ms;
  await service.advanceTo(right_ms + 45 * DAY_MS);
  service.now_ms = right_ms;
  return service;
}

Deno.test("a reopening answers with the dates before and now, and the ledger, the receipt and the balance show it", async () => {
  await using service = await serviceAhead("acme");
  assert.deepEqual(await service.readJson("POST", PATH, {}), {
    reopened: [{ company: "acme", closed_through: "2026-11-02", closed_before: "2026-12-17" }],
    failed: [],
    next_cursor: null,
  });
  const { closed_through, period, available } = await service.readJson("GET", "/v1/companies/acme/balance");
  assert.deepEqual([closed_through, period, available], ["2026-11-02", "2026-11", 100]);
  const { data } = await service.readJson("GET", "/v1/companies/acme/ledger?limit=2");
  assert.deepEqual(
    data.map(({ seq, type, credits, period }: Record<string, unknown>) => [seq, type, credits, period]),
    [[5, "grant", -100, "2026-12"], [4, "adjustment", 100, "2026-11"]],
  );
  const { sentence } = await service.readJson("GET", "/v1/companies/acme/ledger/5");
  assert.match(sentence, /relógio adiantado/);
  const { data: statements } = await service.readJson("GET", "/v1/companies/acme/statements");
  assert.deepEqual(statements.map(({ period, status }: Record<string, unknown>) => [period, status]), [
    ["2026-11", "open"],
  ]);
  assert.deepEqual((await service.readJson("POST", PATH, {})).reopened, []);
});

Deno.test("all companies are reopened page by page, or one alone", async () => {
  await using service = await serviceAhead("acme", "beta", "gamma");
  const reopened: string[] = [];
  const { reopened: alone } = await service.readJson("POST", PATH, { company: "beta" });
  assert.deepEqual(alone.map(({ company }: { company: string }) => company), ["beta"]);
  let cursor: string | undefined;
  while (true) {
    const page = await service.readJson("POST", PATH, { limit: 1, ...(cursor && { cursor }) });
    reopened.push(...page.reopened.map(({ company }: { company: string }) => company));
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  assert.deepEqual(reopened, ["acme", "gamma"]);
});

Deno.test("while the clocks disagree nothing is reopened: 409 clock_uncertain", async () => {
  await using service = new TestService({
    reopenings: { reopen: () => Promise.resolve("clock_uncertain") },
  });
  const { status, code, detail } = await service.requestProblem("POST", PATH, {});
  assert.deepEqual([status, code], [409, "clock_uncertain"]);
  assert.match(detail, /correct the wrong clock/);
});
