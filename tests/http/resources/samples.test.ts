/**
 * Payloads copied from Meta's documentation and from public client libraries, for several versions of the API. The
 * tests sign them and set their times and their phone number id.
 */

import assert from "node:assert/strict";
import type { LocalDate } from "../../../src/domain/types.ts";
import { deliveryRequest } from "../../support/webhooks.ts";
import { APP_SECRET, NUMBER, TestService } from "../test_service.ts";

/** The consumed credits and the open windows after a sample and all samples before it in the list. */
type Effect = readonly [sample: string, consumed: number, inbound: number, outbound: number];

const CONVERSATION: readonly Effect[] = [
  ["meta-v25-incoming", 1, 1, 0],
  ["meta-v25-sent", 2, 1, 1],
  ["meta-v25-delivered", 2, 1, 1],
  ["meta-v25-read", 2, 1, 1],
];
const LIBRARY_SAMPLES: readonly Effect[] = [
  ["status-sent-2023-cbp", 1, 0, 1],
  ["status-failed-131047", 1, 0, 1],
  ["dialogue-1-message", 2, 1, 1],
  ["dialogue-2-message", 2, 1, 1],
  ["dialogue-3-sent-without-pricing", 2, 1, 1],
];

/** Reads a sample and sets its timestamps and phone number id. */
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

async function consumedAndOpen(service: TestService): Promise<number[]> {
  const { consumed, open_windows } = await service.readJson("GET", "/v1/companies/acme/balance");
  return [consumed, open_windows.inbound, open_windows.outbound];
}

for (
  const [source, effects] of [["Meta's v25 API", CONVERSATION], [
    "client libraries",
    LIBRARY_SAMPLES,
  ]] as const
) {
  Deno.test(`each sample of ${source} has its effect once, also when delivered ten times`, async () => {
    await using service = new TestService();
    await service.createCompany("acme", { phone_number_ids: [NUMBER] });
    const at_s = service.now_ms / 1_000 - 60 * effects.length;
    for (const [index, [name, ...effect]] of effects.entries()) {
      for (let times = 0; times < 10; times++) await deliver(service, name, at_s + 60 * index);
      assert.deepEqual(await consumedAndOpen(service), effect, name);
    }
  });

  Deno.test(`the samples of ${source} have the same result in reverse order`, async () => {
    await using service = new TestService();
    await service.createCompany("acme", { phone_number_ids: [NUMBER] });
    const at_s = service.now_ms / 1_000 - 60 * effects.length;
    for (const [index, [name]] of [...effects.entries()].reverse()) {
      await deliver(service, name, at_s + 60 * index);
    }
    assert.deepEqual(await consumedAndOpen(service), effects.at(-1)!.slice(1));
  });
}

Deno.test("the samples of Meta's v25 API count one marketing message, in any order, and none while prices are not read", async () => {
  for (
    const [reads_pricing, order] of [[true, CONVERSATION], [true, CONVERSATION.toReversed()], [
      false,
      CONVERSATION,
    ]] as const
  ) {
    await using service = new TestService({ reads_pricing });
    await service.createCompany("acme", { phone_number_ids: [NUMBER] });
    const at_s = service.now_ms / 1_000 - 60;
    for (const [name] of order) await deliver(service, name, at_s);
    const [from, to] = ["2026-11-03", "2026-11-03"] as [LocalDate, LocalDate];
    const days = await service.options.meta_costs.days({ from, to, by: "local_date" });
    assert.deepEqual(
      days,
      !reads_pricing ? [] : [{
        company: "acme",
        local_date: "2026-11-03",
        account_date: "2026-11-03",
        phone_number_id: NUMBER,
        country: "US",
        category: "marketing",
        pricing_type: "regular",
        billable: true,
        messages: 1,
      }],
    );
  }
});
