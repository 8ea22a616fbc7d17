import assert from "node:assert/strict";
import type { LabelledUsage, LabelledUsageQuery } from "../../../src/domain/reports.ts";
import type { CompanyId, LocalDate } from "../../../src/domain/types.ts";
import { causeOf, UnusualCauses } from "../../../src/http/pages/unusual_cause.ts";
import { LabelledReports } from "../../../src/http/resources/labelled_reports.ts";
import type { Reports } from "../../../src/ports/reports.ts";
import { businessNumber, customerWrote, numberedCustomer, wamid } from "../../support/payloads.ts";
import { textOf } from "../../web/page_views.ts";
import { TestService } from "../test_service.ts";

const ACME = "/v1/companies/acme";

/** Usage of one department and campaign at one number. */
function used(
  credits: number,
  department: string | null = null,
  campaign: string | null = null,
  phone_number_id: string | null = null,
): LabelledUsage {
  return { phone_number_id, attributes: { department, campaign }, units: credits, credits };
}

Deno.test("the label with more than half of the difference explains a day", () => {
  const before = [used(100, "Vendas"), used(100, "Suporte")];
  assert.deepEqual(causeOf([used(10, "Vendas"), used(200, "Suporte")], before, 10), {
    by: "department",
    label: "Suporte",
    consumed: 200,
    usual: 10,
  });
});

Deno.test("half of the difference is not most of it", () => {
  const before = [used(100, "Vendas"), used(100, "Suporte")];
  assert.equal(causeOf([used(100, "Vendas"), used(100, "Suporte")], before, 10), null);
  assert.equal(causeOf([used(100, "Vendas"), used(101, "Suporte")], before, 10)?.label, "Suporte");
});

Deno.test("a label that all use has, and use without a label, explain nothing", () => {
  assert.equal(causeOf([used(200, "Vendas")], [used(100, "Vendas")], 10), null);
  assert.equal(causeOf([used(10, "Vendas"), used(200)], [used(100, "Vendas"), used(10)], 10), null);
});

Deno.test("a new campaign explains a day before its department does", () => {
  const cause = causeOf([used(10, "Suporte"), used(300, "Vendas", "Natal")], [used(100, "Suporte")], 10);
  assert.deepEqual(cause, { by: "campaign", label: "Natal", consumed: 300, usual: 0 });
});

Deno.test("a number explains a day only beside another number", () => {
  const before = [used(100, null, null, "1"), used(50)];
  assert.equal(causeOf([used(300, null, null, "1"), used(5)], before, 10), null);
  assert.deepEqual(causeOf([used(300, null, null, "1"), used(5, null, null, "2")], before, 10), {
    by: "number",
    label: "1",
    consumed: 300,
    usual: 10,
  });
});

const DAY = {
  today: "2026-11-17" as LocalDate,
  closed_days: 14,
  consumed: 300,
  usual: 10,
  as_of: "2026-11-17T12:00:00Z",
  version: 7,
};

/** Reports in which a campaign has 300 credits on a day, and the queries that were read. */
function reportsOfCampaign(): { reports: Reports; queries: LabelledUsageQuery[] } {
  const queries: LabelledUsageQuery[] = [];
  const labelledUsage = (query: LabelledUsageQuery) => {
    queries.push(query);
    return Promise.resolve(query.from === DAY.today ? [used(300, null, "Natal")] : [used(140)]);
  };
  return { reports: { labelledUsage } as unknown as Reports, queries };
}

