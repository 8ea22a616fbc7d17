import assert from "node:assert/strict";
import { uncharged, unchargedByCompany } from "../../src/domain/features.ts";
import type { FeatureCode } from "../../src/domain/types.ts";
import { UNIT_CREDITS_MAX, WHATSAPP_FEATURES } from "../../src/domain/rates.ts";

const code = (feature: string) => feature as FeatureCode;

Deno.test("under whatsapp. six features exist, and a price of any other is refused with their names", () => {
  assert.deepEqual([...WHATSAPP_FEATURES], [
    "whatsapp.inbound",
    "whatsapp.outbound",
    "whatsapp.outbound.marketing",
    "whatsapp.outbound.utility",
    "whatsapp.outbound.authentication",
    "whatsapp.service_message",
  ]);
  for (const feature of WHATSAPP_FEATURES) assert.equal(uncharged(feature, 1), undefined);
  for (
    const feature of [
      "whatsapp.outbond",
      "whatsapp.outbound.promo",
      "WhatsApp.inbound",
      "whatsapp",
      "whatsapp.",
    ]
  ) {
    const refusal = uncharged(code(feature), 1);
    assert.deepEqual([refusal?.code, refusal?.path], ["unknown_feature", ["code"]], feature);
    for (const known of WHATSAPP_FEATURES) assert.ok(refusal!.detail.includes(known));
  }
  assert.match(
    uncharged(code("whatsapp.outbond"), 1)!.detail,
    /^No feature "whatsapp\.outbond" exists: did you mean "whatsapp\.outbound"\? /,
  );
});

Deno.test("a feature outside whatsapp. may have any name on the rate card", () => {
  assert.equal(uncharged(code("automation.run"), 0), undefined);
  assert.equal(uncharged(code("whatsapper"), UNIT_CREDITS_MAX), undefined);
});

Deno.test("a negative, fractional, infinite or too large price is refused", () => {
  for (const credits of [-1, 0.5, NaN, Infinity, UNIT_CREDITS_MAX + 1, 2 ** 53]) {
    const refusal = uncharged(code("automation.run"), credits);
    assert.deepEqual([refusal?.code, refusal?.path], ["invalid_request", ["credits"]], String(credits));
    assert.equal(refusal?.detail, "must be a whole number from 0 to 1000000");
  }
});

Deno.test("a company's own price needs a known feature, and the refusal names the closest one", () => {
  const known = new Set(["automation.run", "sms.sent"].map(code));
  assert.equal(unchargedByCompany(code("automation.run"), 1, known), undefined);
  const refusal = unchargedByCompany(code("automation.rn"), 1, known)!;
  assert.deepEqual([refusal.code, refusal.path], ["unknown_feature", ["code"]]);
  assert.equal(
    refusal.detail,
    'No feature "automation.rn" exists: did you mean "automation.run"? Use a feature of the rate card ' +
      "(automation.run, sms.sent), or add it there first: PUT /v1/features/automation.rn",
  );
});

Deno.test("a template category needs no entry on the rate card for a company's own price", () => {
  assert.equal(unchargedByCompany(code("whatsapp.outbound.utility"), 0, new Set()), undefined);
});

Deno.test("a long rate card is not listed in the refusal", () => {
  const known = new Set(Array.from({ length: 13 }, (_, i) => code(`feature.${i}`)));
  const { detail } = unchargedByCompany(code("automation.rn"), 1, known)!;
  assert.match(detail, /\(listed by GET \/v1\/features\)/);
});
