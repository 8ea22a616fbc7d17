/** The worked examples of `src/domain/README.md` of the price of a reply. */

import assert from "node:assert/strict";
import { type MessagePricing, NO_PRICING } from "../../src/domain/meta_costs/fact_pricing.ts";
import { newLedgerEntries, TestCompany } from "../support/company.ts";
import { ANA, BETO, CARLA, type StatusDetails, type StatusName } from "../support/fixtures.ts";

const REPLY: MessagePricing = { category: "service", type: "regular", billable: true };
const UTILITY: MessagePricing = { category: "utility", type: "regular", billable: true };
const FREE: MessagePricing = { category: "service", type: "free_customer_service", billable: false };

type Reported = readonly [status: StatusName, time: string, pricing: MessagePricing, message?: string];

Deno.test("E57: a delivered message that Meta bills as a service message costs the price of a reply", () => {
  const sent: Reported = ["sent", "10:00", REPLY];
  const table: [reported: Reported[], charged: number][] = [
    [[sent], 0],
    [[sent, ["delivered", "10:01", NO_PRICING]], 2],
    [[sent, ["delivered", "10:01", NO_PRICING], ["read", "10:05", NO_PRICING]], 2],
    [[sent, ["delivered", "10:01", NO_PRICING], ["failed", "10:02", NO_PRICING]], 2],
    [[sent, ["failed", "10:01", NO_PRICING]], 0],
    [[["delivered", "10:01", NO_PRICING]], 0],
    [[["delivered", "10:01", FREE]], 0],
    [[["delivered", "10:01", { ...REPLY, billable: false }]], 0],
    [[sent, ["delivered", "10:01", UTILITY]], 0],
    [[["delivered", "10:01", REPLY], ["delivered", "10:02", REPLY, "another"]], 4],
  ];
  for (const [reported, charged] of table) {
    for (const statuses of ordersOf(reported)) {
      const prices = { "whatsapp.service_message": 2, "whatsapp.outbound": 0 };
      const company = new TestCompany({ at: "2026-11-23 09:00", prices });
      for (const [status, time, pricing, message = "reply"] of [...statuses, ...statuses]) {
        report(company, status, message, `2026-11-23 ${time}`, { pricing });
      }
      assert.equal(company.month("2026-11").consumed, charged, JSON.stringify(statuses));
    }
  }
});

Deno.test("E58: a reply costs the price of the date of its delivery, and is given back when that changes", () => {
  const company = new TestCompany({ at: "2026-11-23 09:00", prices: { "whatsapp.service_message": 0 } });
  company.setRate("whatsapp.service_message", 1, "2026-11-24");
  company.setRate("whatsapp.service_message", 3, "2026-11-25");
  const posted = newLedgerEntries(company);
  const table: [
    at: string,
    status: StatusName,
    of: string,
    local: string,
    StatusDetails,
    posted: string[],
  ][] = [
    ["2026-11-23 10:00", "delivered", "m1", "2026-11-23 10:00", { to: ANA }, []],
    ["2026-11-24 00:02", "read", "m2", "2026-11-24 00:01", { to: BETO }, ["consumption -1"]],
    ["2026-11-24 00:03", "delivered", "m2", "2026-11-23 23:59", { to: BETO }, ["reversal +1"]],
    ["2026-11-25 10:00", "delivered", "m3", "2026-11-25 10:00", { to: CARLA }, ["consumption -3"]],
    ["2026-11-25 10:04", "read", "m3", "2026-11-25 10:04", { to: CARLA, pricing: UTILITY }, [
      "reversal +3",
      "consumption -1",
    ]],
    ["2026-11-26 12:00", "delivered", "m4", "2026-11-24 12:00", { to: ANA }, ["consumption -1 late"]],
    ["2026-11-26 12:01", "delivered", "m4", "2026-11-24 12:00", { to: ANA }, []],
    ["2026-11-30 12:00", "delivered", "m5", "2026-11-30 12:00", { to: BETO, pricing: NO_PRICING }, []],
    ["2026-12-09 09:00", "read", "m5", "2026-12-09 09:00", { to: BETO }, []],
  ];
  for (const [at, status, message, local, details, expected] of table) {
    company.advanceTo(at);
    report(company, status, message, local, { pricing: REPLY, ...details });
    assert.deepEqual(posted(), expected, `${message} ${status}`);
  }
  assert.deepEqual(company.store.quarantineReasons(), ["month_final"]);
});

function report(
  company: TestCompany,
  status: StatusName,
  message: string,
  local: string,
  details: StatusDetails,
): void {
  const template = details.pricing?.category === "utility";
  company.status(status, message, local, { template, ...details, ...template && { category: "utility" } });
}

/** Every order of some statuses. */
function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, i) =>
    ordersOf(items.filter((_, other) => other !== i)).map((rest) => [first, ...rest])
  );
}
