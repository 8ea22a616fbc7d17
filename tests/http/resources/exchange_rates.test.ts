import assert from "node:assert/strict";
import { TestService } from "../test_service.ts";

const RATE = { from: "USD", to: "BRL", effective_from: "2026-11-01", rate: "5.4321" };

async function put(service: TestService, more: Record<string, unknown> = {}) {
  return await service.readJson("PUT", "/v1/exchange_rates", { ...RATE, ...more });
}

async function listed(service: TestService, query = ""): Promise<unknown[]> {
  const { data } = await service.readJson("GET", `/v1/exchange_rates?${query}`);
  return data.map((
    rate: Record<string, unknown>,
  ) => [rate.from, rate.to, rate.effective_from, rate.rate, rate.revision]);
}

Deno.test("an exchange rate is stored with its date, and by whom", async () => {
  await using service = new TestService();
  assert.deepEqual(await put(service), {
    ...RATE,
    revision: 1,
    correction: null,
    recorded_at: "2026-11-03T12:00:00Z",
    recorded_by: "admin-key",
  });
  assert.equal((await put(service)).revision, 1, "the same again changes nothing");
});

Deno.test("rates are listed newest first, in pages, by currency, and those in force on a date", async () => {
  await using service = new TestService();
  await put(service, { effective_from: "2026-10-01", rate: "5.2" });
  await put(service);
  await put(service, { from: "EUR", rate: "6.1" });
  await put(service, { effective_from: "2026-12-01", rate: "5.5" });
  const all = [
    ["USD", "BRL", "2026-12-01", "5.50", 1],
    ["EUR", "BRL", "2026-11-01", "6.10", 1],
    ["USD", "BRL", "2026-11-01", "5.4321", 1],
    ["USD", "BRL", "2026-10-01", "5.20", 1],
  ];
  assert.deepEqual(await listed(service), all);
  const paged: unknown[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const page = await service.readJson("GET", `/v1/exchange_rates?limit=3${query}`);
    paged.push(...page.data.map(({ effective_from }: typeof RATE) => effective_from));
    cursor = page.next_cursor;
  }
  assert.deepEqual(paged, all.map(([, , effective_from]) => effective_from));
  assert.deepEqual(await listed(service, "from=EUR"), [all[1]]);
  assert.deepEqual(await listed(service, "to=USD"), []);
  assert.deepEqual(await listed(service, "on=2026-11-30"), [all[1], all[2]]);
  assert.deepEqual(await listed(service, "on=2026-10-31&to=BRL"), [all[3]]);
  assert.deepEqual(await listed(service, "on=2026-09-30"), []);
});

Deno.test("a rate in force changes with a reason only, and a later one freely", async () => {
  await using service = new TestService();
  await put(service);
  const problem = await service.requestProblem("PUT", "/v1/exchange_rates", { ...RATE, rate: "54.321" });
  assert.deepEqual([problem.status, problem.code], [409, "meta_rates_in_force"]);
  const corrected = await put(service, { rate: "5.4322", correction: "the central bank's figure" });
  assert.deepEqual([corrected.revision, corrected.correction], [2, "the central bank's figure"]);
  assert.deepEqual(await listed(service), [
    ["USD", "BRL", "2026-11-01", "5.4322", 2],
    ["USD", "BRL", "2026-11-01", "5.4321", 1],
  ]);
  await put(service, { effective_from: "2026-12-01", rate: "5" });
  const { revision, correction } = await put(service, {
    effective_from: "2026-12-01",
    rate: "6",
    correction: "none",
  });
  assert.deepEqual([revision, correction], [2, null], "nothing in force changed");
});

Deno.test("a wrong exchange rate is refused with its field", async () => {
  await using service = new TestService();
  const table: [Record<string, unknown>, string][] = [
    [{ rate: 5.4 }, "rate"],
    [{ rate: "0" }, "rate"],
    [{ rate: "-5.4" }, "rate"],
    [{ rate: "5,4" }, "rate"],
    [{ rate: "5.12345678901" }, "rate"],
    [{ to: "USD" }, "to"],
    [{ to: "XXX" }, "to"],
    [{ effective_from: "3026-11-01" }, "effective_from"],
    [{ effective_from: "2026-11-31" }, "effective_from"],
    [{ correction: "" }, "correction"],
  ];
  for (const [more, path] of table) {
    const { status, errors } = await service.requestProblem("PUT", "/v1/exchange_rates", {
      ...RATE,
      ...more,
    });
    assert.equal(status, 422);
    assert.equal(errors?.[0]?.path, path, JSON.stringify(more));
  }
  assert.deepEqual(await listed(service), []);
});
