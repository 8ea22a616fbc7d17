/**
 * Bare Hono, the lower bound. It verifies the signature of a webhook, parses every body, and answers 200: a call with the
 * JSON that the service would answer. It checks no key and stores nothing.
 *
 * Environment: `PORT` and `META_APP_SECRET`.
 */

import { Hono } from "hono";
import { verifySignature } from "../../../src/whatsapp/signature.ts";

const secrets = [Deno.env.get("META_APP_SECRET")!];
const decoder = new TextDecoder();
const app = new Hono();

const BALANCE = {
  company: "bench-4-12",
  version: 12_345,
  as_of: "2026-11-23T13:00:00.123Z",
  time_zone: "Etc/GMT+3",
  period: "2026-11",
  granted: 10_000,
  consumed: 1_234,
  available: 8_766,
  excess: 0,
  consumed_today: 123,
  excess_amount: "0.00",
  total: "900.00",
  currency: "BRL",
  renews_on: "2026-12-01",
  commitment_ends_on: "2027-01-31",
  closed_through: "2026-11-22",
  open_windows: { inbound: 0, outbound: 123, closes_at: "2026-11-24T03:00:00Z" },
};

const WINDOW = {
  direction: "outbound",
  local_date: "2026-11-23",
  opened_at: "2026-11-23T13:00:00Z",
  closes_at: "2026-11-24T03:00:00Z",
  credits: 1,
};

app.post("/webhooks/whatsapp", async (c) => {
  const raw = new Uint8Array(await c.req.arrayBuffer());
  if (!verifySignature(raw, c.req.header("x-hub-signature-256"), secrets)) return c.body(null, 401);
  const payload = JSON.parse(decoder.decode(raw));
  return c.body(null, payload.object === "whatsapp_business_account" ? 200 : 400);
});

app.get("/v1/companies/:company/balance", (c) => c.json(BALANCE));

app.post("/v1/companies/:company/usage", async (c) => {
  const usages = await c.req.json();
  const accepted = Array.isArray(usages) ? usages.length : 1;
  return c.json({ accepted, duplicates: 0, credits: accepted, balance: BALANCE });
});

app.post("/v1/companies/:company/messages", async (c) => {
  const { message_id } = await c.req.json();
  if (typeof message_id !== "string") return c.body(null, 400);
  return c.json({ outcome: "allowed", window: WINDOW, credits: 1, balance: BALANCE });
});

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} }, app.fetch);
