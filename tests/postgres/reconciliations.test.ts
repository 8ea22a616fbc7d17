import assert from "node:assert/strict";
import { reconcile, totalsOf } from "../../src/domain/meta_costs/reconciliation.ts";
import { countryOf, pricingOf } from "../../src/domain/meta_costs/fact_pricing.ts";
import type { CountedMessages } from "../../src/domain/meta_costs/reconciliation_lines.ts";
import type { Reconciliation } from "../../src/domain/meta_costs/reconciliations.ts";
import type { Micros } from "../../src/domain/money.ts";
import type { LocalDate } from "../../src/domain/types.ts";
import { PostgresDeliveredMessages } from "../../src/postgres/delivered_messages.ts";
import { PostgresReconciliations } from "../../src/postgres/reconciliations.ts";
import { createOwner } from "./company_history.ts";
import { record, templateStatus } from "./owner.ts";
import { ACME, MINUTE_MS, NOON } from "./store_under_test.ts";
import { openPostgresStore } from "./test_store.ts";

const RANGE = { from: "2026-10-01" as LocalDate, to: "2026-10-31" as LocalDate };
const BIG = 9_007_199_254_740_993n as Micros;

/** Lines of every kind: one that matches, one of Meta's, one of ours, other volumes, another price. */
function exampleLines() {
  const side = (messages: readonly number[], cost: readonly (Micros | undefined)[]): CountedMessages[] =>
    messages.map((count, index) => ({
      phone_number_id: `10654000000000${index}`,
      date: "2026-10-10" as LocalDate,
      category: "utility",
      pricing_type: "regular",
      country: index === 2 ? undefined : "BR",
      messages: count,
      cost: cost[index],
    }));
  const price = (count: number) => BigInt(count) * 6_800n as Micros;
  const meta = side([5, 7, 0, 9, 10], [price(5), BIG, price(0), price(9), price(20)]);
  const ours = side([5, 0, 3, 8, 10], [price(5), price(0), undefined, price(8), price(10)]);
  return reconcile({ ...RANGE, recent_from: "2026-11-29" as LocalDate, ours, meta });
}

const LINES = exampleLines();

function reconciliation(n: number, account_id = "102"): Reconciliation {
  return {
    id: `00000000-0000-4000-8000-00000000000${n}`,
    account_id,
    ...RANGE,
    currency: "USD",
    created_at_ms: NOON + n * MINUTE_MS,
    created_by: "admin-key",
    data_points: 4,
    totals: totalsOf(LINES),
  };
}

Deno.test("a reconciliation and its lines are read as they were stored, with exact amounts", async () => {
  await using subject = await openPostgresStore();
  const store = new PostgresReconciliations(subject.pool);
  const [first, second, other] = [reconciliation(1), reconciliation(2), reconciliation(3, "103")];
  for (const one of [first, second, other]) await store.add(one, LINES);
  assert.deepEqual(await store.find(first.id), first);
  assert.equal(await store.find("00000000-0000-4000-8000-000000000009"), undefined);
  const { id, created_at_ms } = second;
  assert.deepEqual(await store.list({ limit: 9 }), [other, second, first]);
  assert.deepEqual(await store.list({ account_id: "102", limit: 1 }), [second]);
  assert.deepEqual(await store.list({ before: { id, created_at_ms }, limit: 9 }), [first]);
  const numbered = LINES.map((line, index) => ({ ...line, line: index + 1 }));
  const all = { id, kinds: ["matched", "meta_alone", "ours_alone", "volume", "cost"], limit: 9 } as const;
  assert.deepEqual(await store.lines(all), numbered);
  assert.deepEqual(new Set(LINES.map(({ kind }) => kind)), new Set(all.kinds));
  assert.deepEqual(await store.lines({ ...all, after: 2, limit: 2 }), numbered.slice(2, 4));
  assert.deepEqual(
    await store.lines({ ...all, kinds: ["cost"] }),
    numbered.filter(({ kind }) => kind === "cost"),
  );
  const { reason } = LINES[1]!.parts[0]!;
  assert.deepEqual(await store.lines({ ...all, reason, phone_number_id: LINES[1]!.phone_number_id }), [
    numbered[1],
  ]);
  assert.deepEqual(await store.line(id, 5), numbered[4]);
  assert.equal(await store.line(id, 6), undefined);
});

Deno.test("delivered messages are read by their first delivery, with the price of all their statuses", async () => {
  await using subject = await openPostgresStore();
  const messages = new PostgresDeliveredMessages(subject.pool);
  const own = await createOwner(subject.store);
  const status = (
    contact: string,
    id: string,
    name: "sent" | "delivered" | "read",
    at_ms: number,
    priced = true,
  ) => ({
    ...templateStatus(contact, id, name, at_ms),
    ...(priced ? { pricing: { category: "utility", type: "regular", billable: true } as const } : {}),
  });
  const events = [
    status("5511988880001", "m1", "sent", NOON),
    status("5511988880001", "m1", "delivered", NOON + 1_000, false),
    status("5511988880001", "m1", "read", NOON + 9_000, false),
    status("5511988880002", "m2", "delivered", NOON + 2_000),
    status("5511988880003", "m3", "sent", NOON + 3_000),
    status("5511988880004", "m4", "delivered", NOON - 1_000),
    status("5511988880004", "m4", "read", NOON + 4_000),
    status("5511988880005", "m5", "delivered", NOON + MINUTE_MS),
  ];
  const { change } = await own.decide(NOON + MINUTE_MS, record(...events));
  assert.equal((await subject.writer.write([change])).size, 1);
  const query = {
    company: ACME,
    phone_number_id: "106540000000001",
    from_ms: NOON,
    end_ms: NOON + MINUTE_MS,
    limit: 9,
  };
  const all = await messages.delivered(query);
  const counted = all.filter(({ pricing }) => pricing !== undefined);
  assert.deepEqual(counted.map(({ delivered_at_ms }) => delivered_at_ms), [NOON + 1_000, NOON + 2_000]);
  assert.deepEqual(counted.map(({ pricing }) => [pricingOf(pricing!).category, countryOf(pricing!)]), [
    ["utility", "BR"],
    ["utility", "BR"],
  ]);
  const [first, second] = counted;
  assert.notEqual(first!.contact, second!.contact);
  assert.deepEqual(await messages.delivered({ ...query, after: first, limit: 1 }), [second]);
  assert.deepEqual(await messages.delivered({ ...query, phone_number_id: "1" }), []);
});
