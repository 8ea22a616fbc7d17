import { pickNumbers } from "./customers.ts";
import { DELIVERY_LINE, REGULARS } from "./company.ts";
import { atHour, type Delivery, type StoryDay, webhookAt } from "./delivery.ts";
import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import {
  fieldChange,
  numberedCustomer,
  type TemplateSpec,
  templateStatuses,
  wamid,
} from "../../tests/support/payloads.ts";

type Ending = NonNullable<TemplateSpec["ends"]>;

/** The final statuses of templates: most are read. */
const ENDINGS: readonly Ending[] = [
  ...Array<Ending>(6).fill("read"),
  "delivered",
  "delivered",
  "sent",
  "failed",
];

/** Returns "your order is ready", a utility template, to a few customers a day. */
export function orderTemplates(random: SeededRandom, day: StoryDay): Delivery[] {
  const lives = pickNumbers(REGULARS, random, random.between(5, 9)).flatMap((number) => {
    const sent_at_s = atHour(day, 9 + 9 * random.fraction());
    const id = `${day.date} order ${number}`;
    return templateDeliveries(number, { id, sent_at_s, category: "utility", ends: random.pick(ENDINGS) });
  });
  // Every day has one template that fails after it was sent, and one whose statuses arrive in reverse order.
  const spec = (id: string, ends: Ending) => ({
    id: `${day.date} ${id}`,
    sent_at_s: atHour(day, 14.5),
    category: "utility",
    ends,
  });
  const failed = templateDeliveries(random.between(1, REGULARS), spec("order lost", "failed"));
  const disordered = templateDeliveries(
    random.between(1, REGULARS),
    spec("order delivered backwards", "read"),
  );
  return [...lives, ...failed, ...inReverse(disordered)];
}

/** Returns Friday's offer, a marketing template to many customers at once. */
export function offerTemplates(random: SeededRandom, day: StoryDay): Delivery[] {
  return pickNumbers(REGULARS, random, 36).flatMap((number, i) => {
    const ends = random.chance(0.05) ? "failed_unsent" : random.pick(ENDINGS);
    const sent_at_s = atHour(day, 10) + 2 * i;
    return templateDeliveries(number, {
      id: `${day.date} offer ${number}`,
      sent_at_s,
      category: "marketing",
      ends,
    });
  });
}

/** Returns webhooks that are never charged. */
export function unmeteredWebhooks(random: SeededRandom, day: StoryDay): Delivery[] {
  return ["smb_message_echoes", "message_template_status_update"].map((field) => {
    const at_s = atHour(day, 8 + 10 * random.fraction());
    return webhookAt(at_s, "never_metered", fieldChange(DELIVERY_LINE, field));
  });
}

/** Returns the statuses of a template, each in its own webhook one second later. */
function templateDeliveries(number: number, spec: TemplateSpec): Delivery[] {
  const changes = templateStatuses(DELIVERY_LINE, numberedCustomer(number), { ...spec, id: wamid(spec.id) });
  const has_failed = spec.ends === "failed" || spec.ends === "failed_unsent";
  const kind = has_failed ? "failed_template" : "template";
  const steps_s = spec.ends === "failed_unsent" ? STEPS_S.slice(1) : STEPS_S;
  return changes.map((change, step) => webhookAt(spec.sent_at_s + 1 + steps_s[step]!, kind, change));
}

/** When the statuses of `templateStatuses` happen after sending: sent, delivered or failed, read. */
const STEPS_S = [0, 2, 60] as const;

function inReverse(deliveries: readonly Delivery[]): Delivery[] {
  const ended_s = Math.max(...deliveries.map(({ at_s }) => at_s));
  return deliveries.toReversed().map((delivery, i) => ({
    ...delivery,
    kind: "reordered",
    at_s: ended_s + i,
  }));
}
