/** The part of the story about what Meta charges. */

import { statusesOf } from "../../support/payloads.ts";
import { BRUNO, LINE } from "./people.ts";
import type { Recorder } from "./recorder.ts";

const CSV = { "content-type": "text/csv" } as const;

const RATES = `Market,Currency,Marketing,Utility,Authentication,Authentication-International,Service
Brazil,USD,0.0625,0.0068,0.0068,n/a,0.0068
Rest of Latin America,USD,0.0740,0.0113,0.0113,n/a,0.0113
`;

const TIERS = `,,Utility,,,,,Authentication,,,,
,Currency,From,To,Rate type,Rate,vs. List rate,From,To,Rate type,Rate,vs. List rate
Brazil,USD,0,"250,000",List rate,0.0068,0%,0,"500,000",List rate,0.0068,0%
,USD,"250,001",--,Tier rate,0.0065,-5%,"500,001",--,Tier rate,0.0065,-5%
`;

/** Sets rate cards of Meta and exchange rates, and reads them. */
export async function metaCosts(recorder: Recorder): Promise<void> {
  await rateCards(recorder);
  await exchangeRates(recorder);
}

async function rateCards(recorder: Recorder): Promise<void> {
  const put = "putMetaRates";
  const brazil = {
    market: "Brazil",
    marketing: "0.0625",
    utility: "0.0068",
    authentication: "0.0068",
    service: "0.0068",
    tiers: { utility: [{ from: 250_001, price: "0.0065" }] },
  };
  const body = { currency: "USD", effective_from: "2026-10-01", rates: [brazil] };
  await recorder.send(put, { body });
  const query = { currency: "USD", effective_from: "2027-01-01" };
  await recorder.send(put, { query, headers: CSV, body: RATES }, "file");
  await recorder.send(put, { query, headers: CSV, body: TIERS }, "volume tiers");
  const changed = { ...body, rates: [{ ...brazil, marketing: "0.0635" }] };
  await recorder.refuse(put, "meta_rates_in_force", { body: changed });
  await recorder.refuse(put, "invalid_request", {
    query,
    headers: CSV,
    body: RATES.replace("0.0625", '"0,0625"'),
  });
  await recorder.send("getMetaRates", { query: { currency: "USD", on: "2026-10-25" } });
  await recorder.refuse("getMetaRates", "meta_rates_not_found", {
    query: { currency: "BRL", on: "2026-10-25" },
  });
  await recorder.refuse("getMetaRates", "invalid_request", { query: { currency: "R$" } });
  const list = "listMetaRatesVersions";
  await recorder.send(list, {});
  await recorder.send(list, { headers: { accept: "text/csv" } }, "file");
  await recorder.refuse(list, "invalid_request", { query: { limit: "0" } });
}

async function exchangeRates(recorder: Recorder): Promise<void> {
  const put = "putExchangeRate";
  const body = { from: "USD", to: "BRL", effective_from: "2026-10-01", rate: "5.4321" };
  await recorder.send(put, { body });
  await recorder.refuse(put, "meta_rates_in_force", { body: { ...body, rate: "54.321" } });
  await recorder.refuse(put, "invalid_request", { body: { ...body, rate: 5.4321 } });
  const list = "listExchangeRates";
  await recorder.send(list, { query: { on: "2026-10-25" } });
  await recorder.send(list, { headers: { accept: "text/csv" } }, "file");
  await recorder.refuse(list, "invalid_request", { query: { on: "25/10/2026" } });
}

/** Reads the costs of a company and the margins of all, after a month of messages. */
export async function costsAndMargins(recorder: Recorder): Promise<void> {
  const { service } = recorder;
  const at_s = service.now_ms / 1000;
  const replies = ["wamid.reply-1", "wamid.reply-2"].map((id) => ({ id, category: "service" }));
  for (const message of [{ id: "wamid.campaign", category: "marketing" }, ...replies]) {
    const pricing = { billable: true, pricing_model: "PMP", type: "regular", category: message.category };
    await service.deliver(
      statusesOf(LINE, BRUNO, { ...message, at_s, status: "delivered", content: { pricing } }),
    );
  }
  const costs = "getCosts";
  const path = { company: "acme" };
  const month = { from: "2026-11-01", to: "2026-11-30" };
  await recorder.send(costs, { path, query: { ...month, group_by: "category,market" } });
  await recorder.send(costs, { path, query: month, headers: { accept: "text/csv" } }, "file");
  await recorder.refuse(costs, "invalid_request", { path, query: { group_by: "country" } });
  const margins = "listMargins";
  await recorder.send(margins, { query: month });
  await recorder.send(margins, { query: { ...month, group_by: "month" } }, "by month");
  await recorder.send(margins, { query: month, headers: { accept: "text/csv" } }, "file");
  await recorder.refuse(margins, "invalid_request", { query: { from: "2026-12-01", to: "2026-11-30" } });
}
