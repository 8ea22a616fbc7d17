import assert from "node:assert/strict";
import { businessNumber, numberedCustomer, statusesOf } from "../../support/payloads.ts";
import { TestService } from "../test_service.ts";

const LINE = businessNumber(1);
const COSTS = "/v1/companies/acme/costs";
const NOVEMBER = "from=2026-11-01&to=2026-11-30";

const RATES = {
  currency: "USD",
  effective_from: "2026-10-01",
  rates: [{ market: "Brazil", marketing: "0.0625", utility: "0.0068", service: "0.0068" }],
  free_service_messages: 2,
};

/** Starts a service with Meta's rates of Brazil, two free replies a month, and a company whose number is billed in USD. */
async function startService(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  await service.readJson("PUT", "/v1/meta_rates", RATES);
  await setAccount(service, LINE.phone_number_id);
  return service;
}

async function setAccount(service: TestService, phone_number_id: string): Promise<void> {
  const account = { account_id: "1", time_zone: "America/Sao_Paulo", currency: "USD" };
  await service.readJson("PUT", `/v1/phone_numbers/${phone_number_id}/meta_account`, account);
}

/** Delivers messages of a category to Brazil now, each to another customer. */
async function deliver(service: TestService, category: string, count: number, phone?: string): Promise<void> {
  for (let i = 0; i < count; i++) {
    const customer = phone === undefined ? numberedCustomer(i) : { phone };
    const pricing = { billable: true, pricing_model: "PMP", type: "regular", category };
    await service.deliver(statusesOf(LINE, customer, {
      id: `wamid.${category}.${phone ?? i}.${service.now_ms}`,
      at_s: service.now_ms / 1000,
      status: "delivered",
      content: { pricing },
    }));
  }
}

Deno.test("costs are shown by day and category, in the currency of Meta's account", async () => {
  await using service = await startService();
  await deliver(service, "marketing", 2);
  await deliver(service, "service", 3);
  await service.advanceTo(service.now_ms + 24 * 3_600_000);
  await deliver(service, "service", 1);
  const { data, next_cursor, from, to } = await service.readJson("GET", COSTS);
  assert.deepEqual([next_cursor, from, to], [null, "2026-11-01", "2026-11-04"]);
  const row = (day: string, category: string, counts: number[], meta_cost: string) => ({
    day,
    category,
    currency: "USD",
    messages: counts[0]! + counts[1]!,
    billable_messages: counts[0],
    free_messages: counts[1],
    unpriced_messages: 0,
    meta_cost,
    priced_cost: meta_cost,
  });
  assert.deepEqual(data, [
    row("2026-11-03", "marketing", [2, 0], "0.125"),
    row("2026-11-03", "service", [1, 2], "0.0068"),
    row("2026-11-04", "service", [1, 0], "0.0068"),
  ]);
});

Deno.test("every grouping has the same sum, and a file has the rows of the list", async () => {
  await using service = await startService();
  await deliver(service, "marketing", 2);
  await deliver(service, "service", 3);
  const groupings = ["day", "category", "pricing_type", "market", "phone_number_id", "market,day,category"];
  for (const group_by of groupings) {
    const { data } = await service.readJson("GET", `${COSTS}?${NOVEMBER}&group_by=${group_by}`);
    const sum = data.reduce(
      (all: number, { priced_cost }: { priced_cost: string }) => all + Number(priced_cost),
      0,
    );
    assert.equal(sum.toFixed(4), "0.1318", group_by);
    for (const group of group_by.split(",")) assert.ok(group in data[0], group);
  }
  const file = await service.request(
    "GET",
    `${COSTS}?${NOVEMBER}&group_by=market,phone_number_id`,
    undefined,
    { accept: "text/csv" },
  );
  assert.equal(file.headers.get("content-disposition"), 'attachment; filename="acme-costs.csv"');
  assert.deepEqual((await file.text()).trim().split("\r\n"), [
    "market;phone_number_id;currency;messages;billable_messages;free_messages;unpriced_messages;meta_cost;priced_cost",
    `Brazil;${LINE.phone_number_id};USD;5;3;2;0;0.1318;0.1318`,
  ]);
});

Deno.test("a missing price is null with the number of its messages, never zero", async () => {
  await using service = await startService();
  await deliver(service, "marketing", 1);
  await deliver(service, "marketing", 1, "14155550001");
  const { data: [row] } = await service.readJson("GET", `${COSTS}?${NOVEMBER}&group_by=category`);
  assert.deepEqual(
    [row.messages, row.billable_messages, row.unpriced_messages, row.meta_cost, row.priced_cost],
    [2, 2, 1, null, "0.0625"],
  );
  const { data } = await service.readJson("GET", `${COSTS}?${NOVEMBER}&group_by=market`);
  const shown = data.map((of_market: Record<string, unknown>) => [of_market.market, of_market.meta_cost]);
  assert.deepEqual(shown, [["Brazil", "0.0625"], ["North America", null]]);
});

Deno.test("a number without a Meta account has no currency and no cost until one is set", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  await service.readJson("PUT", "/v1/meta_rates", RATES);
  await deliver(service, "marketing", 1);
  const costs = async () => {
    const { data: [row] } = await service.readJson("GET", `${COSTS}?${NOVEMBER}&group_by=category`);
    return [row.currency, row.meta_cost, row.unpriced_messages];
  };
  assert.deepEqual(await costs(), [null, null, 1]);
  await setAccount(service, LINE.phone_number_id);
  assert.deepEqual(await costs(), ["USD", "0.0625", 0]);
});

Deno.test("a wrong grouping, dates out of order and an unknown company are refused", async () => {
  await using service = await startService();
  const refused = async (path: string) => {
    const { status, code, errors = [] } = await service.requestProblem("GET", path);
    return [status, code, ...errors.map((error) => error.path)];
  };
  assert.deepEqual(await refused(`${COSTS}?group_by=country`), [422, "invalid_request", "group_by"]);
  assert.deepEqual(await refused(`${COSTS}?from=2026-11-02&to=2026-11-01`), [422, "invalid_request", "from"]);
  assert.deepEqual(await refused(`${COSTS}?from=2025-11-02&to=2026-11-30`), [422, "invalid_request", "to"]);
  assert.deepEqual(await refused(`${COSTS}?from=9999-12-01&to=9999-12-31`), [422, "invalid_request", "to"]);
  assert.deepEqual(await refused(`${COSTS}?from=1969-12-31&to=1970-01-01`), [422, "invalid_request", "from"]);
  assert.deepEqual(await refused("/v1/companies/nobody/costs"), [404, "company_not_found"]);
});
