import { atHour, type Delivery, type StoryDay, usageAt, type UsageReport } from "./delivery.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";

/** Returns the usage reports of automations and text messages, each when it happens, and one duplicate. */
export function usageReports(random: SeededRandom, day: StoryDay): Delivery[] {
  const reports: Delivery[] = [];
  for (let hour = 8; hour <= 20; hour += 2) {
    for (let i = random.between(1, 4); i > 0; i--) {
      const at_s = atHour(day, hour - 2 * random.fraction());
      reports.push(usageAt(at_s, "usage", usageReport(`${day.date}-${hour}-${i}`, at_s, random)));
    }
  }
  const duplicate = { ...random.pick(reports), kind: "duplicate" } as Delivery;
  return [...reports, { ...duplicate, at_s: duplicate.at_s + 30 }];
}

/** The department of each flow, and its campaign if it has one. */
const LABELS = {
  "boas-vindas": { department: "Vendas", campaign: "Clientes novos" },
  pedido: { department: "Pedidos" },
  pesquisa: { department: "Atendimento", campaign: "Pesquisa de satisfação" },
} as const;

/** Returns a random use of a feature. */
export function usageReport(id: string, at_s: number, random: SeededRandom): UsageReport {
  const occurred_at = Temporal.Instant.fromEpochMilliseconds(at_s * 1000).toString();
  if (random.chance(0.25)) {
    const attributes = { department: "Entregas" };
    return { id: `sms-${id}`, feature: "sms.sent", quantity: 1, occurred_at, attributes };
  }
  const flow = random.pick(["boas-vindas", "pedido", "pesquisa"] as const);
  const attributes = { flow, ...LABELS[flow] };
  return {
    id: `run-${id}`,
    feature: "automation.run",
    quantity: random.between(1, 2),
    occurred_at,
    attributes,
  };
}
