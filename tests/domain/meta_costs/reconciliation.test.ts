import assert from "node:assert/strict";
import { reconcile, totalsOf } from "../../../src/domain/meta_costs/reconciliation.ts";
import type {
  CountedMessages,
  ReconciliationLine,
} from "../../../src/domain/meta_costs/reconciliation_lines.ts";
import type { Micros } from "../../../src/domain/money.ts";
import type { LocalDate } from "../../../src/domain/types.ts";
import { MONTH, type Planted, plantedKey, type SimulatedMonth, simulateMonth } from "./simulated_month.ts";

const MESSAGES = 100_000;
const ALL: readonly Planted[] = ["lost_webhooks", "other_app", "wrong_rate", "late_status"];
const recent_from = "2026-11-29" as LocalDate;

function reconciled({ ours, meta }: Pick<SimulatedMonth, "ours" | "meta">): ReconciliationLine[] {
  return reconcile({ ...MONTH, recent_from, ours, meta });
}

/** What was found, as what was planted is named. */
function found(lines: readonly ReconciliationLine[]): Map<string, number> {
  return new Map(
    lines.flatMap((line) =>
      line.parts.map(({ reason, messages }) => [plantedKey(line, reason), messages] as const)
    ),
  );
}

function sorted(differences: ReadonlyMap<string, number>): (readonly [string, number])[] {
  return [...differences].sort(([a], [b]) => a < b ? -1 : 1);
}

Deno.test("every planted difference of 100,000 messages is found and named, and none is invented", () => {
  const month = simulateMonth(24, MESSAGES, ALL);
  const lines = reconciled(month);
  assert.deepEqual(sorted(found(lines)), sorted(month.planted));
  const { reasons, ours, meta } = totalsOf(lines);
  assert.deepEqual(reasons.map(({ reason }) => reason), [
    "late_status",
    "lost_webhooks",
    "other_app",
    "wrong_rate",
  ]);
  assert.equal(reasons.reduce((sum, { messages }) => sum + messages, 0), meta.messages - ours.messages);
});

Deno.test("two equal sides have no difference", () => {
  const lines = reconciled(simulateMonth(7, MESSAGES, []));
  assert.deepEqual(new Set(lines.map(({ kind }) => kind)), new Set(["matched"]));
});

Deno.test("each planted difference is found alone, whichever messages a month has", () => {
  for (const kind of ALL) {
    for (const seed of [1, 2, 3]) {
      const month = simulateMonth(seed, 30_000, [kind]);
      assert.ok(month.planted.size > 0);
      assert.deepEqual(sorted(found(reconciled(month))), sorted(month.planted), `${kind} of seed ${seed}`);
    }
  }
});

/** 1,000 utility templates of one date, at R$ 0.04 each, but for some fields. */
function counted(more: Partial<CountedMessages> = {}): CountedMessages {
  const { messages = 1_000 } = more;
  return {
    phone_number_id: "106540000000001",
    date: "2026-10-10" as LocalDate,
    category: "utility",
    pricing_type: "regular",
    country: "BR",
    messages,
    cost: BigInt(messages) * 40_000n as Micros,
    ...more,
  };
}

/** The reasons of a reconciliation, each with its messages. */
function reasonsOf(
  ours: readonly CountedMessages[],
  meta: readonly CountedMessages[],
  more: Partial<Parameters<typeof reconcile>[0]> = {},
): (string | number)[] {
  const lines = reconcile({ ...MONTH, recent_from, ours, meta, ...more });
  return lines.flatMap(({ parts }) => parts).flatMap(({ reason, messages }) => [reason, messages]);
}

const at = (day: number) => `2026-10-${String(day).padStart(2, "0")}` as LocalDate;
const micros = (amount: number) => BigInt(amount) as Micros;

Deno.test("on recent dates nothing is called lost: statuses and Meta's figures may still come", () => {
  const meta = [counted(), counted({ date: at(11), messages: 1_200 })];
  const ours = [counted(), counted({ date: at(11) })];
  assert.deepEqual(reasonsOf(ours, meta, { recent_from: at(11) }), ["recent", 200]);
  assert.deepEqual(reasonsOf(ours, meta, { recent_from: at(12) }), ["lost_webhooks", 200]);
});

Deno.test("a hundredth of the first and the last date may be dated outside of the range", () => {
  const edge = (date: LocalDate, messages: number) =>
    reasonsOf([counted(), counted({ date })], [counted(), counted({ date, messages })]);
  assert.deepEqual(edge(MONTH.from, 990), ["range_edge", -10]);
  assert.deepEqual(edge(MONTH.to, 1_010), ["range_edge", 10]);
  assert.deepEqual(edge(MONTH.to, 989), ["unexplained", -11]);
  assert.deepEqual(edge(at(20), 990), ["unexplained", -10]);
});

Deno.test("dates far apart balance only as far as a few messages cross each midnight between them", () => {
  const side = (first: number, last: number) =>
    [first, 100, 100, last].map((messages, index) => counted({ date: at(10 + index), messages }));
  assert.deepEqual(reasonsOf(side(100, 100), side(105, 95)), ["late_status", 5, "late_status", -5]);
  assert.deepEqual(reasonsOf(side(100, 100), side(106, 94)), [
    "late_status",
    5,
    "lost_webhooks",
    1,
    "late_status",
    -5,
    "unexplained",
    -1,
  ]);
});

