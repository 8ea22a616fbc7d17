import assert from "node:assert/strict";
import { ANA } from "../../support/fixtures.ts";
import { TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme";

Deno.test("a receipt has the contract in force when its entry was posted, not a later one of that day", async () => {
  await using service = new TestService();
  await service.createCompany();
  const agree = (credits: number) =>
    service.readJson("PUT", `${PATH}/contract`, {
      package: { credits, price: "8" },
      excess_credit_price: "0.10",
    });
  const send = (message_id: string, to: string) =>
    service.readJson("POST", `${PATH}/messages`, { message_id, to, kind: "template", category: "utility" });
  await send("before any contract", "5511987650009");
  service.now_ms += 1_000;
  await agree(10);
  await send("under the first", ANA);
  service.now_ms += 1_000;
  await agree(20);
  const versions = [];
  for (const seq of [1, 2, 3, 4]) {
    const { type, contract } = await service.readJson("GET", `${PATH}/ledger/${seq}`);
    versions.push([type, contract?.version ?? null, contract?.package.credits ?? null]);
  }
  assert.deepEqual(versions, [
    ["consumption", null, null],
    ["grant", 1, 10],
    ["consumption", 1, 10],
    ["grant", 2, 20],
  ]);
});

Deno.test("a receipt of a window has the window, message, fact and rate; a receipt of usage has the fact and rate", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 2 });
  const send = {
    message_id: "t1",
    to: ANA,
    kind: "template",
    category: "utility",
    attribution: { team: "sales" },
  };
  await service.readJson("POST", `${PATH}/messages`, send);
  const run = { id: "u1", feature: "automation.run", quantity: 3, attributes: { team: "support" } };
  await service.readJson("POST", `${PATH}/usage`, run);
  const of_window = await service.readJson("GET", `${PATH}/ledger/1`);
  assert.equal(of_window.window.contact, ANA);
  assert.match(of_window.message.key, /^[0-9a-f]{8}-/);
  assert.deepEqual(of_window.fact, {
    kind: "send_recorded",
    at: "2026-11-03T12:00:00Z",
    attribution: { team: "sales" },
  });
  assert.deepEqual(of_window.rate, { feature: "whatsapp.outbound", version: 1, own: false, credits: 1 });
  const of_usage = await service.readJson("GET", `${PATH}/ledger/2`);
  assert.deepEqual([of_usage.window, of_usage.message], [null, null]);
  assert.deepEqual(of_usage.fact, {
    kind: "usage",
    at: "2026-11-03T12:00:00Z",
    usage_id: "u1",
    quantity: 3,
    attribution: { team: "support" },
  });
  assert.deepEqual(of_usage.rate, { feature: "automation.run", version: 1, own: false, credits: 2 });
});

Deno.test("the language is the caller's by weight, and otherwise the company's", async () => {
  await using service = new TestService();
  await service.createCompany("acme", { locale: "en-US" });
  const send = { message_id: "t1", to: ANA, kind: "template", category: "utility" };
  await service.readJson("POST", `${PATH}/messages`, send);
  const sentence = async (language?: string) => {
    const headers: Record<string, string> = language === undefined ? {} : { "accept-language": language };
    return (await (await service.request("GET", `${PATH}/ledger/1`, undefined, headers)).json()).sentence;
  };
  assert.match(await sentence(), /^Charged 1 credit/);
  assert.match(await sentence("fr, pt-PT;q=0.8, en;q=0.3"), /^Cobramos 1 crédito/);
  assert.match(await sentence("ja"), /^Charged 1 credit/);
});

Deno.test("a receipt has the price of its excess at the end of its month, and credits of the package have none", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("PUT", "/v1/features/sms.sent", { credits: 2 });
  const terms = { package: { credits: 3, price: "8" }, excess_credit_price: "0.125", currency: "BRL" };
  await service.readJson("PUT", `${PATH}/contract`, terms);
  for (const id of ["u1", "u2"]) {
    await service.readJson("POST", `${PATH}/usage`, { id, feature: "sms.sent", quantity: 1 });
  }
  const send = { message_id: "t1", to: ANA, kind: "template", category: "utility" };
  await service.readJson("POST", `${PATH}/messages`, send);
  await service.readJson("POST", `${PATH}/messages/t1/failed`, {});
  const prices = [];
  for (const seq of [1, 2, 3, 4, 5]) {
    const receipt = await service.readJson("GET", `${PATH}/ledger/${seq}`);
    const { type, prepaid, excess, excess_amount, excess_credit_price, currency } = receipt;
    prices.push([type, prepaid, excess, excess_amount, excess_credit_price, currency]);
  }
  assert.deepEqual(prices, [
    ["grant", 3, 0, null, null, null],
    ["consumption", -2, 0, null, null, null],
    ["consumption", -1, -1, "0.125", "0.125", "BRL"],
    ["consumption", 0, -1, "0.125", "0.125", "BRL"],
    ["reversal", 0, 1, "-0.125", "0.125", "BRL"],
  ]);
});

Deno.test("a receipt of excess has no price while none is agreed", async () => {
  await using service = new TestService();
  await service.createCompany();
  const send = { message_id: "t1", to: ANA, kind: "template", category: "utility" };
  await service.readJson("POST", `${PATH}/messages`, send);
  const { excess, excess_amount, excess_credit_price, currency } = await service.readJson(
    "GET",
    `${PATH}/ledger/1`,
  );
  assert.deepEqual([excess, excess_amount, excess_credit_price, currency], [-1, null, null, null]);
});
