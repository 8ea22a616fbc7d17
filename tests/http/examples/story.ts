/** The story of the examples: a company from its first day to its statement, and those who run the service. */

import { localMs } from "../../support/fixtures.ts";
import { customerWrote, statusesOf } from "../../support/payloads.ts";
import { type TestService, VERIFY_TOKEN, ZONE } from "../test_service.ts";
import { costsAndMargins, metaCosts } from "./meta_costs.ts";
import { reachLimits } from "./limits.ts";
import { operate } from "./operate.ts";
import { ACME, ANA, BRUNO, CARLA, delivery, LINE } from "./people.ts";
import { Recorder } from "./recorder.ts";
import { reconcile } from "./reconciliations.ts";
import { report } from "./report.ts";

/** Plays the story on a new service. @returns the recorder with every call of the document */
export async function playStory(service: TestService): Promise<Recorder> {
  service.now_ms = localMs("2026-10-25 09:00", ZONE);
  const recorder = new Recorder(service);
  await configure(recorder);
  await price(recorder);
  await metaCosts(recorder);
  await meter(recorder);
  await report(recorder);
  await costsAndMargins(recorder);
  await reconcile(recorder);
  await operate(recorder);
  await reachLimits(recorder);
  return recorder;
}

const STALE = { "if-match": '"0.0.0"' } as const;

async function configure(recorder: Recorder): Promise<void> {
  const { service } = recorder;
  await service.createCompany("globex", { name: "Globex", phone_number_ids: ["106540352242999"] });
  const profile = {
    name: "Acme Ltda.",
    time_zone: ZONE,
    locale: "pt-BR",
    country: "BR",
    phone_number_ids: [LINE.phone_number_id],
  };
  await recorder.send("putCompany", { path: ACME, body: profile });
  await recorder.refuse("putCompany", "phone_number_taken", {
    path: ACME,
    body: { ...profile, phone_number_ids: ["106540352242999"] },
  });
  await recorder.refuse("putCompany", "precondition_failed", { path: ACME, headers: STALE, body: profile });
  await recorder.refuse("putCompany", "invalid_request", {
    path: ACME,
    body: { ...profile, time_zone: "Sao Paulo" },
  });
  await recorder.send("getCompany", { path: ACME });
  await recorder.refuse("getCompany", "precondition_failed", { path: ACME, headers: STALE });
  await recorder.refuse("getCompany", "invalid_request", { path: ACME, headers: { "if-match": "3" } });
  await recorder.send("listCompanies", { query: { limit: "2" } });
  await recorder.send("listCompanies", { headers: { accept: "text/csv" } }, "file");
  await recorder.refuse("listCompanies", "invalid_request", { query: { limit: "0" } });
  const with_balances = { include: "balance", sort: "share_used", order: "desc", in_excess: "false" };
  await recorder.send("listCompanies", { query: with_balances }, "with balances");
  await recorder.send("getBalances", { query: { company: ["acme", "globex", "initech"] } });
  await recorder.refuse("getBalances", "invalid_request", {
    query: { company: ["acme", "Padaria São José"] },
  });
  const number = { path: { phone_number_id: LINE.phone_number_id } };
  await recorder.send("putPhoneNumber", { ...number, body: { name: "+55 11 3000-0001" } });
  await recorder.refuse("putPhoneNumber", "phone_number_not_found", {
    path: { phone_number_id: "106540352242000" },
    body: { name: null },
  });
  await recorder.refuse("putPhoneNumber", "invalid_request", { ...number, body: { name: "" } });
  const account = { account_id: "102290129340398", time_zone: "America/Sao_Paulo", currency: "USD" };
  await recorder.send("putMetaAccount", { ...number, body: account });
  await recorder.refuse("putMetaAccount", "phone_number_not_found", {
    path: { phone_number_id: "106540352242000" },
    body: account,
  });
  await recorder.refuse("putMetaAccount", "invalid_request", {
    ...number,
    body: { ...account, currency: "usd" },
  });
  await recorder.send("getPhoneNumber", { path: { phone_number_id: LINE.phone_number_id } });
  const unknown_number = { path: { phone_number_id: "106540352242000" } };
  await recorder.refuse("getPhoneNumber", "phone_number_not_found", unknown_number);
  await recorder.refuse("getPhoneNumber", "invalid_request", {
    path: { phone_number_id: LINE.phone_number_id },
    query: { at: "2026-10-25" },
  });
  await contract(recorder);
}

