import { plural } from "../../src/web/strings/plural.ts";
import { sleep } from "../../src/time/sleep.ts";
import { BAKERY, COUNTER_LINE, DELIVERY_LINE, NEW_CUSTOMERS_FROM } from "./company.ts";
import { NEIGHBOURS } from "./neighbours.ts";
import { Pace } from "./pace.ts";
import { type Delivery, usageAt, webhookAt } from "./delivery.ts";
import { SeededRandom } from "../../tests/support/seeded_random.ts";
import {
  type BusinessNumber,
  type Customer,
  customerWrote,
  numberedCustomer,
  statusesOf,
  wamid,
} from "../../tests/support/payloads.ts";
import { type Api, clockOf, type DemoBalance } from "./api.ts";
import { formatCount, type Progress } from "./progress.ts";
import { usageReport } from "./usages.ts";

/** A delivery of an event at a company. */
export type LiveDelivery = Delivery & {
  /** The event in words, for the terminal. Undefined for a delivery that changes no balance after another one. */
  readonly description?: string;
};

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

/** A company with the numbers that customers write to and that send templates. */
export interface CompanyLines {
  readonly company: string;
  readonly counter: BusinessNumber;
  readonly delivery: BusinessNumber;
}

/** The bakery with its numbers. */
export const BAKERY_LINES: CompanyLines = {
  company: BAKERY.company,
  counter: COUNTER_LINE,
  delivery: DELIVERY_LINE,
};

/** Generates live traffic of a company. The same seed and instants give the same events. */
export class LiveTraffic {
  readonly #lines: CompanyLines;
  readonly #random: SeededRandom;
  readonly #seed: string;
  #serial = 0;
  #next_customer: number;
  /** The customers who wrote last and have an open window. */
  readonly #recent_customers: Customer[] = [];

  /** @param started_s the start in Unix seconds: each start has other customers */
  constructor(lines: CompanyLines, started_s: number) {
    this.#lines = lines;
    this.#seed = `live ${lines.company} ${started_s}`;
    this.#random = new SeededRandom(this.#seed);
    this.#next_customer = NEW_CUSTOMERS_FROM + (started_s % 1_000_000) * 10;
  }

  /** Returns the deliveries of the next event, at a time of the service's clock in Unix seconds. */
  next(now_s: number): LiveDelivery[] {
    const fraction = this.#random.fraction();
    if (fraction < 0.35) return this.#opensConversation(now_s);
    if (fraction < 0.5 && this.#recent_customers.length > 0) return this.#writesAgain(now_s);
    if (fraction < 0.7) return this.#order(now_s);
    if (fraction < 0.78) return this.#failure(now_s);
    return this.#usage(now_s);
  }

  #opensConversation(now_s: number): LiveDelivery[] {
    const customer = this.#newCustomer();
    this.#recent_customers.push(customer);
    if (this.#recent_customers.length > 20) this.#recent_customers.shift();
    return this.#wrote(customer, now_s, `${customer.name} opens a conversation`);
  }

  #writesAgain(now_s: number): LiveDelivery[] {
    const customer = this.#random.pick(this.#recent_customers);
    return this.#wrote(customer, now_s, `${customer.name} writes again: no charge in the open window`);
  }

  #wrote(customer: Customer, now_s: number, description: string): LiveDelivery[] {
    const change = customerWrote(this.#lines.counter, customer, { id: this.#nextId(), at_s: now_s });
    const delivered = { ...webhookAt(now_s, "message", change), description };
    return this.#random.chance(0.1) ? [delivered, webhookAt(now_s + 3, "duplicate", change)] : [delivered];
  }

