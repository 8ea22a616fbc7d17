import { atHour, type Delivery, type StoryDay, type UsageReport } from "./delivery.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";

/** What the bakery's own automations and text messages report: every two hours, and a report sent twice. */
export function usageReports(dice: SeededRandom, day: StoryDay): Delivery[] {
  const reports: Delivery[] = [];
  for (let hour = 8; hour <= 20; hour += 2) {
    const items: UsageReport[] = [];
    for (let i = dice.between(1, 4); i > 0; i--) {
      items.push(usageReport(`${day.date}-${hour}-${i}`, atHour(day, hour - 2 * dice.fraction()), dice));
    }
    reports.push({ type: "usage", at_s: atHour(day, hour), kind: "usage", usages: items });
  }
  const again = { ...dice.pick(reports), kind: "duplicate" } as Delivery;
  return [...reports, { ...again, at_s: again.at_s + 30 }];
}

/** One use of a feature, by the dice. */
export function usageReport(id: string, at_s: number, dice: SeededRandom): UsageReport {
  const occurred_at = Temporal.Instant.fromEpochMilliseconds(at_s * 1000).toString();
  if (dice.chance(0.25)) return { id: `sms-${id}`, feature: "sms.sent", quantity: 1, occurred_at };
  const attributes = { flow: dice.pick(["boas-vindas", "pedido", "pesquisa"]) };
  return {
    id: `run-${id}`,
    feature: "automation.run",
    quantity: dice.between(1, 2),
    occurred_at,
    attributes,
  };
}
