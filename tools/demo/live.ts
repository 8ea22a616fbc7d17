import { BAKERY, COUNTER, DELIVERY_LINE, STRANGERS_FROM } from "./company.ts";
import { type Delivery, webhookAt } from "./delivery.ts";
import { Dice } from "../../tests/support/seeded_random.ts";
import {
  type Customer,
  customerNumbered,
  customerWrote,
  statusesOf,
  wamid,
} from "../../tests/support/payloads.ts";
import { type Api, type BalanceShown, clockOf, pause } from "./api.ts";
import { grouped, type Progress } from "./progress.ts";
import { usageAt } from "./usages.ts";

/** Something that happens at the bakery now, and all that will be told of it. */
export interface Moment {
  /** For a person who watches. */
  readonly says: string;
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
  readonly #dice: Dice;
  readonly #seed: string;
  #serial = 0;
  #stranger: number;
  /** Whoever wrote lately: they have a window open. */
  readonly #lately: Customer[] = [];

  /** @param started_s Unix seconds: runs that start at different seconds meet different customers */
  constructor(started_s: number) {
    this.#seed = `live ${started_s}`;
    this.#dice = new Dice(this.#seed);
    this.#stranger = STRANGERS_FROM + (started_s % 1_000_000) * 10;
  }

  /** What happens at an instant by the service's clock, in Unix seconds. */
  next(now_s: number): Moment {
    const chance = this.#dice.fraction();
    if (chance < 0.35) return this.#newcomer(now_s);
    if (chance < 0.5 && this.#lately.length > 0) return this.#again(now_s);
    if (chance < 0.7) return this.#order(now_s);
    if (chance < 0.78) return this.#failure(now_s);
    return this.#usage(now_s);
  }

  #newcomer(now_s: number): Moment {
    const customer = this.#someoneNew();
    this.#lately.push(customer);
    if (this.#lately.length > 20) this.#lately.shift();
    return {
      says: `${customer.name} writes, and opens a conversation`,
      deliveries: this.#wrote(customer, now_s),
    };
  }

  #again(now_s: number): Moment {
    const customer = this.#dice.pick(this.#lately);
    return {
      says: `${customer.name} writes again: the window is open`,
      deliveries: this.#wrote(customer, now_s),
    };
  }

  #wrote(customer: Customer, now_s: number): Delivery[] {
    const change = customerWrote(COUNTER, customer, { id: this.#nextId(), at_s: now_s });
    const delivered = webhookAt(now_s, "message", change);
    return this.#dice.falls(0.1) ? [delivered, webhookAt(now_s + 3, "duplicate", change)] : [delivered];
  }

  #order(now_s: number): Moment {
    const customer = this.#someoneNew();
    const sent = { id: this.#nextId(), at_s: now_s, status: "sent", category: "utility" };
    const told = (status: string, after_s: number) => {
      const at_s = now_s + after_s;
      return webhookAt(at_s, "template", statusesOf(DELIVERY_LINE, customer, { ...sent, at_s, status }));
    };
    return {
      says: `"your order is ready" goes to ${customer.name}`,
      deliveries: [told("sent", 0), told("delivered", 2), told("read", 7)],
    };
  }

  #failure(now_s: number): Moment {
    const customer = this.#someoneNew();
    const id = this.#nextId();
    const sent = { id, at_s: now_s, status: "sent", category: "marketing" };
    const failed = { id, at_s: now_s + 4, status: "failed", error_code: 131_026 };
    return {
      says: `an offer goes to ${customer.name}, whose phone is off: its credit comes back`,
      deliveries: [
        webhookAt(now_s, "failed_template", statusesOf(DELIVERY_LINE, customer, sent)),
        webhookAt(now_s + 4, "failed_template", statusesOf(DELIVERY_LINE, customer, failed)),
      ],
    };
  }

  #usage(now_s: number): Moment {
    const usage = usageAt(`${this.#seed} ${this.#serial++}`, now_s, this.#dice);
    const says = usage.feature === "sms.sent"
      ? "a text message is sent"
      : `${usage.quantity} automations run`;
    return { says, deliveries: [{ type: "usage", at_s: now_s, kind: "usage", usages: [usage] }] };
  }

  #someoneNew(): Customer {
    return { ...customerNumbered(this.#stranger++), name: this.#dice.pick(NAMES) };
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
export async function goLive(api: Api, progress: Progress, signal: AbortSignal): Promise<never> {
  const started_s = Math.floor(Date.now() / 1000);
  const traffic = new LiveTraffic(started_s);
  const pace = new Dice(`pace ${started_s}`);
  let told: Delivery[] = [];
  while (true) {
    const now_s = Math.floor(clockOf(await api.balance(BAKERY.company)));
    const { says, deliveries } = traffic.next(now_s);
    told.push(...deliveries);
    for (const delivery of told.filter(({ at_s }) => at_s <= now_s)) {
      await api.deliver(BAKERY.company, delivery);
    }
    told = told.filter(({ at_s }) => at_s > now_s);
    progress.now(liveLine(await api.balance(BAKERY.company), says));
    await pause(pace.between(PAUSE_MIN_MS, PAUSE_MAX_MS), signal);
  }
}

function liveLine({ as_of, available, excess, consumed }: BalanceShown, says: string): string {
  const at = Temporal.Instant.from(as_of).toZonedDateTimeISO(BAKERY.profile.time_zone).toPlainTime();
  const clock = at.toString({ smallestUnit: "second" });
  const figures = `consumed ${grouped(consumed)} · available ${grouped(available)} · excess ${
    grouped(excess)
  }`;
  return `${clock}  ${figures}  ${says}`;
}
