import assert from "node:assert/strict";
import { businessNumber, statusesOf, webhookOf } from "../../support/payloads.ts";
import { ANA, BETO } from "../../support/fixtures.ts";
import { deliveryRequest } from "../../support/webhooks.ts";
import { APP_SECRET, TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/messages";
const WINDOW = `/v1/companies/acme/contacts/${ANA}/window`;
const TEMPLATE = { message_id: "t1", to: ANA, kind: "template", category: "marketing" };

Deno.test("a template opens a window until local midnight and returns its cost", async () => {
  await using service = new TestService();
  await service.createCompany();
  const { outcome, window, credits, balance } = await service.readJson("POST", PATH, TEMPLATE);
  assert.equal(outcome, "allowed");
  assert.equal(credits, 1);
  assert.deepEqual(window, {
    direction: "outbound",
    local_date: "2026-11-03",
    opened_at: "2026-11-03T12:00:00Z",
    closes_at: "2026-11-04T03:00:00Z",
    credits: 1,
  });
  assert.equal(balance.open_windows.outbound, 1);
});

Deno.test("the same message_id gets the same response, and 409 with another body", async () => {
  await using service = new TestService();
  await service.createCompany();
  const first = await service.readJson("POST", PATH, TEMPLATE);
  assert.deepEqual(await service.readJson("POST", PATH, TEMPLATE), first);
  const problem = await service.requestProblem("POST", PATH, { ...TEMPLATE, to: BETO });
  assert.deepEqual([problem.status, problem.code], [409, "id_reused"]);
});

Deno.test("a template that failed before it was recorded has no window and costs nothing", async () => {
  await using service = new TestService();
  const line = businessNumber(1);
  await service.createCompany("acme", { phone_number_ids: [line.phone_number_id] });
  const failed = { id: "t1", at_s: service.now_ms / 1000, status: "failed" } as const;
  const delivery = webhookOf(statusesOf(line, { phone: ANA }, failed));
  await service.app.hono.request(deliveryRequest("http://localhost/webhooks/whatsapp", delivery, APP_SECRET));
  const { outcome, window, credits } = await service.readJson("POST", PATH, TEMPLATE);
  assert.deepEqual({ outcome, window, credits }, { outcome: "allowed", window: null, credits: 0 });
});

Deno.test("a free-form message with no window open is 409 window_closed, with both remedies", async () => {
  await using service = new TestService();
  await service.createCompany();
  const problem = await service.requestProblem("POST", PATH, {
    message_id: "f1",
    to: ANA,
    kind: "free_form",
  });
  assert.deepEqual([problem.status, problem.code], [409, "window_closed"]);
  assert.match(problem.detail, /write/);
  assert.match(problem.detail, /template/);
  assert.match(problem.detail, /another message_id/, "this id keeps its answer");
});

Deno.test("a free-form message in an open window costs nothing", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("POST", PATH, TEMPLATE);
  const answer = await service.readJson("POST", PATH, { message_id: "f1", to: `+${ANA}`, kind: "free_form" });
  assert.equal(answer.credits, 0);
  assert.equal(answer.window.direction, "outbound");
});

Deno.test("a contact's window is found by digits, with or without +, and by every spelling of the phone", async () => {
  await using service = new TestService();
  await service.createCompany();
  assert.deepEqual(await service.readJson("GET", WINDOW), {
    contact: ANA,
    free_form_allowed: false,
    windows: [],
    meta_service_window_ends_at: null,
  });
  await service.readJson("POST", PATH, TEMPLATE);
  const old_spelling = ANA.replace(/^55119/, "5511");
  for (const spelling of [ANA, `+${ANA}`, encodeURIComponent(`+${ANA}`), old_spelling]) {
    const view = await service.readJson("GET", `/v1/companies/acme/contacts/${spelling}/window`);
    assert.deepEqual([view.contact, view.free_form_allowed, view.windows.length], [ANA, true, 1]);
  }
});

