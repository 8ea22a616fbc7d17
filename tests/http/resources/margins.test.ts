import assert from "node:assert/strict";
import { businessNumber, numberedCustomer, statusesOf } from "../../support/payloads.ts";
import { TestService } from "../test_service.ts";

const NOVEMBER = "from=2026-11-01&to=2026-11-30";
const RUN = "automation.run";

/** Starts a service with Meta's rates of Brazil in USD, and a dollar at R$ 5.00. */
async function startService(): Promise<TestService> {
  const service = new TestService();
  await service.readJson("PUT", "/v1/meta_rates", {
    currency: "USD",
    effective_from: "2026-10-01",
    rates: [{ market: "Brazil", marketing: "0.0625" }],
  });
  await service.readJson("PUT", "/v1/exchange_rates", {
    from: "USD",
    to: "BRL",
    effective_from: "2026-10-01",
    rate: "5.00",
  });
  await service.readJson("PUT", `/v1/features/${RUN}`, { credits: 10 });
  return service;
}

/** Adds a company with a package of 100 credits for R$ 50.00, which uses 40 and sends a marketing message. */
async function addCompany(service: TestService, company: string, number: number): Promise<void> {
  const line = businessNumber(number);
  await service.createCompany(company, { phone_number_ids: [line.phone_number_id] });
  await service.readJson("PUT", `/v1/companies/${company}/contract`, {
    package: { credits: 100, price: "50.00" },
    excess_credit_price: "0.60",
  });
  await service.readJson("PUT", `/v1/phone_numbers/${line.phone_number_id}/meta_account`, {
    account_id: company,
    time_zone: "America/Sao_Paulo",
    currency: "USD",
  });
  await use(service, company, 3);
  const delivered = { id: `wamid.${company}`, at_s: service.now_ms / 1000, status: "delivered" };
  const template = { ...delivered, category: "marketing" };
  await service.deliver(
    statusesOf(line, numberedCustomer(number), { ...template, id: `${template.id}.1` }),
  );
}

/** Uses the automation, at 10 credits a run. A marketing template costs one credit more. */
async function use(service: TestService, company: string, quantity: number): Promise<void> {
  await service.readJson("POST", `/v1/companies/${company}/usage`, {
    id: `${service.now_ms}`,
    feature: RUN,
    quantity,
  });
}

const OF_ONE = {
  currency: "BRL",
  messages: 1,
  billable_messages: 1,
  free_messages: 0,
  unpriced_messages: 0,
  meta_cost: "0.3125",
  credits: 31,
  revenue: "15.50",
  margin: "15.1875",
  unused_package: "34.50",
  missing: [],
};

Deno.test("a margin is the used share of the package less Meta's cost in the contract's currency", async () => {
  await using service = await startService();
  await addCompany(service, "acme", 1);
  const { data, from, to } = await service.readJson("GET", "/v1/margins");
  assert.deepEqual([from, to], ["2026-11-01", "2026-11-04"]);
  assert.deepEqual(data, [{ company: "acme", month: "2026-11", ...OF_ONE }]);
});

Deno.test("margins add up by company, by month and by both", async () => {
  await using service = await startService();
  await addCompany(service, "acme", 1);
  await addCompany(service, "bravo", 2);
  await service.readJson("PUT", "/v1/companies/idle", { name: "Idle", time_zone: "America/Sao_Paulo" });
  await service.advanceTo(Date.UTC(2026, 11, 5, 15));
  await use(service, "acme", 12);
  const span = "from=2026-11-01&to=2026-12-31";
  const read = async (group_by: string) =>
    (await service.readJson("GET", `/v1/margins?${span}&group_by=${group_by}`)).data;
  const december = {
    credits: 120,
    revenue: "62.00",
    margin: "62.00",
    meta_cost: "0.00",
    unused_package: "0.00",
  };
  const none = { ...OF_ONE, messages: 0, billable_messages: 0 };
  assert.deepEqual(await read("company,month"), [
    { company: "acme", month: "2026-11", ...OF_ONE },
    { company: "acme", month: "2026-12", ...none, ...december },
    { company: "bravo", month: "2026-11", ...OF_ONE },
    {
      company: "bravo",
      month: "2026-12",
      ...none,
      credits: 0,
      revenue: "0.00",
      margin: "0.00",
      meta_cost: "0.00",
      unused_package: "50.00",
    },
  ]);
  assert.deepEqual(await read("month,company"), await read("company,month"));
  const figures = (rows: Record<string, unknown>[]) =>
    rows.map((
      { company, month, credits, revenue, meta_cost, margin },
    ) => [company ?? month, credits, revenue, meta_cost, margin]);
  assert.deepEqual(figures(await read("company")), [
    ["acme", 151, "77.50", "0.3125", "77.1875"],
    ["bravo", 31, "15.50", "0.3125", "15.1875"],
  ]);
  assert.deepEqual(figures(await read("month")), [
    ["2026-11", 62, "31.00", "0.625", "30.375"],
    ["2026-12", 120, "62.00", "0.00", "62.00"],
  ]);
});

Deno.test("the dates of a month add up to it", async () => {
  await using service = await startService();
  await addCompany(service, "acme", 1);
  await service.advanceTo(Date.UTC(2026, 10, 20, 15));
  await use(service, "acme", 8);
  const read = async (span: string) => {
    const { data: [{ credits, revenue, meta_cost }] } = await service.readJson("GET", `/v1/margins?${span}`);
    return [credits, revenue, meta_cost];
  };
  assert.deepEqual(await read("from=2026-11-01&to=2026-11-10"), [31, "15.50", "0.3125"]);
  assert.deepEqual(await read("from=2026-11-11&to=2026-11-30"), [80, "41.10", "0.00"]);
  assert.deepEqual(await read(NOVEMBER), [111, "56.60", "0.3125"]);
  const { total } = await service.readJson("GET", "/v1/companies/acme/statements/2026-11");
  assert.equal(total, "56.60");
});