async function contract(recorder: Recorder): Promise<void> {
  const get = { path: ACME };
  const cancel = "cancelContract";
  const withdraw = "withdrawCancellation";
  const offer = { package: { credits: 1_000, price: "120.00" }, excess_credit_price: "0.15" };
  await recorder.send("putContract", { path: ACME, body: offer });
  await recorder.refuse("putContract", "precondition_failed", { path: ACME, headers: STALE, body: offer });
  await recorder.refuse("putContract", "invalid_request", {
    path: ACME,
    body: { ...offer, excess_credit_price: 0.15 },
  });
  await recorder.send("getContract", get);
  await recorder.refuse("getContract", "contract_not_found", { path: { company: "globex" } });
  await recorder.refuse("getContract", "precondition_failed", { path: ACME, headers: STALE });
  await recorder.refuse("getContract", "invalid_request", { path: ACME, headers: { "if-match": "1" } });
  await recorder.send(cancel, get);
  await recorder.refuse(cancel, "package_not_found", { path: { company: "globex" } });
  await recorder.refuse(cancel, "precondition_failed", { path: ACME, headers: STALE });
  await recorder.refuse(cancel, "invalid_request", { path: ACME, headers: { "if-match": "1" } });
  await recorder.send(withdraw, get);
  await recorder.refuse(withdraw, "cancellation_not_found", get);
  await recorder.refuse(withdraw, "precondition_failed", { path: ACME, headers: STALE });
  await recorder.refuse(withdraw, "invalid_request", { path: ACME, headers: { "if-match": "1" } });
}

async function price(recorder: Recorder): Promise<void> {
  const code = { code: "automation.run" };
  const of_acme = { ...ACME, ...code };
  const rate = { name: { "pt-BR": "Automação", en: "Automation" }, credits: 2 };
  await recorder.send("putFeature", { path: code, body: rate });
  await recorder.refuse("putFeature", "unknown_feature", {
    path: { code: "whatsapp.voice" },
    body: { ...rate, name: null },
  });
  await recorder.refuse("putFeature", "invalid_request", { path: code, body: { credits: -1 } });
  await recorder.send("getFeature", { path: code });
  await recorder.refuse("getFeature", "feature_not_found", { path: { code: "automation.runs" } });
  await recorder.refuse("getFeature", "invalid_request", { path: { code: "run!" } });
  await recorder.send("putCompanyFeature", { path: of_acme, body: { credits: 1 } });
  await recorder.refuse("putCompanyFeature", "unknown_feature", {
    path: { ...ACME, code: "automation.runs" },
    body: { credits: 1 },
  });
  await recorder.refuse("putCompanyFeature", "invalid_request", { path: of_acme, body: { credits: "1" } });
  await recorder.send("getCompanyFeature", { path: of_acme });
  await recorder.refuse("getCompanyFeature", "feature_not_found", {
    path: { ...ACME, code: "automation.runs" },
  });
  await recorder.refuse("getCompanyFeature", "invalid_request", { path: { ...ACME, code: "run!" } });
  for (const [list, path] of [["listFeatures", {}], ["listCompanyFeatures", ACME]] as const) {
    await recorder.send(list, { path });
    await recorder.send(list, { path, headers: { accept: "text/csv" } }, "file");
    await recorder.refuse(list, "invalid_request", { path, query: { limit: "1000" } });
  }
}

async function meter(recorder: Recorder): Promise<void> {
  const { service } = recorder;
  const webhook = "receiveWebhook";
  const message = { id: "wamid.HBgNNTUxMTk4ODg4Nzc3NxUCABIYFjNFQjBDMUY1RTNDMUQ0QTUyOUYwAA==" };
  const at_s = service.now_ms / 1000;
  await recorder.send("verifyWebhook", {
    anonymous: true,
    query: { "hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444" },
  });
  await recorder.refuse("verifyWebhook", "verify_token_mismatch", {
    anonymous: true,
    query: { "hub.mode": "subscribe", "hub.verify_token": "another", "hub.challenge": "1158201444" },
  });
  await recorder.refuse("verifyWebhook", "invalid_request", {
    anonymous: true,
    query: { "hub.mode": ["subscribe", "subscribe"] },
  });
  await recorder.send(webhook, delivery(customerWrote(LINE, ANA, { ...message, at_s })), "message");
  await recorder.send(
    webhook,
    delivery(
      statusesOf(LINE, BRUNO, { id: "wamid.template", at_s, status: "sent", category: "marketing" }),
    ),
    "status",
  );
  const unsigned = delivery(customerWrote(LINE, ANA, { ...message, at_s }));
  await recorder.refuse(webhook, "bad_signature", { ...unsigned, headers: {} });
  await send(recorder);
  await use(recorder);
}