Deno.test("a contact that is neither phone nor BSUID is 422", async () => {
  await using service = new TestService();
  await service.createCompany();
  const problem = await service.requestProblem("GET", "/v1/companies/acme/contacts/somebody/window");
  assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "contact"]);
});

Deno.test("windows are listed newest first, in pages, with their contacts", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("POST", PATH, TEMPLATE);
  service.now_ms += 60_000;
  await service.readJson("POST", PATH, { ...TEMPLATE, message_id: "t2", to: BETO });
  const first = await service.readJson("GET", "/v1/companies/acme/windows?open=true&limit=1");
  assert.deepEqual(first.data, [{
    contact: BETO,
    feature: "whatsapp.outbound",
    direction: "outbound",
    local_date: "2026-11-03",
    opened_at: "2026-11-03T12:01:00Z",
    closes_at: "2026-11-04T03:00:00Z",
    credits: 1,
  }]);
  const path = `/v1/companies/acme/windows?open=true&limit=1&cursor=${first.next_cursor}`;
  const second = await service.readJson("GET", path);
  assert.deepEqual([second.data[0].contact, second.next_cursor], [ANA, null]);
});

Deno.test("windows are listed by open, closed or all", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("POST", PATH, TEMPLATE);
  await service.readJson("POST", "/v1/test_clock", { advance: "P1D" });
  await service.readJson("POST", PATH, { ...TEMPLATE, message_id: "t2", to: BETO });
  const contacts = async (query: string) => {
    const { data } = await service.readJson("GET", `/v1/companies/acme/windows${query}`);
    return data.map(({ contact }: { contact: string }) => contact);
  };
  assert.deepEqual(await contacts(""), [BETO, ANA]);
  assert.deepEqual(await contacts("?open=true"), [BETO]);
  assert.deepEqual(await contacts("?open=false"), [ANA]);
});

Deno.test("after midnight no window is open, and yesterday's is still listed", async () => {
  await using service = new TestService();
  await service.createCompany();
  await service.readJson("POST", PATH, TEMPLATE);
  await service.readJson("POST", "/v1/test_clock", { advance: "P1D" });
  assert.deepEqual((await service.readJson("GET", "/v1/companies/acme/windows?open=true")).data, []);
  const all = await service.readJson("GET", "/v1/companies/acme/windows");
  assert.equal(all.data[0].closes_at, "2026-11-04T03:00:00Z");
});

Deno.test("a quote returns windows, credits and money and changes nothing", async () => {
  await using service = new TestService();
  await service.createCompany();
  const contract = { package: { credits: 1, price: "1" }, excess_credit_price: "0.155" };
  await service.readJson("PUT", "/v1/companies/acme/contract", contract);
  await service.readJson("POST", PATH, TEMPLATE);
  const recipients = [ANA, BETO, "5521987650003", "5521987650004"];
  const path = "/v1/companies/acme/quotes";
  const quote = await service.readJson("POST", path, { recipients, category: "marketing" });
  assert.deepEqual(quote, {
    recipients: 4,
    already_open: 1,
    windows: 3,
    credits: 3,
    prepaid: 0,
    excess: 3,
    excess_amount: "0.46",
  });
  assert.deepEqual(await service.readJson("POST", path, { recipients, category: "marketing" }), quote);
});

Deno.test("a quote has no amount while there is no price, and at most 10,000 recipients", async () => {
  await using service = new TestService();
  await service.createCompany();
  const path = "/v1/companies/acme/quotes";
  assert.equal((await service.readJson("POST", path, { recipients: [ANA] })).excess_amount, null);
  const problem = await service.requestProblem("POST", path, { recipients: Array(10_001).fill(ANA) });
  assert.equal(problem.errors?.[0]?.message, "recipients must have at most 10000 items");
  const wrong = await service.requestProblem("POST", path, { recipients: [ANA, "nobody"] });
  assert.equal(wrong.errors?.[0]?.path, "recipients[1]");
});
