import assert from "node:assert/strict";
import { businessNumber, customerWrote, numberedCustomer, statusesOf } from "../../support/payloads.ts";
import { readProblem, TestService } from "../test_service.ts";

const PATH = "/v1/companies/acme/usage";
const [FIRST, SECOND] = [businessNumber(1), businessNumber(2)];
const ANA = numberedCustomer(1);

async function startService(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [FIRST.phone_number_id, SECOND.phone_number_id] });
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 2 });
  return service;
}

async function use(service: TestService, id: string, quantity: number, attributes?: Record<string, string>) {
  await service.readJson("POST", PATH, { id, feature: "automation.run", quantity, attributes });
}

async function template(service: TestService, message_id: string, attribution?: Record<string, string>) {
  const send = { message_id, to: ANA.phone, kind: "template", category: "utility", attribution };
  await service.readJson("POST", "/v1/companies/acme/messages", send);
}

async function rows(service: TestService, group_by: string, more = "") {
  return (await service.readJson("GET", `${PATH}?group_by=${group_by}${more}`)).data;
}

Deno.test("usage is grouped by label, and usage without the label under null", async () => {
  await using service = await startService();
  await use(service, "u1", 3, { department: "sales", campaign: "natal" });
  await use(service, "u2", 1, { department: "support" });
  await use(service, "u3", 2, { department: "sales" });
  await use(service, "u4", 5);
  await template(service, "t1", { department: "sales" });
  assert.deepEqual(await rows(service, "attribute:department"), [
    { attributes: { department: "sales" }, units: 6, credits: 11 },
    { attributes: { department: "support" }, units: 1, credits: 2 },
    { attributes: { department: null }, units: 5, credits: 10 },
  ]);
  assert.deepEqual(await rows(service, "feature,attribute:department,attribute:campaign"), [
    {
      feature: "automation.run",
      attributes: { department: "sales", campaign: "natal" },
      units: 3,
      credits: 6,
    },
    { feature: "automation.run", attributes: { department: "sales", campaign: null }, units: 2, credits: 4 },
    {
      feature: "automation.run",
      attributes: { department: "support", campaign: null },
      units: 1,
      credits: 2,
    },
    { feature: "automation.run", attributes: { department: null, campaign: null }, units: 5, credits: 10 },
    {
      feature: "whatsapp.outbound",
      attributes: { department: "sales", campaign: null },
      units: 1,
      credits: 1,
    },
  ]);
});

Deno.test("windows opened by a customer are grouped by the number they wrote to", async () => {
  await using service = await startService();
  const at_s = service.now_ms / 1_000;
  await service.deliver(customerWrote(FIRST, ANA, { id: "a", at_s }));
  await service.deliver(customerWrote(SECOND, numberedCustomer(2), { id: "b", at_s }));
  await service.deliver(customerWrote(SECOND, numberedCustomer(3), { id: "c", at_s }));
  assert.deepEqual(await rows(service, "phone_number_id"), [
    { phone_number_id: FIRST.phone_number_id, units: 1, credits: 1 },
    { phone_number_id: SECOND.phone_number_id, units: 2, credits: 2 },
  ]);
});

Deno.test("when another message turns out to have opened a window, only its label is charged", async () => {
  await using service = await startService();
  const at_s = service.now_ms / 1_000;
  await service.deliver(customerWrote(FIRST, ANA, { id: "later", at_s }));
  await service.deliver(customerWrote(SECOND, ANA, { id: "earlier", at_s: at_s - 60 }));
  assert.deepEqual(await rows(service, "phone_number_id"), [
    { phone_number_id: SECOND.phone_number_id, units: 1, credits: 1 },
  ]);
});

Deno.test("a failed template is refunded to the label it was charged to", async () => {
  await using service = await startService();
  await template(service, "t1", { department: "sales" });
  await template(service, "t2", { department: "support" });
  const at_s = service.now_ms / 1_000;
  await service.deliver(statusesOf(FIRST, ANA, { id: "t1", at_s, status: "sent", category: "utility" }));
  await service.deliver(statusesOf(FIRST, ANA, { id: "t1", at_s, status: "failed" }));
  assert.deepEqual(await rows(service, "attribute:department,phone_number_id"), [
    { phone_number_id: null, attributes: { department: "support" }, units: 1, credits: 1 },
  ]);
  await service.deliver(statusesOf(FIRST, ANA, { id: "t2", at_s, status: "failed" }));
  assert.deepEqual(await rows(service, "attribute:department,phone_number_id"), []);
});

