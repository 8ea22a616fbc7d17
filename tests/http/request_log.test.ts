import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { deliveryRequest } from "../support/webhooks.ts";
import { ANA } from "../support/plain.ts";
import { ADMIN_KEY, APP_SECRET, House } from "./house.ts";

/** What is logged while something is done. */
async function loggedBy(work: () => Promise<void>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  await configure({
    sinks: { records: (record) => void records.push(record) },
    loggers: [
      { category: ["poli-credits"], sinks: ["records"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    await work();
    return records;
  } finally {
    await reset();
  }
}

Deno.test("a request is logged by its route's template, with status, duration and id", async () => {
  await using house = new House();
  await house.open();
  let request_id: string | null = null;
  const [record] = await loggedBy(async () => {
    const response = await house.ask("GET", "/v1/companies/acme/balance");
    request_id = response.headers.get("x-request-id");
    await response.body?.cancel();
  });
  const { method, route, status, duration_ms } = record!.properties;
  assert.deepEqual([method, route, status], ["GET", "/v1/companies/{company}/balance", 200]);
  assert.equal(typeof duration_ms, "number");
  assert.equal(record!.properties.request_id, request_id);
});

Deno.test("no number, key, path or query of a request reaches the log, whatever comes of it", async () => {
  const companies = { ask: () => Promise.reject(new Error("broken")) };
  await using house = new House({ companies });
  const records = await loggedBy(async () => {
    const paths = [
      `/v1/companies/acme/contacts/${ANA}/window`,
      `/v1/companies/acme/ledger?cursor=${ANA}`,
      `/v1/nothing/${ANA}?to=${ANA}`,
      `/webhooks/whatsapp?hub.verify_token=${ANA}`,
    ];
    for (const path of paths) await (await house.ask("GET", path)).body?.cancel();
  });
  assert.deepEqual(
    records.filter(({ level }) => level === "info").map(({ properties }) => properties.status),
    [
      500,
      422,
      404,
      403,
    ],
  );
  const text = JSON.stringify(records.map(({ message, properties }) => [message, properties]));
  assert.doesNotMatch(text, new RegExp(`${ANA}|${ADMIN_KEY}|acme`));
});

Deno.test("webhooks are not logged: they are counted", async () => {
  await using house = new House();
  const records = await loggedBy(async () => {
    const request = deliveryRequest("http://localhost/webhooks/whatsapp", {}, APP_SECRET);
    assert.equal((await house.app.hono.request(request)).status, 200);
  });
  assert.deepEqual(records, []);
});
