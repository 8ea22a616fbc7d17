import assert from "node:assert/strict";
import { rateHistory } from "../../src/domain/company/activation.ts";
import type { CompanyId, Credits, FeatureCode, LocalDate } from "../../src/domain/types.ts";
import type { CompanyRates, RateVersion } from "../../src/domain/rates.ts";
import { isWhatsAppFeature, outboundRate, rateOf } from "../../src/domain/rates.ts";

const RUN = "automation.run" as FeatureCode;

Deno.test("a feature nobody has priced has no rate", () => {
  assert.equal(priceOn(card([]), "2026-11-23"), undefined);
});

Deno.test("a price without a date holds from always", () => {
  assert.equal(priceOn(card([rate(1)]), "1999-01-01"), 1);
});

Deno.test("a price holds from its local date on, and the one before until then", () => {
  const raised = card([rate(1), rate(2, { from: "2026-12-01" })]);
  assert.equal(priceOn(raised, "2026-11-30"), 1);
  assert.equal(priceOn(raised, "2026-12-01"), 2);
});

Deno.test("of two prices that hold on a date the one recorded last does", () => {
  const corrected = card([rate(1), rate(5, { from: "2027-01-01" }), rate(2, { from: "2026-12-01" })]);
  assert.equal(priceOn(corrected, "2027-02-01"), 2);
});

Deno.test("a first price that comes after use holds from its instant on, within its date", () => {
  const noon = card([rate(3, { from: "2026-11-23", from_ms: 1000 })]);
  assert.equal(rateOf(noon, RUN, "2026-11-23" as LocalDate, 999), undefined);
  assert.equal(rateOf(noon, RUN, "2026-11-23" as LocalDate, 1000)?.credits, 3);
});

Deno.test("a company's own price goes over the general one", () => {
  assert.equal(priceOn(card([rate(3)], [rate(2)]), "2026-11-23"), 2);
});

Deno.test("until a company's own price begins the general one holds", () => {
  const own_later = card([rate(3)], [rate(2, { from: "2026-12-01" })]);
  assert.equal(priceOn(own_later, "2026-11-30"), 3);
  assert.equal(priceOn(own_later, "2026-12-01"), 2);
});

Deno.test("a template costs the price of its category, else that of the feature", () => {
  const priced = card([outbound(2), outbound(5, ".marketing")]);
  assert.equal(outboundOn(priced, "marketing"), 5);
  assert.equal(outboundOn(priced, "utility"), 2);
  assert.equal(outboundOn(priced, undefined), 2);
});

Deno.test("a company's own price of outbound windows goes over the general price of a category", () => {
  assert.equal(outboundOn(card([outbound(2), outbound(5, ".marketing")], [outbound(1)]), "marketing"), 1);
  assert.equal(outboundOn(card([outbound(2)], [outbound(1), outbound(4, ".marketing")]), "marketing"), 4);
});

Deno.test("features of WhatsApp are metered from its webhooks alone", () => {
  assert.equal(isWhatsAppFeature("whatsapp.inbound" as FeatureCode), true);
  assert.equal(isWhatsAppFeature("automation.run" as FeatureCode), false);
});

function rate(credits: number, held: { from?: string; from_ms?: number } = {}, feature = RUN): RateVersion {
  return {
    company: null,
    feature,
    version: 1,
    credits: credits as Credits,
    effective_from: held.from as LocalDate | undefined ?? null,
    from_ms: held.from_ms ?? null,
    recorded_at_ms: 0,
    recorded_by: "test",
  };
}

function outbound(credits: number, category = ""): RateVersion {
  return rate(credits, {}, `whatsapp.outbound${category}` as FeatureCode);
}

function card(general: readonly RateVersion[], own: readonly RateVersion[] = []): CompanyRates {
  const company = "acme" as CompanyId;
  return {
    rate_card: rateHistory(general),
    overrides: rateHistory(own.map((version) => ({ ...version, company }))),
  };
}

function priceOn(card: CompanyRates, date: string): number | undefined {
  return rateOf(card, RUN, date as LocalDate, 0)?.credits;
}

function outboundOn(card: CompanyRates, category: "marketing" | "utility" | undefined): number | undefined {
  return outboundRate(card, category, "2026-11-23" as LocalDate, 0)?.credits;
}
