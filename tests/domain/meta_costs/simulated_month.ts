/** A month of messages as both sides count it, with planted differences. All of it is invented. */

import { addDays } from "../../../src/domain/calendar.ts";
import type {
  CountedMessages,
  DifferenceReason,
} from "../../../src/domain/meta_costs/reconciliation_lines.ts";
import type { MetaCategory, PricingType } from "../../../src/domain/meta_costs/types.ts";
import type { Micros } from "../../../src/domain/money.ts";
import type { LocalDate } from "../../../src/domain/types.ts";
import { SeededRandom } from "../../support/seeded_random.ts";

/** The dates of the month: October 2026. */
export const MONTH = { from: "2026-10-01" as LocalDate, to: "2026-10-31" as LocalDate } as const;

/** The numbers, named for what goes wrong with them. */
export const NUMBERS = {
  /** Webhooks are lost from 14:20 on the 10th to 03:00 on the 12th. */
  outage: "106540000000001",
  /** Another app sends marketing templates and codes all month. */
  second_app: "106540000000002",
  /** Meta charges more for utility templates to Brazil from the 15th on. */
  wrong_rate: "106540000000003",
  /** Meta dates some messages of the first minutes of a day to the day before. */
  late: "106540000000004",
  /** Nothing goes wrong. */
  sound: "106540000000005",
} as const;

/** What may be planted. */
export type Planted = "lost_webhooks" | "other_app" | "wrong_rate" | "late_status";

/** Both sides of a month, and the planted differences. */
export interface SimulatedMonth {
  readonly ours: readonly CountedMessages[];
  readonly meta: readonly CountedMessages[];
  /** What was planted, by the line it shows on: Meta's messages minus ours, 0 for a price. */
  readonly planted: ReadonlyMap<string, number>;
}

/** Names a line and a reason. */
export function plantedKey(
  line: Omit<CountedMessages, "messages" | "cost">,
  reason: DifferenceReason,
): string {
  const { phone_number_id, date, category, pricing_type, country } = line;
  return [reason, phone_number_id, date, category, pricing_type, country].join(" ");
}

const KINDS: readonly (readonly [MetaCategory, PricingType, string, number])[] = [
  ["service", "free_customer_service", "BR", 10],
  ["service", "regular", "BR", 34],
  ["utility", "regular", "BR", 22],
  ["marketing", "regular", "BR", 18],
  ["authentication", "regular", "BR", 8],
  ["utility", "regular", "PT", 5],
  ["marketing", "regular", "US", 3],
];

const PRICES: Readonly<Record<string, bigint>> = {
  "service BR": 6_800n,
  "utility BR": 6_800n,
  "marketing BR": 62_500n,
  "authentication BR": 6_800n,
  "utility PT": 31_500n,
  "marketing US": 25_000n,
  "authentication US": 13_500n,
};
const DEARER_UTILITY = 7_480n;
const DEARER_FROM = "2026-10-15";

const DAY_S = 86_400;
const MONTH_S = 31 * DAY_S;
const OUTAGE_S = [9 * DAY_S + 14 * 3_600 + 1_200, 11 * DAY_S + 3 * 3_600] as const;

/** Delivered messages of one side, counted by line. */
class Counted {
  readonly #lines = new Map<string, CountedMessages & { messages: number; cost: Micros }>();

  add(phone_number_id: string, day: number, kind: typeof KINDS[number], price: bigint): CountedMessages {
    const [category, pricing_type, country] = kind;
    const key = `${phone_number_id} ${day} ${category} ${pricing_type} ${country}`;
    let line = this.#lines.get(key);
    if (line === undefined) {
      const date = addDays(MONTH.from, day);
      line = { phone_number_id, date, category, pricing_type, country, messages: 0, cost: 0n as Micros };
      this.#lines.set(key, line);
    }
    line.messages++;
    line.cost = (line.cost + price) as Micros;
    return line;
  }

  get lines(): CountedMessages[] {
    return [...this.#lines.values()];
  }
}

/** Simulates a month of messages, each delivered at a second of it, with what is planted. */
export function simulateMonth(
  seed: number,
  messages: number,
  planted_kinds: readonly Planted[],
): SimulatedMonth {
  const random = new SeededRandom(`month ${seed}`);
  const [ours, meta] = [new Counted(), new Counted()];
  const planted = new Map<string, number>();
  const plant = (line: CountedMessages, reason: DifferenceReason, count: number) => {
    const key = plantedKey(line, reason);
    planted.set(key, (planted.get(key) ?? 0) + count);
  };
  const has = (kind: Planted) => planted_kinds.includes(kind);
  const kinds = KINDS.flatMap((kind) => Array.from({ length: kind[3] }, () => kind));
  const numbers = Object.values(NUMBERS);
  for (let n = 0; n < messages; n++) {
    const number = numbers[n % numbers.length]!;
    const kind = random.pick(kinds);
    const at_s = random.between(0, MONTH_S - 1);
    const day = Math.floor(at_s / DAY_S);
    const price = priceOf(kind);
    const is_dearer = has("wrong_rate") && number === NUMBERS.wrong_rate && kind[0] === "utility" &&
      kind[2] === "BR" && addDays(MONTH.from, day) >= DEARER_FROM;
    // Of the first twenty minutes of a day, Meta dates every second message to the day before.
    const is_late = has("late_status") && number === NUMBERS.late && day > 0 && at_s % DAY_S < 1_200 &&
      random.chance(0.5);
    const line = meta.add(number, is_late ? day - 1 : day, kind, is_dearer ? DEARER_UTILITY : price);
    const is_lost = has("lost_webhooks") && number === NUMBERS.outage && at_s >= OUTAGE_S[0] &&
      at_s < OUTAGE_S[1];
    if (is_lost) {
      plant(line, "lost_webhooks", 1);
      continue;
    }
    const counted = ours.add(number, day, kind, price);
    if (is_dearer) plant(line, "wrong_rate", 0);
    if (!is_late) continue;
    plant(line, "late_status", 1);
    plant(counted, "late_status", -1);
  }
  if (has("other_app")) {
    sendFromOtherApp(random, (day, kind) => {
      plant(meta.add(NUMBERS.second_app, day, kind, priceOf(kind)), "other_app", 1);
    });
  }
  for (const [key, count] of planted) if (count === 0 && !key.startsWith("wrong_rate")) planted.delete(key);
  return { ours: ours.lines, meta: meta.lines, planted };
}

/** Sends marketing templates to Brazil every day, and now and then a code to the United States. */
function sendFromOtherApp(
  random: SeededRandom,
  send: (day: number, kind: typeof KINDS[number]) => void,
): void {
  for (let day = 0; day < 31; day++) {
    const marketing = random.between(8, 20);
    for (let n = 0; n < marketing; n++) send(day, ["marketing", "regular", "BR", 0]);
    if (day % 4 === 1) send(day, ["authentication", "regular", "US", 0]);
  }
}

function priceOf([category, pricing_type, country]: typeof KINDS[number]): bigint {
  return pricing_type === "regular" ? PRICES[`${category} ${country}`]! : 0n;
}
