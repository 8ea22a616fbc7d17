/**
 * The baseline: Hono, and one transaction per message through a pool, in one SQL function call.
 *
 * Environment: `PORT`, `META_APP_SECRET`, `DATABASE_URL`, `POOL` and `CALLS`.
 */

import { Hono } from "hono";
import { createPool } from "../../../src/postgres/connection.ts";
import { verifySignature } from "../../../src/whatsapp/signature.ts";

/** The parts of a webhook that the baseline reads. */
interface Payload {
  entry: { changes: { field: string; value: Value }[] }[];
}

interface Value {
  metadata: { phone_number_id: string };
  messages?: { id: string; from: string; timestamp: string }[];
  statuses?: {
    id: string;
    status: string;
    recipient_id: string;
    timestamp: string;
    pricing?: { category: string };
  }[];
}

type Values = readonly (string | null)[];

const METER = {
  name: "meter",
  text: "select meter($1, $2, $3, $4, $5, to_timestamp($6::bigint))",
};

const secrets = [Deno.env.get("META_APP_SECRET")!];
const decoder = new TextDecoder();
const connections = createPool(Deno.env.get("DATABASE_URL")!, {
  application_name: "bench baseline",
  max: Number(Deno.env.get("POOL")),
  // Under this load a connection is scarce: the wait for one is not an error.
  connect_timeout_ms: 120_000,
});
const app = new Hono();

app.post("/webhooks/whatsapp", async (c) => {
  const raw = new Uint8Array(await c.req.arrayBuffer());
  if (!verifySignature(raw, c.req.header("x-hub-signature-256"), secrets)) return c.body(null, 401);
  const payload: Payload = JSON.parse(decoder.decode(raw));
  await meterAll(callsOf(payload));
  return c.body(null, 200);
});

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} }, app.fetch);

/** Meters the messages of one webhook one by one, or concurrently, queueing for the row of their company. */
async function meterAll(calls: readonly Values[]): Promise<void> {
  const meter = (values: Values) => connections.query({ ...METER, values: [...values] });
  if (Deno.env.get("CALLS") === "at_once") await Promise.all(calls.map(meter));
  else for (const values of calls) await meter(values);
}

/** Returns the arguments of the SQL function for each message and status. */
function callsOf({ entry }: Payload): Values[] {
  const calls: Values[] = [];
  for (const { changes } of entry) {
    for (const { field, value } of changes) {
      if (field !== "messages") continue;
      const phone_number_id = value.metadata.phone_number_id;
      for (const { id, from, timestamp } of value.messages ?? []) {
        calls.push([phone_number_id, "wrote", from, id, null, timestamp]);
      }
      for (const { id, status, recipient_id, timestamp, pricing } of value.statuses ?? []) {
        calls.push([phone_number_id, status, recipient_id, id, pricing?.category ?? null, timestamp]);
      }
    }
  }
  return calls;
}
