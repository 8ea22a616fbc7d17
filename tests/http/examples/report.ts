/** The part of the story in which the company's credits are read. */

import type { Recorder } from "./recorder.ts";
import { ACME, ANA, delivery, LINE } from "./people.ts";
import { customerWrote } from "../../support/payloads.ts";

const CSV = { accept: "text/csv" } as const;
const UNKNOWN_PARAMETER = { verbose: "true" } as const;

/** Reads everything about the company of the story. */
export async function report(recorder: Recorder): Promise<void> {
  const { service } = recorder;
  const at_s = service.now_ms / 1000;
  await recorder.send("receiveWebhook", delivery(customerWrote(LINE, ANA, { id: "wamid.second", at_s })));
  for (const id of ["getBalance", "streamBalance", "getForecast"]) {
    await recorder.send(id, { path: ACME });
    await recorder.refuse(id, "invalid_request", { path: ACME, query: UNKNOWN_PARAMETER });
  }
  await recorder.send("getForecast", { path: { company: "globex" } }, "insufficient_data");
  const contact = { ...ACME, contact: ANA.phone };
  await recorder.send("getContactWindow", { path: contact });
  await recorder.refuse("getContactWindow", "invalid_request", { path: { ...ACME, contact: "12" } });
  await lists(recorder);
  await recorder.send("getReceipt", { path: { ...ACME, seq: "3" } });
  await recorder.refuse("getReceipt", "entry_not_found", { path: { ...ACME, seq: "9000" } });
  await recorder.refuse("getReceipt", "invalid_request", { path: { ...ACME, seq: "first" } });
  await recorder.send("getStatement", { path: { ...ACME, month: "2026-10" } });
  await recorder.refuse("getStatement", "statement_not_found", { path: { ...ACME, month: "2026-12" } });
  await recorder.refuse("getStatement", "invalid_request", { path: { ...ACME, month: "10-2026" } });
  await whatIf(recorder);
}

async function whatIf(recorder: Recorder): Promise<void> {
  const { store } = recorder.service;
  const id = "computeWhatIf";
  const month = "2026-10";
  const contract = { package: { credits: 200, price: "30.00" }, excess_credit_price: "0.12" };
  const rates = [{ feature: "automation.run", credits: 2 }];
  const meta_rates = { currency: "BRL", rates: [{ market: "Brazil", marketing: "0.38", service: "0.04" }] };
  const body = { month, contract, rates, template_in_open_window: "free", meta_rates };
  await recorder.send(id, { path: ACME, body });
  await recorder.refuse(id, "statement_not_found", { path: ACME, body: { month: "2026-09" } });
  await recorder.refuse(id, "unknown_feature", {
    path: ACME,
    body: { month, rates: [{ feature: "automation.runs", credits: 2 }] },
  });
  await recorder.refuse(id, "invalid_request", { path: ACME, body: { month: "10-2026" } });
  store.facts_retained_from_ms = Date.parse("2026-11-01T00:00:00Z");
  await recorder.refuse(id, "facts_deleted", { path: ACME, body: { month } });
  store.facts_retained_from_ms = undefined;
}

async function lists(recorder: Recorder): Promise<void> {
  const queries = {
    listWindows: [{ open: "true", limit: "2" }, { open: "yes" }],
    getUsageReport: [{ from: "2026-10-25", to: "2026-10-26", group_by: "day,feature" }, { group_by: "hour" }],
    listLedgerEntries: [{ from: "2026-10-25", to: "2026-10-25", limit: "3" }, { from: "25/10/2026" }],
    listStatements: [{ limit: "2" }, { limit: "many" }],
  } as const;
  for (const [id, [query, invalid]] of Object.entries(queries)) {
    await recorder.send(id, { path: ACME, query });
    await recorder.send(id, { path: ACME, query, headers: CSV }, "file");
    await recorder.refuse(id, "invalid_request", { path: ACME, query: invalid });
  }
}