Deno.test("a label that arrives after the statuses counts, and costs nothing more", async () => {
  await using service = await startService();
  const at_s = service.now_ms / 1_000 - 60;
  for (const status of ["sent", "delivered"] as const) {
    await service.deliver(statusesOf(FIRST, ANA, { id: "t1", at_s, status, category: "utility" }));
  }
  assert.deepEqual(await rows(service, "attribute:department"), [
    { attributes: { department: null }, units: 1, credits: 1 },
  ]);
  await template(service, "t1", { department: "sales" });
  assert.deepEqual(await rows(service, "attribute:department"), [
    { attributes: { department: "sales" }, units: 1, credits: 1 },
  ]);
  const { data } = await service.readJson("GET", "/v1/companies/acme/ledger");
  assert.deepEqual(data.map(({ type }: { type: string }) => type), [
    "consumption",
    "reversal",
    "consumption",
  ]);
  assert.equal((await service.readJson("GET", "/v1/companies/acme/balance")).consumed, 1);
});

Deno.test("merging two contacts of one person leaves the label of the remaining window", async () => {
  await using service = await startService();
  const at_s = service.now_ms / 1_000;
  await service.deliver(customerWrote(FIRST, { phone: ANA.phone }, { id: "a", at_s: at_s - 60 }));
  await service.deliver(customerWrote(SECOND, { bsuid: ANA.bsuid }, { id: "b", at_s: at_s - 30 }));
  await service.deliver(customerWrote(SECOND, ANA, { id: "c", at_s }));
  assert.deepEqual(await rows(service, "phone_number_id"), [
    { phone_number_id: FIRST.phone_number_id, units: 1, credits: 1 },
  ]);
});

Deno.test("free use has no ledger entry: its units are counted without a label", async () => {
  await using service = await startService();
  await service.readJson("PUT", "/v1/features/note.kept", { credits: 0 });
  await service.readJson("POST", PATH, {
    id: "n1",
    feature: "note.kept",
    quantity: 4,
    attributes: { department: "sales" },
  });
  assert.deepEqual(await rows(service, "feature,attribute:department"), [
    { feature: "note.kept", attributes: { department: null }, units: 4, credits: 0 },
  ]);
});

Deno.test("labels as of the closing exclude late facts", async () => {
  await using service = await startService();
  await use(service, "u1", 1, { department: "sales" });
  await service.readJson("POST", "/v1/test_clock", { now: "2026-11-04T12:00:00Z" });
  const late = { id: "u2", feature: "automation.run", quantity: 2, attributes: { department: "sales" } };
  await service.readJson("POST", PATH, { ...late, occurred_at: "2026-11-03T12:00:00Z" });
  await use(service, "u3", 4, { department: "sales" });
  const units = async (as_of: string) =>
    (await rows(service, "day,attribute:department", `&as_of=${as_of}`)).map(
      ({ day, units }: { day: string; units: number }) => [day, units],
    );
  assert.deepEqual(await units("close"), [["2026-11-03", 1]]);
  assert.deepEqual(await units("now"), [["2026-11-03", 3], ["2026-11-04", 4]]);
});

Deno.test("a report with too many rows is refused with its remedy", async () => {
  await using service = await startService();
  for (let call = 0; call < 11; call++) {
    const usages = Array.from({ length: call === 10 ? 1 : 1_000 }, (_, i) => {
      const id = `u${call}-${i}`;
      return { id, feature: "automation.run", quantity: 1, attributes: { campaign: id } };
    });
    await service.readJson("POST", PATH, usages);
  }
  const problem = await service.requestProblem("GET", `${PATH}?group_by=attribute:campaign`);
  assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "group_by"]);
  assert.match(problem.detail, /request fewer days or groups/);
});

Deno.test("one report by label runs at a time for each company", async () => {
  await using service = await startService();
  await service.createCompany("bravo", { phone_number_ids: ["another"] });
  const { reports } = service.options;
  const [started, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using slow = new TestService({
    ...service.options,
    reports: {
      ...reports,
      labelledUsage: async (query) => {
        if (query.company === "acme") await (started.resolve(), finish.promise);
        return reports.labelledUsage(query);
      },
    },
  });
  const by_label = `${PATH}?group_by=attribute:department`;
  const first = slow.readJson("GET", by_label);
  await started.promise;
  const rejected = await slow.request("GET", by_label);
  assert.equal(rejected.headers.get("retry-after"), "5");
  const { status, code } = await readProblem(rejected);
  assert.deepEqual([status, code], [429, "too_many_reports"]);
  assert.deepEqual((await slow.readJson("GET", by_label.replace("acme", "bravo"))).data, []);
  finish.resolve();
  await first;
  await slow.readJson("GET", by_label);
});

Deno.test("a label without a name, one too long, one too many, or an unknown group is 422", async () => {
  await using service = await startService();
  const six = [1, 2, 3, 4, 5, 6].map((n) => `attribute:a${n}`).join(",");
  for (const group_by of ["attribute:", `attribute:${"a".repeat(41)}`, six, "colour", "day,,feature", ""]) {
    const problem = await service.requestProblem("GET", `${PATH}?group_by=${group_by}`);
    assert.deepEqual([problem.status, problem.errors?.[0]?.path], [422, "group_by"], group_by);
  }
});
