/** The part of the story in which Meta's figures are compared with ours. */

import { statusesOf } from "../../support/payloads.ts";
import { ANA, LINE } from "./people.ts";
import type { Recorder } from "./recorder.ts";

const CSV = { accept: "text/csv" } as const;
const MISSING_ID = "00000000-0000-4000-8000-000000000000";
const RANGE = { from: "2026-10-30", to: "2026-10-31" } as const;
const DAY = { start: 1_793_329_200, end: 1_793_415_600 } as const;

const SERVICE = {
  ...DAY,
  country: "BR",
  phone_number: LINE.display_phone_number,
  pricing_category: "SERVICE",
  pricing_type: "FREE_CUSTOMER_SERVICE",
  volume: 2,
  cost: 0,
};
const MARKETING = {
  ...SERVICE,
  pricing_category: "MARKETING",
  pricing_type: "REGULAR",
  tier: "0:MAX",
  volume: 12,
  cost: 0.75,
};

/** Compares a day of two replies with Meta's figures, in which another app has sent templates. */
export async function reconcile(recorder: Recorder): Promise<void> {
  await replies(recorder);
  const create = "createReconciliation";
  const number = `${LINE.display_phone_number}:${LINE.phone_number_id}`;
  const body = { pricing_analytics: { data: [{ data_points: [SERVICE, MARKETING] }] }, id: LINE.waba_id };
  const query = { ...RANGE, number: [number] };
  const { id } = await recorder.send(create, { query, body });
  recorder.replace(id, "1c6c0a5e-3a51-4b2f-8f0e-6c8f1d2b7a90");
  const columns = Object.keys(MARKETING) as (keyof typeof MARKETING)[];
  const file = await recorder.send(create, {
    query: { ...query, account_id: LINE.waba_id },
    headers: { "content-type": "text/csv" },
    body: `${columns.join(",")}\n${columns.map((column) => MARKETING[column]).join(",")}\n`,
  }, "file");
  recorder.replace(file.id, "5b0c7c86-0f63-4c8e-9a4f-2c4d5e6f7a81");
  const month = { ...MARKETING, end: 1_796_007_600 };
  await recorder.refuse(create, "invalid_request", {
    query,
    body: { ...body, pricing_analytics: { data: [{ data_points: [month] }] } },
  });
  await recorder.send("listReconciliations", { query: { account_id: LINE.waba_id } });
  await recorder.send("listReconciliations", { headers: CSV }, "file");
  await recorder.refuse("listReconciliations", "invalid_request", { query: { limit: "0" } });
  await recorder.send("getReconciliation", { path: { id } });
  await recorder.refuse("getReconciliation", "reconciliation_not_found", { path: { id: MISSING_ID } });
  await recorder.refuse("getReconciliation", "invalid_request", { path: { id: "1" } });
  await lines(recorder, id);
}

async function lines(recorder: Recorder, id: string): Promise<void> {
  const list = "listReconciliationLines";
  await recorder.send(list, { path: { id }, query: { kind: ["meta_alone", "volume"] } });
  await recorder.send(list, { path: { id }, headers: CSV }, "file");
  await recorder.refuse(list, "reconciliation_not_found", { path: { id: MISSING_ID } });
  await recorder.refuse(list, "invalid_request", { path: { id }, query: { reason: "lost" } });
  const messages = "listReconciliationMessages";
  await recorder.send(messages, { path: { id, line: "2" } });
  await recorder.send(messages, { path: { id, line: "2" }, headers: CSV }, "file");
  await recorder.refuse(messages, "line_not_found", { path: { id, line: "9" } });
  await recorder.refuse(messages, "invalid_request", { path: { id, line: "first" } });
}

/** Delivers two replies to Ana. */
async function replies({ service }: Recorder): Promise<void> {
  const pricing = {
    billable: false,
    pricing_model: "PMP",
    type: "free_customer_service",
    category: "service",
  };
  const at_s = DAY.start + 54_000;
  const deliveries = [1, 2].flatMap((n) =>
    ["sent", "delivered"].map((status) =>
      statusesOf(LINE, ANA, { id: `wamid.reply.${n}`, at_s: at_s + 60 * n, status, content: { pricing } })
    )
  );
  await service.deliver(...deliveries);
}
