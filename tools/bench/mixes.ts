/**
 * What the bench sends: endless streams of messages and statuses as Meta tells them, of twenty companies at once.
 *
 * - M1 The same seed makes the same stream, whoever takes from it and however fast.
 * - M2 Every event says what it changes of the company's consumption, whatever order events arrive in: what a
 *   stretch of the stream must cost is known without asking any server.
 * - M3 A stream is steady: a stretch further on opens as many windows a message as one at the beginning, but for
 *   the first thousand messages, which the warm-up takes.
 */

import { SeededRandom } from "../../tests/support/seeded_random.ts";
import {
  type BusinessNumber,
  businessNumber,
  type Change,
  type Customer,
  customerWrote,
  numberedCustomer,
  templateStatuses,
  wamid,
} from "../../tests/support/payloads.ts";

/**
 * `conversation`: contacts write about ten messages a day each, some of them before or after a template.
 * `opening`: every message is of a contact who has not written that day, and opens a window. The worst case.
 */
export type Mix = "conversation" | "opening";

/** A message or a status. */
export interface MixedEvent {
  readonly change: Change;
  /** How many credits it adds to the company's consumption: -1, 0 or 1. */
  readonly credits: number;
}

/** A company that the stream is about. */
export interface MixedCompany {
  readonly company: string;
  readonly line: BusinessNumber;
}

const COMPANIES = 20;
/** Conversations under way in each company. */
const UNDER_WAY = 50;
/** A conversation begins so long ago, so that the last of it is not in the future. */
const BEGAN_AGO_S = 1_800;
/** Streams number their customers apart, as if they lived in different towns. */
const CUSTOMERS_EACH = 4_000_000;

/** One stream; streams with different numbers have companies and customers of their own. */
export class EventStream {
  readonly companies: readonly MixedCompany[];
  readonly #mix: Mix;
  readonly #dice: SeededRandom;
  readonly #now_s: () => number;
  /** By company, the conversations under way. */
  readonly #under_way: Conversation[][];
  #customer: number;

  /** @param number from 0 to 3 */
  constructor(mix: Mix, number: number, now_s: () => number) {
    this.#mix = mix;
    this.#dice = new SeededRandom(`${mix} ${number}`);
    this.#now_s = now_s;
    this.#customer = number * CUSTOMERS_EACH;
    this.companies = Array.from({ length: COMPANIES }, (_, i) => ({
      company: `bench-${number}-${i + 1}`,
      line: businessNumber(1_000 * (number + 1) + i),
    }));
    this.#under_way = this.companies.map(({ line }) =>
      Array.from({ length: UNDER_WAY }, () => this.#writing(line, this.#dice.between(1, 10)))
    );
  }

  /** The next events, all of one company, as one webhook tells them. */
  next(count: number): { company: number; events: MixedEvent[] } {
    const company = this.#dice.between(0, COMPANIES - 1);
    return { company, events: Array.from({ length: count }, () => this.#nextOf(company)) };
  }

  #nextOf(company: number): MixedEvent {
    const { line } = this.companies[company]!;
    if (this.#mix === "opening") return this.#writing(line, 1).take()!;
    const under_way = this.#under_way[company]!;
    const at = this.#dice.between(0, UNDER_WAY - 1);
    const conversation = under_way[at]!;
    const event = conversation.take()!;
    if (conversation.is_over) under_way[at] = this.#beginning(line);
    return event;
  }

  #beginning(line: BusinessNumber): Conversation {
    const chance = this.#dice.fraction();
    const count = this.#dice.between(6, 14);
    if (chance < 0.7) return this.#writing(line, count);
    const conversation = this.#conversation(line);
    if (chance < 0.85) conversation.write(count >> 1).template("read").write(count - (count >> 1));
    else if (chance < 0.95) conversation.template("read").write(count);
    else conversation.template("failed");
    return conversation;
  }

  #writing(line: BusinessNumber, count: number): Conversation {
    return this.#conversation(line).write(count);
  }

  #conversation(line: BusinessNumber): Conversation {
    const customer = numberedCustomer(this.#customer++);
    return new Conversation(line, customer, this.#dice, this.#now_s() - BEGAN_AGO_S);
  }
}

/** What one contact and the company write on one day. */
class Conversation {
  readonly #line: BusinessNumber;
  readonly #customer: Customer;
  readonly #dice: SeededRandom;
  readonly #events: MixedEvent[] = [];
  #at_s: number;
  #serial = 0;
  #taken = 0;
  #has_window = false;

  constructor(line: BusinessNumber, customer: Customer, dice: SeededRandom, began_s: number) {
    this.#line = line;
    this.#customer = customer;
    this.#dice = dice;
    this.#at_s = began_s;
  }

  get is_over(): boolean {
    return this.#taken === this.#events.length;
  }

  take(): MixedEvent | undefined {
    return this.#events[this.#taken++];
  }

  /** The customer writes so many messages, ten seconds to a minute and a half apart. */
  write(count: number): this {
    for (let i = 0; i < count; i++) {
      this.#at_s += this.#dice.between(10, 90);
      const change = customerWrote(this.#line, this.#customer, { id: this.#nextId(), at_s: this.#at_s });
      this.#events.push({ change, credits: this.#has_window ? 0 : 1 });
      this.#has_window = true;
    }
    return this;
  }

  /** The company sends a template. One that fails stands alone in its conversation, and costs nothing in the end. */
  template(ends: "read" | "failed"): this {
    this.#at_s += this.#dice.between(10, 90);
    const spec = { id: this.#nextId(), sent_at_s: this.#at_s, category: "marketing", ends };
    templateStatuses(this.#line, this.#customer, spec).forEach((change, step) => {
      const given_back = ends === "failed" && step > 0;
      this.#events.push({ change, credits: step === 0 ? 1 : given_back ? -1 : 0 });
    });
    this.#at_s += 60;
    this.#has_window = true;
    return this;
  }

  #nextId(): string {
    return wamid(`${this.#customer.phone} ${this.#serial++}`);
  }
}
