import assert from "node:assert/strict";
import { businessNumber, customerWrote, templateStatuses, wamid } from "../../support/payloads.ts";
import type { Caller } from "../../../src/http/middleware/authentication.ts";
import { tracesOf } from "../../support/identifier_traces.ts";
import { ROOT_CALLER, TestService } from "../test_service.ts";

const LINE = businessNumber(1);
const UNKNOWN_LINE = businessNumber(9);
const ANA = { phone: "5511987654321", bsuid: "BR.73491208655302741918" };
const RECONCILIATION = "00000000-0000-4000-8000-000000000001";
const TRACES = tracesOf(ANA.phone, ANA.bsuid);

/** Starts a service in which every stored form of a contact occurs, and authenticates further requests as a caller. */
async function seeded(next_caller: Caller): Promise<TestService> {
  let caller: Caller = ROOT_CALLER;
  const service = new TestService({ authenticate: () => caller });
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  await service.readJson("PUT", "/v1/features/automation.run", { credits: 1 });
  const at_s = service.now_ms / 1000;
  const id = wamid(ANA.phone);
  for (
    const change of [
      customerWrote(LINE, ANA, { id, at_s }),
      ...templateStatuses(LINE, ANA, { id: `${id}2`, sent_at_s: at_s + 1 }),
      customerWrote(LINE, ANA, { id: `${id}3`, at_s: at_s - 9 * 86_400 }),
      customerWrote(LINE, ANA, { id: `${id}4`, at_s, content: { timestamp: "soon" } }),
      customerWrote(UNKNOWN_LINE, ANA, { id: `${id}5`, at_s }),
    ]
  ) {
    await service.deliver(change);
  }
  await service.readJson("POST", "/v1/companies/acme/usage", {
    id: "run-1",
    feature: "automation.run",
    quantity: 1,
    attributes: {
      customer: `+${ANA.phone}`,
      note: `called ${ANA.phone} and ${ANA.bsuid} twice`,
      order: "5512",
    },
  });
  await service.readJson("POST", "/v1/companies/acme/messages", {
    message_id: id,
    to: ANA.phone,
    kind: "template",
    attribution: { to: ANA.phone },
  });
  await reconcile(service);
  caller = next_caller;
  return service;
}

/** Compares the template with Meta's figures, in which it is another one. */
async function reconcile(service: TestService): Promise<void> {
  const { phone_number_id, display_phone_number: phone_number } = LINE;
  await service.readJson("PUT", `/v1/phone_numbers/${phone_number_id}/meta_account`, {
    account_id: "1",
    time_zone: "America/Sao_Paulo",
    currency: "USD",
  });
  const data_points = [{
    start: 1_793_674_800,
    end: 1_793_761_200,
    country: "PT",
    phone_number,
    pricing_category: "UTILITY",
    pricing_type: "REGULAR",
    volume: 1,
  }];
  const query = `from=2026-11-03&to=2026-11-03&account_id=1&number=${phone_number}:${phone_number_id}`;
  const body = { pricing_analytics: { data: [{ data_points }] } };
  await service.readJson("POST", `/v1/reconciliations?${query}`, body, 201);
  const lines = `/v1/reconciliations/${RECONCILIATION}/lines`;
  assert.equal((await service.readJson("GET", `${lines}/1/messages`)).data.length, 1);
}

/** Lists the paths of all GET calls of the OpenAPI document, with their parameters filled in. */
async function readsOf(service: TestService): Promise<string[]> {
  const { paths } = await (await service.app.hono.request("/openapi.json")).json();
  const reads = Object.entries(paths).filter(([path, methods]) =>
    "get" in (methods as object) && !path.endsWith("/stream")
  ).map(([path]) => path);
  assert.ok(reads.length >= 15, "too few routes: check how this test finds them");
  const fill = (path: string, seq: string) =>
    path.replace("{company}", "acme").replace("{contact}", ANA.phone).replace("{seq}", seq)
      .replace("{month}", "2026-11").replace("{period}", "2026-11").replace("{feature}", "automation.run")
      .replace("{code}", "automation.run").replace("{file}", "start.js")
      .replace("{id}", RECONCILIATION).replace("{line}", seq);
  return [...new Set(reads.flatMap((path) => ["1", "2", "3"].map((seq) => fill(path, seq))))];
}

async function responsesTo(caller: Caller): Promise<{ path: string; accept: string; text: string }[]> {
  await using service = await seeded(caller);
  const responses = [];
  for (const path of await readsOf(service)) {
    for (const accept of ["application/json", "text/csv"]) {
      const query = path.endsWith("/usage")
        ? "?from=2026-11-01&to=2026-11-30"
        : path.startsWith("/reports/credits")
        ? "?entry=2"
        : "";
      const response = await service.request("GET", path + query, undefined, { accept });
      const headers = JSON.stringify([...response.headers]);
      responses.push({ path, accept, text: `${response.status} ${headers}${await response.text()}` });
    }
  }
  return responses;
}

Deno.test("no response shows a contact in full to a caller without sees_contacts, as JSON or CSV, in any spelling", async () => {
  const responses = await responsesTo({
    kind: "key",
    name: "k",
    id: "k",
    scope: "platform",
    company: undefined,
    sees_contacts: false,
  });
  for (const { path, accept, text } of responses) {
    assert.deepEqual(TRACES.filter((trace) => text.includes(trace)), [], `${accept} of ${path}`);
  }
  assert.equal(responses.filter(({ text }) => text.includes("+55 11 •••••-4321")).length >= 6, true);
});

Deno.test("a caller with sees_contacts sees contacts, and labels are masked for every caller", async () => {
  await using service = await seeded({
    kind: "key",
    name: "k",
    id: "k",
    scope: "platform",
    company: undefined,
    sees_contacts: true,
  });
  const { data } = await service.readJson("GET", "/v1/companies/acme/windows");
  assert.ok([ANA.phone, ANA.bsuid].includes(data[0].contact));
  const usage = await service.readJson("GET", "/v1/companies/acme/ledger?feature=automation.run");
  const { fact } = await service.readJson("GET", `/v1/companies/acme/ledger/${usage.data[0].seq}`);
  assert.deepEqual(fact.attribution, {
    customer: "+55 11 •••••-4321",
    note: "called +55 11 •••••-4321 and BR.••••1918 twice",
    order: "5512",
  });
});