Deno.test("a cause is read from today and the closed days, and again after five minutes", async () => {
  const { reports, queries } = reportsOfCampaign();
  let now_ms = 0;
  const causes = new UnusualCauses(new LabelledReports(reports), () => now_ms);
  const acme = "acme" as CompanyId;
  const cause = { by: "campaign", label: "Natal", consumed: 300, usual: 0, as_of: DAY.as_of } as const;
  const [first, joined] = await Promise.all([causes.of(acme, DAY), causes.of(acme, DAY)]);
  assert.deepEqual([first, joined], [cause, cause]);
  assert.deepEqual(queries.map(({ from, to }) => [from, to]), [
    ["2026-11-03", "2026-11-16"],
    ["2026-11-17", "2026-11-17"],
  ]);
  now_ms = 299_999;
  const as_of = "2026-11-17T12:05:00Z";
  assert.deepEqual(await causes.of(acme, { ...DAY, as_of }), cause);
  assert.equal(queries.length, 2);
  now_ms = 300_000;
  assert.deepEqual(await causes.of(acme, { ...DAY, as_of }), { ...cause, as_of });
  assert.equal(queries.length, 4);
});

Deno.test("a cause is read again once its day has grown by a half, and is left out once it explains little", async () => {
  const { reports, queries } = reportsOfCampaign();
  const causes = new UnusualCauses(new LabelledReports(reports), () => 0);
  const acme = "acme" as CompanyId;
  for (const [consumed, label, read] of [[300, "Natal", 2], [449, "Natal", 2], [450, "Natal", 4]] as const) {
    assert.equal((await causes.of(acme, { ...DAY, consumed }))?.label, label);
    assert.equal(queries.length, read);
  }
  assert.equal((await causes.of(acme, { ...DAY, consumed: 609 }))?.label, "Natal");
  assert.equal(await causes.of(acme, { ...DAY, consumed: 610 }), null);
});

Deno.test("a slow report does not hold up the page: a later rendering has the cause", async () => {
  const { reports } = reportsOfCampaign();
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = {
    labelledUsage: async (query: LabelledUsageQuery) => {
      await promise;
      return await reports.labelledUsage(query);
    },
  } as Reports;
  const causes = new UnusualCauses(new LabelledReports(slow), () => 0);
  assert.equal(await causes.of("acme" as CompanyId, DAY), null);
  resolve();
  assert.equal((await causes.of("acme" as CompanyId, DAY))?.label, "Natal");
});

Deno.test("while another report of the company runs a day has no cause, and the next rendering has it", async () => {
  const { reports } = reportsOfCampaign();
  const { promise, resolve } = Promise.withResolvers<void>();
  const first_waits = {
    labelledUsage: async (query: LabelledUsageQuery) => {
      if (query.attributes.length === 0) await promise;
      return await reports.labelledUsage(query);
    },
  } as Reports;
  const labelled = new LabelledReports(first_waits);
  const causes = new UnusualCauses(labelled, () => 0);
  const acme = "acme" as CompanyId;
  const span = { company: acme, from: DAY.today, to: DAY.today, as_of: "now" } as const;
  const other = labelled.rowsOf(span, { groups: new Set(), by_phone_number_id: true, attributes: [] });
  assert.equal(await causes.of(acme, DAY), null);
  resolve();
  await other;
  assert.equal((await causes.of(acme, DAY))?.label, "Natal");
});

Deno.test("a report that fails is not tried again with every rendering, and fails no page", async () => {
  let reads = 0;
  const failing = {
    labelledUsage: () => {
      reads++;
      return Promise.reject(new Error("canceling statement due to statement timeout"));
    },
  } as unknown as Reports;
  const causes = new UnusualCauses(new LabelledReports(failing), () => 0);
  for (let i = 0; i < 3; i++) assert.equal(await causes.of("acme" as CompanyId, DAY), null);
  assert.equal(reads, 1);
});

Deno.test("a cause that is forgotten is read again, also when it was being read", async () => {
  const { reports, queries } = reportsOfCampaign();
  const causes = new UnusualCauses(new LabelledReports(reports), () => 0);
  const acme = "acme" as CompanyId;
  const reading = causes.of(acme, DAY);
  causes.forget();
  assert.equal(await reading, null);
  assert.equal((await causes.of(acme, DAY))?.label, "Natal");
  const { length } = queries;
  causes.forget();
  assert.equal((await causes.of(acme, DAY))?.label, "Natal");
  assert.equal(queries.length, length + 2);
});