Deno.test("a loss on every date of most kinds of messages is one of webhooks, not another app", () => {
  const kinds = ["utility", "marketing", "service"] as const;
  const side = (messages: number) =>
    [10, 11, 12, 13, 14].flatMap((day) =>
      kinds.map((category) => counted({ date: at(day), category, messages }))
    );
  const reasons = reasonsOf(side(98), side(100)).filter((part) => typeof part === "string");
  assert.deepEqual(reasons, Array(15).fill("lost_webhooks"));
});

Deno.test("a price that differs past Meta's first tier is one of the volume, and not a wrong rate", () => {
  const ours = [10, 11, 12].map((day) => counted({ date: at(day) }));
  const meta = [
    counted({ tier: "0:1500" }),
    counted({ date: at(11), messages: 500, tier: "0:1500" }),
    counted({ date: at(11), messages: 500, cost: micros(18_000_000), tier: "1501:MAX" }),
    counted({ date: at(12), cost: micros(36_000_000), tier: "1501:MAX" }),
  ];
  assert.deepEqual(reasonsOf(ours, meta), ["volume_tier", 0, "volume_tier", 0]);
});

Deno.test("a service message that one side counts as free differs by the free tier", () => {
  const service = (cost: number) => [counted({ category: "service", cost: micros(cost) })];
  assert.deepEqual(reasonsOf(service(6_800_000), service(0)), ["free_tier", 0]);
  assert.deepEqual(reasonsOf(service(0), service(6_800_000)), ["free_tier", 0]);
});

Deno.test("a line of other volumes has the wrong rate too, if its price differs as those of equal volumes do", () => {
  const ours = [10, 11, 12].map((day) => counted({ date: at(day) }));
  const dearer = (day: number, messages: number, price: number) =>
    counted({ date: at(day), messages, cost: micros(messages * price) });
  const all_dearer = [dearer(10, 1_000, 50_000), dearer(11, 900, 50_000), dearer(12, 1_000, 50_000)];
  assert.deepEqual(reasonsOf(ours, all_dearer), [
    "wrong_rate",
    0,
    "unexplained",
    -100,
    "wrong_rate",
    0,
    "wrong_rate",
    0,
  ]);
  const one_as_ours = [all_dearer[0]!, dearer(11, 900, 40_000), all_dearer[2]!];
  assert.deepEqual(reasonsOf(ours, one_as_ours), ["wrong_rate", 0, "unexplained", -100, "wrong_rate", 0]);
});

Deno.test("costs that one side does not know are not compared, and are counted", () => {
  const lines = (ours: Partial<CountedMessages>, meta: Partial<CountedMessages>) =>
    reconcile({ ...MONTH, recent_from, ours: [counted(ours)], meta: [counted(meta)] });
  for (const [ours, meta] of [[{ cost: undefined }, {}], [{}, { cost: undefined }]]) {
    const [line] = lines(ours!, meta!);
    assert.equal(line!.kind, "matched");
    assert.equal(totalsOf([line!]).costs_not_compared, 1);
  }
  assert.equal(totalsOf(lines({ cost: undefined }, { cost: undefined })).costs_not_compared, 0);
});

Deno.test("a difference of costs by rounding is none", () => {
  const meta = (cost: number) => [counted({ cost: micros(cost) })];
  assert.deepEqual(reasonsOf([counted()], meta(40_000_050)), []);
  assert.deepEqual(reasonsOf([counted()], meta(40_000_051)), ["wrong_rate", 0]);
});

Deno.test("a line has its kind", () => {
  const kindOf = (ours: Partial<CountedMessages>, meta: Partial<CountedMessages>) =>
    reconcile({ ...MONTH, recent_from, ours: [counted(ours)], meta: [counted(meta)] }).map(({ kind }) =>
      kind
    );
  assert.deepEqual(kindOf({}, {}), ["matched"]);
  assert.deepEqual(kindOf({}, { cost: micros(50_000_000) }), ["cost"]);
  assert.deepEqual(kindOf({ messages: 7 }, { messages: 8 }), ["volume"]);
  assert.deepEqual(kindOf({ messages: 0 }, {}), ["meta_alone"]);
  assert.deepEqual(kindOf({}, { messages: 0 }), ["ours_alone"]);
  assert.deepEqual(kindOf({ date: "2026-09-30" as LocalDate }, { date: "2026-11-01" as LocalDate }), []);
});

Deno.test("a template is never taken for a reply, except a utility template in an open window", () => {
  const reasons = (ours: CountedMessages["category"], meta: CountedMessages["category"]) =>
    reasonsOf(
      [counted(), counted({ category: ours, country: "PT", messages: 10 })],
      [counted(), counted({ category: meta, country: "PT", messages: 10 })],
    );
  assert.deepEqual(reasons("service", "utility"), ["priced_otherwise", -10, "priced_otherwise", 10]);
  assert.deepEqual(reasons("marketing", "utility"), ["priced_otherwise", -10, "priced_otherwise", 10]);
  assert.deepEqual(reasons("service", "marketing"), ["other_app", 10, "unexplained", -10]);
});
