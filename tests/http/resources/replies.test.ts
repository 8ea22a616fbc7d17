import assert from "node:assert/strict";
import { businessNumber, customerWrote, statusesOf, type StatusSpec } from "../../support/payloads.ts";
import { TestService } from "../test_service.ts";

const ANA = { phone: "5511987650001" };
const LINE = businessNumber(1);
const FEATURE = "whatsapp.service_message";
const COMPANY = "/v1/companies/acme";
const BILLED = { pricing: { category: "service", type: "regular", billable: true, pricing_model: "PMP" } };
const UTILITY = { pricing: { category: "utility", type: "regular", billable: true, pricing_model: "PMP" } };

async function serviceWithPackage(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  const offer = { package: { credits: 50, price: "40.00" }, excess_credit_price: "1.00" };
  await service.readJson("PUT", `${COMPANY}/contract`, offer);
  return service;
}

async function reply(service: TestService, id: string, more: Partial<StatusSpec> = {}): Promise<void> {
  const status = { id, at_s: service.now_ms / 1000, status: "delivered", content: BILLED, ...more };
  await service.deliver(statusesOf(LINE, ANA, status));
}

Deno.test("replies are on the rate card, and free until they have a price", async () => {
  await using service = await serviceWithPackage();
  const feature = await service.readJson("GET", `/v1/features/${FEATURE}`);
  assert.deepEqual([feature.credits, feature.name.en], [0, "Reply"]);
  await reply(service, "wamid.1");
  assert.equal((await service.readJson("GET", `${COMPANY}/balance`)).consumed, 0);
  const put = await service.readJson("PUT", `/v1/features/${FEATURE}`, { credits: 2 });
  assert.equal(put.credits, 0);
  await service.advanceTo(Date.parse(`${put.scheduled.effective_from}T15:00:00Z`));
  await reply(service, "wamid.1", { status: "read" });
  assert.equal((await service.readJson("GET", `${COMPANY}/balance`)).consumed, 0, "it was delivered before");
  await reply(service, "wamid.2");
  assert.equal((await service.readJson("GET", `${COMPANY}/balance`)).consumed, 2);
});

Deno.test("a charged reply is in the ledger, the usage, the statement and the what-if, with its receipt", async () => {
  await using service = await serviceWithPackage();
  await service.readJson("PUT", `${COMPANY}/features/${FEATURE}`, { credits: 3 });
  await service.advanceTo(service.now_ms + 60_000);
  const delivered_at = new Date(service.now_ms).toISOString();
  await service.deliver(customerWrote(LINE, ANA, { id: "wamid.0", at_s: service.now_ms / 1000 }));
  await reply(service, "wamid.1");
  await reply(service, "wamid.1", { status: "read" });
  const { data } = await service.readJson("GET", `${COMPANY}/ledger?feature=${FEATURE}`);
  assert.equal(data.length, 1);
  const [{ seq, credits, direction, window }] = data;
  assert.deepEqual({ credits, direction, window }, { credits: -3, direction: "none", window: null });
  const receipt = await service.readJson("GET", `${COMPANY}/ledger/${seq}`);
  assert.deepEqual(
    [receipt.message.phone_number_id, Date.parse(receipt.message.delivered_at), receipt.fact.kind],
    [LINE.phone_number_id, Date.parse(delivered_at), "delivered"],
  );
  assert.deepEqual(receipt.rate, { feature: FEATURE, version: 1, own: true, credits: 3 });
  const usage = await service.readJson("GET", `${COMPANY}/usage?group_by=feature,phone_number_id`);
  assert.deepEqual(
    usage.data.find((row: { feature: string }) => row.feature === FEATURE),
    { feature: FEATURE, phone_number_id: LINE.phone_number_id, units: 1, credits: 3 },
  );
  const [{ consumed }] = (await service.readJson("GET", `${COMPANY}/statements`)).data;
  assert.equal(consumed, 4);
  const quote = { recipients: [`+${ANA.phone}`], kind: "free_form", category: "marketing" };
  assert.equal((await service.readJson("POST", `${COMPANY}/quotes`, quote)).credits, 3);
  const { what_if } = await service.readJson("POST", `${COMPANY}/what_if`, {
    month: receipt.period,
    rates: [{ feature: FEATURE, credits: 5 }],
  });
  assert.equal(what_if.consumed, 6);
  await reply(service, "wamid.1", { status: "read", at_s: service.now_ms / 1000 + 1, content: UTILITY });
  const [last] = (await service.readJson("GET", `${COMPANY}/ledger?feature=${FEATURE}`)).data;
  assert.deepEqual([last.type, last.credits], ["reversal", 3]);
});
