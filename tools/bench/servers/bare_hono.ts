/**
 * Bare Hono, the lower bound: verifies the signature, parses the JSON and answers 200. It stores nothing.
 *
 * Environment: `PORT` and `META_APP_SECRET`.
 */

import { Hono } from "hono";
import { verifySignature } from "../../../src/whatsapp/signature.ts";

const secrets = [Deno.env.get("META_APP_SECRET")!];
const decoder = new TextDecoder();
const app = new Hono();

app.post("/webhooks/whatsapp", async (c) => {
  const raw = new Uint8Array(await c.req.arrayBuffer());
  if (!verifySignature(raw, c.req.header("x-hub-signature-256"), secrets)) return c.body(null, 401);
  const payload = JSON.parse(decoder.decode(raw));
  return c.body(null, payload.object === "whatsapp_business_account" ? 200 : 400);
});

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} }, app.fetch);
