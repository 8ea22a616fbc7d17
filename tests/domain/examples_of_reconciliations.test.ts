/** The worked example of `src/domain/README.md` of a reconciliation with Meta, by its number. */

import assert from "node:assert/strict";
import { addDays } from "../../src/domain/calendar.ts";
import { reconcile } from "../../src/domain/meta_costs/reconciliation.ts";
import type { CountedMessages } from "../../src/domain/meta_costs/reconciliation_lines.ts";
import { type Micros, showMoney } from "../../src/domain/money.ts";
import type { LocalDate } from "../../src/domain/types.ts";

const RANGE = { from: "2026-10-01" as LocalDate, to: "2026-10-10" as LocalDate };

type Side = "ours" | "meta";

/** A number that has 20 utility, 20 marketing and 20 service messages to Brazil on each date, on both sides. */
class ExampleNumber {
  readonly #counted: Record<Side, Map<string, CountedMessages>> = { ours: new Map(), meta: new Map() };

  constructor() {
    for (let day = 1; day <= 10; day++) {
      for (const category of ["utility", "marketing", "service"] as const) this.both(day, category, 20, 20);
    }
  }

  /** Sets the messages of one side on a day of October. */
  set(side: Side, day: number, category: CountedMessages["category"], messages: number, more = {}): void {
    const line: CountedMessages = {
      phone_number_id: "106540000000001",
      date: addDays(RANGE.from, day - 1),
      category,
      pricing_type: "regular",
      country: "BR",
      cost: BigInt(messages) * 6_800n as Micros,
      messages,
      ...more,
    };
    const { date, pricing_type, country, of_group } = line;
    this.#counted[side].set([date, category, pricing_type, country, of_group].join(), line);
  }

  both(day: number, category: CountedMessages["category"], ours: number, meta: number, more = {}): void {
    this.set("ours", day, category, ours, more);
    this.set("meta", day, category, meta, more);
  }

  /** The likely reasons: each with the messages of its lines, in order of date, or with the prices. */
  reasons(): Record<string, readonly (number | string)[]> {
    const recent_from = "2026-11-02" as LocalDate;
    const sides = { ours: this.#counted.ours.values(), meta: this.#counted.meta.values() };
    const parts = reconcile({ ...RANGE, recent_from, ...sides })
      .toSorted((a, b) => a.date < b.date ? -1 : a.date > b.date ? 1 : 0)
      .flatMap(({ parts }) => parts);
    return Object.fromEntries(
      [...Map.groupBy(parts, ({ reason }) => reason)].map(([reason, of_reason]) => [
        reason,
        of_reason.map(({ messages, prices }) =>
          prices === undefined ? messages : `${showMoney(prices.ours)} ${showMoney(prices.meta)}`
        ),
      ]),
    );
  }
}

const DAYS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const KINDS = ["utility", "marketing", "service"] as const;

/** A change of a number, and the likely reasons afterwards. */
interface Example {
  readonly change: (number: ExampleNumber) => void;
  readonly reasons: ReturnType<ExampleNumber["reasons"]>;
}

const EXAMPLES: readonly Example[] = [
  { change: () => {}, reasons: {} },
  {
    change: (number) => {
      number.set("meta", 4, "utility", 21);
      number.set("meta", 5, "utility", 19);
    },
    reasons: { late_status: [1, -1] },
  },
  {
    change: (number) => {
      for (const kind of KINDS) number.set("ours", 4, kind, 12);
      for (const kind of KINDS) number.set("ours", 5, kind, 0);
    },
    reasons: { lost_webhooks: [8, 8, 8, 20, 20, 20] },
  },
  {
    change: (number) => DAYS.forEach((day) => number.set("meta", day, "marketing", 26)),
    reasons: { other_app: Array(10).fill(6) },
  },
  {
    change: (number) => number.set("meta", 3, "marketing", 40, { country: "PT" }),
    reasons: { other_app: [40] },
  },
  {
    change: (number) => DAYS.forEach((day) => number.set("meta", day, "service", 24)),
    reasons: { standby: Array(10).fill(4) },
  },
  {
    change: (number) => {
      number.set("meta", 6, "service", 15);
      number.set("meta", 6, "service", 5, { pricing_type: "free_customer_service", cost: 0n });
    },
    reasons: { free_tier: [5, -5] },
  },
  {
    change: (number) => {
      number.set("meta", 6, "utility", 18);
      number.set("meta", 6, "marketing", 22);
    },
    reasons: { priced_otherwise: [2, -2] },
  },
  {
    change: (number) => {
      number.set("ours", 7, "utility", 17);
      number.set("ours", 7, "unknown", 3, { pricing_type: "unknown", cost: undefined });
    },
    reasons: { pricing_unknown: [-3, 3] },
  },
  {
    change: (number) => {
      number.set("ours", 7, "utility", 18);
      number.set("ours", 7, "utility", 2, { country: undefined, cost: undefined });
    },
    reasons: { country_unknown: [-2, 2] },
  },
  {
    change: (number) => number.set("meta", 8, "marketing", 8, { of_group: true }),
    reasons: { group_message: [8] },
  },
  {
    change: (number) => DAYS.forEach((day) => KINDS.forEach((kind) => number.set("ours", day, kind, 0))),
    reasons: { number_not_seen: Array(30).fill(20) },
  },
  {
    change: (number) => DAYS.forEach((day) => KINDS.forEach((kind) => number.set("meta", day, kind, 0))),
    reasons: { number_not_reported: Array(30).fill(-20) },
  },
  {
    change: (number) =>
      [8, 9, 10].forEach((day) => number.set("meta", day, "utility", 20, { cost: 150_000n })),
    reasons: { wrong_rate: Array(3).fill("0.0068 0.0075") },
  },
  { change: (number) => number.set("meta", 5, "utility", 19), reasons: { unexplained: [-1] } },
];

Deno.test("E55: each difference with Meta has its likely reason", () => {
  const reasons = EXAMPLES.map(({ change }) => {
    const number = new ExampleNumber();
    change(number);
    return number.reasons();
  });
  assert.deepEqual(reasons, EXAMPLES.map(({ reasons }) => reasons));
});
