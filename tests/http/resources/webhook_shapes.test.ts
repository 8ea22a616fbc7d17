/** Meta's webhook shapes of 2026, over HTTP. */

import assert from "node:assert/strict";
import {
  businessNumber,
  contactCardSent,
  customerCalled,
  customerWrote,
  handedOver,
  numberedCustomer,
  onStandby,
  statusesOf,
} from "../../support/payloads.ts";
import { TestService } from "../test_service.ts";

const LINE = businessNumber(1);
const ANA = numberedCustomer(1);
const BETO = numberedCustomer(2);

/** A company with the number of the payloads. */
async function withCompany(): Promise<{ service: TestService; at_s: number } & AsyncDisposable> {
  const service = new TestService();
  await service.createCompany("acme", { phone_number_ids: [LINE.phone_number_id] });
  return {
    service,
    at_s: service.now_ms / 1000,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

async function windowsOf(service: TestService): Promise<{ inbound: number; outbound: number }> {
  const { open_windows: { inbound, outbound } } = await service.readJson("GET", "/v1/companies/acme/balance");
  return { inbound, outbound };
}

async function consumed(service: TestService): Promise<number> {
  return (await service.readJson("GET", "/v1/companies/acme/balance")).consumed;
}

async function quarantined(service: TestService) {
  return (await service.readJson("GET", "/v1/quarantine")).data;
}

Deno.test("a customer served by Meta's own agent counts, and what arrives on both fields counts once", async () => {
  await using company = await withCompany();
  const { service, at_s } = company;
  const wrote = customerWrote(LINE, ANA, { id: "wamid.1", at_s });
  const delivered = statusesOf(LINE, BETO, {
    id: "wamid.2",
    at_s,
    status: "delivered",
    category: "marketing",
  });
  await service.deliver(onStandby(wrote), onStandby(delivered));
  assert.deepEqual(await windowsOf(service), { inbound: 1, outbound: 1 });
  await service.deliver(wrote, delivered);
  await service.deliver(onStandby(delivered), delivered, handedOver(LINE, ANA, at_s));
  assert.deepEqual(await windowsOf(service), { inbound: 1, outbound: 1 });
  assert.equal(await consumed(service), 2);
  assert.deepEqual(await quarantined(service), []);
});

Deno.test("C17: an unsupported message that acts on an earlier one is free", async () => {
  await using company = await withCompany();
  const { service, at_s } = company;
  const types = ["edit", "reaction", "pin", "keep_in_chat", "poll_update"];
  const unsupported = (type: string) => ({
    id: type,
    at_s,
    type: "unsupported",
    content: { unsupported: { type } },
  });
  await service.deliver(customerWrote(LINE, ANA, ...types.map(unsupported)));
  assert.equal(await consumed(service), 0);
  await service.deliver(customerWrote(LINE, ANA, unsupported("poll_creation")));
  assert.equal(await consumed(service), 1);
});

Deno.test("C18: a call permission that WhatsApp gives by itself is free, and one the customer gives is not", async () => {
  await using company = await withCompany();
  const { service, at_s } = company;
  const reply = (response_source: string) => {
    const interactive = {
      type: "call_permission_reply",
      call_permission_reply: { response: "accept", response_source },
    };
    return customerWrote(LINE, ANA, {
      id: response_source,
      at_s,
      type: "interactive",
      content: { interactive },
    });
  };
  await service.deliver(reply("automatic"));
  assert.equal(await consumed(service), 0);
  await service.deliver(reply("user_action"));
  assert.equal(await consumed(service), 1);
});

Deno.test("a category counts for its family, and an unknown one is shown in a metric", async () => {
  await using company = await withCompany();
  const { service, at_s } = company;
  const sent = (id: string, category: string) =>
    statusesOf(LINE, numberedCustomer(id.length), { id, at_s, status: "sent", category });
  await service.deliver(sent("a", "marketing_lite_dynamic"), sent("bb", "group_marketing_lite"));
  await service.deliver(
    sent("ccc", "hologram_lite"),
    sent("dddd", "hologram_lite"),
    sent("eeeee", "service"),
  );
  assert.equal(await consumed(service), 2);
  const metrics = await (await service.app.hono.request("/metrics")).text();
  assert.match(metrics, /poli_webhook_unknown_categories_total\{category="hologram_lite"\} 2\n/);
  assert.doesNotMatch(metrics, /category="(service|marketing)/);
});

Deno.test("the metric of unknown categories has a bounded number of names", async () => {
  await using company = await withCompany();
  const { service, at_s } = company;
  for (let batch = 0; batch < 4; batch++) {
    const statuses = Array.from({ length: 20 }, (_, at) => `invented_${batch}_${at}`).map((category) => {
      return { id: category, at_s, status: "sent", category };
    });
    await service.deliver(statusesOf(LINE, ANA, ...statuses));
  }
  const metrics = await (await service.app.hono.request("/metrics")).text();
  const lines = metrics.match(/^poli_webhook_unknown_categories_total\{.*$/gm) ?? [];
  assert.equal(lines.length, 51);
  assert.match(metrics, /poli_webhook_unknown_categories_total\{category="other"\} 30\n/);
});

Deno.test("a person is one by phone, BSUID and parent BSUID", async () => {
  await using company = await withCompany();
  const { service, at_s } = company;
  const parent_bsuid = "BR.ENT.9081726354";
  await service.deliver(customerWrote(LINE, { parent_bsuid }, { id: "wamid.1", at_s }));
  await service.deliver(customerWrote(LINE, { bsuid: "BR.1001" }, { id: "wamid.2", at_s: at_s + 1 }));
  await service.deliver(
    customerWrote(LINE, { bsuid: "BR.1001", parent_bsuid }, { id: "wamid.3", at_s: at_s + 2 }),
  );
  await service.deliver(
    customerWrote(LINE, { phone: ANA.phone, parent_bsuid }, { id: "wamid.4", at_s: at_s + 3 }),
  );
  assert.equal(await consumed(service), 1);
  for (const contact of [ANA.phone, "BR.1001", parent_bsuid]) {
    const { windows } = await service.readJson("GET", `/v1/companies/acme/contacts/${contact}/window`);
    assert.equal(windows.length, 1, contact);
  }
});

Deno.test("the answer to a contact request links the phone, and another card does not", async () => {
  await using company = await withCompany();
  const { service, at_s } = company;
  const card = (bsuid: string, phone: string, origin: string) =>
    contactCardSent(LINE, { bsuid, phone, origin, at_s });
  await service.deliver(customerWrote(LINE, { phone: ANA.phone }, { id: "wamid.1", at_s }));
  await service.deliver(customerWrote(LINE, { phone: BETO.phone }, { id: "wamid.2", at_s }));
  await service.deliver(card("BR.1001", ANA.phone, "contact_request"));
  assert.equal(await consumed(service), 2);
  await service.deliver(card("BR.2002", BETO.phone, "other"));
  assert.equal(await consumed(service), 3);
});

Deno.test("a call extends Meta's window that is shown, and charges nothing", async () => {
  await using company = await withCompany();
  const { service, at_s } = company;
  await service.deliver(customerCalled(LINE, ANA, { id: "wacid.1", at_s }));
  assert.deepEqual(await service.readJson("GET", `/v1/companies/acme/contacts/${ANA.phone}/window`), {
    contact: ANA.phone,
    free_form_allowed: false,
    windows: [],
    meta_service_window_ends_at: new Date((at_s + 86_400) * 1000).toISOString().replace(".000", ""),
  });
  assert.equal(await consumed(service), 0);
});

Deno.test("messages of an unknown field wait in quarantine, and are metered once the field is read", async () => {
  await using company = await withCompany();
  const { service, at_s } = company;
  const { value } = customerWrote(LINE, ANA, { id: "wamid.1", at_s });
  const change = { waba_id: LINE.waba_id, field: "customer_events", value: { agent: [value] } };
  await service.deliver(change, change, customerWrote(LINE, BETO, { id: "wamid.2", at_s }));
  assert.equal(await consumed(service), 1);
  const [row, ...others] = await quarantined(service);
  assert.deepEqual(others, []);
  assert.deepEqual([row.reason, row.company, row.event.type, row.event.field], [
    "unknown_field",
    "acme",
    "wrote",
    "customer_events",
  ]);
  const replay = () => service.readJson("POST", `/v1/quarantine/${row.id}/replay`);
  assert.deepEqual(await replay(), { outcome: "kept", reason: "unknown_field" });
  assert.equal(await consumed(service), 1);
  service.later_fields.add("customer_events");
  for (let times = 0; times < 2; times++) assert.deepEqual(await replay(), { outcome: "metered" });
  assert.equal(await consumed(service), 2);
  // The upgraded service reads the same message again, from the field that it knows now.
  await service.deliver(customerWrote(LINE, ANA, { id: "wamid.1", at_s }));
  assert.equal(await consumed(service), 2);
});
