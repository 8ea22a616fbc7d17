import { SeededRandom } from "../../tests/support/seeded_random.ts";
import {
  type BusinessNumber,
  businessNumber,
  customerWrote,
  numberedCustomer,
  signedBody,
  wamid,
  webhookOf,
} from "../../tests/support/payloads.ts";
import { requestBytes } from "../bench/requests.ts";

const COMPANIES = 20;
/** The part of messages that come from people who appeared last; the others come from anyone so far. */
const RECENT_PART = 0.9;
const RECENT = 5_000;

/** A company that people write to. */
export interface SoakCompany {
  readonly id: string;
  readonly line: BusinessNumber;
}

/**
 * People who write to the companies, each to one. New people appear evenly over time, and each opens one window on its
 * day: the credits of every company are known.
 */
export class People {
  readonly companies: readonly SoakCompany[] = Array.from({ length: COMPANIES }, (_, i) => ({
    id: `soak-${i + 1}`,
    line: businessNumber(i + 1),
  }));
  readonly #random = new SeededRandom("soak");
  readonly #app_secret: string;
  readonly #now_s: () => number;
  #count = 0;
  #messages = 0;

  /** @param now_s returns the time of messages, in Unix seconds */
  constructor(app_secret: string, now_s: () => number) {
    this.#app_secret = app_secret;
    this.#now_s = now_s;
  }

  /** The people so far. */
  get count(): number {
    return this.#count;
  }

  /** Returns a signed webhook with one message: of a new person while there are fewer than `wanted`, else of one of them. */
  nextWebhook(wanted: number): Uint8Array {
    const person = this.#count < wanted || this.#count === 0 ? this.#count++ : this.#known();
    const { line } = this.companies[person % COMPANIES]!;
    const message = { id: wamid(`soak ${this.#messages++}`), at_s: this.#now_s() };
    const webhook = webhookOf(customerWrote(line, numberedCustomer(person), message));
    return requestBytes(signedBody(webhook, this.#app_secret));
  }

  /** The credits that each company consumed: one for each of its people. */
  expectedCredits(): ReadonlyMap<string, number> {
    return new Map(this.companies.map(({ id }, i) => {
      return [id, Math.floor((this.#count - i + COMPANIES - 1) / COMPANIES)];
    }));
  }

  #known(): number {
    const recent = Math.min(RECENT, this.#count);
    return this.#random.chance(RECENT_PART)
      ? this.#random.between(this.#count - recent, this.#count - 1)
      : this.#random.between(0, this.#count - 1);
  }
}
