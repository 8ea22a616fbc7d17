import assert from "node:assert/strict";
import type { TemplatePolicy } from "../../src/domain/charge.ts";
import { chargeFor } from "../../src/domain/charge.ts";
import { rateHistory } from "../../src/domain/company/activation.ts";
import type { ContactDay, Template } from "../../src/domain/contact_day.ts";
import type { LocalDate, MessageKey, TemplateCategory } from "../../src/domain/types.ts";
import type { CompanyRates } from "../../src/domain/rates.ts";
import { rateCardVersion } from "../support/fixtures.ts";

const CARD: CompanyRates = {
  rate_card: rateHistory([
    rateCardVersion("whatsapp.inbound", 1),
    rateCardVersion("whatsapp.outbound", 2),
    rateCardVersion("whatsapp.outbound.marketing", 5),
  ]),
  overrides: new Map(),
};

Deno.test("a day without a message and without a template costs nothing", () => {
  assert.deepEqual(windows(day({})), []);
});

Deno.test("the contact's first message of the date opens an inbound window", () => {
  assert.deepEqual(windows(day({ wrote: "10:00:00" })), ["inbound at 10:00:00 for 1"]);
});

Deno.test("the first template of the date opens an outbound window", () => {
  assert.deepEqual(windows(day({ templates: ["10:00:00"] })), ["outbound at 10:00:00 for 2"]);
});

Deno.test("each window is charged once, however many templates leave", () => {
  assert.deepEqual(windows(day({ templates: ["11:00:00", "10:00:00", "12:00:00"] })), [
    "outbound at 10:00:00 for 2",
  ]);
});

Deno.test("an answer within an outbound window opens no inbound one", () => {
  assert.deepEqual(windows(day({ templates: ["10:00:00"], wrote: "10:05:00" })), [
    "outbound at 10:00:00 for 2",
  ]);
});

Deno.test("a message in the very second of a template opens no inbound window", () => {
  assert.deepEqual(windows(day({ templates: ["10:00:00"], wrote: "10:00:00" })), [
    "outbound at 10:00:00 for 2",
  ]);
});

Deno.test("our own clock counts milliseconds, WhatsApp's seconds: the second decides", () => {
  assert.deepEqual(windows(day({ templates: ["10:00:00.700"], wrote: "10:00:00" })), [
    "outbound at 10:00:00.7 for 2",
  ]);
  assert.deepEqual(windows(day({ templates: ["10:00:01"], wrote: "10:00:00" })).length, 2);
});

Deno.test("a template opens an outbound window, and is charged, even when an inbound window is open", () => {
  assert.deepEqual(windows(day({ wrote: "10:00:00", templates: ["10:05:00"] })), [
    "inbound at 10:00:00 for 1",
    "outbound at 10:05:00 for 2",
  ]);
});

Deno.test("with the policy free, a template within an open inbound window opens none", () => {
  const both = day({ wrote: "10:00:00", templates: ["10:05:00"] });
  assert.deepEqual(windows(both, "free"), ["inbound at 10:00:00 for 1"]);
});

Deno.test("with the policy free, a template before the contact writes is charged all the same", () => {
  const before = day({ templates: ["10:00:00"], wrote: "10:05:00" });
  assert.deepEqual(windows(before, "free"), ["outbound at 10:00:00 for 2"]);
});

Deno.test("a template category with a price of its own costs that", () => {
  assert.deepEqual(windows(day({ templates: ["10:00:00 marketing"] })), ["outbound at 10:00:00 for 5"]);
  assert.deepEqual(windows(day({ templates: ["10:00:00 utility"] })), ["outbound at 10:00:00 for 2"]);
});

Deno.test("the price is that of the template that opens the window, not of a later one", () => {
  const templates = ["10:05:00 marketing", "10:00:00 utility"];
  assert.deepEqual(windows(day({ templates })), ["outbound at 10:00:00 for 2"]);
});

Deno.test("of templates that left at one instant the same one opens the window in any order", () => {
  const templates = ["10:00:00 marketing", "10:00:00 utility"].map(template);
  const one = chargeFor({ ...day({}), templates }, "charge", CARD);
  const other = chargeFor({ ...day({}), templates: templates.toReversed() }, "charge", CARD);
  assert.deepEqual(one, other);
});

Deno.test("a rate card without the built-in prices is a bug, not a window for nothing", () => {
  const empty: CompanyRates = { rate_card: new Map(), overrides: new Map() };
  assert.throws(
    () => chargeFor(day({ wrote: "10:00:00" }), "charge", empty),
    /whatsapp.inbound has no price/,
  );
});

function day(given: { wrote?: string; templates?: readonly string[] }): ContactDay {
  return {
    date: "2026-11-23" as LocalDate,
    wrote_at_ms: given.wrote === undefined ? undefined : at(given.wrote),
    wrote_key: undefined,
    wrote_to: undefined,
    templates: (given.templates ?? []).map(template),
  };
}

/** `10:00:00 marketing` */
function template(text: string): Template {
  const [time, category] = text.split(" ");
  return {
    key: text as MessageKey,
    left_at_ms: at(time!),
    category: category as TemplateCategory | undefined,
    phone_number_id: undefined,
    attribution: undefined,
  };
}

/** In UTC: which date it is has been decided before a charge is worked out. */
function at(time: string): number {
  return Temporal.Instant.from(`2026-11-23T${time}Z`).epochMilliseconds;
}

function windows(day: ContactDay, policy: TemplatePolicy = "charge"): string[] {
  const { inbound, outbound } = chargeFor(day, policy, CARD);
  const shown = (direction: string, window: typeof inbound) => {
    if (window === undefined) return [];
    const time = Temporal.Instant.fromEpochMilliseconds(window.opened_at_ms).toString().slice(11, -1);
    return [`${direction} at ${time} for ${window.credits}`];
  };
  return [...shown("inbound", inbound), ...shown("outbound", outbound)];
}
