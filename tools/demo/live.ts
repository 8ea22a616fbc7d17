import { BAKERY, COUNTER_LINE, DELIVERY_LINE, NEW_CUSTOMERS_FROM } from "./company.ts";
import { type Delivery, webhookAt } from "./delivery.ts";
import { SeededRandom } from "../../tests/support/seeded_random.ts";
import {
  type Customer,
  customerWrote,
  numberedCustomer,
  statusesOf,
  wamid,
} from "../../tests/support/payloads.ts";
import { type Api, clockOf, type DemoBalance, pause } from "./api.ts";
import { formatCount, type Progress } from "./progress.ts";
import { usageReport } from "./usages.ts";

/** Something that happens at the bakery now, and all that will be told of it. */
export interface LiveEvent {
  /** For a person who watches. */
  readonly description: string;
  readonly deliveries: readonly Delivery[];
}

const NAMES = [
  "Ana",
  "Bruno",
  "Carla",
  "Davi",
  "Elisa",
  "Fábio",
  "Gabi",
  "Heitor",
  "Iara",
  "João",
  "Lúcia",
] as const;

/** Live traffic, made up moment by moment: the same seed and instants make the same. */
export class LiveTraffic {
  readonly #dice: SeededRandom;
  readonly #seed: string;
  #serial = 0;
  #next_customer: number;
  /** Whoever wrote lately: they have a window open. */
  readonly #recent_customers: Customer[] = [];

  /** @param started_s Unix seconds: runs that start at different seconds meet different customers */
  constructor(started_s: number) {
    this.#seed = `live ${started_s}`;
    this.#dice = new SeededRandom(this.#seed);
    this.#next_customer = NEW_CUSTOMERS_FROM + (started_s % 1_000_000) * 10;
  }

  /** What happens at an instant by the service's clock, in Unix seconds. */
  next(now_s: number): LiveEvent {
    const chance = this.#dice.fraction();
    if (chance < 0.35) return this.#newcomer(now_s);
    if (chance < 0.5 && this.#recent_customers.length > 0) return this.#again(now_s);
    if (chance < 0.7) return this.#order(now_s);
    if (chance < 0.78) return this.#failure(now_s);
    return this.#usage(now_s);
  }

  #newcomer(now_s: number): LiveEvent {
    const customer = this.#someoneNew();
    this.#recent_customers.push(customer);
    if (this.#recent_customers.length > 20) this.#recent_customers.shift();
    return {
      description: `${customer.name} writes, and opens a conversation`,
      deliveries: this.#wrote(customer, now_s),
    };
  }

  #again(now_s: number): LiveEvent {
    const customer = this.#dice.pick(this.#recent_customers);
    return {
      description: `${customer.name} writes again: the window is open`,
      deliveries: this.#wrote(customer, now_s),
    };
  }

  #wrote(customer: Customer, now_s: number): Delivery[] {
    const change = customerWrote(COUNTER_LINE, customer, { id: this.#nextId(), at_s: now_s });
    const delivered = webhookAt(now_s, "message", change);
    return this.#dice.chance(0.1) ? [delivered, webhookAt(now_s + 3, "duplicate", change)] : [delivered];
  }

  #order(now_s: number): LiveEvent {
    const customer = this.#someoneNew();
    const sent = { id: this.#nextId(), at_s: now_s, status: "sent", category: "utility" };
    const told = (status: string, after_s: number) => {
      const at_s = now_s + after_s;
      return webhookAt(at_s, "template", statusesOf(DELIVERY_LINE, customer, { ...sent, at_s, status }));
    };
    return {
      description: `"your order is ready" goes to ${customer.name}`,
      deliveries: [told("sent", 0), told("delivered", 2), told("read", 7)],
    };
  }

  #failure(now_s: number): LiveEvent {
    const customer = this.#someoneNew();
    const id = this.#nextId();
    const sent = { id, at_s: now_s, status: "sent", category: "marketing" };
    const failed = { id, at_s: now_s + 4, status: "failed", error_code: 131_026 };
    return {
      description: `an offer goes to ${customer.name}, whose phone is off: its credit comes back`,
      deliveries: [
        webhookAt(now_s, "failed_template", statusesOf(DELIVERY_LINE, customer, sent)),
        webhookAt(now_s + 4, "failed_template", statusesOf(DELIVERY_LINE, customer, failed)),
      ],
    };
  }

  #usage(now_s: number): LiveEvent {
    const usage = usageReport(`${this.#seed} ${this.#serial++}`, now_s, this.#dice);
    const description = usage.feature === "sms.sent"
      ? "a text message is sent"
      : `${usage.quantity} automations run`;
    return {
      description,
      deliveries: [{ type: "usage", at_s: now_s, kind: "usage", usages: [usage] }],
    };
  }

  #someoneNew(): Customer {
    return { ...numberedCustomer(this.#next_customer++), name: this.#dice.pick(NAMES) };
  }

  #nextId(): string {
    return wamid(`${this.#seed} ${this.#serial++}`);
  }
}

const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 1_500;

/**
 * Keeps the bakery busy at a pace people can follow, by the service's clock, until the signal aborts.
 *
 * @throws the signal's reason
 */
export async function runLiveTraffic(api: Api, progress: Progress, signal: AbortSignal): Promise<never> {
  const started_s = Math.floor(Date.now() / 1000);
  const traffic = new LiveTraffic(started_s);
  const pace = new SeededRandom(`pace ${started_s}`);
  let told: Delivery[] = [];
  while (true) {
    const now_s = Math.floor(clockOf(await api.balance(BAKERY.company)));
    const { description, deliveries } = traffic.next(now_s);
    told.push(...deliveries);
    for (const delivery of told.filter(({ at_s }) => at_s <= now_s)) {
      await api.deliver(BAKERY.company, delivery);
    }
    told = told.filter(({ at_s }) => at_s > now_s);
    progress.update(liveLine(await api.balance(BAKERY.company), description));
    await pause(pace.between(PAUSE_MIN_MS, PAUSE_MAX_MS), signal);
  }
}

function liveLine({ as_of, available, excess, consumed }: DemoBalance, says: string): string {
  const at = Temporal.Instant.from(as_of).toZonedDateTimeISO(BAKERY.profile.time_zone).toPlainTime();
  const clock = at.toString({ smallestUnit: "second" });
  const figures = `consumed ${formatCount(consumed)} · available ${formatCount(available)} · excess ${
    formatCount(excess)
  }`;
  return `${clock}  ${figures}  ${says}`;
}
