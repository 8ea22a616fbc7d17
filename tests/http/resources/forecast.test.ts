import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/forecast";

/** Seven days from the company's first, 3 November, with 10 credits on each. */
async function sevenDays(contract?: unknown): Promise<TestService> {
  const house = new TestService();
  await house.createCompany();
  await house.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  if (contract !== undefined) await house.readJson("PUT", "/v1/companies/acme/contract", contract);
  for (let day = 0; day < 7; day++) {
    const usage = { id: `u${day}`, feature: "automation.run", quantity: 10 };
    await house.readJson("POST", "/v1/companies/acme/usage", usage);
    await house.readJson("POST", "/v1/test_clock", { advance: "P1D" });
  }
  return house;
}

Deno.test("the forecast tells when the package runs out, and what the excess will cost", async () => {
  await using house = await sevenDays({
    package: { credits: 100, price: "8" },
    excess_credit_price: "0.25",
  });
  assert.deepEqual(await house.readJson("GET", PATH), {
    runs_out_on: "2026-11-12",
    runs_out_between: ["2026-11-12", "2026-11-12"],
    expected_excess: 180,
    expected_excess_amount: "45.00",
    expected_left: 0,
    left_between: [0, 0],
    closed_days: 7,
    method: "mean over 7 closed days; the band is where 8 of 10 months like them end up",
  });
});

Deno.test("a package that begins later in the month covers what was used before it in the forecast too", async () => {
  await using house = await sevenDays({
    package: { credits: 100, price: "8" },
    excess_credit_price: "0.25",
    starts_on: "2026-11-20",
  });
  const { runs_out_on, expected_excess, expected_excess_amount } = await house.readJson("GET", PATH);
  assert.deepEqual([runs_out_on, expected_excess, expected_excess_amount], ["2026-11-12", 180, "45.00"]);
});

Deno.test("without a package nothing runs out; without a price the money is not known", async () => {
  await using house = await sevenDays();
  const { runs_out_on, runs_out_between, expected_excess, expected_excess_amount } = await house.readJson(
    "GET",
    PATH,
  );
  assert.deepEqual([runs_out_on, runs_out_between], [null, [null, null]]);
  assert.deepEqual([expected_excess, expected_excess_amount], [280, null]);
});

Deno.test("a company of less than a week has too little to go by, and hears what is missing", async () => {
  await using house = new TestService();
  await house.createCompany();
  assert.deepEqual(await house.readJson("GET", PATH), {
    insufficient_data: true,
    closed_days_missing: 7,
    needs: "7 more closed days of history",
  });
  await house.readJson("POST", "/v1/test_clock", { advance: "P6D" });
  assert.equal((await house.readJson("GET", PATH)).needs, "1 more closed day of history");
  await house.readJson("POST", "/v1/test_clock", { advance: "P1D" });
  assert.equal((await house.readJson("GET", PATH)).expected_excess, 0);
  assert.equal((await house.requestProblem("GET", "/v1/companies/nobody/forecast")).code, "no_company");
});

Deno.test("what came late counts on the day it happened", async () => {
  await using house = await sevenDays({ package: { credits: 100, price: "8" }, excess_credit_price: "0.25" });
  await house.readJson("POST", "/v1/companies/acme/usage", {
    id: "late",
    feature: "automation.run",
    quantity: 14,
    occurred_at: "2026-11-05T12:00:00Z",
  });
  // 84 in seven days are 12 a day: 16 left are used up on the second day.
  assert.equal((await house.readJson("GET", PATH)).runs_out_on, "2026-11-11");
});
