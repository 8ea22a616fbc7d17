import { plural } from "../../src/web/strings/plural.ts";
import { sleep } from "../../src/time/sleep.ts";
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
import { type Api, clockOf, type DemoBalance } from "./api.ts";
import { formatCount, type Progress } from "./progress.ts";
import { usageReport } from "./usages.ts";

/** An event at the bakery, with its deliveries. */
export interface LiveEvent {
  /** The event in words, for the terminal. */
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

/** Generates live traffic. The same seed and instants give the same events. */
export class LiveTraffic {
  readonly #random: SeededRandom;
  readonly #seed: string;
  #serial = 0;
  #next_customer: number;
  /** The customers who wrote last and have an open window. */
  readonly #recent_customers: Customer[] = [];

  /** @param started_s the start in Unix seconds: each start has other customers */
  constructor(started_s: number) {
    this.#seed = `live ${started_s}`;
    this.#random = new SeededRandom(this.#seed);
    this.#next_customer = NEW_CUSTOMERS_FROM + (started_s % 1_000_000) * 10;
  }

  /** Returns the next event, at a time of the service's clock in Unix seconds. */
  next(now_s: number): LiveEvent {
    const fraction = this.#random.fraction();
    if (fraction < 0.35) return this.#opensConversation(now_s);
    if (fraction < 0.5 && this.#recent_customers.length > 0) return this.#writesAgain(now_s);
    if (fraction < 0.7) return this.#order(now_s);
    if (fraction < 0.78) return this.#failure(now_s);
    return this.#usage(now_s);
  }

  #opensConversation(now_s: number): LiveEvent {
    const customer = this.#newCustomer();
    this.#recent_customers.push(customer);
    if (this.#recent_customers.length > 20) this.#recent_customers.shift();
    return {
      description: `${customer.name} opens a conversation`,
      deliveries: this.#wrote(customer, now_s),
    };
  }

  #writesAgain(now_s: number): LiveEvent {
    const customer = this.#random.pick(this.#recent_customers);
    return {
      description: `${customer.name} writes again: no charge in the open window`,
      deliveries: this.#wrote(customer, now_s),
    };
  }

  #wrote(customer: Customer, now_s: number): Delivery[] {
    const change = customerWrote(COUNTER_LINE, customer, { id: this.#nextId(), at_s: now_s });
    const delivered = webhookAt(now_s, "message", change);
    return this.#random.chance(0.1) ? [delivered, webhookAt(now_s + 3, "duplicate", change)] : [delivered];
  }

  #order(now_s: number): LiveEvent {
    const customer = this.#newCustomer();
    const sent = { id: this.#nextId(), at_s: now_s, status: "sent", category: "utility" };
    const delivery = (status: string, after_s: number) => {
      const at_s = now_s + after_s;
      return webhookAt(at_s, "template", statusesOf(DELIVERY_LINE, customer, { ...sent, at_s, status }));
    };
    return {
      description: `template "your order is ready" sent to ${customer.name}`,
      deliveries: [delivery("sent", 0), delivery("delivered", 2), delivery("read", 7)],
    };
  }

  #failure(now_s: number): LiveEvent {
    const customer = this.#newCustomer();
    const id = this.#nextId();
    const sent = { id, at_s: now_s, status: "sent", category: "marketing" };
    const failed = { id, at_s: now_s + 4, status: "failed", error_code: 131_026 };
    return {
      description: `offer to ${customer.name} failed: credit returned`,
      deliveries: [
        webhookAt(now_s, "failed_template", statusesOf(DELIVERY_LINE, customer, sent)),
        webhookAt(now_s + 4, "failed_template", statusesOf(DELIVERY_LINE, customer, failed)),
      ],
    };
  }

  #usage(now_s: number): LiveEvent {
    const usage = usageReport(`${this.#seed} ${this.#serial++}`, now_s, this.#random);
    const description = usage.feature === "sms.sent"
      ? "1 SMS sent"
      : `${usage.quantity} ${plural(usage.quantity, "automation run", "automation runs")}`;
    return {
      description,
      deliveries: [{ type: "usage", at_s: now_s, kind: "usage", usages: [usage] }],
    };
  }

  #newCustomer(): Customer {
    return { ...numberedCustomer(this.#next_customer++), name: this.#random.pick(NAMES) };
  }

  #nextId(): string {
    return wamid(`${this.#seed} ${this.#serial++}`);
  }
}

const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 1_500;

/**
 * Delivers an event about every second, at the service's time, until the signal aborts.
 *
 * @throws the signal's reason
 */
export async function runLiveTraffic(api: Api, progress: Progress, signal: AbortSignal): Promise<never> {
  const started_s = Math.floor(Date.now() / 1000);
  const traffic = new LiveTraffic(started_s);
  const pace = new SeededRandom(`pace ${started_s}`);
  let pending: Delivery[] = [];
  while (true) {
    const now_s = Math.floor(clockOf(await api.balance(BAKERY.company)));
    const { description, deliveries } = traffic.next(now_s);
    pending.push(...deliveries);
    for (const delivery of pending.filter(({ at_s }) => at_s <= now_s)) {
      await api.deliver(BAKERY.company, delivery);
    }
    pending = pending.filter(({ at_s }) => at_s > now_s);
    progress.update(liveLine(await api.balance(BAKERY.company), description));
    await sleep(pace.between(PAUSE_MIN_MS, PAUSE_MAX_MS), signal);
    signal.throwIfAborted();
  }
}

function liveLine({ as_of, available, excess, consumed }: DemoBalance, description: string): string {
  const at = Temporal.Instant.from(as_of).toZonedDateTimeISO(BAKERY.profile.time_zone).toPlainTime();
  const clock = at.toString({ smallestUnit: "second" });
  const figures = `consumed ${formatCount(consumed)} · available ${formatCount(available)} · excess ${
    formatCount(excess)
  }`;
  return `${clock}  ${figures}  ${description}`;
}
