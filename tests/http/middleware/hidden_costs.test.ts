import assert from "node:assert/strict";
import type { CompanyId } from "../../../src/domain/types.ts";
import { businessNumber, customerWrote, templateStatuses } from "../../support/payloads.ts";
import { operationsOf } from "../call_matrix.ts";
import { TestService } from "../test_service.ts";

const LINE = businessNumber(1);
const PHONE = "5511987650001";

/** Figures and names that only reports of costs have. The price is like no other number of the service. */
const COSTS = ["0.31415", "31415", "meta_cost", "priced_cost", "unpriced", "unused_package"];

/** Starts a service with a company whose marketing message has a cost. */
async function startService(): Promise<TestService> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  await service.readJson("PUT", "/v1/companies/acme/contract", {
    package: { credits: 100, price: "50.00" },
    excess_credit_price: "0.15",
  });
  await service.readJson("PUT", "/v1/meta_rates", {
    currency: "BRL",
    effective_from: "2026-10-01",
    rates: [{ market: "Brazil", marketing: "0.31415" }],
  });
  await service.readJson("PUT", `/v1/phone_numbers/${LINE.phone_number_id}/meta_account`, {
    account_id: "1",
    time_zone: "America/Sao_Paulo",
    currency: "BRL",
  });
  const sent_at_s = service.now_ms / 1000;
  await service.deliver(
    customerWrote(LINE, { phone: PHONE }, { id: "wamid.in", at_s: sent_at_s }),
    ...templateStatuses(LINE, { phone: PHONE }, { id: "wamid.out", sent_at_s }),
  );
  const { data: [{ margin }] } = await service.readJson("GET", "/v1/margins");
  assert.notEqual(margin, null);
  return service;
}

/** Returns every read of the service that a company's caller can name, with the company in it. */
async function readsOf(service: TestService): Promise<{ path: string; accept: string }[]> {
  const operations = (await operationsOf(service)).filter(({ method, security }) =>
    method === "GET" && security.length > 0
  );
  return operations.flatMap(({ path, produces, query }) => {
    const filled = path.replace("{company}", "acme").replace("{contact}", PHONE).replace("{month}", "2026-11")
      .replace("{seq}", "1").replace("{code}", "whatsapp.outbound")
      .replace("{phone_number_id}", LINE.phone_number_id).replace(/\{\w+\}/g, "1");
    const dates = query.includes("from") ? "?from=2026-11-01&to=2026-11-30" : "";
    return produces.filter((accept) => accept !== "text/event-stream")
      .map((accept) => ({ path: `${filled}${dates}`, accept }));
  });
}

Deno.test("no page of a company, and no answer to its key, has a cost or a margin", async () => {
  await using service = await startService();
  const { key } = await service.readJson(
    "POST",
    "/v1/keys",
    { name: "own", scope: "admin", company: "acme" },
    201,
  );
  const { sessions } = service.access;
  const link = await sessions.createLink("acme" as CompanyId, undefined, 600_000, true);
  const token = (await sessions.openLink(link!.token, "acme" as CompanyId))!;
  const callers: readonly Readonly<Record<string, string>>[] = [{ authorization: `Bearer ${key}` }, {
    cookie: `__Host-credits-acme=${token}`,
  }];
  let answered = 0;
  for (const { path, accept } of await readsOf(service)) {
    for (const caller of callers) {
      const response = await service.app.hono.request(path, { headers: { ...caller, accept } });
      const text = await response.text();
      if (response.ok) answered++;
      for (const cost of COSTS) assert.ok(!text.includes(cost), `${path} (${accept}) has ${cost}`);
    }
  }
  assert.ok(answered > 20, `only ${answered} reads were answered`);
});

Deno.test("keys of companies and of lesser scopes cannot read costs or margins", async () => {
  await using service = await startService();
  for (const scope of ["read", "ingest", "admin"]) {
    for (const company of ["acme", null]) {
      const { key } = await service.readJson("POST", "/v1/keys", { name: "own", scope, company }, 201);
      for (const path of ["/v1/companies/acme/costs", "/v1/margins", "/v1/margins?group_by=month"]) {
        const { status } = await service.app.hono.request(path, {
          headers: { authorization: `Bearer ${key}` },
        });
        assert.equal(status, 403, `${scope} ${company} ${path}`);
      }
    }
  }
});
