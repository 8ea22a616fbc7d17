import assert from "node:assert/strict";
import { metaCategoryOf, pricingTypeOf } from "../../../src/domain/meta_costs/meta_names.ts";

Deno.test("a category is read as statuses and reports write it, and a new one is unknown", () => {
  const names = ["marketing", "MARKETING", "MARKETING_LITE", "group_marketing", "GROUP_MARKETING_LITE"];
  assert.deepEqual(new Set(names.map(metaCategoryOf)), new Set(["marketing"]));
  for (const name of ["authentication-international", "AUTHENTICATION_INTERNATIONAL"]) {
    assert.equal(metaCategoryOf(name), "authentication_international");
  }
  assert.deepEqual(["AUTHENTICATION", "UTILITY", "GROUP_SERVICE"].map(metaCategoryOf), [
    "authentication",
    "utility",
    "service",
  ]);
  const unknown = ["general_purpose_ai", "REFERRAL_CONVERSION", "marketings", "", "marketing_".repeat(9)];
  assert.deepEqual(new Set(unknown.map(metaCategoryOf)), new Set(["unknown"]));
});

Deno.test("a pricing type is read as statuses and reports write it, and a new one is unknown", () => {
  assert.deepEqual(["REGULAR", "free-entry-point", "FREE_GROUP_CUSTOMER_SERVICE"].map(pricingTypeOf), [
    "regular",
    "free_entry_point",
    "free_group_customer_service",
  ]);
  assert.deepEqual(["paid", "unknown", ""].map(pricingTypeOf), ["unknown", "unknown", "unknown"]);
});
