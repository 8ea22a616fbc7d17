import assert from "node:assert/strict";
import {
  type PointError,
  type PricingPoint,
  PricingPoints,
  type ReportedNumber,
} from "../../../src/domain/meta_costs/pricing_analytics.ts";
import type { CountedMessages } from "../../../src/domain/meta_costs/reconciliation_lines.ts";
import type { LocalDate } from "../../../src/domain/types.ts";

const PHONE = "15550783881";
const [FROM, TO] = ["2025-06-01" as LocalDate, "2025-06-11" as LocalDate];

function numbersIn(zone: string | undefined): ReadonlyMap<string, ReportedNumber> {
  return new Map([[PHONE, { phone_number_id: "106540352242922", zoneAt: () => zone }]]);
}

function read(points: readonly PricingPoint[], zone = "America/Los_Angeles") {
  return new PricingPoints(numbersIn(zone), FROM, TO).read(points);
}

/** Reads data points that can be compared. */
function linesOf(points: readonly PricingPoint[]): readonly CountedMessages[] {
  const lines = read(points);
  assert.ok(!("field" in lines));
  return lines;
}

/** Reads data points of which one is refused. */
function errorOf(points: readonly PricingPoint[], zone?: string): PointError {
  const error = read(points, zone);
  assert.ok("field" in error);
  return error;
}

/** A data point of the answer in Meta's documentation, with the breakdown by number. */
const DOCUMENTED: PricingPoint = {
  start: 1_749_106_800,
  end: 1_749_193_200,
  country: "IN",
  phone_number: PHONE,
  tier: "0:750000",
  pricing_type: "REGULAR",
  pricing_category: "AUTHENTICATION_INTERNATIONAL",
  volume: 2,
  cost: 4.6,
};

Deno.test("a data point of Meta's documentation is read as messages of a date of the account", () => {
  assert.deepEqual(linesOf([DOCUMENTED]), [{
    phone_number_id: "106540352242922",
    date: "2025-06-05",
    country: "IN",
    category: "authentication_international",
    pricing_type: "regular",
    messages: 2,
    cost: 4_600_000n,
    tier: "0:750000",
    of_group: false,
  }]);
});

Deno.test("messages to groups are those of a category or a type of groups", () => {
  const names = [
    ["GROUP_MARKETING", "REGULAR"],
    ["MARKETING", "REGULAR"],
    ["SERVICE", "FREE_GROUP_CUSTOMER_SERVICE"],
    ["SERVICE", "FREE_CUSTOMER_SERVICE"],
  ];
  const lines = linesOf(
    names.map(([pricing_category, pricing_type]) => ({
      ...DOCUMENTED,
      pricing_category: pricing_category!,
      pricing_type: pricing_type!,
    })),
  );
  assert.deepEqual(lines.map(({ category, of_group }) => [category, of_group]), [
    ["marketing", true],
    ["marketing", false],
    ["service", true],
    ["service", false],
  ]);
});

Deno.test("a cost that a float cannot hold exactly is read to the millionth", () => {
  const [line] = linesOf([{ ...DOCUMENTED, cost: 0.1 + 0.2 }]);
  assert.equal(line!.cost, 300_000n);
});

Deno.test("a number is found by its digits, whichever way people write it", () => {
  const [line] = linesOf([{ ...DOCUMENTED, phone_number: "+1 (555) 078-3881" }]);
  assert.equal(line!.phone_number_id, "106540352242922");
});

Deno.test("a day of 23 or 25 hours is one date", () => {
  const points = new PricingPoints(
    numbersIn("America/New_York"),
    "2026-03-01" as LocalDate,
    "2026-11-30" as LocalDate,
  );
  const day = (date: string, start: string, end: string) => ({
    ...DOCUMENTED,
    start: Date.parse(`${date}T${start}`) / 1_000,
    end: Date.parse(`${date}T${start}`) / 1_000 + Number(end) * 3_600,
  });
  const dates = points.read([day("2026-03-08", "05:00:00Z", "23"), day("2026-11-01", "04:00:00Z", "25")]);
  assert.ok(!("field" in dates));
  assert.deepEqual(dates.map(({ date }) => date), ["2026-03-08", "2026-11-01"]);
});

Deno.test("a data point that is no whole day of the account is refused with a remedy", () => {
  const error = (change: Partial<PricingPoint>, zone?: string) =>
    errorOf([{ ...DOCUMENTED, ...change }], zone);
  assert.deepEqual(error({ end: DOCUMENTED.start + 1_800 }), {
    index: 0,
    field: "end",
    message: "does not end the day in America/Los_Angeles: ask Meta with granularity(DAILY) for whole days",
  });
  const month = error({ end: DOCUMENTED.start + 30 * 86_400 });
  assert.equal(month.field, "end");
  assert.match(month.message, /granularity\(DAILY\)/);
  assert.equal(error({ end: DOCUMENTED.start - 1 }).field, "end");
  const other_zone = error({}, "America/Sao_Paulo");
  assert.equal(other_zone.field, "start");
  assert.match(other_zone.message, /America\/Sao_Paulo.*PUT \/v1\/phone_numbers/);
});

Deno.test("a data point of another date, of no number or that came before is refused with a remedy", () => {
  const early = errorOf([{ ...DOCUMENTED, start: 1_748_674_800, end: 1_748_761_200 }]);
  assert.equal(early.message, "is of 2025-05-31, outside of 2025-06-01 to 2025-06-11: correct from and to");
  assert.deepEqual(errorOf([DOCUMENTED, { ...DOCUMENTED, phone_number: "15550783999" }]), {
    index: 1,
    field: "phone_number",
    message:
      "is no number of the account: set its account with PUT /v1/phone_numbers/ID/meta_account, and name it " +
      "with PUT /v1/phone_numbers/ID or send number=15550783999:ID in the query",
  });
  const moved = new PricingPoints(numbersIn(undefined), FROM, TO).read([DOCUMENTED]);
  assert.equal("field" in moved && moved.field, "phone_number");
  assert.equal(errorOf([DOCUMENTED, DOCUMENTED]).index, 1);
  assert.equal(linesOf([DOCUMENTED, { ...DOCUMENTED, tier: "750001:MAX" }]).length, 2);
});
