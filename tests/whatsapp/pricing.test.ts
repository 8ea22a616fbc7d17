import assert from "node:assert/strict";
import { businessNumber, statusesOf, webhookOf } from "../support/payloads.ts";
import { NO_PRICING } from "../../src/domain/meta_costs/fact_pricing.ts";
import { eventIdentity } from "../../src/whatsapp/events.ts";
import { readPricing } from "../../src/whatsapp/pricing.ts";
import { readWebhook } from "../../src/whatsapp/webhook.ts";

const LINE = businessNumber(1);
const ANA = { phone: "5511987650001" };

Deno.test("prices are read as Meta documents them, from 2023 to 2026", () => {
  const table: [pricing: Record<string, unknown>, category: string, type: string, billable: boolean][] = [
    // Since July 2025: one price a message.
    [
      { billable: true, pricing_model: "PMP", type: "regular", category: "marketing" },
      "marketing",
      "regular",
      true,
    ],
    [
      { billable: false, pricing_model: "PMP", type: "free_customer_service", category: "utility" },
      "utility",
      "free_customer_service",
      false,
    ],
    [
      { billable: false, pricing_model: "PMP", type: "free_customer_service", category: "service" },
      "service",
      "free_customer_service",
      false,
    ],
    [
      { billable: false, pricing_model: "PMP", type: "free_entry_point", category: "referral_conversion" },
      "unknown",
      "free_entry_point",
      false,
    ],
    [
      { billable: true, pricing_model: "PMP", type: "regular", category: "authentication-international" },
      "authentication_international",
      "regular",
      true,
    ],
    [
      { billable: true, pricing_model: "PMP", type: "regular", category: "marketing_lite" },
      "marketing",
      "regular",
      true,
    ],
    [
      { billable: true, pricing_model: "PMP", type: "regular", category: "group_marketing" },
      "marketing",
      "regular",
      true,
    ],
    [
      { billable: false, type: "free_group_customer_service", category: "group_service" },
      "service",
      "free_group_customer_service",
      false,
    ],
    // Since October 2026: replies, and utility templates in the service window. `billable` may be missing.
    [
      { billable: true, pricing_model: "PMP", type: "regular", category: "service" },
      "service",
      "regular",
      true,
    ],
    [{ pricing_model: "PMP", type: "regular", category: "utility" }, "utility", "regular", true],
    // Of 2023 and before: one price a conversation.
    [
      { billable: true, pricing_model: "CBP", category: "business_initiated" },
      "unknown",
      "regular",
      true,
    ],
    [{ billable: true, pricing_model: "CBP", category: "user_initiated" }, "service", "regular", true],
    [
      { billable: false, pricing_model: "CBP", category: "referral_conversion" },
      "unknown",
      "free_entry_point",
      false,
    ],
    [{ billable: false, pricing_model: "NBP", category: "service" }, "service", "unknown", false],
    // Names of later versions.
    [
      { billable: true, type: "discounted", category: "ai_service" },
      "unknown",
      "unknown",
      true,
    ],
  ];
  for (const [pricing, category, type, billable] of table) {
    assert.deepEqual(readPricing(pricing), { category, type, billable }, JSON.stringify(pricing));
  }
});

Deno.test("a price of any other shape is no price, and nothing throws", () => {
  for (const pricing of [undefined, null, [], "regular", 7, {}, { category: 7, type: {}, billable: "yes" }]) {
    assert.deepEqual(readPricing(pricing), NO_PRICING);
  }
  assert.deepEqual(readPricing({ category: "x".repeat(10_000), type: "y".repeat(10_000) }), NO_PRICING);
});

Deno.test("prices are read only where it is wanted, and differ two events of one status", () => {
  const events = ["marketing", "utility", undefined].flatMap((category) => {
    const content = category === undefined ? {} : { pricing: { category, type: "regular", billable: true } };
    const change = statusesOf(LINE, ANA, { id: "m", at_s: 1_795_000_000, status: "failed", content });
    return [true, false].map((reads_pricing) => readWebhook(webhookOf(change), reads_pricing).events[0]!);
  });
  const prices = events.map((event) => event.type === "status" ? event.pricing?.category : "");
  assert.deepEqual(prices, ["marketing", undefined, "utility", undefined, "unknown", undefined]);
  assert.equal(events.filter((event) => "pricing" in event).length, 3);
  const read = events.filter((_, i) => i % 2 === 0).map(eventIdentity);
  assert.equal(new Set(read).size, read.length);
});
