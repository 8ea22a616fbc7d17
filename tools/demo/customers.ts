import { COUNTER_LINE, customerAsSent, REGULARS } from "./company.ts";
import { atHour, type Delivery, type StoryDay, webhookAt } from "./delivery.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import {
  type Change,
  customerWrote,
  type MessageSpec,
  numberChanged,
  numberedCustomer,
  statusesOf,
  wamid,
} from "../../tests/support/payloads.ts";

/** How many customers open a conversation, Monday to Sunday. */
const CONVERSATIONS_BY_WEEKDAY = [20, 21, 22, 22, 28, 30, 14] as const;

const TYPES = ["text", "text", "text", "image", "audio", "interactive", "location", "sticker"] as const;

/** Returns the messages of regular customers on a day, and the bakery's replies to some of them. */
export function conversations(random: SeededRandom, day: StoryDay): Delivery[] {
  const count = CONVERSATIONS_BY_WEEKDAY[day.weekday - 1]!;
  return pickNumbers(REGULARS, random, count).flatMap((number) => {
    const begins_s = atHour(day, 7 + 12.5 * random.fraction());
    return conversation(random, number, begins_s, `${day.date} ${number}`);
  });
}

function conversation(random: SeededRandom, number: number, begins_s: number, id: string): Delivery[] {
  const messages: MessageSpec[] = [];
  let at_s = begins_s;
  for (let i = random.between(1, 5); i > 0; i--) {
    messages.push({ id: wamid(`${id} ${i}`), at_s, type: random.pick(TYPES) });
    at_s += random.between(15, 240);
  }
  const deliveries = groupIntoWebhooks(random, number, messages);
  if (random.chance(0.35)) {
    deliveries.push(reply(number, messages.at(-1)!.at_s + random.between(20, 90), `${id} reply`));
  }
  if (random.chance(0.06)) deliveries.push(reaction(number, at_s, messages[0]!.id, `${id} reaction`));
  return deliveries;
}

/** Groups some consecutive messages into one webhook, as Meta does. */
function groupIntoWebhooks(
  random: SeededRandom,
  number: number,
  messages: readonly MessageSpec[],
): Delivery[] {
  const deliveries: Delivery[] = [];
  for (let i = 0; i < messages.length;) {
    const together = messages.slice(i, i + (random.chance(0.25) ? 2 : 1));
    i += together.length;
    const change = customerWrote(COUNTER_LINE, customerAsSent(number, random), ...together);
    const at_s = together.at(-1)!.at_s + random.between(1, 3);
    deliveries.push(webhookAt(at_s, together.length === 1 ? "message" : "batch", change));
  }
  return deliveries;
}

/** Returns the statuses of a free-form reply within the open window. They name no template, and the reply is free. */
function reply(number: number, sent_at_s: number, seed: string): Delivery {
  const message = { id: wamid(seed), category: "service" };
  const statuses = ["sent", "delivered", "read"].map((status, step) => ({
    ...message,
    at_s: sent_at_s + 3 * step,
    status,
  }));
  return webhookAt(sent_at_s + 8, "reply", statusesOf(COUNTER_LINE, numberedCustomer(number), ...statuses));
}

function reaction(number: number, at_s: number, message_id: string, seed: string): Delivery {
  const content = { reaction: { message_id, emoji: "❤️" } };
  const message = { id: wamid(seed), at_s, type: "reaction", content };
  return webhookAt(at_s + 1, "reaction", customerWrote(COUNTER_LINE, numberedCustomer(number), message));
}

/** Returns two messages of one customer around midnight on Saturdays: two local dates, two windows. */
export function midnightMessages(random: SeededRandom, day: StoryDay): Delivery[] {
  const saturday = 6;
  if (day.weekday !== saturday) return [];
  const customer = numberedCustomer(random.between(1, REGULARS));
  const wrote = (at_s: number) =>
    webhookAt(
      at_s + 2,
      "message",
      customerWrote(COUNTER_LINE, customer, { id: wamid(`${day.date} owl ${at_s}`), at_s }),
    );
  return [wrote(atHour(day, 23.95)), wrote(atHour(day, 24.05))];
}

/** Returns a number change within a conversation, once a month. The customer stays the same contact. */
export function numberChange(month: number, day: StoryDay): Delivery[] {
  const before = numberedCustomer(200 + month);
  const after = numberedCustomer(300 + month);
  const id = (part: string) => wamid(`${day.date} new number ${part}`);
  const at = (hour: number, ...changes: readonly Change[]) =>
    webhookAt(atHour(day, hour) + 2, "number_change", ...changes);
  return [
    at(9, customerWrote(COUNTER_LINE, before, { id: id("morning"), at_s: atHour(day, 9) })),
    at(12, numberChanged(COUNTER_LINE, before, after, id("change"), atHour(day, 12))),
    at(16, customerWrote(COUNTER_LINE, after, { id: id("afternoon"), at_s: atHour(day, 16) })),
  ];
}

/** Picks different customer numbers up to a maximum. */
export function pickNumbers(number_max: number, random: SeededRandom, count: number): number[] {
  return random.pickSome(Array.from({ length: number_max }, (_, i) => i + 1), count);
}
