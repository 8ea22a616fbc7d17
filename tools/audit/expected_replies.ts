/** Charges the replies that Meta charges for, by a plain fold over the facts of a contact. */

import { sumKey, type Sums } from "./difference.ts";
import { deliveredMessage } from "./expected_costs.ts";
import { type Fact, knownInTime, PROVES_DELIVERY, withoutMoved } from "./expected_windows.ts";
import type { LocalDays } from "./local_days.ts";
import type { Prices } from "./prices.ts";

/** The feature of replies. */
export const REPLIES = "whatsapp.service_message";

/** The days and prices that the charges take from a company. */
export interface ReplyRules {
  readonly days: LocalDays;
  readonly prices: Pick<Prices, "ofReply">;
}

/** Adds the replies of a contact to the sums, each on the date of its delivery at the price of that date. */
export function addReplies(sums: Sums, stored: readonly Fact[], { days, prices }: ReplyRules): void {
  if (stored.every(({ pricing }) => pricing === null)) return;
  for (const statuses of Map.groupBy(withoutMoved(stored), ({ message }) => message).values()) {
    const deliveries = statuses.filter(({ kind }) => PROVES_DELIVERY.includes(kind));
    // What is known of a message can differ by date: later facts do not change a final month.
    for (const date of new Set(deliveries.map(({ at_ms }) => days.dateOf(at_ms)))) {
      const message = deliveredMessage(knownInTime(statuses, date, days));
      if (message === undefined || days.dateOf(message.delivered_ms) !== date) continue;
      const { category, type, billable, delivered_ms } = message;
      const is_charged = category === "service" && billable && (type === "regular" || type === "unknown");
      const price = is_charged ? prices.ofReply(date, delivered_ms) : 0n;
      if (price > 0n) sums.add(sumKey(date, REPLIES, "none"), 1n, price);
    }
  }
}

/** Statuses so long after the delivery tell nothing of the price: some facts of the message may be deleted. */
const PRICED_WITHIN_MS = 30 * 24 * 3_600_000;

/** Leaves out the prices that statuses give too long after the delivery. Stored facts have none of them. */
export function withoutLatePrices(facts: readonly Fact[]): Fact[] {
  const deliveries = facts.filter(({ kind }) => PROVES_DELIVERY.includes(kind));
  const by_message = Map.groupBy(deliveries, ({ message }) => message);
  return facts.map((fact) => {
    const delivered_ms = Math.min(...by_message.get(fact.message)?.map(({ at_ms }) => at_ms) ?? []);
    return fact.at_ms > delivered_ms + PRICED_WITHIN_MS ? { ...fact, pricing: null } : fact;
  });
}
