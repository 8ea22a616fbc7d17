/**
 * The streams that the bench sends: endless messages and statuses in Meta's format, for twenty companies at once.
 *
 * - BENCH-1 The same seed gives the same stream, for any consumer at any speed.
 * - BENCH-2 Every event states its change of the company's consumption, valid in any order of arrival: the cost of any
 *   part of the stream is known without a server.
 * - BENCH-3 A stream is steady: any part opens as many windows per message as any other, except the first thousand
 *   messages, which the warm-up takes.
 */

import { SeededRandom } from "../../tests/support/seeded_random.ts";
import {
  type BusinessNumber,
  businessNumber,
  type Change,
  type Customer,
  customerWrote,
  numberedCustomer,
  statusesOf,
  templateStatuses,
  wamid,
} from "../../tests/support/payloads.ts";

/**
 * The mix of a stream. `conversation`: each contact writes about ten messages a day, some before or after a template.
 * `opening`: every message is of a new contact and opens a window, the worst case. `campaign`: templates to new contacts,
 * of whom one in five answers. `day`: contacts write, and the company replies without templates.
 */
export type Mix = "conversation" | "opening" | "campaign" | "day";

/** A message or a status. */
export interface MixedEvent {
  readonly change: Change;
  /** The credits it adds to the company's consumption: -1, 0 or 1. */
  readonly credits: number;
}

/** A company of a case. */
export interface MixedCompany {
  readonly company: string;
  readonly line: BusinessNumber;
}

const COMPANIES = 20;
/** Concurrent conversations of each company. */
const CONVERSATIONS = 50;
/** A conversation starts this long ago, so that its last event is not in the future. */
const STARTED_AGO_S = 1_800;
/** The customer numbers of each stream. */
const CUSTOMERS_EACH = 2_000_000;
/** The most streams whose customers have valid phones. */
const STREAMS_MAX = 10;

/** Returns the companies of a case. */
export function companiesOf(number: number): readonly MixedCompany[] {
  return Array.from({ length: COMPANIES }, (_, i) => ({
    company: `bench-${number}-${i + 1}`,
    line: businessNumber(1_000 * (number + 1) + i),
  }));
}

/** One stream. Streams with different numbers have different companies and customers. */
export class EventStream {
  readonly companies: readonly MixedCompany[];
  readonly #mix: Mix;
  readonly #random: SeededRandom;
  readonly #now_s: () => number;
  /** Current conversations by company. */
  readonly #conversations: Conversation[][];
  #customer: number;

  /** @param number from 0 to 9 */
  constructor(mix: Mix, number: number, now_s: () => number) {
    if (number >= STREAMS_MAX) throw new RangeError(`There are ${STREAMS_MAX} streams, from 0 on.`);
    this.#mix = mix;
    this.#random = new SeededRandom(`${mix} ${number}`);
    this.#now_s = now_s;
    this.#customer = number * CUSTOMERS_EACH;
    this.companies = companiesOf(number);
    this.#conversations = this.companies.map(({ line }) =>
      Array.from({ length: CONVERSATIONS }, () => this.#messages(line, this.#random.between(1, 10)))
    );
  }

  /** Returns the events of the next webhook, all of one company. */
  next(count: number): { company: number; events: MixedEvent[] } {
    const company = this.#random.between(0, COMPANIES - 1);
    return { company, events: Array.from({ length: count }, () => this.#nextOf(company)) };
  }

  #nextOf(company: number): MixedEvent {
    const { line } = this.companies[company]!;
    if (this.#mix === "opening") return this.#messages(line, 1).take()!;
    const conversations = this.#conversations[company]!;
    const at = this.#random.between(0, CONVERSATIONS - 1);
    const conversation = conversations[at]!;
    const event = conversation.take()!;
    if (conversation.is_finished) conversations[at] = this.#newConversation(line);
    return event;
  }

  #newConversation(line: BusinessNumber): Conversation {
    if (this.#mix === "campaign") return this.#campaignTemplate(line);
    if (this.#mix === "day") return this.#dayOfReplies(line);
    const chance = this.#random.fraction();
    const count = this.#random.between(6, 14);
    if (chance < 0.7) return this.#messages(line, count);
    const conversation = this.#conversation(line);
    if (chance < 0.85) conversation.write(count >> 1).template("read").write(count - (count >> 1));
    else if (chance < 0.95) conversation.template("read").write(count);
    else conversation.template("failed");
    return conversation;
  }

  #campaignTemplate(line: BusinessNumber): Conversation {
    const answers = this.#random.fraction() < 0.2 ? 1 : 0;
    return this.#conversation(line).template("read").write(answers);
  }

  #dayOfReplies(line: BusinessNumber): Conversation {
    const conversation = this.#conversation(line);
    const turns = this.#random.between(2, 5);
    for (let turn = 0; turn < turns; turn++) conversation.write(1).reply();
    return conversation;
  }

  #messages(line: BusinessNumber, count: number): Conversation {
    return this.#conversation(line).write(count);
  }

  #conversation(line: BusinessNumber): Conversation {
    const customer = numberedCustomer(this.#customer++);
    return new Conversation(line, customer, this.#random, this.#now_s() - STARTED_AGO_S);
  }
}

/** The messages of one contact and the company on one day. */
class Conversation {
  readonly #line: BusinessNumber;
  readonly #customer: Customer;
  readonly #random: SeededRandom;
  readonly #events: MixedEvent[] = [];
  #at_s: number;
  #serial = 0;
  #taken = 0;
  #has_window = false;

  constructor(line: BusinessNumber, customer: Customer, random: SeededRandom, starts_s: number) {
    this.#line = line;
    this.#customer = customer;
    this.#random = random;
    this.#at_s = starts_s;
  }

  get is_finished(): boolean {
    return this.#taken === this.#events.length;
  }

  take(): MixedEvent | undefined {
    return this.#events[this.#taken++];
  }

  /** Adds messages of the customer, 10 to 90 seconds apart. */
  write(count: number): this {
    for (let i = 0; i < count; i++) {
      this.#at_s += this.#random.between(10, 90);
      const change = customerWrote(this.#line, this.#customer, { id: this.#nextId(), at_s: this.#at_s });
      this.#events.push({ change, credits: this.#has_window ? 0 : 1 });
      this.#has_window = true;
    }
    return this;
  }

  /** Adds a template of the company. A failed one is alone in its conversation and costs nothing in the end. */
  template(ends: "read" | "failed"): this {
    this.#at_s += this.#random.between(10, 90);
    const spec = { id: this.#nextId(), sent_at_s: this.#at_s, category: "marketing", ends };
    templateStatuses(this.#line, this.#customer, spec).forEach((change, step) => {
      const given_back = ends === "failed" && step > 0;
      this.#events.push({ change, credits: step === 0 ? 1 : given_back ? -1 : 0 });
    });
    this.#at_s += 60;
    this.#has_window = true;
    return this;
  }

  /** Adds a reply of the company within the customer's window, with Meta's statuses. They have no pricing. */
  reply(): this {
    this.#at_s += this.#random.between(10, 90);
    const id = this.#nextId();
    for (const [step, status] of (["sent", "delivered", "read"] as const).entries()) {
      const change = statusesOf(this.#line, this.#customer, { id, at_s: this.#at_s + 2 * step, status });
      this.#events.push({ change, credits: 0 });
    }
    return this;
  }

  #nextId(): string {
    return wamid(`${this.#customer.phone} ${this.#serial++}`);
  }
}
