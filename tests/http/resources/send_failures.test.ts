import assert from "node:assert/strict";
import { businessNumber, statusesOf } from "../../support/payloads.ts";
import { ANA } from "../../support/fixtures.ts";
import { TestService } from "../test_service.ts";

const ACME = "/v1/companies/acme";
const TEMPLATE = { message_id: "order-1042", to: ANA, kind: "template", category: "utility" };
const FAILED = `${ACME}/messages/order-1042/failed`;

Deno.test("C13: a send that the Graph API refused is given back, with the reason in the receipt", async () => {
  await using service = await serviceWithSend();
  const { outcome, credits, balance } = await service.readJson("POST", FAILED, { error_code: 132000 });
  assert.deepEqual({ outcome, credits }, { outcome: "failed", credits: 1 });
  assert.deepEqual([balance.consumed, balance.open_windows.outbound], [0, 0]);
  const { data } = await service.readJson("GET", `${ACME}/ledger`);
  assert.deepEqual(data.map(({ type }: { type: string }) => type), ["reversal", "consumption"]);
  const receipt = await service.readJson("GET", `${ACME}/ledger/${data[0].seq}`);
  assert.deepEqual(receipt.fact, { kind: "send_failed", at: "2026-11-03T12:00:00Z", attribution: null });
  assert.match(receipt.sentence, /a Meta recusou o modelo que a abriu/);
});

Deno.test("a failure reported twice at once is given back once, and a retry gives back nothing", async () => {
  await using service = await serviceWithSend();
  const answers = await Promise.all([1, 2, 3].map(() => service.readJson("POST", FAILED)));
  assert.deepEqual(answers.map(({ credits }) => credits).sort(), [0, 0, 1]);
  const retry = await service.readJson("POST", FAILED, { failed_at: "2026-11-03T12:00:00Z" });
  assert.deepEqual([retry.outcome, retry.credits, retry.balance.consumed], ["failed", 0, 0]);
  assert.equal((await service.readJson("GET", `${ACME}/ledger`)).data.length, 2);
});

Deno.test("a send and the report of its failure in flight together end given back or not found", async () => {
  await using service = new TestService();
  await service.createCompany();
  const [sent, reported] = await Promise.all([
    service.request("POST", `${ACME}/messages`, TEMPLATE),
    service.request("POST", FAILED),
  ]);
  assert.equal(sent.status, 200);
  assert.ok([200, 404].includes(reported.status), String(reported.status));
  await service.readJson("POST", FAILED);
  assert.equal((await service.readJson("GET", `${ACME}/balance`)).consumed, 0);
});

Deno.test("an unknown message_id is 404 message_not_found, with the remedy", async () => {
  await using service = await serviceWithSend();
  const problem = await service.requestProblem("POST", `${ACME}/messages/other/failed`);
  assert.deepEqual([problem.status, problem.code], [404, "message_not_found"]);
  assert.match(problem.detail, /record it first/);
});

Deno.test("a message_id with slashes and equal signs is found by its percent-encoded form", async () => {
  await using service = await serviceWithSend();
  const message_id = "wamid.HBgN/TUx+MTk4=?#";
  await service.readJson("POST", `${ACME}/messages`, { ...TEMPLATE, message_id, to: "5511987650009" });
  const path = `${ACME}/messages/${encodeURIComponent(message_id)}/failed`;
  assert.equal((await service.readJson("POST", path)).credits, 1);
});

Deno.test("a delivered status outweighs the report, before and after it", async () => {
  await using service = new TestService();
  const line = businessNumber(1);
  await service.createCompany("acme", { phone_number_ids: [line.phone_number_id] });
  await service.readJson("POST", `${ACME}/messages`, TEMPLATE);
  await service.readJson("POST", FAILED);
  const at_s = service.now_ms / 1000;
  const delivered = { id: "wamid.1", at_s, status: "delivered", callback_data: "order-1042" } as const;
  await service.deliver(statusesOf(line, { phone: ANA }, delivered));
  const answer = await service.readJson("POST", FAILED);
  assert.deepEqual([answer.outcome, answer.credits, answer.balance.consumed], ["delivered", 0, 1]);
});

Deno.test("the send repeated after its failure gets its first response; a new message_id is charged", async () => {
  await using service = new TestService();
  await service.createCompany();
  const first = await service.readJson("POST", `${ACME}/messages`, TEMPLATE);
  await service.readJson("POST", FAILED);
  assert.deepEqual(await service.readJson("POST", `${ACME}/messages`, TEMPLATE), first);
  const retry = { ...TEMPLATE, message_id: "order-1042-again" };
  assert.equal((await service.readJson("POST", `${ACME}/messages`, retry)).balance.consumed, 1);
});

Deno.test("an impossible failed_at or error_code is 422 with its field, and changes nothing", async () => {
  await using service = await serviceWithSend();
  const bodies = [
    [{ failed_at: "2026-11-03T12:05:01Z" }, "failed_at"],
    [{ failed_at: "2026-11-03T11:54:59Z" }, "failed_at"],
    [{ failed_at: "yesterday" }, "failed_at"],
    [{ error_code: -1 }, "error_code"],
    [{ error_code: {} }, "error_code"],
  ] as const;
  for (const [body, field] of bodies) {
    const problem = await service.requestProblem("POST", FAILED, body);
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, field], JSON.stringify(body));
  }
  assert.equal((await service.readJson("GET", `${ACME}/balance`)).consumed, 1);
});

Deno.test("a failure of a message of a final month is 409 month_final", async () => {
  await using service = await serviceWithSend();
  await service.readJson("POST", "/v1/test_clock", { advance: "P36D" });
  const problem = await service.requestProblem("POST", FAILED);
  assert.deepEqual([problem.status, problem.code], [409, "month_final"]);
});

Deno.test("a phone in an error code is masked before it is stored", async () => {
  await using service = await serviceWithSend();
  await service.readJson("POST", FAILED, { error_code: `rejected ${ANA}` });
  const facts = [...service.store.stored("acme" as never)!.facts.values()].flatMap((of) => [...of.values()]);
  const { attribution } = facts.find(({ kind }) => kind === "send_failed")!;
  assert.doesNotMatch(attribution!.error_code!, new RegExp(ANA));
});

async function serviceWithSend(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany();
  await service.readJson("POST", `${ACME}/messages`, TEMPLATE);
  return service;
}
