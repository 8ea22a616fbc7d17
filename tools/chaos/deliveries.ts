/**
 * What chaos sends: webhooks of several companies, reports of usage and sends, each with the facts it tells, so that
 * what is owed for all that was sent can be counted by a plain fold.
 */

import type { SeededRandom } from "../../tests/support/seeded_random.ts";
import {
  type BusinessNumber,
  businessNumber,
  type Change,
  customerWrote,
  signedBody,
  statusesOf,
  type StatusSpec,
  wamid,
  webhookOf,
} from "../../tests/support/payloads.ts";
import type { Fact } from "../../tests/support/oracle.ts";
import { SECRETS } from "../../tests/support/service.ts";

/** A company that is sent to. */
export interface Company {
  readonly id: string;
  readonly line: BusinessNumber;
  readonly time_zone: string;
}

/** A fact and whose it is. */
export interface CompanyFact {
  readonly company: Company;
  readonly fact: Fact;
}

/** One request, and what came of it. */
export interface Delivery {
  readonly name: string;
  readonly kind: "webhook" | "usage" | "send";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly facts: readonly CompanyFact[];
  /** The body of the 200 it was answered, if it was. */
  answer: string | undefined;
}

/** The feature whose usage is reported, and its price. */
export const USED_FEATURE = { feature: "automation.run", credits: 2 } as const;

const CATEGORIES = ["marketing", "utility", "authentication"] as const;
const ENDS = ["sent", "delivered", "read", "failed", "failed_unsent"] as const;
const BATCH_MAX = 20;

/** Makes deliveries: nobody is told twice, but by a delivery that is sent again. */
export class Deliveries {
  readonly #companies: readonly Company[];
  readonly #dice: SeededRandom;
  readonly #now_ms: () => number;
  #contacts = 0;
  #made = 0;
  /** Contacts of this stream, to hear of again. */
  readonly #known = new Map<Company, string[]>();

  /** @param now_ms the service's time */
  constructor(companies: readonly Company[], dice: SeededRandom, now_ms: () => number) {
    this.#companies = companies;
    this.#dice = dice;
    this.#now_ms = now_ms;
  }

  /** The next deliveries: one, or those of one message's life in the order Meta may tell them, which is any. */
  next(): Delivery[] {
    const company = this.#dice.pick(this.#companies);
    const chance = this.#dice.fraction();
    if (chance < 0.4) return [this.#written(company, 1)];
    if (chance < 0.6) return [this.#written(company, this.#dice.between(2, BATCH_MAX))];
    if (chance < 0.65) return [this.#writtenToTwo(company)];
    if (chance < 0.8) return this.#template(company);
    return chance < 0.9 ? [this.#usage(company)] : this.#send(company);
  }

  #written(company: Company, messages: number): Delivery {
    const parts = Array.from({ length: messages }, () => this.#message(company));
    return this.#webhook(parts);
  }

  #writtenToTwo(company: Company): Delivery {
    const other = this.#dice.pick(this.#companies);
    return this.#webhook([company, other, company, other].map((each) => this.#message(each)));
  }

  /** Of somebody new, which opens a window; now and then of somebody who has written before. */
  #message(company: Company): Part {
    const known = this.#known.get(company) ?? [];
    const phone = known.length > 0 && this.#dice.chance(0.1) ? this.#dice.pick(known) : this.#newContact();
    this.#known.set(company, [...known, phone]);
    const at_s = this.#now_s();
    const id = wamid(`${company.id} ${this.#made++}`);
    return {
      change: customerWrote(company.line, { phone }, { id, at_s }),
      told: [{ company, fact: { type: "wrote", who: { phone, bsuid: undefined }, at_ms: at_s * 1000 } }],
    };
  }

  #template(company: Company): Delivery[] {
    const phone = this.#newContact();
    const id = wamid(`${company.id} ${this.#made++}`);
    const category = this.#dice.pick(CATEGORIES);
    const parts = this.#lifeOf(company, phone, { id, category }, this.#dice.pick(ENDS));
    if (this.#dice.chance(0.5)) return [this.#webhook(parts)];
    return this.#dice.pickSome(parts, parts.length).map((part) => this.#webhook([part]));
  }

  /** A send of our own, and what Meta says of it: by its wamid, or by the callback data it was given. */
  #send(company: Company): Delivery[] {
    const phone = this.#newContact();
    const at_ms = this.#now_s() * 1000;
    const message = wamid(`${company.id} ${this.#made++}`);
    const callback = this.#dice.chance(0.5) ? `campaign-${this.#made++}` : undefined;
    const category = this.#dice.pick(CATEGORIES);
    const message_id = callback ?? message;
    const sent_at = Temporal.Instant.fromEpochMilliseconds(at_ms).toString();
    const sent = this.#call(company, "send", "messages", {
      message_id,
      to: phone,
      kind: "template",
      category,
      sent_at,
    }, [{
      type: "send",
      who: { phone, bsuid: undefined },
      message: message_id,
      category,
      at_ms,
    }]);
    if (this.#dice.chance(0.3)) return [sent];
    const life = this.#lifeOf(company, phone, { id: message, callback }, this.#dice.pick(["sent", "failed"]));
    return this.#dice.pickSome([sent, this.#webhook(life)], 2);
  }