Deno.test("pages and the file have every row once, in order", async () => {
  await using service = await startService();
  const companies = ["acme", "bravo", "charlie"];
  for (const [i, company] of companies.entries()) await addCompany(service, company, i + 1);
  await service.readJson("PUT", "/v1/companies/beta", { name: "Idle", time_zone: "America/Sao_Paulo" });
  await service.advanceTo(Date.UTC(2026, 11, 5, 15));
  const span = "from=2026-11-01&to=2026-12-31";
  for (
    const [limit, group_by] of [[1, "company,month"], [2, "company,month"], [3, "company,month"], [
      2,
      "company",
    ]]
  ) {
    const rows: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const page = await service.readJson(
        "GET",
        `/v1/margins?${span}&group_by=${group_by}&limit=${limit}${query}`,
      );
      assert.ok(page.data.length <= Number(limit));
      rows.push(...page.data.map((row: Record<string, unknown>) => `${row.company} ${row.month ?? ""}`));
      cursor = page.next_cursor;
    }
    const months = group_by === "company" ? [""] : ["2026-11", "2026-12"];
    const expected = companies.flatMap((company) => months.map((month) => `${company} ${month}`));
    assert.deepEqual(rows, expected, `${limit} ${group_by}`);
  }
  const file = await service.request("GET", `/v1/margins?${NOVEMBER}`, undefined, { accept: "text/csv" });
  assert.equal(file.headers.get("content-disposition"), 'attachment; filename="margins.csv"');
  const [heading, ...lines] = (await file.text()).trim().split("\r\n");
  assert.equal(
    heading,
    "company;month;currency;messages;billable_messages;free_messages;unpriced_messages;meta_cost;credits;revenue;margin;" +
      "unused_package;missing",
  );
  assert.deepEqual(
    lines,
    companies.map((company) => `${company};2026-11;BRL;1;1;0;0;0.3125;31;15.50;15.1875;34.50;`),
  );
});

Deno.test("an amount without its price or rate is null, and says what is missing", async () => {
  await using service = await startService();
  const line = businessNumber(9);
  await service.createCompany("acme", { phone_number_ids: [line.phone_number_id] });
  await service.readJson("PUT", "/v1/companies/acme/contract", {
    package: null,
    excess_credit_price: "0.60",
    currency: "EUR",
  });
  const read = async () => (await service.readJson("GET", `/v1/margins?${NOVEMBER}`)).data[0];
  const template = { id: "wamid.1", at_s: service.now_ms / 1000, status: "delivered", category: "marketing" };
  await service.deliver(statusesOf(line, numberedCustomer(1), template));
  const no_account = await read();
  assert.deepEqual(
    [no_account.meta_cost, no_account.margin, no_account.unpriced_messages, no_account.missing],
    [null, null, 1, ["meta_price"]],
  );
  assert.equal(no_account.revenue, "0.60");
  await service.readJson("PUT", `/v1/phone_numbers/${line.phone_number_id}/meta_account`, {
    account_id: "1",
    time_zone: "UTC",
    currency: "USD",
  });
  assert.deepEqual([(await read()).meta_cost, (await read()).missing], [null, ["exchange_rate"]]);
  const rate = { from: "USD", to: "EUR", effective_from: "2026-11-01", rate: "0.90" };
  await service.readJson("PUT", "/v1/exchange_rates", rate);
  assert.deepEqual([(await read()).meta_cost, (await read()).missing], ["0.05625", []]);
});

Deno.test("a company without a contract has no revenue and no currency", async () => {
  await using service = await startService();
  await service.createCompany("acme");
  await use(service, "acme", 1);
  const { data: [row] } = await service.readJson("GET", `/v1/margins?${NOVEMBER}`);
  assert.deepEqual(
    [row.currency, row.credits, row.revenue, row.meta_cost, row.margin, row.missing],
    [null, 10, null, "0.00", null, ["contract_price"]],
  );
});

Deno.test("a wrong grouping, dates out of order and a cursor of another list are refused", async () => {
  await using service = await startService();
  await addCompany(service, "acme", 1);
  await addCompany(service, "bravo", 2);
  const { next_cursor } = await service.readJson("GET", `/v1/margins?${NOVEMBER}&group_by=company&limit=1`);
  for (
    const [query, path] of [
      ["group_by=day", "group_by"],
      ["from=2026-11-02&to=2026-11-01", "from"],
      ["from=2025-11-02&to=2026-11-30", "to"],
      ["from=9999-12-01&to=9999-12-31", "to"],
      ["to=9999-12-31", "to"],
      ["from=0001-01-01&to=0001-02-01", "to"],
      ["from=1969-12-31&to=1970-01-31", "from"],
      [`${NOVEMBER}&cursor=${next_cursor}`, "cursor"],
      [`${NOVEMBER}&group_by=month&cursor=${next_cursor}`, "cursor"],
      [`${NOVEMBER}&group_by=month&cursor=forged`, "cursor"],
      [`${NOVEMBER}&cursor=forged`, "cursor"],
    ] as const
  ) {
    const { status, errors } = await service.requestProblem("GET", `/v1/margins?${query}`);
    assert.deepEqual([status, errors?.map((error) => error.path)], [422, [path]], query);
  }
});
