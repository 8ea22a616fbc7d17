import assert from "node:assert/strict";
import { businessNumber, customerWrote, numberedCustomer, wamid } from "../../support/payloads.ts";
import { textOf } from "../../web/page_views.ts";
import { TestService } from "../test_service.ts";

const ACME = "/v1/companies/acme";
const [COUNTER, DELIVERY] = [businessNumber(1), businessNumber(2)];

/** A company with conversations at two numbers and labelled uses: 3, 1, 10 and 2 credits, of a total of R$ 100.00. */
async function busy(replaced: ConstructorParameters<typeof TestService>[0] = {}): Promise<TestService> {
  const service = new TestService(replaced);
  const phone_number_ids = [COUNTER.phone_number_id, DELIVERY.phone_number_id];
  await service.createCompany("acme", { phone_number_ids });
  const name = { "pt-BR": "SMS enviado", en: "SMS sent" };
  await service.readJson("PUT", "/v1/features/sms.sent", { credits: 2, name });
  await service.readJson("PUT", `${ACME}/contract`, {
    package: { credits: 100, price: "100" },
    excess_credit_price: "0.12",
  });
  await converse(service, 1, 2, 3);
  await use(service, "u1", 5, { department: "Vendas" });
  await use(service, "u2", 1, { department: "Suporte", campaign: "Natal" });
  return service;
}

async function converse(service: TestService, ...numbers: number[]): Promise<void> {
  const at_s = service.now_ms / 1000;
  for (const [i, line] of [COUNTER, DELIVERY].entries()) {
    for (const number of numbers.slice(0, 3 - 2 * i)) {
      const { phone } = numberedCustomer(10 * i + number);
      await service.deliver(customerWrote(line, { phone }, { id: wamid(`${phone} ${at_s}`), at_s }));
    }
  }
}

async function use(service: TestService, id: string, quantity: number, attributes = {}): Promise<void> {
  await service.readJson("POST", `${ACME}/usage`, { id, feature: "sms.sent", quantity, attributes });
}

/** Returns the texts of the section of usage. */
async function sectionOf(service: TestService, query = ""): Promise<string> {
  const response = await service.request("GET", `/reports/credits/acme?${query}`);
  const html = await response.text();
  assert.equal(response.status, 200, html);
  return textOf(html.split('id="features"')[1]!.split("</section>")[0]!);
}

async function moveTo(service: TestService, now: string): Promise<void> {
  await service.readJson("POST", "/v1/test_clock", { now });
}

Deno.test("each feature has its part of the month's total", async () => {
  await using service = await busy();
  const text = await sectionOf(service);
  assert.match(text, /SMS enviado 6 12 75% R\$ 75,00 Conversa 4 4 25% R\$ 25,00 Total 16 100% R\$ 100,00/);
});

Deno.test("features are compared with the same closed days of the month before", async () => {
  await using service = await busy();
  await moveTo(service, "2026-12-03T12:00:00Z");
  await use(service, "today", 50);
  assert.match(await sectionOf(service), /SMS enviado 50 100 100% R\$ 100,00 – Total/);
  await moveTo(service, "2026-12-04T12:00:00Z");
  assert.match(
    await sectionOf(service),
    /Contra novembro SMS enviado 50 100 100% R\$ 100,00 \+733% Conversa 0 0 0% R\$ 0,00 -100% Total 100 100% R\$ 100,00 \+525%/,
  );
  assert.match(await sectionOf(service), /de 1 de novembro a 3 de novembro\./);
});

Deno.test("a closed month is compared with the whole month before, and the first month with none", async () => {
  await using service = await busy();
  await moveTo(service, "2026-12-31T12:00:00Z");
  await use(service, "last", 3);
  await moveTo(service, "2027-01-02T12:00:00Z");
  const december = await sectionOf(service, "&month=2026-12");
  assert.match(december, /SMS enviado 3 6 100% R\$ 100,00 -50%/);
  assert.match(december, /de 1 de novembro a 30 de novembro\./);
  assert.doesNotMatch(await sectionOf(service, "&month=2026-11"), /Contra/);
});

Deno.test("tabs show usage by department, campaign and number, with the total of the month", async () => {
  await using service = await busy();
  assert.match(
    await sectionOf(service, "&by=department"),
    /Por departamento .*Vendas 10 62% R\$ 62,50 Sem departamento 4 25% R\$ 25,00 Suporte 2 12% R\$ 12,50 Total 16 100% R\$ 100,00/,
  );
  assert.match(await sectionOf(service, "&by=campaign"), /Sem campanha 14 .*Natal 2 /);
  const by_number = await sectionOf(service, "&by=number&lang=en");
  assert.match(by_number, /By number .*No number: not WhatsApp 12 75%/);
  assert.match(by_number, new RegExp(` ${COUNTER.phone_number_id} 3 .* ${DELIVERY.phone_number_id} 1 `));
});

Deno.test("pages join one report by label, and another tab waits for its end", async () => {
  await using service = await busy();
  const { reports } = service.options;
  const { promise, resolve } = Promise.withResolvers<void>();
  let reads = 0;
  const waiting = {
    ...reports,
    labelledUsage: async (query: Parameters<typeof reports.labelledUsage>[0]) => {
      reads++;
      await promise;
      return await reports.labelledUsage(query);
    },
  };
  await using slow = new TestService({ ...service.options, reports: waiting });
  const pages = ["", "&lang=en"].map((query) => sectionOf(slow, `&by=department${query}`));
  while (reads === 0) await new Promise((done) => setTimeout(done, 1));
  const tab = sectionOf(slow, "&by=campaign");
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(reads, 1);
  resolve();
  const [portuguese, english] = await Promise.all(pages);
  assert.match(portuguese!, /Vendas 10/);
  assert.match(english!, /Vendas 10/);
  assert.match(await tab, /Natal 2/);
  assert.equal(reads, 2);
});

Deno.test("a page lists the entries of its own month", async () => {
  await using service = await busy();
  await moveTo(service, "2026-12-03T12:00:00Z");
  await use(service, "in december", 1);
  const listed = async (query: string) => {
    const response = await service.request("GET", `/reports/credits/acme?${query}`);
    return [...(await response.text()).matchAll(/<tr role="row" class="day" id="day-([\d-]+)"/g)].map((
      [, day],
    ) => day);
  };
  assert.deepEqual(await listed(""), ["2026-12-03", "2026-12-01"]);
  assert.deepEqual(await listed("&month=2026-11"), ["2026-11-30", "2026-11-03"]);
  assert.deepEqual(await listed("&from=2026-11-30"), ["2026-12-03", "2026-12-01", "2026-11-30"]);
});