/** A company with a quiet fortnight, at 09:00 of its 15th day. */
async function quiet(): Promise<TestService> {
  const service = new TestService();
  const phone_number_ids = [businessNumber(1), businessNumber(2)].map((line) => line.phone_number_id);
  await service.createCompany("acme", { phone_number_ids });
  const name = { "pt-BR": "SMS enviado", en: "SMS sent" };
  await service.readJson("PUT", "/v1/features/sms.sent", { credits: 2, name });
  const package_terms = { package: { credits: 1_000, price: "100" }, excess_credit_price: "0.12" };
  await service.readJson("PUT", `${ACME}/contract`, package_terms);
  for (let day = 3; day <= 16; day++) {
    await moveTo(service, `2026-11-${String(day).padStart(2, "0")}T12:00:00Z`);
    await use(service, `d${day}`, 3, { department: "Suporte" });
  }
  await moveTo(service, "2026-11-17T12:00:00Z");
  return service;
}

async function moveTo(service: TestService, now: string): Promise<void> {
  await service.readJson("POST", "/v1/test_clock", { now });
}

async function use(service: TestService, id: string, quantity: number, attributes = {}): Promise<void> {
  await service.readJson("POST", `${ACME}/usage`, { id, feature: "sms.sent", quantity, attributes });
}

async function pageText(service: TestService, query = ""): Promise<string> {
  const response = await service.request("GET", `/reports/credits/acme?${query}`);
  const html = await response.text();
  assert.equal(response.status, 200, html);
  // Isolates names in other directions of writing.
  return textOf(html).replaceAll(/[\u2066-\u2069]/g, "");
}

Deno.test("the page names the campaign that explains an unusual day, in both languages", async () => {
  await using service = await quiet();
  assert.doesNotMatch(await pageText(service), /o normal/);
  await use(service, "sale", 39, { department: "Vendas", campaign: "Natal" });
  await use(service, "usual", 3, { department: "Suporte" });
  assert.match(
    await pageText(service),
    /Hoje: 14× o normal\. SMS enviado: 84 hoje, normalmente 6 por dia\. Campanha Natal: 78 até 09:00, normalmente 0 por dia\./,
  );
  assert.match(
    await pageText(service, "by=department&lang=en"),
    /Today: 14× the usual\. SMS sent: 84 today, usually 6 a day\. Campaign Natal: 78 by 09:00, usually 0 a day\./,
  );
});

Deno.test("the page names the number that explains an unusual day, and no label that explains little", async () => {
  await using service = await quiet();
  const at_s = service.now_ms / 1000;
  const [counter, delivery] = [businessNumber(1), businessNumber(2)];
  for (let i = 0; i < 40; i++) {
    const { phone } = numberedCustomer(i);
    const line = i === 0 ? delivery : counter;
    await service.deliver(customerWrote(line, { phone }, { id: wamid(`${phone}`), at_s }));
  }
  assert.match(
    await pageText(service),
    new RegExp(`Número ${counter.phone_number_id}: 39 até 09:00, normalmente 0 por dia\\.`),
  );
  await use(service, "d1", 13, { department: "A" });
  await use(service, "d2", 13, { department: "B" });
  const text = await pageText(service);
  assert.match(text, /Hoje: 15× o normal/);
  assert.doesNotMatch(text, /até 09:00, normalmente/);
});

Deno.test("an erased label is no cause any more", async () => {
  await using service = await quiet();
  await use(service, "sale", 39, { department: "Ana Souza" });
  assert.match(await pageText(service), /Departamento Ana Souza: 78/);
  await service.readJson("POST", `${ACME}/label_erasures`, { text: "Ana Souza" });
  // Another address, so that the rendering of the last second is not reused.
  const text = await pageText(service, "by=department");
  assert.match(text, /Departamento •••: 78/);
  assert.doesNotMatch(text, /Souza/);
});
