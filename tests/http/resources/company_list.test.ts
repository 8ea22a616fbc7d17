import assert from "node:assert/strict";
import { rowsOfCsv } from "../../support/csv.ts";
import { createApp } from "../../../src/http/app.ts";
import { ADMIN_KEY, readProblem, TestService } from "../test_service.ts";

const PATH = "/v1/companies";
const OFFER = { package: { credits: 100, price: "8" }, excess_credit_price: "0.25" };

/** Three companies: one within its package, one beyond it, one without a package. An automation run costs a credit. */
async function threeCompanies(): Promise<TestService> {
  const service = new TestService();
  for (const [company, name] of [["acme", "Padaria São José"], ["beta", "FARMÁCIA"], ["gama", "Dentista"]]) {
    await service.createCompany(company, { name, phone_number_ids: [] });
  }
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  for (const company of ["acme", "beta"]) {
    await service.readJson("PUT", `${PATH}/${company}/contract`, OFFER);
  }
  for (const [company, quantity] of [["acme", 40], ["beta", 130], ["gama", 7]] as const) {
    const usage = { id: "first", feature: "automation.run", quantity };
    await service.readJson("POST", `${PATH}/${company}/usage`, usage);
  }
  return service;
}

async function idsOf(service: TestService, query: string): Promise<string[]> {
  const { data } = await service.readJson("GET", `${PATH}?${query}`);
  return data.map(({ company }: { company: string }) => company);
}

Deno.test("companies are listed with the balances that the balance call answers", async () => {
  await using service = await threeCompanies();
  const { data } = await service.readJson("GET", `${PATH}?include=balance`);
  assert.equal(data.length, 3);
  for (const { company, balance } of data) {
    assert.deepEqual(balance, await service.readJson("GET", `${PATH}/${company}/balance`));
  }
  assert.deepEqual(data.map(({ balance }: { balance: { excess: number } }) => balance.excess), [0, 30, 7]);
  const { data: [row] } = await service.readJson("GET", PATH);
  assert.deepEqual([row.status, "balance" in row, "runs_out_on" in row], ["active", false, false]);
});

Deno.test("companies are sorted and filtered by their name, package and figures", async () => {
  await using service = await threeCompanies();
  assert.deepEqual(await idsOf(service, "sort=name"), ["gama", "beta", "acme"]);
  assert.deepEqual(await idsOf(service, `name=${encodeURIComponent("sa\u0303o")}`), ["acme"]);
  assert.deepEqual(await idsOf(service, "sort=excess&order=desc"), ["beta", "gama", "acme"]);
  assert.deepEqual(await idsOf(service, "name=farmacia"), ["beta"]);
  assert.deepEqual(await idsOf(service, `name=${encodeURIComponent("SÃO")}`), ["acme"]);
  assert.deepEqual(await idsOf(service, "status=none"), ["gama"]);
  assert.deepEqual(await idsOf(service, "in_excess=true&status=active"), ["beta"]);
  await service.readJson("POST", `${PATH}/acme/contract/cancellation`);
  assert.deepEqual(await idsOf(service, "status=ending"), ["acme"]);
});

Deno.test("pages continue in the order that they began with, and another order is refused", async () => {
  await using service = await threeCompanies();
  const order = "sort=consumed&order=desc";
  const first = await service.readJson("GET", `${PATH}?${order}&limit=2`);
  assert.deepEqual(first.data.map(({ company }: { company: string }) => company), ["beta", "acme"]);
  assert.deepEqual(await idsOf(service, `${order}&limit=2&cursor=${first.next_cursor}`), ["gama"]);
  const other = await service.requestProblem("GET", `${PATH}?sort=name&cursor=${first.next_cursor}`);
  assert.deepEqual([other.status, other.errors![0]!.path], [422, "cursor"]);
  assert.match(other.detail, /same sort and order/);
});

