import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/forecast";

/** Starts a service and uses 10 credits on each of the company's first seven days, from 3 November. */
async function sevenDays(contract?: unknown): Promise<TestService> {
  const service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  if (contract !== undefined) await service.readJson("PUT", "/v1/companies/acme/contract", contract);
  for (let day = 0; day < 7; day++) {
    const usage = { id: `u${day}`, feature: "automation.run", quantity: 10 };
    await service.readJson("POST", "/v1/companies/acme/usage", usage);
    await service.readJson("POST", "/v1/test_clock", { advance: "P1D" });
  }
  return service;
}

Deno.test("the forecast returns when the package runs out and the cost of the excess", async () => {
  await using service = await sevenDays({
    package: { credits: 100, price: "8" },
    excess_credit_price: "0.25",
  });
  assert.deepEqual(await service.readJson("GET", PATH), {
    runs_out_on: "2026-11-12",
    runs_out_between: ["2026-11-12", "2026-11-12"],
    expected_excess: 180,
    expected_excess_amount: "45.00",
    expected_total: "53.00",
    expected_left: 0,
    left_between: [0, 0],
    today: { consumed: 0, usual: 10, times: 0, is_unusual: false, reason: null },
    last_month: null,
    closed_days: 7,
    method: "mean over 7 closed days, and today at its own pace if that is faster; " +
      "the band is where 8 of 10 months like them end up",
  });
});

Deno.test("in the forecast, a package that starts later in the month covers earlier use, and ends then at the earliest", async () => {
  await using service = await sevenDays({
    package: { credits: 100, price: "8" },
    excess_credit_price: "0.25",
    starts_on: "2026-11-20",
  });
  const { runs_out_on, expected_excess, expected_excess_amount } = await service.readJson("GET", PATH);
  assert.deepEqual([runs_out_on, expected_excess, expected_excess_amount], ["2026-11-20", 180, "45.00"]);
});

Deno.test("without a package no date is forecast; without a price no amount", async () => {
  await using service = await sevenDays();
  const { runs_out_on, runs_out_between, expected_excess, expected_excess_amount } = await service.readJson(
    "GET",
    PATH,
  );
  assert.deepEqual([runs_out_on, runs_out_between], [null, [null, null]]);
  assert.deepEqual([expected_excess, expected_excess_amount], [280, null]);
});

Deno.test("a company younger than a week has insufficient data, and the response says how much is missing", async () => {
  await using service = new TestService();
  await service.createCompany();
  assert.deepEqual(await service.readJson("GET", PATH), {
    insufficient_data: true,
    closed_days_missing: 7,
    needs: "7 more closed days of history",
  });
  await service.readJson("POST", "/v1/test_clock", { advance: "P6D" });
  assert.equal((await service.readJson("GET", PATH)).needs, "1 more closed day of history");
  await service.readJson("POST", "/v1/test_clock", { advance: "P1D" });
  assert.equal((await service.readJson("GET", PATH)).expected_excess, 0);
  assert.equal(
    (await service.requestProblem("GET", "/v1/companies/nobody/forecast")).code,
    "company_not_found",
  );
});

Deno.test("late facts count on the day they happened", async () => {
  await using service = await sevenDays({
    package: { credits: 100, price: "8" },
    excess_credit_price: "0.25",
  });
  await service.readJson("POST", "/v1/companies/acme/usage", {
    id: "late",
    feature: "automation.run",
    quantity: 14,
    occurred_at: "2026-11-05T12:00:00Z",
  });
  // 84 credits in seven days are 12 a day, so the 16 left run out on the second day.
  assert.equal((await service.readJson("GET", PATH)).runs_out_on, "2026-11-11");
});

Deno.test("a package that is used up and grows later in the month runs out after it has grown", async () => {
  const terms = { excess_credit_price: "0.25" };
  await using service = await sevenDays({ ...terms, package: { credits: 50, price: "5" } });
  const contract = "/v1/companies/acme/contract";
  assert.equal((await service.readJson("GET", PATH)).runs_out_on, "2026-11-07");
  const larger = { ...terms, package: { credits: 200, price: "12" }, starts_on: "2026-11-20" };
  await service.readJson("PUT", contract, larger);
  // 130 credits more at 10 a day, from the 10th on.
  const grown = await service.readJson("GET", PATH);
  assert.deepEqual([grown.runs_out_on, grown.expected_excess, grown.expected_total], [
    "2026-11-22",
    80,
    "32.00",
  ]);
});

Deno.test("a package that only covers excess ended on the date on which it was granted", async () => {
  await using service = await sevenDays();
  await service.readJson("POST", "/v1/test_clock", { advance: "P2D" });
  await service.readJson("PUT", "/v1/companies/acme/contract", {
    package: { credits: 5, price: "2" },
    excess_credit_price: "0.25",
  });
  await service.readJson("POST", "/v1/test_clock", { advance: "P1D" });
  assert.equal((await service.readJson("GET", PATH)).runs_out_on, "2026-11-12");
});

Deno.test("a package that late use has used up ended on the date on which that use was posted", async () => {
  await using service = await sevenDays({
    package: { credits: 100, price: "8" },
    excess_credit_price: "0.25",
  });
  await service.readJson("POST", "/v1/test_clock", { advance: "P2D" });
  await service.readJson("POST", "/v1/companies/acme/usage", {
    id: "late",
    feature: "automation.run",
    quantity: 40,
    occurred_at: "2026-11-05T12:00:00Z",
  });
  assert.equal((await service.readJson("GET", PATH)).runs_out_on, "2026-11-12");
});
