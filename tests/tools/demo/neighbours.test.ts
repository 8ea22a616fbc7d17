import assert from "node:assert/strict";
import { neighbourDeliveries, NEIGHBOURS } from "../../../tools/demo/neighbours.ts";
import { BAKERY } from "../../../tools/demo/company.ts";
import { inBatches } from "../../../tools/demo/backfill.ts";
import { webhookAt } from "../../../tools/demo/delivery.ts";
import { localDateOf, startOf } from "../../../tools/demo/story.ts";
import { readPhone, readPhoneIn } from "../../../src/http/kit/phone_numbers.ts";
import { fieldChange, numberedCustomer } from "../../support/payloads.ts";

/** First starts of the demo: the first and the last day of a month, at night and by day. */
const FIRST_STARTS = [
  "2026-11-01T03:10:00Z",
  "2026-11-15T14:30:00Z",
  "2026-11-29T02:00:00Z",
  "2026-12-31T22:00:00Z",
]
  .map((instant) => Temporal.Instant.from(instant).epochMilliseconds / 1000);

Deno.test("a neighbour's month has used the planned credits when the demo starts first, on any date", () => {
  for (const planned_s of FIRST_STARTS) {
    const today = localDateOf(planned_s);
    const month_s = startOf(today.with({ day: 1 }));
    for (const neighbour of NEIGHBOURS) {
      const deliveries = neighbourDeliveries(neighbour, month_s, planned_s, planned_s);
      const used = deliveries.reduce((sum, delivery) => {
        if (delivery.type === "usage") return sum + delivery.usages.length;
        // A template is charged by its first status, of two.
        return sum + (delivery.kind === "template" ? 0.5 : 1);
      }, 0);
      const planned = neighbour.this_month(today);
      assert.ok(
        Math.abs(used - planned) <= 0.03 * planned,
        `${neighbour.company} on ${today}: ${used}, not ${planned}`,
      );
    }
  }
});

Deno.test("a customer of the demo is found by their phone with and without country code", () => {
  const { phone } = numberedCustomer(87);
  const companies = [{ profile: BAKERY.profile }, ...NEIGHBOURS];
  for (const { profile: { country } } of companies) {
    for (const written of ["(11) 98000-0087", "11 98000-0087", "11980000087", "+55 11 98000-0087", phone]) {
      assert.deepEqual(readPhone(written) ?? readPhoneIn(country, written), { phone }, written);
    }
  }
});

Deno.test("a neighbour's story is in order, and the same in pieces", () => {
  const planned_s = FIRST_STARTS[1]!;
  const from_s = startOf(localDateOf(planned_s).subtract({ days: 20 }));
  for (const neighbour of NEIGHBOURS) {
    const whole = neighbourDeliveries(neighbour, from_s, planned_s, planned_s);
    const times = whole.map(({ at_s }) => at_s);
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
    const middle_s = from_s + 123_456;
    assert.deepEqual([
      ...neighbourDeliveries(neighbour, from_s, middle_s, planned_s),
      ...neighbourDeliveries(neighbour, middle_s, planned_s, planned_s),
    ], whole);
  }
});

Deno.test("a neighbour's usage is reported when it happens, between the day's messages", () => {
  const planned_s = FIRST_STARTS[1]!;
  const from_s = startOf(localDateOf(planned_s).subtract({ days: 20 }));
  for (const neighbour of NEIGHBOURS) {
    const deliveries = neighbourDeliveries(neighbour, from_s, planned_s, planned_s);
    const usages = deliveries.flatMap((delivery) => delivery.type === "usage" ? [delivery] : []);
    assert.ok(usages.length > 20, `${neighbour.company}: ${usages.length}`);
    for (const { at_s, usages: [usage, ...others] } of usages) {
      assert.equal(Date.parse(usage!.occurred_at) / 1000, at_s);
      assert.deepEqual(others, []);
    }
  }
});

Deno.test("consecutive webhooks are joined in order, and a usage report stays between them", () => {
  const change = (n: number) => fieldChange(NEIGHBOURS[0]!.line, `field_${n}`);
  const usage = { type: "usage", at_s: 3, kind: "usage", usages: [] } as const;
  const batches = inBatches([
    webhookAt(1, "message", change(1)),
    webhookAt(2, "message", change(2), change(3)),
    usage,
    webhookAt(4, "message", change(4)),
  ]);
  assert.deepEqual(batches, [
    webhookAt(2, "batch", change(1), change(2), change(3)),
    usage,
    webhookAt(4, "message", change(4)),
  ]);
});
