/**
 * Payloads as they stand in Meta's documentation and in public client libraries, of several versions of the API, not
 * as we make them: signed, with times of now and a number that a company has.
 */

import assert from "node:assert/strict";
import { deliveryRequest } from "../../support/webhooks.ts";
import { APP_SECRET, NUMBER, TestService } from "../test_service.ts";

/** What a company has been charged and has open once a sample arrived, after those before it in the list. */
type Effect = readonly [sample: string, consumed: number, inbound: number, outbound: number];

const LIFE: readonly Effect[] = [
  ["meta-v25-incoming", 1, 1, 0],
  ["meta-v25-sent", 2, 1, 1],
  ["meta-v25-delivered", 2, 1, 1],
  ["meta-v25-read", 2, 1, 1],
];
const STRANGERS: readonly Effect[] = [
  ["status-sent-2023-cbp", 1, 0, 1],
  ["status-failed-131047", 1, 0, 1],
  ["dialogue-1-message", 2, 1, 1],
  ["dialogue-2-message", 2, 1, 1],
  ["dialogue-3-sent-without-pricing", 2, 1, 1],
];

/** The sample with the seconds of now, a minute before each other so that their order is known, and our number. */
async function sampleOf(name: string, at_s: number): Promise<unknown> {
  const text = await Deno.readTextFile(new URL(`./samples/${name}.json`, import.meta.url));
  return JSON.parse(text, (key, value) => {
    if (key === "timestamp") return String(at_s);
    return key === "phone_number_id" ? NUMBER : value;
  });
}

async function deliver(service: TestService, name: string, at_s: number): Promise<void> {
  const request = deliveryRequest(
    "http://localhost/webhooks/whatsapp",
    await sampleOf(name, at_s),
    APP_SECRET,
  );
  assert.equal((await service.app.hono.request(request)).status, 200, name);
}

async function standing(service: TestService): Promise<number[]> {
  const { consumed, open_windows } = await service.readJson("GET", "/v1/companies/acme/balance");
  return [consumed, open_windows.inbound, open_windows.outbound];
}

for (const [what, effects] of [["one contact's life", LIFE], ["what others tell", STRANGERS]] as const) {
  Deno.test(`each sample of ${what} has the effect it should, ten times or once`, async () => {
    await using service = new TestService();
    await service.createCompany("acme", { phone_number_ids: [NUMBER] });
    const at_s = service.now_ms / 1_000 - 60 * effects.length;
    for (const [index, [name, ...effect]] of effects.entries()) {
      for (let times = 0; times < 10; times++) await deliver(service, name, at_s + 60 * index);
      assert.deepEqual(await standing(service), effect, name);
    }
  });

  Deno.test(`the samples of ${what} end alike when they come backwards`, async () => {
    await using service = new TestService();
    await service.createCompany("acme", { phone_number_ids: [NUMBER] });
    const at_s = service.now_ms / 1_000 - 60 * effects.length;
    for (const [index, [name]] of [...effects.entries()].reverse()) {
      await deliver(service, name, at_s + 60 * index);
    }
    assert.deepEqual(await standing(service), effects.at(-1)!.slice(1));
  });
}
