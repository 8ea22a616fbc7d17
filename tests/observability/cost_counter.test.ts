import assert from "node:assert/strict";
import type { CostGroup } from "../../src/domain/meta_costs/types.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import { CostCounter } from "../../src/observability/cost_counter.ts";

const GROUP: CostGroup = {
  local_date: "2026-11-23" as LocalDate,
  account_date: "2026-11-23" as LocalDate,
  phone_number_id: "106540000000001",
  country: "BR",
  category: "unknown",
  pricing_type: "unknown",
  billable: false,
};

Deno.test("messages count by pricing type when they are added to a group, not when they leave one", () => {
  const counter = new CostCounter();
  counter.count({ group: GROUP, messages: 2 });
  counter.count({ group: { ...GROUP, pricing_type: "free_entry_point" }, messages: 1 });
  counter.count({ group: { ...GROUP, category: "service", pricing_type: "regular" }, messages: 3 });
  counter.count({ group: GROUP, messages: -1 });
  assert.deepEqual(Object.fromEntries(counter.counts), {
    regular: 3,
    free_customer_service: 0,
    free_entry_point: 1,
    free_group_customer_service: 0,
    unknown: 2,
  });
  assert.equal(counter.without_price, 2);
});