  #order(now_s: number): LiveDelivery[] {
    const customer = this.#newCustomer();
    const sent = { id: this.#nextId(), at_s: now_s, status: "sent", category: "utility" };
    const delivery = (status: string, after_s: number) => {
      const at_s = now_s + after_s;
      return webhookAt(
        at_s,
        "template",
        statusesOf(this.#lines.delivery, customer, { ...sent, at_s, status }),
      );
    };
    const description = `template "your order is ready" sent to ${customer.name}`;
    return [{ ...delivery("sent", 0), description }, delivery("delivered", 2), delivery("read", 7)];
  }

  #failure(now_s: number): LiveDelivery[] {
    const customer = this.#newCustomer();
    const id = this.#nextId();
    const sent = { id, at_s: now_s, status: "sent", category: "marketing" };
    const failed = { id, at_s: now_s + 4, status: "failed", error_code: 131_026 };
    return [
      {
        ...webhookAt(now_s, "failed_template", statusesOf(this.#lines.delivery, customer, sent)),
        description: `offer sent to ${customer.name}`,
      },
      {
        ...webhookAt(now_s + 4, "failed_template", statusesOf(this.#lines.delivery, customer, failed)),
        description: `offer to ${customer.name} failed: credit returned`,
      },
    ];
  }

  #usage(now_s: number): LiveDelivery[] {
    const usage = usageReport(`${this.#seed} ${this.#serial++}`, now_s, this.#random);
    const description = usage.feature === "sms.sent"
      ? "1 SMS sent"
      : `${usage.quantity} ${plural(usage.quantity, "automation run", "automation runs")}`;
    return [{ ...usageAt(now_s, "usage", usage), description }];
  }

  #newCustomer(): Customer {
    return { ...numberedCustomer(this.#next_customer++), name: this.#random.pick(NAMES) };
  }

  #nextId(): string {
    return wamid(`${this.#seed} ${this.#serial++}`);
  }
}

/** A company's live traffic, and its share of all events. */
interface Source {
  readonly company: string;
  readonly traffic: LiveTraffic;
}

/** Every second event is the bakery's. */
function sourcesAt(started_s: number): Source[] {
  const bakery = { company: BAKERY.company, traffic: new LiveTraffic(BAKERY_LINES, started_s) };
  return NEIGHBOURS.flatMap(({ company, line }) => [
    bakery,
    { company, traffic: new LiveTraffic({ company, counter: line, delivery: line }, started_s) },
  ]);
}

/** How often the loop looks for something to deliver. */
const TICK_MS = 250;

/**
 * Delivers events at the service's time, each company's in order, until the signal aborts.
 *
 * @throws the signal's reason
 */
export async function runLiveTraffic(
  api: Api,
  progress: Progress,
  { is_fast, signal }: { readonly is_fast: boolean; readonly signal: AbortSignal },
): Promise<never> {
  const started_s = Math.floor(Date.now() / 1000);
  const sources = sourcesAt(started_s);
  const pace = new Pace(`pace ${started_s}`, is_fast);
  let pending: PendingDelivery[] = [];
  let next_event_ms = performance.now();
  for (let event = 0;; await sleep(TICK_MS, signal)) {
    signal.throwIfAborted();
    const is_event_due = performance.now() >= next_event_ms;
    if (!is_event_due && pending.length === 0) continue;
    const now_s = Math.floor(clockOf(await api.balance(BAKERY.company)));
    if (is_event_due) {
      const { company, traffic } = sources[event++ % sources.length]!;
      pending.push(...traffic.next(now_s).map((delivery) => ({ ...delivery, company })));
      pending.sort((a, b) => a.at_s - b.at_s);
      next_event_ms = performance.now() + pace.nextPause_ms();
    }
    pending = await deliverDue(api, progress, pending, now_s);
  }
}

/** A delivery that waits for its time. */
export type PendingDelivery = LiveDelivery & { readonly company: string };

/**
 * Delivers what is due, and prints each event with the balance after it, which the report page then shows too.
 *
 * @param pending in order of time
 * @returns the deliveries that are not due
 */
export async function deliverDue(
  api: Pick<Api, "balance" | "deliver">,
  progress: Pick<Progress, "update">,
  pending: readonly PendingDelivery[],
  now_s: number,
): Promise<PendingDelivery[]> {
  for (const delivery of pending.filter(({ at_s }) => at_s <= now_s)) {
    const { company, description } = delivery;
    await api.deliver(company, delivery);
    if (description !== undefined) {
      progress.update(liveLine(company, await api.balance(company), description));
    }
  }
  return pending.filter(({ at_s }) => at_s > now_s);
}

function liveLine(
  company: string,
  { as_of, available, excess, consumed }: DemoBalance,
  description: string,
): string {
  const at = Temporal.Instant.from(as_of).toZonedDateTimeISO(BAKERY.profile.time_zone).toPlainTime();
  const clock = at.toString({ smallestUnit: "second" });
  const figures = `consumed ${formatCount(consumed)} · available ${formatCount(available)} · excess ${
    formatCount(excess)
  }`;
  return `${clock}  ${company}  ${figures}  ${description}`;
}