async function send(recorder: Recorder): Promise<void> {
  const id = "createMessage";
  const reply = { message_id: "order-1042", to: ANA.phone, kind: "free_form" };
  const template = {
    message_id: "campaign-7-0001",
    to: BRUNO.phone,
    kind: "template",
    category: "marketing",
  };
  await recorder.send(
    id,
    { path: ACME, body: { ...template, attribution: { campaign: "black-friday" } } },
    "template",
  );
  await recorder.send(id, { path: ACME, body: reply }, "free_form");
  await recorder.refuse(id, "window_closed", {
    path: ACME,
    body: { ...reply, message_id: "order-1043", to: CARLA },
  });
  await recorder.refuse(id, "id_reused", { path: ACME, body: { ...reply, to: BRUNO.phone } });
  await recorder.refuse(id, "invalid_request", {
    path: ACME,
    body: { ...reply, message_id: "order-1045", to: "12" },
  });
  await failSend(recorder, { ...template, message_id: "campaign-7-0002", to: CARLA });
  await recorder.send("createQuote", {
    path: ACME,
    body: { recipients: [`+${ANA.phone}`, `+${BRUNO.phone}`, `+${CARLA}`], category: "marketing" },
  });
  await recorder.refuse("createQuote", "invalid_request", { path: ACME, body: { recipients: [] } });
}

async function failSend(recorder: Recorder, template: Readonly<Record<string, unknown>>): Promise<void> {
  const id = "reportMessageFailure";
  const path = { ...ACME, message_id: String(template.message_id) };
  const { service } = recorder;
  await service.readJson("POST", "/v1/companies/acme/messages", template);
  await recorder.send(id, { path, body: { error_code: 132_000 } });
  await recorder.refuse(id, "message_not_found", { path: { ...path, message_id: "order-1044" }, body: {} });
  await recorder.refuse(id, "invalid_request", { path, body: { error_code: 1.5 } });
}

async function use(recorder: Recorder): Promise<void> {
  const id = "createUsage";
  const usage = { id: "run-2026-10-25-0001", feature: "automation.run", quantity: 3 };
  const { service } = recorder;
  await recorder.send(
    id,
    { path: ACME, body: { ...usage, attributes: { department: "sales" } } },
    "one_usage",
  );
  const others = ["0002", "0003"].map((number) => ({
    ...usage,
    id: `run-2026-10-25-${number}`,
    quantity: 1,
  }));
  await recorder.send(id, { path: ACME, body: others }, "list_of_usages");
  const event = {
    specversion: "1.0",
    id: "8e03978e",
    source: "/automation/flows",
    type: "automation.run",
    subject: "acme",
    time: "2026-10-25T11:30:00Z",
    data: { quantity: 2, attributes: { department: "sales" } },
  };
  await recorder.send(id, {
    path: ACME,
    headers: { "content-type": "application/cloudevents+json" },
    body: event,
  }, "cloud_event");
  await recorder.send(id, {
    path: ACME,
    headers: { "content-type": "application/cloudevents-batch+json" },
    body: [event, { ...event, id: "8e03978f", data: { quantity: 1 } }],
  }, "batch_of_cloud_events");
  await recorder.refuse(id, "media_type_unsupported", {
    path: ACME,
    headers: { "content-type": "application/cloudevents+protobuf" },
    body: event,
  });
  await recorder.refuse(id, "id_reused", { path: ACME, body: { ...usage, quantity: 4 } });
  await recorder.refuse(id, "unknown_feature", {
    path: ACME,
    body: { ...usage, id: "run-2026-10-25-0004", feature: "automation.runs" },
  });
  await recorder.refuse(id, "invalid_request", { path: ACME, body: { ...usage, quantity: 0 } });
  for (let day = 1; day <= 9; day++) {
    await service.advanceTo(service.now_ms + 86_400_000);
    const of_day = { id: `run-day-${day}`, feature: "automation.run", quantity: 20 + day };
    await service.readJson("POST", "/v1/companies/acme/usage", of_day);
  }
}