  #usage(company: Company): Delivery {
    const usages = Array.from({ length: this.#dice.between(1, 5) }, () => ({
      id: `usage-${this.#made++}`,
      feature: USED_FEATURE.feature,
      quantity: this.#dice.between(1, 9),
      at_ms: this.#now_s() * 1000,
    }));
    const body = usages.map(({ at_ms, ...usage }) => ({
      ...usage,
      occurred_at: Temporal.Instant.fromEpochMilliseconds(at_ms).toString(),
    }));
    return this.#call(company, "usage", "usage", body, usages.map((usage) => ({ type: "usage", ...usage })));
  }

  #lifeOf(
    company: Company,
    phone: string,
    message: { readonly id: string; readonly category?: string; readonly callback?: string },
    ends: typeof ENDS[number],
  ): Part[] {
    const at_s = this.#now_s();
    const steps = {
      sent: [["sent", 0]],
      delivered: [["sent", 0], ["delivered", 1]],
      read: [["sent", 0], ["delivered", 1], ["read", 20]],
      failed: [["sent", 0], ["failed", 1]],
      failed_unsent: [["failed", 1]],
    } as const;
    const { id, category, callback } = message;
    return steps[ends].map(([status, after_s]) => {
      const spec: StatusSpec = {
        id,
        status,
        at_s: at_s + after_s,
        ...(category === undefined ? {} : { category }),
        ...(callback === undefined ? {} : { callback_data: callback }),
        ...(status === "failed" ? { error_code: 131_026 } : {}),
      };
      return {
        change: statusesOf(company.line, { phone }, spec),
        told: [{
          company,
          fact: {
            type: "status",
            who: { phone, bsuid: undefined },
            message: id,
            status,
            at_ms: spec.at_s * 1000,
            template: category !== undefined,
            category,
            callback,
          },
        }],
      };
    });
  }

  #webhook(parts: readonly Part[]): Delivery {
    const payload = webhookOf(...parts.map(({ change }) => change));
    const { body, signature } = signedBody(payload, SECRETS.META_APP_SECRET);
    return {
      name: `webhook ${this.#made++}`,
      kind: "webhook",
      path: "/webhooks/whatsapp",
      headers: { "content-type": "application/json", "x-hub-signature-256": signature },
      body,
      facts: parts.flatMap(({ told }) => told),
      answer: undefined,
    };
  }

  #call(
    company: Company,
    kind: "usage" | "send",
    path: string,
    body: unknown,
    facts: readonly Fact[],
  ): Delivery {
    return {
      name: `${kind} ${this.#made++}`,
      kind,
      path: `/v1/companies/${company.id}/${path}`,
      headers: { "content-type": "application/json", authorization: `Bearer ${SECRETS.ADMIN_KEY}` },
      body: new TextEncoder().encode(JSON.stringify(body)),
      facts: facts.map((fact) => ({ company, fact })),
      answer: undefined,
    };
  }

  #newContact(): string {
    return `55119${80_000_000 + this.#contacts++}`;
  }

  #now_s(): number {
    return Math.floor(this.#now_ms() / 1000);
  }
}

interface Part {
  readonly change: Change;
  readonly told: readonly CompanyFact[];
}

/** Companies of one round, whose ids and lines no other round has. Midnight comes to all but the last. */
export function companiesOf(round: number, count: number): Company[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `round-${round}-${i + 1}`,
    line: businessNumber(round * 10 + i + 1),
    time_zone: i === count - 1 ? "Asia/Kathmandu" : "America/Sao_Paulo",
  }));
}
