/**
 * The plain way: Hono, and one SQL function call in its own transaction a message, through a pool.
 *
 *     deno run -A tools/bench/servers/baseline.ts   with PORT, META_APP_SECRET, DATABASE_URL, POOL and CALLS
 */

import { Hono } from "hono";
import { createPool } from "../../../src/postgres/connection.ts";
import { verifySignature } from "../../../src/whatsapp/signature.ts";

/** What is read of a webhook. */
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
  application_name: "bench plain",
  max: Number(Deno.env.get("POOL")),
  // Under this load whoever wants a connection waits in a long line, and that is no fault.
  connect_timeout_ms: 120_000,
});
const app = new Hono();

app.post("/webhooks/whatsapp", async (c) => {
  const raw = new Uint8Array(await c.req.arrayBuffer());
  if (!verifySignature(raw, c.req.header("x-hub-signature-256"), secrets)) return c.body(null, 401);
  const payload: Payload = JSON.parse(decoder.decode(raw));
  await metered(callsOf(payload));
  return c.body(null, 200);
});

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")), onListen() {} }, app.fetch);

/** Messages of one webhook in turn, or all at once, whose company's row then has a queue of them. */
async function metered(calls: readonly Values[]): Promise<void> {
  const meter = (values: Values) => connections.query({ ...METER, values: [...values] });
  if (Deno.env.get("CALLS") === "at_once") await Promise.all(calls.map(meter));
  else for (const values of calls) await meter(values);
}

/** The function's arguments for each message and status. */
function callsOf({ entry }: Payload): Values[] {
  const calls: Values[] = [];
  for (const { changes } of entry) {
    for (const { field, value } of changes) {
      if (field !== "messages") continue;
      const number = value.metadata.phone_number_id;
      for (const { id, from, timestamp } of value.messages ?? []) {
        calls.push([number, "wrote", from, id, null, timestamp]);
      }
      for (const { id, status, recipient_id, timestamp, pricing } of value.statuses ?? []) {
        calls.push([number, status, recipient_id, id, pricing?.category ?? null, timestamp]);
      }
    }
  }
  return calls;
}