Deno.test("a forged cursor with a value of another type is refused", async () => {
  await using service = await threeCompanies();
  for (
    const position of [{ sort: "name", value: 5 }, { sort: "consumed", value: "5" }, {
      sort: "name",
      value: "\0",
    }]
  ) {
    const cursor = btoa(JSON.stringify({ order: "asc", company: "acme", ...position })).replaceAll("=", "");
    const problem = await service.requestProblem("GET", `${PATH}?sort=${position.sort}&cursor=${cursor}`);
    assert.deepEqual([problem.status, problem.errors![0]!.path], [422, "cursor"]);
  }
});

Deno.test("companies that run out before a date are listed with the date of their forecast", async () => {
  await using service = await threeCompanies();
  for (let day = 0; day < 7; day++) {
    await service.readJson("POST", "/v1/test_clock", { advance: "P1D" });
    const usage = { id: `day ${day}`, feature: "automation.run", quantity: 4 };
    await service.readJson("POST", `${PATH}/acme/usage`, usage);
  }
  const { runs_out_on } = await service.readJson("GET", `${PATH}/acme/forecast`);
  const next = runs_out_on.replace(/\d\d$/, (day: string) => String(Number(day) + 1));
  const { data } = await service.readJson("GET", `${PATH}?runs_out_before=${next}&sort=name`);
  assert.deepEqual(data.map(({ company, runs_out_on }: Record<string, string>) => [company, runs_out_on]), [
    ["beta", "2026-11-03"],
    ["acme", runs_out_on],
  ]);
  assert.deepEqual(await idsOf(service, `runs_out_before=${runs_out_on}&sort=name`), ["beta"]);
  assert.deepEqual(await idsOf(service, "runs_out_before=2026-11-03"), []);
});

Deno.test("a page of forecasts is bounded, and the next page goes on after its last company", async () => {
  await using service = new TestService();
  for (let i = 0; i < 101; i++) {
    await service.createCompany(`c${String(i).padStart(3, "0")}`, { phone_number_ids: [] });
  }
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  await service.readJson("PUT", `${PATH}/c100/contract`, { ...OFFER, package: { credits: 1, price: "1" } });
  const usage = { id: "all", feature: "automation.run", quantity: 1 };
  await service.readJson("POST", `${PATH}/c100/usage`, usage);
  await service.readJson("POST", "/v1/test_clock", { advance: "P8D" });
  const first = await service.readJson("GET", `${PATH}?runs_out_before=2026-12-31`);
  assert.deepEqual(first.data, []);
  const query = `runs_out_before=2026-12-31&cursor=${first.next_cursor}`;
  assert.deepEqual(await idsOf(service, query), ["c100"]);
  // A file has every page.
  const headers = { accept: "text/csv" };
  const file = await service.request("GET", `${PATH}?runs_out_before=2026-12-31`, undefined, headers);
  const [row] = rowsOfCsv(new TextDecoder("utf-8", { ignoreBOM: true }).decode(await file.bytes()));
  assert.deepEqual([row!.company, row!.runs_out_on], ["c100", "2026-11-03"]);
});

Deno.test("a file has the columns of the balance only when it is included", async () => {
  await using service = await threeCompanies();
  const namesOf = async (query: string) => {
    const response = await service.request("GET", `${PATH}${query}`, undefined, { accept: "text/csv" });
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.bytes());
    return Object.keys(rowsOfCsv(text)[1]!).filter((name) => name.startsWith("balance."));
  };
  assert.deepEqual(await namesOf(""), []);
  assert.ok((await namesOf("?include=balance")).includes("balance.available"));
});

Deno.test("a company that cannot answer makes the whole page unavailable", async () => {
  await using service = await threeCompanies();
  const { actors } = service;
  const companies: TestService["options"]["companies"] = {
    execute: (company, command) =>
      company === "beta" && command.type === "read_balance"
        ? Promise.resolve({ type: "unavailable", reason: "overloaded", retry_after_s: 1 })
        : actors.execute(company, command),
  };
  const { hono } = createApp({ ...service.options, companies });
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const response = await hono.request(`${PATH}?include=balance`, { headers });
  assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "1"]);
  assert.equal((await readProblem(response)).code, "unavailable");
});
