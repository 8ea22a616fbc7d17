import assert from "node:assert/strict";
import { textOf } from "../../web/page_views.ts";
import { TestService } from "../test_service.ts";

const PAGE = "/reports/credits/acme?lang=en";

Deno.test("the days of the page have the balances of the ledger, also for use reported after its date", async () => {
  await using service = new TestService();
  await service.readJson("POST", "/v1/test_clock", { now: "2026-11-20T15:00:00Z" });
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  await service.readJson("PUT", "/v1/companies/acme/contract", {
    package: { credits: 1_000, price: "80" },
    excess_credit_price: "0.12",
  });
  for (const day of [15, 17]) {
    await service.readJson("POST", "/v1/companies/acme/usage", {
      id: `of-${day}`,
      feature: "automation.run",
      quantity: 150,
      occurred_at: `2026-11-${day}T15:00:00Z`,
    });
  }
  const { available, excess } = await service.readJson("GET", "/v1/companies/acme/balance");
  assert.deepEqual([available, excess], [700, 0]);
  const html = await (await service.request("GET", PAGE)).text();
  const table = textOf(html.slice(html.indexOf('id="month-table"')).split("</table>")[0]!);
  assert.match(table, /Nov 15 150 0 – 0 Nov 16 0 0 – 0 Nov 17 150 0 – 0 /);
  assert.match(table, /Nov 19 0 0 – 0 Nov 20 0 700 909 0 $/);
  assert.doesNotMatch(html, /class="excess-(line|area)"/);
});

Deno.test("a closed month has the balances before its expiry, and those after late entries", async () => {
  await using service = new TestService();
  await service.readJson("POST", "/v1/test_clock", { now: "2026-11-29T15:00:00Z" });
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  await service.readJson("PUT", "/v1/companies/acme/contract", {
    package: { credits: 10, price: "80" },
    excess_credit_price: "0.12",
  });
  const use = (id: string, quantity: number, occurred_at?: string) =>
    service.readJson("POST", "/v1/companies/acme/usage", {
      id,
      feature: "automation.run",
      quantity,
      ...occurred_at === undefined ? {} : { occurred_at },
    });
  await use("1", 4);
  await service.readJson("POST", "/v1/test_clock", { now: "2026-12-02T15:00:00Z" });
  const tableOfNovember = async () => {
    const html = await (await service.request("GET", `${PAGE}&month=2026-11`)).text();
    return textOf(html.slice(html.indexOf('id="month-table"')).split("</table>")[0]!);
  };
  assert.match(await tableOfNovember(), /Nov 29 4 6 5 0 Nov 30 0 6 0 0 $/);
  await use("2", 9, "2026-11-30T15:00:00Z");
  assert.match(await tableOfNovember(), /Nov 29 4 6 5 0 Nov 30 9 6 0 0 After closing – 0 – 3 $/);
});
