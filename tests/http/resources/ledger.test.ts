import assert from "node:assert/strict";
import { ANA } from "../../support/fixtures.ts";
import { TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/ledger";

/** Starts a service with three ledger entries: a grant of 10, a window of 1, and a usage of 3 units at 2 credits. */
async function startService(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/automation.run", {
    name: { "pt-BR": "Automação", en: "Run" },
    credits: 2,
  });
  const contract = { package: { credits: 10, price: "9" }, excess_credit_price: "0.10" };
  await service.readJson("PUT", "/v1/companies/acme/contract", contract);
  const template = { message_id: "t1", to: ANA, kind: "template", category: "utility" };
  await service.readJson("POST", "/v1/companies/acme/messages", template);
  const run = { id: "u1", feature: "automation.run", quantity: 3, attributes: { team: "sales" } };
  await service.readJson("POST", "/v1/companies/acme/usage", run);
  return service;
}

interface Row {
  readonly seq: number;
  readonly type: string;
  readonly credits: number;
}

Deno.test("the ledger is listed newest first, with the balance after each entry", async () => {
  await using service = await startService();
  const { data, next_cursor } = await service.readJson("GET", PATH);
  assert.equal(next_cursor, null);
  assert.deepEqual(data.map(({ seq, type, credits }: Row) => [seq, type, credits]), [
    [3, "consumption", -6],
    [2, "consumption", -1],
    [1, "grant", 10],
  ]);
  assert.deepEqual(data[1], {
    seq: 2,
    type: "consumption",
    period: "2026-11",
    local_date: "2026-11-03",
    feature: "whatsapp.outbound",
    direction: "outbound",
    credits: -1,
    prepaid: -1,
    excess: 0,
    available_after: 9,
    excess_after: 0,
    late: false,
    after_close: false,
    occurred_at: "2026-11-03T12:00:00Z",
    recorded_at: "2026-11-03T12:00:00Z",
    window: {
      contact: ANA,
      direction: "outbound",
      local_date: "2026-11-03",
      opened_at: "2026-11-03T12:00:00Z",
      closes_at: "2026-11-04T03:00:00Z",
    },
  });
});

Deno.test("ledger pages neither repeat nor skip an entry", async () => {
  await using service = await startService();
  const seen: number[] = [];
  let query = "limit=1";
  for (;;) {
    const { data, next_cursor } = await service.readJson("GET", `${PATH}?${query}`);
    seen.push(...data.map(({ seq }: Row) => seq));
    if (next_cursor === null) break;
    query = `limit=1&cursor=${next_cursor}`;
  }
  assert.deepEqual(seen, [3, 2, 1]);
});

Deno.test("the ledger is filtered by date, feature, type and direction", async () => {
  await using service = await startService();
  const seqs = async (query: string) => {
    return (await service.readJson("GET", `${PATH}?${query}`)).data.map(({ seq }: Row) => seq);
  };
  assert.deepEqual(await seqs("type=grant"), [1]);
  assert.deepEqual(await seqs("feature=automation.run"), [3]);
  assert.deepEqual(await seqs("direction=outbound"), [2]);
  assert.deepEqual(await seqs("from=2026-11-03&to=2026-11-03"), [3, 2, 1]);
  assert.deepEqual(await seqs("from=2026-11-04"), []);
});

Deno.test("a page has at most 200 rows, and a forged cursor is 422", async () => {
  await using service = await startService();
  const fault = async (query: string) =>
    (await service.requestProblem("GET", `${PATH}?${query}`)).errors?.[0];
  assert.equal((await fault("limit=201"))?.message, "limit must be at most 200");
  assert.equal((await fault("limit=0"))?.path, "limit");
  assert.equal((await fault("limit=many"))?.path, "limit");
  assert.equal((await fault("cursor=abc"))?.path, "cursor");
  assert.equal((await fault("type=gift"))?.path, "type");
  assert.equal((await fault("from=2026-11-04&to=2026-11-03"))?.path, "from");
});

Deno.test("a receipt says in one sentence why a window was charged, and at what price", async () => {
  await using service = await startService();
  const receipt = await service.readJson("GET", `${PATH}/2`);
  assert.match(receipt.sentence, /^Cobramos 1 crédito porque um modelo/);
  assert.deepEqual(receipt.fact, { kind: "send_recorded", at: "2026-11-03T12:00:00Z", attribution: null });
  assert.deepEqual(receipt.rate, { feature: "whatsapp.outbound", version: 1, own: false, credits: 1 });
  assert.equal(receipt.contract.version, 1);
  assert.equal(receipt.window.contact, ANA);
  assert.match(receipt.message.key, /^[0-9a-f-]{36}$/);
});

Deno.test("a receipt is in English when Accept-Language prefers it", async () => {
  await using service = await startService();
  const response = await service.request("GET", `${PATH}/3`, undefined, {
    "accept-language": "en-GB,pt;q=0.5",
  });
  const receipt = await response.json();
  assert.match(receipt.sentence, /^Charged 6 credits for 3 × Run/);
  assert.deepEqual(receipt.fact.attribution, { team: "sales" });
});

Deno.test("the receipt of a grant names the contract that granted it", async () => {
  await using service = await startService();
  const { contract, fact, rate } = await service.readJson("GET", `${PATH}/1`);
  assert.deepEqual(contract.package, { credits: 10, price: "9.00" });
  assert.deepEqual([contract.version, fact, rate], [1, null, null]);
});

Deno.test("an unknown entry is 404, and an invalid seq is 422", async () => {
  await using service = await startService();
  assert.equal((await service.requestProblem("GET", `${PATH}/4`)).code, "entry_not_found");
  assert.equal((await service.requestProblem("GET", `${PATH}/first`)).errors?.[0]?.path, "seq");
  assert.equal(
    (await service.requestProblem("GET", "/v1/companies/nobody/ledger/1")).code,
    "company_not_found",
  );
});
